//! Customers, each with its sites.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use lmsync_core::http::Meter;
use lmsync_core::listing::{ListSource, Page, PageKey};
use lmsync_core::model::{Customer, Ref};
use lmsync_core::{AssetQuery, Error, ErrorKind, Result};
use tokio::sync::OnceCell;

use super::numbered;
use crate::connector::{Inner, SIGN_IN};
use crate::map::{self, Site};

/// The sites of each customer, by the customer's id.
type Sites = HashMap<String, Vec<Ref>>;

/// The account's customers.
///
/// The list of customers has no sites, and asking for those of each customer would
/// cost a request for each: the list of all sites is read once, with the first page.
pub(crate) struct CustomerPages {
    inner: Arc<Inner>,
    /// Nothing inside where the account may not read sites.
    sites: OnceCell<Option<Sites>>,
}

impl CustomerPages {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self {
            inner,
            sites: OnceCell::new(),
        }
    }

    /// All sites; `None` where they may not be read.
    async fn read_sites(&self, meter: &Meter) -> Result<Option<Sites>> {
        let pages = SitePages {
            inner: Arc::clone(&self.inner),
            meter: meter.clone(),
        };
        let mut listing = self.inner.stream(pages, AssetQuery::new(), "sites");
        let mut sites = Sites::new();
        while let Some(site) = listing.next().await {
            match site {
                Ok(Site {
                    customer: Some(customer),
                    site,
                    ..
                }) => sites.entry(customer).or_default().push(site),
                Ok(_) => {}
                Err(error) if may_not(&error) => {
                    tracing::info!(reason = %error, "customers come without their sites");
                    return Ok(None);
                }
                Err(error) => return Err(error),
            }
        }
        let summary = listing.summary();
        if let Some(reason) = summary.incomplete_reason {
            return Err(
                Error::vendor(format!("the sites could not be read: {reason}"))
                    .with_operation("GET /Site")
                    .with_hint("run the sync again"),
            );
        }
        for rejection in &summary.rejected {
            let id = rejection.vendor_id.as_deref().unwrap_or_default();
            tracing::warn!(id, reason = rejection.reason, "a site cannot be read");
        }
        Ok(Some(sites))
    }
}

/// Whether the account lacks a right; one that cannot sign in is another matter.
fn may_not(error: &Error) -> bool {
    error.kind() == ErrorKind::Permission && error.operation() != Some(SIGN_IN)
}

#[async_trait]
impl ListSource for CustomerPages {
    type Record = Customer;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let number = at.number();
        let inner = &self.inner;
        let inactive = inner.options.include_inactive;
        let page = inner.api.clients(number, inactive, meter).await?;
        let sites = self.sites.get_or_try_init(|| self.read_sites(meter));
        let sites = sites.await?.as_ref();
        let origin = inner.origin(false);
        Ok(numbered(page, |row, at| {
            map::customer(row, origin, at).map(|mut customer| {
                let id = &customer.source.vendor_id;
                customer.sites = sites.map(|sites| sites.get(id).cloned().unwrap_or_default());
                customer
            })
        }))
    }
}

/// The account's sites.
struct SitePages {
    inner: Arc<Inner>,
    /// The customers' listing pays.
    meter: Meter,
}

#[async_trait]
impl ListSource for SitePages {
    type Record = Site;

    async fn page(&self, at: &PageKey, _own: &Meter) -> Result<Page<Site>> {
        let number = at.number();
        let inner = &self.inner;
        let inactive = inner.options.include_inactive;
        let page = inner.api.sites(number, inactive, &self.meter).await?;
        let origin = inner.origin(false);
        Ok(numbered(page, |row, at| map::site(row, origin, at)))
    }
}
