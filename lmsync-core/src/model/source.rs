//! The origin of a record, and references to records.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use super::date_json;
use super::raw::RawJson;
use super::text::{clean, trim_unseen};

/// The origin of a record.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Source {
    /// The connector's name, such as `superops`.
    pub connector: String,
    /// The one account these credentials open.
    pub instance: String,
    /// The vendor's id; opaque, always text.
    #[serde(deserialize_with = "read_cleaned")]
    pub vendor_id: String,
    /// What a later single read or write needs besides the id, such as `company_id`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parent_ids: BTreeMap<String, String>,
    /// The record's page in the vendor's portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When the record was read.
    #[serde(serialize_with = "date_json::serialize")]
    pub fetched_at: DateTime<Utc>,
    /// When the vendor last changed the record.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "date_json::option::serialize"
    )]
    pub vendor_updated_at: Option<DateTime<Utc>>,
    /// The vendor's record, untouched; only on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<RawJson>,
}

impl Source {
    /// The source of the record `vendor_id` read from `instance` of `connector`. What is around the
    /// id and cannot be seen is no part of it.
    #[must_use]
    pub fn new(
        connector: impl Into<String>,
        instance: impl Into<String>,
        vendor_id: impl Into<String>,
        fetched_at: DateTime<Utc>,
    ) -> Self {
        Self {
            connector: connector.into(),
            instance: instance.into(),
            vendor_id: cleaned(vendor_id.into()),
            parent_ids: BTreeMap::new(),
            url: None,
            fetched_at,
            vendor_updated_at: None,
            raw: None,
        }
    }
}

/// The ids by which one asset is read or written at its vendor.
///
/// Plain data: callers make it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AssetId {
    /// The vendor's id; opaque.
    #[serde(deserialize_with = "read_id")]
    pub vendor_id: String,
    /// Further ids some vendors need, such as `company_id`; from [`Source::parent_ids`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parent_ids: BTreeMap<String, String>,
}

impl<T: Into<String>> From<T> for AssetId {
    fn from(vendor_id: T) -> Self {
        Self {
            vendor_id: vendor_id.into(),
            parent_ids: BTreeMap::new(),
        }
    }
}

/// A reference to another of the vendor's records.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ref {
    /// The vendor's id; opaque.
    #[serde(deserialize_with = "read_cleaned")]
    pub id: String,
    /// The name at the time of reading; not unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address, of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The address, of a site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Box<Address>>,
}

/// An address, as far as it tells where a machine is.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Address {
    /// The town or city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The country, in the vendor's words or as its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl Ref {
    /// A reference to `id`, called `name`. What is around the id and cannot be seen is no part of it.
    #[must_use]
    pub fn new(id: impl Into<String>, name: Option<String>) -> Self {
        Self {
            id: cleaned(id.into()),
            name,
            email: None,
            address: None,
        }
    }

    /// Sets the e-mail address, of a person.
    #[must_use]
    pub fn with_email(self, email: Option<String>) -> Self {
        Self { email, ..self }
    }

    /// Sets the address, of a site; none where neither is known.
    #[must_use]
    pub fn with_address(self, city: Option<&str>, country: Option<&str>) -> Self {
        let [city, country] = [city, country].map(|text| text.and_then(clean));
        let address = Address { city, country };
        let is_known = address != Address::default();
        Self {
            address: is_known.then(|| Box::new(address)),
            ..self
        }
    }
}

/// The id without what is no part of it; the same text where there is nothing to take away.
fn cleaned(id: String) -> String {
    match trim_unseen(&id) {
        clean if clean.len() == id.len() => id,
        clean => clean.to_owned(),
    }
}

/// Reads an id; one of nothing that can be seen stands for no record.
pub(crate) fn read_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = String::deserialize(deserializer)?;
    match trim_unseen(&id) {
        "" => Err(D::Error::invalid_value(Unexpected::Str(&id), &"an id")),
        _ => Ok(id),
    }
}

/// Reads an id as the constructors take it.
fn read_cleaned<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    read_id(deserializer).map(cleaned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_around_an_id_make_no_other_record() {
        let now = DateTime::UNIX_EPOCH;
        for id in ["17", "\u{feff}17", "17\u{200e}", " 17\u{200b}\n"] {
            assert_eq!(Source::new("a", "b", id, now).vendor_id, "17", "{id:?}");
            assert_eq!(Ref::new(id, None).id, "17", "{id:?}");
            let json = serde_json::json!({ "id": id });
            let read: Ref = serde_json::from_value(json).unwrap();
            assert_eq!(read.id, "17", "{id:?}");
        }
    }

    #[test]
    fn an_id_of_nothing_is_not_read() {
        for id in ["", " ", "\u{feff}\n"] {
            let json = serde_json::json!({ "vendor_id": id });
            let error = serde_json::from_value::<AssetId>(json).unwrap_err();
            assert!(error.to_string().contains("an id"), "{error}");
        }
    }
}
