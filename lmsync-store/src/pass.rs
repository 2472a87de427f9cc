//! Reading a stream of an account into a store.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use lmsync_core::listing::RecordStream;
use lmsync_core::{
    AssetQuery, CheckInWindow, Connector, Error, ErrorKind, Result, SharedClock, SyncSummary,
};

use crate::account_key::AccountKey;
use crate::landed::Landed;
use crate::pass_id::PassId;
use crate::pass_report::PassReport;
use crate::record::Record;
use crate::saved_pass::SavedPass;
use crate::serials::EarlierSerials;
use crate::store::{Batch, Landing, Store};
use crate::stream::StreamName;
use crate::totals::Totals;

/// A pass that was interrupted longer ago is not gone on with.
///
/// Assumed: after a week, most of what landed before is old.
const RESUMED_WITHIN: TimeDelta = TimeDelta::days(7);
/// Records of a slow listing land after so long, however few they are.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The question of a pass, and what it may do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PassOptions {
    /// The assets to list, and how much of each; its checkpoint is of no use here.
    pub query: AssetQuery,
    /// Set if a pass that was interrupted is gone on with, where the store remembers one.
    pub resume: bool,
    /// Set if a pass that would delete most of an account's rows may do so.
    pub accept_shrink: bool,
}

impl PassOptions {
    /// A pass that lists what `query` says, goes on with an interrupted one, and deletes no more
    /// than can be believed.
    #[must_use]
    pub fn new(query: AssetQuery) -> Self {
        Self {
            query,
            resume: true,
            accept_shrink: false,
        }
    }

    /// Sets whether an interrupted pass is gone on with.
    #[must_use]
    pub fn resume(self, resume: bool) -> Self {
        Self { resume, ..self }
    }

    /// Sets whether a pass that would delete most of an account's rows may do so.
    #[must_use]
    pub fn accept_shrink(self, accept_shrink: bool) -> Self {
        Self {
            accept_shrink,
            ..self
        }
    }

    /// Tells whether only a part of `stream` is asked for.
    fn is_filtered(&self, stream: StreamName) -> bool {
        stream == StreamName::Assets && self.query.window != CheckInWindow::All
    }
}

/// A pass under way: the records of a stream, as they land in a store.
///
/// [`read`](Self::read) may be dropped at any point; [`end`](Self::end) says what the pass came to in any
/// case.
#[derive(Debug)]
pub struct Pass<R> {
    account: AccountKey,
    clock: SharedClock,
    listing: RecordStream<R>,
    landing: Box<dyn Landing>,
    batch_size: usize,
    /// Set if the store is told where the pass stands.
    is_remembered: bool,
    pass_id: PassId,
    filtered: bool,
    accept_shrink: bool,
    /// Totals of the listings that this one was resumed from.
    earlier: Option<Totals>,
    /// The serial numbers that they landed, of which the listing knows nothing.
    earlier_serials: EarlierSerials,
    /// The records that landed in this pass.
    landed: Landed,
    /// Those that landed in this run.
    handed_on: u64,
    waiting: Vec<R>,
    waiting_since: Duration,
    error: Option<Error>,
    is_over: bool,
}

/// The outcome of a pass.
#[derive(Debug)]
#[non_exhaustive]
pub struct PassOutcome {
    /// Totals of the listing of this run.
    pub summary: SyncSummary,
    /// Records that landed in this run.
    pub handed_on: u64,
    /// The counts of the whole pass; `None` when it did not end, and nothing was marked.
    pub landed: Option<Landed>,
    /// The error that ended the listing early, or kept records from landing; or that most of an account's rows were
    /// kept back.
    pub error: Option<Error>,
}

impl<R: Record> Pass<R> {
    /// Begins a pass over the records `R` of `connector` in `store`, or goes on with one that was
    /// interrupted. Sends nothing to the vendor.
    ///
    /// # Errors
    /// `store` when the store cannot be used, or another run's pass over the same is under way.
    pub async fn begin(
        store: &dyn Store,
        connector: &dyn Connector,
        options: &PassOptions,
        clock: SharedClock,
    ) -> Result<Self> {
        let account = AccountKey::from(connector.info());
        let mut landing = store.begin(&account, R::STREAM).await?;
        let filtered = options.is_filtered(R::STREAM);
        let mut query = options.query.clone();
        query.resume = None;
        let found = landing
            .unfinished()
            .filter(|_| options.resume && R::RESUMES);
        let saved = found.and_then(|saved| resumable::<R>(connector, &query, saved, clock.now()));
        let (listing, earlier_serials) = match &saved {
            Some(saved) => (
                R::list(connector, query.resume(saved.checkpoint.clone())),
                landing.landed_serials().await?,
            ),
            None => (R::list(connector, query), Vec::new()),
        };
        let pass_id = match &saved {
            Some(saved) => saved.pass_id,
            None => PassId::after(landing.latest(), clock.now()),
        };
        Ok(Self {
            account,
            waiting_since: clock.elapsed(),
            clock,
            listing,
            landing,
            batch_size: store.batch_size().max(1),
            is_remembered: R::RESUMES && store.remembers(),
            pass_id,
            filtered,
            accept_shrink: options.accept_shrink,
            landed: saved
                .as_ref()
                .map_or_else(Landed::default, |saved| saved.landed),
            earlier: saved.map(|saved| saved.totals),
            earlier_serials: EarlierSerials::new(&earlier_serials),
            handed_on: 0,
            waiting: Vec::new(),
            error: None,
            is_over: false,
        })
    }

