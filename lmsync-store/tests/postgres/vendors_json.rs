//! JSON of vendors that `jsonb` does not take.

use std::sync::Arc;

use futures_util::StreamExt;
use lmsync_core::model::{Asset, Issue, IssueCode, RawJson};
use lmsync_store::{PostgresStore, ReadStore, Store};
use lmsync_testkit::store::{Night, account, asset};

use crate::server::Database;

fn raw(json: &str) -> RawJson {
    RawJson::new(json.to_owned()).unwrap()
}

/// Assets of which each has `json` wherever a vendor's own JSON stands.
fn odd(json: &[String]) -> Vec<Asset> {
    let acme = account("acme");
    let with = |(id, json): (usize, &String)| {
        let mut odd = asset(&acme, &id.to_string());
        odd.source.raw = Some(raw(json));
        odd.custom_fields.insert("field".to_owned(), raw(json));
        let mut issue = Issue::new(IssueCode::UnexpectedType, "serial");
        issue.raw = Some(raw(json));
        odd.issues.push(issue);
        odd
    };
    json.iter().enumerate().map(with).collect()
}

pub(crate) async fn what_jsonb_does_not_take_costs_no_record() {
    let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let digits = "1".repeat(1_000);
    let mut json: Vec<String> = [
        "1e999999",
        "-1e-999999",
        "1e1000",
        "-1e-1000",
        "1e308",
        "0.1",
        "-0",
        "18446744073709551616",
        r#""\ud800""#,
        r#""a\u0000b""#,
        r#"{"a":1,"a":2}"#,
        r#"{"":{"\u0000":"\\u0000"}}"#,
        "[ ]",
        "null",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    json.extend([
        digits.clone(),
        format!("{digits}1"),
        format!("{digits}e1000"),
        format!("0.{}e-1000", &digits[..990]),
        deep(100),
        deep(250),
        deep(251),
        deep(100_000),
        format!("{}1{}", r#"{"a":"#.repeat(50_000), "}".repeat(50_000)),
    ]);
    let database = Database::new();
    // The least stack that a server can have.
    let url = format!("{}?options=-c%20max_stack_depth%3D100kB", database.url());
    let store = PostgresStore::connect(&url).await.unwrap();
    let any: Arc<dyn Store> = Arc::new(store.clone());
    let odd = odd(&json);
    for night in 1..=2 {
        let landed = Night::new(&account("acme"), night, odd.clone());
        let landed = landed.play(&any).await.unwrap();
        assert_eq!(landed.records(), json.len() as u64);
        assert_eq!(landed.changed, 0);
    }
    let back: Vec<Asset> = store.assets(None).map(Result::unwrap).collect().await;
    assert_eq!(back.len(), json.len());
    let stored = |id: &str| {
        let mut back = back.iter().filter(|asset| asset.source.vendor_id == id);
        back.next().unwrap().custom_fields["field"].get().to_owned()
    };
    // Too large is its text, and what fits is a number.
    assert_eq!(stored("0"), r#""1e999999""#);
    assert_eq!(stored("2"), format!("1{}", "0".repeat(1_000)));
    let kinds = "SELECT jsonb_typeof(raw) FROM assets WHERE vendor_id IN ('0', '1', '2', '3') ORDER BY vendor_id";
    assert_eq!(database.sql(kinds), "string\nstring\nnumber\nnumber");
}
