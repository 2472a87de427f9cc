//! [`Connector`] for Syncro.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::json::WireRow;
use lmsync_core::model::{Asset, AssetId};
use lmsync_core::{
    AssetQuery, AssetStream, CheckReport, CheckScope, Connector, ConnectorInfo, CustomerStream,
    ErrorKind, Result,
};

use crate::api::{Api, READ_ASSET, asset_number};
use crate::check;
use crate::lists::{self, Assets, Customers};
use crate::map::{self, Basis};

/// A Syncro or RepairShopr account.
///
/// Made by [`SyncroConfig::connect`](crate::SyncroConfig::connect). All Syncro
/// connectors of one [`Environment`](lmsync_core::Environment) share the request
/// budget, for the vendor counts by source address.
#[derive(Debug, Clone)]
pub struct Syncro {
    pub(crate) api: Arc<Api>,
}

#[async_trait]
impl Connector for Syncro {
    fn info(&self) -> &ConnectorInfo {
        self.api.account.info()
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        check::check(&self.api, scope).await
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let assets = Assets::new(Arc::clone(&self.api), &query);
        self.api.account.list(assets, query, "assets")
    }

    fn customers(&self) -> CustomerStream {
        let customers = Customers::new(Arc::clone(&self.api));
        let query = AssetQuery::new();
        self.api.account.list(customers, query, "customers")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let (id, api) = (asset_number(id)?, &self.api);
        let meter = Meter::default();
        let (wire, received_at) = api.asset(id, &meter).await?;
        let row = WireRow::of(Box::new(wire));
        let origin = api.account.origin();
        let asset = map::asset(row, origin, &api.fields, Basis::AgentOnly, received_at)
            .map_err(|rejection| rejection.into_error(READ_ASSET))?;
        match lists::add_software(api, asset.clone(), &meter).await {
            // The asset was asked for, not its software: what may not be read is left open.
            Err(error) if error.kind() == ErrorKind::Permission => {
                Ok(origin.with_gap(asset, "software", error.message()))
            }
            read => read,
        }
    }
}
