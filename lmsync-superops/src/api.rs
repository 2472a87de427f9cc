//! The endpoints: one function each, from parameters to one page of wire types.
//!
//! SuperOps has one address per product and takes GraphQL documents there.

use chrono::{DateTime, Utc};
use lmsync_core::graphql::GraphQlRequest;
use lmsync_core::http::{Answer, Call, HttpClient, Idempotency, Meter};
use lmsync_core::json::{KeepRaw, LenientObject, WireRow};
use lmsync_core::{Error, ErrorKind, Result, RetryClass};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

use crate::answers::{self, FieldErrors};
use crate::wire::{self, StrictObject};

/// The most that SuperOps puts on a page.
pub(crate) const PAGE_SIZE: u32 = 100;
const ID_KEYS: [&str; 3] = ["assetId", "accountId", "departmentId"];

/// Which of SuperOps' two products an account is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Product {
    /// For service providers: assets belong to clients.
    #[default]
    Msp,
    /// For internal IT: assets belong to departments.
    It,
}

impl Product {
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Msp => "/msp",
            Self::It => "/it",
        }
    }
}

macro_rules! asset_fields {
    ($of_the_product:literal) => {
        concat!(
            "assetId name assetClass site requester primaryMac loggedInUser serialNumber \
             manufacturer model hostName publicIp gateway platform domain status \
             lastCommunicatedTime platformFamily platformCategory platformVersion \
             warrantyExpiryDate purchasedDate customFields ",
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
     assetInterface { name adapterName mac ipv4Address ipv6Address } } }";

pub(crate) const ASSET_SOFTWARE_LIST: &str = "query getAssetSoftwareList($input: AssetDetailsListInput!) { \
     getAssetSoftwareList(input: $input) { \
     assetSoftwares { id software version installedDate bitVersion installedPath } \
     listInfo { page pageSize hasMore totalCount } } }";

pub(crate) const CLIENT_LIST: &str = "query getClientList($input: ListInfoInput!) { \
     getClientList(input: $input) { clients { accountId name stage status } \
     listInfo { page pageSize hasMore totalCount } } }";

pub(crate) const DEPARTMENT_LIST: &str =
    "query getDepartmentList { getDepartmentList { departmentId name } }";

/// The calls of one account.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    http: HttpClient,
    url: Url,
    product: Product,
}

/// One page as it came.
#[derive(Debug)]
pub(crate) struct ListPage<R> {
    pub(crate) rows: Vec<ListRow<R>>,
    pub(crate) info: wire::ListInfo,
    pub(crate) received_at: DateTime<Utc>,
}

/// One row as it came, and what the vendor says about it.
#[derive(Debug)]
pub(crate) struct ListRow<R> {
    pub(crate) row: WireRow<R>,
    pub(crate) notes: Vec<String>,
}

#[derive(Serialize)]
struct Input<T> {
    input: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageInput {
    page: u32,
    page_size: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssetInput<'a> {
    asset_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_info: Option<PageInput>,
}

#[derive(Serialize)]
struct NoVariables {}

impl Api {
    pub(crate) fn new(http: HttpClient, url: Url, product: Product) -> Self {
        Self { http, url, product }
    }

    pub(crate) fn http(&self) -> &HttpClient {
        &self.http
    }

    pub(crate) fn product(&self) -> Product {
        self.product
    }

    pub(crate) async fn asset_list(
        &self,
        page: u32,
        page_size: u32,
        raw: KeepRaw,
        meter: &Meter,
    ) -> Result<ListPage<wire::Asset>> {
        let document = match self.product {
            Product::Msp => MSP_ASSET_LIST,
            Product::It => IT_ASSET_LIST,
        };
        let input = PageInput { page, page_size };
        let call = self.call("getAssetList", document, &Input { input })?;
        self.http
            .send(&call, meter, |answer| read_list(answer, raw))
            .await
    }

    pub(crate) async fn asset(
        &self,
        asset_id: &str,
        meter: &Meter,
    ) -> Result<(wire::Asset, DateTime<Utc>)> {
        let document = match self.product {
            Product::Msp => MSP_ASSET,
            Product::It => IT_ASSET,
        };
        let call = self.call("getAsset", document, &asset_input(asset_id, None))?;
        self.http
            .send(&call, meter, |answer| {
                let (asset, _) = answers::read_optional(answer)?;
                let StrictObject(asset) = asset.ok_or_else(|| no_such_asset(answer))?;
                Ok((asset, answer.received_at()))
            })
            .await
    }

