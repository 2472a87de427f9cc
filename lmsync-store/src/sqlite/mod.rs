//! A store in an SQLite file.

mod error;
mod journal;
mod landing;
mod open;
mod read;
mod rows;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::{Error, Result};
use rusqlite::Connection;
use tokio::sync::Mutex;

use self::landing::SqliteLanding;
use crate::account_key::AccountKey;
use crate::lock::Lock;
use crate::store::{Landing, Store};
use crate::stream::StreamName;

/// A store in an SQLite file: tables `assets`, `software`, `customers`, `passes`, `same_machine` and
/// `lmsync_journal`.
///
/// Moments are texts such as `2026-11-28T09:30:00.000000Z`, days are texts, JSON is text; truth is 0 and 1.
/// Others may read while a pass lands.
#[derive(Clone)]
pub struct SqliteStore {
    path: PathBuf,
    connection: Arc<Mutex<Connection>>,
}

impl SqliteStore {
    /// The store in the file `path`, which is made where there is none.
    ///
    /// # Errors
    /// `store` when the file cannot be used: it is another program's, a newer lmsync's, locked, or no
    /// SQLite file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let connection = open::open(path.as_ref())?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            path: open::own_name(path.as_ref())?,
        })
    }

    /// Works on the database, on a thread where waiting disturbs nobody.
    async fn work<T: Send + 'static>(
        connection: &Arc<Mutex<Connection>>,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut connection = Arc::clone(connection).lock_owned().await;
        let work = tokio::task::spawn_blocking(move || work(&mut connection));
        match work.await {
            Ok(done) => done,
            Err(_) => Err(Error::store("the work on the SQLite file broke down")),
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self, account: &AccountKey, stream: StreamName) -> Result<Box<dyn Landing>> {
        let lock = Lock::of_stream(&self.path, account, stream)?;
        let landing = SqliteLanding::begin(self.connection.clone(), account.clone(), stream, lock);
        Ok(Box::new(landing.await?))
    }
}
