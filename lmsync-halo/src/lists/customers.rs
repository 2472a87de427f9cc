//! Customers, each with its sites.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::listing::{ListSource, Page, PageKey, read_all};
use lmsync_core::model::{Customer, Ref};
use lmsync_core::{Error, ErrorKind, Result};
use tokio::sync::OnceCell;

use super::numbered;
use crate::answers::{ReadKind, SIGN_IN};
use crate::api::Api;
use crate::map::{self, Site};

/// The sites of each customer, by the customer's id.
type SitesByCustomer = HashMap<String, Vec<Ref>>;

/// The account's customers.
///
/// The list of customers has no sites, and asking for those of each customer would
/// cost a request for each: the list of all sites is read once, with the first page.
pub(crate) struct Customers {
    api: Arc<Api>,
    /// Nothing inside where the account may not read sites.
    sites: OnceCell<Option<SitesByCustomer>>,
}

impl Customers {
    pub(crate) fn new(api: Arc<Api>) -> Self {
        Self {
            api,
            sites: OnceCell::new(),
        }
    }

    /// All sites; `None` where they may not be read.
    async fn read_sites(&self, meter: &Meter) -> Result<Option<SitesByCustomer>> {
        let list = Sites(Arc::clone(&self.api));
        let read = read_all(list, self.api.account.http(), meter).await;
        let list = read.and_then(|mut list| {
            for rejection in list.rejected.drain(..) {
                let id = rejection.vendor_id.as_deref().unwrap_or_default();
                tracing::warn!(id, reason = rejection.reason, "a site cannot be read");
            }
            list.require_complete("sites")
        });
        let list = match list {
            Ok(list) => list,
            Err(error) if may_not(&error) => {
                tracing::info!(reason = %error, "customers come without their sites");
                return Ok(None);
            }
            Err(error) if error.operation().is_none() => {
                return Err(error.with_operation("GET /Site"));
            }
            Err(error) => return Err(error),
        };
        let mut sites = SitesByCustomer::new();
        for Site { customer, site } in list.records {
            if let Some(customer) = customer {
                sites.entry(customer).or_default().push(site);
            }
        }
        Ok(Some(sites))
    }
}

/// Says if the account lacks a right; one that cannot sign in is another matter.
fn may_not(error: &Error) -> bool {
    error.kind() == ErrorKind::Permission && error.operation() != Some(SIGN_IN)
}

#[async_trait]
impl ListSource for Customers {
    type Record = Customer;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let api = &self.api;
        let page = api.page(ReadKind::Customers, at.number(), meter).await?;
        let sites = self.sites.get_or_try_init(|| self.read_sites(meter));
        let sites = sites.await?.as_ref();
        let origin = api.account.origin();
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
struct Sites(Arc<Api>);

#[async_trait]
impl ListSource for Sites {
    type Record = Site;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Site>> {
        let page = self.0.page(ReadKind::Sites, at.number(), meter).await?;
        Ok(numbered(page, |row, _| map::site(row)))
    }
}
