//! A connector and its vendor, set up for one test.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use lmsync_core::listing::RecordStream;
use lmsync_core::model::{Asset, AssetId};
use lmsync_core::{
    AssetQuery, Connector, Environment, Error, ErrorKind, Result, SharedClock, SyncSummary,
};

use super::{Subject, Vendor, WRONG_SECRET};
pub(super) use crate::stage::LATENCY;
use crate::{FaultyTransport, InMemory};

/// Half an hour after it, what was dropped or not begun would have sent something.
pub(super) const LONG_AFTER: Duration = Duration::from_secs(1_800);

/// A connector and its vendor, set up for one test.
pub struct Stage<S: Subject, C: ?Sized = dyn Connector> {
    /// The connector under test.
    pub connector: Arc<C>,
    /// The way to the vendor, recording.
    pub vendor: InMemory<S::Vendor>,
    /// What goes wrong on that way.
    pub faults: FaultyTransport,
    /// The time.
    pub clock: SharedClock,
}

impl<S: Subject> Stage<S> {
    /// A vendor with about `assets` assets and a connector with the right credentials.
    #[must_use]
    pub fn with(assets: usize) -> Self {
        Self::connecting(assets, S::connect)
    }

    /// A vendor with two and a half pages of assets, or more where a hundred do not fit on those: of
    /// so many some share a serial number and some never checked in.
    #[must_use]
    pub fn with_pages() -> Self {
        Self::with((S::profile().page_size * 5 / 2).max(100))
    }

    /// A vendor with so many pages of assets that no connector asks for all of them at once.
    #[must_use]
    pub(super) fn with_many_pages() -> Self {
        Self::with(S::profile().page_size * 12)
    }

    /// A vendor with about `assets` assets and a connector with a wrong secret.
    #[must_use]
    pub fn with_wrong_secret(assets: usize) -> Self {
        Self::connecting(assets, |environment| {
            S::connect_with_secret(environment, WRONG_SECRET)
        })
    }
}

impl<S: Subject, C: Connector + ?Sized> Stage<S, C> {
    pub(super) fn connecting(
        assets: usize,
        connect: impl FnOnce(&Environment) -> Result<Arc<C>>,
    ) -> Self {
        let stage = crate::Stage::new(|now| S::vendor(assets, now), connect);
        if let Some(place) = S::profile().next_page {
            stage.faults.pointer_at(place);
        }
        Self {
            connector: stage.account,
            vendor: stage.vendor,
            faults: stage.faults,
            clock: stage.clock,
        }
    }

    /// The ids of the assets that the vendor has.
    #[must_use]
    pub fn truth(&self) -> BTreeSet<String> {
        self.vendor.simulator().with(|vendor| vendor.asset_ids())
    }

    /// The ids of the customers that the vendor has.
    pub(super) fn customers(&self) -> BTreeSet<String> {
        self.vendor.simulator().with(|vendor| vendor.customer_ids())
    }

    /// One of the assets.
    pub(super) fn any_id(&self) -> AssetId {
        self.truth().into_iter().next().expect("an asset").into()
    }

    /// Everything that a listing gave.
    pub async fn list(&self, query: AssetQuery) -> Listing {
        Listing::of(self.connector.assets(query)).await
    }

    /// How many requests `work` takes.
    pub(super) async fn cost<T>(&self, work: impl Future<Output = T>) -> usize {
        let before = self.faults.sent();
        work.await;
        self.faults.sent() - before
    }

    /// A listing of everything that must succeed.
    pub async fn list_all(&self) -> Vec<Asset> {
        self.list(AssetQuery::new()).await.complete()
    }

    /// Asserts that the account can still be read in full.
    pub async fn expect_usable(&self) {
        let ids: BTreeSet<String> = ids(&self.list_all().await).into_iter().collect();
        assert_eq!(ids, self.truth());
    }
}

/// Everything that a listing gave.
#[derive(Debug)]
pub struct Listing {
    /// The assets.
    pub assets: Vec<Asset>,
    /// What ended it early.
    pub error: Option<Error>,
    /// What it came to.
    pub summary: SyncSummary,
}

impl Listing {
    /// Runs `stream` to its end.
    pub async fn of(mut stream: RecordStream<Asset>) -> Self {
        let mut assets = Vec::new();
        let mut error = None;
        while let Some(record) = stream.next().await {
            match record {
                Ok(asset) => assets.push(asset),
                Err(failure) => {
                    assert!(error.is_none(), "a listing fails once");
                    error = Some(failure);
                }
            }
        }
        Self {
            assets,
            error,
            summary: stream.summary(),
        }
    }

    /// The assets of a listing that went well.
    #[must_use]
    pub fn complete(self) -> Vec<Asset> {
        assert!(self.error.is_none(), "{:?}", self.error);
        assert!(self.summary.complete, "{:?}", self.summary);
        assert_eq!(self.summary.incomplete_reason, None);
        assert_eq!(self.summary.kept, self.assets.len() as u64);
        self.assets
    }

    /// The error of a listing that must fail with `kind`.
    #[must_use]
    pub fn failure(self, kind: ErrorKind) -> Error {
        assert!(!self.summary.complete);
        assert!(self.summary.incomplete_reason.is_some());
        let error = self.error.expect("the listing fails");
        assert_eq!(error.kind(), kind, "{error}");
        error
    }
}

/// The assets' ids, in order.
pub(super) fn ids(assets: &[Asset]) -> Vec<String> {
    assets
        .iter()
        .map(|asset| asset.source.vendor_id.clone())
        .collect()
}

impl<S: Subject, C: Connector + ?Sized> std::fmt::Debug for Stage<S, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage")
            .field("connector", &self.connector)
            .finish_non_exhaustive()
    }
}