    /// The dates that an asset has now.
    pub(crate) async fn asset_dates(
        &self,
        asset_id: &str,
        meter: &Meter,
    ) -> Result<(wire::AssetDates, DateTime<Utc>)> {
        let call = self.call("getAsset", ASSET_DATES, &asset_input(asset_id, None))?;
        self.http
            .send(&call, meter, |answer| {
                let (dates, _) = answers::read_optional(answer)?;
                let StrictObject(dates): StrictObject<wire::AssetDates> =
                    dates.ok_or_else(|| no_such_asset(answer))?;
                if dates.asset_id.text() != Some(asset_id) {
                    return Err(another_asset(answer));
                }
                Ok((dates, answer.received_at()))
            })
            .await
    }

    /// Sends new dates, once.
    pub(crate) async fn update_asset(
        &self,
        update: &wire::AssetUpdate<'_>,
        meter: &Meter,
    ) -> Result<()> {
        let input = update;
        let call = Call {
            idempotency: Idempotency::Once,
            ..self.call("updateAsset", UPDATE_ASSET, &Input { input })?
        };
        self.http.send(&call, meter, answers::require_made).await
    }

    pub(crate) async fn asset_summary(
        &self,
        asset_id: &str,
        meter: &Meter,
    ) -> Result<wire::Summary> {
        let input = asset_input(asset_id, None);
        let call = self.call("getAssetSummary", ASSET_SUMMARY, &input)?;
        self.http
            .send(&call, meter, |answer| {
                let (StrictObject(summary), _) = answers::read(answer)?;
                Ok(summary)
            })
            .await
    }

    pub(crate) async fn asset_software_list(
        &self,
        asset_id: &str,
        page: u32,
        meter: &Meter,
    ) -> Result<ListPage<wire::Software>> {
        let input = asset_input(
            asset_id,
            Some(PageInput {
                page,
                page_size: PAGE_SIZE,
            }),
        );
        let call = self.call("getAssetSoftwareList", ASSET_SOFTWARE_LIST, &input)?;
        self.http
            .send(&call, meter, |answer| read_list(answer, KeepRaw::No))
            .await
    }

    pub(crate) async fn client_list(
        &self,
        page: u32,
        page_size: u32,
        meter: &Meter,
    ) -> Result<ListPage<wire::Customer>> {
        let input = PageInput { page, page_size };
        let call = self.call("getClientList", CLIENT_LIST, &Input { input })?;
        self.http
            .send(&call, meter, |answer| read_list(answer, KeepRaw::No))
            .await
    }

    pub(crate) async fn department_list(&self, meter: &Meter) -> Result<ListPage<wire::Customer>> {
        let call = self.call("getDepartmentList", DEPARTMENT_LIST, &NoVariables {})?;
        self.http.send(&call, meter, read_departments).await
    }

    fn call(
        &self,
        operation: &'static str,
        query: &str,
        variables: &impl Serialize,
    ) -> Result<Call> {
        let body = GraphQlRequest { query, variables };
        Call::post_json(operation, &self.url, &body, Idempotency::Idempotent)
    }
}

fn asset_input(asset_id: &str, list_info: Option<PageInput>) -> Input<AssetInput<'_>> {
    Input {
        input: AssetInput {
            asset_id,
            list_info,
        },
    }
}

/// Reads a page typed; row by row only where that fails or the raw rows are wanted.
fn read_list<R: DeserializeOwned>(answer: &Answer<'_>, raw: KeepRaw) -> Result<ListPage<R>> {
    if raw == KeepRaw::No
        && let Ok((StrictObject(list), errors)) =
            answers::read::<StrictObject<wire::List<LenientObject<R>>>>(answer)
    {
        let (rows, info) = rows_of(list, answer)?;
        return Ok(list_page(typed(rows), info, &errors, answer));
    }
    let (StrictObject(list), errors) =
        answers::read::<StrictObject<wire::List<Box<RawValue>>>>(answer)?;
    let (rows, info) = rows_of(list, answer)?;
    Ok(list_page(untyped(rows, raw), info, &errors, answer))
}

