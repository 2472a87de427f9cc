//! One stream of an account, read into a platform.

use std::panic::AssertUnwindSafe;
use std::pin::pin;

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use lmsync::listing::RecordStream;
use lmsync::model::{Asset, Customer, Software};
use lmsync::store::{Pass, PassOptions, PassReport, Record, StreamName};
use lmsync::{AssetQuery, Connector, Error, ErrorKind, Result, SharedClock, Stop};

use super::store::PlatformStore;
use crate::support::stop;

/// The means of reading an account.
pub(crate) struct Reading<'r> {
    connector: &'r dyn Connector,
    store: &'r PlatformStore,
    options: PassOptions,
    clock: SharedClock,
    stop: Stop,
}

impl<'r> Reading<'r> {
    /// The means of reading what `query` asks for, until the program is to end.
    pub(crate) fn new(
        connector: &'r dyn Connector,
        store: &'r PlatformStore,
        query: &AssetQuery,
        clock: &SharedClock,
    ) -> Self {
        Self {
            connector,
            store,
            options: PassOptions::new(query.clone()),
            clock: clock.clone(),
            stop: Stop::when(stop::listen()),
        }
    }

    /// Reads `stream` to its end. `first` is called once the vendor has answered, with the vendor's count
    /// of records where it gives one.
    ///
    /// A connector's panic is an error of this stream alone.
    ///
    /// # Errors
    /// The error that ended the listing early, or kept records from being handed on.
    pub(crate) async fn read(
        &self,
        stream: StreamName,
        first: impl Fn(Option<u64>) + Send + Sync,
    ) -> Result<()> {
        let reading = async {
            match stream {
                StreamName::Assets => self.pass::<Asset>(&first).await,
                StreamName::Software => self.pass::<Software>(&first).await,
                StreamName::Customers => self.pass::<Customer>(&first).await,
                other => Err(Error::unsupported("this version of lmsync", other.as_str())),
            }
        };
        AssertUnwindSafe(reading)
            .catch_unwind()
            .await
            .unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Unsupported,
                    "the connector broke down, which is a defect",
                ))
            })
    }

    async fn pass<R: Record>(&self, first: &(impl Fn(Option<u64>) + Send + Sync)) -> Result<()> {
        let clock = self.clock.clone();
        let mut pass = Pass::<R>::begin(self.store, self.connector, &self.options, clock).await?;
        let mut has_answered = false;
        let mut notice = |_: u64, listing: &RecordStream<R>| {
            if !std::mem::replace(&mut has_answered, true) {
                first(listing.summary().reported_total);
            }
        };
        let stopped = match select(pin!(pass.read(&mut notice)), self.stop.wait()).await {
            Either::Left(_) => None,
            Either::Right((reason, _)) => Some(reason),
        };
        let outcome = pass.end().await;
        match (stopped, outcome.error) {
            (Some(reason), _) => Err(Error::new(ErrorKind::Cancelled, reason.to_string())),
            (None, Some(error)) => Err(error),
            (None, None) => {
                if !has_answered {
                    first(outcome.summary.reported_total);
                }
                Ok(())
            }
        }
    }
}

/// The reason why a pass is not everything that the vendor has; `None` where it is.
pub(crate) fn shortfall(report: &PassReport, accept_rejected: bool) -> Option<String> {
    let rejected = report.totals.rejected_total;
    match &report.incomplete_reason {
        Some(reason) => Some(reason.clone()),
        None if rejected > 0 && !accept_rejected => {
            let first = report.totals.rejected.first();
            let first = first
                .map(|it| format!(", the first: {}", it.reason))
                .unwrap_or_default();
            Some(format!("{rejected} records could not be read{first}"))
        }
        None => None,
    }
}
