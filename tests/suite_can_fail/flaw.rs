//! What can be wrong with a connector.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use lmsync::listing::ListSource;
use lmsync::model::{Asset, AssetId, Customer};
use lmsync::two_way::{AssetDates, DateChange, DateFields, WriteReport};
use lmsync::{
    AssetQuery, AssetStream, CheckReport, CheckScope, ConnectorInfo, CustomerStream, Environment,
    Result, SoftwareStream,
};
use lmsync_testkit::conformance::Profile;

use crate::flawed::Sound;
use crate::vendors::Slip;

/// A place in a connector where a flaw can be.
pub(crate) type Hook<F> = Option<Arc<F>>;
/// Where the pages of a listing come from.
pub(crate) type Pages<T> = Arc<dyn ListSource<Record = T>>;

/// What is wrong with a connector, or with its vendor: by default nothing.
///
/// [`transport`](crate::transport), [`pages`](crate::pages) and [`calls`](crate::calls)
/// have what most flaws are made of.
// Each hook is written out where it is, and nowhere else.
#[allow(clippy::type_complexity)]
#[derive(Clone, Default)]
pub(crate) struct Flaw {
    pub(crate) vendor: Option<Slip>,
    pub(crate) profile: Hook<dyn Fn(Profile) -> Profile + Send + Sync>,
    pub(crate) environment: Hook<dyn Fn(Environment) -> Environment + Send + Sync>,
    pub(crate) info: Hook<dyn Fn(&mut ConnectorInfo) + Send + Sync>,
    pub(crate) debug: Hook<dyn Fn(&mut fmt::Formatter<'_>) -> fmt::Result + Send + Sync>,
    pub(crate) query: Hook<dyn Fn(&mut AssetQuery) + Send + Sync>,
    pub(crate) assets: Hook<dyn Fn(&Sound, AssetQuery) -> AssetStream + Send + Sync>,
    pub(crate) customers: Hook<dyn Fn(&Sound) -> CustomerStream + Send + Sync>,
    pub(crate) software: Hook<dyn Fn(&Sound, AssetQuery) -> SoftwareStream + Send + Sync>,
    /// Of the Shelf only: the other connectors' pages are out of reach.
    pub(crate) asset_pages:
        Hook<dyn Fn(Pages<Asset>, &mut AssetQuery) -> Pages<Asset> + Send + Sync>,
    /// Of the Shelf only.
    pub(crate) customer_pages: Hook<dyn Fn(Pages<Customer>) -> Pages<Customer> + Send + Sync>,
    pub(crate) asset:
        Hook<dyn Fn(Sound, AssetId) -> BoxFuture<'static, Result<Asset>> + Send + Sync>,
    pub(crate) check:
        Hook<dyn Fn(Sound, CheckScope) -> BoxFuture<'static, CheckReport> + Send + Sync>,
    pub(crate) writable: Option<DateFields>,
    pub(crate) read_dates:
        Hook<dyn Fn(Sound, AssetId) -> BoxFuture<'static, Result<AssetDates>> + Send + Sync>,
    pub(crate) write_dates:
        Hook<dyn Fn(Sound, DateChange) -> BoxFuture<'static, Result<WriteReport>> + Send + Sync>,
}

thread_local! {
    static IN_FORCE: Cell<fn() -> Flaw> = const { Cell::new(Flaw::default) };
}

/// Lets connectors that are made on this thread have the flaw, each one of its own.
pub(crate) fn put_in_force(flaw: fn() -> Flaw) {
    IN_FORCE.set(flaw);
}

/// The flaw of the next connector.
pub(crate) fn in_force() -> Flaw {
    IN_FORCE.get()()
}

impl Flaw {
    /// Also `other`, which is in other places.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            vendor: self.vendor.or(other.vendor),
            profile: self.profile.or(other.profile),
            environment: self.environment.or(other.environment),
            info: self.info.or(other.info),
            debug: self.debug.or(other.debug),
            query: self.query.or(other.query),
            assets: self.assets.or(other.assets),
            customers: self.customers.or(other.customers),
            software: self.software.or(other.software),
            asset_pages: self.asset_pages.or(other.asset_pages),
            customer_pages: self.customer_pages.or(other.customer_pages),
            asset: self.asset.or(other.asset),
            check: self.check.or(other.check),
            writable: self.writable.or(other.writable),
            read_dates: self.read_dates.or(other.read_dates),
            write_dates: self.write_dates.or(other.write_dates),
        }
    }
}
