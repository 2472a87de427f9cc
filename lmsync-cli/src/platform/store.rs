//! A platform as a place where records land: rows go out as they come, and states now and then.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use lmsync::store::{
    AccountKey, Batch, Landed, Landing, PassId, PassReport, SavedPass, Store, StreamName, Value,
};
use lmsync::{Result, SharedClock};

use super::row;
use super::saved::SavedStream;
use super::stream::PlatformStream;

/// Rows that are put together at a time: few, since nothing is gained by more.
const BATCH: usize = 100;
/// Rows between two states of a stream. Assumed: platforms drop states that come more often.
const ROWS_PER_STATE: u64 = 1_000;
/// The time after which a slow stream's state is told, however few its rows are.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The messages that rows and states are.
pub(crate) trait Protocol: Debug + Send + Sync {
    /// Writes `row`, a JSON object, as one of `stream`, which is read by the pass `pass`.
    ///
    /// # Errors
    /// `store` when nobody takes it.
    fn row(&self, stream: PlatformStream, pass: PassId, row: &[u8]) -> Result<()>;

    /// Writes that all rows of `stream` up to here belong to the state `saved`.
    ///
    /// # Errors
    /// `store` when nobody takes it.
    fn state(&self, stream: PlatformStream, saved: &SavedStream) -> Result<()>;
}

/// A platform, to which one account's rows go.
#[derive(Debug, Clone)]
pub(crate) struct PlatformStore {
    protocol: Arc<dyn Protocol>,
    clock: SharedClock,
    /// The states that the platform handed over.
    saved: Arc<BTreeMap<&'static str, SavedStream>>,
    /// The columns that nobody wants, by stream.
    left_out: Arc<BTreeMap<&'static str, BTreeSet<String>>>,
    /// The passes that have ended.
    ended: Arc<Mutex<Vec<PassReport>>>,
}

impl PlatformStore {
    pub(crate) fn new(
        protocol: Arc<dyn Protocol>,
        clock: SharedClock,
        saved: BTreeMap<&'static str, SavedStream>,
    ) -> Self {
        Self {
            protocol,
            clock,
            saved: Arc::new(saved),
            left_out: Arc::default(),
            ended: Arc::default(),
        }
    }

    /// Leaves columns out, by stream.
    pub(crate) fn without(self, left_out: BTreeMap<&'static str, BTreeSet<String>>) -> Self {
        Self {
            left_out: Arc::new(left_out),
            ..self
        }
    }

    /// Writes the passes that have ended, a row each.
    ///
    /// # Errors
    /// `store` when nobody takes them.
    pub(crate) fn tell_passes(&self) -> Result<()> {
        let columns = self.columns(PlatformStream::Passes);
        for report in self.ended() {
            let mut json = Vec::new();
            row::write(&columns, report.values().into_iter(), &mut json);
            self.protocol
                .row(PlatformStream::Passes, report.pass_id, &json)?;
        }
        Ok(())
    }

    /// The columns of `stream`; nothing in the place of those that nobody wants.
    fn columns(&self, stream: PlatformStream) -> Vec<Option<&'static str>> {
        let left_out = self.left_out.get(stream.name());
        let is_left_out = |name: &str| left_out.is_some_and(|names| names.contains(name));
        let names = stream.columns().into_iter().map(|column| column.name);
        names
            .map(|name| (!is_left_out(name)).then_some(name))
            .collect()
    }

    /// The passes that have ended, in the order of streams.
    pub(crate) fn ended(&self) -> Vec<PassReport> {
        let mut ended = self
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        ended.sort_by_key(|report| report.stream);
        ended
    }
}

#[async_trait]
impl Store for PlatformStore {
    async fn begin(&self, account: &AccountKey, stream: StreamName) -> Result<Box<dyn Landing>> {
        let records = PlatformStream::Records(stream);
        let saved = self.saved.get(stream.as_str());
        Ok(Box::new(PlatformLanding {
            account: account.clone(),
            columns: self.columns(records),
            stream: records,
            unfinished: saved.and_then(SavedStream::unfinished).cloned(),
            latest: saved.and_then(SavedStream::latest),
            since_state: 0,
            last_state: self.clock.elapsed(),
            store: self.clone(),
            json: Vec::new(),
        }))
    }

    fn batch_size(&self) -> usize {
        BATCH
    }
}

#[derive(Debug)]
struct PlatformLanding {
    account: AccountKey,
    stream: PlatformStream,
    columns: Vec<Option<&'static str>>,
    unfinished: Option<SavedPass>,
    latest: Option<PassId>,
    /// Rows since the last state, and its time.
    since_state: u64,
    last_state: Duration,
    store: PlatformStore,
    json: Vec<u8>,
}

#[async_trait]
impl Landing for PlatformLanding {
    fn unfinished(&self) -> Option<&SavedPass> {
        self.unfinished.as_ref()
    }

    fn latest(&self) -> Option<PassId> {
        self.latest
    }

    async fn put(&mut self, batch: &Arc<Batch>) -> Result<Landed> {
        let ids = batch.records.ids();
        let mut landed = Landed::default();
        for (place, id) in ids.into_iter().enumerate() {
            let first = [
                Value::text(&self.account.connector),
                Value::text(&self.account.instance),
                Value::text(id),
                Value::instant(batch.pass_id.began()),
            ];
            let own = batch.records.own_values(place);
            self.json.clear();
            row::write(&self.columns, first.into_iter().chain(own), &mut self.json);
            self.store
                .protocol
                .row(self.stream, batch.pass_id, &self.json)?;
            landed.inserted += 1;
        }
        self.since_state += landed.inserted;
        self.tell_state(batch.saved.as_ref(), landed)?;
        Ok(landed)
    }

    async fn finish(self: Box<Self>, report: &PassReport) -> Result<Landed> {
        let ended = self.store.ended.lock();
        ended
            .unwrap_or_else(PoisonError::into_inner)
            .push(report.clone());
        Ok(report.landed)
    }
}

impl PlatformLanding {
    /// Tells the state, if it is time.
    fn tell_state(&mut self, saved: Option<&SavedPass>, landed: Landed) -> Result<()> {
        let now = self.store.clock.elapsed();
        let is_late = now.saturating_sub(self.last_state) >= LONGEST_WAIT;
        let Some(saved) = saved.filter(|_| is_late || self.since_state >= ROWS_PER_STATE) else {
            return Ok(());
        };
        let mut saved = saved.clone();
        saved.landed += landed;
        let saved = SavedStream::Pass(Box::new(saved));
        self.store.protocol.state(self.stream, &saved)?;
        (self.since_state, self.last_state) = (0, now);
        Ok(())
    }
}
