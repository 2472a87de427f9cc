//! The simulated account as the conformance suite handles it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Product, SuperOpsSimulator, ids};
use crate::conformance::Vendor;

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
