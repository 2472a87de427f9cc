//! The fields in which two readings of an asset differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::asset::Asset;
use super::moving::{check_in_field, still_asset};
use super::raw::RawJson;

/// A field of an asset that has another value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldChange {
    /// The place in the JSON form, such as `memory_bytes`, `os.version` or `custom_fields.Bay`; a list,
    /// such as `disks`, is one field.
    pub path: String,
    /// The JSON before; `None` where there was none.
    pub old: Option<RawJson>,
    /// The JSON now; `None` where there is none.
    pub new: Option<RawJson>,
}

impl fmt::Display for FieldChange {
    /// Both values as JSON, such as `memory_bytes: 8589934592 -> 17179869184`, `none` where there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown =
            |value: &Option<RawJson>| value.as_ref().map_or("none", RawJson::get).to_owned();
        write!(
            f,
            "{}: {} -> {}",
            self.path,
            shown(&self.old),
            shown(&self.new)
        )
    }
}

impl Asset {
    /// The fields in which the asset differs from `old`, an earlier reading of it, by their paths.
    ///
    /// Parts that move by themselves do not count, as in a [fingerprint](super::Fingerprint): there are changes
    /// where fingerprints differ. The custom field that holds the check-in is that of this
    /// reading, for both.
    ///
    /// ```
    /// # use chrono::DateTime;
    /// # use lmsync_core::model::{AssetDraft, CheckInBasis, Rules, Size, Source};
    /// # let (rules, now) = (Rules::default(), DateTime::UNIX_EPOCH);
    /// let read = |bytes, check_in| {
    ///     let mut draft = AssetDraft::new(Source::new("example", "acme", "17", now), &rules, now);
    ///     draft.memory(Size::Bytes(bytes)).last_check_in(check_in, CheckInBasis::AgentCheckIn);
    ///     draft.finish()
    /// };
    /// let old = read(8 << 30, "2026-03-30T08:00:00Z");
    /// let new = read(16 << 30, "2026-03-31T08:00:00Z");
    /// let changes = new.changes_since(&old);
    /// assert_eq!(changes.len(), 1);
    /// assert_eq!(changes[0].to_string(), "memory_bytes: 8589934592 -> 17179869184");
    /// ```
    #[must_use]
    pub fn changes_since(&self, old: &Self) -> Vec<FieldChange> {
        let check_in_field = check_in_field(self);
        let form = |asset| {
            serde_json::to_string(&still_asset(asset, check_in_field.as_deref()))
                .unwrap_or_default()
        };
        let (old, new) = (form(old), form(self));
        if old == new {
            return Vec::new();
        }
        compare(&members(&old), &members(&new), &|name, old, new| {
            if is_object(old) && is_object(new) {
                let (old, new) = (inner(old), inner(new));
                return compare(&old, &new, &|inner, old, new| {
                    vec![change(format!("{name}.{inner}"), old, new)]
                });
            }
            vec![change(name.to_owned(), old, new)]
        })
    }
}

type Json<'f> = Option<&'f RawValue>;
type Members<'f> = BTreeMap<String, &'f RawValue>;

/// The results of `changes` for each member that is not the same text on both sides.
fn compare(
    old: &Members<'_>,
    new: &Members<'_>,
    changes: &dyn Fn(&str, Json<'_>, Json<'_>) -> Vec<FieldChange>,
) -> Vec<FieldChange> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let text = |json: Json<'_>| json.map(|json| json.get().to_owned());
    let mut found = Vec::new();
    for name in names {
        let (old, new) = (old.get(name).copied(), new.get(name).copied());
        if text(old) != text(new) {
            found.extend(changes(name, old, new));
        }
    }
    found
}

fn change(path: String, old: Json<'_>, new: Json<'_>) -> FieldChange {
    let keep = |json: Json<'_>| json.map(|json| RawJson::from(json.to_owned()));
    FieldChange {
        path,
        old: keep(old),
        new: keep(new),
    }
}

/// The members of an object.
fn members(json: &str) -> Members<'_> {
    serde_json::from_str(json).unwrap_or_default()
}

fn inner(json: Json<'_>) -> Members<'_> {
    json.map(|json| members(json.get())).unwrap_or_default()
}

/// Tells whether `json` is an object; what is not there may be one.
fn is_object(json: Json<'_>) -> bool {
    json.is_none_or(|json| json.get().starts_with('{'))
}
