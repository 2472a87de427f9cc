//! Every promise of the suite is broken by a source that breaks it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod subjects;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_core::http::{Meter, RetryPolicy};
use lmsync_core::{Environment, Error, Result};
use lmsync_testkit::warranty::DellSimulator;
use lmsync_testkit::warranty::conformance::WarrantySubject;
use lmsync_warranty::{
    Answer, Answers, Dell, Maker, MakerKey, QueryKey, WarrantyQuery, WarrantySource,
};

use self::subjects::DellSubject;

/// A flaw of a source: by default none.
#[derive(Clone, Copy, Default)]
struct Flaw {
    answers: Option<fn(&[WarrantyQuery], Answers) -> Answers>,
    never_asks_again: bool,
    asks_too_fast: bool,
    asks_twice: bool,
    asks_about_nothing: bool,
    says_a_batch_is_larger: bool,
    is_stuck_when_given_up: bool,
    answers_once: bool,
    shows_its_key: bool,
    logs_its_key: bool,
}

thread_local! {
    static IN_FORCE: Cell<Flaw> = Cell::default();
}

/// Dell with the flaw that is in force.
#[derive(Debug)]
struct Flawed;

impl WarrantySubject for Flawed {
    type Maker = DellSimulator;

    fn maker(machines: usize, now: DateTime<Utc>) -> Self::Maker {
        DellSubject::maker(machines, now)
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn WarrantySource>> {
        Self::connect_with_secret(environment, "m4ker-5ecret-41c9-b7f2")
    }

    fn connect_with_secret(
        environment: &Environment,
        secret: &str,
    ) -> Result<Arc<dyn WarrantySource>> {
        let flaw = IN_FORCE.get();
        let environment = match flaw.never_asks_again {
            true => environment.clone().retry(RetryPolicy::never()),
            false => environment.clone(),
        };
        let budget = if flaw.asks_too_fast { 6_000 } else { 60 };
        let key = MakerKey::new("simulated-id", secret).requests_per_minute(budget);
        Ok(Arc::new(FlawedSource {
            sound: Dell::connect_in(&key, &environment)?,
            key: secret.to_owned(),
            asked: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
        }))
    }

    fn secrets() -> Vec<String> {
        DellSubject::secrets()
    }
}

struct FlawedSource {
    sound: Dell,
    key: String,
    asked: AtomicUsize,
    under_way: AtomicUsize,
}

impl fmt::Debug for FlawedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match IN_FORCE.get().shows_its_key {
            true => f.write_str(&self.key),
            false => self.sound.fmt(f),
        }
    }
}

#[async_trait]
impl WarrantySource for FlawedSource {
    fn maker(&self) -> Maker {
        self.sound.maker()
    }

    fn batch_size(&self) -> usize {
        let factor = if IN_FORCE.get().says_a_batch_is_larger {
            2
        } else {
            1
        };
        self.sound.batch_size() * factor
    }

    async fn lookup(&self, batch: &[WarrantyQuery], meter: &Meter) -> Answers {
        let flaw = IN_FORCE.get();
        if flaw.logs_its_key {
            tracing::trace!("signing in with {}", self.key);
        }
        if flaw.answers_once && self.asked.fetch_add(1, Ordering::Relaxed) > 0 {
            return Answers::all_failed(batch, &Error::vendor("the token ended"));
        }
        if flaw.is_stuck_when_given_up && self.under_way.swap(1, Ordering::Relaxed) > 0 {
            return Answers::all_failed(batch, &Error::vendor("somebody else is asking"));
        }
        if flaw.asks_about_nothing && batch.is_empty() {
            self.sound
                .lookup(&[WarrantyQuery::new("T000001")], meter)
                .await;
        }
        let mut answers = self.sound.lookup(batch, meter).await;
        if flaw.asks_twice {
            answers = self.sound.lookup(batch, meter).await;
        }
        self.under_way.store(0, Ordering::Relaxed);
        match flaw.answers {
            Some(change) => change(batch, answers),
            None => answers,
        }
    }
}

