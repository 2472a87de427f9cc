//! A store in a folder of Parquet files.
//!
//! ```text
//! assets/connector=halo-psa/instance=acme/pass=20261128T093000123456Z.parquet
//! passes/connector=halo-psa/instance=acme/pass=20261128T093000123456Z-assets.parquet
//! ```

mod account;
mod cells;
mod error;
mod folder;
mod input;
mod known;
mod landing;
mod names;
mod open;
mod output;
mod owner;
mod read;
mod same_machine;
mod schema;
mod work;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use lmsync_core::Result;

use self::account::Account;
use self::landing::ParquetLanding;
use self::work::work;
use crate::account_key::AccountKey;
use crate::store::{Landing, Store};
use crate::stream::StreamName;

/// A store in a folder of Parquet files: folders `assets`, `software`, `customers` and `passes`.
///
/// Each pass over a stream of an account writes one file,
/// `STREAM/connector=C/instance=I/pass=P.parquet`, and the newest one holds all that is there: the
/// rows of the pass, and those of before that it did not meet and may not delete. The order of names
/// is that of age. A pass that met nothing and deletes nothing writes no file, unless it is the first.
/// Older files stay, and may be removed. `passes` has a file of one row for each pass that ended.
///
/// - C and I are the connector's and the account's names, in which all but ASCII letters, digits, `-`,
///   `_` and `.` are written `%XX`; one of more than 240 bytes is cut, and ends with `~` and a sum of
///   it. The columns `connector` and `instance` have the names as they are.
/// - Moments are in UTC to the microsecond; JSON is text of Parquet's type JSON; zstd; row groups of
///   at most 10,000 rows.
/// - `deleted_at` is always null, since deleted rows are not there. One that comes back is new.
/// - An interrupted pass leaves nothing that counts, and is not gone on with: the next one begins at the
///   beginning. Every record counts as inserted.
/// - Columns of an older lmsync's file that are missing are null. Those of a newer one's that this one does
///   not know are left out of the next file, with a warning.
#[derive(Debug, Clone)]
pub struct ParquetStore {
    folder: PathBuf,
}

impl ParquetStore {
    /// The store in `folder`, which is made where there is none.
    ///
    /// # Errors
    /// `store` when the folder cannot be used: it is no folder, another program's, or a newer lmsync's.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref().to_owned();
        open::open(&folder)?;
        Ok(Self { folder })
    }
}

#[async_trait]
impl Store for ParquetStore {
    async fn begin(&self, account: &AccountKey, stream: StreamName) -> Result<Box<dyn Landing>> {
        let (folder, own) = (self.folder.clone(), account.clone());
        let begun = work(move || ParquetLanding::begin(Account::lock(&folder, &own, stream)?));
        let (landing, unknown) = begun.await?;
        if !unknown.is_empty() {
            tracing::warn!(%account, %stream, columns = ?unknown, "the newest file has columns that this lmsync does not know: the next one will lack them");
        }
        Ok(Box::new(landing))
    }
}
