//! Software: what is installed on an asset, and what a customer holds licences for.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::issue::Issue;
use super::source::{Ref, Source};

/// A program installed on an asset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledSoftware {
    /// The program's name.
    pub name: String,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The day it was installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_on: Option<NaiveDate>,
    /// The architecture it was built for, in the vendor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// Where it is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The vendor's id of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<String>,
}

/// A software asset: a licence or subscription that a customer holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "software")]
#[non_exhaustive]
pub struct Software {
    /// Where the record comes from.
    pub source: Source,
    /// The product.
    pub name: String,
    /// Who made it.
    pub publisher: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Who holds it.
    pub customer: Option<Ref>,
    /// How many may use it.
    pub seats: Option<u64>,
    /// The first day.
    pub start_date: Option<NaiveDate>,
    /// The last day.
    pub end_date: Option<NaiveDate>,
    /// What was odd about the vendor's record.
    pub issues: Vec<Issue>,
}

impl Software {
    /// A software asset called `name`, all else unknown.
    #[must_use]
    pub fn new(source: Source, name: impl Into<String>) -> Self {
        Self {
            source,
            name: name.into(),
            publisher: None,
            version: None,
            customer: None,
            seats: None,
            start_date: None,
            end_date: None,
            issues: Vec::new(),
        }
    }
}
