//! HP's JSON as it is.
//!
//! Seen: recorded answers of public clients.

use lmsync_core::json::{LenientObject, OneOrMany, Scalar, lenient_u64};
use serde::{Deserialize, Serialize};

/// One machine of a job.
#[derive(Debug, Serialize)]
pub(super) struct Asked<'a> {
    pub(super) sn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pn: Option<&'a str>,
}

/// A job.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Job {
    pub(super) job_id: Scalar,
    pub(super) status: Scalar,
    /// Seconds until its end; often too many.
    #[serde(deserialize_with = "lenient_u64")]
    pub(super) estimated_time: Option<u64>,
}

/// One machine of a job's results.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Machine {
    /// Of a machine that HP does not know. Seen: by one client.
    pub(super) sn: Scalar,
    pub(super) pn: Scalar,
    pub(super) product: LenientObject<Product>,
    pub(super) offers: OneOrMany<LenientObject<Offer>>,
}

/// The product that a machine is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Product {
    pub(super) serial_number: Scalar,
    pub(super) product_description: Scalar,
    pub(super) product_number: Scalar,
}

/// One line.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Offer {
    pub(super) offer_description: Scalar,
    pub(super) offer_product_identifier: Scalar,
    pub(super) service_obligation_type_code: Scalar,
    pub(super) service_obligation_line_item_start_date: Scalar,
    pub(super) service_obligation_line_item_end_date: Scalar,
}
