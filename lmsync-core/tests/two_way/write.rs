use std::time::Duration;

use lmsync_core::two_way::{
    AssetDates, DateChange, DateField, DateFields, HeldDate, WriteOutcome, WriteSource,
};
use lmsync_core::{ErrorKind, RetryClass, TwoWaySync, TwoWaySyncExt};

use crate::ledger::{Answer, EXPIRY, Ledger, day, fill};

#[tokio::test(start_paused = true)]
async fn a_write_is_read_back() {
    let ledger = Ledger::new(1);
    let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Written);
    assert_eq!(report.held, Some(AssetDates::new(None, Some(day(2027)))));
    assert_eq!(ledger.requests(), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_that_is_there_already() {
    let ledger = Ledger::new(1);
    ledger.write_dates(&fill("0", 2027)).await.unwrap();
    let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Unchanged);
    assert_eq!(ledger.state().sent, 1);
}

#[tokio::test(start_paused = true)]
async fn only_what_differs_is_sent() {
    let ledger = Ledger::new(1);
    ledger.write_dates(&fill("0", 2027)).await.unwrap();
    let both = fill("0", 2027).set(
        DateField::PurchaseDate,
        None,
        day(2024),
        WriteSource::Manual,
    );
    let report = ledger.write_dates(&both).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Written);
    let held = report.held.unwrap();
    assert_eq!(held, AssetDates::new(Some(day(2024)), Some(day(2027))));
}

#[tokio::test(start_paused = true)]
async fn what_changed_since_the_plan_is_not_overwritten() {
    let ledger = Ledger::new(1);
    for held in [
        HeldDate::Day(day(2030)),
        HeldDate::Unreadable("Team plan".to_owned()),
    ] {
        let dates = AssetDates::default().with(EXPIRY, held.clone());
        ledger.state().dates.insert("0".to_owned(), dates);
        let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Refused);
        assert!(report.detail.unwrap().contains(&held.to_string()));
    }
    assert_eq!(ledger.state().sent, 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_makes_of_it_is_named() {
    for (answer, outcome, told) in [
        (Answer::Ignore, WriteOutcome::Ignored, "empty is held"),
        (Answer::Shift, WriteOutcome::Altered, "2027-05-30 is held"),
    ] {
        let ledger = Ledger::new(1);
        ledger.answers([answer]);
        let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
        assert_eq!(report.outcome, outcome);
        assert!(report.detail.unwrap().contains(told));
        assert_eq!(ledger.state().sent, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_shows_a_change_late_did_not_ignore_it() {
    let ledger = Ledger::new(1);
    ledger.state().lag = 1;
    let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Written);
    assert_eq!(ledger.state().sent, 1);
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_the_write_is_looked_up_and_not_repeated() {
    let ledger = Ledger::new(1);
    ledger.answers([Answer::MakeThenFail]);
    let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Written);
    assert!(report.detail.unwrap().contains("it broke"));
    assert_eq!(ledger.state().sent, 1);
}

#[tokio::test(start_paused = true)]
async fn a_failure_without_the_write_is_repeated_once_that_is_known() {
    let ledger = Ledger::new(1);
    ledger.answers([Answer::Fail, Answer::Fail]);
    let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Written);
    assert_eq!(ledger.requests(), (3, 4));
    // Two seconds and then four, besides what the requests take.
    let requests = Duration::from_millis(20) * 7;
    assert_eq!(ledger.clock.elapsed(), Duration::from_secs(6) + requests);
    // Patience has an end, and what comes then is not called refused.
    ledger.answers([Answer::Fail; 9]);
    let more = DateChange::new("0").set(EXPIRY, Some(day(2027)), day(2028), WriteSource::Lookup);
    let report = ledger.write_dates(&more).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Unknown);
    assert!(report.detail.unwrap().contains("it broke"));
    assert_eq!(ledger.state().sent, 6);
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_cannot_be_looked_up_is_unknown() {
    for answer in [Answer::Make, Answer::MakeThenFail, Answer::Fail] {
        let ledger = Ledger::new(1);
        ledger.answers([answer]);
        ledger.state().reads_that_fail.extend([false, true]);
        let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Unknown);
        assert_eq!(report.held, None);
        assert!(report.detail.unwrap().contains("the line is dead"));
        assert_eq!(ledger.state().sent, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_the_vendors_error_and_is_not_repeated() {
    for kind in [
        ErrorKind::Permission,
        ErrorKind::Vendor,
        ErrorKind::NotFound,
    ] {
        let ledger = Ledger::new(1);
        ledger.answers([Answer::Refuse(kind, RetryClass::Never)]);
        let error = ledger.write_dates(&fill("0", 2027)).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(ledger.state().sent, 1);
        assert_eq!(ledger.expiry("0"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_cannot_have_acted_on_is_not_looked_up() {
    for (kind, retry) in [
        (ErrorKind::Permission, RetryClass::Never),
        (ErrorKind::Network, RetryClass::Safe),
        (ErrorKind::Network, RetryClass::Exhausted),
    ] {
        let ledger = Ledger::new(1);
        ledger.answers([Answer::Refuse(kind, retry)]);
        let error = ledger.write_dates(&fill("0", 2027)).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(ledger.requests(), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_offered_is_unsupported_before_anything_is_asked() {
    let mut ledger = Ledger::new(1);
    assert!(ledger.can_write(EXPIRY));
    ledger.info.capabilities.two_way = DateFields::NONE;
    assert!(!ledger.can_write(EXPIRY));
    let error = ledger.write_dates(&fill("0", 2027)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    ledger.info.capabilities.two_way = DateFields::ALL;
    let clear = DateChange::new("0").clear(DateField::PurchaseDate, day(2024), WriteSource::Manual);
    let error = ledger.write_dates(&clear).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let endless = ledger.write_dates(&fill("0", 12026)).await.unwrap_err();
    assert_eq!(endless.kind(), ErrorKind::Config);
    let unknown = ledger.write_dates(&fill("9", 2027)).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    assert_eq!(ledger.requests(), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_replaces_more_than_was_sent_is_found_out() {
    let ledger = Ledger::new(1);
    let bought = AssetDates::new(Some(day(2020)), None);
    ledger.state().dates.insert("0".to_owned(), bought);
    ledger.answers([Answer::Replace]);
    let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Altered);
    let detail = report.detail.unwrap();
    assert!(detail.contains("from 2020-05-31 to empty"), "{detail}");
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_wants_to_be_left_alone_for_long_is() {
    for (seconds, outcome, sent) in [
        (60, WriteOutcome::Written, 2),
        (61, WriteOutcome::Unknown, 1),
        (u64::MAX, WriteOutcome::Unknown, 1),
    ] {
        let mut ledger = Ledger::new(1);
        ledger.retry_after = Some(Duration::from_secs(seconds));
        ledger.answers([Answer::Fail]);
        let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
        assert_eq!((report.outcome, ledger.requests().0), (outcome, sent));
    }
}
