//! [`Connector`] for SuperOps.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::json::WireRow;
use lmsync_core::model::{Asset, AssetId};
use lmsync_core::{
    AssetQuery, AssetStream, CheckReport, CheckScope, Connector, ConnectorInfo, CustomerStream,
    Result,
};

use crate::api::{Api, PAGE_SIZE};
use crate::lists::{Assets, Customers, add_detail};
use crate::quirks::rows::ListRow;
use crate::{check, map};

/// A SuperOps account.
///
/// Made by [`SuperOpsConfig::connect`](crate::SuperOpsConfig::connect). Clones
/// share the request budget.
#[derive(Debug, Clone)]
pub struct SuperOps {
    pub(crate) api: Arc<Api>,
}

#[async_trait]
impl Connector for SuperOps {
    fn info(&self) -> &ConnectorInfo {
        self.api.account.info()
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        check::check(&self.api, scope).await
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let assets = Assets {
            api: Arc::clone(&self.api),
            detail: query.detail,
            raw: query.raw.into(),
        };
        let records = format!("assets by {PAGE_SIZE}");
        self.api.account.list(assets, query, &records)
    }

    fn customers(&self) -> CustomerStream {
        let customers = Customers {
            api: Arc::clone(&self.api),
        };
        let records = format!("customers by {PAGE_SIZE}");
        self.api
            .account
            .list(customers, AssetQuery::new(), &records)
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let (meter, api) = (Meter::default(), &self.api);
        let (wire, received_at) = api.asset(&id.vendor_id, &meter).await?;
        let row = ListRow {
            row: WireRow::of(Box::new(wire)),
            notes: Vec::new(),
        };
        let asset = map::asset(row, api.account.origin(), received_at)
            .map_err(|rejection| rejection.into_error("getAsset"))?;
        let detail = self.info().capabilities.detail;
        add_detail(api, asset, detail, &meter).await
    }
}
