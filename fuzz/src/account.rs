//! One account, asked everything that a connector can be asked.

use std::collections::HashSet;
use std::fmt::Debug;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{Datelike, NaiveDate};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use lmsync::http::RetryPolicy;
use lmsync::listing::{Listed, RecordStream};
use lmsync::model::{Asset, AssetId};
use lmsync::two_way::{AssetDates, DateChange, DateField, WriteOutcome, WriteSource};
use lmsync::{
    AssetQuery, CheckInWindow, CheckScope, Connector, Detail, Environment, Result, SharedClock,
    SyncSummary, TwoWaySync,
};
use lmsync_testkit::conformance::run;
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{InMemory, Simulator, VirtualClock};

use crate::tamper::Tamper;
use crate::wire::{Tampered, Wire};
use crate::{assert_error_hides, assert_hides};

/// Longer than any call waits of its own accord.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);

/// A vendor's account, and what may not be found outside it.
pub(crate) struct Vendor {
    pub(crate) hosts: &'static [&'static str],
    /// What opens the account.
    pub(crate) secret: &'static str,
    /// What else the vendor gives away that lets somebody in.
    pub(crate) others: &'static [&'static str],
    pub(crate) simulate: fn(Fleet) -> Simulated,
    pub(crate) connect: fn(&Environment) -> Result<Arc<dyn TwoWaySync>>,
}

/// A simulator with one of its assets.
pub(crate) struct Simulated {
    simulator: Box<dyn Simulator>,
    asset: AssetId,
}

impl Simulated {
    pub(crate) fn new(simulator: impl Simulator, ids: Vec<String>) -> Self {
        Self {
            simulator: Box::new(simulator),
            asset: ids.into_iter().next().unwrap_or_default().into(),
        }
    }
}

/// Asks an account of `vendor` everything, with its answers tampered with.
pub(crate) fn exercise(vendor: &Vendor, tamper: Tamper) {
    run(async {
        let session = Session::open(vendor, tamper);
        // Any moment but the clock's first, where sums of times cannot overflow.
        session.clock.sleep(Duration::from_secs(2)).await;
        session.read().await;
        session.two_way().await;
        session.check().await;
    });
}

struct Session<'v> {
    vendor: &'v Vendor,
    connector: Arc<dyn TwoWaySync>,
    wire: Arc<Wire>,
    clock: SharedClock,
    asset: AssetId,
    secrets: Vec<&'static str>,
}

impl<'v> Session<'v> {
    fn open(vendor: &'v Vendor, tamper: Tamper) -> Self {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let fleet = Fleet::new(FleetSpec {
            customers: 2,
            ..FleetSpec::new(3, clock.now())
        });
        let Simulated { simulator, asset } = (vendor.simulate)(fleet);
        let answering = InMemory::new(Tampered(simulator), clock.clone());
        let wire = Arc::new(Wire::new(answering, tamper));
        // What the input makes up is no secret of the vendor's.
        let others = vendor.others.iter().filter(|other| !wire.says(other));
        let secrets = others.copied().chain([vendor.secret]).collect();
        let environment = Environment::new(wire.clone(), clock.clone()).retry(short());
        let connector = match (vendor.connect)(&environment) {
            Ok(connector) => connector,
            Err(error) => panic!("the account does not connect: {error}"),
        };
        Self {
            vendor,
            connector,
            wire,
            clock,
            asset,
            secrets,
        }
    }

    async fn read(&self) {
        let window = AssetQuery::new().window(CheckInWindow::DAYS_30).raw();
        let detailed = AssetQuery::new().detail(Detail::NONE.hardware().software());
        for query in [window, detailed] {
            let assets = self.list(self.connector.assets(query)).await;
            assets.iter().for_each(assert_asset);
        }
        self.list(self.connector.software(AssetQuery::new())).await;
        self.list(self.connector.customers()).await;
        if let Some(asset) = self.call(self.connector.asset(&self.asset)).await {
            assert_asset(&asset);
        }
    }

    async fn two_way(&self) {
        let held = self.call(self.connector.read_dates(&self.asset)).await;
        let change = change(&self.asset, &held.unwrap_or_default());
        let Some(report) = self.call(self.connector.write_dates(&change)).await else {
            return;
        };
        let detail = report.detail.unwrap_or_default();
        assert_hides(&without_what_is_held(&detail), &self.secrets);
        if report.outcome == WriteOutcome::Written {
            let held = report.held.unwrap_or_default();
            assert!(
                change.still_to_do(&held).is_empty(),
                "written is not held: {held:?}"
            );
        }
    }

    async fn check(&self) {
        let report = self
            .within(self.connector.check(CheckScope::two_way()))
            .await;
        assert!(!report.checks.is_empty());
        assert_hides(&format!("{report:?}"), &self.secrets);
        assert_hides(&format!("{:?}", self.connector), &self.secrets);
    }

    async fn call<T: Debug + Send>(
        &self,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Option<T> {
        match self.within(call).await {
            Ok(value) => Some(value),
            Err(error) => {
                assert_error_hides(&error, &self.secrets);
                None
            }
        }
    }

    async fn list<T: Listed>(&self, mut stream: RecordStream<T>) -> Vec<T> {
        let (mut records, mut failed) = (Vec::new(), false);
        while let Some(record) = self.within(stream.next()).await {
            assert!(!failed, "something comes after the error");
            match record {
                Ok(record) => records.push(record),
                Err(error) => {
                    failed = true;
                    assert_error_hides(&error, &self.secrets);
                }
            }
        }
        let summary = stream.summary();
        assert_eq!(summary.kept, records.len() as u64);
        assert!(!(failed && summary.complete), "complete with an error");
        assert_summary(&summary, failed, &self.secrets);
        assert_distinct(&records);
        records
    }

    /// What `work` comes to, which must be soon and from the vendor's hosts alone.
    async fn within<T>(&self, work: impl Future<Output = T> + Send) -> T
    where
        T: Send,
    {
        self.wire.next_call();
        let end = match select(pin!(work), self.clock.sleep(FOREVER)).await {
            Either::Left((end, _)) => end,
            Either::Right(_) => panic!("a call does not end"),
        };
        for address in self.wire.next_call() {
            // A vendor's own cursors and ids go back to it as they are.
            let mut secrets = self.secrets.clone();
            secrets.retain(|secret| !self.wire.repeats(secret));
            assert_hides(&address, &secrets);
            let url = url::Url::parse(&address).ok();
            let host = url.as_ref().and_then(url::Url::host_str);
            assert!(
                host.is_some_and(|host| self.vendor.hosts.contains(&host)),
                "a request to another host: {address}"
            );
        }
        end
    }
}

