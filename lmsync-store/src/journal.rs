//! Journals of attempted writes that a store keeps.

use std::fmt::Debug;

use async_trait::async_trait;
use lmsync_core::Result;
use lmsync_core::two_way::{History, Journal};

use crate::account_key::AccountKey;

/// A store that keeps journals of attempted writes beside the records: a row of the table `lmsync_journal`
/// for each attempt, and one more for what was found out about it later.
///
/// A row is safe on the disk before the vendor is asked to write, and again before the next write. Each account
/// has a journal of its own, so that many runs share a database as long as no two write to one account.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> lmsync_store::core::Result<()> {
/// use lmsync_store::{AccountKey, JournalStore, SqliteStore};
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let file = folder.path().join("assets.db");
///
/// let store = SqliteStore::open(file)?;
/// let accounts = [AccountKey::new("syncro", "acmemsp")];
/// // In this order: nobody else adds to what is read.
/// let journal = store.open_journal(&accounts).await?;
/// let mut history = store.read_journal(&accounts).await?;
/// // Now `recover_open`, `plan` and `apply` of `core::two_way`, with both.
/// # assert_eq!(history.assets().count(), 0);
/// # drop((journal, &mut history));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
#[async_trait]
pub trait JournalStore: Debug + Send + Sync {
    /// Opens the journals of `accounts` for writing, as one; of an attempt in another account it records nothing.
    /// Nobody else can open them, until what is returned is dropped.
    ///
    /// # Errors
    /// `store` when the store cannot be used, or another run has one of them open.
    async fn open_journal(&self, accounts: &[AccountKey]) -> Result<Box<dyn Journal>>;

    /// Reads what the journals of `accounts` hold; nothing where there is none.
    ///
    /// # Errors
    /// `store` when the store cannot be used, or a row is no attempt.
    async fn read_journal(&self, accounts: &[AccountKey]) -> Result<History>;
}
