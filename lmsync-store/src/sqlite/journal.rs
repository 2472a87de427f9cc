//! Journals of attempted writes in an SQLite file.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::two_way::{Attempt, History, Journal, JournalEntry};
use lmsync_core::{Error, Result};
use rusqlite::{Connection, params, params_from_iter};
use tokio::sync::Mutex;

use super::SqliteStore;
use super::error::failed;
use super::open::{open_for_journal, open_to_read};
use super::read::json_of;
use super::rows::{Parameter, quoted};
use crate::account_key::AccountKey;
use crate::attempt::{ENDED, JOURNAL, Rows, account_of, ended, in_use, values};
use crate::columns::JOURNAL_COLUMNS;
use crate::journal::JournalStore;
use crate::lock::Lock;
use crate::tables::JOURNAL_TABLE;
use crate::value::Value;

#[async_trait]
impl JournalStore for SqliteStore {
    async fn open_journal(&self, accounts: &[AccountKey]) -> Result<Box<dyn Journal>> {
        let locks: Result<Vec<Lock>> = accounts.iter().map(|it| self.lock_journal(it)).collect();
        let journal = SqliteJournal {
            accounts: accounts.to_vec(),
            locks: Arc::new(locks?),
            connection: Arc::new(Mutex::new(open_for_journal(&self.path)?)),
        };
        Ok(Box::new(journal))
    }

    async fn read_journal(&self, accounts: &[AccountKey]) -> Result<History> {
        let (path, accounts) = (self.path.clone(), accounts.to_vec());
        let reading = tokio::task::spawn_blocking(move || read(&path, &accounts));
        match reading.await {
            Ok(history) => history,
            Err(_) => Err(Error::store("reading the journal broke down")),
        }
    }
}

impl SqliteStore {
    fn lock_journal(&self, account: &AccountKey) -> Result<Lock> {
        Lock::of(&self.path, account, JOURNAL)?.ok_or_else(|| in_use(account))
    }
}

/// Journals that are open.
struct SqliteJournal {
    accounts: Vec<AccountKey>,
    /// Kept as long as somebody writes.
    locks: Arc<Vec<Lock>>,
    connection: Arc<Mutex<Connection>>,
}

impl SqliteJournal {
    /// Writes to the table, though nobody may wait for it any more.
    async fn write(
        &self,
        write: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<()> {
        let locks = Arc::clone(&self.locks);
        SqliteStore::work(&self.connection, move |connection| {
            let written = write(connection).map_err(failed("writing the journal"));
            drop(locks);
            written
        })
        .await
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn begin(&self, attempt: &Attempt) -> Result<()> {
        let account = account_of(attempt, &self.accounts)?;
        let attempt = attempt.clone();
        self.write(move |connection| insert(connection, &account, &attempt, None))
            .await
    }

    async fn finish(&self, entry: &JournalEntry) -> Result<()> {
        let account = account_of(&entry.attempt, &self.accounts)?;
        let entry = entry.clone();
        self.write(move |connection| match end(connection, &account, &entry)? {
            // It had ended before: this is what was found out since.
            0 => insert(connection, &account, &entry.attempt, Some(&entry)),
            _ => Ok(()),
        })
        .await
    }
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal")
            .field("accounts", &self.accounts)
            .finish_non_exhaustive()
    }
}

fn insert(
    connection: &Connection,
    account: &AccountKey,
    attempt: &Attempt,
    entry: Option<&JournalEntry>,
) -> rusqlite::Result<()> {
    let names: Vec<String> = JOURNAL_COLUMNS.iter().map(|it| quoted(it.name)).collect();
    let places: Vec<String> = (4..names.len()).map(|place| format!("?{place}")).collect();
    let id = &attempt.asset.vendor_id;
    let key = [&account.connector, &account.instance, id].map(|text| Value::text(text));
    let others = values(attempt, entry);
    connection.execute(
        &format!(
            "INSERT INTO {JOURNAL_TABLE} ({}) SELECT ?1, ?2, ?3, coalesce(max(number), 0) + 1, {} \
             FROM {JOURNAL_TABLE} WHERE connector = ?1 AND instance = ?2 AND vendor_id = ?3",
            names.join(", "),
            places.join(", ")
        ),
        params_from_iter(key.iter().chain(&others).map(Parameter)),
    )?;
    Ok(())
}

/// Notes the end of an attempt that was begun. Returns the number of rows, which is none where it had ended.
fn end(
    connection: &Connection,
    account: &AccountKey,
    entry: &JournalEntry,
) -> rusqlite::Result<usize> {
    let set = JOURNAL_COLUMNS[JOURNAL_COLUMNS.len() - ENDED..].iter();
    let set: Vec<String> = (5..)
        .zip(set)
        .map(|(place, column)| format!("{} = ?{place}", quoted(column.name)))
        .collect();
    let attempt = &entry.attempt;
    let id = &attempt.asset.vendor_id;
    let key = [&account.connector, &account.instance, id].map(|text| Value::text(text));
    let at = [Value::instant(attempt.at)];
    connection.execute(
        &format!(
            "UPDATE {JOURNAL_TABLE} SET {} WHERE connector = ?1 AND instance = ?2 AND vendor_id = ?3 \
             AND at = ?4 AND outcome IS NULL",
            set.join(", ")
        ),
        params_from_iter(key.iter().chain(&at).chain(&ended(Some(entry))).map(Parameter)),
    )
}

fn read(path: &Path, accounts: &[AccountKey]) -> Result<History> {
    let connection = open_to_read(path)?;
    let names: Vec<String> = JOURNAL_COLUMNS.iter().map(|it| quoted(it.name)).collect();
    let sql = format!(
        "SELECT {} FROM {JOURNAL_TABLE} WHERE connector = ?1 AND instance = ?2 ORDER BY vendor_id, number",
        names.join(", ")
    );
    let failed = failed("reading the journal");
    let mut query = connection.prepare(&sql).map_err(&failed)?;
    let (shape, mut found) = (Rows::shape(), Rows::default());
    for account in accounts {
        let key = params![account.connector, account.instance];
        let mut rows = query.query(key).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            found.add(&json_of(row, &shape)?)?;
        }
    }
    Ok(found.history())
}
