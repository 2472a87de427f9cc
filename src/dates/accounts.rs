//! Accounts that all write dates.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::future::{Future, FutureExt};
use lmsync_core::two_way::{History, Journal, recover_open};
use lmsync_core::{ConnectorInfo, Error, ErrorKind, Result, SharedClock, TwoWaySync};

use crate::accounts::Accounts;
use crate::problem::{Problem, Problems};

/// Accounts to write dates to: each offers that, and no two have one instance name, by which dates
/// are meant.
#[derive(Debug, Clone)]
pub struct TwoWayAccounts {
    pub(super) connectors: Vec<Arc<dyn TwoWaySync>>,
    pub(super) clock: SharedClock,
}

impl Accounts {
    /// The same accounts, to write dates to.
    ///
    /// # Errors
    /// Every account that only reads, and every instance name of two accounts.
    pub fn two_way(&self) -> Result<TwoWayAccounts, Problems> {
        let (mut connectors, mut problems) = (Vec::new(), Vec::new());
        for opened in self.opened() {
            let info = opened.connector().info();
            match opened.clone().into_two_way() {
                Ok(connector) => connectors.push(connector),
                Err(error) => {
                    let place = format!("{} {}", info.vendor, info.instance);
                    problems.push(Problem::new(place, error));
                }
            }
        }
        problems.extend(namesakes(&connectors));
        let accounts = TwoWayAccounts {
            connectors,
            clock: Arc::clone(self.shared_clock()),
        };
        Problems::none_in(problems, accounts)
    }
}

fn namesakes(connectors: &[Arc<dyn TwoWaySync>]) -> Vec<Problem> {
    let mut names = HashSet::new();
    let instances = connectors.iter().map(|one| one.info().instance.as_str());
    let twice = instances.filter(|name| !names.insert(*name));
    twice
        .map(|name| {
            let error = Error::config("two accounts have this instance name")
                .with_hint("give each a `name` of its own: dates and journals go by it");
            Problem::new(name, error)
        })
        .collect()
}

impl TwoWayAccounts {
    /// The connectors, in the order given.
    pub fn connectors(&self) -> impl Iterator<Item = &Arc<dyn TwoWaySync>> {
        self.connectors.iter()
    }

    /// The accounts, such as a [`FileJournal`](crate::two_way::FileJournal) wants to know them.
    #[must_use]
    pub fn infos(&self) -> Vec<&ConnectorInfo> {
        self.connectors.iter().map(|one| one.info()).collect()
    }

    /// Finds out what became of writes that an interrupted run left open, and records it in `journal`
    /// and `history`; to be called before anything is planned. Reads only. Returns what kept one from
    /// being found out.
    pub async fn recover(&self, journal: &dyn Journal, history: &mut History) -> Vec<Problem> {
        let mut problems = Vec::new();
        for connector in &self.connectors {
            let found = unbroken(recover_open(connector.as_ref(), journal, history)).await;
            if let Err(error) = found.and_then(|found| found) {
                let place = format!("{}: an interrupted write", connector.info().instance);
                problems.push(Problem::new(place, error));
            }
        }
        problems
    }
}

/// The result of `work`, or an error where it panics: one connector's defect stops no other.
pub(super) async fn unbroken<T>(work: impl Future<Output = T>) -> Result<T> {
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.map_err(|_| {
        Error::new(
            ErrorKind::Cancelled,
            "the connector broke down, which is a defect",
        )
    })
}
