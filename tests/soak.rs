//! Every account under way for long, while five requests of a hundred go wrong.
//!
//! A few minutes of virtual time by default. An hour for each account, and what it came to:
//!
//! ```sh
//! LMSYNC_SOAK_MINUTES=60 cargo test --release --test soak -- --nocapture
//! ```
//!
//! A run that fails prints the seed that repeats it with `LMSYNC_SOAK_SEED`.

#![allow(clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta};
use futures_util::future::{Either, join, select};
use futures_util::{FutureExt, StreamExt};
use lmsync::cwrmm::CwRmmConfig;
use lmsync::halo::{HaloConfig, HaloProduct};
use lmsync::http::RetryPolicy;
use lmsync::model::{
    Asset, AssetId, Customer, DateReader, FieldPlaces, IssueCode, Software, TenantField,
};
use lmsync::paging::{Checkpoint, Listed, RecordStream};
use lmsync::superops::{Product, SuperOpsConfig};
use lmsync::syncro::SyncroConfig;
use lmsync::two_way::{
    AssetDates, AssetRef, Claim, ClaimSource, Claims, DateChange, DateField, DateFields, HeldDate,
    History, JournalEntry, PlanRules, Policy, WriteOutcome, apply, plan, settle,
};
use lmsync::{
    AssetQuery, CheckInSupport, CheckInWindow, CheckScope, Environment, Error, ErrorKind,
    NeverCheckedIn, Result, SharedClock, SyncSummary, TwoWaySync,
};
use lmsync_testkit::conformance::{TwoWayVendor, run};
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::halo::{HaloSimulator, HaloSpec};
use lmsync_testkit::superops::{self, SuperOpsSimulator, SuperOpsSpec};
use lmsync_testkit::syncro::{SyncroSimulator, SyncroSpec};
use lmsync_testkit::{ChaosTransport, FaultyTransport, InMemory, MemoryJournal, VirtualClock};

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

