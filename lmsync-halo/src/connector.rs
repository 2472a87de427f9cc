//! [`Connector`] for Halo.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::json::{KeepRaw, LenientObject, OneOrMany, WireRow};
use lmsync_core::listing::{ListSource, ListingScope, RecordStream};
use lmsync_core::model::{Asset, AssetId, Rules, TenantFieldNames};
use lmsync_core::{
    AssetQuery, AssetStream, Capabilities, Check, CheckInSupport, CheckReport, CheckScope,
    Connector, ConnectorInfo, CustomerStream, Detail, Error, ErrorKind, Rejection, Result,
    SoftwareStream,
};

use crate::api::{Api, AssetFilter, PAGE_SIZE};
use crate::asset_types::{AssetTypes, TenantTypes};
use crate::lists::{AssetPages, CustomerPages, SoftwarePages};
use crate::map::{self, Origin};
use crate::places;
use crate::two_way::WRITABLE;
use crate::wire;

const READ_SOFTWARE: &str = "read_software";
pub(crate) const SIGN_IN: &str = "sign-in";
const ROLE_HINT: &str = "an agent sees only what its role allows, without saying so: compare the \
     count with Halo; the role's permissions are under Configuration > Teams & Agents > Roles";
const NONE_HINT: &str = "if Halo shows assets, the agent may not see their types: under \
     Configuration > Teams & Agents > Roles > Permissions give its role Allow use of all Asset \
     Types and of all Asset Fields";

/// A Halo PSA or Halo ITSM account.
///
/// Made by [`HaloConfig::connect`](crate::HaloConfig::connect). Clones share the
/// request budget and the tokens.
#[derive(Debug, Clone)]
pub struct Halo {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) info: ConnectorInfo,
    pub(crate) api: Api,
    pub(crate) options: Options,
}

/// What the user chose about the meaning of the account's records.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) places: TenantFieldNames,
    pub(crate) types: AssetTypes,
    pub(crate) include_inactive: bool,
    pub(crate) rules: Rules,
}

impl Halo {
    pub(crate) fn new(api: Api, instance: String, options: Options) -> Self {
        let check_in = match places::check_in(&options.places) {
            (_, true) => CheckInSupport::Configured,
            (_, false) => CheckInSupport::None,
        };
        let capabilities = Capabilities::new()
            .software(true)
            .check_in(check_in)
            .detail(Detail::NONE.software())
            .two_way(WRITABLE);
        let product = api.product();
        let info = ConnectorInfo::new(product.connector(), product.label(), instance, capabilities);
        Self {
            inner: Arc::new(Inner { info, api, options }),
        }
    }

    /// The same account with other rules of normalisation, such as the zone of
    /// times or further placeholder serial numbers.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        let inner = &self.inner;
        let options = Options {
            rules,
            ..inner.options.clone()
        };
        Self::new(inner.api.clone(), inner.info.instance.clone(), options)
    }
}

impl Inner {
    /// The listing of `records`, page by page from `source`.
    pub(crate) fn stream<S: ListSource>(
        &self,
        source: S,
        query: AssetQuery,
        records: &str,
    ) -> RecordStream<S::Record> {
        let http = self.api.http();
        let inactive = match self.options.include_inactive {
            true => " and inactive ones",
            false => "",
        };
        let scope = ListingScope {
            connector: self.info.vendor.to_owned(),
            instance: self.info.instance.clone(),
            listing: format!("{records}{inactive} by {PAGE_SIZE}"),
        };
        RecordStream::new(
            source,
            query,
            scope,
            http.clock().clone(),
            http.concurrency(),
        )
    }

    pub(crate) fn origin(&self, accept_update: bool) -> Origin<'_> {
        Origin {
            connector: self.info.vendor,
            instance: &self.info.instance,
            rules: &self.options.rules,
            places: &self.options.places,
            accept_update,
        }
    }

    /// The tenant's asset types, sorted. Where they may not be read, nothing is left out.
    pub(crate) async fn types(&self, meter: &Meter) -> Result<TenantTypes> {
        match self.api.asset_types(meter).await {
            Ok(types) => Ok(TenantTypes::sort(&types, &self.options.types)),
            Err(error)
                if matches!(error.kind(), ErrorKind::Permission | ErrorKind::NotFound)
                    && error.operation() != Some(SIGN_IN) =>
            {
                Ok(TenantTypes::default())
            }
            Err(error) => Err(error),
        }
    }

    /// `asset` with what is installed on it; one that is gone meanwhile stays as it is.
    pub(crate) async fn add_software(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        let rules = &self.options.rules;
        let asset_id = &asset.source.vendor_id;
        let own = match self.api.asset(asset_id, KeepRaw::No, meter).await {
            Ok((row, _)) => row.record.map_err(unusable)?.software,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(map::without_software(asset, error.message(), rules));
            }
            Err(error) => return Err(error),
        };
        let programs = self.programs(asset_id, own, meter).await?;
        Ok(map::with_software(asset, &programs, rules))
    }

    /// The programs of an asset: its record's `own`, or else those of their own list.
    async fn programs(
        &self,
        asset_id: &str,
        own: Option<OneOrMany<LenientObject<wire::Program>>>,
        meter: &Meter,
    ) -> Result<Vec<LenientObject<wire::Program>>> {
        match own {
            Some(OneOrMany(programs)) => Ok(programs),
            None => self.api.asset_software(asset_id, meter).await,
        }
    }

    async fn visible_assets(&self, meter: &Meter) -> Result<Option<u64>> {
        let types = self.types(meter).await?;
        let of = match types.filter() {
            None => AssetFilter::AnyType,
            Some([]) => return Ok(Some(0)),
            Some(ids) => AssetFilter::Types(ids.to_vec()),
        };
        self.api.asset_count(&of, meter).await
    }
}

