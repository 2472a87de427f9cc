//! Reports, questions and abilities as JSON: read as they were written, and always in this form.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Debug;

use lmsync_core::http::Usage;
use lmsync_core::listing::ListingScope;
use lmsync_core::two_way::{
    AssetDates, DateField, DateFields, HeldDate, WriteOutcome, WriteReport,
};
use lmsync_core::{
    AssetQuery, Capabilities, Check, CheckInSupport, CheckInWindow, CheckReport, CheckScope,
    ConnectorInfo, CustomerCount, Detail, Error, ErrorKind, NeverCheckedIn, Rejection, SyncSummary,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Requires that `value` has the form `json`, and is read from it.
fn require<T: Debug + DeserializeOwned + PartialEq + Serialize>(value: &T, json: Value) {
    assert_eq!(serde_json::to_value(value).unwrap(), json, "{value:?}");
    let text = json.to_string();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value, "{text}");
}

/// Requires that `value` is read from what it writes.
fn is_read_back<T: Debug + DeserializeOwned + PartialEq + Serialize>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value, "{json}");
}

fn usage(requests: u64) -> Usage {
    let mut usage = Usage::default();
    usage.requests = requests;
    usage.retries = 2;
    usage
}

#[test]
fn a_summary() {
    let mut customer = CustomerCount::default();
    customer.name = Some("Acme".to_owned());
    customer.assets = 2;
    let mut summary = SyncSummary::default();
    (summary.seen, summary.kept, summary.reported_total) = (3, 2, Some(4));
    summary.reject(Rejection::new(Some("7".to_owned()), "it is null"));
    summary.customers.insert("1".to_owned(), customer);
    summary.incomplete_reason = Some("one is missing".to_owned());
    summary.usage = usage(5);
    let json = json!({
        "seen": 3, "kept": 2, "kept_before": 0, "filtered_out": 0, "never_checked_in": 0,
        "never_checked_in_excluded": 0, "skipped": 0, "duplicates": 0,
        "rejected": [{ "vendor_id": "7", "reason": "it is null" }], "rejected_total": 1,
        "customers": { "1": { "name": "Acme", "assets": 2 } },
        "reported_total": 4, "complete": false, "incomplete_reason": "one is missing",
        "usage": { "requests": 5, "retries": 2, "rate_limited_waits": 0 },
    });
    require(&summary, json);
    // One of a version that counted less, or more.
    let other: SyncSummary = serde_json::from_str(r#"{"seen":3,"lost":1}"#).unwrap();
    assert_eq!((other.seen, other.kept), (3, 0));
}

#[test]
fn a_check() {
    let refused = Error::new(ErrorKind::Permission, "no").with_hint("ask");
    let report = CheckReport::default()
        .and(Check::passed(Check::REACHABLE, "it answers"))
        .and(Check::failed(Check::READ_ASSETS, &refused));
    let json = json!({ "checks": [
        { "name": "reachable", "ok": true, "detail": "it answers", "hint": null },
        { "name": "read_assets", "ok": false, "detail": "no", "hint": "ask" },
    ]});
    require(&report, json);
    require(&CheckScope::two_way(), json!({ "two_way": true }));
    let read: CheckScope = serde_json::from_str("{}").unwrap();
    assert_eq!(read, CheckScope::read());
}

#[test]
fn a_connector() {
    let capabilities = Capabilities::new()
        .software(true)
        .check_in(CheckInSupport::Agent)
        .detail(Detail::NONE.hardware())
        .two_way(DateFields::NONE.with(DateField::PurchaseDate));
    let info = ConnectorInfo::new("shelf", "Shelf", "acme", capabilities);
    let json = json!({
        "vendor": "shelf", "product": "Shelf", "instance": "acme",
        "capabilities": {
            "software": true, "check_in": "agent",
            "detail": { "hardware": true, "software": false }, "two_way": ["purchase_date"],
        },
    });
    require(&info, json);
    let scope = ListingScope::new(&info, "assets");
    let json = json!({ "connector": "shelf", "instance": "acme", "listing": "assets" });
    require(&scope, json);
}

#[test]
fn a_question() {
    require(&CheckInWindow::All, json!("all"));
    require(&CheckInWindow::DAYS_30, json!({ "days": 30 }));
    assert!(serde_json::from_str::<CheckInWindow>(r#"{"days":0}"#).is_err());
    let query = AssetQuery::new()
        .window(CheckInWindow::DAYS_90)
        .never_checked_in(NeverCheckedIn::Include)
        .detail(Detail::NONE.software());
    let json = json!({
        "window": { "days": 90 }, "never_checked_in": "include", "accept_record_update": false,
        "detail": { "hardware": false, "software": true }, "raw": false,
    });
    require(&query, json);
}

#[test]
fn a_write() {
    let held = AssetDates::new(None, "2027-05-31".parse().ok()).with(
        DateField::PurchaseDate,
        HeldDate::Unreadable("May".to_owned()),
    );
    let report = WriteReport::new(WriteOutcome::Altered, held).with_detail("a day short");
    let json = json!({
        "outcome": "altered_by_vendor",
        "held": { "purchase_date": { "unreadable": "May" }, "warranty_expiry": "2027-05-31" },
        "detail": "a day short",
    });
    require(&report, json);
    let outcomes = DateField::ALL
        .iter()
        .copied()
        .zip([WriteOutcome::Written, WriteOutcome::Ignored]);
    is_read_back(&WriteReport::of_fields(outcomes.collect(), None));
}

fn text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(".{0,12}")
}

proptest! {
    #[test]
    fn any_summary(
        counts in proptest::array::uniform8(any::<u64>()),
        rejected in proptest::collection::vec((text(), ".*"), 0..4),
        customers in proptest::collection::btree_map(".{0,8}", (text(), any::<u64>()), 0..4),
        (reason, total, requests) in (text(), any::<Option<u64>>(), any::<u64>()),
    ) {
        let mut summary = SyncSummary::default();
        let [seen, kept, before, filtered, never, excluded, skipped, duplicates] = counts;
        (summary.seen, summary.kept, summary.kept_before) = (seen, kept, before);
        (summary.filtered_out, summary.never_checked_in) = (filtered, never);
        (summary.never_checked_in_excluded, summary.skipped) = (excluded, skipped);
        (summary.duplicates, summary.reported_total) = (duplicates, total);
        (summary.complete, summary.incomplete_reason) = (reason.is_none(), reason);
        for (id, reason) in rejected {
            summary.reject(Rejection::new(id, reason));
        }
        for (id, (name, assets)) in customers {
            let count = summary.customers.entry(id).or_default();
            (count.name, count.assets) = (name, assets);
        }
        summary.usage = usage(requests);
        is_read_back(&summary);
    }
}
