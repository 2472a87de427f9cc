//! One account of a vendor: what every connector does the same way.

use chrono::{DateTime, Utc};

use crate::http::HttpClient;
use crate::info::ConnectorInfo;
use crate::json::Scalar;
use crate::listing::{ListChain, ListSource, Listed, ListingScope, RecordStream};
use crate::model::{Asset, AssetDraft, DateReader, Rules, Source, clean};
use crate::query::AssetQuery;
use crate::summary::Rejection;

/// One account of a vendor: who it is, the client that reads it, and the rules by which its
/// values are read.
///
/// A connector holds one and starts its listings and records from it.
#[derive(Debug, Clone)]
pub struct Account {
    info: ConnectorInfo,
    http: HttpClient,
    rules: Rules,
}

impl Account {
    /// The account `info`, read through `http` by the default rules.
    #[must_use]
    pub fn new(info: ConnectorInfo, http: HttpClient) -> Self {
        Self {
            info,
            http,
            rules: Rules::default(),
        }
    }

    /// Sets the rules by which values are read.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
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

    /// The rules by which values are read.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// A reader of dates that were received at `at`.
    #[must_use]
    pub fn dates(&self, at: DateTime<Utc>) -> DateReader {
        self.rules.dates(at)
    }

    /// The listing of `source`; `records` says what is listed and how, such as
    /// `assets by 100`, and a checkpoint is good for the same.
    #[must_use]
    pub fn list<S: ListSource>(
        &self,
        source: S,
        query: AssetQuery,
        records: &str,
    ) -> RecordStream<S::Record> {
        let (clock, concurrency) = (self.http.clock().clone(), self.http.concurrency());
        RecordStream::new(source, query, self.scope(records), clock, concurrency)
    }

    /// The listing of all lists of `chain` as one; else as [`list`](Self::list).
    #[must_use]
    pub fn list_all<C, T>(&self, chain: C, query: AssetQuery, records: &str) -> RecordStream<T>
    where
        C: ListChain<List: ListSource<Record = T>>,
        T: Listed,
    {
        let (clock, concurrency) = (self.http.clock().clone(), self.http.concurrency());
        RecordStream::chained(chain, query, self.scope(records), clock, concurrency)
    }

    fn scope(&self, records: &str) -> ListingScope {
        ListingScope::new(&self.info, records)
    }

    /// The origin of the record `vendor_id`, received at `at`.
    #[must_use]
    pub fn source(&self, vendor_id: impl Into<String>, at: DateTime<Utc>) -> Source {
        Source::new(self.info.vendor, &self.info.instance, vendor_id, at)
    }

    /// The origin of the record with the id `id`, received at `at`; `record` names it in the reason.
    ///
    /// # Errors
    /// A rejection when there is no id: the record could not be told from others.
    pub fn identified(
        &self,
        id: &Scalar,
        record: &str,
        at: DateTime<Utc>,
    ) -> Result<Source, Rejection> {
        match id.text().and_then(clean) {
            Some(id) => Ok(self.source(id, at)),
            None => Err(Rejection::without_id(record)),
        }
    }

    /// A draft of the asset with the id `id`, received at `at`.
    ///
    /// # Errors
    /// A rejection when there is no id: the asset could not be told from others.
    pub fn draft(&self, id: &Scalar, at: DateTime<Utc>) -> Result<AssetDraft<'_>, Rejection> {
        let source = self.identified(id, "the asset", at)?;
        Ok(AssetDraft::new(source, &self.rules, at))
    }

    /// A draft of a finished asset, to add what came later.
    #[must_use]
    pub fn reopen(&self, asset: Asset) -> AssetDraft<'_> {
        let fetched_at = asset.source.fetched_at;
        AssetDraft::reopen(asset, &self.rules, fetched_at)
    }
}
