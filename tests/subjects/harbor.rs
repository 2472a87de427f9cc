//! An account of the connector of `examples/cursor_connector`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync::two_way::{AssetDates, DateField};
use lmsync::{Connector, Environment, Result, Secret, TwoWaySync};
use lmsync_testkit::conformance::{
    Profile, Subject, Treatment, TwoWaySubject, TwoWayVendor, Vendor,
};
use lmsync_testkit::fleet::{Fleet, FleetSpec};

use crate::connector::Harbor;
use crate::simulator::{HarborSimulator, TOKEN};

const CLIENT: &str = "harbor-client-41d7";
const SECRET: &str = "h4rb0r-s3cret-canary-27c0";

pub(crate) struct HarborSubject;

impl Subject for HarborSubject {
    type Vendor = HarborSimulator;

    fn profile() -> Profile {
        Profile::cursors(50)
            .next_page_in_body("/next")
            .serials_with_detail_only()
            .without_counts()
            .sign_in_hosts(["login.harbor.example"])
    }

    fn vendor(assets: usize, now: DateTime<Utc>) -> HarborSimulator {
        HarborSimulator::new(Fleet::new(FleetSpec::new(assets, now)), CLIENT, SECRET)
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
        Self::connect_with_secret(environment, SECRET)
    }

    fn connect_with_secret(environment: &Environment, secret: &str) -> Result<Arc<dyn Connector>> {
        let secret = Secret::from(secret);
        let harbor = Harbor::connect_in(environment, CLIENT, &secret, "acme")?;
        Ok(Arc::new(harbor))
    }

    fn secrets() -> Vec<String> {
        let tokens = (1..=2).map(|number| format!("{TOKEN}{number}"));
        tokens.chain([SECRET.to_owned()]).collect()
    }
}

impl Vendor for HarborSimulator {
    fn asset_ids(&self) -> BTreeSet<String> {
        let devices = self.devices.indices().iter();
        devices
            .map(|index| self.devices.id_of(*index).to_string())
            .collect()
    }

    fn customer_ids(&self) -> BTreeSet<String> {
        let fleet = self.devices.fleet();
        (0..fleet.customers())
            .map(|index| fleet.customer(index).id.to_string())
            .collect()
    }

    fn checked_in_at(&self, id: &str) -> Option<DateTime<Utc>> {
        self.devices.machine(self.index_of(id)?)?.last_check_in
    }

    fn remove_asset(&mut self, id: &str) {
        if let Some(index) = self.index_of(id) {
            self.devices.remove(index);
        }
    }

    fn insert_asset(&mut self) -> String {
        let index = self.devices.insert_at(0);
        self.devices.id_of(index).to_string()
    }

    fn refuse_next(&mut self, requests: usize) {
        self.refuse_next = requests;
    }

    fn forbid_reading_assets(&mut self) {
        self.may_read_devices = false;
    }

    fn budget(&self) -> (usize, Duration) {
        (240, Duration::from_secs(60))
    }

    fn writes(&self) -> usize {
        self.changes.values().sum()
    }
}

impl TwoWaySubject for HarborSubject {
    fn connect_two_way(environment: &Environment) -> Result<Arc<dyn TwoWaySync>> {
        let secret = Secret::from(SECRET);
        let harbor = Harbor::connect_in(environment, CLIENT, &secret, "acme")?;
        Ok(Arc::new(harbor))
    }
}

impl TwoWayVendor for HarborSimulator {
    fn held_dates(&self, id: &str) -> AssetDates {
        let device = self.index_of(id);
        let device = device.and_then(|index| self.devices.machine(index));
        device.map_or_else(AssetDates::default, |device| {
            AssetDates::new(device.purchased, device.warranty_expiry)
        })
    }

    fn hold_dates(&mut self, id: &str, dates: AssetDates) {
        if let Some(index) = self.index_of(id) {
            self.devices.change(index, |device| {
                device.purchased = dates.get(DateField::PurchaseDate).day();
                device.warranty_expiry = dates.get(DateField::WarrantyExpiry).day();
            });
        }
    }

    fn date_writes(&self, id: &str) -> usize {
        let changes = self.index_of(id).and_then(|index| self.changes.get(&index));
        changes.copied().unwrap_or_default()
    }

    fn treat_dates(&mut self, treatment: Treatment) {
        self.treatment = treatment;
    }

    fn forbid_writing(&mut self) {
        self.may_change_devices = false;
    }
}
