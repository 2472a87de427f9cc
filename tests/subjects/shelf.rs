//! An account of the connector of `examples/own_connector`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync::two_way::{AssetDates, DateField};
use lmsync::{Connector, Environment, Result, TwoWaySync};
use lmsync_testkit::conformance::{
    Profile, Subject, Treatment, TwoWaySubject, TwoWayVendor, Vendor,
};
use lmsync_testkit::fleet::{Fleet, FleetSpec};

use crate::connector::Shelf;
use crate::simulator::ShelfSimulator;

pub(crate) const KEY: &str = "she1f-key-canary-9d02";

pub(crate) struct ShelfSubject;

impl Subject for ShelfSubject {
    type Vendor = ShelfSimulator;

    fn profile() -> Profile {
        Profile::numbered(50)
    }

    fn vendor(assets: usize, now: DateTime<Utc>) -> ShelfSimulator {
        ShelfSimulator::new(Fleet::new(FleetSpec::new(assets, now)), KEY)
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
        Self::connect_with_secret(environment, KEY)
    }

    fn connect_with_secret(environment: &Environment, secret: &str) -> Result<Arc<dyn Connector>> {
        let shelf = Shelf::connect_in(environment, "https://shelf.example", secret, "acme")?;
        Ok(Arc::new(shelf))
    }

    fn secrets() -> Vec<String> {
        vec![KEY.to_owned()]
    }
}

impl Vendor for ShelfSimulator {
    fn asset_ids(&self) -> BTreeSet<String> {
        let machines = self.machines.indices().iter();
        machines
            .map(|index| self.machines.id_of(*index).to_string())
            .collect()
    }

    fn customer_ids(&self) -> BTreeSet<String> {
        let fleet = self.machines.fleet();
        (0..fleet.customers())
            .map(|index| fleet.customer(index).id.to_string())
            .collect()
    }

    fn checked_in_at(&self, id: &str) -> Option<DateTime<Utc>> {
        let index = self.machines.index_of(id.parse().ok()?)?;
        self.machines.machine(index)?.last_check_in
    }

    fn remove_asset(&mut self, id: &str) {
        let index = id.parse().ok().and_then(|id| self.machines.index_of(id));
        if let Some(index) = index {
            self.machines.remove(index);
        }
    }

    fn insert_asset(&mut self) -> String {
        let index = self.machines.insert_at(0);
        self.machines.id_of(index).to_string()
    }

    fn refuse_next(&mut self, requests: usize) {
        self.refuse_next = requests;
    }

    fn forbid_reading_assets(&mut self) {
        self.may_read_machines = false;
    }

    fn budget(&self) -> (usize, Duration) {
        (120, Duration::from_secs(60))
    }

    fn writes(&self) -> usize {
        self.changes.values().sum()
    }
}

impl TwoWaySubject for ShelfSubject {
    fn connect_two_way(environment: &Environment) -> Result<Arc<dyn TwoWaySync>> {
        let shelf = Shelf::connect_in(environment, "https://shelf.example", KEY, "acme")?;
        Ok(Arc::new(shelf))
    }
}

impl TwoWayVendor for ShelfSimulator {
    fn held_dates(&self, id: &str) -> AssetDates {
        let index = id.parse().ok().and_then(|id| self.machines.index_of(id));
        let machine = index.and_then(|index| self.machines.machine(index));
        AssetDates::new(machine.and_then(|machine| machine.purchased), None)
    }

    fn hold_dates(&mut self, id: &str, dates: AssetDates) {
        let day = dates.get(DateField::PurchaseDate).day();
        if let Some(index) = id.parse().ok().and_then(|id| self.machines.index_of(id)) {
            self.machines
                .change(index, |machine| machine.purchased = day);
        }
    }

    fn date_writes(&self, id: &str) -> usize {
        let index = id.parse().ok().and_then(|id| self.machines.index_of(id));
        index.map_or(0, |index| {
            self.changes.get(&index).copied().unwrap_or_default()
        })
    }

    fn treat_dates(&mut self, treatment: Treatment) {
        self.treatment = treatment;
    }

    fn forbid_writing(&mut self) {
        self.may_change_machines = false;
    }
}