/// Reads all departments, which come without pages; row by row where that is needed.
fn read_departments(answer: &Answer<'_>) -> Result<ListPage<wire::Customer>> {
    let (rows, errors) = match answers::read::<Vec<LenientObject<wire::Customer>>>(answer) {
        Ok((rows, errors)) => (typed(rows), errors),
        Err(_) => {
            let (rows, errors) = answers::read::<Vec<Box<RawValue>>>(answer)?;
            (untyped(rows, KeepRaw::No), errors)
        }
    };
    let info = wire::ListInfo {
        total_count: Some(rows.len() as u64),
        has_more: Some(false),
        page_size: None,
    };
    Ok(list_page(rows, info, &errors, answer))
}

fn typed<R>(rows: Vec<LenientObject<R>>) -> Vec<WireRow<R>> {
    rows.into_iter().map(WireRow::typed).collect()
}

fn untyped<R: DeserializeOwned>(rows: Vec<Box<RawValue>>, raw: KeepRaw) -> Vec<WireRow<R>> {
    let rows = rows.into_iter();
    rows.map(|row| WireRow::untyped(row, &ID_KEYS, raw))
        .collect()
}

/// The rows; a list that is missing is empty only where the vendor counts none.
fn rows_of<R>(list: wire::List<R>, answer: &Answer<'_>) -> Result<(Vec<R>, wire::ListInfo)> {
    let info = list
        .list_info
        .map(|StrictObject(info)| info)
        .unwrap_or_default();
    match list.rows {
        Some(rows) => Ok((rows, info)),
        None if info.total_count == Some(0) => Ok((Vec::new(), info)),
        None => Err(answer
            .error(ErrorKind::Vendor, "SuperOps sent a page without a list")
            .with_retry(RetryClass::OnlyIfIdempotent)
            .with_hint("try again later")),
    }
}

/// Nothing may be written to an asset that did not come as asked for.
fn another_asset(answer: &Answer<'_>) -> Error {
    answer
        .error(
            ErrorKind::Vendor,
            "SuperOps sent another asset than the one asked for",
        )
        .with_hint("report it to the vendor")
}

fn no_such_asset(answer: &Answer<'_>) -> Error {
    answer
        .error(ErrorKind::NotFound, "SuperOps does not know the asset")
        .with_hint("it may have been deleted, or the token's role may not see it")
}

