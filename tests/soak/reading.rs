//! What is read in a round, and what must hold of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::future::join;
use lmsync::listing::{Checkpoint, Listed, RecordStream};
use lmsync::model::{Asset, AssetId, Customer, DateReader, IssueCode, Software};
use lmsync::two_way::{AssetDates, DateField, HeldDate};
use lmsync::{
    AssetQuery, CheckInSupport, CheckInWindow, CheckScope, Error, ErrorKind, NeverCheckedIn,
    SyncSummary, TwoWaySync,
};

use crate::account::Account;

/// Whether a fault kept the connector from learning when the asset checked in.
fn is_check_in_untold(asset: &Asset) -> bool {
    let mut issues = asset.issues.iter();
    issues.any(|issue| issue.code == IssueCode::Truncated && issue.field == "last_check_in")
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
                    let id = record.vendor_id().to_owned();
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

impl Account {
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

    pub(crate) async fn full_sync(&mut self, connector: &dyn TwoWaySync) {
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

    pub(crate) async fn sync_within_a_window(&mut self, connector: &dyn TwoWaySync) {
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
    pub(crate) async fn sync_of_a_changing_account(&mut self, connector: &dyn TwoWaySync) {
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

    pub(crate) async fn read_single_assets(&mut self, connector: &dyn TwoWaySync) {
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
            .iter()
            .copied()
            .filter_map(|field| Some((field, held.get(field).day()?)))
            .fold(held.clone(), |held, (field, day)| {
                held.with(field, HeldDate::read(&reader, day.to_string().as_str()))
            })
    }

    pub(crate) async fn check(&mut self, connector: &dyn TwoWaySync) {
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
}
