//! The promises of a journal in a store, for every kind of database.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lmsync_core::model::AssetId;
use lmsync_core::two_way::{
    AssetDates, AssetRef, Attempt, DateChange, DateField, History, Journal, JournalEntry,
    WriteOutcome, WriteReport, WriteSource,
};
use lmsync_core::{Capabilities, ConnectorInfo, ErrorKind};
use lmsync_store::{AccountKey, JournalStore, ReadStore};
use lmsync_testkit::MemoryJournal;

const EXPIRY: DateField = DateField::WarrantyExpiry;

fn day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 5, 31).unwrap()
}

/// Noon of 31 March 2026 and so many seconds; to the nanosecond, which no database keeps.
fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_774_958_400 + seconds, 123_456_789).unwrap()
}

fn info(instance: &str) -> ConnectorInfo {
    ConnectorInfo::new("fake", "Fake", instance, Capabilities::new())
}

fn key(instance: &str) -> AccountKey {
    AccountKey::from(&info(instance))
}

fn asset(id: &str) -> AssetRef {
    AssetRef::new("fake", "acme", id)
}

/// An attempt on the asset `id` of acme, with both dates and a parent.
fn attempt(seconds: i64, id: &str) -> Attempt {
    let id = AssetId {
        vendor_id: id.to_owned(),
        parent_ids: BTreeMap::from([("site_id".to_owned(), "7".to_owned())]),
    };
    let change = DateChange::new(id)
        .set(EXPIRY, Some(day(2026)), day(2027), WriteSource::Lookup)
        .set(
            DateField::PurchaseDate,
            None,
            day(2024),
            WriteSource::Manual,
        );
    Attempt::new(moment(seconds), &info("acme"), &change)
}

fn written(attempt: Attempt) -> JournalEntry {
    attempt.ended(&WriteReport::new(WriteOutcome::Written, None))
}

fn journals(store: &Arc<dyn ReadStore>) -> &dyn JournalStore {
    store.journals().expect("it keeps journals")
}

async fn open(store: &Arc<dyn ReadStore>) -> Box<dyn Journal> {
    journals(store).open_journal(&[key("acme")]).await.unwrap()
}

async fn read(store: &Arc<dyn ReadStore>) -> History {
    journals(store).read_journal(&[key("acme")]).await.unwrap()
}

/// Attempts come back as if a journal in memory had kept it, whatever the outcomes.
pub(crate) async fn it_tells_what_was_written(store: impl AsyncFn() -> Arc<dyn ReadStore>) {
    let memory = MemoryJournal::default();
    {
        let store = store().await;
        let journal = open(&store).await;
        let mut seconds = 0;
        for outcome in WriteOutcome::ALL {
            for other in WriteOutcome::ALL {
                seconds += 1;
                let attempt = attempt(seconds, &format!("{outcome} {other}"));
                let outcomes = [(EXPIRY, *outcome), (DateField::PurchaseDate, *other)];
                let held = AssetDates::new(Some(day(2023)), Some(day(2029)));
                let report = WriteReport::of_fields(outcomes.into(), Some(held));
                let entry = attempt
                    .clone()
                    .ended(&report.with_detail("a day \"short\"; \\ 'x"));
                for journal in [&*journal, &memory] {
                    journal.begin(&attempt).await.unwrap();
                    journal.finish(&entry).await.unwrap();
                }
            }
        }
        // On one asset again, and what was found out about the first attempt since.
        let again = written(attempt(1_000, "unchanged unchanged"));
        for entry in [again.clone(), again] {
            for journal in [&*journal, &memory] {
                journal.finish(&entry).await.unwrap();
            }
        }
    }
    let (found, expected) = (read(&store().await).await, memory.history());
    let assets = Vec::from_iter(found.assets());
    assert_eq!(assets, Vec::from_iter(expected.assets()));
    assert_eq!(assets.len(), WriteOutcome::ALL.len().pow(2));
    for asset in assets {
        let (found, expected) = (found.of(asset), expected.of(asset));
        assert_eq!(found.left(), expected.left(), "{asset:?}");
        for (field, day) in [(EXPIRY, day(2027)), (DateField::PurchaseDate, day(2024))] {
            let outcome = expected.outcome_of(field, Some(day));
            assert_eq!(found.outcome_of(field, Some(day)), outcome, "{asset:?}");
        }
        assert_eq!(asset.parent_ids["site_id"], "7");
    }
    assert!(found.open(&info("acme")).is_empty());
}

