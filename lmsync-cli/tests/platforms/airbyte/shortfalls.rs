//! Readings that are not everything.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Source, errors, expect_counts, ids, records, states, statuses};
use crate::support::{Account, Run};

/// Lets the account count more assets than it lists.
fn count_too_many(account: &Account) {
    account.with(|moody| {
        moody.edit = Some(|body| {
            if body.pointer("/assets").is_some() {
                body["record_count"] = 999.into();
            }
        });
    });
}

/// Lets one asset be no record.
fn break_one(account: &Account) {
    account.with(|moody| {
        moody.edit = Some(|body| {
            if let Some(id) = body.pointer_mut("/assets/0/id") {
                *id = json!({});
            }
        });
    });
}

#[test]
fn what_is_not_everything_replaces_nothing() {
    let account = Account::of("halo-psa", 60);
    count_too_many(&account);
    let source = Source::of(&account);
    let run = source.read_all("full_refresh").expect(1);
    assert_eq!(
        statuses(&run.messages, "assets"),
        ["STARTED", "RUNNING", "INCOMPLETE"]
    );
    // Halo's software is of the same list.
    let told = errors(&run);
    let of: BTreeSet<&str> = told
        .iter()
        .map(|it| it["stream_descriptor"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(of, BTreeSet::from(["assets", "software"]));
    assert_eq!(told[0]["failure_type"], "transient_error");
    let message = told[0]["message"].as_str().unwrap();
    assert!(
        message.contains("more records than it lists") && message.contains("Incremental"),
        "{message}"
    );
    let names: Vec<Value> = states(&run.messages)
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["stream"]["stream_descriptor"]["name"].clone())
        .collect();
    assert_eq!(names, ["customers", "passes"]);
    assert_eq!(
        statuses(&run.messages, "customers").last().unwrap(),
        "COMPLETE"
    );
    let row = |run: &Run| {
        records(&run.messages, "passes")
            .find(|it| it["stream"] == "assets")
            .cloned()
    };
    let pass = row(&run).unwrap();
    assert_eq!(pass["complete"], false);
    assert!(pass["incomplete_reason"].is_string());

    // What is added to loses nothing by it.
    let run = source.read_all("incremental").expect(0);
    assert_eq!(
        statuses(&run.messages, "assets").last().unwrap(),
        "COMPLETE"
    );
    let warned = run.of_type("LOG").any(|it| {
        it["log"]["level"] == "WARN"
            && it["log"]["message"]
                .as_str()
                .unwrap()
                .contains("not complete")
    });
    assert!(warned);
    assert_eq!(row(&run).unwrap()["complete"], false);
    expect_counts(&run.messages);
}

#[test]
fn a_record_that_cannot_be_read_keeps_the_table_unless_that_is_accepted() {
    let account = Account::of("syncro", 20);
    break_one(&account);
    let source = Source::of(&account);
    let run = source.read_all("full_refresh").expect(1);
    assert!(
        errors(&run)[0]["message"]
            .as_str()
            .unwrap()
            .contains("1 records could not be read")
    );
    assert_eq!(records(&run.messages, "assets").count(), 19);
    let source = source.with("accept_rejected", json!(true));
    let run = source.read_all("full_refresh").expect(0);
    let pass = records(&run.messages, "passes")
        .find(|it| it["stream"] == "assets")
        .unwrap();
    assert_eq!(
        (&pass["rejected"], &pass["seen"], &pass["kept"]),
        (&json!(1), &json!(20), &json!(19))
    );
}

#[test]
fn a_stream_that_fails_stops_no_other() {
    let account = Account::of("halo-psa", 60);
    account.with(|moody| moody.refuses = Some("/Client"));
    for mode in ["full_refresh", "incremental"] {
        let run = Source::of(&account).read_all(mode).expect(1);
        assert_eq!(
            statuses(&run.messages, "customers").last().unwrap(),
            "INCOMPLETE"
        );
        assert_eq!(
            statuses(&run.messages, "assets").last().unwrap(),
            "COMPLETE"
        );
        assert_eq!(ids(&run.messages, "assets"), account.ids());
        let told = errors(&run);
        assert_eq!(told[0]["stream_descriptor"]["name"], "customers");
        assert_eq!(told[0]["failure_type"], "config_error");
        let pass = records(&run.messages, "passes")
            .find(|it| it["stream"] == "customers")
            .unwrap();
        assert_eq!(pass["complete"], false);
    }
}
