//! One line of a file of dates.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use lmsync_core::model::{AssetId, clean_id};
use lmsync_core::two_way::{Claim, ClaimSource, DateField};
use lmsync_core::{Error, Result};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The dates that somebody says one asset has: a line of a file of dates.
///
/// ```
/// use lmsync::dates::DateLine;
///
/// let line: DateLine = r#"{"serial":"AB12","purchase_date":"2024-03-01","source":"manual"}"#.parse()?;
/// assert_eq!(line.purchase_date, Some("2024-03-01".parse().ok()));
/// assert_eq!(line.warranty_expiry, None);
/// # Ok::<(), lmsync::Error>(())
/// ```
///
/// Plain data: whoever looks dates up makes it, and its JSON form is what is read.
#[derive(Debug, Clone, PartialEq)]
pub struct DateLine {
    /// The asset.
    pub asset: DateLineAsset,
    /// The day of the purchase; `None` where nothing is said about it, `Some(None)` where it is named without
    /// a day, which asks for nothing, since a date is never cleared.
    pub purchase_date: Option<Option<NaiveDate>>,
    /// The end of the warranty, alike.
    pub warranty_expiry: Option<Option<NaiveDate>>,
    /// The source of both: a lookup or a person.
    pub source: DateSource,
    /// The words of a lookup about how it came by them; nothing here reads it.
    pub via: Option<Value>,
}

/// The source of a line's dates.
///
/// Complete: dates that were read from a vendor are never written to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateSource {
    /// A manufacturer's warranty lookup.
    Lookup,
    /// A person.
    Manual,
}

lmsync_core::words!(DateSource {
    Lookup => "lookup",
    Manual => "manual",
});

/// The name of an asset in a line.
///
/// Complete: the file has these two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateLineAsset {
    /// By its id.
    ById {
        /// The connector, where the line names it.
        connector: Option<String>,
        /// The account.
        instance: String,
        /// The id.
        id: AssetId,
        /// Its serial number, for people: the id counts.
        serial: Option<String>,
    },
    /// By its serial number.
    BySerial {
        /// The serial number.
        serial: String,
        /// The only account to look in.
        instance: Option<String>,
    },
}

impl DateLine {
    /// The claims that it makes, known at `now`.
    #[must_use]
    pub fn claims(&self, now: DateTime<Utc>) -> Vec<Claim> {
        let source = match self.source {
            DateSource::Lookup => ClaimSource::Lookup,
            DateSource::Manual => ClaimSource::Manual,
        };
        let days = self.given().into_iter();
        days.filter_map(|(field, given)| {
            Some(Claim {
                field,
                day: given??,
                source: source.clone(),
                observed_at: now,
            })
        })
        .collect()
    }

    /// The fields that are named without a day.
    #[must_use]
    pub fn blank(&self) -> Vec<DateField> {
        let fields = self.given().into_iter();
        let blank = fields.filter(|(_, given)| *given == Some(None));
        blank.map(|(field, _)| field).collect()
    }

    fn given(&self) -> [(DateField, Option<Option<NaiveDate>>); 2] {
        [
            (DateField::PurchaseDate, self.purchase_date),
            (DateField::WarrantyExpiry, self.warranty_expiry),
        ]
    }
}

/// A line as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    asset: Option<AssetKey>,
    serial: Option<String>,
    #[serde(default, deserialize_with = "named")]
    purchase_date: Option<Option<String>>,
    #[serde(default, deserialize_with = "named")]
    warranty_expiry: Option<Option<String>>,
    source: DateSource,
    via: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetKey {
    connector: Option<String>,
    #[serde(default)]
    parent_ids: BTreeMap<String, String>,
    instance: Option<String>,
    vendor_id: Option<String>,
    serial: Option<String>,
}

/// Tells a key with null from one that is not there.
fn named<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl FromStr for DateLine {
    type Err = Error;

    /// Reads a line.
    ///
    /// # Errors
    /// `config` when it cannot be meant.
    fn from_str(line: &str) -> Result<Self> {
        let line: Written =
            serde_json::from_str(line).map_err(|error| Error::config(error.to_string()))?;
        let read = Self {
            purchase_date: day(DateField::PurchaseDate, line.purchase_date)?,
            warranty_expiry: day(DateField::WarrantyExpiry, line.warranty_expiry)?,
            asset: asset(line.asset, line.serial)?,
            source: line.source,
            via: line.via,
        };
        match (read.purchase_date, read.warranty_expiry) {
            (None, None) => Err(Error::config(
                "neither purchase_date nor warranty_expiry is given",
            )),
            _ => Ok(read),
        }
    }
}

fn asset(key: Option<AssetKey>, serial: Option<String>) -> Result<DateLineAsset> {
    let key = key.unwrap_or_default();
    match (key.instance, key.vendor_id, serial.or(key.serial)) {
        (Some(instance), Some(vendor_id), serial) => Ok(DateLineAsset::ById {
            connector: key.connector,
            instance,
            id: AssetId {
                vendor_id: clean_id(&vendor_id).unwrap_or_default().to_owned(),
                parent_ids: key.parent_ids,
            },
            serial,
        }),
        (instance, None, Some(serial)) => Ok(DateLineAsset::BySerial { serial, instance }),
        _ => Err(Error::config(
            "name the asset by \"asset\":{\"instance\",\"vendor_id\"} or by \"serial\"",
        )),
    }
}

/// A day written `YYYY-MM-DD` and nothing else.
fn day(field: DateField, given: Option<Option<String>>) -> Result<Option<Option<NaiveDate>>> {
    let Some(Some(text)) = given else {
        return Ok(given.map(|_| None));
    };
    let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok();
    let day = day.filter(|day| text.len() == 10 && day.to_string() == text);
    let told = || {
        Error::config(format!(
            "{field}: \"{text}\" is no day of the calendar, written YYYY-MM-DD"
        ))
    };
    day.ok_or_else(told).map(|day| Some(Some(day)))
}

#[derive(Serialize)]
struct ShownKey<'l> {
    #[serde(skip_serializing_if = "Option::is_none")]
    connector: Option<&'l str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'l str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor_id: Option<&'l str>,
    #[serde(skip_serializing_if = "no_parents")]
    parent_ids: Option<&'l BTreeMap<String, String>>,
}

fn no_parents(parents: &Option<&BTreeMap<String, String>>) -> bool {
    parents.is_none_or(BTreeMap::is_empty)
}

/// Writes the line as it is read.
impl Serialize for DateLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_map(None)?;
        let (key, serial) = match &self.asset {
            DateLineAsset::ById {
                connector,
                instance,
                id,
                serial,
            } => {
                let key = ShownKey {
                    connector: connector.as_deref(),
                    instance: Some(instance),
                    vendor_id: Some(&id.vendor_id),
                    parent_ids: Some(&id.parent_ids),
                };
                (Some(key), serial.as_deref())
            }
            DateLineAsset::BySerial { serial, instance } => {
                let key = instance.as_deref().map(|instance| ShownKey {
                    connector: None,
                    instance: Some(instance),
                    vendor_id: None,
                    parent_ids: None,
                });
                (key, Some(serial.as_str()))
            }
        };
        if let Some(key) = key {
            line.serialize_entry("asset", &key)?;
        }
        if let Some(serial) = serial {
            line.serialize_entry("serial", serial)?;
        }
        for (field, given) in self.given() {
            if let Some(day) = given {
                line.serialize_entry(field.as_str(), &day)?;
            }
        }
        line.serialize_entry("source", &self.source)?;
        if let Some(via) = &self.via {
            line.serialize_entry("via", via)?;
        }
        line.end()
    }
}
