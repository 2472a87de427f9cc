//! Devices by links, with a key in a header of the vendor's own.

use async_trait::async_trait;
use lmsync::http::Meter;
use lmsync::json::KeepRaw;
use lmsync::listing::{ListSource, Page, PageKey};
use lmsync::model::Asset;
use lmsync::{AssetQuery, AssetStream, Detail, Environment, ErrorKind, Result};

use super::connector::{Api, Depot, Way, assets, key_header};

/// A connector to the account that `key` opens.
pub(super) fn connect_in(environment: &Environment, key: &str) -> Result<Depot<Links>> {
    let api = Api::with_key(environment, key, key_header(key)?, |capabilities| {
        capabilities.detail(Detail::NONE.hardware())
    })?;
    Ok(Depot { api, way: Links })
}

#[derive(Debug)]
pub(super) struct Links;

impl Way for Links {
    fn assets(&self, api: &Api, query: AssetQuery) -> AssetStream {
        let (api, raw) = (api.clone(), query.raw.into());
        let account = api.account.clone();
        account.list(Devices { api, raw }, query, "devices by link")
    }
}

struct Devices {
    api: Api,
    raw: KeepRaw,
}

#[async_trait]
impl ListSource for Devices {
    type Record = Asset;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let (list, next) = self.api.page("/v1/devices", at, meter).await?;
        Ok(assets(&list, next, self.raw, self.api.account.origin()))
    }

    async fn complete(&self, listed: Asset, meter: &Meter) -> Result<Asset> {
        match self.api.device(&listed.source.vendor_id, meter).await {
            Ok(mut asset) => {
                asset.source = listed.source;
                Ok(asset)
            }
            // Deleted since it was listed.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(listed),
            Err(error) => Err(error),
        }
    }
}
