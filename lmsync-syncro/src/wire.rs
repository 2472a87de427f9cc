//! Syncro's JSON as it is: lenient, with no meaning added.
//!
//! Field names are those of the vendor's examples; its schema of one asset is
//! malformed. What lies in `properties` is the tenant's and the agent's.

use std::collections::BTreeMap;

use lmsync_core::json::{
    LenientObject, Members, OneOrMany, Rows, Scalar, StrictObject, lenient_bool, lenient_u64,
};
use lmsync_core::model::RawJson;
use serde::{Deserialize, Serialize};

/// A page of a list, its rows read or unread.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct List<L> {
    #[serde(
        default = "Option::default",
        alias = "assets",
        alias = "customers",
        alias = "installed_applications",
        bound(deserialize = "L: Deserialize<'de>")
    )]
    pub(crate) rows: Option<Rows<L>>,
    #[serde(default)]
    pub(crate) meta: LenientObject<Meta>,
}

/// The place of a page in its list; any part may be missing, and all of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Meta {
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) total_pages: Option<u64>,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) total_entries: Option<u64>,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) per_page: Option<u64>,
}

/// One asset, asked for by id.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Single {
    pub(crate) asset: LenientObject<Asset>,
}

/// One asset.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asset {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) customer_id: Scalar,
    pub(crate) contact_id: Scalar,
    pub(crate) created_at: Scalar,
    pub(crate) updated_at: Scalar,
    pub(crate) properties: LenientObject<Properties>,
    pub(crate) asset_type: Scalar,
    pub(crate) asset_serial: Scalar,
    pub(crate) customer: LenientObject<Customer>,
    pub(crate) address: LenientObject<Address>,
    pub(crate) external_rmm_link: Scalar,
    pub(crate) rmm_store: LenientObject<RmmStore>,
}

/// The place of an asset: one of its customer's addresses.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Address {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) city: Scalar,
}

/// What the tenant and the agent keep, by name. Names may differ in case alone.
pub(crate) type Properties = Members;

/// What the vendor's own monitoring keeps beside the asset.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RmmStore {
    pub(crate) general: LenientObject<RmmGeneral>,
}

/// Part of [`RmmStore`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RmmGeneral {
    /// The agent's block once more, as JSON inside a text.
    pub(crate) info: Option<RawJson>,
}

/// A customer, in its list or inside an asset.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Customer {
    pub(crate) id: Scalar,
    pub(crate) business_name: Scalar,
    pub(crate) business_then_name: Scalar,
    pub(crate) fullname: Scalar,
    #[serde(deserialize_with = "lenient_bool")]
    pub(crate) disabled: Option<bool>,
}

/// A program that the agent found. Its names are claimed by one public client alone, so that any may
/// be missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Application {
    pub(crate) name: Scalar,
    pub(crate) vendor: Scalar,
    pub(crate) version: Scalar,
    pub(crate) installed_at: Scalar,
}

/// What the agent reports, `kabuto_information`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Agent {
    pub(crate) last_synced_at: Scalar,
    pub(crate) last_user: Scalar,
    pub(crate) computer_uuid: Scalar,
    pub(crate) ram_gb: Scalar,
    pub(crate) general: LenientObject<AgentGeneral>,
    pub(crate) os: LenientObject<AgentOs>,
    pub(crate) install_dates: LenientObject<InstallDates>,
    pub(crate) cpu: OneOrMany<ObjectOrText<Named>>,
    pub(crate) hdd: OneOrMany<ObjectOrText<Drive>>,
    pub(crate) network_adapters: OneOrMany<LenientObject<NetworkAdapter>>,
}

/// The machine itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct AgentGeneral {
    pub(crate) manufacturer: Scalar,
    pub(crate) model: Scalar,
    pub(crate) serial_number: Scalar,
    pub(crate) form_factor: Scalar,
    pub(crate) domain: Scalar,
    /// The address on the internet, not that in the office.
    pub(crate) ip: Scalar,
    pub(crate) mac: OneOrMany<Scalar>,
}

/// The operating system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct AgentOs {
    pub(crate) name: Scalar,
    pub(crate) build: Scalar,
    pub(crate) windows_release_version: Scalar,
    pub(crate) os_architecture: Scalar,
    pub(crate) last_boot_time: Scalar,
    #[serde(deserialize_with = "lenient_bool")]
    pub(crate) pending_reboot: Option<bool>,
}

/// When parts of the machine were installed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct InstallDates {
    pub(crate) os_install: Scalar,
    pub(crate) bios_release: Scalar,
}

/// A part with a name, such as a processor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Named {
    pub(crate) name: Scalar,
}

/// A disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Drive {
    pub(crate) name: Scalar,
    pub(crate) model: Scalar,
    pub(crate) size: Scalar,
    pub(crate) capacity: Scalar,
}

/// A network adapter, be it of hardware or of software.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct NetworkAdapter {
    pub(crate) name: Scalar,
    pub(crate) description: Scalar,
    pub(crate) physical_address: Scalar,
    pub(crate) ipv4: Scalar,
    pub(crate) ipv6: Scalar,
    pub(crate) gateway: Scalar,
}

/// The user of a key. `user_token` is in the answer, and no field here takes it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Me {
    pub(crate) user_id: Scalar,
    pub(crate) permissions: LenientObject<UserRights>,
}

impl Me {
    /// Whether the user may change assets; `None` where Syncro does not say.
    pub(crate) fn may_edit_assets(&self) -> Option<bool> {
        self.permissions.value()?.asset.value()?.write
    }
}

/// What the user may do, by kind of record.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UserRights {
    pub(crate) asset: LenientObject<AssetRights>,
}

/// What the user may do with assets.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AssetRights {
    #[serde(deserialize_with = "lenient_bool")]
    pub(crate) write: Option<bool>,
}

/// An asset as it is to become. Members that are not named stay.
#[derive(Default, Serialize)]
pub(crate) struct AssetUpdate<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'r str>,
    pub(crate) properties: BTreeMap<&'r str, Property<'r>>,
}

/// A property that is sent.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Property<'r> {
    /// As it was read, to the letter.
    Kept(&'r RawJson),
    /// A text in its place.
    Written(String),
}

/// An element that comes as an object or as its text alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum ObjectOrText<T> {
    Fields(StrictObject<T>),
    Text(Scalar),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_of_the_agent_block_may_be_something_else() {
        for value in [
            "null", "[]", "\"\"", "\"text\"", "7", "true", "{}", "[[]]", "[null,3]",
        ] {
            for level in [
                "general",
                "os",
                "cpu",
                "hdd",
                "ram_gb",
                "network_adapters",
                "install_dates",
                "last_synced_at",
            ] {
                let json = format!("{{\"{level}\":{value},\"last_user\":\"jane\"}}");
                let agent: Agent = serde_json::from_str(&json).expect(&json);
                assert_eq!(agent.last_user.text(), Some("jane"), "{json}");
            }
        }
    }

    #[test]
    fn keys_that_differ_in_case_alone_are_two() {
        let asset: Asset = serde_json::from_str(
            r#"{"id":5560138523,"properties":{"Notes":"a","notes":"b","OS":4}}"#,
        )
        .unwrap();
        assert_eq!(asset.id.text(), Some("5560138523"));
        assert_eq!(asset.properties.value().unwrap().0.len(), 3);
    }
}
