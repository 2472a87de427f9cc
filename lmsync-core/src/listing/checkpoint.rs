//! Where a listing stands, in a form that can be stored.

use serde::{Deserialize, Serialize};

use super::key::PageKey;
use crate::error::{Error, Result};
use crate::info::ConnectorInfo;

/// Where a listing stands; serialise it, store it, resume from it.
///
/// A resumed listing skips nothing. It may repeat records when the account
/// changed in the meantime: then it reads from the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    scope: ListingScope,
    pub(super) position: Position,
}

/// What a checkpoint belongs to: resuming anything else with it is refused.
///
/// Plain data: connectors make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingScope {
    /// The connector's name.
    pub connector: String,
    /// The account.
    pub instance: String,
    /// What was listed and how: records, filter, page size.
    pub listing: String,
}

/// The page that is being handed out, and how much of it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Position {
    /// The list that the page is of, among those that are read as one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) list: usize,
    /// A fingerprint of the labels of the lists up to this one.
    #[serde(default = "no_labels")]
    pub(super) labels: u64,
    pub(super) page: PageKey,
    pub(super) taken: Vec<String>,
    pub(super) seen_before: u64,
    /// Records handed out up to here.
    #[serde(default)]
    pub(super) kept_before: u64,
    pub(super) total: Option<u64>,
    /// Why records up to here are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gap: Option<String>,
}

// Serde's own shape for a predicate.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The fingerprint of a single list, which checkpoints did not have before lists were chained.
fn no_labels() -> u64 {
    super::chain::fingerprint([""].into_iter())
}

impl Position {
    /// The place before the first record.
    pub(super) fn start() -> Self {
        Self {
            list: 0,
            labels: no_labels(),
            page: PageKey::Number(1),
            taken: Vec::new(),
            seen_before: 0,
            kept_before: 0,
            total: None,
            gap: None,
        }
    }

    /// Says if nothing was handed out yet.
    pub(super) fn is_start(&self) -> bool {
        *self == Self::start()
    }
}

impl ListingScope {
    /// The scope of the `records` of an account.
    #[must_use]
    pub fn new(account: &ConnectorInfo, records: &str) -> Self {
        Self {
            connector: account.vendor.clone().into_owned(),
            instance: account.instance.clone(),
            listing: records.to_owned(),
        }
    }

    /// The scope of a list that nobody resumes.
    pub(super) fn nothing() -> Self {
        Self {
            connector: String::new(),
            instance: String::new(),
            listing: String::new(),
        }
    }
}

impl Checkpoint {
    pub(super) fn new(scope: ListingScope, position: Position) -> Self {
        Self { scope, position }
    }

    /// The name of the connector that was listed.
    #[must_use]
    pub fn connector(&self) -> &str {
        &self.scope.connector
    }

    /// The account that was listed.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.scope.instance
    }

    /// Says if the listing of `scope` can be resumed from here.
    pub(super) fn require_scope(&self, scope: &ListingScope) -> Result<()> {
        if self.scope == *scope {
            return Ok(());
        }
        Err(Error::config(format!(
            "the checkpoint belongs to {} of {} ({}), not to {} of {} ({})",
            self.scope.connector,
            self.scope.instance,
            self.scope.listing,
            scope.connector,
            scope.instance,
            scope.listing,
        ))
        .with_hint("resume with the same account and query, or list from the start"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_written_before_there_were_cursors_is_read() {
        let old = r#"{"scope":{"connector":"c","instance":"i","listing":"l"},
            "position":{"page":3,"taken":["a"],"seen_before":20,"total":null}}"#;
        let Checkpoint { position, .. } = serde_json::from_str(old).unwrap();
        assert_eq!(position.page, PageKey::Number(3));
        assert_eq!((position.list, position.labels), (0, no_labels()));
        assert!(!position.is_start());
        let unknown = old.replace("\"total\"", "\"sum\"");
        let error = serde_json::from_str::<Checkpoint>(&unknown).unwrap_err();
        assert!(error.to_string().contains("`sum`"), "{error}");
    }
}
