//! A maker's answers about the machines that it was asked for.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lmsync_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::query::{QueryKey, WarrantyQuery};
use crate::record::WarrantyRecord;
use crate::rules::judge;

/// A maker's answer about one machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Answer {
    /// The maker knows it; it may have no line at all.
    Known(WarrantyRecord),
    /// The maker does not know it.
    NotFound,
    /// The maker knows several, or says too little to tell which, for the reason given.
    Ambiguous(String),
    /// Nobody knows: the maker could not be asked, or its answer could not be read.
    Failed(Error),
    /// The key is refused, or may not ask.
    Denied(Error),
}

impl From<Result<WarrantyRecord>> for Answer {
    fn from(read: Result<WarrantyRecord>) -> Self {
        match read {
            Ok(record) => Self::Known(record),
            Err(error) => Self::of_error(error),
        }
    }
}

impl Answer {
    /// The answer that `error` stands for.
    #[must_use]
    pub fn of_error(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Authentication | ErrorKind::Permission => Self::Denied(error),
            _ => Self::Failed(error),
        }
    }

    /// The error, where the maker gave no answer.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Failed(error) | Self::Denied(error) => Some(error),
            Self::Known(_) | Self::NotFound | Self::Ambiguous(_) => None,
        }
    }

    /// The outcome that it comes to for the machine of `query` on the day `today`.
    #[must_use]
    pub fn outcome(&self, query: &WarrantyQuery, today: NaiveDate) -> Outcome {
        match self {
            Self::Known(record) => judge(record, query, today),
            Self::NotFound => Outcome::NotFound,
            Self::Ambiguous(why) => Outcome::Ambiguous(why.clone()),
            Self::Failed(error) => Outcome::Failed(error.clone()),
            Self::Denied(error) => Outcome::Denied(error.clone()),
        }
    }

    /// The maker's record, where it knows the machine.
    #[must_use]
    pub fn record(&self) -> Option<&WarrantyRecord> {
        match self {
            Self::Known(record) => Some(record),
            _ => None,
        }
    }

    /// Tells whether two answers say the same; two errors never do.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one), Self::Known(other)) => one == other,
            (Self::NotFound, Self::NotFound) => true,
            (Self::Ambiguous(one), Self::Ambiguous(other)) => one == other,
            _ => false,
        }
    }
}

/// One answer for each query of a batch, found by the query and never by position.
#[derive(Debug, Clone, Default)]
pub struct Answers(BTreeMap<QueryKey, Answer>);

impl Answers {
    /// The answer of `answer` to each of `batch`.
    #[must_use]
    pub fn of(batch: &[WarrantyQuery], answer: impl Fn(&WarrantyQuery) -> Answer) -> Self {
        let answers = batch.iter().map(|query| (query.key(), answer(query)));
        Self(answers.collect())
    }

    /// The same error for each of `batch`.
    #[must_use]
    pub fn all_failed(batch: &[WarrantyQuery], error: &Error) -> Self {
        Self::of(batch, |_| Answer::of_error(error.clone()))
    }

    /// The answer to the query with this key.
    #[must_use]
    pub fn get(&self, key: &QueryKey) -> Option<&Answer> {
        self.0.get(key)
    }

    /// Sets the answer to the query with this key.
    pub fn insert(&mut self, key: QueryKey, answer: Answer) {
        self.0.insert(key, answer);
    }

    /// Adds the answers of another batch.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// These answers, with every error as `change` makes it.
    #[cfg(feature = "hp")]
    pub(crate) fn with_errors(self, change: impl Fn(&Error) -> Error) -> Self {
        let changed = self.0.into_iter().map(|(key, answer)| {
            let answer = match answer {
                Answer::Failed(error) => Answer::Failed(change(&error)),
                Answer::Denied(error) => Answer::Denied(change(&error)),
                other => other,
            };
            (key, answer)
        });
        Self(changed.collect())
    }

    /// Every query's key and answer.
    pub fn iter(&self) -> impl Iterator<Item = (&QueryKey, &Answer)> {
        self.0.iter()
    }
}
