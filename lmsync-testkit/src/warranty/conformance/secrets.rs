//! A key never leaves.

use lmsync_warranty::Answers;

use super::stage::Stage;
use super::{WarrantyMaker, WarrantySubject};
use crate::conformance::secrets::{ECHOING_STATUSES, expect_none_of};
use crate::conformance::{WRONG_SECRET, WRONG_SECRET_TO_ENCODE};
use crate::{Fault, Log};

fn expect_no_secret<S: WarrantySubject>(what: &str, text: &str) {
    let secrets = S::secrets();
    assert!(!secrets.is_empty(), "a subject names its secrets");
    expect_none_of(&secrets, what, text);
}

fn shown(answers: &Answers) -> String {
    let answers = answers.iter().map(|(_, answer)| match answer.error() {
        Some(error) => format!("{answer:?} {error} {:?}", error.to_report()),
        None => format!("{answer:?}"),
    });
    answers.collect()
}

/// A source and its answers show no secret.
pub async fn no_debug_output_shows_a_secret<S: WarrantySubject>() {
    let stage = Stage::<S>::with(5);
    for _ in 0..2 {
        let (_, answers) = stage.ask_all().await;
        expect_no_secret::<S>("the answers", &shown(&answers));
        expect_no_secret::<S>("the source", &format!("{:?}", stage.source()));
        expect_no_secret::<S>("the source", &format!("{:#?}", stage.source()));
        stage.change(|maker| maker.end_tokens());
    }
}

/// No error shows a secret, not even one that the maker sends back.
pub async fn no_error_shows_a_secret<S: WarrantySubject>() {
    for status in ECHOING_STATUSES {
        for secret in [WRONG_SECRET, WRONG_SECRET_TO_ENCODE] {
            let connect = |environment: &_| S::connect_with_secret(environment, secret);
            let stage = Stage::<S>::connecting(5, connect);
            stage.any.faults.inject_always(Fault::Echo(status));
            let (_, answers) = stage.ask_all().await;
            expect_no_secret::<S>("an error", &shown(&answers));
        }
        let stage = Stage::<S>::with(5);
        let (batch, _) = stage.ask_all().await;
        stage.any.faults.inject_always(Fault::Echo(status));
        let answers = stage.ask(&batch).await;
        expect_no_secret::<S>("an error", &shown(&answers));
    }
    let stage = Stage::<S>::with(5);
    stage.change(|maker| maker.end_key());
    let (_, answers) = stage.ask_all().await;
    expect_no_secret::<S>("a refusal", &shown(&answers));
}

/// Nothing logged at TRACE shows a secret.
pub async fn no_log_shows_a_secret<S: WarrantySubject>() {
    let log = Log::start();
    let stage = Stage::<S>::with(5);
    stage.change(|maker| maker.throttle_next(1));
    let _ = stage.ask_all().await;
    stage.change(|maker| maker.end_key());
    let _ = stage.ask_all().await;
    let logged = log.finish();
    assert!(!logged.is_empty(), "something is logged");
    expect_no_secret::<S>("the log", &logged);
}
