//! [`Connector`] for Syncro.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::json::{KeepRaw, LenientObject, WireRow};
use lmsync_core::listing::{ListSource, ListingScope, RecordStream};
use lmsync_core::model::{Asset, AssetId, Rules, Software, TenantFieldNames};
use lmsync_core::two_way::DateFields;
use lmsync_core::{
    AssetQuery, AssetStream, Capabilities, Check, CheckInSupport, CheckReport, CheckScope,
    Connector, ConnectorInfo, CustomerStream, Error, ErrorKind, Result, SoftwareStream,
};

use crate::api::{Api, ListPage};
use crate::lists::{AssetPages, CustomerPages};
use crate::map::{self, Basis, Origin};
use crate::owners::Owners;
use crate::wire;

const PRODUCT: &str = "Syncro";
/// What reading one asset is called in errors.
pub(crate) const READ_ASSET: &str = "reading an asset";
/// Whether one asset can be read by itself.
const READ_ASSET_DETAILS: &str = "read_asset_details";
const SIGHT_HINT: &str = "a single-customer user's token sees only the assets of that customer, and Syncro does not \
     say that there are more: compare the count with Syncro; make the token as Master User and \
     with a full-time agent";
const GATHERED: &str = "gathered from the assets: the API key may not list customers";
const GATHERED_HINT: &str = "a customer without assets is not seen this way; to see all, add \
     \"Customers - List/Search\" to the token under Profile/Password > API Tokens";

/// A Syncro or RepairShopr account.
///
/// Made by [`SyncroConfig::connect`](crate::SyncroConfig::connect). All Syncro
/// connectors of one [`Environment`](lmsync_core::Environment) share the request
/// budget, for the vendor counts by source address.
#[derive(Debug, Clone)]
pub struct Syncro {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    info: ConnectorInfo,
    pub(crate) api: Api,
    pub(crate) owners: Arc<Owners>,
    pub(crate) places: TenantFieldNames,
    pub(crate) rules: Rules,
}

impl Inner {
    pub(crate) fn origin(&self) -> Origin<'_> {
        Origin {
            instance: &self.info.instance,
            rules: &self.rules,
            places: &self.places,
        }
    }

    fn scope(&self, records: &str) -> ListingScope {
        ListingScope {
            connector: self.info.vendor.to_owned(),
            instance: self.info.instance.clone(),
            listing: records.to_owned(),
        }
    }

    pub(crate) fn stream<S: ListSource>(
        &self,
        source: S,
        query: AssetQuery,
        records: &str,
    ) -> RecordStream<S::Record> {
        let http = self.api.http();
        RecordStream::new(
            source,
            query,
            self.scope(records),
            http.clock().clone(),
            http.concurrency(),
        )
    }

    /// Whether one of the assets listed can be read by itself; `None` when there is none to try.
    async fn reads_details(
        &self,
        assets: &Result<ListPage<wire::Asset>>,
        meter: &Meter,
    ) -> Option<Check> {
        let Ok(page) = assets else {
            return Some(Check::not_tried(READ_ASSET_DETAILS, Check::READ_ASSETS));
        };
        let id = page
            .rows
            .iter()
            .find_map(|row| row.record.as_ref().ok()?.id.text())?;
        Some(match self.api.asset(id, meter).await {
            Ok(_) => Check::passed(READ_ASSET_DETAILS, "single assets can be read"),
            Err(error) => Check::failed(READ_ASSET_DETAILS, &error),
        })
    }
}

impl Syncro {
    pub(crate) fn new(api: Api, instance: String, places: TenantFieldNames, rules: Rules) -> Self {
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .two_way(DateFields::named_in(&places));
        Self {
            inner: Arc::new(Inner {
                info: ConnectorInfo::new(map::CONNECTOR, PRODUCT, instance, capabilities),
                owners: Arc::new(Owners::new(api.http().clock().clone())),
                api,
                places,
                rules,
            }),
        }
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// The same account with other rules of normalisation, such as how to read
    /// `5/8/2026` or further placeholder serial numbers.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self::new(
            self.inner.api.clone(),
            self.inner.info.instance.clone(),
            self.inner.places.clone(),
            rules,
        )
    }
}

#[async_trait]
impl Connector for Syncro {
    fn info(&self) -> &ConnectorInfo {
        &self.inner.info
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        let meter = Meter::default();
        let api = &self.inner.api;
        let assets = api.asset_list(1, None, KeepRaw::No, &meter).await;
        let customers = api.customer_list(1, &meter).await;
        // What the assets tell is no failure: the prebuilt token may do no more.
        let gathered = assets.is_ok()
            && matches!(&customers, Err(error) if error.kind() == ErrorKind::Permission);
        let customers = match customers {
            Err(_) if gathered => Ok(None),
            customers => customers.map(|page| page.meta.total_entries),
        };
        let counted = match &assets {
            Ok(page) => Ok(page.meta.total_entries),
            Err(error) => Err(error.clone()),
        };
        let mut report = CheckReport::of_reads(PRODUCT, &customers, &counted)
            .advise(Check::READ_CUSTOMERS, SIGHT_HINT)
            .advise(Check::READ_ASSETS, SIGHT_HINT);
        if gathered {
            for check in &mut report.checks {
                if check.name == Check::READ_CUSTOMERS {
                    GATHERED.clone_into(&mut check.detail);
                    check.hint = Some(GATHERED_HINT.to_owned());
                }
            }
        }
        if let Some(check) = self.inner.reads_details(&assets, &meter).await {
            report = report.and(check);
        }
        if !scope.two_way {
            return report;
        }
        let writing = self.inner.check_writing(&report, &meter).await;
        report.and(writing)
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let pages = AssetPages::new(Arc::clone(&self.inner), &query);
        self.inner.stream(pages, query, "assets")
    }

    fn software(&self, _query: AssetQuery) -> SoftwareStream {
        RecordStream::<Software>::failed(
            Error::unsupported(PRODUCT, "software assets"),
            self.inner.scope("software"),
        )
    }

    fn customers(&self) -> CustomerStream {
        let pages = CustomerPages::new(Arc::clone(&self.inner));
        self.inner.stream(pages, AssetQuery::new(), "customers")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let id = asset_number(id)?;
        let (wire, received_at) = self.inner.api.asset(id, &Meter::default()).await?;
        let row = WireRow::typed(LenientObject::Value(wire));
        map::asset(row, self.inner.origin(), Basis::AgentOnly, received_at).map_err(|rejection| {
            Error::new(ErrorKind::Decode, rejection.reason)
                .with_operation(READ_ASSET)
                .with_hint("report it to the vendor")
        })
    }
}

/// The vendor's id of an asset; anything but a number would lead to another address.
pub(crate) fn asset_number(id: &AssetId) -> Result<&str> {
    let number = id.vendor_id.trim();
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(number);
    }
    Err(
        Error::new(ErrorKind::NotFound, "an asset's id in Syncro is a number")
            .with_operation(READ_ASSET)
            .with_hint("take the id from a listing of the same account"),
    )
}
