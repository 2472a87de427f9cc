//! ConnectWise RMM's JSON as it is: lenient, with no meaning added.
//!
//! Field names are those of the vendor's OpenAPI text, odd capitals included.

use lmsync_core::json::{LenientObject, OneOrMany, Rows, Scalar, lenient_bool, lenient_u64};
use lmsync_core::model::RawJson;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One page of devices, its groups read or unread.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, bound(deserialize = "G: Deserialize<'de>"))]
pub(crate) struct DeviceList<G> {
    pub(crate) platform: Option<Rows<G>>,
    pub(crate) network: Option<Rows<G>>,
    pub(crate) cloud: Option<Vec<IgnoredAny>>,
    pub(crate) status: Scalar,
    #[serde(rename = "failedRecords")]
    pub(crate) failed_records: OneOrMany<IgnoredAny>,
}

// By hand: the derive would ask for `G: Default`.
impl<G> Default for DeviceList<G> {
    fn default() -> Self {
        Self {
            platform: None,
            network: None,
            cloud: None,
            status: Scalar::default(),
            failed_records: OneOrMany::default(),
        }
    }
}

impl<G> DeviceList<G> {
    /// Says if there is no list of any category.
    pub(crate) fn is_silent(&self) -> bool {
        self.platform.is_none() && self.network.is_none() && self.cloud.is_none()
    }

    /// Says if the vendor could not tell of all that it was asked for: a list that comes with it
    /// is one of the rest.
    pub(crate) fn failed_in_part(&self) -> bool {
        !self.failed_records.0.is_empty()
            || matches!(self.status.text(), Some("failed" | "partial_success"))
    }
}

/// The devices of one site, read or unread. Company and site are told here, not on the device.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Group<L> {
    #[serde(default, rename = "companyID")]
    pub(crate) company_id: Scalar,
    #[serde(default, rename = "siteID")]
    pub(crate) site_id: Scalar,
    #[serde(
        default = "Option::default",
        bound(deserialize = "L: Deserialize<'de>")
    )]
    pub(crate) endpoints: Option<Rows<L>>,
}

/// The resources that a list of devices is asked for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resources<'a> {
    pub(crate) resource_type: &'a str,
    pub(crate) resources: &'a [String],
}

/// One device, of the list or alone. What was not projected is absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Endpoint {
    #[serde(rename = "endpointID")]
    pub(crate) endpoint_id: Scalar,
    pub(crate) device_name: Scalar,
    pub(crate) friendly_name: Scalar,
    pub(crate) resource_type: Scalar,
    pub(crate) endpoint_type: Scalar,
    #[serde(rename = "type")]
    pub(crate) kind: Scalar,
    pub(crate) sub_resource_type: Scalar,
    pub(crate) virtual_type: Scalar,
    pub(crate) ip_address: OneOrMany<Scalar>,
    pub(crate) mac_address: OneOrMany<Scalar>,
    pub(crate) remote_address: Scalar,
    pub(crate) created_at: Scalar,
    pub(crate) modified_at: Scalar,
    pub(crate) os: LenientObject<Os>,
    pub(crate) system: LenientObject<System>,
    pub(crate) bios: LenientObject<Bios>,
    pub(crate) baseboard: LenientObject<Baseboard>,
    pub(crate) processors: OneOrMany<LenientObject<Processor>>,
    pub(crate) physical_memory: OneOrMany<LenientObject<Memory>>,
    pub(crate) drives: OneOrMany<LenientObject<Drive>>,
    pub(crate) networks: OneOrMany<LenientObject<Network>>,
    pub(crate) anti_viruses: OneOrMany<LenientObject<AntiVirus>>,
    pub(crate) users: OneOrMany<LenientObject<User>>,
    pub(crate) installed_softwares: OneOrMany<LenientObject<Software>>,
}

/// The operating system.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Os {
    pub(crate) product: Scalar,
    pub(crate) version: Scalar,
    pub(crate) build_number: Scalar,
    pub(crate) display_version: Scalar,
    #[serde(rename = "releaseID")]
    pub(crate) release_id: Scalar,
    pub(crate) arch: Scalar,
    pub(crate) install_date: Scalar,
    pub(crate) user_name: Scalar,
}

