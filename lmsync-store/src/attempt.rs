//! Attempted writes, and their rows.

use lmsync_core::two_way::{Attempt, History, JournalEntry};
use lmsync_core::{Error, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::account_key::AccountKey;
use crate::columns::JOURNAL_COLUMNS;
use crate::shape::Shape;
use crate::value::Value;

/// The name that the lock of an account's journal has.
pub(crate) const JOURNAL: &str = "journal";

/// The values of the row of `attempt`, which has ended as `entry` says or not yet: those of
/// [`JOURNAL_COLUMNS`](crate::JOURNAL_COLUMNS) after the first four, in their order.
pub(crate) fn values<'v>(attempt: &Attempt, entry: Option<&'v JournalEntry>) -> Vec<Value<'v>> {
    let asset = &attempt.asset;
    let begun = [
        Value::instant(attempt.at),
        match asset.parent_ids.is_empty() {
            true => Value::Null,
            false => Value::json(&asset.parent_ids),
        },
        Value::json(&attempt.changes),
    ];
    begun.into_iter().chain(ended(entry)).collect()
}

/// The values of the columns that have one only once an attempt has ended.
pub(crate) fn ended(entry: Option<&JournalEntry>) -> [Value<'_>; ENDED] {
    let Some(entry) = entry else {
        return [const { Value::Null }; ENDED];
    };
    [
        Value::word(entry.outcome.as_str()),
        match entry.outcomes.is_empty() {
            true => Value::Null,
            false => Value::json(&entry.outcomes),
        },
        Value::maybe(entry.detail.as_deref(), Value::text),
        match entry.held.is_empty() {
            true => Value::Null,
            false => Value::json(&entry.held),
        },
    ]
}

/// The number of columns that have a value only once an attempt has ended; they are the last.
pub(crate) const ENDED: usize = 4;

/// The account of `attempt`, if it is one of `accounts`; its id has to be one that a row can hold.
pub(crate) fn account_of(attempt: &Attempt, accounts: &[AccountKey]) -> Result<AccountKey> {
    let asset = &attempt.asset;
    let account = AccountKey::new(&*asset.connector, &*asset.instance);
    if !accounts.contains(&account) {
        return Err(
            Error::store(format!("the journal was not opened for {account}"))
                .with_hint("open it for every account that dates are written to"),
        );
    }
    match asset.vendor_id.contains('\0') {
        false => Ok(account),
        true => Err(Error::store(format!(
            "the id {:?} of {account} holds NUL, which no row can hold",
            asset.vendor_id
        ))
        .with_hint("keep the journal in a file, or leave this asset out")),
    }
}

/// The error of an account whose journal another run has open.
pub(crate) fn in_use(account: &AccountKey) -> Error {
    Error::store(format!(
        "another run has the journal of {account} in this store open"
    ))
    .with_hint("wait for its end: two runs at once would write dates twice")
}

/// Content of rows, oldest first.
#[derive(Default)]
pub(crate) struct Rows {
    entries: Vec<JournalEntry>,
    open: Vec<Attempt>,
}

impl Rows {
    /// The form of rows of an attempt.
    pub(crate) fn shape() -> Shape {
        Shape::of(JOURNAL_COLUMNS, |column| match column.path {
            "" => None,
            path => Some(path.to_owned()),
        })
    }

    /// Adds the row that `json` is, which has the form of [`shape`](Self::shape).
    pub(crate) fn add(&mut self, json: &[u8]) -> Result<()> {
        #[derive(Deserialize)]
        struct End {
            outcome: Option<IgnoredAny>,
        }
        let no_attempt = |error: serde_json::Error| {
            Error::store(format!("a row of lmsync_journal is no attempt: {error}")).with_hint(
                "no date is written without a journal; mend the row, or name another store",
            )
        };
        let end: End = serde_json::from_slice(json).map_err(no_attempt)?;
        match end.outcome {
            Some(_) => self
                .entries
                .push(serde_json::from_slice(json).map_err(no_attempt)?),
            None => self
                .open
                .push(serde_json::from_slice(json).map_err(no_attempt)?),
        }
        Ok(())
    }

    /// The history that they are.
    pub(crate) fn history(self) -> History {
        History::new(&self.entries, self.open)
    }
}
