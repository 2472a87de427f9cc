//! Cisco's JSON as it is; names and addresses of a contract's site are not read.
//!
//! Documented: <https://developer.cisco.com/docs/support-apis/serial-number-to-information/>.

use lmsync_core::json::{LenientObject, OneOrMany, Scalar, lenient_u64};
use serde::Deserialize;
use serde_json::value::RawValue;

/// One page of a coverage summary.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Summary<'a> {
    #[serde(borrow)]
    pub(super) serial_numbers: Option<&'a RawValue>,
    pub(super) pagination_response_record: LenientObject<Pagination>,
    #[serde(rename = "ErrorResponse")]
    pub(super) error: LenientObject<ErrorResponse>,
}

/// The place of a page among the others.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pagination {
    #[serde(deserialize_with = "lenient_u64")]
    pub(super) last_index: Option<u64>,
}

/// The errors of a request, or with one row.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorResponse {
    #[serde(rename = "APIError")]
    pub(super) errors: OneOrMany<LenientObject<ApiError>>,
}

/// One thing that went wrong.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct ApiError {
    pub(super) error_code: Scalar,
    pub(super) error_description: Scalar,
}

/// One machine.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Machine {
    pub(super) sr_no: Scalar,
    pub(super) is_covered: Scalar,
    pub(super) warranty_type: Scalar,
    pub(super) warranty_end_date: Scalar,
    pub(super) covered_product_line_end_date: Scalar,
    pub(super) service_line_descr: Scalar,
    pub(super) base_pid_list: OneOrMany<LenientObject<BasePid>>,
    pub(super) orderable_pid_list: OneOrMany<LenientObject<OrderablePid>>,
    #[serde(rename = "ErrorResponse")]
    pub(super) error: LenientObject<ErrorResponse>,
}

/// The product number of a family.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BasePid {
    pub(super) base_pid: Scalar,
}

/// A product number that can be ordered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OrderablePid {
    pub(super) orderable_pid: Scalar,
    pub(super) item_description: Scalar,
}

impl ErrorResponse {
    /// The first thing that went wrong, where one is named.
    pub(super) fn first(&self) -> Option<&ApiError> {
        self.errors.0.iter().find_map(LenientObject::value)
    }
}
