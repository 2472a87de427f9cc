//! Journals as earlier versions wrote them.

use std::fs;

use lmsync_core::model::AssetId;
use lmsync_core::two_way::{
    AssetDates, AssetRef, Attempts, FileJournal, Reason, WriteOutcome, plan_undo, recover_open,
};
use lmsync_core::{Connector, TwoWaySync};

use crate::ledger::{BOUGHT, EXPIRY, Ledger, day};

/// Lines without outcomes by field; the first is from before connectors were named.
const LINES: &str = r#"{"at":"2023-11-14T22:13:20Z","asset":{"instance":"shop","vendor_id":"0"},"changes":[{"field":"warranty_expiry","old":null,"new":"2027-05-31","source":"lookup"}],"outcome":"written","detail":null}
{"at":"2023-11-14T22:13:21Z","asset":{"connector":"ledger","instance":"shop","vendor_id":"1"},"changes":[{"field":"purchase_date","old":null,"new":"2024-05-31","source":"manual"},{"field":"warranty_expiry","old":"2026-05-31","new":"2027-05-31","source":"lookup"}],"outcome":"altered_by_vendor","detail":"warranty_expiry: 2027-05-31 was sent, 2027-05-30 is held","held":{"warranty_expiry":"2027-05-30"}}
{"at":"2023-11-14T22:13:22Z","asset":{"connector":"ledger","instance":"shop","vendor_id":"2"},"changes":[{"field":"warranty_expiry","old":null,"new":"2027-05-31","source":"lookup"}],"outcome":"ignored_by_vendor","detail":"warranty_expiry: 2027-05-31 was sent, empty is held"}
{"at":"2023-11-14T22:13:23Z","asset":{"connector":"ledger","instance":"shop","vendor_id":"3"},"changes":[{"field":"warranty_expiry","old":null,"new":"2027-05-31","source":"lookup"}],"outcome":"refused","detail":"no"}
{"at":"2023-11-14T22:13:24Z","asset":{"connector":"ledger","instance":"shop","vendor_id":"4"},"changes":[{"field":"warranty_expiry","old":"2027-05-31","new":null,"source":"undo"}],"outcome":"unchanged","detail":null}
{"at":"2023-11-14T22:13:25Z","asset":{"connector":"ledger","instance":"shop","vendor_id":"5"},"changes":[{"field":"warranty_expiry","old":null,"new":"2027-05-31","source":"lookup"}],"outcome":"unknown","detail":"not made so far: it broke"}
"#;

#[tokio::test(start_paused = true)]
async fn a_journal_without_outcomes_by_field_is_read_gone_on_with_and_undone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    fs::write(&path, LINES).unwrap();
    let ledger = Ledger::new(6);
    let mut opened = FileJournal::open(&path, &[ledger.info()]).unwrap();
    let of = |history: &lmsync_core::two_way::History, id: &str| -> Attempts {
        history.of(&AssetRef::of(ledger.info(), &AssetId::from(id)))
    };
    let outcome = |attempts: &Attempts| attempts.outcome_of(EXPIRY, Some(day(2027)));
    use WriteOutcome as W;
    let expected = [
        Some(W::Written),
        Some(W::Altered),
        Some(W::Ignored),
        None,
        None,
        None,
    ];
    for (id, expected) in expected.into_iter().enumerate() {
        assert_eq!(
            outcome(&of(&opened.history, &id.to_string())),
            expected,
            "{id}"
        );
    }
    let altered = of(&opened.history, "1");
    let left = AssetDates::new(Some(day(2024)), day(2027).pred_opt());
    assert_eq!(altered.left(), left);
    assert_eq!(
        altered.outcome_of(BOUGHT, Some(day(2024))),
        Some(W::Altered)
    );
    let undo = plan_undo(&ledger, &AssetId::from("1"), &left, &altered);
    let reasons: Vec<_> = undo.fields.into_iter().map(|field| field.reason).collect();
    assert_eq!(reasons, [Reason::NotClearable, Reason::Restores]);

    // The two whose outcome may have changed since are looked at; one has landed.
    ledger
        .state()
        .dates
        .insert("2".to_owned(), AssetDates::new(None, Some(day(2027))));
    let found = recover_open(&ledger, &opened.journal, &mut opened.history)
        .await
        .unwrap();
    let outcomes: Vec<_> = found.iter().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, [W::Written, W::Unknown]);
    drop(opened);
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with(LINES) && text.lines().count() == 8,
        "{text}"
    );
    let mut again = FileJournal::open(&path, &[ledger.info()]).unwrap();
    assert_eq!(outcome(&of(&again.history, "2")), Some(W::Written));
    let reads = ledger.state().reads;
    let found = recover_open(&ledger, &again.journal, &mut again.history)
        .await
        .unwrap();
    assert!(found.is_empty() && ledger.state().reads == reads);
    assert!(ledger.read_dates(&AssetId::from("2")).await.is_ok());
}
