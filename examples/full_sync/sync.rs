//! Reads all accounts at once, each as fast as its vendor allows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{self, BoxFuture, Either, FutureExt, Shared};
use futures_util::stream::StreamExt;
use lmsync::listing::{Listed, RecordStream};
use lmsync::{
    AssetQuery, Clock, Connector, CustomerCount, Error, Result, SyncSummary, SystemClock,
};
use serde::Serialize;

use crate::output::Lines;
use crate::progress::{Bar, Progress};
use crate::report::{ConnectorReport, Failure};
use crate::support::stop;

/// What one account came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) report: ConnectorReport,
    /// Assets per customer.
    pub(crate) customers: BTreeMap<String, CustomerCount>,
    /// Whether the connector lists software at all.
    pub(crate) offers_software: bool,
}

/// The reason where it is none of the vendor's, nor a signal.
pub(crate) const OUTPUT_CLOSED: &str = "the output cannot be written";

impl Outcome {
    /// Takes back that the account is complete: because of `reason` not every record that was read
    /// reached the output.
    pub(crate) fn lose_output(&mut self, reason: &str) {
        self.report.complete = false;
        let error = &mut self.report.error;
        error.get_or_insert_with(|| Failure::cancelled(reason));
    }
}

/// The reason that stops a run early: Ctrl-C, another signal, or an output that takes no more.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Shared<BoxFuture<'static, &'static str>>);

impl Interrupt {
    /// Listens from now on.
    pub(crate) fn new(lines: &Lines) -> Self {
        let (lines, stopped) = (lines.clone(), stop::listen());
        let reason = async move {
            let closed = std::pin::pin!(lines.closed());
            match future::select(stopped, closed).await {
                Either::Left((reason, _)) => reason,
                Either::Right(_) => OUTPUT_CLOSED,
            }
        };
        Self(reason.boxed().shared())
    }

    /// The signal that stopped the run, if one did.
    pub(crate) fn signal(self) -> Option<&'static str> {
        self.0
            .now_or_never()
            .filter(|reason| *reason != OUTPUT_CLOSED)
    }
}

/// Reads every account of `connectors`; the outcomes come in the same order.
///
/// One that fails does not stop the others.
pub(crate) async fn all(
    connectors: &[Arc<dyn Connector>],
    query: &AssetQuery,
    lines: Lines,
    progress: &Progress,
    interrupt: Interrupt,
) -> Vec<Outcome> {
    let running: Vec<_> = connectors
        .iter()
        .map(|connector| {
            let account = Account {
                connector: Arc::clone(connector),
                query: query.clone(),
                lines: lines.clone(),
                bar: progress.bar(connector.info()),
                interrupt: interrupt.clone(),
            };
            tokio::spawn(account.read())
        })
        .collect();
    future::join_all(
        connectors
            .iter()
            .zip(running)
            .map(|(connector, task)| async move {
                match task.await {
                    Ok(outcome) => outcome,
                    Err(_) => broken_down(connector.as_ref()),
                }
            }),
    )
    .await
}

/// One account about to be read.
struct Account {
    connector: Arc<dyn Connector>,
    query: AssetQuery,
    lines: Lines,
    bar: Bar,
    interrupt: Interrupt,
}

impl Account {
    async fn read(self) -> Outcome {
        let clock = SystemClock::new();
        let connector = &self.connector;
        let offers_software = connector.info().capabilities.software;
        let mut assets = Listing::new(connector.assets(self.query.clone()));
        let mut customers = Listing::new(connector.customers());
        let mut software =
            offers_software.then(|| Listing::new(connector.software(AssetQuery::new())));

        // All three draw on one request budget, so none has to wait for another's end.
        let reading = future::join3(
            assets.read(&self.lines, |count, stream| {
                self.bar.advance(count, || stream.summary());
            }),
            customers.read(&self.lines, |_, _| ()),
            async {
                if let Some(software) = &mut software {
                    software.read(&self.lines, |_, _| ()).await;
                }
            },
        );
        let stopped = match future::select(reading.boxed(), self.interrupt.0.clone()).await {
            Either::Left(_) => None,
            Either::Right((reason, _)) => Some(reason),
        };

        let assets = assets.end();
        let others = [Some(customers.end()), software.map(Listing::end)];
        let outcome = outcome(connector.as_ref(), assets, others, stopped, clock.elapsed());
        self.bar
            .finish(outcome.report.seen, status(&outcome.report));
        outcome
    }
}

