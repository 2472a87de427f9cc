//! The connector of `examples/own_connector`, held to every promise that the kit knows.

#[path = "../examples/own_connector/connector.rs"]
mod connector;
#[path = "../examples/own_connector/simulator.rs"]
mod simulator;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync::{Connector, Environment, Result};
use lmsync_testkit::conformance::{Subject, Vendor};
use lmsync_testkit::fleet::{Fleet, FleetSpec};

use connector::Shelf;
use simulator::ShelfSimulator;

lmsync_testkit::conformance!(ShelfSubject);

const KEY: &str = "she1f-key-canary-9d02";

struct ShelfSubject;

impl Subject for ShelfSubject {
    type Vendor = ShelfSimulator;
    const PAGE_SIZE: usize = 50;

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
        // The vendor knows no request that changes anything.
        0
    }
}
