//! Applying plans, and no further write once a run is to end.

use async_trait::async_trait;
use futures_util::future;
use lmsync_core::two_way::{AccountPlan, ApplyReport, Attempt, Journal, JournalEntry, apply};
use lmsync_core::{Error, ErrorKind, Result};

use super::accounts::{TwoWayAccounts, unbroken};
use crate::stop::Stop;

/// One write at a time: a request budget, not the latency, is what bounds a long run, and
/// the journal is never more than one attempt behind.
const WRITE_AT_ONCE: usize = 1;

/// The outcome of one account's plan.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AppliedDates {
    /// The connector's name.
    pub connector: String,
    /// The account.
    pub instance: String,
    /// The writes; or the error because of which nothing was sent.
    pub outcome: Result<ApplyReport>,
}

impl AppliedDates {
    /// Tells whether the vendor holds every date that was planned.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.outcome.as_ref().is_ok_and(ApplyReport::is_done)
    }
}

impl TwoWayAccounts {
    /// Makes the changes of `plans`, all accounts at once, each attempt recorded in `journal` before and
    /// after; one account that fails does not stop the others.
    ///
    /// Once `stop` has come, no write is begun: the one under way ends, and is recorded.
    /// The outcomes come in the order of the plans. Dropping the future leaves attempts open, which the next
    /// run [finds out about](Self::recover).
    pub async fn apply(
        &self,
        plans: Vec<AccountPlan>,
        journal: &dyn Journal,
        stop: &Stop,
    ) -> Vec<AppliedDates> {
        let journal = UntilStopped { journal, stop };
        let accounts = plans.into_iter().map(|plan| {
            let journal = &journal;
            async move {
                let outcome = unbroken(self.apply_one(&plan, journal)).await;
                AppliedDates {
                    outcome: outcome.and_then(|outcome| outcome),
                    connector: plan.connector,
                    instance: plan.instance,
                }
            }
        });
        future::join_all(accounts).await
    }

    async fn apply_one(&self, plan: &AccountPlan, journal: &dyn Journal) -> Result<ApplyReport> {
        let mut connectors = self.connectors.iter();
        let connector = connectors.find(|connector| {
            let info = connector.info();
            (&*info.vendor, &info.instance) == (plan.connector.as_str(), &plan.instance)
        });
        let connector = connector.ok_or_else(|| {
            let message = format!("no account is called {} {}", plan.connector, plan.instance);
            Error::config(message)
                .with_hint("apply a plan where the account it was made for is configured")
        })?;
        let changes = plan.changes(connector.info())?;
        apply(
            connector.as_ref(),
            changes,
            journal,
            self.clock.as_ref(),
            WRITE_AT_ONCE,
        )
        .await
    }
}

/// A journal in which no attempt is begun once the run is to end: what is under way ends, and
/// its outcome is recorded.
#[derive(Debug)]
struct UntilStopped<'j> {
    journal: &'j dyn Journal,
    stop: &'j Stop,
}

#[async_trait]
impl Journal for UntilStopped<'_> {
    async fn begin(&self, attempt: &Attempt) -> Result<()> {
        match self.stop.reason() {
            Some(reason) => Err(Error::new(ErrorKind::Cancelled, reason.as_ref())
                .with_hint("run it again with the same journal to go on")),
            None => self.journal.begin(attempt).await,
        }
    }

    async fn finish(&self, entry: &JournalEntry) -> Result<()> {
        self.journal.finish(entry).await
    }
}