/// A listing, and what has become of it so far.
struct Listing<T> {
    stream: RecordStream<T>,
    written: u64,
    error: Option<Error>,
}

/// What a listing came to.
struct Ended {
    summary: SyncSummary,
    written: u64,
    error: Option<Error>,
}

impl<T: Listed + Serialize + Sync> Listing<T> {
    fn new(stream: RecordStream<T>) -> Self {
        Self {
            stream,
            written: 0,
            error: None,
        }
    }

    /// Hands every record on as it comes and keeps none.
    async fn read(&mut self, lines: &Lines, mut notice: impl FnMut(u64, &RecordStream<T>)) {
        while let Some(record) = self.stream.next().await {
            match self.hand_on(record, lines).await {
                Ok(()) => notice(self.written, &self.stream),
                Err(error) => {
                    self.error = Some(error);
                    return;
                }
            }
        }
    }

    async fn hand_on(&mut self, record: Result<T>, lines: &Lines) -> Result<()> {
        lines.write(&record?).await?;
        self.written += 1;
        Ok(())
    }

    fn end(self) -> Ended {
        Ended {
            summary: self.stream.summary(),
            written: self.written,
            error: self.error,
        }
    }
}

fn outcome(
    connector: &dyn Connector,
    assets: Ended,
    others: [Option<Ended>; 2],
    stopped: Option<&str>,
    elapsed: Duration,
) -> Outcome {
    let mut report = blank(connector);
    let [customers, software] = &others;
    report.assets = assets.written;
    report.customers = customers.as_ref().map_or(0, |listing| listing.written);
    report.software = software.as_ref().map_or(0, |listing| listing.written);
    report.seen = assets.summary.seen;
    report.filtered_out = assets.summary.filtered_out;
    report.unknown_check_in = assets.summary.never_checked_in;
    report.elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let listings: Vec<&Ended> = std::iter::once(&assets)
        .chain(others.iter().flatten())
        .collect();
    report.error = failure(&listings, stopped);
    report.complete = report.error.is_none();
    for listing in listings {
        let summary = &listing.summary;
        report.duplicates += summary.duplicates;
        report.rejected.extend(summary.rejected.iter().cloned());
        report.rejected_more += summary.rejected_total - summary.rejected.len() as u64;
        report.requests += summary.usage.requests;
        report.retries += summary.usage.retries;
        report.rate_limited_waits += summary.usage.rate_limited_waits;
    }
    Outcome {
        report,
        offers_software: connector.info().capabilities.software,
        customers: assets.summary.customers,
    }
}

/// Why `listings` are not complete: the vendor's own error tells most.
fn failure(listings: &[&Ended], stopped: Option<&str>) -> Option<Failure> {
    if let Some(error) = listings.iter().find_map(|listing| listing.error.as_ref()) {
        return Some(Failure::from(error));
    }
    if let Some(reason) = stopped {
        return Some(Failure::cancelled(reason));
    }
    listings
        .iter()
        .find(|listing| !listing.summary.complete)
        .map(|listing| Failure::incomplete(listing.summary.incomplete_reason.clone()))
}

/// The outcome of a connector whose task panicked; the panic has told the rest.
fn broken_down(connector: &dyn Connector) -> Outcome {
    let mut report = blank(connector);
    report.error = Some(Failure::cancelled(
        "the connector broke down, which is a defect",
    ));
    Outcome {
        report,
        offers_software: connector.info().capabilities.software,
        customers: BTreeMap::new(),
    }
}

fn blank(connector: &dyn Connector) -> ConnectorReport {
    let info = connector.info();
    ConnectorReport {
        vendor: info.vendor.to_string(),
        instance: info.instance.clone(),
        ..ConnectorReport::default()
    }
}

/// What became of an account, in a word or two.
pub(crate) fn status(report: &ConnectorReport) -> String {
    match &report.error {
        None => "complete".to_owned(),
        Some(failure) => format!("incomplete: {}", failure.kind),
    }
}
