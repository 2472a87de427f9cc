//! What a run came to.

use std::collections::BTreeMap;
use std::fmt;

/// What it came to.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) listings: u64,
    pub(crate) complete: u64,
    pub(crate) incomplete: u64,
    pub(crate) resumed: u64,
    /// Assets that a window could not be applied to, and that say so.
    pub(crate) untold_check_ins: usize,
    pub(crate) single_reads: u64,
    pub(crate) checks: u64,
    pub(crate) checks_failed: u64,
    pub(crate) two_way_runs: u64,
    pub(crate) killed_runs: u64,
    pub(crate) settled: u64,
    /// Attempts of unknown outcome that the next run looked at.
    pub(crate) looked_at_again: u64,
    pub(crate) books: usize,
    /// Writes of unknown outcome that are in the books.
    pub(crate) unknown_made: usize,
    pub(crate) outcomes: BTreeMap<&'static str, usize>,
    pub(crate) errors: BTreeMap<&'static str, u64>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "  {} listings: {} complete, {} incomplete, {} resumed after an error; {} untold check-ins",
            self.listings, self.complete, self.incomplete, self.resumed, self.untold_check_ins
        )?;
        writeln!(
            f,
            "  {} single reads, {} checks ({} failed)",
            self.single_reads, self.checks, self.checks_failed
        )?;
        writeln!(
            f,
            "  {} two-way runs ({} killed, {} attempts settled, {} looked at again): {} writes in the books, \
             {} of them unknown to the journal; attempts {:?}",
            self.two_way_runs,
            self.killed_runs,
            self.settled,
            self.looked_at_again,
            self.books,
            self.unknown_made,
            self.outcomes
        )?;
        write!(f, "  errors {:?}", self.errors)
    }
}
