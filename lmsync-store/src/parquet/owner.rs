//! Whose a file is, as the file itself tells.

use std::fmt;

use lmsync_core::{Error, Result};
use parquet::file::metadata::KeyValue;
use serde::{Deserialize, Serialize};

use crate::account_key::AccountKey;

/// The name under which a file tells it.
const KEY: &str = "lmsync";

/// Whose rows a file holds.
///
/// Its folder tells that, too, but for long names; and on file systems that do not tell upper from
/// lower case two accounts may share a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owner {
    table: String,
    #[serde(flatten)]
    account: AccountKey,
}

impl Owner {
    pub(super) fn new(table: &str, account: &AccountKey) -> Self {
        Self {
            table: table.to_owned(),
            account: account.clone(),
        }
    }

    pub(super) fn to_metadata(&self) -> Vec<KeyValue> {
        // Three texts: nothing that JSON could not hold.
        let told = serde_json::to_string(self).unwrap_or_default();
        vec![KeyValue::new(KEY.to_owned(), told)]
    }

    /// The owner that a file with this `metadata` tells.
    pub(super) fn of_metadata(metadata: Option<&Vec<KeyValue>>) -> Option<Self> {
        let told = metadata?.iter().find(|told| told.key == KEY)?;
        serde_json::from_str(told.value.as_deref()?).ok()
    }

    /// Nothing, if a file called `name` that tells to be `found`'s is of `table`, and of `account`
    /// where one is given.
    pub(super) fn check(
        found: Option<&Self>,
        table: &str,
        account: Option<&AccountKey>,
        name: impl fmt::Display,
    ) -> Result<()> {
        let Some(found) = found else {
            return Err(
                Error::store(format!("{name}: it is another program's file"))
                    .with_hint("move it away, or name another folder"),
            );
        };
        if found.table != table {
            let error = Error::store(format!("{name}: it holds {}, not {table}", found.table));
            return Err(error.with_hint("put it back where it was"));
        }
        match account {
            Some(account) if *account != found.account => Err(Error::store(format!(
                "{name}: it is of the account {}, not of {account}",
                found.account
            ))
            .with_hint("where a file system does not tell upper from lower case, accounts whose names differ in that alone want a store each")),
            _ => Ok(()),
        }
    }
}