/// One more try, and patience for a few refusals.
fn short() -> RetryPolicy {
    let mut policy = RetryPolicy::never();
    policy.attempts = 2;
    policy.patience = Duration::from_secs(20);
    policy
}

fn change(asset: &AssetId, held: &AssetDates) -> DateChange {
    let days = [(2024, 2, 29), (2027, 12, 31)];
    let days = days.map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
    DateField::ALL
        .iter()
        .copied()
        .zip(days.into_iter().flatten())
        .fold(DateChange::new(asset.clone()), |change, (field, day)| {
            change.set(field, held.get(field).day(), day, WriteSource::Lookup)
        })
}

/// `told` without the text in a date's place, which is the account's own, whatever it says.
fn without_what_is_held(told: &str) -> String {
    let (before, after) = ("the vendor holds ", " now, where the plan saw");
    match (told.find(before), told.rfind(after)) {
        (Some(start), Some(end)) if start < end => format!("{}{}", &told[..start], &told[end..]),
        _ => told.to_owned(),
    }
}

fn assert_summary(summary: &SyncSummary, failed: bool, secrets: &[&str]) {
    assert_eq!(
        summary.complete,
        summary.incomplete_reason.is_none(),
        "{summary:?}"
    );
    let counted = summary.kept
        + summary.filtered_out
        + summary.never_checked_in_excluded
        + summary.rejected_total;
    // What a failure kept from being handed out was seen all the same.
    assert!(counted <= summary.seen, "{summary:?}");
    assert!(failed || counted == summary.seen, "{summary:?}");
    assert_hides(
        summary.incomplete_reason.as_deref().unwrap_or_default(),
        secrets,
    );
    assert!(summary.rejected.len() as u64 <= summary.rejected_total);
    for rejection in &summary.rejected {
        assert_hides(&rejection.reason, secrets);
    }
}

fn assert_distinct<T: Listed>(records: &[T]) {
    let mut ids = HashSet::new();
    for record in records {
        let id = record.vendor_id();
        assert!(ids.insert(id), "{id} comes twice");
    }
}

fn assert_asset(asset: &Asset) {
    assert!(!asset.name.is_empty());
    for key in &asset.identity {
        assert!(
            !key.value.is_empty() && key.value.trim() == key.value,
            "{key:?}"
        );
    }
    for day in [
        asset.purchase_date,
        asset.warranty_start,
        asset.warranty_expiry,
    ] {
        assert!(
            day.is_none_or(|day| (2..=9999).contains(&day.year())),
            "{day:?}"
        );
    }
    let read = serde_json::to_string(asset).map(|json| serde_json::from_str::<Asset>(&json));
    assert!(matches!(read, Ok(Ok(_))), "no JSON form: {read:?}");
}
