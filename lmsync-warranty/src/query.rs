//! Questions to a maker.

use serde::{Deserialize, Serialize};

/// A machine that a maker is asked about.
///
/// Plain data: callers make it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WarrantyQuery {
    /// The serial number, trimmed and in upper case.
    pub serial: String,
    /// HP product number, Lenovo machine type or Cisco PID, where it is known; in upper case.
    pub product_number: Option<String>,
    /// The model as the tool tells it, to compare with the product that the maker names.
    pub model: Option<String>,
}

/// The part of a query by which its answer is found: two queries with the same key are one.
///
/// Plain data: a serial number and a product number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueryKey {
    /// The serial number, trimmed and in upper case.
    pub serial: String,
    /// The product number, where it is known; in upper case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_number: Option<String>,
}

impl WarrantyQuery {
    /// The query for `serial` alone.
    ///
    /// ```
    /// use lmsync_warranty::WarrantyQuery;
    ///
    /// let query = WarrantyQuery::new(" 7xkq2t3 ").product_number("5d1b0ut");
    /// assert_eq!(query.serial, "7XKQ2T3");
    /// assert_eq!(query.product_number.as_deref(), Some("5D1B0UT"));
    /// ```
    #[must_use]
    pub fn new(serial: &str) -> Self {
        Self {
            serial: normal(serial),
            ..Self::default()
        }
    }

    /// Sets the product number; what follows a `#` in it is a country's variant and left out.
    #[must_use]
    pub fn product_number(mut self, number: &str) -> Self {
        let base = number.split('#').next().unwrap_or_default();
        self.product_number = Some(normal(base)).filter(|number| !number.is_empty());
        self
    }

    /// Sets the model.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// The key by which its answer is found.
    #[must_use]
    pub fn key(&self) -> QueryKey {
        QueryKey {
            serial: self.serial.clone(),
            product_number: self.product_number.clone(),
        }
    }
}

/// A serial or product number, to be compared.
pub(crate) fn normal(number: &str) -> String {
    number.trim().to_uppercase()
}
