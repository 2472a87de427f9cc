//! The people an MSP works for.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use super::record_tag::RecordTag;
use super::source::{Ref, Source};

/// A customer: the vendor's client, company, organisation or department.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(rename = "Customer", transform = RecordTag("customer"))
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "customer")]
#[non_exhaustive]
pub struct Customer {
    /// Where the record comes from.
    pub source: Source,
    /// The name; not unique, compare ids.
    pub name: String,
    /// Whether the customer is a current one; `None` when the vendor does not say.
    pub active: Option<bool>,
    /// The vendor's word for the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_raw: Option<String>,
    /// The customer's sites; `None` when the connector does not list them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sites: Option<Vec<Ref>>,
}

impl Customer {
    /// A customer called `name`, not known whether active.
    #[must_use]
    pub fn new(source: Source, name: impl Into<String>) -> Self {
        Self {
            source,
            name: name.into(),
            active: None,
            state_raw: None,
            sites: None,
        }
    }
}
