//! Rows hold all that records have, and come back as what they were.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt;
use lmsync_core::model::{Asset, RawJson};
use lmsync_store::{
    AccountKey, Kind, ReadStore, Records, SqliteStore, Store, StreamName, Value, columns,
};
use lmsync_testkit::store::{Night, run};
use serde_json::{Value as Json, json};

/// A record of each stream in which every member of the JSON form is there.
fn full() -> [Records; 3] {
    let asset = include_str!("fixtures/full_asset.json");
    let software = include_str!("fixtures/full_software.json");
    let customer = include_str!("fixtures/full_customer.json");
    [
        Records::Assets(vec![serde_json::from_str(asset).unwrap()]),
        Records::Software(vec![serde_json::from_str(software).unwrap()]),
        Records::Customers(vec![serde_json::from_str(customer).unwrap()]),
    ]
}

fn form(records: &Records) -> Json {
    match records {
        Records::Assets(records) => json!(records[0]),
        Records::Software(records) => json!(records[0]),
        Records::Customers(records) => json!(records[0]),
        _ => unreachable!(),
    }
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

/// Moments are written to the microsecond.
fn plain(kind: Kind, value: &Json) -> Json {
    match (kind, value.as_str()) {
        (Kind::Instant, Some(text)) => {
            let at: chrono::DateTime<chrono::Utc> = text.parse().unwrap();
            json!(at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
        }
        _ => value.clone(),
    }
}

#[test]
fn every_column_has_what_the_json_form_has_at_its_path() {
    for records in full() {
        let form = form(&records);
        let rows = records.rows();
        let own = columns(records.stream())
            .iter()
            .filter(|column| !column.path.is_empty());
        for (column, value) in own.zip(&rows[0].own) {
            let pointer = format!("/{}", column.path.replace('.', "/"));
            let wanted = form.pointer(&pointer).unwrap_or(&Json::Null);
            assert_ne!(wanted, &Json::Null, "the fixture has no {}", column.path);
            assert_eq!(cell(value), plain(column.kind, wanted), "{}", column.name);
        }
    }
}

#[test]
fn every_member_of_an_assets_json_form_has_a_column() {
    let schema: Json =
        serde_json::from_str(include_str!("../../tests/fixtures/asset.schema.json")).unwrap();
    let known = columns(StreamName::Assets)
        .iter()
        .map(|column| column.path)
        .collect();
    let mut missing = BTreeSet::new();
    walk(&schema, &schema, "", &known, &mut missing);
    // The key, and what a store notes in place of it; e-mail addresses are those of people, addresses those of sites.
    let elsewhere = [
        "assigned_user.address.city",
        "assigned_user.address.country",
        "contract.address.city",
        "contract.address.country",
        "contract.email",
        "customer.address.city",
        "customer.address.country",
        "customer.email",
        "parent.address.city",
        "parent.address.country",
        "parent.email",
        "record",
        "site.email",
        "source.connector",
        "source.fetched_at",
        "source.instance",
        "source.vendor_id",
    ];
    assert_eq!(
        missing.iter().map(String::as_str).collect::<Vec<_>>(),
        elsewhere
    );
}

/// Notes the leaves of `schema` that are no column, nor within one.
fn walk(
    root: &Json,
    schema: &Json,
    path: &str,
    known: &BTreeSet<&str>,
    missing: &mut BTreeSet<String>,
) {
    if known.contains(path) && !path.is_empty() {
        return;
    }
    if let Some(place) = schema["$ref"].as_str() {
        let to = root.pointer(place.trim_start_matches('#')).unwrap();
        return walk(root, to, path, known, missing);
    }
    let Some(members) = schema["properties"].as_object() else {
        missing.insert(path.to_owned());
        return;
    };
    for (name, member) in members {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        walk(root, member, &path, known, missing);
    }
}

#[test]
fn an_asset_comes_back_as_it_was_but_for_when_it_was_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let [Records::Assets(full), ..] = full() else {
        unreachable!()
    };
    let mut odd = full[0].clone();
    odd.source.vendor_id = "odd".to_owned();
    odd.source.raw =
        RawJson::new(r#"{"far":1e400,"many":123456789012345678901234567890}"#.to_owned());
    for asset in [full[0].clone(), odd, minimal(&full[0])] {
        let account = AccountKey::new(asset.source.connector.clone(), &asset.source.instance);
        let store = SqliteStore::open(folder.path().join(&asset.source.vendor_id)).unwrap();
        let night = Night::new(&account, 1, [asset.clone()]);
        let back: Vec<Asset> = read_after(&store, &night);
        let mut expected = asset.clone();
        expected.source.fetched_at = night.pass_id().began();
        assert_eq!(back, [expected]);
    }
}

fn read_after(store: &SqliteStore, night: &Night<Asset>) -> Vec<Asset> {
    let mut back = Vec::new();
    run(async {
        let landing: Arc<dyn Store> = Arc::new(store.clone());
        night.play(&landing).await.unwrap();
        let mut assets = store.assets(None);
        while let Some(asset) = assets.next().await {
            back.push(asset.unwrap());
        }
    });
    back
}

/// An asset of which nothing is known.
fn minimal(like: &Asset) -> Asset {
    let source = json!({ "connector": like.source.connector, "instance": "b", "vendor_id": "1",
        "fetched_at": "2026-03-31T12:00:00Z" });
    serde_json::from_value(json!({
        "record": "asset", "source": source, "name": "", "kind": "unknown", "virtualization": "unknown",
        "serial": { "status": "missing" }, "state": "unknown", "identity": [], "issues": []
    }))
    .unwrap()
}

#[test]
fn names_are_different_and_plain() {
    for stream in [
        StreamName::Assets,
        StreamName::Software,
        StreamName::Customers,
    ] {
        let names: Vec<&str> = columns(stream).iter().map(|column| column.name).collect();
        let different: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(different.len(), names.len());
        let is_plain = |name: &&str| {
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        assert!(names.iter().all(is_plain));
    }
}
