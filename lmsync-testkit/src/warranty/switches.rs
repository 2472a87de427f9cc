//! Switches of a simulated maker, to be changed while it runs.

use std::collections::BTreeSet;

use bytes::Bytes;
use chrono::TimeDelta;

/// Switches for what a maker should not do, and might. Everything is off at first.
#[derive(Debug, Clone, Default)]
pub struct MakerSwitches {
    /// The number of requests that are refused as too many, whatever the limit.
    pub throttle_next: u32,
    /// The number of requests that end in the maker's own kind of failure.
    pub fail_next: u32,
    /// This comes in the place of every answer but those of tokens and refusals.
    pub answer_with: Option<RawAnswer>,
    /// Rows come in another order.
    pub turned: bool,
    /// Every row comes twice.
    pub doubled: bool,
    /// Rows of machines come that nobody asked for, with dates.
    pub unasked: bool,
    /// Serial numbers come in lower case.
    pub lower_case: bool,
    /// These serial numbers are left out.
    pub left_out: BTreeSet<String>,
    /// A list of one row comes as that row.
    pub object_for_one: bool,
    /// The key is no longer good.
    pub key_refused: bool,
    /// The key is good and may not ask.
    pub forbidden: bool,
    /// A refused sign-in shows what was sent.
    pub echoes_secrets: bool,
    /// The form in which an unknown machine is told, where the maker has several ways.
    pub not_found_form: NotFoundForm,
    /// Unknown machines come with dates all the same, where the maker marks them.
    pub dates_of_unknown: bool,
    /// Machines per page, where the maker has pages.
    pub page_size: Option<usize>,
    /// The jobs of a maker that works on lookups for a while.
    pub jobs: JobSwitches,
}

/// An answer of any kind.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct RawAnswer {
    /// The status.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
}

impl RawAnswer {
    /// An answer of `status` with `body`.
    #[must_use]
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type,
            body: body.into(),
        }
    }
}

/// The form in which an unknown machine is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotFoundForm {
    /// It is left out; alone it is an empty object.
    #[default]
    LeftOut,
    /// A row with a code.
    Code,
    /// The whole request is 404.
    Status404,
}

/// The jobs of a maker that works on lookups for a while.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct JobSwitches {
    /// The time that a job takes; `None` for one that never ends.
    pub takes: Option<TimeDelta>,
    /// The seconds that the maker says it takes, whatever is true.
    pub estimate: Option<u64>,
    /// Results come compressed.
    pub gzip: bool,
    /// Jobs are forgotten at once.
    pub forgets: bool,
}

impl Default for JobSwitches {
    /// Two minutes, honest, uncompressed.
    fn default() -> Self {
        Self {
            takes: Some(TimeDelta::seconds(120)),
            estimate: None,
            gzip: false,
            forgets: false,
        }
    }
}