pub(crate) fn unusable(rejection: Rejection) -> Error {
    Error::new(ErrorKind::Decode, rejection.reason)
        .with_operation("GET /Asset/{id}")
        .with_hint("report it to the vendor")
}

#[async_trait]
impl Connector for Halo {
    fn info(&self) -> &ConnectorInfo {
        &self.inner.info
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        let meter = Meter::default();
        let inner = &self.inner;
        let product = inner.info.product;
        let customers = inner.api.client_count(&meter).await;
        let assets = inner.visible_assets(&meter).await;
        let assets_hint = match assets {
            Ok(Some(0)) => NONE_HINT,
            _ => ROLE_HINT,
        };
        let report = reads(product, &customers, &assets)
            .advise(Check::READ_CUSTOMERS, ROLE_HINT)
            .advise(Check::READ_ASSETS, assets_hint);
        let failed = [Check::REACHABLE, Check::AUTHENTICATED]
            .into_iter()
            .find(|name| {
                report
                    .checks
                    .iter()
                    .any(|check| check.name == *name && !check.ok)
            });
        let software = match failed {
            Some(failed) => Check::not_tried(READ_SOFTWARE, failed),
            None => match inner.api.licence_count(&meter).await {
                Ok(Some(count)) => {
                    Check::passed(READ_SOFTWARE, format!("{count} software licences visible"))
                }
                Ok(None) => Check::passed(READ_SOFTWARE, "software licences can be listed"),
                Err(error) => Check::failed(READ_SOFTWARE, &error),
            },
        };
        let report = report.and(software);
        if !scope.two_way {
            return report;
        }
        report.and(match failed {
            Some(failed) => Check::not_tried(Check::WRITE_DATES, failed),
            None => inner.check_writing(&meter).await,
        })
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let pages = AssetPages::new(Arc::clone(&self.inner), &query);
        self.inner.stream(pages, query, "assets")
    }

    fn software(&self, query: AssetQuery) -> SoftwareStream {
        let mut plain = AssetQuery::new();
        plain.resume = query.resume;
        let pages = SoftwarePages::new(Arc::clone(&self.inner));
        self.inner.stream(pages, plain, "software")
    }

    fn customers(&self) -> CustomerStream {
        let pages = CustomerPages::new(Arc::clone(&self.inner));
        self.inner.stream(pages, AssetQuery::new(), "customers")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let meter = Meter::default();
        let inner = &self.inner;
        let rules = &inner.options.rules;
        let (row, received_at) = inner.api.asset(&id.vendor_id, KeepRaw::No, &meter).await?;
        let mut wire = row.record.map_err(unusable)?;
        let own = wire.software.take();
        let row = WireRow::typed(LenientObject::Value(wire));
        let asset = map::asset(row, inner.origin(false), received_at).map_err(unusable)?;
        match inner.programs(&id.vendor_id, own, &meter).await {
            Ok(programs) => Ok(map::with_software(asset, &programs, rules)),
            // The asset was asked for, not its software: what may not be read is left open.
            Err(error) if error.kind() == ErrorKind::Permission => {
                Ok(map::without_software(asset, error.message(), rules))
            }
            Err(error) => Err(error),
        }
    }
}

/// What the two reads tell. Where the sign-in worked and both addresses lead to
/// something else than an API, the Resource Server is wrong.
fn reads(
    product: &str,
    customers: &Result<Option<u64>>,
    assets: &Result<Option<u64>>,
) -> CheckReport {
    match (customers, assets) {
        (Err(first), Err(second)) if is_elsewhere(first) && is_elsewhere(second) => CheckReport {
            checks: vec![
                Check::failed(Check::REACHABLE, first),
                Check::passed(
                    Check::AUTHENTICATED,
                    format!("{product} accepts the credentials"),
                ),
                Check::not_tried(Check::READ_CUSTOMERS, Check::REACHABLE),
                Check::not_tried(Check::READ_ASSETS, Check::REACHABLE),
            ],
        },
        _ => CheckReport::of_reads(product, customers, assets),
    }
}

fn is_elsewhere(error: &Error) -> bool {
    error.operation() != Some(SIGN_IN)
        && matches!(error.kind(), ErrorKind::Decode | ErrorKind::NotFound)
}
