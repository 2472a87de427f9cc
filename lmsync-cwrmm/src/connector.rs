//! [`Connector`] for ConnectWise RMM.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::model::{Asset, AssetId};
use lmsync_core::{
    AssetQuery, AssetStream, CheckReport, CheckScope, Connector, ConnectorInfo, CustomerStream,
    Result,
};

use crate::api::{Api, COMPANIES_AT_ONCE};
use crate::check;
use crate::lists::{Companies, DeviceLists};

/// A ConnectWise RMM account.
///
/// Made by [`CwRmmConfig::connect`](crate::CwRmmConfig::connect). Clones share the access token
/// and the request budget.
#[derive(Debug, Clone)]
pub struct CwRmm {
    pub(crate) api: Arc<Api>,
}

#[async_trait]
impl Connector for CwRmm {
    fn info(&self) -> &ConnectorInfo {
        self.api.account.info()
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        check::check(&self.api, scope).await
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let devices = match self.api.options.network_devices {
            true => "devices and network devices",
            false => "devices",
        };
        let records = format!("{devices} page by page, {COMPANIES_AT_ONCE} companies at once");
        let lists = DeviceLists::new(Arc::clone(&self.api), &query);
        self.api.account.list_all(lists, query, &records)
    }

    fn customers(&self) -> CustomerStream {
        let companies = Companies {
            api: Arc::clone(&self.api),
        };
        self.api
            .account
            .list(companies, AssetQuery::new(), "companies")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        self.api.whole_device(id, &Meter::default()).await
    }
}
