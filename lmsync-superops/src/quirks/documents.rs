//! The GraphQL documents. The products differ in them.
//!
//! Documented: <https://developer.superops.com/msp>, <https://developer.superops.com/it>

macro_rules! asset_fields {
    ($of_the_product:literal) => {
        concat!(
            "assetId name assetClass site requester primaryMac loggedInUser serialNumber \
             manufacturer model hostName publicIp gateway platform domain status \
             lastCommunicatedTime agentVersion patchStatus platformFamily platformCategory \
             platformVersion warrantyExpiryDate purchasedDate customFields ",
            $of_the_product
        )
    };
}

macro_rules! asset_list {
    ($fields:expr) => {
        concat!(
            "query getAssetList($input: ListInfoInput!) { getAssetList(input: $input) { assets { ",
            $fields,
            " } listInfo { page pageSize hasMore totalCount } } }"
        )
    };
}

macro_rules! asset {
    ($fields:expr) => {
        concat!(
            "query getAsset($input: AssetIdentifierInput!) { getAsset(input: $input) { ",
            $fields,
            " } }"
        )
    };
}

pub(crate) const MSP_ASSET_LIST: &str = asset_list!(asset_fields!("client deviceCategory"));
pub(crate) const IT_ASSET_LIST: &str = asset_list!(asset_fields!("department"));
pub(crate) const MSP_ASSET: &str = asset!(asset_fields!("client deviceCategory"));
pub(crate) const IT_ASSET: &str = asset!(asset_fields!("department"));

pub(crate) const ASSET_DATES: &str = asset!("assetId name purchasedDate warrantyExpiryDate");

/// The reply's type has no dates to select.
pub(crate) const UPDATE_ASSET: &str =
    "mutation updateAsset($input: UpdateAssetInput!) { updateAsset(input: $input) { assetId } }";

pub(crate) const ASSET_SUMMARY: &str = "query getAssetSummary($input: AssetIdentifierInput!) { getAssetSummary(input: $input) { \
     cpu { cpuName maxSpeed physicalCore logicalCore architecture } \
     memory { totalMemory } \
     disk { disks { drive discType size freeSize } totalSize } \
     assetInterface { name adapterName mac ipv4Address ipv6Address } \
     lastUserLog { name } } }";

pub(crate) const ASSET_SOFTWARE_LIST: &str = "query getAssetSoftwareList($input: AssetDetailsListInput!) { \
     getAssetSoftwareList(input: $input) { \
     assetSoftwares { id software version installedDate bitVersion installedPath } \
     listInfo { page pageSize hasMore totalCount } } }";

pub(crate) const CLIENT_LIST: &str = "query getClientList($input: ListInfoInput!) { \
     getClientList(input: $input) { clients { accountId name stage status } \
     listInfo { page pageSize hasMore totalCount } } }";

pub(crate) const DEPARTMENT_LIST: &str =
    "query getDepartmentList { getDepartmentList { departmentId name } }";

#[cfg(test)]
mod tests {
    use lmsync_testkit::superops::Product;

    use super::*;

    #[test]
    fn every_document_is_valid_by_the_vendors_schema() {
        for (product, documents) in [
            (
                Product::Msp,
                [
                    MSP_ASSET_LIST,
                    MSP_ASSET,
                    ASSET_DATES,
                    UPDATE_ASSET,
                    ASSET_SUMMARY,
                    ASSET_SOFTWARE_LIST,
                    CLIENT_LIST,
                ],
            ),
            (
                Product::It,
                [
                    IT_ASSET_LIST,
                    IT_ASSET,
                    ASSET_DATES,
                    UPDATE_ASSET,
                    ASSET_SUMMARY,
                    ASSET_SOFTWARE_LIST,
                    DEPARTMENT_LIST,
                ],
            ),
        ] {
            for document in documents {
                assert_eq!(product.check(document), Ok(()), "{document}");
            }
        }
    }

    #[test]
    fn the_products_differ_and_the_schema_knows() {
        for document in [MSP_ASSET_LIST, CLIENT_LIST] {
            assert_eq!(Product::Msp.check(document), Ok(()));
            assert!(
                Product::It
                    .check(document)
                    .unwrap_err()
                    .contains("FieldUndefined")
            );
        }
    }
}
