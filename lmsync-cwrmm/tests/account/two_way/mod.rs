//! Dates in custom fields: found, written, read back.

mod fields;
mod outcome;
mod permission;
mod writing;

use chrono::NaiveDate;
use lmsync_core::two_way::{
    AssetDates, DateChange, DateField, TwoWaySync, WriteReport, WriteSource,
};
use lmsync_core::{Check, CheckReport, CheckScope, Connector, Environment, Error};
use lmsync_cwrmm::CwRmmConfig;
use lmsync_testkit::Fault;
use lmsync_testkit::conformance::{TwoWayVendor, Vendor};
use lmsync_testkit::cwrmm::{CwRmmSimulator, Definition};
use serde_json::Value;

use crate::stage::Stage;

const DEFINITIONS_WRITE: &str = "platform.custom_fields_definitions.write";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn purchase(asset: &str, old: Option<&str>, new: &str) -> DateChange {
    let old = old.map(day);
    DateChange::new(asset).set(DateField::PurchaseDate, old, day(new), WriteSource::Manual)
}

fn expiry(asset: &str, old: Option<&str>, new: &str) -> DateChange {
    let old = old.map(day);
    DateChange::new(asset).set(
        DateField::WarrantyExpiry,
        old,
        day(new),
        WriteSource::Lookup,
    )
}

/// New dates for a device that holds none.
fn both(asset: &str) -> DateChange {
    purchase(asset, None, "2024-05-31").set(
        DateField::WarrantyExpiry,
        None,
        day("2027-05-31"),
        WriteSource::Lookup,
    )
}

impl Stage {
    /// An account of ten devices, none of which holds a date.
    fn bare() -> Self {
        Self::new(10, 2)
    }

    fn bare_with(config: CwRmmConfig) -> Self {
        Self::with(10, 2, |_| {}, config)
    }

    fn ids(&self) -> Vec<String> {
        self.truth().into_iter().collect()
    }

    fn first(&self) -> String {
        self.ids().remove(0)
    }

    fn held(&self, id: &str) -> AssetDates {
        self.vendor.simulator().with(|vendor| vendor.held_dates(id))
    }

    fn hold(&self, id: &str, dates: AssetDates) {
        self.change(|vendor| vendor.hold_dates(id, dates));
    }

    /// The text that a device has in a custom field.
    fn text(&self, id: &str, name: &str) -> Option<String> {
        let simulator = self.vendor.simulator();
        simulator.with(|vendor| vendor.custom_field(id, name))
    }

    fn date_writes(&self, id: &str) -> usize {
        self.vendor
            .simulator()
            .with(|vendor| vendor.date_writes(id))
    }

    fn writes(&self) -> usize {
        self.vendor
            .simulator()
            .with(|vendor| Vendor::writes(vendor))
    }

    fn define(&self, change: impl FnOnce(&mut Vec<Definition>)) {
        self.change(|vendor| change(vendor.definitions()));
    }

    fn names(&self) -> Vec<String> {
        let names = |vendor: &mut CwRmmSimulator| {
            let all = vendor.definitions().iter();
            all.map(|definition| definition.name.clone()).collect()
        };
        self.vendor.simulator().with(names)
    }

    async fn write(&self, change: &DateChange) -> WriteReport {
        self.account.write_dates(change).await.unwrap()
    }

    async fn refusal(&self, change: &DateChange) -> Error {
        self.account.write_dates(change).await.unwrap_err()
    }

    async fn check_two_way(&self) -> CheckReport {
        self.account.check(CheckScope::two_way()).await
    }

    /// Gets both tokens, and then lets `fault` happen to request `number` from now.
    async fn inject(&self, number: usize, fault: Fault) {
        assert!(self.check_two_way().await.ok());
        self.faults.inject(self.faults.sent() + number, fault);
    }

    /// The bodies of the requests that set values.
    fn bodies(&self) -> Vec<Value> {
        let sent = self.sent("custom-fields").into_iter();
        sent.filter(|request| request.method == "PUT")
            .map(|request| serde_json::from_slice(&request.body).unwrap())
            .collect()
    }

    /// The scopes of each token that was asked for.
    fn scopes(&self) -> Vec<String> {
        let asked = self.sent("v1/token").into_iter();
        asked
            .map(|request| serde_json::from_slice::<Value>(&request.body).unwrap())
            .map(|body| body["scope"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn set_up(stage: &Stage, config: &CwRmmConfig) -> lmsync_cwrmm::CwRmm {
    let environment = Environment::new(
        std::sync::Arc::new(stage.faults.clone()),
        stage.clock.clone(),
    );
    config.connect_in(&environment).unwrap()
}

fn check<'r>(report: &'r CheckReport, name: &str) -> &'r Check {
    report
        .checks
        .iter()
        .find(|check| check.name == name)
        .unwrap()
}
