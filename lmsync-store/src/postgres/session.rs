//! The one connection of a store, and the locks that it holds.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use lmsync_core::{Error, Result};
use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::connect::connect;
use super::error::{failed, lost};
use super::open::{Schema, open};
use super::rows::Rows;
use super::settings::Settings;
use crate::account_key::AccountKey;
use crate::stream::StreamName;

/// Settings of the server for this connection, as far as it knows them.
///
/// Rows are found by their key, whatever the server believes about a table that nobody has analysed yet; to
/// compile such statements takes longer than to run them; and a vendor may take longer than a connection is allowed to
/// be idle.
const SET: &str = "SELECT set_config(name, wanted.value, false) FROM pg_settings JOIN (VALUES \
     ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'), ('enable_seqscan', 'off'), ('jit', 'off'), \
     ('idle_session_timeout', '0')) AS wanted(name, value) USING (name)";

/// The names of a connector and its account together are no longer than that, so that the unique index
/// holds them: 2,704 bytes, less 400 characters of an id.
const LONGEST_NAMES: usize = 900;

/// The connection of a store, which one batch at a time uses.
pub(super) struct Shared {
    pub(super) settings: Settings,
    session: Arc<tokio::sync::Mutex<Session>>,
    /// Locks that nobody needs any more, and that the server does not know of yet.
    released: Mutex<Vec<(u64, i64)>>,
}

/// A connection, and what the server remembers for it.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) schema: Schema,
    /// Its number among those of the store, which is new after each loss.
    pub(super) number: u64,
    held: HashSet<i64>,
    rows: HashMap<StreamName, Arc<Rows>>,
    lost: Arc<OnceLock<String>>,
}

/// A lock of the server's, until this is dropped.
pub(super) struct Lease {
    shared: Arc<Shared>,
    session: u64,
    key: i64,
}

impl Shared {
    pub(super) async fn connect(settings: Settings) -> Result<Arc<Self>> {
        let session = Session::connect(&settings, 0).await?;
        Ok(Arc::new(Self {
            settings,
            session: Arc::new(tokio::sync::Mutex::new(session)),
            released: Mutex::default(),
        }))
    }

    /// The connection, for who has waited for it.
    pub(super) async fn session(&self) -> OwnedMutexGuard<Session> {
        let mut session = Arc::clone(&self.session).lock_owned().await;
        self.give_back(&mut session).await;
        session
    }

    /// Gives the server the locks back that nobody needs any more.
    pub(super) async fn give_back(&self, session: &mut Session) {
        // One by one: who is interrupted leaves the others where they are.
        while let Some((number, key)) = self.next_released() {
            if number == session.number && session.held.remove(&key) {
                // Of a connection that is lost there are none.
                let unlock = "SELECT pg_advisory_unlock($1)";
                let _ = session.client.query_one(unlock, &[&key]).await;
            }
        }
    }

    fn next_released(&self) -> Option<(u64, i64)> {
        self.released().pop()
    }

    /// The lock of `what` of `account`; `None` where somebody else holds it.
    pub(super) async fn lock(
        self: &Arc<Self>,
        session: &mut Session,
        account: &AccountKey,
        what: &str,
    ) -> Result<Option<Lease>> {
        if account.connector.len() + account.instance.len() > LONGEST_NAMES {
            return Err(Error::store(format!(
                "PostgreSQL: the names of the connector and the account are longer than {LONGEST_NAMES} bytes"
            ))
            .with_hint("give the account a shorter name"));
        }
        // Each schema is a store of its own.
        let key = account.hash_with(what).cast_signed() ^ i64::from(session.schema.oid);
        // For this connection itself, the server would give it twice.
        if session.held.contains(&key) || !session.lock(key).await? {
            return Ok(None);
        }
        session.held.insert(key);
        Ok(Some(Lease {
            shared: Arc::clone(self),
            session: session.number,
            key,
        }))
    }

    fn released(&self) -> MutexGuard<'_, Vec<(u64, i64)>> {
        self.released.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// Tells whether the server still knows of it.
    pub(super) fn is_of(&self, session: &Session) -> bool {
        self.session == session.number
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shared.released().push((self.session, self.key));
        // Without a runtime, who uses the connection next gives it back.
        if let Ok(runtime) = Handle::try_current() {
            let shared = Arc::clone(&self.shared);
            runtime.spawn(async move { drop(shared.session().await) });
        }
    }
}

impl Session {
    pub(super) async fn connect(settings: &Settings, number: u64) -> Result<Self> {
        let (mut client, lost) = connect(settings).await?;
        let opening = failed("opening");
        client.batch_execute(SET).await.map_err(&opening)?;
        let schema = open(&mut client).await?;
        Ok(Self {
            client,
            schema,
            number,
            held: HashSet::new(),
            rows: HashMap::new(),
            lost,
        })
    }

    /// Connects once more where the connection is lost. Its locks are, too.
    pub(super) async fn renew(&mut self, settings: &Settings) -> Result<()> {
        if self.client.is_closed() {
            *self = Self::connect(settings, self.number + 1).await?;
        }
        Ok(())
    }

    /// The statements for the rows of `stream`.
    pub(super) async fn rows(
        &mut self,
        stream: StreamName,
    ) -> Result<Arc<Rows>, tokio_postgres::Error> {
        if let Some(rows) = self.rows.get(&stream) {
            return Ok(Arc::clone(rows));
        }
        let rows = Arc::new(Rows::prepare(&self.client, &self.schema, stream).await?);
        self.rows.insert(stream, Arc::clone(&rows));
        Ok(rows)
    }

    /// The error of what was done on this connection.
    pub(super) fn failed(
        &self,
        doing: &'static str,
    ) -> impl Fn(tokio_postgres::Error) -> Error + use<> {
        let reason = Arc::clone(&self.lost);
        move |error| match reason.get() {
            Some(reason) if error.is_closed() => lost(doing, reason),
            _ => failed(doing)(error),
        }
    }

    /// Takes the lock `key`, unless somebody else holds it and goes on doing so.
    async fn lock(&mut self, key: i64) -> Result<bool> {
        let failed = self.failed("taking its lock");
        let attempt = "SELECT pg_try_advisory_lock($1)";
        let row = self.client.query_one(attempt, &[&key]).await;
        if row.map_err(&failed)?.get(0) {
            return Ok(true);
        }
        // A run that has just ended may not have said so yet.
        match self.wait_for(key).await {
            Ok(()) => Ok(true),
            Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    async fn wait_for(&mut self, key: i64) -> Result<(), tokio_postgres::Error> {
        let work = self.client.transaction().await?;
        work.batch_execute("SET LOCAL lock_timeout = '1s'").await?;
        // It outlasts the transaction.
        work.query_one("SELECT pg_advisory_lock($1)", &[&key])
            .await?;
        work.commit().await
    }
}

/// Carries `work` out to its end, though nobody may wait for it any more.
pub(super) async fn carried_out<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(_) => Err(Error::store(
            "the work on the PostgreSQL database broke down",
        )),
    }
}
