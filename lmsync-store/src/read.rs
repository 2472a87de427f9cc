//! Records read back from a store.

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use lmsync_core::Result;
use lmsync_core::model::Asset;

use crate::account_key::AccountKey;
use crate::column::Column;
use crate::columns::columns;
use crate::ended_pass::EndedPass;
use crate::journal::JournalStore;
use crate::pass_id::PassId;
use crate::store::Store;
use crate::stream::StreamName;
use crate::value::Value;

/// A store whose records can be read back.
#[async_trait]
pub trait ReadStore: Store {
    /// The assets that are not deleted, of `account` or of all accounts, with as much of each as is
    /// `wanted`, and what the store noted about them.
    fn read_assets(
        &self,
        account: Option<&AccountKey>,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<StoredAsset>>;

    /// The last pass that ended of each stream of each account.
    ///
    /// # Errors
    /// `store` when they could not be read.
    async fn last_passes(&self) -> Result<Vec<EndedPass>>;

    /// Puts `rows` in the place of what the table `same_machine` holds, all or nothing: the values of
    /// its columns, in their order.
    ///
    /// # Errors
    /// `store` when they could not be written.
    async fn replace_same_machine(&self, rows: Vec<Vec<Value<'static>>>) -> Result<()>;

    /// The journals of attempted writes that it keeps; `None` where it keeps none.
    fn journals(&self) -> Option<&dyn JournalStore> {
        None
    }

    /// The assets that are not deleted, of `account` or of all accounts, as they were written, with what
    /// the store noted about them.
    fn stored_assets(
        &self,
        account: Option<&AccountKey>,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        self.read_assets(account, Wanted::All)
    }

    /// The same assets alone.
    fn assets(&self, account: Option<&AccountKey>) -> BoxStream<'static, Result<Asset>> {
        let stored = self.stored_assets(account);
        stored.map(|stored| Ok(stored?.asset)).boxed()
    }
}

/// The part of each asset that is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// All that was written.
    All,
    /// As much as tells machines apart: names, numbers, customer and identity keys.
    Identity,
}

/// The columns of what tells machines apart, and those that no asset can be without.
const IDENTITY: [&str; 17] = [
    "connector",
    "instance",
    "vendor_id",
    "first_seen_at",
    "last_seen_at",
    "changed_at",
    "name",
    "customer_id",
    "kind",
    "virtualization",
    "manufacturer",
    "product_number",
    "serial_key",
    "serial_status",
    "hardware_uuid",
    "state",
    "identity",
];

impl Wanted {
    /// The columns to read.
    #[must_use]
    pub fn columns(self) -> Vec<Column> {
        let is_wanted = |column: &&Column| self == Self::All || IDENTITY.contains(&column.name);
        columns(StreamName::Assets)
            .iter()
            .filter(is_wanted)
            .copied()
            .collect()
    }
}

/// An asset in a store.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StoredAsset {
    /// The asset as it was written; [`fetched_at`](lmsync_core::model::Source::fetched_at) is the start of
    /// the pass that met it last.
    pub asset: Asset,
    /// The pass that met it first.
    pub first_seen: PassId,
    /// The pass in which it changed last, what moves by itself left aside.
    pub changed: PassId,
}
