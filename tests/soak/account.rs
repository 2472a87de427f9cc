//! An account, two connectors to it, and what happens to it from round to round.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use lmsync::http::RetryPolicy;
use lmsync::two_way::WriteOutcome;
use lmsync::{ConnectorConfig, Environment, Error, ErrorKind, SharedClock, TwoWaySync};
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{ChaosTransport, FaultyTransport, InMemory, MemoryJournal, VirtualClock};

use crate::dice::Dice;
use crate::tally::Tally;

/// Machines of an account at first: some pages at every vendor.
const MACHINES: usize = 130;

/// How long an answer takes.
const LATENCY: Duration = Duration::from_millis(50);
/// What a request that goes wrong may end in; anything else blames the account or the user.
const PASSING: [ErrorKind; 5] = [
    ErrorKind::Network,
    ErrorKind::Timeout,
    ErrorKind::Vendor,
    ErrorKind::Decode,
    ErrorKind::RateLimited,
];

/// An account, two connectors to it, and what they did so far.
pub(crate) struct Account {
    pub(crate) vendor: InMemory<Box<dyn TwoWayVendor>>,
    /// Where the account changes in the middle of a listing.
    pub(crate) door: FaultyTransport,
    pub(crate) chaos: ChaosTransport,
    pub(crate) clock: SharedClock,
    /// Tries as often as connectors do.
    pub(crate) patient: Arc<dyn TwoWaySync>,
    /// Tries once, so that errors come out.
    pub(crate) hasty: Arc<dyn TwoWaySync>,
    /// How often the connector of this round tries, and what had gone wrong before it.
    pub(crate) tries: u64,
    pub(crate) faults_before: u64,
    pub(crate) journal: MemoryJournal,
    /// Assets with a write that a killed run left open, with the writes in the books before it.
    pub(crate) open: BTreeMap<String, usize>,
    pub(crate) removed: Vec<String>,
    pub(crate) software: Option<BTreeSet<String>>,
    pub(crate) dice: Dice,
    pub(crate) tally: Tally,
}

impl Account {
    pub(crate) fn new(
        seed: u64,
        vendor: impl Fn(Fleet) -> Box<dyn TwoWayVendor>,
        config: &ConnectorConfig,
    ) -> Self {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let fleet = Fleet::new(FleetSpec::new(MACHINES, clock.now()));
        let vendor = InMemory::new(vendor(fleet), clock.clone())
            .with_latency(LATENCY)
            .with_recording();
        let door = FaultyTransport::new(Arc::new(vendor.clone()));
        let chaos = ChaosTransport::new(Arc::new(door.clone()), clock.clone(), seed);
        let environment = Environment::new(Arc::new(chaos.clone()), clock.clone());
        let connect_trying = |attempts| {
            let mut retry = RetryPolicy::default();
            retry.attempts = attempts;
            // Back-off is drawn anew in every run; without it, a seed repeats one.
            retry.base = Duration::ZERO;
            let environment = environment.clone().retry(retry);
            config
                .connect_two_way_in(&environment)
                .expect("it connects")
        };
        Self {
            vendor,
            door,
            chaos,
            patient: connect_trying(RetryPolicy::default().attempts),
            hasty: connect_trying(1),
            tries: 0,
            faults_before: 0,
            clock,
            journal: MemoryJournal::default(),
            open: BTreeMap::new(),
            removed: Vec::new(),
            software: None,
            dice: Dice::seeded(seed),
            tally: Tally::default(),
        }
    }

    pub(crate) async fn round(&mut self) {
        let (tries, connector) = match self.dice.below(3) {
            0 => (1, self.hasty.clone()),
            _ => (RetryPolicy::default().attempts, self.patient.clone()),
        };
        (self.tries, self.faults_before) = (tries.into(), self.faults());
        let writes = self.writes();
        let kind = self.dice.below(8);
        match kind {
            0 | 1 => self.full_sync(connector.as_ref()).boxed().await,
            2 => self.sync_within_a_window(connector.as_ref()).boxed().await,
            3 => {
                self.sync_of_a_changing_account(connector.as_ref())
                    .boxed()
                    .await
            }
            4 => self.read_single_assets(connector.as_ref()).boxed().await,
            5 => self.check(connector.as_ref()).boxed().await,
            _ => self.two_way_run(connector.as_ref()).boxed().await,
        }
        assert!(
            kind > 5 || self.writes() == writes,
            "reading wrote something"
        );
        self.change_account();
        let pause = Duration::from_millis(self.dice.below(10_000) as u64);
        self.clock.sleep(pause).await;
    }