#[test]
fn superops_msp() {
    soak(
        "superops-msp",
        |fleet| SuperOpsSimulator::new(superops(fleet, superops::Product::Msp)),
        |environment| {
            let spec = superops(no_machines(), superops::Product::Msp);
            let config = SuperOpsConfig::new(spec.subdomain, spec.token);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

#[test]
fn superops_it() {
    soak(
        "superops-it",
        |fleet| SuperOpsSimulator::new(superops(fleet, superops::Product::It)),
        |environment| {
            let spec = superops(no_machines(), superops::Product::It);
            let config = SuperOpsConfig::new(spec.subdomain, spec.token).product(Product::It);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

#[test]
fn syncro() {
    soak(
        "syncro",
        |fleet| SyncroSimulator::new(SyncroSpec::new(fleet)),
        |environment| {
            let spec = SyncroSpec::new(no_machines());
            let config = SyncroConfig::new("acmemsp.syncromsp.com", spec.api_key);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

#[test]
fn cwrmm() {
    soak(
        "cwrmm",
        |fleet| {
            CwRmmSimulator::new(CwRmmSpec {
                // Two connectors, and tokens that are lost on their way.
                tokens_at_once: 20,
                ..CwRmmSpec::new(fleet)
            })
        },
        |environment| {
            let spec = CwRmmSpec::new(no_machines());
            let config = CwRmmConfig::new(spec.client_id, spec.client_secret);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

/// No field holds a check-in: windows are refused.
#[test]
fn halo_psa() {
    soak(
        "halo-psa",
        |fleet| HaloSimulator::new(HaloSpec::new(fleet)),
        |environment| Ok(Arc::new(halo(HaloProduct::Psa).connect_in(environment)?)),
    );
}

/// A named field holds the check-in: windows work.
#[test]
fn halo_itsm() {
    soak(
        "halo-itsm",
        |fleet| HaloSimulator::new(HaloSpec::new(fleet)),
        |environment| {
            let places = FieldPlaces::new().with(TenantField::LastCheckIn, ["Last Seen"]);
            let config = halo(HaloProduct::Itsm).fields(places);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

fn no_machines() -> Fleet {
    Fleet::new(FleetSpec::new(0, chrono::DateTime::UNIX_EPOCH))
}

fn superops(fleet: Fleet, product: superops::Product) -> SuperOpsSpec {
    SuperOpsSpec {
        product,
        ..SuperOpsSpec::new(fleet)
    }
}

fn halo(product: HaloProduct) -> HaloConfig {
    let spec = HaloSpec::new(no_machines());
    HaloConfig::new(
        product,
        "https://acmemsp.halopsa.com/api",
        "https://acmemsp.halopsa.com/auth",
        spec.client_id,
        spec.client_secret,
    )
    .tenant(spec.tenant)
}

/// The number in an environment variable.
fn asked(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

fn tell(text: &str) {
    // A report that cannot be printed is no failure.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Tells the seed of a run that fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tell(&format!("to repeat this run: LMSYNC_SOAK_SEED={}", self.0));
        }
    }
}

fn soak<V: TwoWayVendor>(
    name: &str,
    vendor: impl Fn(Fleet) -> V,
    connect: impl Fn(&Environment) -> Result<Arc<dyn TwoWaySync>>,
) {
    let minutes = asked("LMSYNC_SOAK_MINUTES");
    let seed = Seed(asked("LMSYNC_SOAK_SEED").unwrap_or(1));
    let duration = Duration::from_secs(60 * minutes.unwrap_or(3));
    // Each account has faults of its own.
    let add = |sum: u64, byte: u8| sum.wrapping_mul(31).wrapping_add(byte.into());
    let own_seed = name.bytes().fold(seed.0, add);
    run(async {
        let mut account = Account::new(own_seed, vendor, connect);
        while account.clock.elapsed() < duration {
            account.round().await;
        }
        account.end();
        if minutes.is_some() {
            tell(&account.report(name, seed.0));
        }
    });
}

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        const FACTOR: u64 = 6_364_136_223_846_793_005;
        self.0 = self.0.wrapping_mul(FACTOR).wrapping_add(1);
        usize::try_from(self.0 >> 33).expect("31 bits") % end.max(1)
    }

    fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Some of `choices`, each once, at most `most`.
    fn some<T: Clone + Ord>(&mut self, choices: &[T], most: usize) -> Vec<T> {
        let picked: BTreeSet<T> = (0..most).map(|_| self.pick(choices)).collect();
        picked.into_iter().collect()
    }

    fn day(&mut self, year: i32) -> NaiveDate {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
        first + Days::new(self.below(1_000) as u64)
    }

    fn dates(&mut self) -> AssetDates {
        AssetDates::new(Some(self.day(2021)), Some(self.day(2026)))
    }
}

/// Whether a fault kept the connector from learning when the asset checked in.
fn is_check_in_untold(asset: &Asset) -> bool {
    let mut issues = asset.issues.iter();
    issues.any(|issue| issue.code == IssueCode::Truncated && issue.field == "last_check_in")
}

/// What the vendor's books have of each asset: its dates, and how often they were written.
type Books = BTreeMap<String, (AssetDates, usize)>;

/// An account, two connectors to it, and what they did so far.
struct Account<V> {
    vendor: InMemory<V>,
    /// Where the account changes in the middle of a listing.
    door: FaultyTransport,
    chaos: ChaosTransport,
    clock: SharedClock,
    /// Tries as often as connectors do.
    patient: Arc<dyn TwoWaySync>,
    /// Tries once, so that errors come out.
    hasty: Arc<dyn TwoWaySync>,
    /// How often the connector of this round tries, and what had gone wrong before it.
    tries: u64,
    faults_before: u64,
    journal: MemoryJournal,
    /// Assets with a write that a killed run left open, with the writes in the books before it.
    open: BTreeMap<String, usize>,
    removed: Vec<String>,
    software: Option<BTreeSet<String>>,
    dice: Dice,
    tally: Tally,
}

/// What it came to.
#[derive(Debug, Default)]
struct Tally {
    listings: u64,
    complete: u64,
    incomplete: u64,
    resumed: u64,
    /// Assets that a window could not be applied to, and that say so.
    untold_check_ins: usize,
    single_reads: u64,
    checks: u64,
    checks_failed: u64,
    two_way_runs: u64,
    killed_runs: u64,
    settled: u64,
    books: usize,
    /// Writes of unknown outcome that are in the books.
    unknown_made: usize,
    outcomes: BTreeMap<&'static str, usize>,
    errors: BTreeMap<&'static str, u64>,
}

/// Everything that a listing gave.
struct Reading {
    ids: BTreeSet<String>,
    error: Option<Error>,
    summary: SyncSummary,
    checkpoint: Checkpoint,
}

impl Reading {
    /// Reads `stream` to its end. Whatever it lists, no record comes twice, the counts
    /// agree, and it ends complete or says why not.
    async fn of<T: Listed>(stream: RecordStream<T>) -> Self {
        Self::noting(stream, |_| {}).await
    }

    /// The same, with each record shown to `note`.
    async fn noting<T: Listed>(mut stream: RecordStream<T>, mut note: impl FnMut(&T)) -> Self {
        let mut ids = BTreeSet::new();
        let mut customers = BTreeMap::<String, u64>::new();
        let mut error = None;
        while let Some(record) = stream.next().await {
            assert!(error.is_none(), "a listing ends with its error");
            match record {
                Ok(record) => {
                    note(&record);
                    let id = record.source().vendor_id.clone();
                    assert!(ids.insert(id.clone()), "{id} comes twice");
                    let owner = record.customer().map(|customer| customer.id.clone());
                    *customers.entry(owner.unwrap_or_default()).or_default() += 1;
                }
                Err(failure) => error = Some(failure),
            }
        }
        let summary = stream.summary();
        let counted = summary.customers.iter();
        let counted: BTreeMap<String, u64> = counted
            .map(|(id, count)| (id.clone(), count.assets))
            .collect();
        assert_eq!(counted, customers);
        let reading = Self {
            ids,
            error,
            summary,
            checkpoint: stream.checkpoint(),
        };
        reading.hold();
        reading
    }

    fn hold(&self) {
        let summary = &self.summary;
        assert_eq!(summary.complete, summary.incomplete_reason.is_none());
        assert!(self.error.is_none() || !summary.complete, "{summary:?}");
        let left = summary.filtered_out
            + summary.never_checked_in_excluded
            + summary.rejected.len() as u64;
        let ready = summary.seen - left;
        let kept = summary.kept;
        assert_eq!(kept, self.ids.len() as u64);
        // What was read ahead of an error is not handed out.
        assert!(
            kept == ready || (self.error.is_some() && kept < ready),
            "{summary:?}"
        );
    }
}

impl<V: TwoWayVendor> Account<V> {
    fn new(
        seed: u64,
        vendor: impl Fn(Fleet) -> V,
        connect: impl Fn(&Environment) -> Result<Arc<dyn TwoWaySync>>,
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
            connect(&environment.clone().retry(retry)).expect("it connects")
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
            dice: Dice(seed),
            tally: Tally::default(),
        }
    }

    async fn round(&mut self) {
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

    fn look<R>(&self, look: impl FnOnce(&mut V) -> R) -> R {
        self.vendor.simulator().with(look)
    }

    fn writes(&self) -> usize {
        self.look(|vendor| vendor.writes())
    }

    fn assets(&self) -> BTreeSet<String> {
        self.look(|vendor| vendor.asset_ids())
    }

    fn some_assets(&mut self, most: usize) -> Vec<String> {
        let all: Vec<String> = self.assets().into_iter().collect();
        self.dice.some(&all, most)
    }

    fn faults(&self) -> u64 {
        self.chaos.happened().values().sum()
    }

    /// Whether as much went wrong in this round as it takes to use up the tries of a request.
    fn is_excused(&self) -> bool {
        self.faults() - self.faults_before >= self.tries
    }

    /// An error that faults account for.
    fn fault(&mut self, error: &Error) {
        assert!(PASSING.contains(&error.kind()), "{error:?}");
        assert!(self.is_excused(), "one fault too few for {error:?}");
        self.typed(error);
    }

    fn typed(&mut self, error: &Error) {
        assert!(
            error.hint().is_some_and(|hint| !hint.is_empty()),
            "{error:?}"
        );
        *self.tally.errors.entry(error.kind().as_str()).or_default() += 1;
    }

    /// Counts a listing; whether it is complete.
    fn count(&mut self, reading: &Reading) -> bool {
        self.tally.listings += 1;
        self.tally.complete += u64::from(reading.summary.complete);
        match &reading.error {
            Some(error) => self.fault(error),
            None => self.tally.incomplete += u64::from(!reading.summary.complete),
        }
        reading.summary.complete
    }

    /// A listing of an account that does not change has `all`, or ends with an error.
    fn expect_all(&mut self, reading: &Reading, all: &BTreeSet<String>) {
        let is_complete = self.count(reading);
        assert!(reading.ids.is_subset(all), "what the vendor does not have");
        assert_eq!(
            is_complete,
            reading.error.is_none(),
            "{:?}",
            reading.summary
        );
        if is_complete {
            assert_eq!(reading.ids, *all);
            let listed = reading.summary.seen + reading.summary.skipped;
            assert!(
                reading
                    .summary
                    .reported_total
                    .is_none_or(|total| total == listed)
            );
        }
    }

    async fn full_sync(&mut self, connector: &dyn TwoWaySync) {
        let mut query = AssetQuery::new();
        if self.dice.below(20) == 0 {
            query = query.detail(connector.info().capabilities.detail);
        }
        let (assets, customers) = join(
            Reading::of(connector.assets(query.clone())),
            Reading::of::<Customer>(connector.customers()),
        )
        .await;
        let all = self.assets();
        self.expect_all(&assets, &all);
        let all_customers = self.look(|vendor| vendor.customer_ids());
        self.expect_all(&customers, &all_customers);
        if assets.error.is_some() {
            self.resume(query, assets, &all).await;
        }
        if connector.info().capabilities.software {
            let software = Reading::of::<Software>(connector.software(AssetQuery::new())).await;
            let all = self
                .software
                .clone()
                .unwrap_or_else(|| software.ids.clone());
            self.expect_all(&software, &all);
            self.software = self
                .software
                .take()
                .or(software.summary.complete.then_some(all));
        }
    }

    /// Goes on where `stopped` stopped: nothing is skipped.
    async fn resume(&mut self, query: AssetQuery, stopped: Reading, all: &BTreeSet<String>) {
        let query = query.resume(stopped.checkpoint);
        let rest = Reading::of(self.patient.assets(query)).await;
        if self.count(&rest) {
            let got: BTreeSet<String> = stopped.ids.union(&rest.ids).cloned().collect();
            assert_eq!(got, *all);
            self.tally.resumed += 1;
        }
    }

    async fn sync_within_a_window(&mut self, connector: &dyn TwoWaySync) {
        let (window, days) = self.dice.pick(&[
            (CheckInWindow::DAYS_30, 30),
            (CheckInWindow::DAYS_60, 60),
            (CheckInWindow::DAYS_90, 90),
        ]);
        let never = self
            .dice
            .pick(&[NeverCheckedIn::Exclude, NeverCheckedIn::Include]);
        let start = self.clock.now() - TimeDelta::days(days);
        let query = AssetQuery::new().window(window).never_checked_in(never);
        let mut untold = BTreeSet::new();
        let note = |asset: &Asset| {
            if is_check_in_untold(asset) {
                untold.insert(asset.source.vendor_id.clone());
            }
        };
        let reading = Reading::noting(connector.assets(query), note).await;
        if connector.info().capabilities.check_in == CheckInSupport::None {
            match reading.error.expect("a window needs check-ins") {
                error if error.kind() == ErrorKind::Config => self.typed(&error),
                error => self.fault(&error),
            }
            return;
        }
        let is_inside = |at| match at {
            Some(at) => at >= start,
            None => never == NeverCheckedIn::Include,
        };
        let inside = self.look(|vendor| {
            let mut ids = vendor.asset_ids();
            ids.retain(|id| is_inside(vendor.checked_in_at(id)));
            ids
        });
        if self.count(&reading) {
            let rejected = reading.summary.rejected.iter();
            untold.extend(rejected.filter_map(|rejection| rejection.vendor_id.clone()));
            assert!(untold.is_empty() || self.is_excused());
            self.tally.untold_check_ins += untold.len();
            assert_eq!(&reading.ids - &untold, &inside - &untold);
            assert_eq!(reading.summary.seen, self.assets().len() as u64);
        }
    }

    /// An asset comes or goes while the account is read; none of the others is missed.
    async fn sync_of_a_changing_account(&mut self, connector: &dyn TwoWaySync) {
        let before = self.assets();
        let number = self.door.sent() + 1 + self.dice.below(5);
        let departures = self.dice.below(2);
        let goes = self.some_free_assets(departures).pop();
        let is_on = Arc::new(AtomicBool::new(true));
        let (vendor, switch) = (self.vendor.simulator().clone(), Arc::clone(&is_on));
        self.door.before(number, move || {
            if switch.load(Ordering::Relaxed) {
                vendor.with(|vendor| match goes {
                    Some(id) => vendor.remove_asset(&id),
                    None => drop(vendor.insert_asset()),
                });
            }
        });
        let reading = Reading::of(connector.assets(AssetQuery::new())).await;
        is_on.store(false, Ordering::Relaxed);
        let after = self.assets();
        self.removed.extend(before.difference(&after).cloned());
        assert!(
            reading
                .ids
                .iter()
                .all(|id| before.contains(id) || after.contains(id))
        );
        if self.count(&reading) {
            let stayed: BTreeSet<String> = before.intersection(&after).cloned().collect();
            assert!(
                stayed.is_subset(&reading.ids),
                "{:?}",
                &stayed - &reading.ids
            );
        }
    }

    async fn read_single_assets(&mut self, connector: &dyn TwoWaySync) {
        for id in self.some_assets(3) {
            self.tally.single_reads += 2;
            match connector.asset(&AssetId::from(id.as_str())).await {
                Ok(asset) => assert_eq!(asset.source.vendor_id, id),
                Err(error) => self.fault(&error),
            }
            match connector.read_dates(&AssetId::from(id.as_str())).await {
                Ok(dates) => assert_eq!(dates, self.held(&id), "{id}"),
                Err(error) => self.fault(&error),
            }
        }
        if let Some(id) = self.removed.last().cloned() {
            self.tally.single_reads += 1;
            let read = connector.asset(&AssetId::from(id)).await;
            match read.expect_err("what is gone is not read") {
                error if error.kind() == ErrorKind::NotFound => self.typed(&error),
                error => self.fault(&error),
            }
        }
    }

    /// What the vendor holds, as it is to be read: 1900 is no date.
    fn held(&self, id: &str) -> AssetDates {
        let reader = DateReader::new(self.clock.now());
        let held = self.look(|vendor| vendor.held_dates(id));
        DateField::ALL
            .into_iter()
            .filter_map(|field| Some((field, held.get(field).day()?)))
            .fold(held.clone(), |held, (field, day)| {
                held.with(field, HeldDate::read(&reader, day.to_string().as_str()))
            })
    }

    async fn check(&mut self, connector: &dyn TwoWaySync) {
        let scope = self.dice.pick(&[CheckScope::read(), CheckScope::two_way()]);
        let report = connector.check(scope).await;
        self.tally.checks += 1;
        self.tally.checks_failed += u64::from(!report.ok());
        assert!(report.ok() || self.is_excused(), "{report:?}");
        assert!(report.checks.len() >= 4, "{report:?}");
        for check in report.checks.iter().filter(|check| !check.ok) {
            let was_tried = !check.detail.starts_with("not tried");
            assert!(!was_tried || check.hint.is_some(), "{check:?}");
        }
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

    fn some_free_assets(&mut self, most: usize) -> Vec<String> {
        let mut some = self.some_assets(most);
        some.retain(|id| !self.open.contains_key(id));
        some
    }

    fn books(&self) -> Books {
        self.look(|vendor| {
            let ids = vendor.asset_ids().into_iter();
            ids.map(|id| {
                let line = (vendor.held_dates(&id), vendor.date_writes(&id));
                (id, line)
            })
            .collect()
        })
    }

    async fn two_way_run(&mut self, connector: &dyn TwoWaySync) {
        self.tally.two_way_runs += 1;
        let mut history = self.journal.history();
        self.settle(connector, &mut history).await;
        let changes = self.plan(connector, &history).await;
        let (before, written) = (self.books(), self.journal.entries().len());
        let lanes = 1 + self.dice.below(4);
        let run = apply(
            connector,
            changes,
            &self.journal,
            self.clock.as_ref(),
            lanes,
        );
        let lifetime = match self.dice.below(4) {
            0 => Duration::from_millis(self.dice.below(1_500) as u64),
            _ => Duration::from_secs(3_600),
        };
        let clock = self.clock.clone();
        let report = match select(Box::pin(run), clock.sleep(lifetime)).await {
            Either::Left((report, _)) => Some(report.expect("each asset once")),
            Either::Right(_) => None,
        };
        let entries = self.journal.entries().split_off(written);
        match report {
            Some(report) => {
                assert_eq!(report.attempted.len(), entries.len());
                assert!(report.left.is_empty() && report.journal_error.is_none());
                for error in report.attempted.iter().filter_map(|one| one.error.as_ref()) {
                    self.fault(error);
                }
            }
            None => self.tally.killed_runs += 1,
        }
        self.audit(connector, &before, &entries);
    }

    /// What a killed run left open is found out as it is in the books.
    async fn settle(&mut self, connector: &dyn TwoWaySync, history: &mut History) {
        let known = self.journal.entries().len();
        if let Err(error) = settle(connector, &self.journal, history).await {
            self.fault(&error);
        }
        for entry in self.journal.entries().split_off(known) {
            let id = &entry.attempt.asset.vendor_id;
            let before = self.open.remove(id).expect("it was open");
            let made = self.look(|vendor| vendor.date_writes(id)) - before;
            let outcome = match made {
                0 => WriteOutcome::Unknown,
                _ => WriteOutcome::Written,
            };
            assert_eq!(entry.outcome, outcome, "{entry:?}");
            self.tally.settled += 1;
            self.outcome(outcome);
        }
        assert_eq!(
            history.open(&connector.info().instance).len(),
            self.open.len()
        );
    }

    fn outcome(&mut self, outcome: WriteOutcome) {
        *self.tally.outcomes.entry(outcome.as_str()).or_default() += 1;
    }

    async fn plan(&mut self, connector: &dyn TwoWaySync, history: &History) -> Vec<DateChange> {
        let rules = PlanRules::new()
            .enable(DateFields::ALL)
            .policy(
                self.dice
                    .pick(&[Policy::FillEmpty, Policy::NeverShorten, Policy::Replace]),
            );
        let dates = DateReader::new(self.clock.now());
        let mut changes = Vec::new();
        for vendor_id in self.some_assets(8) {
            let id = AssetId::from(vendor_id.as_str());
            let held = match connector.read_dates(&id).await {
                Ok(held) => held,
                Err(error) => {
                    self.fault(&error);
                    continue;
                }
            };
            let attempts = history.of(&AssetRef::new(&connector.info().instance, vendor_id));
            let (claims, writable) = (self.claims(), connector.writable());
            changes.extend(plan(&id, &held, &claims, writable, &rules, &attempts, &dates).change());
        }
        changes
    }

    fn claims(&mut self) -> Claims {
        let source = self.dice.pick(&[ClaimSource::Manual, ClaimSource::Lookup]);
        let dates = self.dice.dates();
        let fields = DateField::ALL.into_iter().filter_map(|field| {
            Some(Claim {
                field,
                day: dates.get(field).day()?,
                source: source.clone(),
                observed_at: self.clock.now(),
            })
        });
        fields.fold(Claims::new(), Claims::and)
    }

    /// The books changed as the journal says, and nowhere else.
    fn audit(&mut self, connector: &dyn TwoWaySync, before: &Books, entries: &[JournalEntry]) {
        let after = self.books();
        let history = self.journal.history();
        let open = history.open(&connector.info().instance);
        let is_open = |id: &String| open.iter().any(|attempt| attempt.asset.vendor_id == *id);
        for (id, (held, writes)) in &after {
            let (held_before, writes_before) = &before[id];
            let made = writes - writes_before;
            assert!(made <= 1, "{id} was written {made} times");
            assert_eq!(
                made == 1,
                held != held_before,
                "{id}: {held_before:?}, {held:?}"
            );
            self.tally.books += made;
            let mut own = entries
                .iter()
                .filter(|entry| entry.attempt.asset.vendor_id == *id);
            match own.next() {
                Some(entry) => self.audit_entry(entry, held, made),
                None if is_open(id) => {
                    self.open.entry(id.clone()).or_insert(*writes_before);
                }
                None => assert_eq!(made, 0, "{id} was written and is not in the journal"),
            }
            assert_eq!(own.next(), None);
        }
    }

    fn audit_entry(&mut self, entry: &JournalEntry, held: &AssetDates, made: usize) {
        let is_held = entry
            .attempt
            .changes
            .iter()
            .all(|change| change.is_done(held));
        match entry.outcome {
            WriteOutcome::Written => assert!(is_held && made == 1, "{entry:?}"),
            WriteOutcome::Unknown => self.tally.unknown_made += made,
            WriteOutcome::Refused => assert!(!is_held && made == 0, "{entry:?}"),
            outcome => panic!("{outcome}: {entry:?}"),
        }
        self.outcome(entry.outcome);
    }

    /// What holds of the whole run.
    fn end(&self) {
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

    fn report(&self, name: &str, seed: u64) -> String {
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

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "  {} listings: {} complete, {} incomplete, {} resumed after an error; {} untold check-ins",
            self.listings, self.complete, self.incomplete, self.resumed, self.untold_check_ins
        )?;
        writeln!(
            f,
            "  {} single reads, {} checks ({} failed)",
            self.single_reads, self.checks, self.checks_failed
        )?;
        writeln!(
            f,
            "  {} two-way runs ({} killed, {} attempts settled): {} writes in the books, \
             {} of them unknown to the journal; attempts {:?}",
            self.two_way_runs,
            self.killed_runs,
            self.settled,
            self.books,
            self.unknown_made,
            self.outcomes
        )?;
        write!(f, "  errors {:?}", self.errors)
    }
}
