//! The endpoints: one function each, from parameters to one page of wire types.
//!
//! SuperOps has one address per product and takes GraphQL documents there.

use chrono::{DateTime, Utc};
use lmsync_core::graphql::GraphQlRequest;
use lmsync_core::http::{Answer, Call, HttpClient, Idempotency, Meter};
use lmsync_core::json::{KeepRaw, StrictObject};
use lmsync_core::{Account, Error, ErrorKind, Result};
use serde_json::{Value, json};
use url::Url;

use crate::answers;
use crate::product::Product;
use crate::quirks::documents::{
    ASSET_DATES, ASSET_SOFTWARE_LIST, ASSET_SUMMARY, CLIENT_LIST, DEPARTMENT_LIST, IT_ASSET,
    IT_ASSET_LIST, MSP_ASSET, MSP_ASSET_LIST, UPDATE_ASSET,
};
use crate::quirks::rows::{ListPage, read_departments, read_list};
use crate::wire;

/// The most that SuperOps puts on a page.
pub(crate) const PAGE_SIZE: u32 = 100;

/// The calls of one account.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) account: Account,
    pub(crate) url: Url,
    pub(crate) product: Product,
}

impl Api {
    fn http(&self) -> &HttpClient {
        self.account.http()
    }

    pub(crate) async fn asset_list(
        &self,
        page: u32,
        page_size: u32,
        raw: KeepRaw,
        meter: &Meter,
    ) -> Result<ListPage<Box<wire::Asset>>> {
        let document = match self.product {
            Product::Msp => MSP_ASSET_LIST,
            Product::It => IT_ASSET_LIST,
        };
        let call = self.call("getAssetList", document, &paged(page, page_size))?;
        self.http()
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
        let call = self.call("getAsset", document, &of_asset(asset_id))?;
        self.http()
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
        let call = self.call("getAsset", ASSET_DATES, &of_asset(asset_id))?;
        self.http()
            .send(&call, meter, |answer| {
                let (dates, _) = answers::read_optional(answer)?;
                let StrictObject(dates): StrictObject<wire::AssetDates> =
                    dates.ok_or_else(|| no_such_asset(answer))?;
                if dates.asset_id.id() != Some(asset_id) {
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
        let mut call = self.call("updateAsset", UPDATE_ASSET, &json!({ "input": update }))?;
        call.idempotency = Idempotency::Once;
        self.http().send(&call, meter, answers::require_made).await
    }

    pub(crate) async fn asset_summary(
        &self,
        asset_id: &str,
        meter: &Meter,
    ) -> Result<wire::Summary> {
        let call = self.call("getAssetSummary", ASSET_SUMMARY, &of_asset(asset_id))?;
        self.http()
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
        let list_info = json!({ "page": page, "pageSize": PAGE_SIZE });
        let input = json!({ "input": { "assetId": asset_id, "listInfo": list_info } });
        let call = self.call("getAssetSoftwareList", ASSET_SOFTWARE_LIST, &input)?;
        self.http()
            .send(&call, meter, |answer| read_list(answer, KeepRaw::No))
            .await
    }

    pub(crate) async fn client_list(
        &self,
        page: u32,
        page_size: u32,
        meter: &Meter,
    ) -> Result<ListPage<wire::Customer>> {
        let call = self.call("getClientList", CLIENT_LIST, &paged(page, page_size))?;
        self.http()
            .send(&call, meter, |answer| read_list(answer, KeepRaw::No))
            .await
    }

    pub(crate) async fn department_list(&self, meter: &Meter) -> Result<ListPage<wire::Customer>> {
        let call = self.call("getDepartmentList", DEPARTMENT_LIST, &json!({}))?;
        self.http().send(&call, meter, read_departments).await
    }

    fn call(&self, operation: &'static str, query: &str, variables: &Value) -> Result<Call> {
        let body = GraphQlRequest { query, variables };
        Call::post_json(operation, &self.url, &body, Idempotency::Idempotent)
    }
}

fn paged(page: u32, page_size: u32) -> Value {
    json!({ "input": { "page": page, "pageSize": page_size } })
}

fn of_asset(asset_id: &str) -> Value {
    json!({ "input": { "assetId": asset_id } })
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
