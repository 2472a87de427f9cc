//! Errors are errors, and never "not found".

use lmsync_core::http::TransportErrorKind;
use lmsync_warranty::Answer;

use super::stage::Stage;
use super::{WarrantyMaker, WarrantySubject};
use crate::Fault;
use crate::conformance::WRONG_SECRET;

/// A maker that is down is told for each machine.
pub async fn a_failure_is_told_and_never_not_found<S: WarrantySubject>() {
    let stage = Stage::<S>::with(10);
    for status in [400, 404, 500, 503] {
        let page = "<html>the service is down</html>";
        let fault = Fault::Answer {
            status,
            headers: vec![("content-type", "text/html".to_owned())],
            body: page.into(),
        };
        require_failed(&stage, fault).await;
    }
    let stage = Stage::<S>::with(10);
    stage.change(|maker| maker.fail_next(u32::MAX));
    let (batch, answers) = stage.ask_all().await;
    Stage::<S>::require_errors(&batch, &answers, |answer| {
        matches!(answer, Answer::Failed(_))
    });
}

/// An answer that is cut off, empty, a page or something else is told for each machine.
pub async fn what_cannot_be_read_is_told_and_never_not_found<S: WarrantySubject>() {
    let stage = Stage::<S>::with(10);
    for body in [
        "",
        "null",
        "7",
        "\"text\"",
        "<html></html>",
        "<?xml version=\"1.0\"?><a/>",
        "[{\"a\":",
    ] {
        let fault = Fault::Answer {
            status: 200,
            headers: Vec::new(),
            body: body.into(),
        };
        require_failed(&stage, fault).await;
    }
}

/// A connection that breaks is told for each machine.
pub async fn a_lost_connection_is_told_and_never_not_found<S: WarrantySubject>() {
    let stage = Stage::<S>::with(10);
    require_failed(&stage, Fault::Fail(TransportErrorKind::Connect)).await;
}

async fn require_failed<S: WarrantySubject>(stage: &Stage<S>, fault: Fault) {
    let shown = format!("{fault:?}");
    stage.any.faults.inject_always(fault);
    let (batch, answers) = stage.ask_all().await;
    for query in batch {
        let answer = answers.get(&query.key()).expect("an answer for each query");
        assert!(answer.error().is_some(), "{shown}: {answer:?}");
    }
}

/// A failure that passes costs no machine its answer.
pub async fn a_passing_failure_is_asked_again<S: WarrantySubject>() {
    let stage = Stage::<S>::with(10);
    stage.change(|maker| maker.fail_next(2));
    let (batch, answers) = stage.ask_all().await;
    stage.require_truth(&batch, &answers);
}

/// A key that may not ask is denied, with advice.
pub async fn a_key_that_may_not_ask_is_denied<S: WarrantySubject>() {
    let stage = Stage::<S>::with(10);
    stage.change(|maker| maker.forbid());
    let (batch, answers) = stage.ask_all().await;
    Stage::<S>::require_errors(&batch, &answers, is_denied);
}

/// A key that is wrong, or has ended, is denied, with advice.
pub async fn a_wrong_key_is_denied_with_advice<S: WarrantySubject>() {
    let wrong = Stage::<S>::connecting(10, |environment| {
        S::connect_with_secret(environment, WRONG_SECRET)
    });
    let (batch, answers) = wrong.ask_all().await;
    Stage::<S>::require_errors(&batch, &answers, is_denied);
    let ended = Stage::<S>::with(10);
    let (batch, answers) = ended.ask_all().await;
    ended.require_truth(&batch, &answers);
    ended.change(|maker| maker.end_key());
    let answers = ended.ask(&batch).await;
    Stage::<S>::require_errors(&batch, &answers, is_denied);
}

fn is_denied(answer: &Answer) -> bool {
    matches!(answer, Answer::Denied(error) if error.hint().is_some())
}
