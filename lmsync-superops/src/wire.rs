//! SuperOps' JSON as it is: lenient, with no meaning added.
//!
//! Field names are those of the vendor's reference; association fields are JSON
//! scalars there, so an id in them may come as a number.

use chrono::NaiveDate;
use lmsync_core::graphql::Envelope;
use lmsync_core::json::{
    LenientObject, Members, OneOrMany, Rows, Scalar, StrictObject, lenient_bool, lenient_u64,
};
use serde::{Deserialize, Serialize};

/// An answer with data of the type `T`.
pub(crate) type Answered<T> = Envelope<T, Extensions>;

/// What SuperOps adds to an error.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Extensions {
    #[serde(default)]
    pub(crate) client_error: OneOrMany<ClientError>,
    #[serde(default)]
    pub(crate) classification: Scalar,
}

/// One reason, machine-readable.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ClientError {
    #[serde(default)]
    pub(crate) code: Scalar,
    #[serde(default)]
    pub(crate) param: LenientObject<ClientErrorParam>,
}

/// What the reason is about.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ClientErrorParam {
    #[serde(default)]
    pub(crate) attributes: OneOrMany<Scalar>,
}

/// The data of a query with one root field; `R` is that field's type.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Root<R> {
    #[serde(
        default = "Option::default",
        alias = "getAsset",
        alias = "getAssetList",
        alias = "getAssetSoftwareList",
        alias = "getAssetSummary",
        alias = "getClientList",
        alias = "getDepartmentList",
        alias = "updateAsset"
    )]
    pub(crate) field: Option<R>,
    /// Some answers carry the reasons of a failure here.
    #[serde(default)]
    pub(crate) extensions: Option<Extensions>,
}

/// A page of a list, its rows read or unread.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List<L> {
    #[serde(
        default = "Option::default",
        alias = "assets",
        alias = "assetSoftwares",
        alias = "clients",
        bound(deserialize = "L: Deserialize<'de>")
    )]
    pub(crate) rows: Option<Rows<L>>,
    #[serde(default)]
    pub(crate) list_info: Option<StrictObject<ListInfo>>,
}

/// Where a page stands in its list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListInfo {
    #[serde(default, deserialize_with = "lenient_u64")]
    pub(crate) page_size: Option<u64>,
    #[serde(default, deserialize_with = "lenient_bool")]
    pub(crate) has_more: Option<bool>,
    #[serde(default, deserialize_with = "lenient_u64")]
    pub(crate) total_count: Option<u64>,
}

/// One asset. `client` and `deviceCategory` are of the MSP product, `department` of the IT product.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Asset {
    pub(crate) asset_id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) asset_class: LenientObject<Reference>,
    pub(crate) client: LenientObject<Reference>,
    pub(crate) department: LenientObject<Reference>,
    pub(crate) site: LenientObject<Reference>,
    pub(crate) requester: LenientObject<Reference>,
    pub(crate) device_category: LenientObject<Reference>,
    pub(crate) primary_mac: Scalar,
    pub(crate) logged_in_user: Scalar,
    pub(crate) serial_number: Scalar,
    pub(crate) manufacturer: Scalar,
    pub(crate) model: Scalar,
    pub(crate) host_name: Scalar,
    pub(crate) public_ip: Scalar,
    pub(crate) gateway: Scalar,
    pub(crate) platform: Scalar,
    pub(crate) domain: Scalar,
    pub(crate) status: Scalar,
    pub(crate) last_communicated_time: Scalar,
    pub(crate) agent_version: Scalar,
    pub(crate) patch_status: Scalar,
    pub(crate) platform_family: Scalar,
    pub(crate) platform_category: Scalar,
    pub(crate) platform_version: Scalar,
    pub(crate) warranty_expiry_date: Scalar,
    pub(crate) purchased_date: Scalar,
    pub(crate) custom_fields: LenientObject<Members>,
}

/// The dates of one asset. Neither may be missing: what was not sent is not empty.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssetDates {
    /// Whose they are.
    pub(crate) asset_id: Scalar,
    pub(crate) purchased_date: Scalar,
    pub(crate) warranty_expiry_date: Scalar,
}

/// New dates for one asset, `YYYY-MM-DD`. `None` is not sent, so that the date stays;
/// `Some(None)` is sent as null, which clears it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssetUpdate<'a> {
    pub(crate) asset_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) purchased_date: Option<Option<NaiveDate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warranty_expiry_date: Option<Option<NaiveDate>>,
}

/// Another record, by id and name; the id's key depends on what it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Reference {
    id: Scalar,
    account_id: Scalar,
    class_id: Scalar,
    department_id: Scalar,
    software_id: Scalar,
    user_id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) email: Scalar,
    pub(crate) manufacturer: Scalar,
}

impl Reference {
    /// The id, by whichever of its keys it came.
    pub(crate) fn id(&self) -> &Scalar {
        let ids = [
            &self.id,
            &self.account_id,
            &self.class_id,
            &self.department_id,
            &self.software_id,
            &self.user_id,
        ];
        let told = ids.into_iter().find(|id| id.text().is_some());
        told.unwrap_or(&self.id)
    }
}

/// A client of the MSP product or a department of the IT product.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Customer {
    account_id: Scalar,
    department_id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) stage: Scalar,
}

impl Customer {
    /// The id, by whichever of its keys it came.
    pub(crate) fn id(&self) -> &Scalar {
        match self.account_id.text() {
            Some(_) => &self.account_id,
            None => &self.department_id,
        }
    }
}

/// What a call per asset adds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Summary {
    pub(crate) cpu: LenientObject<Cpu>,
    pub(crate) memory: LenientObject<Memory>,
    pub(crate) disk: LenientObject<Disks>,
    pub(crate) asset_interface: LenientObject<Interface>,
    pub(crate) last_user_log: LenientObject<Login>,
}

/// Who was last logged in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Login {
    pub(crate) name: Scalar,
}

/// The processor.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Cpu {
    pub(crate) cpu_name: Scalar,
    pub(crate) max_speed: LenientObject<Measure>,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) physical_core: Option<u64>,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) logical_core: Option<u64>,
    pub(crate) architecture: Scalar,
}

/// The memory.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Memory {
    pub(crate) total_memory: LenientObject<Measure>,
}

/// The disks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Disks {
    pub(crate) disks: OneOrMany<LenientObject<Disk>>,
    pub(crate) total_size: LenientObject<Measure>,
}

/// One volume.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Disk {
    pub(crate) drive: Scalar,
    pub(crate) disc_type: Scalar,
    pub(crate) size: LenientObject<Measure>,
    pub(crate) free_size: LenientObject<Measure>,
}

/// The network adapter in use.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Interface {
    pub(crate) name: Scalar,
    pub(crate) adapter_name: Scalar,
    pub(crate) mac: Scalar,
    pub(crate) ipv4_address: Scalar,
    pub(crate) ipv6_address: Scalar,
}

/// A measured value: exact, and as shown with a unit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Measure {
    pub(crate) actual_value: Scalar,
    pub(crate) value: Scalar,
    pub(crate) unit: Scalar,
}

/// A program installed on an asset.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Software {
    pub(crate) id: Scalar,
    pub(crate) software: LenientObject<Reference>,
    pub(crate) version: Scalar,
    pub(crate) installed_date: Scalar,
    pub(crate) bit_version: Scalar,
    pub(crate) installed_path: Scalar,
}
