//! A store in a PostgreSQL database.

mod connect;
mod copy;
mod error;
mod journal;
mod json;
mod landing;
mod open;
mod read;
mod rows;
mod session;
mod settings;
mod tls;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::Result;

use self::landing::PostgresLanding;
use self::session::{Shared, carried_out};
use self::settings::Settings;
use crate::account_key::AccountKey;
use crate::store::{Landing, Store};
use crate::stream::StreamName;

/// A store in a PostgreSQL database (12 or later): tables `assets`, `software`, `customers`, `passes`,
/// `same_machine` and `lmsync_journal` in the first schema of the search path.
///
/// Moments are `timestamptz`, days are `date`, JSON is `jsonb`; a number in it that no `numeric` holds, and
/// what is nested deeper than 250 levels, is a text there. Ids, connectors and accounts are compared byte by
/// byte.
///
/// One connection serves all passes, batch by batch. A run is kept from landing what another one lands by an advisory
/// lock, which lasts as long as the connection: a pooler that gives each transaction another connection
/// (PgBouncer's transaction mode) cannot stand in between. A connection that is lost ends the passes that are
/// under way; the next pass makes a new one. Passes and reading need tokio's runtime that it was opened in.
#[derive(Clone)]
pub struct PostgresStore {
    shared: Arc<Shared>,
}

impl PostgresStore {
    /// The store in the database that `url` names, such as
    /// `postgres://lmsync:PASSWORD@db.example.com/assets?sslmode=require`. Tables that are missing are made.
    ///
    /// The password may come from the environment variable `PGPASSWORD`, too. Options are those of libpq as far
    /// as they are known: `connect_timeout` (10 seconds), `application_name` (`lmsync`), `options`
    /// (`-c%20search_path%3Dinventory` for another schema), and more.
    ///
    /// The connection is secure, and the server's certificate is looked at, unless the server is on this machine or
    /// `sslmode=disable` is given; `sslmode=require` makes it so in any case. The system says whom to
    /// trust, or the PEM file that `sslrootcert` names. Without the feature `postgres-tls` nothing is sent to another
    /// machine, unless by `sslmode=disable`.
    ///
    /// # Errors
    /// `config` when the URL cannot be read. `store` when the database cannot be used: it cannot be reached, its tables
    /// are another program's or a newer lmsync's, or its encoding is not UTF8. None shows the URL.
    pub async fn connect(url: &str) -> Result<Self> {
        let shared = Shared::connect(Settings::read(url)?).await?;
        Ok(Self { shared })
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a password.
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self, account: &AccountKey, stream: StreamName) -> Result<Box<dyn Landing>> {
        let landing = PostgresLanding::begin(Arc::clone(&self.shared), account.clone(), stream);
        Ok(Box::new(carried_out(landing).await?))
    }
}