/// One `#[test]` per promise: Dell keeps it, and each flaw breaks it.
macro_rules! proofs {
    ($($group:ident: { $($promise:ident { $($what:literal: $flaw:expr),+ $(,)? })+ })+) => {
        const PROVEN: &[&str] = &[$($(concat!(stringify!($group), "::", stringify!($promise))),+),+];

        $($(
            #[test]
            fn $promise() {
                let promise = || lmsync_testkit::conformance::run(
                    lmsync_testkit::warranty::conformance::$group::$promise::<Flawed>(),
                );
                IN_FORCE.set(Flaw::default());
                promise();
                $(
                    IN_FORCE.set($flaw);
                    lmsync_testkit::proof::is_broken(promise, "lmsync-testkit/src/", $what);
                )+
            }
        )+)+
    };
}

fn flaw(change: impl FnOnce(&mut Flaw)) -> Flaw {
    let mut flaw = Flaw::default();
    change(&mut flaw);
    flaw
}

fn answers(change: fn(&[WarrantyQuery], Answers) -> Answers) -> Flaw {
    flaw(|flaw| flaw.answers = Some(change))
}

/// Each machine gets the answer of the next in the list.
fn by_position(batch: &[WarrantyQuery], answers: Answers) -> Answers {
    let keys: Vec<QueryKey> = batch.iter().map(WarrantyQuery::key).collect();
    let mut moved = Answers::default();
    for (place, key) in keys.iter().enumerate() {
        let next = &keys[(place + 1) % keys.len()];
        moved.insert(key.clone(), answers.get(next).unwrap().clone());
    }
    moved
}

/// One without an answer gets that of somebody else.
fn filled_in(_: &[WarrantyQuery], answers: Answers) -> Answers {
    let known = answers
        .iter()
        .find(|(_, answer)| matches!(answer, Answer::Known(_)));
    let Some(known) = known.map(|(_, answer)| answer.clone()) else {
        return answers;
    };
    mapped(answers, |answer| match answer {
        Answer::NotFound => known.clone(),
        other => other,
    })
}

fn mapped(answers: Answers, change: impl Fn(Answer) -> Answer) -> Answers {
    let mut changed = Answers::default();
    for (key, answer) in answers.iter() {
        changed.insert(key.clone(), change(answer.clone()));
    }
    changed
}

fn errors_are_not_found(_: &[WarrantyQuery], answers: Answers) -> Answers {
    mapped(answers, |answer| match answer {
        Answer::Failed(_) | Answer::Denied(_) => Answer::NotFound,
        other => other,
    })
}

fn denied_is_failed(_: &[WarrantyQuery], answers: Answers) -> Answers {
    mapped(answers, |answer| match answer {
        Answer::Denied(error) => Answer::Failed(error),
        other => other,
    })
}

fn without_advice(_: &[WarrantyQuery], answers: Answers) -> Answers {
    mapped(answers, |answer| match answer {
        Answer::Denied(error) => Answer::Denied(Error::new(error.kind(), error.message())),
        other => other,
    })
}

fn not_found_is_failed(_: &[WarrantyQuery], answers: Answers) -> Answers {
    mapped(answers, |answer| match answer {
        Answer::NotFound => Answer::Failed(Error::vendor("not found")),
        other => other,
    })
}

fn known_is_ambiguous(_: &[WarrantyQuery], answers: Answers) -> Answers {
    mapped(answers, |answer| match answer {
        Answer::Known(_) => Answer::Ambiguous("two rows".to_owned()),
        other => other,
    })
}

fn one_is_missing(batch: &[WarrantyQuery], answers: Answers) -> Answers {
    let last = batch.last().map(WarrantyQuery::key);
    let mut fewer = Answers::default();
    for (key, answer) in answers
        .iter()
        .filter(|(key, _)| Some(*key) != last.as_ref())
    {
        fewer.insert(key.clone(), answer.clone());
    }
    fewer
}

fn one_more(_: &[WarrantyQuery], mut answers: Answers) -> Answers {
    answers.insert(WarrantyQuery::new("UNASKED").key(), Answer::NotFound);
    answers
}

fn quoting(_: &[WarrantyQuery], answers: Answers) -> Answers {
    mapped(answers, |answer| match answer.error() {
        Some(_) => Answer::Failed(Error::vendor("the key wr0ng-5ecret-canary-7f3a9c is wrong")),
        None => answer,
    })
}

