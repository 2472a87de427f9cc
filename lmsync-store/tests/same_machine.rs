//! Records of several accounts that are one machine, in the table of that.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use lmsync_core::model::{Asset, Origin, Rules};
use lmsync_store::{AccountKey, SqliteStore, Store, write_same_machine};
use lmsync_testkit::store::{Night, run};
use rusqlite::Connection;

fn asset(account: &AccountKey, id: &str, serial: &str, mac: &str) -> Asset {
    let origin = Origin::new(
        account.connector.clone(),
        &account.instance,
        Rules::default(),
    );
    let now = Night::<Asset>::new(account, 1, []).pass_id().began();
    let mut draft = origin.draft(Some(id.to_owned()), now).unwrap();
    draft
        .name(format!("machine {id}").as_str())
        .manufacturer("Dell Inc.")
        .serial(serial)
        .primary_mac(mac);
    draft.finish()
}

#[test]
fn the_table_names_the_records_that_belong_together_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("assets.db");
    let (rmm, psa) = (
        AccountKey::new("rmm", "acme"),
        AccountKey::new("psa", "acme"),
    );
    run(async {
        let store = SqliteStore::open(&path).unwrap();
        let any: Arc<dyn Store> = Arc::new(store.clone());
        let mac = "18:cc:18:e0:6f:92";
        let of_rmm = [
            asset(&rmm, "1", "7XKQ2T3", ""),
            asset(&rmm, "2", "8XKQ2T3", ""),
            asset(&rmm, "gone", "9XKQ2T3", ""),
        ];
        Night::new(&rmm, 1, of_rmm.clone())
            .play(&any)
            .await
            .unwrap();
        Night::new(&rmm, 2, of_rmm[..2].to_vec())
            .play(&any)
            .await
            .unwrap();
        let of_psa = [
            asset(&psa, "a", "7xkq2t3", mac),
            asset(&psa, "b", "9XKQ2T3", ""),
            asset(&psa, "c", "To be filled by O.E.M.", ""),
        ];
        Night::new(&psa, 1, of_psa).play(&any).await.unwrap();
        // What is deleted is no machine, and a placeholder is nobody's number.
        assert_eq!(write_same_machine(&store).await.unwrap(), 1);
        assert_eq!(write_same_machine(&store).await.unwrap(), 1);
    });
    let connection = Connection::open(&path).unwrap();
    let rows: Vec<(String, String, String)> = connection
        .prepare(
            "SELECT connector || ' ' || vendor_id, name, evidence FROM same_machine \
             WHERE machine IN (SELECT machine FROM same_machine GROUP BY machine HAVING count(*) > 1) \
             ORDER BY connector",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.0.as_str(), row.1.as_str()))
        .collect();
    assert_eq!(told, [("psa a", "machine a"), ("rmm 1", "machine 1")]);
    let evidence: serde_json::Value = serde_json::from_str(&rows[0].2).unwrap();
    assert_eq!(evidence[0]["with"]["vendor_id"], "1");
    assert_eq!(evidence[0]["by"][0], "manufacturer_serial");
}