/// The machine as its firmware tells it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct System {
    pub(crate) product: Scalar,
    pub(crate) model: Scalar,
    pub(crate) serial_number: Scalar,
    pub(crate) system_name: Scalar,
    pub(crate) domain: Scalar,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) domain_role: Option<u64>,
    pub(crate) chassis: Scalar,
    pub(crate) chassis_types: OneOrMany<Scalar>,
    pub(crate) hypervisor_name: Scalar,
}

/// The firmware.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Bios {
    pub(crate) manufacturer: Scalar,
    pub(crate) version: Scalar,
    pub(crate) serial_number: Scalar,
}

/// The main board.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Baseboard {
    pub(crate) manufacturer: Scalar,
    pub(crate) serial_number: Scalar,
    #[serde(rename = "hardwareUUID")]
    pub(crate) hardware_uuid: Scalar,
    pub(crate) tpm_details: OneOrMany<LenientObject<Tpm>>,
}

/// The security module.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Tpm {
    #[serde(deserialize_with = "lenient_bool")]
    pub(crate) is_enabled: Option<bool>,
    pub(crate) spec_version: Scalar,
}

/// One processor.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Processor {
    pub(crate) product: Scalar,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) number_of_processors: Option<u64>,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) number_of_cores: Option<u64>,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) number_of_logical_processors: Option<u64>,
    pub(crate) clock_speed_mhz: Scalar,
}

/// One memory module.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Memory {
    pub(crate) size_bytes: Scalar,
}

/// One drive.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Drive {
    pub(crate) product: Scalar,
    pub(crate) logical_name: Scalar,
    pub(crate) media_type: Scalar,
    pub(crate) interface_type: Scalar,
    pub(crate) serial_number: Scalar,
    pub(crate) size_bytes: Scalar,
    pub(crate) partition_data: OneOrMany<LenientObject<Partition>>,
}

/// One partition of a drive.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Partition {
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) free_space_bytes: Option<u64>,
}

/// One network adapter.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Network {
    pub(crate) product: Scalar,
    pub(crate) logical_name: Scalar,
    pub(crate) mac_address: Scalar,
    pub(crate) ipv4: OneOrMany<Scalar>,
    pub(crate) ipv4_list: OneOrMany<Scalar>,
    pub(crate) ipv6: OneOrMany<Scalar>,
    pub(crate) ipv6_list: OneOrMany<Scalar>,
    #[serde(rename = "defaultIPGateway")]
    pub(crate) default_ip_gateway: Scalar,
}

/// One product against malware.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AntiVirus {
    pub(crate) name: Scalar,
    pub(crate) application_name: Scalar,
}

/// One account on a device.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct User {
    pub(crate) username: Scalar,
    #[serde(deserialize_with = "lenient_u64")]
    pub(crate) last_logon_timestamp: Option<u64>,
}

/// One program installed on a device.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Software {
    pub(crate) name: Scalar,
    pub(crate) publisher: Scalar,
    pub(crate) version: Scalar,
    pub(crate) install_date: Scalar,
    pub(crate) installed_date: Scalar,
    pub(crate) location: Scalar,
}

/// The programs on one device, or a part of them, in a list of many.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Installed {
    #[serde(rename = "endpointID")]
    pub(crate) endpoint_id: Scalar,
    pub(crate) applications: Option<OneOrMany<LenientObject<Software>>>,
}

/// One device alone; its fields are under the key of its category.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeviceDetail {
    #[serde(rename = "endpointID")]
    pub(crate) endpoint_id: Scalar,
    #[serde(rename = "companyID")]
    pub(crate) company_id: Scalar,
    #[serde(rename = "siteID")]
    pub(crate) site_id: Scalar,
    pub(crate) platform: LenientObject<Endpoint>,
    pub(crate) network: LenientObject<Endpoint>,
    pub(crate) cloud: LenientObject<Endpoint>,
}

/// A company.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Company {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) friendly_name: Scalar,
    pub(crate) inactive_date: Scalar,
    pub(crate) deleted_date: Scalar,
    pub(crate) activity_status: LenientObject<ActivityStatus>,
}