    pub(crate) fn look<R>(&self, look: impl FnOnce(&mut dyn TwoWayVendor) -> R) -> R {
        let simulator = self.vendor.simulator();
        simulator.with(|vendor| look(vendor.as_mut()))
    }

    pub(crate) fn writes(&self) -> usize {
        self.look(|vendor| vendor.writes())
    }

    pub(crate) fn assets(&self) -> BTreeSet<String> {
        self.look(|vendor| vendor.asset_ids())
    }

    pub(crate) fn some_assets(&mut self, most: usize) -> Vec<String> {
        let all: Vec<String> = self.assets().into_iter().collect();
        self.dice.some(&all, most)
    }

    pub(crate) fn some_free_assets(&mut self, most: usize) -> Vec<String> {
        let mut some = self.some_assets(most);
        some.retain(|id| !self.open.contains_key(id));
        some
    }

    fn faults(&self) -> u64 {
        self.chaos.happened().values().sum()
    }

    /// Whether as much went wrong in this round as it takes to use up the tries of a request.
    pub(crate) fn is_excused(&self) -> bool {
        self.faults() - self.faults_before >= self.tries
    }

    /// An error that faults account for.
    pub(crate) fn fault(&mut self, error: &Error) {
        assert!(PASSING.contains(&error.kind()), "{error:?}");
        assert!(self.is_excused(), "one fault too few for {error:?}");
        self.typed(error);
    }

    pub(crate) fn typed(&mut self, error: &Error) {
        assert!(
            error.hint().is_some_and(|hint| !hint.is_empty()),
            "{error:?}"
        );
        *self.tally.errors.entry(error.kind().as_str()).or_default() += 1;
    }

    /// Assets come and go, and people type dates; not where an open write is to be found out.
    fn change_account(&mut self) {
        let departures = self.dice.below(3);
        for id in self.some_free_assets(departures) {
            self.look(|vendor| vendor.remove_asset(&id));
            self.removed.push(id);
        }
        for _ in 0..self.dice.below(3) {
            self.look(|vendor| vendor.insert_asset());
        }
        for id in self.some_free_assets(3) {
            let dates = self.dice.dates();
            self.look(|vendor| vendor.hold_dates(&id, dates));
        }
    }

    /// What holds of the whole run.
    pub(crate) fn end(&self) {
        self.hold_budget();
        assert!(self.chaos.sent() > 0 && !self.chaos.happened().is_empty());
        let written = self.tally.outcomes.get(WriteOutcome::Written.as_str());
        let unsettled = self.open.iter();
        let unsettled: usize = unsettled
            .map(|(id, before)| self.look(|vendor| vendor.date_writes(id)) - before)
            .sum();
        let in_journal = written.copied().unwrap_or_default() + self.tally.unknown_made;
        assert_eq!(self.tally.books, in_journal + unsettled);
    }

    /// In no span of the vendor's window did more requests start, or arrive, than it allows.
    fn hold_budget(&self) {
        let (most, window) = self.look(|vendor| vendor.budget());
        let recorded = self.vendor.recorded();
        let started = recorded.iter().map(|request| request.started);
        let arrived = recorded.iter().filter_map(|request| request.ended);
        for mut moments in [started.collect::<Vec<_>>(), arrived.collect()] {
            moments.sort();
            for (first, later) in moments.iter().zip(moments.iter().skip(most)) {
                assert!(*later >= *first + window, "{first:?} and {later:?}");
            }
        }
    }

    pub(crate) fn report(&self, name: &str, seed: u64) -> String {
        let happened = self.chaos.happened().into_iter();
        let happened: BTreeMap<_, _> = happened.map(|(it, times)| (it.as_str(), times)).collect();
        format!(
            "{name}, seed {seed}: {} virtual minutes, {} requests, {} of them seen by the vendor\n  \
             {} faults {happened:?}\n{}",
            self.clock.elapsed().as_secs() / 60,
            self.chaos.sent(),
            self.vendor.requests(),
            self.faults(),
            self.tally,
        )
    }
}
