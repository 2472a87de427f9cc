//! A cache in an SQLite file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lmsync_core::{Error, Result};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use crate::cache::{CachedAnswer, WarrantyCache};
use crate::job::SavedJob;
use crate::maker::Maker;
use crate::query::QueryKey;

/// The mark of our files, `lmwc` in ASCII.
const APPLICATION: i64 = 0x6c6d_7763;
/// The version of the tables.
const VERSION: i64 = 1;
/// The longest wait for another program that holds the file. Assumed: a batch takes a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(10);
/// A product number is empty where there is none: a key of SQLite takes NULL for many.
const TABLES: &str = "
    CREATE TABLE answers (maker TEXT NOT NULL, serial TEXT NOT NULL, product_number TEXT NOT NULL,
        looked_up_at TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (maker, serial, product_number))
        WITHOUT ROWID;
    CREATE TABLE jobs (maker TEXT NOT NULL, id TEXT NOT NULL, job TEXT NOT NULL, PRIMARY KEY (maker, id))
        WITHOUT ROWID;";
const HINT: &str = "name another file, or move this one away: answers are asked for again then";

/// A cache in an SQLite file: tables `answers` and `jobs`, their content as JSON.
#[derive(Clone)]
pub struct SqliteCache {
    path: PathBuf,
    connection: Arc<Mutex<Connection>>,
}

impl SqliteCache {
    /// The cache in the file `path`, which is made where there is none.
    ///
    /// # Errors
    /// `store` when the file cannot be used: it is damaged, another program's, or of a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let connection = open(&path).map_err(|error| in_file(&path, &error))?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            path,
        })
    }

    /// Works on the file, on a thread where waiting disturbs nobody.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut connection = Arc::clone(&self.connection).lock_owned().await;
        let done = tokio::task::spawn_blocking(move || work(&mut connection)).await;
        let done = done.unwrap_or_else(|_| Err(Error::store("the work on it broke down")));
        done.map_err(|error| in_file(&self.path, &error))
    }
}

impl fmt::Debug for SqliteCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteCache")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl WarrantyCache for SqliteCache {
    async fn get(&self, maker: &Maker, keys: &[QueryKey]) -> Result<Vec<CachedAnswer>> {
        let (maker, keys) = (maker.clone(), keys.to_vec());
        self.work(move |connection| {
            let read = "SELECT answer FROM answers WHERE maker = ?1 AND serial = ?2 AND product_number = ?3";
            let mut read = connection.prepare(read).map_err(failed)?;
            let mut found = Vec::new();
            for key in &keys {
                let number = key.product_number.as_deref().unwrap_or_default();
                let place = (maker.as_str(), &*key.serial, number);
                let text = read.query_row(place, |row| row.get::<_, String>(0));
                found.extend(text.optional().map_err(failed)?.map(|text| from_json(&text)).transpose()?);
            }
            Ok(found)
        })
        .await
    }

    async fn put(&self, answers: &[CachedAnswer]) -> Result<()> {
        let answers = answers.to_vec();
        self.work(move |connection| {
            let work = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(failed)?;
            for answer in &answers {
                let number = answer.key.product_number.as_deref().unwrap_or_default();
                let text = to_json(answer)?;
                let at = answer.looked_up_at.to_rfc3339();
                let write = "INSERT OR REPLACE INTO answers VALUES (?1, ?2, ?3, ?4, ?5)";
                let values = (answer.maker.as_str(), &*answer.key.serial, number, at, text);
                work.execute(write, values).map_err(failed)?;
            }
            work.commit().map_err(failed)
        })
        .await
    }

    async fn jobs(&self, maker: &Maker) -> Result<Vec<SavedJob>> {
        let maker = maker.clone();
        self.work(move |connection| {
            let read = "SELECT job FROM jobs WHERE maker = ?1 ORDER BY id";
            let mut read = connection.prepare(read).map_err(failed)?;
            let rows = read
                .query_map([maker.as_str()], |row| row.get::<_, String>(0))
                .map_err(failed)?;
            rows.map(|text| from_json(&text.map_err(failed)?)).collect()
        })
        .await
    }

    async fn keep_job(&self, job: &SavedJob) -> Result<()> {
        let job = job.clone();
        self.work(move |connection| {
            let write = "INSERT OR REPLACE INTO jobs VALUES (?1, ?2, ?3)";
            let values = (job.maker.as_str(), &*job.id, to_json(&job)?);
            connection.execute(write, values).map(drop).map_err(failed)
        })
        .await
    }

    async fn forget_job(&self, maker: &Maker, id: &str) -> Result<()> {
        let (maker, id) = (maker.clone(), id.to_owned());
        self.work(move |connection| {
            let forget = "DELETE FROM jobs WHERE maker = ?1 AND id = ?2";
            let forgotten = connection.execute(forget, (maker.as_str(), id));
            forgotten.map(drop).map_err(failed)
        })
        .await
    }
}

/// Opens the file `path`, makes its tables where it is new, and leaves another program's as it is.
fn open(path: &Path) -> Result<Connection> {
    // A name such as `:memory:` is that of a file here.
    let path = match path.is_relative() {
        true => Path::new(".").join(path),
        false => path.to_owned(),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    make(&mut connection)?;
    require_whole(&connection)?;
    Ok(connection)
}

/// Makes the tables of a new file.
fn make(connection: &mut Connection) -> Result<()> {
    // Two programs may open a new file at once.
    let work = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    let number = |name| {
        work.pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .map_err(failed)
    };
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application == APPLICATION {
        return match version > VERSION {
            true => Err(Error::store(format!(
                "a newer lmsync wrote it: it is of version {version}, this one knows {VERSION}"
            ))),
            false => Ok(()),
        };
    }
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = work
        .query_row(tables, [], |row| row.get(0))
        .map_err(failed)?;
    if (application, version, tables) != (0, 0, 0) {
        return Err(Error::store("it is another program's file"));
    }
    work.execute_batch(TABLES)
        .and_then(|()| work.pragma_update(None, "application_id", APPLICATION))
        .and_then(|()| work.pragma_update(None, "user_version", VERSION))
        .map_err(failed)?;
    work.commit().map_err(failed)
}

fn require_whole(connection: &Connection) -> Result<()> {
    let told: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    match &*told {
        "ok" => Ok(()),
        damage => Err(Error::store(format!("it is damaged: {damage}"))),
    }
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::store(error.to_string()))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::store(format!("it holds a record that cannot be read: {error}")))
}

#[allow(clippy::needless_pass_by_value)]
fn failed(error: rusqlite::Error) -> Error {
    Error::store(error.to_string())
}

fn in_file(path: &Path, error: &Error) -> Error {
    let message = format!("the warranty cache {}: {}", path.display(), error.message());
    Error::store(message).with_hint(HINT)
}
