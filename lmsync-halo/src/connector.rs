//! [`Connector`] for Halo.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::json::{KeepRaw, WireRow};
use lmsync_core::model::{Asset, AssetId};
use lmsync_core::{
    AssetQuery, AssetStream, CheckReport, CheckScope, Connector, ConnectorInfo, CustomerStream,
    ErrorKind, Result, SoftwareStream,
};

use crate::api::{Api, PAGE_SIZE};
use crate::check;
use crate::lists::{Customers, HardwareLists, SoftwareLists};
use crate::map::{self, Reading};
use crate::quirks::installed::unusable;

/// A Halo PSA or Halo ITSM account.
///
/// Made by [`HaloConfig::connect`](crate::HaloConfig::connect). Clones share the
/// request budget and the tokens.
#[derive(Debug, Clone)]
pub struct Halo {
    pub(crate) api: Arc<Api>,
}

impl Halo {
    /// The name of a listing: its `records`, and how they are listed.
    fn listing(&self, records: &str) -> String {
        let inactive = match self.api.options.include_inactive {
            true => " and inactive ones",
            false => "",
        };
        format!("{records}{inactive} by {PAGE_SIZE}")
    }
}

#[async_trait]
impl Connector for Halo {
    fn info(&self) -> &ConnectorInfo {
        self.api.account.info()
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        check::check(&self.api, scope).await
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let lists = HardwareLists::new(Arc::clone(&self.api), &query);
        self.api
            .account
            .list_all(lists, query, &self.listing("assets"))
    }

    fn software(&self, query: AssetQuery) -> SoftwareStream {
        let mut plain = AssetQuery::new();
        plain.resume = query.resume;
        let lists = SoftwareLists(Arc::clone(&self.api));
        self.api
            .account
            .list_all(lists, plain, &self.listing("software"))
    }

    fn customers(&self) -> CustomerStream {
        let customers = Customers::new(Arc::clone(&self.api));
        let listing = self.listing("customers");
        self.api
            .account
            .list(customers, AssetQuery::new(), &listing)
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let meter = Meter::default();
        let api = &self.api;
        let origin = api.account.origin();
        let (row, received_at) = api.asset(&id.vendor_id, KeepRaw::No, &meter).await?;
        let mut wire = row.record.map_err(unusable)?;
        let own = wire.software.take();
        let reading = Reading {
            origin,
            fields: &api.options.fields,
            accept_update: false,
        };
        let row = WireRow::of(wire);
        let asset = map::asset(row, reading, received_at).map_err(unusable)?;
        match api.programs(&id.vendor_id, own, &meter).await {
            Ok(programs) => Ok(map::with_software(asset, &programs, origin)),
            // The asset was asked for, not its software: what may not be read is left open.
            Err(error) if error.kind() == ErrorKind::Permission => {
                Ok(origin.with_gap(asset, "software", error.message()))
            }
            Err(error) => Err(error),
        }
    }
}
