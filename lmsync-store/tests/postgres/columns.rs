//! Rows hold all that records have, and come back as what they were.

use futures_util::StreamExt;
use lmsync_core::model::{Asset, Customer, Software};
use lmsync_store::{
    AccountKey, Kind, PostgresStore, ReadStore, Record, Records, Store, StreamName, Value, columns,
};
use lmsync_testkit::store::{Night, account, asset};
use serde_json::{Value as Json, json};
use std::sync::Arc;

use crate::server::Database;

fn full_asset() -> Asset {
    serde_json::from_str(include_str!("../fixtures/full_asset.json")).unwrap()
}

fn full_software() -> Software {
    serde_json::from_str(include_str!("../fixtures/full_software.json")).unwrap()
}

fn full_customer() -> Customer {
    serde_json::from_str(include_str!("../fixtures/full_customer.json")).unwrap()
}

pub(crate) async fn the_tables_have_the_columns_of_the_list() {
    let database = Database::new();
    database.open().await;
    for stream in StreamName::ALL {
        let there = database.sql(&format!(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns \
             WHERE table_name = '{stream}' ORDER BY ordinal_position"
        ));
        let listed = columns(*stream).iter().map(|column| {
            let kind = match column.kind {
                Kind::Text => "text",
                Kind::Integer => "bigint",
                Kind::Real => "double precision",
                Kind::Boolean => "boolean",
                Kind::Date => "date",
                Kind::Instant => "timestamp with time zone",
                Kind::Json => "jsonb",
                _ => unreachable!(),
            };
            let nullable = if column.is_required { "NO" } else { "YES" };
            format!("{}|{kind}|{nullable}", column.name)
        });
        assert_eq!(
            there.lines().collect::<Vec<_>>(),
            listed.collect::<Vec<_>>()
        );
    }
}

async fn lands<R: Record + Clone>(store: &Arc<dyn Store>, record: &R) -> Records {
    let source = record.source();
    let account = AccountKey::new(source.connector.clone(), &source.instance);
    let night = Night::new(&account, 1, [record.clone()]);
    assert_eq!(night.play(store).await.unwrap().inserted, 1);
    R::into_records(vec![record.clone()])
}

fn cell(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Real(number) => json!(number),
        Value::Boolean(truth) => json!(truth),
        Value::Json(text) => serde_json::from_str(text).unwrap(),
        other => json!(other.time_text().unwrap()),
    }
}

pub(crate) async fn rows_hold_what_records_have() {
    let database = Database::new();
    let store = database.open().await;
    let records = [
        lands(&store, &full_asset()).await,
        lands(&store, &full_software()).await,
        lands(&store, &full_customer()).await,
    ];
    for records in records {
        let stream = records.stream();
        let mut stored = database.rows(&format!("TABLE {stream}"));
        let stored = stored.pop().unwrap();
        let row = &records.rows()[0];
        assert_eq!(stored["vendor_id"], cell(&row.vendor_id));
        assert_eq!(stored["fingerprint"], json!(row.fingerprint.to_string()));
        let own = columns(stream)
            .iter()
            .filter(|column| !column.path.is_empty());
        for (column, value) in own.zip(&row.own) {
            let there = match (column.kind, stored[column.name].as_str()) {
                (Kind::Instant, Some(text)) => {
                    let at: chrono::DateTime<chrono::Utc> = text.parse().unwrap();
                    cell(&Value::instant(at))
                }
                _ => stored[column.name].clone(),
            };
            assert_ne!(there, Json::Null, "the fixture has no {}", column.path);
            assert_eq!(there, cell(value), "{}", column.name);
        }
    }
}

async fn read(store: &PostgresStore, account: Option<&AccountKey>) -> Vec<Asset> {
    store.assets(account).map(Result::unwrap).collect().await
}

pub(crate) async fn assets_come_back_as_what_they_were() {
    let database = Database::new();
    let store = PostgresStore::connect(&database.url()).await.unwrap();
    let any: Arc<dyn Store> = Arc::new(store.clone());
    let full = full_asset();
    let owner = AccountKey::new(full.source.connector.clone(), &full.source.instance);
    let acme = account("acme");
    let (night, other) = (
        Night::new(&owner, 1, [full.clone()]),
        Night::new(&acme, 1, [asset(&acme, "1"), asset(&acme, "2")]),
    );
    night.play(&any).await.unwrap();
    other.play(&any).await.unwrap();
    let mut wanted = full;
    wanted.source.fetched_at = night.pass_id().began();
    // `jsonb` keeps values, not the order of their members.
    assert_eq!(json!(read(&store, Some(&owner)).await), json!([wanted]));
    assert_eq!(read(&store, None).await.len(), 3);
    // What is gone does not come.
    let fewer = Night::new(&acme, 2, [asset(&acme, "2")]);
    assert_eq!(fewer.play(&any).await.unwrap().deleted, 1);
    let left = read(&store, Some(&acme)).await;
    assert_eq!(left.len(), 1);
    let mut wanted = asset(&acme, "2");
    wanted.source.fetched_at = fewer.pass_id().began();
    assert_eq!(left, [wanted]);
}

pub(crate) async fn a_reading_that_is_given_up_ends_its_connection() {
    let database = Database::new();
    let store = PostgresStore::connect(&database.url()).await.unwrap();
    let any: Arc<dyn Store> = Arc::new(store.clone());
    let acme = account("acme");
    let fleet: Vec<Asset> = (0..5_000).map(|id| asset(&acme, &id.to_string())).collect();
    let landed = Night::new(&acme, 1, fleet).play(&any).await.unwrap();
    assert_eq!(landed.inserted, 5_000);
    let connections = || {
        database.number(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND application_name = 'lmsync'",
        )
    };
    let mut assets = store.assets(None);
    assets.next().await.unwrap().unwrap();
    assert_eq!(connections(), 2);
    drop(assets);
    while connections() > 1 {
        tokio::task::yield_now().await;
    }
    // And the store is as it was.
    assert_eq!(read(&store, None).await.len(), 5_000);
}

pub(crate) async fn ids_that_are_one_without_nul_are_one_row() {
    let database = Database::new();
    let store = database.open().await;
    let acme = account("acme");
    let (first, mut last) = (asset(&acme, "a\0b"), asset(&acme, "a\u{fffd}b"));
    last.name = "last".to_owned();
    for night in 1..=2 {
        let night = Night::new(&acme, night, [first.clone(), last.clone()]);
        assert_eq!(night.play(&store).await.unwrap().records(), 1);
        assert_eq!(database.sql("SELECT name FROM assets"), "last");
    }
}
