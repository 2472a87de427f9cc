//! The fate of each field of the vendor's specification.

use lmsync_testkit::FieldTable;
use lmsync_testkit::cwrmm::SCHEMA;

use super::*;

const NO_PLACE: &str = "an asset has no place for it";
const BOARD: &str = "of the board, not of the machine";
const ATTACHED: &str = "attached to the machine, not the machine";
const PERSON: &str = "of the account of a person";
const SECRET: &str = "a key is not handed on";
const ELSEWHERE: &str = "told by `drives`";
const LAST_USER: &str = "looked at only where `os.userName` is missing: who logged on last";

/// Fields that are not read, and why.
const UNREAD: &[(&str, &str)] = &[
    (
        "agentInstalledUTC",
        "when the agent came, which is no age of the machine",
    ),
    ("antiViruses[].version", NO_PLACE),
    (
        "baseboard.installDate",
        "what it is a date of is not documented",
    ),
    ("baseboard.model", BOARD),
    ("baseboard.name", BOARD),
    ("baseboard.product", BOARD),
    ("baseboard.tpmDetails[].manufacturerId", NO_PLACE),
    ("baseboard.tpmDetails[].manufacturerVersion", NO_PLACE),
    ("baseboard.tpmDetails[].manufacturerVersionInfo", NO_PLACE),
    ("baseboard.version", BOARD),
    ("bios.product", NO_PLACE),
    (
        "bios.smbiosVersion",
        "the version of an interface, not of the firmware",
    ),
    ("bluetooth", ATTACHED),
    ("cardReaders", ATTACHED),
    (
        "createTimeUTC",
        "when the agent came, which is no age of the machine",
    ),
    ("createdBy", NO_PLACE),
    ("diagnostic", NO_PLACE),
    ("discBurning", ATTACHED),
    ("drives[].bayName", NO_PLACE),
    ("drives[].description", NO_PLACE),
    ("drives[].detachable", NO_PLACE),
    ("drives[].diskBSDName", NO_PLACE),
    ("drives[].diskRevision", NO_PLACE),
    (
        "drives[].interfaceType",
        "looked at only where `mediaType` tells no kind",
    ),
    ("drives[].linkSpeed", NO_PLACE),
    ("drives[].manufacturer", NO_PLACE),
    ("drives[].mediumType", NO_PLACE),
    ("drives[].model", NO_PLACE),
    ("drives[].nLinkSpeed", NO_PLACE),
    ("drives[].nativeCmdQ", NO_PLACE),
    ("drives[].numberOfPartitions", NO_PLACE),
    ("drives[].partMapType", NO_PLACE),
    ("drives[].partitionData[].description", NO_PLACE),
    (
        "drives[].partitionData[].dfsize",
        "`freeSpaceBytes` tells it",
    ),
    ("drives[].partitionData[].fileSystem", NO_PLACE),
    ("drives[].partitionData[].label", NO_PLACE),
    ("drives[].partitionData[].mountPoint", NO_PLACE),
    ("drives[].partitionData[].name", NO_PLACE),
    (
        "drives[].partitionData[].sizeBytes",
        "a drive's own size is read",
    ),
    (
        "drives[].partitionData[].usedSpaceBytes",
        "`freeSpaceBytes` tells it",
    ),
    ("drives[].partitionData[].vendor", NO_PLACE),
    ("drives[].partitionData[].version", NO_PLACE),
    ("drives[].partitionData[].writable", NO_PLACE),
    ("drives[].partitions", "`partitionData` tells more"),
    ("drives[].queueDepth", NO_PLACE),
    ("drives[].removableMedia", NO_PLACE),
    ("drives[].rotationRate", NO_PLACE),
    ("drives[].smartStatus", NO_PLACE),
    ("ethernet", "told by `networks`"),
    ("firewall", NO_PLACE),
    ("graphicCards", NO_PLACE),
    ("installedSoftwares[].appStore", NO_PLACE),
    ("installedSoftwares[].infoString", NO_PLACE),
    (
        "installedSoftwares[].installedDate",
        "looked at only where `installDate` is missing",
    ),
    ("installedSoftwares[].installedSizeBytes", NO_PLACE),
    ("installedSoftwares[].intel64Bit", NO_PLACE),
    ("installedSoftwares[].kind", NO_PLACE),
    ("installedSoftwares[].lastAccessDateTime", NO_PLACE),
    ("installedSoftwares[].userName", PERSON),
    ("keyboards", ATTACHED),
    ("locations", "settings of its networks"),
    ("logicalVolume", ELSEWHERE),
    ("modifiedBy", NO_PLACE),
    ("monitors", ATTACHED),
    ("mouse", ATTACHED),
    (
        "networks[].defaultIPGateways",
        "the first is `defaultIPGateway`",
    ),
    ("networks[].dhcpDomainname", NO_PLACE),
    ("networks[].dhcpEnabled", NO_PLACE),
    ("networks[].dhcpLeaseDuration", NO_PLACE),
    ("networks[].dhcpLeaseExpires", NO_PLACE),
    ("networks[].dhcpLeaseObtained", NO_PLACE),
    ("networks[].dhcpMsgType", NO_PLACE),
    ("networks[].dhcpRouters", NO_PLACE),
    ("networks[].dhcpServer", NO_PLACE),
    ("networks[].dhcpServers", NO_PLACE),
    ("networks[].dhcpSubnetmask", NO_PLACE),
    ("networks[].dnsServers", NO_PLACE),
    ("networks[].ethMedSubtype", NO_PLACE),
    ("networks[].ethMedoption", NO_PLACE),
    ("networks[].interfaceIndex", NO_PLACE),
    ("networks[].ipEnabled", NO_PLACE),
    ("networks[].ipv4IntfCname", NO_PLACE),
    ("networks[].ipv4NtSign", NO_PLACE),
    ("networks[].speed", NO_PLACE),
    ("networks[].subnetMask", NO_PLACE),
    ("networks[].subnetMasks", NO_PLACE),
    ("networks[].vendor", NO_PLACE),
    ("networks[].version", NO_PLACE),
    ("networks[].winsPrimaryServer", NO_PLACE),
    ("networks[].winsSecondaryServer", NO_PLACE),
    ("os.bitKernelExtension", NO_PLACE),
    ("os.bootDuration", NO_PLACE),
    ("os.bootMode", NO_PLACE),
    ("os.bootVolume", NO_PLACE),
    ("os.installationType", NO_PLACE),
    ("os.installedDrive", NO_PLACE),
    ("os.kernelVersion", NO_PLACE),
    ("os.language", NO_PLACE),
    ("os.manufacturer", "`product` tells the family"),
    ("os.productID", SECRET),
    ("os.productKey", SECRET),
    ("os.serialNumber", "of the licence, not of the machine"),
    ("os.servicePack", NO_PLACE),
    ("os.type", "`product` tells the family"),
    ("os.virtualMemory", NO_PLACE),
    ("pciDevices", NO_PLACE),
    ("physicalDrives", ELSEWHERE),
    ("physicalMemory[].dataWidth", NO_PLACE),
    ("physicalMemory[].ecc", NO_PLACE),
    ("physicalMemory[].manufacturer", NO_PLACE),
    ("physicalMemory[].partNumber", NO_PLACE),
    ("physicalMemory[].serialNumber", NO_PLACE),
    ("physicalMemory[].slot", NO_PLACE),
    ("physicalMemory[].speed", NO_PLACE),
    ("physicalMemory[].status", NO_PLACE),
    ("physicalMemory[].totalwidth", NO_PLACE),
    ("physicalMemory[].type", NO_PLACE),
    ("power", NO_PLACE),
    ("processors[].bootRom", NO_PLACE),
    ("processors[].family", NO_PLACE),
    ("processors[].l2Cache", NO_PLACE),
    ("processors[].l3Cache", NO_PLACE),
    ("processors[].level", NO_PLACE),
    ("processors[].manufacturer", "`product` names it"),
    ("processors[].processorType", NO_PLACE),
    ("processors[].serialNumber", NO_PLACE),
    ("processors[].version", NO_PLACE),
    ("raidController", NO_PLACE),
    ("rolesFeatures", NO_PLACE),
    ("shares", NO_PLACE),
    ("softwareLicenses", "they hold keys"),
    ("system.category", "what it says is not documented"),
    ("system.systemType", "`os.arch` tells the architecture"),
    ("system.timeZone", NO_PLACE),
    ("system.timeZoneDescription", NO_PLACE),
    ("system.timeZoneLocation", NO_PLACE),
    ("thunderbolts", ATTACHED),
    ("usbs", ATTACHED),
    ("users[].lastLogonTimestamp", LAST_USER),
    ("users[].username", LAST_USER),
    ("users", PERSON),
];

