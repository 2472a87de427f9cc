//! Reads all accounts into a store.

use std::sync::Arc;

use futures_util::future::{self, Either, FutureExt};
use lmsync_core::listing::RecordStream;
use lmsync_core::model::{Asset, Customer, Software};
use lmsync_core::{Connector, ConnectorInfo, Result, SharedClock};
use lmsync_store::{Pass, Record, Store};
use tokio::sync::Semaphore;

use super::Accounts;
use super::events::SyncEvent;
use super::options::SyncOptions;
use super::report::{Ends, SyncFailure, SyncReport};
use super::tasks::at_once;

/// Events tell of one record in so many.
const STRIDE: u64 = 100;

impl Accounts {
    /// Reads the assets, customers and software of all accounts into `store`; the reports come in the
    /// order of the accounts.
    ///
    /// Each account is read in a task of its own, all its streams at once: they draw on one request
    /// budget. One that fails, or whose connector panics, stops no other. Dropping the future ends
    /// all, as a kill does: what has landed stays, and the next run goes on.
    ///
    /// Call it in a tokio runtime.
    pub async fn sync(&self, options: &SyncOptions, store: Arc<dyn Store>) -> Vec<SyncReport> {
        let places = options.accounts_at_a_time.clamp(1, Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(places));
        let work = self.connectors().map(|connector| {
            let account = Reading {
                connector: Arc::clone(connector),
                options: options.clone(),
                store: Arc::clone(&store),
                clock: Arc::clone(self.shared_clock()),
            };
            account.read_in(Arc::clone(&places))
        });
        let reports = at_once(work).await;
        let reports = self.connectors().zip(reports);
        reports
            .map(|(connector, report)| {
                report.unwrap_or_else(|| broken_down(connector.info(), options))
            })
            .collect()
    }
}

fn broken_down(account: &ConnectorInfo, options: &SyncOptions) -> SyncReport {
    let report = SyncReport::broken_down(account);
    options.tell(account, SyncEvent::Finished { report: &report });
    report
}

/// One account about to be read.
struct Reading {
    connector: Arc<dyn Connector>,
    options: SyncOptions,
    store: Arc<dyn Store>,
    clock: SharedClock,
}

impl Reading {
    /// Waits for one of `places`, and reads.
    async fn read_in(self, places: Arc<Semaphore>) -> SyncReport {
        let stop = self.options.stop.wait();
        let account = self.connector.info();
        let report = match future::select(places.acquire().boxed(), stop).await {
            // It is never closed.
            Either::Left((_place, _)) => {
                let began = self.clock.elapsed();
                self.options.tell(account, SyncEvent::Started);
                let report = self
                    .read()
                    .await
                    .unwrap_or_else(|error| SyncReport::failed(account, SyncFailure::from(&error)));
                report.took(self.clock.elapsed().saturating_sub(began))
            }
            Either::Right((reason, _)) => {
                SyncReport::failed(account, SyncFailure::cancelled(&reason))
            }
        };
        let finished = SyncEvent::Finished { report: &report };
        self.options.tell(account, finished);
        report
    }

    /// # Errors
    /// The error of a store that was refused: nothing is sent then.
    async fn read(&self) -> Result<SyncReport> {
        let account = self.connector.info();
        let mut assets = self.begin::<Asset>().await?;
        let mut customers = self.begin::<Customer>().await?;
        let mut software = match account.capabilities.software {
            true => Some(self.begin::<Software>().await?),
            false => None,
        };
        let reading = future::join3(
            self.hand_on(&mut assets),
            self.hand_on(&mut customers),
            async {
                if let Some(software) = &mut software {
                    self.hand_on(software).await;
                }
            },
        );
        let stopped = match future::select(reading.boxed(), self.options.stop.wait()).await {
            Either::Left(_) => None,
            Either::Right((reason, _)) => Some(reason),
        };
        let ends = Ends {
            assets: assets.end().await,
            customers: customers.end().await,
            software: match software {
                Some(software) => Some(software.end().await),
                None => None,
            },
        };
        Ok(ends.report(account, stopped.as_deref(), self.store.remembers()))
    }

    async fn begin<R: Record>(&self) -> Result<Pass<R>> {
        let options = self.options.of_pass();
        let (store, connector) = (self.store.as_ref(), self.connector.as_ref());
        Pass::begin(store, connector, &options, Arc::clone(&self.clock)).await
    }

    async fn hand_on<R: Record>(&self, pass: &mut Pass<R>) {
        let is_heard = self.options.has_listener();
        pass.read(|count, listing| {
            if is_heard && count % STRIDE == 1 {
                self.tell_of(listing);
            }
        })
        .await;
    }

    fn tell_of<R: Record>(&self, listing: &RecordStream<R>) {
        let summary = listing.summary();
        let event = SyncEvent::Records {
            stream: R::STREAM,
            seen: summary.seen,
            reported_total: summary.reported_total,
        };
        self.options.tell(self.connector.info(), event);
    }
}
