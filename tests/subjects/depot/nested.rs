//! Devices customer by customer, each a list of numbered pages; two headers let in.

use async_trait::async_trait;
use http::HeaderName;
use lmsync::http::{Meter, Received};
use lmsync::json::KeepRaw;
use lmsync::listing::{ListChain, ListSource, Next, Page, PageKey, read_all};
use lmsync::model::Asset;
use lmsync::{AssetQuery, AssetStream, Environment, Result};

use super::connector::{Api, Customers, Depot, List, Way, assets, key_header};

const PAGE_SIZE: u32 = 20;

/// A connector to the account that `key` opens.
pub(super) fn connect_in(environment: &Environment, key: &str) -> Result<Depot<Nested>> {
    let client = HeaderName::from_static(super::CLIENT_HEADER);
    let credential = key_header(key)?.with_header(client, super::CLIENT_ID)?;
    let api = Api::with_key(environment, key, credential, |none| none)?;
    Ok(Depot { api, way: Nested })
}

#[derive(Debug)]
pub(super) struct Nested;

impl Way for Nested {
    const DEVICES: &str = "/v2/devices";

    fn assets(&self, api: &Api, query: AssetQuery) -> AssetStream {
        let (api, raw) = (api.clone(), query.raw.into());
        let account = api.account.clone();
        account.list_all(OfAll { api, raw }, query, "devices by customer")
    }
}

struct OfAll {
    api: Api,
    raw: KeepRaw,
}

#[async_trait]
impl ListChain for OfAll {
    type List = OfOne;

    async fn lists(&self, meter: &Meter) -> Result<Vec<(String, OfOne)>> {
        let customers = Customers(self.api.clone());
        let customers = read_all(customers, self.api.http(), meter).await?;
        let customers = customers.require_complete("customers")?;
        let list = |id: String| {
            let (api, raw, customer) = (self.api.clone(), self.raw, id.clone());
            (id, OfOne { api, raw, customer })
        };
        let customers = customers.records.into_iter();
        let ids = customers.map(|customer| customer.source.vendor_id);
        Ok(ids.map(list).collect())
    }
}

/// The devices of one customer.
struct OfOne {
    api: Api,
    raw: KeepRaw,
    customer: String,
}

#[async_trait]
impl ListSource for OfOne {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let path = ["v2", "customers", &self.customer, "devices"];
        let mut url = self.api.endpoint.path(path)?;
        let number = at.number().to_string();
        url.query_pairs_mut().append_pair("page", &number);
        let list: Received<List> = self.api.get("list devices", &url, meter).await?;
        let next = Next::numbered(PAGE_SIZE);
        let page = assets(&list, next, self.raw, self.api.account.origin());
        Ok(page.with_total(list.value.total))
    }
}
