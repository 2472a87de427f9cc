//! Lookups that a maker works on for minutes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::maker::Maker;
use crate::query::QueryKey;

/// A lookup that a maker works on, kept so that another run takes its answer and asks nothing again.
///
/// Plain data: a source makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedJob {
    /// The maker.
    pub maker: Maker,
    /// The maker's id for it.
    pub id: String,
    /// The machines that it is about.
    pub keys: Vec<QueryKey>,
    /// The moment at which it was begun.
    pub begun_at: DateTime<Utc>,
}
