//! A vendor made of a map, which does with a write what it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{Days, NaiveDate};
use lmsync_core::listing::{ListingScope, RecordStream};
use lmsync_core::model::{Asset, AssetId};
use lmsync_core::two_way::{
    AssetDates, DateAccess, DateChange, DateField, DateFields, WriteSource,
};
use lmsync_core::{
    AssetQuery, AssetStream, Capabilities, CheckReport, CheckScope, Connector, ConnectorInfo,
    CustomerStream, Error, ErrorKind, Result, RetryClass, SharedClock, SoftwareStream,
};
use lmsync_testkit::VirtualClock;

pub(crate) const EXPIRY: DateField = DateField::WarrantyExpiry;
pub(crate) const BOUGHT: DateField = DateField::PurchaseDate;

/// What the vendor does with one write.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    Make,
    Ignore,
    Shift,
    /// Make it, and forget every other date.
    Replace,
    MakeThenFail,
    /// Make it of one date.
    MakeOne(DateField),
    MakeOneThenFail(DateField),
    /// Accept it, and make it so much later.
    MakeLate(Duration),
    FailAndMakeLate(Duration),
    Fail,
    Refuse(ErrorKind, RetryClass),
}

/// Clones share the vendor.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) info: ConnectorInfo,
    /// For how long the vendor asks to be left alone when it fails.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) clock: SharedClock,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) dates: BTreeMap<String, AssetDates>,
    /// How often each asset was changed.
    pub(crate) made: BTreeMap<String, usize>,
    pub(crate) sent: usize,
    /// The fields of each change that was sent, and the number of the reading it was made from.
    pub(crate) sent_from: Vec<(Vec<DateField>, usize)>,
    pub(crate) reads: usize,
    /// Changes that are made at this time.
    late: Vec<(Duration, DateChange)>,
    pub(crate) answers: VecDeque<Answer>,
    pub(crate) reads_that_fail: VecDeque<bool>,
    /// A change is seen only this many reads after it was made.
    pub(crate) lag: usize,
    stale: Option<(AssetDates, usize)>,
    in_flight: usize,
    pub(crate) most_in_flight: usize,
}

impl Ledger {
    pub(crate) fn new(assets: usize) -> Self {
        let dates = (0..assets).map(|id| (id.to_string(), AssetDates::default()));
        let state = State {
            dates: dates.collect(),
            ..State::default()
        };
        let capabilities = Capabilities::new().two_way(DateFields::ALL);
        Self {
            info: ConnectorInfo::new("ledger", "Ledger", "shop", capabilities),
            retry_after: None,
            clock: Arc::new(VirtualClock::default()),
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Another connector to the same vendor, as a process of its own has it.
    pub(crate) fn reconnected(&self) -> Self {
        Self {
            clock: Arc::new(VirtualClock::default()),
            ..self.clone()
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Requests so far: writes and reads.
    pub(crate) fn requests(&self) -> (usize, usize) {
        let state = self.state();
        (state.sent, state.reads)
    }

    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.state().answers.extend(answers);
    }

    pub(crate) fn expiry(&self, id: &str) -> Option<NaiveDate> {
        self.state().dates[id].warranty_expiry.day()
    }

    /// Does what was to be done by now.
    fn catch_up(&self) {
        let now = self.clock.elapsed();
        let late = std::mem::take(&mut self.state().late);
        let (due, later): (Vec<_>, _) = late.into_iter().partition(|(at, _)| *at <= now);
        self.state().late = later;
        for (_, change) in due {
            self.made(&change, 0);
        }
    }

    /// Lets somebody else give asset `id` other dates in so long.
    pub(crate) async fn edit_after(&self, wait: Duration, id: &str, dates: AssetDates) {
        self.clock.sleep(wait).await;
        self.state().dates.insert(id.to_owned(), dates);
    }

    fn made(&self, change: &DateChange, shift: u64) {
        let mut state = self.state();
        let id = &change.asset.vendor_id;
        *state.made.entry(id.clone()).or_default() += 1;
        let before = state.dates[id].clone();
        let after = change
            .changes()
            .iter()
            .fold(before.clone(), |dates, field| {
                dates.with(field.field, field.new.map(|day| day - Days::new(shift)))
            });
        state.stale = (state.lag > 0).then_some((before, state.lag));
        state.dates.insert(id.clone(), after);
    }

    fn unsupported(&self) -> Error {
        Error::unsupported("Ledger", "this")
    }

    fn scope(&self) -> ListingScope {
        ListingScope {
            connector: "ledger".to_owned(),
            instance: "shop".to_owned(),
            listing: "nothing".to_owned(),
        }
    }
}

pub(crate) fn day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 5, 31).unwrap()
}

pub(crate) fn fill(id: &str, year: i32) -> DateChange {
    DateChange::new(id).set(EXPIRY, None, day(year), WriteSource::Lookup)
}

/// Both dates, from nothing.
pub(crate) fn fill_both(id: &str) -> DateChange {
    fill(id, 2027).set(BOUGHT, None, day(2024), WriteSource::Lookup)
}

#[async_trait]
impl DateAccess for Ledger {
    /// The number of the reading.
    type Record = usize;

