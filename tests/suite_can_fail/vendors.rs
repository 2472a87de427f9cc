//! What can be wrong with a simulated vendor.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};
use lmsync::two_way::AssetDates;
use lmsync_testkit::Simulator;
use lmsync_testkit::conformance::{Treatment, TwoWayVendor, Vendor};

/// How a vendor does not do what it is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slip {
    ShowsNoAssets,
    AlwaysHasAnAsset,
    HasOneCustomer,
    DeletesNothing,
    DeletesTwo,
    AddsNothing,
    AddsTwo,
    NamesAnotherThanItAdded,
    RefusesNothing,
    RefusesOneMore,
    AllowsNothing,
    AllowsAnythingInNoTime,
    CountsNoWrites,
}

/// A vendor with a slip, if any.
pub(crate) struct SlippingVendor<V> {
    pub(crate) vendor: V,
    pub(crate) slip: Option<Slip>,
}

impl<V> SlippingVendor<V> {
    fn slips(&self, slip: Slip) -> bool {
        self.slip == Some(slip)
    }
}

impl<V: Simulator> Simulator for SlippingVendor<V> {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        self.vendor.respond(request, now)
    }
}

impl<V: Vendor> Vendor for SlippingVendor<V> {
    fn asset_ids(&self) -> BTreeSet<String> {
        match self.slip {
            Some(Slip::ShowsNoAssets) => BTreeSet::new(),
            Some(Slip::AlwaysHasAnAsset) if self.vendor.asset_ids().is_empty() => {
                BTreeSet::from(["1".to_owned()])
            }
            _ => self.vendor.asset_ids(),
        }
    }

    fn customer_ids(&self) -> BTreeSet<String> {
        let mut ids = self.vendor.customer_ids();
        if self.slips(Slip::HasOneCustomer) {
            ids = ids.into_iter().take(1).collect();
        }
        ids
    }

    fn checked_in_at(&self, id: &str) -> Option<DateTime<Utc>> {
        self.vendor.checked_in_at(id)
    }

    fn remove_asset(&mut self, id: &str) {
        if self.slips(Slip::DeletesNothing) {
            return;
        }
        self.vendor.remove_asset(id);
        if self.slips(Slip::DeletesTwo) {
            let other = self.vendor.asset_ids().pop_first();
            self.vendor.remove_asset(&other.expect("another asset"));
        }
    }

    fn insert_asset(&mut self) -> String {
        let first = self.vendor.asset_ids().pop_first();
        let first = first.expect("an asset");
        if self.slips(Slip::AddsNothing) {
            return first;
        }
        if self.slips(Slip::AddsTwo) {
            self.vendor.insert_asset();
        }
        let added = self.vendor.insert_asset();
        match self.slip {
            Some(Slip::NamesAnotherThanItAdded) => first,
            _ => added,
        }
    }

    fn refuse_next(&mut self, requests: usize) {
        match self.slip {
            Some(Slip::RefusesNothing) => {}
            Some(Slip::RefusesOneMore) => self.vendor.refuse_next(requests + 1),
            _ => self.vendor.refuse_next(requests),
        }
    }

    fn forbid_reading_assets(&mut self) {
        self.vendor.forbid_reading_assets();
    }

    fn budget(&self) -> (usize, Duration) {
        let (most, window) = self.vendor.budget();
        match self.slip {
            Some(Slip::AllowsNothing) => (0, window),
            Some(Slip::AllowsAnythingInNoTime) => (most, Duration::ZERO),
            _ => (most, window),
        }
    }

    fn writes(&self) -> usize {
        match self.slip {
            Some(Slip::CountsNoWrites) => 0,
            _ => self.vendor.writes(),
        }
    }
}

impl<V: TwoWayVendor> TwoWayVendor for SlippingVendor<V> {
    fn held_dates(&self, id: &str) -> AssetDates {
        self.vendor.held_dates(id)
    }

    fn hold_dates(&mut self, id: &str, dates: AssetDates) {
        self.vendor.hold_dates(id, dates);
    }

    fn date_writes(&self, id: &str) -> usize {
        self.vendor.date_writes(id)
    }

    fn treat_dates(&mut self, treatment: Treatment) {
        self.vendor.treat_dates(treatment);
    }

    fn forbid_writing(&mut self) {
        self.vendor.forbid_writing();
    }

    fn neighbour(&self, id: &str) -> Option<String> {
        self.vendor.neighbour(id)
    }

    fn set_neighbour(&mut self, id: &str, text: &str) {
        self.vendor.set_neighbour(id, text);
    }
}
