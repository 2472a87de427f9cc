//! The simulated account as the conformance suite handles it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync_core::model::DateReader;
use lmsync_core::two_way::{AssetDates, DateField, HeldDate};
use serde_json::{Map, Value, json};

use super::SyncroSimulator;
use super::asset::{PURCHASE_DATE, WARRANTY_EXPIRY};
use crate::conformance::{Treatment, TwoWayVendor, Vendor};

impl Vendor for SyncroSimulator {
    fn asset_ids(&self) -> BTreeSet<String> {
        Self::asset_ids(self).into_iter().collect()
    }

    /// Without the right to list them, customers are seen through their assets alone.
    fn customer_ids(&self) -> BTreeSet<String> {
        let customers = match self.permissions.list_customers {
            true => self.visible_customers(),
            false => {
                let owner = |index: &usize| self.owner(*index);
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

/// The dates, and the properties that hold them.
const DATES: [(DateField, &[&str]); 2] = [
    (DateField::PurchaseDate, &PURCHASE_DATE),
    (DateField::WarrantyExpiry, &WARRANTY_EXPIRY),
];

/// A property that no date stands in.
const NEIGHBOUR: &str = "Location Notes";

impl TwoWayVendor for SyncroSimulator {
    fn held_dates(&self, id: &str) -> AssetDates {
        let properties = self.properties(id).unwrap_or_default();
        DATES
            .iter()
            .fold(AssetDates::default(), |dates, (field, keys)| {
                dates.with(*field, held(&properties, keys))
            })
    }

    /// A date stays in the property that has it.
    fn hold_dates(&mut self, id: &str, dates: AssetDates) {
        let Some(mut properties) = self.properties(id) else {
            return;
        };
        for (field, keys) in DATES {
            let text = match dates.get(field) {
                HeldDate::Empty => None,
                HeldDate::Day(day) => Some(day.to_string()),
                HeldDate::Unreadable(text) => Some(text.clone()),
            };
            put(&mut properties, keys, text);
        }
        self.set_properties(id, properties);
    }

    fn date_writes(&self, id: &str) -> usize {
        let writes = |index: usize| self.date_writes.get(&index).copied();
        self.index(id).and_then(writes).unwrap_or_default()
    }

    fn treat_dates(&mut self, treatment: Treatment) {
        self.treatment = treatment;
    }

    /// Another property.
    fn neighbour(&self, id: &str) -> Option<String> {
        let properties = self.properties(id)?;
        properties.get(NEIGHBOUR)?.as_str().map(ToOwned::to_owned)
    }

    fn set_neighbour(&mut self, id: &str, text: &str) {
        if let Some(mut properties) = self.properties(id) {
            properties.insert(NEIGHBOUR.to_owned(), json!(text));
            self.set_properties(id, properties);
        }
    }

    /// Takes it from the key and from its user, so that `GET /me` tells.
    fn forbid_writing(&mut self) {
        let permissions = self.permissions();
        permissions.edit_assets = false;
        permissions.user_edits = false;
    }
}

/// The first day in the properties `keys`, or else the first text.
fn held(properties: &Map<String, Value>, keys: &[&str]) -> HeldDate {
    let reader = DateReader::new(DateTime::UNIX_EPOCH);
    let texts = keys.iter().filter_map(|key| properties.get(*key)?.as_str());
    let mut held = texts.map(|text| HeldDate::read(&reader, text));
    let is_day = |held: &HeldDate| held.day().is_some();
    let is_text = |held: &HeldDate| *held != HeldDate::Empty;
    held.clone()
        .find(is_day)
        .or_else(|| held.find(is_text))
        .unwrap_or_default()
}

/// Leaves `text` in one of the properties `keys` and nothing in the others.
fn put(properties: &mut Map<String, Value>, keys: &[&str], text: Option<String>) {
    let is_there = |key: &&&str| properties.contains_key(**key);
    let key = keys.iter().find(is_there).or(keys.first()).copied();
    for key in keys {
        properties.remove(*key);
    }
    if let (Some(key), Some(text)) = (key, text) {
        properties.insert(key.to_owned(), json!(text));
    }
}