/// Whether a company is a current one, in the partner's own words.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ActivityStatus {
    pub(crate) name: Scalar,
    #[serde(deserialize_with = "lenient_bool")]
    pub(crate) active_flag: Option<bool>,
}

/// A site.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Site {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    pub(crate) friendly_name: Scalar,
    pub(crate) primary_address: LenientObject<Address>,
}

/// The address of a site.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Address {
    pub(crate) locality: Scalar,
    pub(crate) country: Scalar,
    pub(crate) country_code: Scalar,
}

/// When devices last reported. Comes with status 200 even where all of it failed.
///
/// Its entries are left as they came: each is read by itself and costs no other.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Heartbeat {
    pub(crate) status: Scalar,
    pub(crate) successful_records: Option<Rows<Box<RawValue>>>,
    pub(crate) failed_records: Option<Rows<Box<RawValue>>>,
}

/// The heartbeats of one site.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BeatGroup {
    pub(crate) endpoints: Option<Box<RawValue>>,
}

/// The heartbeat of one device.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Beat {
    #[serde(rename = "EndpointID")]
    pub(crate) endpoint_id: Scalar,
    #[serde(rename = "DcDateTimeUTC")]
    pub(crate) at: Scalar,
    #[serde(rename = "Availability", deserialize_with = "lenient_bool")]
    pub(crate) availability: Option<bool>,
}

/// A company, site or device whose heartbeat could not be told.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BeatFailure {
    pub(crate) resource: Scalar,
    pub(crate) error: Scalar,
}

/// What a call per device tells of its state.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SystemState {
    pub(crate) startup_status: LenientObject<Startup>,
    pub(crate) last_logged_on_user: LenientObject<LoggedOn>,
}

/// When a device started.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Startup {
    #[serde(rename = "lastBootUpTimeUTC")]
    pub(crate) last_boot_up: Scalar,
}

/// Who was last logged in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LoggedOn {
    pub(crate) username: Scalar,
}

/// One custom field of a device; the schema spells its id in two ways.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AttributeValue {
    #[serde(rename = "attributeId")]
    attribute_id: Scalar,
    #[serde(rename = "attributeID")]
    attribute_id_too: Scalar,
    pub(crate) name: Scalar,
    pub(crate) value: Option<RawJson>,
}

impl AttributeValue {
    pub(crate) fn id(&self) -> Option<&str> {
        self.attribute_id.id().or(self.attribute_id_too.id())
    }
}

/// A custom field's new value.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewValue<'a> {
    /// The device.
    pub(crate) entity_id: &'a str,
    pub(crate) attribute_id: &'a str,
    pub(crate) value: String,
}

/// A custom field that does not exist yet.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewField<'a> {
    pub(crate) entity_type: &'static str,
    pub(crate) name: &'a str,
    pub(crate) description: &'static str,
    pub(crate) attribute_type: &'static str,
    pub(crate) is_editable: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_field_tells_its_id_in_either_spelling_or_both() {
        for json in [
            r#"{"attributeId":"a"}"#,
            r#"{"attributeID":"a"}"#,
            r#"{"attributeId":"a","attributeID":"a"}"#,
            r#"{"attributeId":null,"attributeID":"a"}"#,
        ] {
            let field: AttributeValue = serde_json::from_str(json).unwrap();
            assert_eq!(field.id(), Some("a"), "{json}");
        }
    }

    #[test]
    fn a_group_keeps_company_and_site_and_null_lists_are_empty() {
        let list: DeviceList<&RawValue> = serde_json::from_str(
            r#"{"platform":[{"companyID":"c","siteID":7,"endpoints":[{"endpointID":1},null]},null,
                {"companyID":"d","endpoints":null}],"cloud":[1]}"#,
        )
        .unwrap();
        let groups = list.platform.as_ref().unwrap();
        let first: Group<&RawValue> = serde_json::from_str(groups.0[0].get()).unwrap();
        assert_eq!(first.site_id.text(), Some("7"));
        assert_eq!(first.endpoints.as_ref().unwrap().0.len(), 2);
        let last: Group<&RawValue> = serde_json::from_str(groups.0[2].get()).unwrap();
        assert!(last.endpoints.is_none());
        assert!(!list.is_silent());
    }
}
