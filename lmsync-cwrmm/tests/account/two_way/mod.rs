//! Dates in custom fields: found, written, read back.

mod fields;
mod outcome;
mod permission;
mod writing;

use chrono::NaiveDate;
use lmsync_core::two_way::{DateChange, DateField, WriteSource};
use lmsync_cwrmm::CwRmmConfig;
use lmsync_testkit::Fault;
use lmsync_testkit::cwrmm::Definition;
use serde_json::Value;

use crate::stage::{Stage, stage_of, stage_with};

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

/// An account of ten devices, none of which holds a date.
fn bare() -> Stage {
    stage_of(10, 2)
}

fn bare_with(config: CwRmmConfig) -> Stage {
    stage_with(10, 2, |_| {}, config)
}

/// What is asked of an account that dates are written to.
trait DatesStage {
    fn ids(&self) -> Vec<String>;

    fn first(&self) -> String {
        self.ids().remove(0)
    }

    /// The text that a device has in a custom field.
    fn text(&self, id: &str, name: &str) -> Option<String>;

    fn define(&self, change: impl FnOnce(&mut Vec<Definition>));

    /// The names of the account's custom fields.
    fn names(&self) -> Vec<String>;

    /// Gets both tokens, and then lets `fault` happen to request `number` from now.
    async fn inject(&self, number: usize, fault: Fault);

    /// The bodies of the requests that set values.
    fn bodies(&self) -> Vec<Value>;

    /// The scopes of each token that was asked for.
    fn scopes(&self) -> Vec<String>;
}

impl DatesStage for Stage {
    fn ids(&self) -> Vec<String> {
        self.truth().into_iter().collect()
    }

    fn text(&self, id: &str, name: &str) -> Option<String> {
        self.change(|vendor| vendor.custom_field(id, name))
    }

    fn define(&self, change: impl FnOnce(&mut Vec<Definition>)) {
        self.change(|vendor| change(vendor.definitions()));
    }

    fn names(&self) -> Vec<String> {
        self.change(|vendor| {
            let all = vendor.definitions().iter();
            all.map(|definition| definition.name.clone()).collect()
        })
    }

    async fn inject(&self, number: usize, fault: Fault) {
        assert!(self.check_two_way().await.ok());
        self.faults.inject(self.faults.sent() + number, fault);
    }

    fn bodies(&self) -> Vec<Value> {
        let sent = self.sent("custom-fields").into_iter();
        sent.filter(|request| request.method == "PUT")
            .map(|request| serde_json::from_slice(&request.body).unwrap())
            .collect()
    }

    fn scopes(&self) -> Vec<String> {
        let asked = self.sent("v1/token").into_iter();
        asked
            .map(|request| serde_json::from_slice::<Value>(&request.body).unwrap())
            .map(|body| body["scope"].as_str().unwrap().to_owned())
            .collect()
    }
}
