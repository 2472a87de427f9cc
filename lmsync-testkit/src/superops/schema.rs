//! The part of the vendor's schema that the simulator knows.

use super::spec::Product;

/// A field of an object type.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// Its type as GraphQL writes it, such as `[Asset]` or `JSON!`.
    pub(super) of: &'static str,
    /// Its arguments and their types.
    pub(super) arguments: &'static [Argument],
}

/// Name and type.
pub(super) type Argument = (&'static str, &'static str);

const fn field(name: &'static str, of: &'static str) -> Field {
    call(name, of, &[])
}

const fn call(name: &'static str, of: &'static str, arguments: &'static [Argument]) -> Field {
    Field {
        name,
        of,
        arguments,
    }
}

/// The name of a type without its list and non-null marks.
pub(super) fn named(of: &str) -> &str {
    of.trim_matches(['[', ']', '!'])
}

/// The field `name` of object type `parent`.
pub(super) fn find(product: Product, parent: &str, name: &str) -> Option<&'static Field> {
    let (common, own) = object(product, parent)?;
    common.iter().chain(own).find(|field| field.name == name)
}

/// Whether `name` is an object type, so that something must be selected of it.
pub(super) fn is_object(product: Product, name: &str) -> bool {
    object(product, name).is_some()
}

/// The fields of an object type: those of both products, then those of this one.
///
/// A type that only one product has can only be reached from the queries of that product.
fn object(product: Product, name: &str) -> Option<(&'static [Field], &'static [Field])> {
    let msp = product == Product::Msp;
    let none: &'static [Field] = &[];
    Some(match name {
        "Query" => (QUERY, if msp { QUERY_MSP } else { QUERY_IT }),
        "Mutation" => (MUTATION, none),
        "Asset" => (ASSET, if msp { ASSET_MSP } else { ASSET_IT }),
        "UpdatedAsset" => (
            UPDATED_ASSET,
            if msp {
                UPDATED_ASSET_MSP
            } else {
                UPDATED_ASSET_IT
            },
        ),
        "AssetList" => (ASSET_LIST, none),
        "AssetSummary" => (ASSET_SUMMARY, none),
        "AssetCPU" => (ASSET_CPU, none),
        "AssetMemory" => (ASSET_MEMORY, none),
        "Disks" => (DISKS, none),
        "AssetDisk" => (ASSET_DISK, none),
        "AssetInterface" => (ASSET_INTERFACE, none),
        "AssetUserLog" => (ASSET_USER_LOG, none),
        "AssetSoftware" => (ASSET_SOFTWARE, none),
        "AssetSoftwareList" => (ASSET_SOFTWARE_LIST, none),
        "ListInfo" => (LIST_INFO, none),
        "Sort" => (SORT, none),
        "Client" => (CLIENT, none),
        "ClientList" => (CLIENT_LIST, none),
        "ClientSite" => (SITE, CLIENT_SITE),
        "ClientSiteList" => (CLIENT_SITE_LIST, none),
        "Department" => (DEPARTMENT, none),
        "Site" => (SITE, SITE_IT),
        "SiteList" => (SITE_LIST, none),
        "Address" => (ADDRESS, none),
        _ => return None,
    })
}

/// The fields of an input type.
pub(super) fn input(product: Product, name: &str) -> Option<&'static [Argument]> {
    let msp = product == Product::Msp;
    Some(match name {
        "ListInfoInput" => LIST_INFO_INPUT,
        "RuleConditionInput" => RULE_CONDITION_INPUT,
        "SortInput" => SORT_INPUT,
        "AssetIdentifierInput" => &[("assetId", "ID!")],
        "AssetDetailsListInput" => &[("assetId", "ID!"), ("listInfo", "ListInfoInput")],
        "UpdateAssetInput" if msp => UPDATE_ASSET_INPUT_MSP,
        "UpdateAssetInput" => UPDATE_ASSET_INPUT_IT,
        "GetClientSiteListInput" if msp => &[("listInfo", "ListInfoInput"), ("clientId", "ID")],
        "ClientIdentifierInput" if msp => &[("accountId", "ID!")],
        "ClientSiteIdentifierInput" if msp => &[("id", "ID!")],
        "ClientUserIdentifierInput" if msp => &[("userId", "ID!")],
        "DepartmentIdentifierInput" if !msp => &[("departmentId", "ID!")],
        "SiteIdentifierInput" if !msp => &[("id", "ID!")],
        "UserIdentifierInput" if !msp => &[("userId", "ID!")],
        _ => return None,
    })
}

const LISTING: &[Argument] = &[("input", "ListInfoInput!")];
const ONE_ASSET: &[Argument] = &[("input", "AssetIdentifierInput!")];
const DETAILS: &[Argument] = &[("input", "AssetDetailsListInput!")];
const CHOSEN: &[Argument] = &[("fields", "[String]")];