    /// Its name.
    #[must_use]
    pub fn pass_id(&self) -> PassId {
        self.pass_id
    }

    /// Reads to the end, or to the first error. Records land in batches; `notice` is called after
    /// each record with the number of records so far, and the listing.
    pub async fn read(&mut self, mut notice: impl FnMut(u64, &RecordStream<R>)) {
        let mut count = 0;
        while let Some(record) = self.listing.next().await {
            let taken = match record {
                Ok(record) => self.take(record).await,
                Err(error) => Err(error),
            };
            if let Err(error) = taken {
                self.error = Some(error);
                break;
            }
            count += 1;
            notice(count, &self.listing);
        }
        // What came before an error of the vendor's is as good as ever.
        if let Err(error) = self.land().await {
            self.error.get_or_insert(error);
        }
        self.is_over = true;
    }

    async fn take(&mut self, mut record: R) -> Result<()> {
        if self.earlier_serials.has_another(&record) {
            record.flag_duplicate_serial();
        }
        if self.waiting.is_empty() {
            self.waiting_since = self.clock.elapsed();
        }
        self.waiting.push(record);
        let is_late = self.clock.elapsed().saturating_sub(self.waiting_since) >= LONGEST_WAIT;
        match self.waiting.len() >= self.batch_size || is_late {
            true => self.land().await,
            false => Ok(()),
        }
    }

    /// Lands what waits.
    async fn land(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let records = each_once(std::mem::take(&mut self.waiting));
        let count = records.len() as u64;
        let batch = Batch::new(self.pass_id, R::into_records(records), self.saved());
        let landed = self.landing.put(&Arc::new(batch)).await?;
        self.landed += landed;
        self.handed_on += count;
        Ok(())
    }

    /// The pass as it stands after all records that were taken.
    fn saved(&self) -> Option<SavedPass> {
        self.is_remembered.then(|| SavedPass {
            pass_id: self.pass_id,
            filtered: self.filtered,
            checkpoint: self.listing.checkpoint(),
            landed: self.landed,
            totals: Totals::of(&self.listing.summary(), self.earlier.as_ref()),
        })
    }

    /// Ends the pass. One whose reading was dropped, or that could not land its records, is left as it
    /// is, for another run to go on with.
    pub async fn end(self) -> PassOutcome {
        let summary = self.listing.summary();
        let (handed_on, error) = (self.handed_on, self.error.clone());
        let is_unfinished = !self.is_over
            || error
                .as_ref()
                .is_some_and(|error| error.kind() == ErrorKind::Store);
        let mut outcome = PassOutcome {
            handed_on,
            landed: None,
            error,
            summary,
        };
        if is_unfinished {
            return outcome;
        }
        let report = self.report(&outcome.summary);
        match self.landing.finish(&report).await {
            Ok(landed) => {
                outcome.error = outcome.error.or_else(|| report.kept_back(&landed));
                outcome.landed = Some(landed);
            }
            Err(error) => outcome.error = Some(error),
        }
        outcome
    }

    fn report(&self, summary: &SyncSummary) -> PassReport {
        let reason = match &self.error {
            Some(error) => Some(error.to_string()),
            None if summary.complete => None,
            None => Some(
                summary
                    .incomplete_reason
                    .clone()
                    .unwrap_or_else(|| "the vendor listed less than there is".to_owned()),
            ),
        };
        PassReport {
            filtered: self.filtered,
            accept_shrink: self.accept_shrink,
            landed: self.landed,
            ..PassReport::new(
                self.account.clone(),
                R::STREAM,
                self.pass_id,
                self.clock.now(),
                Totals::of(summary, self.earlier.as_ref()),
                reason,
            )
        }
    }
}

/// The pass `saved`, if the listing of `query` can go on with it at `now`.
fn resumable<R: Record>(
    connector: &dyn Connector,
    query: &AssetQuery,
    saved: &SavedPass,
    now: DateTime<Utc>,
) -> Option<SavedPass> {
    let (stream, pass) = (R::STREAM.as_str(), saved.pass_id);
    if now.signed_duration_since(pass.began()) > RESUMED_WITHIN {
        tracing::warn!(stream, %pass, "the interrupted pass is too old to go on with: a new one begins");
        return None;
    }
    match R::list(connector, query.clone()).accepts(&saved.checkpoint) {
        Ok(()) => Some(saved.clone()),
        Err(error) => {
            tracing::warn!(stream, %pass, %error, "the interrupted pass is of something else: a new one begins");
            None
        }
    }
}

/// `records`, of those with one id the last: a listing that starts over may repeat some.
fn each_once<R: Record>(mut records: Vec<R>) -> Vec<R> {
    let mut known = HashSet::with_capacity(records.len());
    let is_last: Vec<bool> = records
        .iter()
        .rev()
        .map(|record| known.insert(record.vendor_id()))
        .collect();
    if is_last.contains(&false) {
        let mut is_last = is_last.into_iter().rev();
        records.retain(|_| is_last.next().unwrap_or(true));
    }
    records
}