proofs! {
    answers: {
        every_machine_has_its_own_answer {
            "answers go by position": answers(by_position),
            "one without an answer gets another's": answers(filled_in),
        }
        every_query_has_one_answer {
            "one is missing": answers(one_is_missing),
            "there is one that nobody asked for": answers(one_more),
        }
        the_order_of_rows_does_not_matter {
            "answers go by position": answers(by_position),
        }
        doubled_rows_change_nothing {
            "two rows are ambiguous": answers(known_is_ambiguous),
        }
        rows_that_nobody_asked_for_change_nothing {
            "answers go by position": answers(by_position),
            "there is one that nobody asked for": answers(one_more),
        }
        letter_case_changes_nothing {
            "letter case makes a machine": answers(|batch, _| Answers::of(batch, |_| Answer::NotFound)),
        }
        a_machine_that_is_left_out_is_not_found {
            "one without an answer gets another's": answers(filled_in),
            "who is left out is an error": answers(not_found_is_failed),
        }
        an_unknown_machine_is_not_found {
            "who is unknown is an error": answers(not_found_is_failed),
        }
        nobody_is_asked_about_nothing {
            "it asks all the same": flaw(|flaw| flaw.asks_about_nothing = true),
        }
        a_lookup_that_is_given_up_leaves_everything_usable {
            "it waits for the one that was given up": flaw(|flaw| flaw.is_stuck_when_given_up = true),
        }
    }
    limits: {
        a_batch_takes_the_fewest_requests {
            "it asks twice": flaw(|flaw| flaw.asks_twice = true),
        }
        no_batch_is_too_large {
            "it says that a batch may be larger": flaw(|flaw| flaw.says_a_batch_is_larger = true),
        }
        the_budget_is_never_exceeded {
            "it asks too fast": flaw(|flaw| flaw.asks_too_fast = true),
        }
        too_many_requests_are_waited_out {
            "it does not wait": flaw(|flaw| flaw.never_asks_again = true),
        }
    }
    errors: {
        a_failure_is_told_and_never_not_found {
            "errors are not found": answers(errors_are_not_found),
        }
        what_cannot_be_read_is_told_and_never_not_found {
            "errors are not found": answers(errors_are_not_found),
        }
        a_lost_connection_is_told_and_never_not_found {
            "errors are not found": answers(errors_are_not_found),
        }
        a_passing_failure_is_asked_again {
            "it never asks again": flaw(|flaw| flaw.never_asks_again = true),
        }
        a_key_that_may_not_ask_is_denied {
            "a refusal is a failure": answers(denied_is_failed),
            "it gives no advice": answers(without_advice),
        }
        a_wrong_key_is_denied_with_advice {
            "a refusal is a failure": answers(denied_is_failed),
            "it gives no advice": answers(without_advice),
        }
    }
    tokens: {
        a_token_that_ended_is_renewed {
            "it signs in once": flaw(|flaw| flaw.answers_once = true),
        }
    }
    secrets: {
        no_debug_output_shows_a_secret {
            "the source shows its key": flaw(|flaw| flaw.shows_its_key = true),
        }
        no_error_shows_a_secret {
            "errors quote the key": answers(quoting),
        }
        no_log_shows_a_secret {
            "it logs its key": flaw(|flaw| flaw.logs_its_key = true),
        }
    }
}

/// The names of promises.
macro_rules! names {
    ($list:ident: $($group:ident: [$($promise:ident),+ $(,)?])+) => {
        const $list: &[&str] = &[$($(concat!(stringify!($group), "::", stringify!($promise))),+),+];
    };
}

lmsync_testkit::conformance_warranty_promises!(names!(PROMISES:));
lmsync_testkit::conformance_warranty_tokens_promises!(names!(OF_TOKENS:));

#[test]
fn every_promise_is_proven() {
    let proven: BTreeSet<&str> = PROVEN.iter().copied().collect();
    let promises: BTreeSet<&str> = PROMISES.iter().chain(OF_TOKENS).copied().collect();
    assert_eq!(proven, promises);
}