fn list_page<R>(
    rows: Vec<WireRow<R>>,
    info: wire::ListInfo,
    errors: &FieldErrors,
    answer: &Answer<'_>,
) -> ListPage<R> {
    let notes_on = |index: usize| -> Vec<String> {
        errors
            .iter()
            .filter(|error| error.index() == Some(index))
            .map(|error| answer.mask(error.message().unwrap_or("no reason given")))
            .collect()
    };
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(index, row)| ListRow {
            row,
            notes: notes_on(index),
        })
        .collect();
    ListPage {
        rows,
        info,
        received_at: answer.received_at(),
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::{ExecutableDocument, Schema};
    use bytes::Bytes;
    use lmsync_core::http::Redactor;

    use super::*;

    #[test]
    fn every_document_is_valid_by_the_vendors_schema() {
        let msp = include_str!("../fixtures/msp.graphql");
        let it = include_str!("../fixtures/it.graphql");
        for (sdl, documents) in [
            (
                msp,
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
                it,
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
            let schema = Schema::parse_and_validate(sdl, "schema.graphql").unwrap();
            for document in documents {
                if let Err(error) =
                    ExecutableDocument::parse_and_validate(&schema, document, "query.graphql")
                {
                    panic!("{document}: {}", error.errors);
                }
            }
        }
    }

    #[test]
    fn the_products_differ_and_the_schema_knows() {
        let it = include_str!("../fixtures/it.graphql");
        let schema = Schema::parse_and_validate(it, "schema.graphql").unwrap();
        for document in [MSP_ASSET_LIST, CLIENT_LIST] {
            assert!(
                ExecutableDocument::parse_and_validate(&schema, document, "query.graphql").is_err()
            );
        }
    }

    fn page(body: &str, raw: KeepRaw) -> Result<ListPage<wire::Asset>> {
        let response = http::Response::new(Bytes::copy_from_slice(body.as_bytes()));
        let answer = Answer::new(&response, Redactor::default(), DateTime::UNIX_EPOCH);
        read_list(&answer, raw)
    }

    fn list(rows: &str) -> String {
        format!(
            r#"{{"data":{{"getAssetList":{{"assets":{rows},
                "listInfo":{{"page":1,"pageSize":"100","hasMore":null,"totalCount":"4"}}}}}}}}"#
        )
    }

    #[test]
    fn one_bad_row_does_not_cost_the_page() {
        let body = list(r#"[{"assetId":1},null,["x"],{"assetId":"4","platformFamily":{}}]"#);
        for raw in [KeepRaw::No, KeepRaw::Yes] {
            let page = page(&body, raw).unwrap();
            let reasons: Vec<_> = page
                .rows
                .iter()
                .map(|row| {
                    row.row
                        .record
                        .as_ref()
                        .err()
                        .map(|rejection| rejection.reason.as_str())
                })
                .collect();
            assert_eq!(
                reasons,
                [
                    None,
                    Some("the row is null"),
                    Some("the row is not an object but array"),
                    None
                ]
            );
            assert_eq!(page.info.total_count, Some(4));
            assert_eq!(page.info.page_size, Some(100));
        }
    }

    #[test]
    fn nothing_is_filled_from_an_array_by_position() {
        let info = r#"{"page":1,"pageSize":100,"hasMore":null,"totalCount":0}"#;
        for body in [
            format!(r#"{{"data":{{"getAssetList":[[],{info}]}}}}"#),
            format!(r#"{{"data":[{{"assets":[],"listInfo":{info}}}]}}"#),
            format!(r#"[{{"getAssetList":{{"assets":[],"listInfo":{info}}}}}]"#),
            r#"{"data":{"getAssetList":{"assets":[],"listInfo":[100,null,0]}}}"#.to_owned(),
        ] {
            for raw in [KeepRaw::No, KeepRaw::Yes] {
                let error = page(&body, raw).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
            }
        }
    }

    #[test]
    fn one_bad_department_does_not_cost_the_others() {
        let body = r#"{"data":{"getDepartmentList":[{"departmentId":"1","name":"a"},
            {"departmentId":"2","name":"a","name":"b"},{"departmentId":"3","name":"c"}]}}"#;
        let response = http::Response::new(Bytes::from(body));
        let answer = Answer::new(&response, Redactor::default(), DateTime::UNIX_EPOCH);
        let page = read_departments(&answer).unwrap();
        let is_read: Vec<bool> = page.rows.iter().map(|row| row.row.record.is_ok()).collect();
        assert_eq!(is_read, [true, false, true]);
        let bad = page.rows[1].row.record.as_ref().unwrap_err();
        assert_eq!(bad.vendor_id.as_deref(), Some("2"));
    }

    #[test]
    fn a_row_that_repeats_a_key_is_rejected_by_name() {
        let body = list(r#"[{"assetId":"1"},{"assetId":"2","name":"a","name":"b"}]"#);
        let page = page(&body, KeepRaw::No).unwrap();
        assert!(page.rows[0].row.record.is_ok());
        let unreadable = page.rows[1].row.record.as_ref().unwrap_err();
        assert_eq!(unreadable.vendor_id.as_deref(), Some("2"));
        assert!(unreadable.reason.contains("duplicate field `name`"));
    }

    #[test]
    fn the_raw_row_is_kept_to_the_letter_on_request() {
        let body = list(r#"[{"assetId":1, "x" : [ 1 ]}]"#);
        let kept = page(&body, KeepRaw::Yes).unwrap();
        assert_eq!(
            kept.rows[0].row.raw.as_ref().unwrap().get(),
            r#"{"assetId":1, "x" : [ 1 ]}"#
        );
        assert!(page(&body, KeepRaw::No).unwrap().rows[0].row.raw.is_none());
    }

    #[test]
    fn a_missing_list_is_an_error_unless_there_is_nothing() {
        let empty = r#"{"data":{"getAssetList":{"assets":null,"listInfo":{"totalCount":0}}}}"#;
        assert!(page(empty, KeepRaw::No).unwrap().rows.is_empty());
        let missing = r#"{"data":{"getAssetList":{"assets":null,"listInfo":{"totalCount":3}}}}"#;
        assert!(page(missing, KeepRaw::No).is_err());
        assert!(page(r#"{"data":{"getAssetList":{}}}"#, KeepRaw::No).is_err());
    }

    #[test]
    fn what_is_said_about_a_row_stays_with_it() {
        let body = r#"{"data":{"getAssetList":{"assets":[{"assetId":"1"},null]}},
            "errors":[{"message":"Cannot return null","path":["getAssetList","assets",1,"client"]}]}"#;
        let page = page(body, KeepRaw::No).unwrap();
        assert!(page.rows[0].notes.is_empty());
        assert_eq!(page.rows[1].notes, ["Cannot return null"]);
    }
}
