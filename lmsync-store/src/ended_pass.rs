//! A pass that ended, as the table of passes tells it.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::account_key::AccountKey;
use crate::pass_id::PassId;
use crate::stream::StreamName;

/// A row of the table `passes`: a pass that ended, well or badly.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct EndedPass {
    /// The account that was read.
    #[serde(flatten)]
    pub account: AccountKey,
    /// The stream that was read.
    pub stream: StreamName,
    /// Its name.
    pub pass_id: PassId,
    /// The moment it ended.
    pub finished_at: DateTime<Utc>,
    /// Set if everything that the vendor has was seen.
    pub complete: bool,
    /// Set if only a part of the stream was asked for.
    pub filtered: bool,
    /// Records that the vendor listed.
    pub seen: u64,
    /// Records handed out.
    pub kept: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// The reason why it is not complete.
    pub incomplete_reason: Option<String>,
}
