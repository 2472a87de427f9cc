//! Each machine has its own answer, however rows come.

use std::time::Duration;

use futures_util::future::{Either, select};
use lmsync_core::http::Meter;
use lmsync_warranty::{Answer, WarrantyQuery};

use super::stage::Stage;
use super::{RowForm, WarrantyMaker, WarrantySubject};

/// Each machine has its own dates and nobody else's.
pub async fn every_machine_has_its_own_answer<S: WarrantySubject>() {
    let stage = Stage::<S>::with(40);
    let (batch, answers) = stage.ask_all().await;
    let dates = |query| stage.truth(query).expiry;
    assert!(
        batch.iter().filter_map(dates).count() > 10,
        "a maker with dates"
    );
    stage.require_truth(&batch, &answers);
}

/// There is one answer for each query, and none for anything else.
pub async fn every_query_has_one_answer<S: WarrantySubject>() {
    let stage = Stage::<S>::with(40);
    let (batch, answers) = stage.ask_all().await;
    let mut asked: Vec<_> = batch.iter().map(|query| query.key()).collect();
    asked.sort();
    let answered: Vec<_> = answers.iter().map(|(key, _)| key.clone()).collect();
    assert_eq!(answered, asked);
}

/// Rows are told apart by their serial numbers, not by their places.
pub async fn the_order_of_rows_does_not_matter<S: WarrantySubject>() {
    with_rows::<S>(RowForm::Turned).await;
}

/// A row that comes twice is one.
pub async fn doubled_rows_change_nothing<S: WarrantySubject>() {
    with_rows::<S>(RowForm::Doubled).await;
}

/// A row about another machine moves no date to one that was asked for.
pub async fn rows_that_nobody_asked_for_change_nothing<S: WarrantySubject>() {
    let stage = Stage::<S>::with(40);
    stage.change(|maker| maker.send_rows(RowForm::WithUnasked));
    let mut batch = stage.batch();
    // The others are those that come unasked.
    batch.truncate(20);
    let answers = stage.ask(&batch).await;
    assert_eq!(answers.iter().count(), batch.len());
    stage.require_truth(&batch, &answers);
}

/// A serial number is the same in any letter case.
pub async fn letter_case_changes_nothing<S: WarrantySubject>() {
    with_rows::<S>(RowForm::LowerCase).await;
}

async fn with_rows<S: WarrantySubject>(form: RowForm) {
    let stage = Stage::<S>::with(40);
    stage.change(|maker| maker.send_rows(form));
    let (batch, answers) = stage.ask_all().await;
    stage.require_truth(&batch, &answers);
}

/// A machine that is not in the answer is not found, and every other has its own dates.
pub async fn a_machine_that_is_left_out_is_not_found<S: WarrantySubject>() {
    let stage = Stage::<S>::with(40);
    let mut batch = stage.batch();
    let known = batch
        .iter()
        .position(|query| stage.truth(query).expiry.is_some());
    let left_out = batch.remove(known.expect("a machine with dates"));
    stage.change(|maker| maker.leave_out(&left_out.serial));
    let all: Vec<_> = batch.iter().chain([&left_out]).cloned().collect();
    let answers = stage.ask(&all).await;
    stage.require_truth(&batch, &answers);
    let answer = answers
        .get(&left_out.key())
        .expect("an answer for each query");
    assert!(matches!(answer, Answer::NotFound), "{answer:?}");
}

/// A machine that the maker does not know is not found, alone or among others.
pub async fn an_unknown_machine_is_not_found<S: WarrantySubject>() {
    let stage = Stage::<S>::with(40);
    let batch = stage.batch();
    let is_unknown = |query: &&WarrantyQuery| stage.truth(query).word == "not_found";
    let unknown = batch
        .iter()
        .find(is_unknown)
        .expect("an unknown machine")
        .clone();
    for batch in [batch.as_slice(), std::slice::from_ref(&unknown)] {
        let answers = stage.ask(batch).await;
        let answer = answers
            .get(&unknown.key())
            .expect("an answer for each query");
        assert!(matches!(answer, Answer::NotFound), "{answer:?}");
    }
}

/// A batch of nothing costs no request.
pub async fn nobody_is_asked_about_nothing<S: WarrantySubject>() {
    let stage = Stage::<S>::with(40);
    let answers = stage.ask(&[]).await;
    assert_eq!(answers.iter().count(), 0);
    assert_eq!(stage.any.vendor.requests(), 0);
}

/// A caller that gives up at any moment leaves the source as good as it was.
pub async fn a_lookup_that_is_given_up_leaves_everything_usable<S: WarrantySubject>() {
    let stage = Stage::<S>::with(10);
    let batch = stage.batch();
    for milliseconds in [0, 1, 10, 19, 21, 30, 39, 41, 60] {
        let meter = Meter::default();
        let lookup = stage.source().lookup(&batch, &meter);
        let given_up = stage.any.clock.sleep(Duration::from_millis(milliseconds));
        if let Either::Left((answers, _)) = select(lookup, given_up).await {
            stage.require_truth(&batch, &answers);
        }
    }
    let answers = stage.ask(&batch).await;
    stage.require_truth(&batch, &answers);
}
