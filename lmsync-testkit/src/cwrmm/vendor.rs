//! The simulated account as the conformance suite handles it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync_core::two_way::AssetDates;

use super::{CwRmmSimulator, ids};
use crate::conformance::{Treatment, TwoWayVendor, Vendor};

impl Vendor for CwRmmSimulator {
    fn asset_ids(&self) -> BTreeSet<String> {
        Self::asset_ids(self).into_iter().collect()
    }

    fn customer_ids(&self) -> BTreeSet<String> {
        let fleet = self.population().fleet();
        (0..fleet.customers())
            .map(|index| ids::company(fleet.customer(index).id))
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
        self.key()
            .scopes
            .retain(|scope| !matches!(*scope, "platform.devices.read" | "platform.asset.read"));
    }

    fn budget(&self) -> (usize, Duration) {
        let most = self
            .limit
            .as_ref()
            .map_or(usize::MAX, |limit| limit.limit());
        (most, Duration::from_secs(5 * 60))
    }

    fn writes(&self) -> usize {
        self.writes
    }
}

impl TwoWayVendor for CwRmmSimulator {
    fn held_dates(&self, id: &str) -> AssetDates {
        self.account.held_dates(id)
    }

    fn hold_dates(&mut self, id: &str, dates: AssetDates) {
        self.account.hold_dates(id, &dates);
    }

    fn date_writes(&self, id: &str) -> usize {
        let index = self.index(id);
        let writes = index.and_then(|index| self.account.fields.date_writes.get(&index));
        writes.copied().unwrap_or_default()
    }

    fn treat_dates(&mut self, treatment: Treatment) {
        self.account.fields.treatment = treatment;
    }

    /// A token request with the scope is refused as a whole from now on.
    fn forbid_writing(&mut self) {
        self.key()
            .scopes
            .remove("platform.custom_fields_values.write");
    }
}