/// An attempt whose outcome nobody recorded is told, until somebody does.
pub(crate) async fn an_attempt_is_open_until_it_has_ended(
    store: impl AsyncFn() -> Arc<dyn ReadStore>,
) {
    {
        let store = store().await;
        open(&store).await.begin(&attempt(0, "1")).await.unwrap();
    }
    let store = store().await;
    let left = read(&store).await.open(&info("acme"));
    assert_eq!(left.len(), 1);
    assert_eq!(
        (&left[0].asset, &left[0].changes),
        (&asset("1"), &attempt(0, "1").changes)
    );
    assert!((left[0].at - moment(0)).abs() < TimeDelta::microseconds(1));
    // What was read is ended: to the microsecond it is the same one.
    let found_out = written(left[0].clone());
    open(&store).await.finish(&found_out).await.unwrap();
    let history = read(&store).await;
    assert!(history.open(&info("acme")).is_empty());
    let attempts = history.of(&asset("1"));
    assert_eq!(
        attempts.outcome_of(EXPIRY, Some(day(2027))),
        Some(WriteOutcome::Written)
    );
}

/// Nobody else opens the journal of an account meanwhile, in this run or another; of others they do.
pub(crate) async fn one_run_writes_to_an_account(store: impl AsyncFn() -> Arc<dyn ReadStore>) {
    let (this, other) = (store().await, store().await);
    let journal = open(&this).await;
    for run in [&this, &other] {
        let accounts = [key("globex"), key("acme")];
        let error = journals(run)
            .open_journal(&accounts)
            .await
            .expect_err("it is in use");
        assert_eq!(error.kind(), ErrorKind::Store, "{error}");
        assert!(
            error.message().contains("fake acme") && error.hint().is_some(),
            "{error}"
        );
    }
    // Whoever got one of two accounts has given it back.
    drop(
        journals(&this)
            .open_journal(&[key("globex")])
            .await
            .unwrap(),
    );
    // Passes are in nobody's way.
    other
        .begin(&key("acme"), lmsync_store::StreamName::Assets)
        .await
        .expect("it is free");
    drop(journal);
    open(&other).await.begin(&attempt(0, "1")).await.unwrap();
}

/// An attempt that could not be read back as it was is not made.
pub(crate) async fn what_it_cannot_keep_is_refused(store: impl AsyncFn() -> Arc<dyn ReadStore>) {
    let store = store().await;
    let journal = open(&store).await;
    let change = DateChange::new("1").set(EXPIRY, None, day(2027), WriteSource::Lookup);
    let elsewhere = Attempt::new(moment(0), &info("globex"), &change);
    for (refused, told) in [(elsewhere, "globex"), (attempt(0, "a\0b"), "NUL")] {
        let errors = [
            journal.begin(&refused).await.unwrap_err(),
            journal.finish(&written(refused)).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Store, "{error}");
            assert!(
                error.message().contains(told) && error.hint().is_some(),
                "{error}"
            );
        }
    }
    assert_eq!(read(&store).await.assets().count(), 0);
}

/// Ids and texts that mean something to a database, or are long, are ids and texts.
pub(crate) async fn odd_texts_are_texts(store: impl AsyncFn() -> Arc<dyn ReadStore>) {
    let store = store().await;
    let journal = open(&store).await;
    let long = "x".repeat(10_000);
    let ids = [
        "'; DROP TABLE lmsync_journal; --",
        "\"",
        "%",
        "a",
        "A",
        &long,
        &format!("{long}y"),
    ];
    for id in ids {
        let attempt = attempt(0, id);
        journal.begin(&attempt).await.unwrap();
        let error = lmsync_core::Error::config("no\0thing \u{1f980}");
        journal.finish(&attempt.refused(&error)).await.unwrap();
        journal.begin(&self::attempt(1, id)).await.unwrap();
    }
    let history = read(&store).await;
    let mut found: Vec<String> = history
        .open(&info("acme"))
        .into_iter()
        .map(|attempt| attempt.asset.vendor_id)
        .collect();
    let mut expected = ids.map(str::to_owned);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}
