//! Lenovo's JSON as it is.
//!
//! Documented: <https://supportapi.lenovo.com/documentation/Warranty.html>.

use lmsync_core::json::{LenientObject, OneOrMany, Scalar};
use serde::Deserialize;

/// One machine.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Machine {
    pub(super) serial: Scalar,
    /// A path: group, series, model, machine type, full number, serial number.
    pub(super) product: Scalar,
    pub(super) purchased: Scalar,
    pub(super) shipped: Scalar,
    pub(super) warranty: OneOrMany<LenientObject<Warranty>>,
    pub(super) contract: OneOrMany<LenientObject<Contract>>,
    /// The code of an error about this machine alone. Seen: by one client.
    pub(super) code: Scalar,
    /// The words of an error.
    pub(super) message: Scalar,
}

/// One line.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Warranty {
    #[serde(rename = "ID")]
    pub(super) id: Scalar,
    pub(super) name: Scalar,
    pub(super) description: Scalar,
    #[serde(rename = "Type")]
    pub(super) kind: Scalar,
    pub(super) start: Scalar,
    pub(super) end: Scalar,
}

/// One contract; old ones stay in the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Contract {
    pub(super) contract: Scalar,
    #[serde(rename = "SLA")]
    pub(super) sla: Scalar,
    pub(super) status: Scalar,
    pub(super) start: Scalar,
    pub(super) end: Scalar,
}
