//! The parts of a record that move by themselves, and its JSON form without them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::asset::Asset;
use super::customer::Customer;
use super::hardware::Disk;
use super::issue::Issue;
use super::members::{Members, Picked};
use super::raw::RawJson;
use super::software::Software;
use super::text::clean;
use crate::tenant_fields::TenantField;

/// Fields that change though nobody changed the asset; issues name them so, too.
pub(super) const MOVING: &[&str] = &[
    "source.fetched_at",
    "source.vendor_updated_at",
    "source.raw",
    "connectivity",
    "last_check_in",
    "check_in_basis",
    "last_boot_at",
    "pending_reboot",
    "patch_status",
    "disks.free_bytes",
];

/// The name among the custom fields of what `asset` has its check-in from.
pub(super) fn check_in_field(asset: &Asset) -> Option<Cow<'_, str>> {
    let name = asset.tenant_fields.get(&TenantField::LastCheckIn)?;
    if asset.custom_fields.contains_key(name) {
        return Some(Cow::Borrowed(name));
    }
    clean(name).map(Cow::Owned)
}

/// What stays of `asset`, whose check-in is from the custom field `check_in_field`.
pub(super) fn still_asset<'a>(
    asset: &'a Asset,
    check_in_field: Option<&'a str>,
) -> impl Serialize + 'a {
    let parts = Parts {
        disks: &asset.disks,
        custom_fields: Some(&asset.custom_fields),
        check_in_field,
        issues: &asset.issues,
    };
    Picked::new(asset, parts)
}

/// What stays of `software`.
pub(super) fn still_software(software: &Software) -> impl Serialize {
    let parts = Parts {
        issues: &software.issues,
        ..Parts::default()
    };
    Picked::new(software, parts)
}

/// What stays of `customer`.
pub(super) fn still_customer(customer: &Customer) -> impl Serialize {
    Picked::new(customer, Parts::default())
}

/// The members of a record that are looked into.
#[derive(Default)]
struct Parts<'a> {
    disks: &'a [Disk],
    custom_fields: Option<&'a BTreeMap<String, RawJson>>,
    check_in_field: Option<&'a str>,
    issues: &'a [Issue],
}

impl Members for Parts<'_> {
    fn member<S: SerializeStruct, T: Serialize + ?Sized>(
        &self,
        out: &mut S,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        match key {
            "source" => out.serialize_field(key, &Picked::new(value, Inside("source"))),
            "disks" => out.serialize_field(key, &StillDisks(self.disks)),
            "custom_fields" => match self.still_fields() {
                Some(fields) => out.serialize_field(key, &fields),
                None => out.skip_field(key),
            },
            "issues" => out.serialize_field(key, &StillIssues(self.issues)),
            _ if MOVING.contains(&key) => out.skip_field(key),
            _ => out.serialize_field(key, value),
        }
    }
}

impl<'a> Parts<'a> {
    /// The custom fields, unless none is left.
    fn still_fields(&self) -> Option<StillFields<'a>> {
        let (fields, moving) = (self.custom_fields?, self.check_in_field);
        let left_out = moving.is_some_and(|name| fields.contains_key(name));
        let is_empty = fields.len() == usize::from(left_out);
        (!is_empty).then_some(StillFields { fields, moving })
    }
}

/// The members of an object inside a record.
struct Inside(&'static str);

impl Inside {
    fn is_moving(&self, key: &str) -> bool {
        let inside = |field: &&'static str| field.strip_prefix(self.0)?.strip_prefix('.');
        MOVING.iter().filter_map(inside).any(|moving| moving == key)
    }
}

impl Members for Inside {
    fn member<S: SerializeStruct, T: Serialize + ?Sized>(
        &self,
        out: &mut S,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        if self.is_moving(key) {
            out.skip_field(key)
        } else {
            out.serialize_field(key, value)
        }
    }
}

struct StillDisks<'a>(&'a [Disk]);

impl Serialize for StillDisks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let disks = self.0.iter();
        serializer.collect_seq(disks.map(|disk| Picked::new(disk, Inside("disks"))))
    }
}

struct StillFields<'a> {
    fields: &'a BTreeMap<String, RawJson>,
    moving: Option<&'a str>,
}

impl Serialize for StillFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.fields.iter();
        serializer.collect_map(fields.filter(|(name, _)| Some(name.as_str()) != self.moving))
    }
}

struct StillIssues<'a>(&'a [Issue]);

impl Serialize for StillIssues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let issues = self.0.iter();
        serializer.collect_seq(issues.filter(|issue| !MOVING.contains(&issue.field.as_str())))
    }
}
