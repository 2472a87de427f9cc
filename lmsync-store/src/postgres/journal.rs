//! Journals of attempted writes in a PostgreSQL database.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::Result;
use lmsync_core::two_way::{Attempt, History, Journal, JournalEntry};
use tokio_postgres::types::ToSql;

use super::PostgresStore;
use super::copy::Parameter;
use super::error::lost;
use super::open::{key_of, quoted, type_of};
use super::read::json_of;
use super::session::{Lease, Session, Shared, carried_out};
use crate::account_key::AccountKey;
use crate::attempt::{ENDED, JOURNAL, Rows, account_of, ended, in_use, values};
use crate::columns::JOURNAL_COLUMNS;
use crate::journal::JournalStore;
use crate::tables::JOURNAL_TABLE;
use crate::value::Value;

type Done<T> = std::result::Result<T, tokio_postgres::Error>;

/// Lets a statement return when what it wrote is on the disk, whatever the role's own setting is.
const SAFELY: &str = "SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') = 'off'";

#[async_trait]
impl JournalStore for PostgresStore {
    async fn open_journal(&self, accounts: &[AccountKey]) -> Result<Box<dyn Journal>> {
        let (shared, accounts) = (Arc::clone(&self.shared), accounts.to_vec());
        let opened = carried_out(async move {
            let mut session = shared.session().await;
            session.renew(&shared.settings).await?;
            let safely = session.client.batch_execute(SAFELY).await;
            safely.map_err(session.failed("opening the journal"))?;
            let mut leases = Vec::with_capacity(accounts.len());
            for account in &accounts {
                let lease = shared.lock(&mut session, account, JOURNAL).await?;
                leases.push(lease.ok_or_else(|| in_use(account))?);
            }
            drop(session);
            Ok(PostgresJournal {
                shared,
                accounts,
                leases: Arc::new(leases),
            })
        });
        Ok(Box::new(opened.await?))
    }

    async fn read_journal(&self, accounts: &[AccountKey]) -> Result<History> {
        let (shared, accounts) = (Arc::clone(&self.shared), accounts.to_vec());
        carried_out(async move {
            let mut session = shared.session().await;
            session.renew(&shared.settings).await?;
            let mut found = Rows::default();
            for account in &accounts {
                read(&session, account, &mut found).await?;
            }
            Ok(found.history())
        })
        .await
    }
}

/// Journals that are open.
struct PostgresJournal {
    shared: Arc<Shared>,
    accounts: Vec<AccountKey>,
    /// Kept as long as somebody writes.
    leases: Arc<Vec<Lease>>,
}

impl PostgresJournal {
    /// Writes `line` to the table, though nobody may wait for it any more.
    async fn write(&self, line: Line) -> Result<()> {
        let (shared, leases) = (Arc::clone(&self.shared), Arc::clone(&self.leases));
        carried_out(async move {
            let session = shared.session().await;
            if !leases.iter().all(|lease| lease.is_of(&session)) {
                return Err(lost("writing the journal", "and its lock with it"));
            }
            let written = line.write(&session).await;
            // Before anybody else uses the connection.
            drop(leases);
            written.map_err(session.failed("writing the journal"))
        })
        .await
    }
}

#[async_trait]
impl Journal for PostgresJournal {
    async fn begin(&self, attempt: &Attempt) -> Result<()> {
        let (account, attempt) = (account_of(attempt, &self.accounts)?, attempt.clone());
        self.write(Line::Begun { account, attempt }).await
    }

    async fn finish(&self, entry: &JournalEntry) -> Result<()> {
        let account = account_of(&entry.attempt, &self.accounts)?;
        let entry = entry.clone();
        self.write(Line::Ended { account, entry }).await
    }
}

impl fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresJournal")
            .field("accounts", &self.accounts)
            .finish_non_exhaustive()
    }
}

/// A line of a journal.
enum Line {
    Begun {
        account: AccountKey,
        attempt: Attempt,
    },
    Ended {
        account: AccountKey,
        entry: JournalEntry,
    },
}

