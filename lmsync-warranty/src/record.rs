//! A maker's record of one machine.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::line::WarrantyLine;
use crate::maker::Maker;

/// A maker's record of one machine, without any judgement: all lines, those that do not count too.
///
/// Names and addresses of owners and sites are no part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WarrantyRecord {
    /// The maker.
    pub maker: Maker,
    /// The maker's words for the product: line, family, description.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub product: Vec<String>,
    /// The product numbers that the maker names, as it writes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub product_numbers: Vec<String>,
    /// The day of purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchased: Option<NaiveDate>,
    /// The day on which the maker sent it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped: Option<NaiveDate>,
    /// All lines, in the order of the answer, which means nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<WarrantyLine>,
}

impl WarrantyRecord {
    /// A machine of `maker` of which nothing else is known.
    #[must_use]
    pub fn new(maker: Maker) -> Self {
        Self {
            maker,
            product: Vec::new(),
            product_numbers: Vec::new(),
            purchased: None,
            shipped: None,
            lines: Vec::new(),
        }
    }
}
