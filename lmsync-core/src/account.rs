//! One account of a vendor: what every connector does the same way.

use crate::check::CheckReport;
use crate::http::{HttpClient, Meter};
use crate::info::ConnectorInfo;
use crate::listing::{ListChain, ListSource, Listed, ListingScope, OnlyList, RecordStream};
use crate::model::{Origin, Rules};
use crate::query::AssetQuery;

/// One account of a vendor: who it is, the client that reads it, and the rules by which its
/// values are read.
///
/// A connector holds one and starts its listings, records and checks from it.
#[derive(Debug, Clone)]
pub struct Account {
    info: ConnectorInfo,
    http: HttpClient,
    origin: Origin,
}

impl Account {
    /// The account `info`, read through `http` by the default rules.
    #[must_use]
    pub fn new(info: ConnectorInfo, http: HttpClient) -> Self {
        let origin = Origin::new(info.vendor.clone(), &info.instance, Rules::default());
        Self { info, http, origin }
    }

    /// Sets the rules by which values are read.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self {
            origin: self.origin.with_rules(rules),
            ..self
        }
    }

    /// The connector, the account and what it offers.
    #[must_use]
    pub fn info(&self) -> &ConnectorInfo {
        &self.info
    }

    /// The client that reads it.
    #[must_use]
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// The origin of its records, with the rules by which their values are read.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The listing of `source`; `records` says what is listed and how, such as
    /// `assets by 100`, and a checkpoint is good for the same. Of the detail that the query
    /// wants, the source is asked for what the capabilities offer.
    #[must_use]
    pub fn list<S: ListSource>(
        &self,
        source: S,
        query: AssetQuery,
        records: &str,
    ) -> RecordStream<S::Record> {
        self.list_all(OnlyList::new(source), query, records)
    }

    /// The listing of all lists of `chain` as one; else as [`list`](Self::list).
    #[must_use]
    pub fn list_all<C, T>(&self, chain: C, query: AssetQuery, records: &str) -> RecordStream<T>
    where
        C: ListChain<List: ListSource<Record = T>>,
        T: Listed,
    {
        let (query, scope) = (self.offered(query), self.scope(records));
        RecordStream::through(&self.http, Meter::default(), chain, query, scope)
    }

    /// The check of reading, by the first page of the lists of customers and of assets, with the
    /// number of records where the vendor tells it.
    pub async fn check<C: ListSource, A: ListSource>(
        &self,
        customers: &C,
        assets: &A,
    ) -> CheckReport {
        let meter = Meter::default();
        let customers = customers.page(&customers.first(), &meter).await;
        let assets = assets.page(&assets.first(), &meter).await;
        let (customers, assets) = (
            customers.map(|page| page.total),
            assets.map(|page| page.total),
        );
        CheckReport::of_reads(&self.info.product, &customers, &assets)
    }

    /// `query` without detail that is not offered: nobody is asked to add it.
    fn offered(&self, query: AssetQuery) -> AssetQuery {
        let detail = query.detail.and(self.info.capabilities.detail);
        query.detail(detail)
    }

    fn scope(&self, records: &str) -> ListingScope {
        ListingScope::new(&self.info, records)
    }
}
