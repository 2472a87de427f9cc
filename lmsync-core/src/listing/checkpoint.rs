//! Where a listing stands, in a form that can be stored.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Where a listing stands; serialise it, store it, resume from it.
///
/// A resumed listing skips nothing. It may repeat records when the account
/// changed in the meantime: then it reads from the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    scope: ListingScope,
    pub(super) position: Position,
}

/// What a checkpoint belongs to: resuming anything else with it is refused.
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
pub(super) struct Position {
    pub(super) page: u32,
    pub(super) taken: Vec<String>,
    pub(super) seen_before: u64,
    pub(super) total: Option<u64>,
    /// Why records up to here are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gap: Option<String>,
}

impl Position {
    pub(super) fn start() -> Self {
        Self {
            page: 1,
            taken: Vec::new(),
            seen_before: 0,
            total: None,
            gap: None,
        }
    }
}

impl Checkpoint {
    pub(super) fn new(scope: ListingScope, position: Position) -> Self {
        Self { scope, position }
    }

    pub(super) fn position_in(self, scope: &ListingScope) -> Result<Position> {
        if self.scope == *scope {
            return Ok(self.position);
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
