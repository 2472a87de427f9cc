//! The name and the abilities of a connector.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::detail::Detail;
use crate::two_way::DateFields;

/// The connector, the account that it reads, and what it offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConnectorInfo {
    /// The connector's name, such as `superops`; stable.
    pub vendor: Cow<'static, str>,
    /// The product's name for people, such as `SuperOps`.
    pub product: Cow<'static, str>,
    /// The one account these credentials open.
    pub instance: String,
    /// Its abilities.
    pub capabilities: Capabilities,
}

impl ConnectorInfo {
    /// A connector called `vendor` to the account `instance` of `product`.
    #[must_use]
    pub fn new(
        vendor: impl Into<Cow<'static, str>>,
        product: impl Into<Cow<'static, str>>,
        instance: impl Into<String>,
        capabilities: Capabilities,
    ) -> Self {
        Self {
            vendor: vendor.into(),
            product: product.into(),
            instance: instance.into(),
            capabilities,
        }
    }
}

/// The abilities of a connector. What is not declared answers `unsupported`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Capabilities {
    /// Software assets are listed.
    pub software: bool,
    /// The origin of check-in times.
    pub check_in: CheckInSupport,
    /// The detail that [`AssetQuery::detail`](crate::AssetQuery::detail) can add.
    pub detail: Detail,
    /// The dates it can write.
    pub two_way: DateFields,
}

impl Capabilities {
    /// Nothing beyond assets and customers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether software assets are listed.
    #[must_use]
    pub fn software(mut self, offered: bool) -> Self {
        self.software = offered;
        self
    }

    /// Sets where check-in times come from.
    #[must_use]
    pub fn check_in(mut self, support: CheckInSupport) -> Self {
        self.check_in = support;
        self
    }

    /// Sets what detail can be added.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// Sets the dates that can be written.
    #[must_use]
    pub fn two_way(mut self, fields: DateFields) -> Self {
        self.two_way = fields;
        self
    }
}

/// The origin of a connector's check-in times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckInSupport {
    /// The vendor has none.
    #[default]
    None,
    /// From a field that the user has to name.
    Configured,
    /// From the vendor's own agent.
    Agent,
}

crate::words!(CheckInSupport {
    None => "none",
    Configured => "configured",
    Agent => "agent",
});
