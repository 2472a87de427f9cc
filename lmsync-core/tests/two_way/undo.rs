use std::time::Duration;

use lmsync_core::model::AssetId;
use lmsync_core::two_way::{
    Action, AssetDates, AssetRef, Attempt, DateChange, DateField, History, Reason, WriteOutcome,
    WriteReport, WriteSource, plan_undo,
};
use lmsync_core::{Connector, TwoWaySync};

use crate::ledger::{Answer, EXPIRY, Ledger, day, fill, fill_both};

/// A ledger and its history after `changes` were written.
async fn written(changes: &[DateChange]) -> (Ledger, History) {
    let ledger = Ledger::new(1);
    let mut history = History::default();
    for change in changes {
        let attempt = Attempt::new(ledger.clock.now(), ledger.info(), change);
        let report = ledger.write_dates(change).await.unwrap();
        history.record(&attempt.ended(&report));
    }
    (ledger, history)
}

fn reasons(ledger: &Ledger, held: &AssetDates, history: &History) -> Vec<Reason> {
    let attempts = history.of(&AssetRef::of(ledger.info(), &AssetId::from("0")));
    let plan = plan_undo(ledger, &AssetId::from("0"), held, &attempts);
    plan.fields.into_iter().map(|field| field.reason).collect()
}

#[tokio::test(start_paused = true)]
async fn what_was_there_before_the_first_write_comes_back() {
    let later = DateChange::new("0").set(EXPIRY, Some(day(2027)), day(2028), WriteSource::Manual);
    let (ledger, mut history) = written(&[fill("0", 2027), later]).await;
    let asset = AssetId::from("0");
    let held = ledger.read_dates(&asset).await.unwrap();
    let attempts = history.of(&AssetRef::of(ledger.info(), &AssetId::from("0")));
    let plan = plan_undo(&ledger, &asset, &held, &attempts);
    assert_eq!(plan.fields[0].action, Action::Write);
    let change = plan.change().unwrap();
    assert_eq!(change.changes()[0].source, WriteSource::Undo);
    let attempt = Attempt::new(ledger.clock.now(), ledger.info(), &change);
    let report = ledger.write_dates(&change).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Written);
    assert_eq!(ledger.expiry("0"), None);
    history.record(&attempt.ended(&report));
    assert_eq!(
        reasons(&ledger, &AssetDates::default(), &history),
        [Reason::Equal]
    );
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_wrote_since_stays() {
    let (ledger, history) = written(&[fill("0", 2027)]).await;
    let theirs = AssetDates::new(None, Some(day(2030)));
    assert_eq!(reasons(&ledger, &theirs, &history), [Reason::ChangedSince]);
}

#[tokio::test(start_paused = true)]
async fn a_shifted_date_is_known_for_ours() {
    let ledger = Ledger::new(1);
    let change = fill("0", 2027);
    let shifted = AssetDates::new(None, day(2027).pred_opt());
    let attempt = Attempt::new(ledger.clock.now(), ledger.info(), &change);
    let report = WriteReport::new(WriteOutcome::Altered, shifted.clone());
    let history = History::new(&[attempt.ended(&report)], Vec::new());
    assert_eq!(reasons(&ledger, &shifted, &history), [Reason::Restores]);
}

#[tokio::test(start_paused = true)]
async fn of_two_dates_only_the_one_that_was_taken_is_put_back() {
    let ledger = Ledger::new(1);
    // The expiry is clearable, the purchase is not.
    ledger.answers([Answer::MakeOne(EXPIRY)]);
    let change = fill_both("0");
    let attempt = Attempt::new(ledger.clock.now(), ledger.info(), &change);
    let report = ledger.write_dates(&change).await.unwrap();
    let history = History::new(&[attempt.ended(&report)], Vec::new());
    let asset = AssetId::from("0");
    let held = ledger.read_dates(&asset).await.unwrap();
    assert_eq!(
        reasons(&ledger, &held, &history),
        [Reason::Equal, Reason::Restores]
    );
    let attempts = history.of(&AssetRef::of(ledger.info(), &asset));
    let undo = plan_undo(&ledger, &asset, &held, &attempts)
        .change()
        .unwrap();
    let fields: Vec<DateField> = undo.changes().iter().map(|change| change.field).collect();
    assert_eq!(fields, [EXPIRY]);
    ledger.write_dates(&undo).await.unwrap();
    assert_eq!(ledger.state().dates["0"], AssetDates::default());
}

#[tokio::test(start_paused = true)]
async fn what_landed_after_it_seemed_ignored_is_known_for_ours() {
    let ledger = Ledger::new(1);
    ledger.answers([Answer::MakeLate(Duration::from_secs(5))]);
    let change = fill("0", 2027);
    let attempt = Attempt::new(ledger.clock.now(), ledger.info(), &change);
    let report = ledger.write_dates(&change).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Ignored);
    let history = History::new(&[attempt.ended(&report)], Vec::new());
    ledger.clock.sleep(Duration::from_secs(5)).await;
    let held = ledger.read_dates(&AssetId::from("0")).await.unwrap();
    assert_eq!(reasons(&ledger, &held, &history), [Reason::Restores]);
    // But not what was never sent.
    let theirs = AssetDates::new(None, Some(day(2030)));
    assert_eq!(reasons(&ledger, &theirs, &history), [Reason::ChangedSince]);
}

#[tokio::test(start_paused = true)]
async fn a_field_that_cannot_be_cleared_is_left_and_told() {
    let purchase = DateChange::new("0").set(
        DateField::PurchaseDate,
        None,
        day(2020),
        WriteSource::Lookup,
    );
    let (ledger, history) = written(&[purchase]).await;
    let held = ledger.read_dates(&AssetId::from("0")).await.unwrap();
    assert_eq!(reasons(&ledger, &held, &history), [Reason::NotClearable]);
}
