//! The simulated account as the conformance suite handles it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::SyncroSimulator;
use crate::conformance::Vendor;

impl Vendor for SyncroSimulator {
    fn asset_ids(&self) -> BTreeSet<String> {
        Self::asset_ids(self).into_iter().collect()
    }

    /// Without the right to list them, customers are seen through their assets alone.
    fn customer_ids(&self) -> BTreeSet<String> {
        let customers = match self.permissions.list_customers {
            true => self.visible_customers(),
            false => {
                let owner = |index: &usize| self.population.customer_of(*index);
                self.visible().iter().map(owner).collect()
            }
        };
        customers.into_iter().map(Self::customer_id).collect()
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
        let permissions = self.permissions();
        permissions.list_assets = false;
        permissions.view_assets = false;
    }

    fn budget(&self) -> (usize, Duration) {
        let most = self
            .limit
            .as_ref()
            .map_or(usize::MAX, |limit| limit.limit());
        (most, Duration::from_secs(60))
    }

    fn writes(&self) -> usize {
        self.writes
    }
}
