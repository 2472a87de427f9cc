use std::time::Duration;

use lmsync_core::two_way::{
    AssetDates, DateChange, DateField, DateFields, HeldDate, WriteOutcome, WriteSource,
};
use lmsync_core::{ErrorKind, RetryClass, TwoWaySync, TwoWaySyncExt};

use crate::ledger::{Answer, BOUGHT, EXPIRY, Ledger, day, fill, fill_both};

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
    // Each is made from the reading just before it.
    let from: Vec<usize> = ledger
        .state()
        .sent_from
        .iter()
        .map(|(_, from)| *from)
        .collect();
    assert_eq!(from, [1, 2, 3]);
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
        (ErrorKind::Network, RetryClass::Exhausted),
        (ErrorKind::RateLimited, RetryClass::Exhausted),
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

const SECOND: Duration = Duration::from_secs(1);

/// Faults of a write that somebody waits for, and that may be repeated.
const PASSING: [Answer; 4] = [
    Answer::Fail,
    Answer::Refuse(ErrorKind::Network, RetryClass::Safe),
    Answer::Refuse(ErrorKind::Timeout, RetryClass::Safe),
    Answer::Refuse(ErrorKind::RateLimited, RetryClass::Safe),
];

#[tokio::test(start_paused = true)]
async fn a_date_that_somebody_edits_during_the_wait_is_not_overwritten() {
    for answer in PASSING {
        for theirs in [
            HeldDate::Day(day(2030)),
            HeldDate::Unreadable("renewed, ask Kim".to_owned()),
        ] {
            let ledger = Ledger::new(1);
            ledger.answers([answer]);
            let theirs = AssetDates::default().with(EXPIRY, theirs);
            let edit = ledger.edit_after(SECOND, "0", theirs.clone());
            let change = fill("0", 2027);
            let (report, ()) = futures_util::join!(ledger.write_dates(&change), edit);
            let report = report.unwrap();
            assert_eq!(report.outcome, WriteOutcome::Refused, "{answer:?}");
            assert!(report.detail.unwrap().contains("plan again"));
            assert_eq!(ledger.state().dates["0"], theirs, "{answer:?}");
            assert_eq!(ledger.state().sent, 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_edit_by_somebody_else_during_the_wait_leaves_nothing_to_send() {
    for (answer, outcome) in [
        // Whose edit it is, nobody can tell.
        (Answer::Fail, WriteOutcome::Written),
        (PASSING[1], WriteOutcome::Unchanged),
        (PASSING[3], WriteOutcome::Unchanged),
    ] {
        let ledger = Ledger::new(1);
        ledger.answers([answer]);
        let edit = ledger.edit_after(SECOND, "0", AssetDates::new(None, Some(day(2027))));
        let change = fill("0", 2027);
        let (report, ()) = futures_util::join!(ledger.write_dates(&change), edit);
        assert_eq!(report.unwrap().outcome, outcome, "{answer:?}");
        assert_eq!(ledger.state().sent, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_edit_of_another_date_during_the_wait_survives_and_is_not_ours() {
    let ledger = Ledger::new(1);
    ledger.answers([Answer::Fail]);
    let edit = ledger.edit_after(SECOND, "0", AssetDates::new(Some(day(2020)), None));
    let change = fill("0", 2027);
    let (report, ()) = futures_util::join!(ledger.write_dates(&change), edit);
    let report = report.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Written, "{report:?}");
    let both = AssetDates::new(Some(day(2020)), Some(day(2027)));
    assert_eq!(ledger.state().dates["0"], both);
    assert_eq!(ledger.state().sent_from[1].1, 2);
}

#[tokio::test(start_paused = true)]
async fn what_never_arrived_is_sent_again_after_a_reading_and_not_for_ever() {
    for kind in [ErrorKind::Network, ErrorKind::Timeout] {
        let ledger = Ledger::new(1);
        ledger.answers([Answer::Refuse(kind, RetryClass::Safe); 9]);
        let error = ledger.write_dates(&fill("0", 2027)).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(ledger.requests(), (3, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_refuses_for_a_quarter_of_an_hour_is_left_alone() {
    let ledger = Ledger::new(1);
    let refused = Answer::Refuse(ErrorKind::RateLimited, RetryClass::Safe);
    ledger.answers(vec![refused; 10_000]);
    let error = ledger.write_dates(&fill("0", 2027)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    let spent = ledger.clock.elapsed();
    let quarter = SECOND * 15 * 60;
    assert!(
        spent <= quarter && spent > quarter - SECOND * 3,
        "{spent:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn of_two_dates_of_which_one_is_taken_each_has_its_outcome() {
    let ledger = Ledger::new(1);
    ledger.answers([Answer::MakeOne(BOUGHT)]);
    let report = ledger.write_dates(&fill_both("0")).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Ignored);
    assert_eq!(report.outcome_of(BOUGHT), WriteOutcome::Written);
    assert_eq!(report.outcome_of(EXPIRY), WriteOutcome::Ignored);
    let detail = report.detail.unwrap();
    assert!(detail.contains("warranty_expiry: 2027-05-31 was sent, empty is held"));
    assert!(!detail.contains("purchase_date"), "{detail}");
    assert_eq!(ledger.state().sent, 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_only_the_date_that_is_missing_is_sent() {
    let ledger = Ledger::new(1);
    ledger.answers([Answer::MakeOneThenFail(BOUGHT)]);
    let report = ledger.write_dates(&fill_both("0")).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Written, "{report:?}");
    assert!(report.outcomes.is_empty());
    let both = AssetDates::new(Some(day(2024)), Some(day(2027)));
    assert_eq!(ledger.state().dates["0"], both);
    let sent = ledger.state().sent_from.clone();
    assert_eq!(sent, [(vec![BOUGHT, EXPIRY], 1), (vec![EXPIRY], 2)]);
}

#[tokio::test(start_paused = true)]
async fn of_two_dates_of_which_somebody_edits_one_the_other_is_not_called_refused() {
    let ledger = Ledger::new(1);
    ledger.answers([Answer::Fail]);
    let theirs = AssetDates::new(Some(day(2020)), None);
    let edit = ledger.edit_after(SECOND, "0", theirs.clone());
    let change = fill_both("0");
    let (report, ()) = futures_util::join!(ledger.write_dates(&change), edit);
    let report = report.unwrap();
    // What was sent may land yet.
    assert_eq!(report.outcome_of(EXPIRY), WriteOutcome::Unknown);
    assert_eq!(report.outcome_of(BOUGHT), WriteOutcome::Refused);
    assert_eq!(ledger.state().dates["0"], theirs);
    assert_eq!(ledger.state().sent, 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_failure_that_left_it_open_is_not_called_refused() {
    let ledger = Ledger::new(1);
    let refused = Answer::Refuse(ErrorKind::Permission, RetryClass::Never);
    ledger.answers([Answer::Fail, refused]);
    let report = ledger.write_dates(&fill("0", 2027)).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Unknown);
    assert_eq!(ledger.state().sent, 2);
}
