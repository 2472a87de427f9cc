//! Totals of each account, and whether they are all that there is.

use chrono::{DateTime, Utc};

use crate::report::fleet::{Account, Fleet};
use crate::report::text::shown;

/// The accounts: those of which something is missing first, then in the order of their names.
#[derive(Debug)]
pub(crate) struct Accounts {
    pub(crate) all: Vec<AccountFigures>,
}

/// Totals of an account, whoever the page is about.
#[derive(Debug, Clone)]
pub(crate) struct AccountFigures {
    pub(crate) connector: String,
    pub(crate) instance: String,
    pub(crate) assets: usize,
    pub(crate) software: u64,
    pub(crate) customers: u64,
    pub(crate) rejected: u64,
    pub(crate) read_at: Option<DateTime<Utc>>,
    pub(crate) completeness: Completeness,
}

/// The knowledge about an account being there as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Completeness {
    /// The last sync read everything, and all of it is here.
    Complete,
    /// The last sync read everything within a window of check-ins, which left assets out.
    Filtered,
    /// Something is missing; the text says what.
    Incomplete(String),
    /// Nobody noted how the sync ended.
    Unknown,
}

impl Accounts {
    pub(crate) fn of(fleet: &Fleet) -> Self {
        let mut all: Vec<_> = fleet.accounts.iter().map(AccountFigures::of).collect();
        all.sort_by_cached_key(|account: &AccountFigures| {
            let name = (account.connector.clone(), account.instance.clone());
            (!account.is_incomplete(), name)
        });
        Self { all }
    }

    /// The number of accounts of which something is missing.
    pub(crate) fn incomplete(&self) -> usize {
        self.all
            .iter()
            .filter(|account| account.is_incomplete())
            .count()
    }

    /// The number of accounts that stand in this way.
    pub(crate) fn count(&self, completeness: &Completeness) -> usize {
        self.all
            .iter()
            .filter(|account| account.completeness == *completeness)
            .count()
    }
}

impl AccountFigures {
    fn is_incomplete(&self) -> bool {
        matches!(self.completeness, Completeness::Incomplete(_))
    }

    fn of(account: &Account) -> Self {
        let end = account.end.as_ref();
        let (software, customers) = end
            .and_then(|end| end.others)
            .unwrap_or((account.software as u64, account.customers as u64));
        Self {
            connector: account.connector.clone(),
            instance: account.instance.clone(),
            assets: account.assets,
            software,
            customers,
            rejected: end.map_or(0, |end| end.rejected),
            read_at: account.read_at,
            completeness: Completeness::of(account),
        }
    }
}

impl Completeness {
    fn of(account: &Account) -> Self {
        let Some(end) = &account.end else {
            return Self::Unknown;
        };
        if !end.is_complete {
            let reason = end
                .reason
                .as_deref()
                .unwrap_or("the sync did not read everything");
            return Self::Incomplete(shown(reason));
        }
        match end.wrote {
            Some(wrote) if wrote != account.assets as u64 => Self::Incomplete(format!(
                "the sync wrote {wrote} assets, and {} are here",
                account.assets
            )),
            _ if end.is_filtered => Self::Filtered,
            _ => Self::Complete,
        }
    }
}