const QUERY: &[Field] = &[
    call("getAsset", "Asset", ONE_ASSET),
    call("getAssetList", "AssetList", LISTING),
    call("getAssetSummary", "AssetSummary", ONE_ASSET),
    call("getAssetSoftwareList", "AssetSoftwareList", DETAILS),
];

const QUERY_MSP: &[Field] = &[
    call("getClientList", "ClientList", LISTING),
    call(
        "getClientSiteList",
        "ClientSiteList",
        &[("input", "GetClientSiteListInput!")],
    ),
];

const QUERY_IT: &[Field] = &[
    field("getDepartmentList", "[Department]"),
    call("getSiteList", "SiteList", LISTING),
];

const MUTATION: &[Field] = &[call(
    "updateAsset",
    "UpdatedAsset",
    &[("input", "UpdateAssetInput!")],
)];

const ASSET: &[Field] = &[
    field("assetId", "ID"),
    field("name", "String!"),
    field("assetClass", "JSON!"),
    field("site", "JSON!"),
    field("primaryMac", "String"),
    field("loggedInUser", "String"),
    field("serialNumber", "String"),
    field("manufacturer", "String"),
    field("model", "String"),
    field("hostName", "String"),
    field("publicIp", "String"),
    field("gateway", "String"),
    field("platform", "String"),
    field("domain", "String"),
    field("status", "String"),
    field("sysUptime", "String"),
    field("lastCommunicatedTime", "String"),
    field("agentVersion", "String"),
    field("platformFamily", "String"),
    field("platformCategory", "String"),
    field("platformVersion", "String"),
    field("patchStatus", "String"),
    field("warrantyExpiryDate", "String"),
    field("purchasedDate", "String"),
    call("customFields", "JSON", CHOSEN),
    field("lastReportedTime", "String"),
];

const ASSET_MSP: &[Field] = &[
    field("client", "JSON!"),
    field("requester", "JSON!"),
    field("deviceCategory", "JSON"),
];

const ASSET_IT: &[Field] = &[field("department", "JSON"), field("requester", "JSON")];

const UPDATED_ASSET: &[Field] = &[
    field("assetId", "ID"),
    field("name", "String!"),
    field("assetClass", "JSON!"),
    field("site", "JSON!"),
    field("requester", "JSON!"),
];

const UPDATED_ASSET_MSP: &[Field] = &[
    field("client", "JSON!"),
    call("customFields", "JSON", CHOSEN),
];

const UPDATED_ASSET_IT: &[Field] = &[field("department", "JSON"), field("customFields", "JSON")];

const ASSET_LIST: &[Field] = &[field("assets", "[Asset]"), field("listInfo", "ListInfo")];

const ASSET_SUMMARY: &[Field] = &[
    field("cpu", "AssetCPU"),
    field("memory", "AssetMemory"),
    field("disk", "Disks"),
    field("assetInterface", "AssetInterface"),
    field("lastUserLog", "AssetUserLog"),
];

const ASSET_CPU: &[Field] = &[
    field("assetId", "ID!"),
    field("cpuName", "String"),
    field("currentSpeed", "JSON"),
    field("maxSpeed", "JSON"),
    field("physicalCore", "Int"),
    field("logicalCore", "Int"),
    field("architecture", "String"),
    field("l1Cache", "JSON"),
    field("l2Cache", "JSON"),
    field("l3Cache", "JSON"),
    field("processCount", "String"),
    field("threadsCount", "String"),
    field("handlesCount", "String"),
    field("cpuUsage", "JSON"),
];

const ASSET_MEMORY: &[Field] = &[
    field("totalMemory", "JSON"),
    field("usedMemory", "JSON"),
    field("availableMemory", "JSON"),
    field("cachedMemory", "JSON"),
    field("pagedPoolByte", "JSON"),
    field("nonPagedPoolByte", "JSON"),
    field("memoryUsage", "JSON"),
    field("swapTotalMemory", "JSON"),
    field("swapAvailableMemory", "JSON"),
    field("swapUsedMemory", "JSON"),
];

const DISKS: &[Field] = &[
    field("disks", "[AssetDisk]"),
    field("totalFreeSpace", "JSON"),
    field("totalSize", "JSON"),
];

const ASSET_DISK: &[Field] = &[
    field("drive", "String"),
    field("discType", "String"),
    field("fileSystem", "String"),
    field("maxFileLength", "Int"),
    field("autoMounted", "Boolean"),
    field("compressed", "Boolean"),
    field("pageFile", "Boolean"),
    field("indexed", "Boolean"),
    field("size", "JSON"),
    field("freeSize", "JSON"),
    field("activeTime", "JSON"),
    field("responseTime", "JSON"),
    field("readSpeed", "JSON"),
    field("writeSpeed", "JSON"),
    field("driveUsage", "JSON"),
];