/// A record with values by which each field can be told from the others that say the same.
fn values() -> Value {
    let mut values: Value = serde_json::from_str(DESKTOP).unwrap();
    let detail: Value =
        serde_json::from_str(include_str!("../../../fixtures/detail.json")).unwrap();
    let more = detail["platform"].as_object().unwrap().clone();
    values.as_object_mut().unwrap().extend(more);
    values["processors"][0]["numberOfProcessors"] = json!(2);
    values["drives"] = json!([{
        "product": "Disk of some kind", "logicalName": "C:", "mediaType": "SSD", "interfaceType": "other",
        "partitionData": [{ "name": "C:" }],
    }]);
    values
}

#[test]
fn every_field_of_the_specification_is_read_or_there_is_a_reason() {
    let map = |record: &Value| {
        let text = record.to_string();
        let asset = read(device(&text), CheckIn::Never).ok()?;
        let wire: wire::Endpoint = serde_json::from_str(&text).ok()?;
        let asset = with_detail(asset, &wire, &origin());
        let asset = with_software(asset, &wire.installed_softwares.0, &origin());
        Some(json(&asset))
    };
    // A processor of which nothing is told counts as one.
    FieldTable::new(json!({ "endpointID": "1", "processors": [{}] }), map)
        .with_type(SCHEMA, "platformEndpoint")
        .with_type(SCHEMA, "platformEndpointDetail")
        .with_values(&values())
        .with_unread(UNREAD)
        .require_in(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
}
