//! Halo's JSON as it is: lenient, with no meaning added.
//!
//! Names are those of the vendor's own description of its API. Base64 icons and
//! logos are passed over unread.

use std::collections::BTreeMap;

use lmsync_core::json::{LenientObject, OneOrMany, Rows, Scalar, lenient_bool, lenient_u64};
use lmsync_core::model::RawJson;
use serde::{Deserialize, Serialize};

/// A page of a list, its rows read or unread.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct View<L> {
    #[serde(
        default = "Option::default",
        alias = "assets",
        alias = "clients",
        alias = "licences",
        alias = "sites",
        bound(deserialize = "L: Deserialize<'de>")
    )]
    pub(crate) rows: Option<Rows<L>>,
    #[serde(default, deserialize_with = "lenient_u64")]
    pub(crate) page_size: Option<u64>,
    #[serde(default, deserialize_with = "lenient_u64")]
    pub(crate) record_count: Option<u64>,
    #[serde(default, rename = "_warning")]
    pub(crate) warning: Scalar,
}

/// One asset, of a list or alone; alone it holds more.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asset {
    pub(crate) id: Scalar,
    pub(crate) inventory_number: Scalar,
    pub(crate) key_field: Scalar,
    pub(crate) key_field2: Scalar,
    pub(crate) key_field3: Scalar,
    pub(crate) client_id: Scalar,
    pub(crate) client_name: Scalar,
    pub(crate) site_id: Scalar,
    pub(crate) site_name: Scalar,
    pub(crate) username: Scalar,
    pub(crate) users: OneOrMany<LenientObject<User>>,
    pub(crate) assettype_id: Scalar,
    pub(crate) assettype_name: Scalar,
    pub(crate) assetgroup_name: Scalar,
    pub(crate) status_name: Scalar,
    #[serde(deserialize_with = "lenient_bool")]
    pub(crate) inactive: Option<bool>,
    pub(crate) manufacturer_name: Scalar,
    pub(crate) item_name: Scalar,
    pub(crate) supplier_name: Scalar,
    pub(crate) supplier_reference: Scalar,
    pub(crate) supplier_purchasedate: Scalar,
    pub(crate) supplier_expirydate: Scalar,
    pub(crate) stock_date: Scalar,
    pub(crate) stockdate: Scalar,
    pub(crate) commissiondate: Scalar,
    pub(crate) contract_end_date: Scalar,
    pub(crate) warranty_start: Scalar,
    pub(crate) warranty_end: Scalar,
    pub(crate) labour_warranty_start: Scalar,
    pub(crate) labour_warranty_end: Scalar,
    pub(crate) warranty_note: Scalar,
    pub(crate) item_cost: Scalar,
    pub(crate) contract_id: Scalar,
    pub(crate) contract_ref: Scalar,
    pub(crate) parent_id: Scalar,
    pub(crate) connectwisermm_id: Scalar,
    pub(crate) datto_id: Scalar,
    pub(crate) intune_id: Scalar,
    pub(crate) ninjarmm_id: Scalar,
    pub(crate) syncro_id: Scalar,
    pub(crate) syncroid: Scalar,
    pub(crate) intune_lastsyncdatetime: Scalar,
    #[serde(rename = "ethernetMacAddress")]
    pub(crate) ethernet_mac_address: Scalar,
    #[serde(rename = "physicalMemoryInBytes")]
    pub(crate) physical_memory_in_bytes: Scalar,
    pub(crate) last_modified: Scalar,
    pub(crate) dlastupdate: Scalar,
    pub(crate) changehistory_last_updated: Scalar,
    pub(crate) changehistory_created_date: Scalar,
    pub(crate) fields: Option<OneOrMany<LenientObject<Field>>>,
    pub(crate) customfields: Option<OneOrMany<LenientObject<Field>>>,
    /// Only alone: what is installed.
    pub(crate) software: Option<OneOrMany<LenientObject<Program>>>,
    #[serde(rename = "_warning")]
    pub(crate) warning: Scalar,
}

impl Asset {
    /// Whether the asset fields came along.
    pub(crate) fn has_fields(&self) -> bool {
        self.fields
            .as_ref()
            .is_some_and(|fields| !fields.0.is_empty())
    }
}

/// A field that the tenant defined.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Field {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) value: Option<RawJson>,
    pub(crate) display: Scalar,
}

/// What is to become of an asset. Properties that are not named stay as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct AssetChange {
    /// Without it Halo makes a new asset.
    pub(crate) id: u64,
    #[serde(flatten)]
    pub(crate) properties: BTreeMap<&'static str, String>,
    /// All or none: a field that is missing among others may lose its value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) fields: Vec<FieldValue>,
}

/// The value of an asset field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FieldValue {
    pub(crate) id: u64,
    pub(crate) value: RawJson,
}

/// What Halo answers to a change: the asset, of which the id matters.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Changed {
    pub(crate) id: Scalar,
}

/// Someone an asset is assigned to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) emailaddress: Scalar,
}

/// A program installed on an asset.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Program {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) licence_name: Scalar,
    pub(crate) version: Scalar,
    pub(crate) install_date: Scalar,
}

/// A type of assets, as the tenant defined it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AssetType {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) assetgroup_name: Scalar,
    #[serde(deserialize_with = "lenient_bool")]
    pub(crate) is_service: Option<bool>,
    #[serde(deserialize_with = "lenient_bool")]
    pub(crate) is_businessapp: Option<bool>,
    pub(crate) fields: Option<OneOrMany<Scalar>>,
    pub(crate) field_list: Option<OneOrMany<Scalar>>,
}

/// A customer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Client {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    #[serde(deserialize_with = "lenient_bool")]
    pub(crate) inactive: Option<bool>,
}

/// A site of a customer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Site {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) client_id: Scalar,
}

/// A software licence or subscription.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Licence {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) count: Option<u64>,
    pub(crate) client_id: Scalar,
    pub(crate) client_name: Scalar,
    pub(crate) manufacturer: Scalar,
    pub(crate) vendor: Scalar,
    pub(crate) start_date: Scalar,
    pub(crate) end_date: Scalar,
    pub(crate) product_sku: Scalar,
}

/// An id, unless it is one of those that mean "none".
pub(crate) fn id(scalar: &Scalar) -> Option<String> {
    id_text(scalar).map(ToOwned::to_owned)
}

/// The text of an id, unless it is one of those that mean "none".
pub(crate) fn id_text(scalar: &Scalar) -> Option<&str> {
    let text = scalar.id()?;
    let text = text.strip_suffix(".0").unwrap_or(text);
    let is_none = matches!(text, "0" | "") || text.starts_with('-');
    (!is_none).then_some(text)
}

/// An id as the number that it is.
pub(crate) fn number(scalar: &Scalar) -> Option<u64> {
    id(scalar)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_nothing_are_none() {
        for (json, expected) in [
            ("12", Some("12")),
            ("\"12\"", Some("12")),
            ("12.0", Some("12")),
            ("\"12.0\"", Some("12")),
            ("0", None),
            ("-1", None),
            ("\"-1\"", None),
            ("\"\"", None),
            ("null", None),
            ("{}", None),
        ] {
            let scalar: Scalar = serde_json::from_str(json).unwrap();
            assert_eq!(id(&scalar).as_deref(), expected, "{json}");
        }
    }
}
