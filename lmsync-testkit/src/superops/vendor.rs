//! The simulated account as the conformance suite handles it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync_core::two_way::{AssetDates, DateField};

use super::{Product, SuperOpsSimulator, Writes, ids};
use crate::conformance::{Treatment, TwoWayVendor, Vendor};

impl Vendor for SuperOpsSimulator {
    fn asset_ids(&self) -> BTreeSet<String> {
        Self::asset_ids(self).into_iter().collect()
    }

    fn customer_ids(&self) -> BTreeSet<String> {
        let fleet = self.population().fleet();
        let id = match self.account.product {
            Product::Msp => ids::customer,
            Product::It => ids::department,
        };
        (0..fleet.customers())
            .map(|index| id(fleet.customer(index).id).to_string())
            .collect()
    }

    fn checked_in_at(&self, id: &str) -> Option<DateTime<Utc>> {
        self.machine(id)?.last_check_in
    }

    fn remove_asset(&mut self, id: &str) {
        Self::remove_asset(self, id);
    }

    fn insert_asset(&mut self) -> String {
        self.insert_asset_at(0)
    }

    fn refuse_next(&mut self, requests: usize) {
        self.misbehaviour().throttle_next = u32::try_from(requests).unwrap_or(u32::MAX);
    }

    fn forbid_reading_assets(&mut self) {
        self.permissions().assets = false;
    }

    fn budget(&self) -> (usize, Duration) {
        let most = self
            .limit
            .as_ref()
            .map_or(usize::MAX, |limit| limit.limit());
        (most, Duration::from_secs(60))
    }

    fn writes(&self) -> usize {
        self.mutations()
    }
}

impl TwoWayVendor for SuperOpsSimulator {
    fn held_dates(&self, id: &str) -> AssetDates {
        let Some(machine) = self.machine(id) else {
            return AssetDates::default();
        };
        let held = |field| self.account.held_date(&machine, field);
        AssetDates {
            purchase_date: held(DateField::PurchaseDate),
            warranty_expiry: held(DateField::WarrantyExpiry),
        }
    }

    fn hold_dates(&mut self, id: &str, dates: AssetDates) {
        let Some(index) = self.index(id) else {
            return;
        };
        for &field in DateField::ALL {
            self.account.hold_date(index, field, dates.get(field));
        }
    }

    fn date_writes(&self, id: &str) -> usize {
        let count = self
            .index(id)
            .and_then(|index| self.account.date_writes.get(&index));
        count.copied().unwrap_or_default()
    }

    fn treat_dates(&mut self, treatment: Treatment) {
        self.misbehaviour().writes = match treatment {
            Treatment::Keep => Writes::Made,
            Treatment::Ignore => Writes::Ignored,
            Treatment::Shift => Writes::DatesShifted(-1),
        };
    }

    fn forbid_writing(&mut self) {
        self.permissions().edit = false;
    }
}
