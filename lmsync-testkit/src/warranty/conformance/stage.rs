//! A source and its simulated maker, set up for one promise.

use std::sync::Arc;

use chrono::NaiveDate;
use lmsync_core::http::Meter;
use lmsync_core::{Environment, Result};
use lmsync_warranty::{Answer, Answers, WarrantyQuery, WarrantySource};

use super::super::fleet::Truth;
use super::{WarrantyMaker, WarrantySubject};
use crate::Stage as AnyStage;

/// A source and its simulated maker, set up for one promise.
pub(super) struct Stage<S: WarrantySubject> {
    pub(super) any: AnyStage<S::Maker, Arc<dyn WarrantySource>>,
}

impl<S: WarrantySubject> Stage<S> {
    /// With a maker of so many machines.
    pub(super) fn with(machines: usize) -> Self {
        Self::connecting(machines, S::connect)
    }

    pub(super) fn connecting(
        machines: usize,
        connect: impl FnOnce(&Environment) -> Result<Arc<dyn WarrantySource>>,
    ) -> Self {
        Self {
            any: AnyStage::new(|now| S::maker(machines, now), connect),
        }
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut S::Maker) -> T) -> T {
        self.any.change(change)
    }

    pub(super) fn source(&self) -> &Arc<dyn WarrantySource> {
        &self.any.account
    }

    /// The queries of one batch.
    pub(super) fn batch(&self) -> Vec<WarrantyQuery> {
        let mut queries = self.change(|maker| maker.queries());
        queries.truncate(self.source().batch_size());
        queries
    }

    pub(super) async fn ask(&self, batch: &[WarrantyQuery]) -> Answers {
        self.source().lookup(batch, &Meter::default()).await
    }

    /// The answers to one batch.
    pub(super) async fn ask_all(&self) -> (Vec<WarrantyQuery>, Answers) {
        let batch = self.batch();
        let answers = self.ask(&batch).await;
        (batch, answers)
    }

    /// The truth about the machine of `query`.
    pub(super) fn truth(&self, query: &WarrantyQuery) -> Truth {
        self.change(|maker| maker.truth(query))
    }

    /// Holds the answers against what is true of each machine.
    pub(super) fn require_truth(&self, batch: &[WarrantyQuery], answers: &Answers) {
        let today = self.any.clock.now().date_naive();
        for query in batch {
            let found = summary(answers, query, today);
            assert_eq!(found, self.truth(query), "{}", query.serial);
        }
    }

    /// Every answer is the error that `is_right` wants.
    pub(super) fn require_errors(
        batch: &[WarrantyQuery],
        answers: &Answers,
        is_right: impl Fn(&Answer) -> bool,
    ) {
        for query in batch {
            let answer = answers.get(&query.key()).expect("an answer for each query");
            assert!(is_right(answer), "{}: {answer:?}", query.serial);
        }
    }
}

/// The finding that an answer comes to.
fn summary(answers: &Answers, query: &WarrantyQuery, today: NaiveDate) -> Truth {
    let answer = answers.get(&query.key()).expect("an answer for each query");
    let outcome = answer.outcome(query, today);
    let dates = outcome.dates();
    Truth {
        word: outcome.word().as_str(),
        purchase: dates.and_then(|dates| dates.purchase),
        expiry: dates.and_then(|dates| dates.expiry),
    }
}
