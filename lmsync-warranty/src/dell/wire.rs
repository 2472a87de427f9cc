//! Dell's JSON as it is.
//!
//! Seen: <https://github.com/WFord26/DellServiceEntitlements>.

use lmsync_core::json::{LenientObject, OneOrMany, Scalar, lenient_bool};
use serde::Deserialize;

/// One service tag.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Asset {
    pub(super) service_tag: Scalar,
    pub(super) ship_date: Scalar,
    pub(super) product_line_description: Scalar,
    pub(super) system_description: Scalar,
    #[serde(deserialize_with = "lenient_bool")]
    pub(super) invalid: Option<bool>,
    pub(super) entitlements: OneOrMany<LenientObject<Entitlement>>,
}

/// One line.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Entitlement {
    pub(super) start_date: Scalar,
    pub(super) end_date: Scalar,
    pub(super) entitlement_type: Scalar,
    pub(super) service_level_code: Scalar,
    pub(super) service_level_description: Scalar,
}