    fn clock(&self) -> &SharedClock {
        &self.clock
    }

    fn clearable(&self) -> DateFields {
        DateFields::NONE.with(EXPIRY)
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, usize)> {
        self.clock.sleep(Duration::from_millis(20)).await;
        self.catch_up();
        let mut state = self.state();
        state.reads += 1;
        if state.reads_that_fail.pop_front() == Some(true) {
            return Err(Error::new(ErrorKind::Network, "the line is dead"));
        }
        if let Some((stale, reads)) = state.stale.take() {
            state.stale = (reads > 1).then(|| (stale.clone(), reads - 1));
            return Ok((stale, state.reads));
        }
        let held = state.dates.get(&id.vendor_id).cloned();
        let held = held.ok_or_else(|| Error::new(ErrorKind::NotFound, "no such asset"))?;
        Ok((held, state.reads))
    }

    async fn send(&self, change: &DateChange, reading: &usize) -> Result<()> {
        let answer = {
            let mut state = self.state();
            state.sent += 1;
            let fields = change.changes().iter().map(|change| change.field);
            state.sent_from.push((fields.collect(), *reading));
            state.in_flight += 1;
            state.most_in_flight = state.most_in_flight.max(state.in_flight);
            state.answers.pop_front().unwrap_or(Answer::Make)
        };
        self.clock.sleep(Duration::from_millis(10)).await;
        match answer {
            Answer::Make | Answer::MakeThenFail => self.made(change, 0),
            Answer::Shift => self.made(change, 1),
            Answer::Replace => {
                let id = change.asset.vendor_id.clone();
                self.state().dates.insert(id, AssetDates::default());
                self.made(change, 0);
            }
            Answer::MakeOne(field) | Answer::MakeOneThenFail(field) => {
                let one = DateChange::new(change.asset.clone());
                self.made(
                    &change
                        .get(field)
                        .into_iter()
                        .copied()
                        .fold(one, DateChange::with),
                    0,
                );
            }
            Answer::MakeLate(wait) | Answer::FailAndMakeLate(wait) => {
                let at = self.clock.elapsed() + wait;
                self.state().late.push((at, change.clone()));
            }
            Answer::Ignore | Answer::Fail | Answer::Refuse(..) => {}
        }
        self.clock.sleep(Duration::from_millis(10)).await;
        self.state().in_flight -= 1;
        let failed = || {
            let error = Error::vendor("it broke").with_retry(RetryClass::OnlyIfIdempotent);
            match self.retry_after {
                Some(wait) => error.with_retry_after(wait),
                None => error,
            }
        };
        match answer {
            Answer::MakeThenFail
            | Answer::MakeOneThenFail(_)
            | Answer::FailAndMakeLate(_)
            | Answer::Fail => Err(failed()),
            Answer::Refuse(kind, retry) => Err(Error::new(kind, "no")
                .with_retry(retry)
                .with_hint("ask for the right")),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Connector for Ledger {
    fn info(&self) -> &ConnectorInfo {
        &self.info
    }

    async fn check(&self, _scope: CheckScope) -> CheckReport {
        CheckReport::default()
    }

    fn assets(&self, _query: AssetQuery) -> AssetStream {
        RecordStream::failed(self.unsupported(), self.scope())
    }

    fn software(&self, _query: AssetQuery) -> SoftwareStream {
        RecordStream::failed(self.unsupported(), self.scope())
    }

    fn customers(&self) -> CustomerStream {
        RecordStream::failed(self.unsupported(), self.scope())
    }

    async fn asset(&self, _id: &AssetId) -> Result<Asset> {
        Err(self.unsupported())
    }
}