const ASSET_INTERFACE: &[Field] = &[
    field("name", "String"),
    field("mac", "String"),
    field("ipv4Address", "String"),
    field("ipv6Address", "String"),
    field("infIndex", "Int"),
    field("mtu", "String"),
    field("connectType", "String"),
    field("lineSpeed", "JSON"),
    field("dataInPerSec", "JSON"),
    field("dataOutPerSec", "JSON"),
    field("adapterName", "String"),
];

const ASSET_USER_LOG: &[Field] = &[
    field("id", "ID"),
    field("name", "String"),
    field("lastLoginTime", "String"),
];

const ASSET_SOFTWARE: &[Field] = &[
    field("id", "ID"),
    field("software", "JSON"),
    field("version", "String"),
    field("installedDate", "String"),
    field("bitVersion", "String"),
    field("installedPath", "String"),
];

const ASSET_SOFTWARE_LIST: &[Field] = &[
    field("assetSoftwares", "[AssetSoftware]"),
    field("listInfo", "ListInfo"),
];

const LIST_INFO: &[Field] = &[
    field("page", "Int"),
    field("pageSize", "Int"),
    field("sort", "[Sort]"),
    field("condition", "JSON"),
    field("hasMore", "Boolean"),
    field("totalCount", "Int"),
];

const SORT: &[Field] = &[field("attribute", "String"), field("order", "SortOrder")];

const CLIENT: &[Field] = &[
    field("accountId", "ID!"),
    field("name", "String!"),
    field("stage", "String!"),
    field("status", "String"),
    field("emailDomains", "[String]"),
    field("accountManager", "JSON"),
    field("primaryContact", "JSON"),
    field("secondaryContact", "JSON"),
    field("hqSite", "JSON"),
    field("technicianGroups", "JSON"),
    call("customFields", "JSON", CHOSEN),
];

const CLIENT_LIST: &[Field] = &[field("clients", "[Client]"), field("listInfo", "ListInfo")];

const SITE: &[Field] = &[
    field("id", "ID!"),
    field("name", "String!"),
    field("timezoneCode", "String!"),
    field("working24x7", "Boolean!"),
    field("contactNumber", "String"),
];

const CLIENT_SITE: &[Field] = &[
    field("line1", "String"),
    field("line2", "String"),
    field("line3", "String"),
    field("city", "String"),
    field("postalCode", "String"),
    field("countryCode", "String"),
    field("stateCode", "String"),
    field("client", "JSON!"),
    field("hq", "Boolean"),
];

const CLIENT_SITE_LIST: &[Field] = &[
    field("sites", "[ClientSite]"),
    field("listInfo", "ListInfo"),
];

const DEPARTMENT: &[Field] = &[
    field("departmentId", "ID!"),
    field("name", "String!"),
    field("head", "JSON"),
];

const SITE_IT: &[Field] = &[field("address", "Address")];

const SITE_LIST: &[Field] = &[field("sites", "[Site]"), field("listInfo", "ListInfo")];

const ADDRESS: &[Field] = &[
    field("addressId", "ID"),
    field("line1", "String"),
    field("line2", "String"),
    field("line3", "String"),
    field("city", "String"),
    field("postalCode", "String"),
    field("countryCode", "String"),
    field("stateCode", "String"),
];

const LIST_INFO_INPUT: &[Argument] = &[
    ("page", "Int"),
    ("pageSize", "Int"),
    ("condition", "RuleConditionInput"),
    ("sort", "[SortInput]"),
];

const RULE_CONDITION_INPUT: &[Argument] = &[
    ("attribute", "String"),
    ("operator", "String"),
    ("value", "JSON"),
    ("joinOperator", "String"),
    ("operands", "[RuleConditionInput]"),
];

const SORT_INPUT: &[Argument] = &[("attribute", "String"), ("order", "SortOrder")];

const UPDATE_ASSET_INPUT_MSP: &[Argument] = &[
    ("assetId", "ID!"),
    ("name", "String"),
    ("client", "ClientIdentifierInput"),
    ("site", "ClientSiteIdentifierInput"),
    ("customFields", "JSON"),
    ("requester", "ClientUserIdentifierInput"),
    ("warrantyExpiryDate", "String"),
    ("purchasedDate", "String"),
];

const UPDATE_ASSET_INPUT_IT: &[Argument] = &[
    ("assetId", "ID!"),
    ("name", "String"),
    ("site", "SiteIdentifierInput"),
    ("department", "DepartmentIdentifierInput"),
    ("customFields", "JSON"),
    ("requester", "UserIdentifierInput"),
    ("warrantyExpiryDate", "String"),
    ("purchasedDate", "String"),
];
