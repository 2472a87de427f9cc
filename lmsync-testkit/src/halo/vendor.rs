//! The simulated account as the conformance suite handles it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync_core::two_way::AssetDates;

use super::{EDIT_ASSETS, HaloSimulator, ids};
use crate::conformance::{Treatment, TwoWayVendor, Vendor};
use crate::simulator::RollingLimit;

impl Vendor for HaloSimulator {
    fn asset_ids(&self) -> BTreeSet<String> {
        Self::asset_ids(self).into_iter().collect()
    }

    fn customer_ids(&self) -> BTreeSet<String> {
        let fleet = self.population().fleet();
        (0..fleet.customers())
            .map(|index| ids::customer(fleet.customer(index).id).to_string())
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
        self.misbehaviour().throttle_next = requests;
    }

    fn forbid_reading_assets(&mut self) {
        self.permissions().assets = false;
    }

    fn budget(&self) -> (usize, Duration) {
        let most = self.limit.as_ref().map_or(usize::MAX, RollingLimit::limit);
        (most, Duration::from_secs(5 * 60))
    }

    fn writes(&self) -> usize {
        self.writes
    }
}

/// An asset field that no date stands in.
const NEIGHBOUR: &str = "Domain";

impl TwoWayVendor for HaloSimulator {
    fn held_dates(&self, id: &str) -> AssetDates {
        self.account.held_dates(id)
    }

    fn hold_dates(&mut self, id: &str, dates: AssetDates) {
        self.account.hold_dates(id, &dates);
    }

    fn date_writes(&self, id: &str) -> usize {
        self.account.date_writes(id)
    }

    fn treat_dates(&mut self, treatment: Treatment) {
        self.misbehaviour().dates = treatment;
    }

    fn forbid_writing(&mut self) {
        self.tokens.untick(EDIT_ASSETS);
    }

    /// Another asset field; all of them go with a date that stands in one.
    fn neighbour(&self, id: &str) -> Option<String> {
        self.account.field_text(id, NEIGHBOUR)
    }

    fn set_neighbour(&mut self, id: &str, text: &str) {
        self.account.set_field(id, NEIGHBOUR, text.into());
    }
}