impl Line {
    async fn write(&self, session: &Session) -> Done<()> {
        match self {
            Self::Begun { account, attempt } => insert(session, account, attempt, None).await,
            Self::Ended { account, entry } => match end(session, account, entry).await? {
                // It had ended before: this is what was found out since.
                0 => insert(session, account, &entry.attempt, Some(entry)).await,
                _ => Ok(()),
            },
        }
    }
}

async fn insert(
    session: &Session,
    account: &AccountKey,
    attempt: &Attempt,
    entry: Option<&JournalEntry>,
) -> Done<()> {
    let table = session.schema.table(JOURNAL_TABLE);
    let names: Vec<String> = JOURNAL_COLUMNS.iter().map(|it| quoted(it.name)).collect();
    let places: Vec<String> = (4..)
        .zip(&JOURNAL_COLUMNS[4..])
        .map(|(place, column)| format!("${place}::{}", type_of(column.kind)))
        .collect();
    let insert = format!(
        "INSERT INTO {table} ({}) SELECT $1::text, $2::text, $3::text, coalesce(max(number), 0) + 1, {} \
         FROM {table} WHERE {}",
        names.join(", "),
        places.join(", "),
        of_the_asset()
    );
    let others = values(attempt, entry);
    execute(session, &insert, &key(account, attempt), &others)
        .await
        .map(drop)
}

/// Notes the end of an attempt that was begun. Returns the number of rows, which is none where it had ended.
async fn end(session: &Session, account: &AccountKey, entry: &JournalEntry) -> Done<u64> {
    let set: Vec<String> = (5..)
        .zip(&JOURNAL_COLUMNS[JOURNAL_COLUMNS.len() - ENDED..])
        .map(|(place, column)| format!("{} = ${place}", quoted(column.name)))
        .collect();
    let end = format!(
        "UPDATE {} SET {} WHERE {} AND at = $4 AND outcome IS NULL",
        session.schema.table(JOURNAL_TABLE),
        set.join(", "),
        of_the_asset()
    );
    let attempt = &entry.attempt;
    let at = Value::instant(attempt.at);
    let others: Vec<Value<'_>> = [at].into_iter().chain(ended(Some(entry))).collect();
    execute(session, &end, &key(account, attempt), &others).await
}

/// The condition of the rows of the asset of the first three parameters.
fn of_the_asset() -> String {
    let (there, wanted) = (key_of("vendor_id"), key_of("$3::text"));
    format!("connector = $1 AND instance = $2 AND {there} = {wanted}")
}

fn key<'v>(account: &'v AccountKey, attempt: &'v Attempt) -> [Value<'v>; 3] {
    let id = &attempt.asset.vendor_id;
    [&account.connector, &account.instance, id].map(|text| Value::text(text))
}

async fn execute(
    session: &Session,
    statement: &str,
    first: &[Value<'_>],
    others: &[Value<'_>],
) -> Done<u64> {
    let values: Vec<Parameter<'_>> = first.iter().chain(others).map(Parameter).collect();
    let values: Vec<&(dyn ToSql + Sync)> = values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect();
    session.client.execute(statement, &values).await
}

async fn read(session: &Session, account: &AccountKey, found: &mut Rows) -> Result<()> {
    let names: Vec<String> = JOURNAL_COLUMNS.iter().map(|it| quoted(it.name)).collect();
    let query = format!(
        "SELECT {} FROM {} WHERE connector = $1 AND instance = $2 ORDER BY vendor_id, number",
        names.join(", "),
        session.schema.table(JOURNAL_TABLE)
    );
    let rows = session
        .client
        .query(&query, &[&account.connector, &account.instance])
        .await;
    let shape = Rows::shape();
    for row in rows.map_err(session.failed("reading the journal"))? {
        found.add(&json_of(&row, &shape)?)?;
    }
    Ok(())
}
