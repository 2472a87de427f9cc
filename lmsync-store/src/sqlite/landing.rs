//! A pass that lands in an SQLite file.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::Result;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::Mutex;

use super::SqliteStore;
use super::error::failed;
use super::rows::{LandingRow, Parameter, Rows, quoted};
use crate::account_key::AccountKey;
use crate::columns::PASS_COLUMNS;
use crate::landed::Landed;
use crate::lock::Lock;
use crate::pass_id::PassId;
use crate::pass_report::PassReport;
use crate::saved_pass::SavedPass;
use crate::serials::flagged;
use crate::store::{Batch, Landing};
use crate::stream::StreamName;
use crate::value::{Value, instant_of_text};

/// A pass that lands in an SQLite file.
#[derive(Debug)]
pub(super) struct SqliteLanding {
    connection: Arc<Mutex<Connection>>,
    whose: Whose,
    unfinished: Option<SavedPass>,
    latest: Option<PassId>,
}

/// The rows that a pass is about. The lock lasts as long as somebody works on them.
#[derive(Debug, Clone)]
struct Whose {
    account: AccountKey,
    stream: StreamName,
    _lock: Arc<Lock>,
}

impl SqliteLanding {
    pub(super) async fn begin(
        connection: Arc<Mutex<Connection>>,
        account: AccountKey,
        stream: StreamName,
        lock: Lock,
    ) -> Result<Self> {
        let whose = Whose {
            account,
            stream,
            _lock: Arc::new(lock),
        };
        let own = whose.clone();
        let (unfinished, latest) = SqliteStore::work(&connection, move |connection| {
            let unfinished = own.unfinished(connection).map_err(failed("beginning"))?;
            let latest = own.latest(connection).map_err(failed("beginning"))?;
            Ok((unfinished, latest))
        })
        .await?;
        Ok(Self {
            connection,
            whose,
            unfinished,
            latest,
        })
    }
}

#[async_trait]
impl Landing for SqliteLanding {
    fn unfinished(&self) -> Option<&SavedPass> {
        self.unfinished.as_ref()
    }

    fn latest(&self) -> Option<PassId> {
        self.latest
    }

    async fn landed_serials(&mut self) -> Result<Vec<(String, String)>> {
        let Some(pass) = self.unfinished.as_ref().map(|saved| saved.pass_id) else {
            return Ok(Vec::new());
        };
        let whose = self.whose.clone();
        SqliteStore::work(&self.connection, move |connection| {
            whose.serials(connection, pass).map_err(failed("beginning"))
        })
        .await
    }

    async fn put(&mut self, batch: &Arc<Batch>) -> Result<Landed> {
        let (batch, whose) = (Arc::clone(batch), self.whose.clone());
        SqliteStore::work(&self.connection, move |connection| {
            whose.put(connection, &batch).map_err(failed("writing"))
        })
        .await
    }

    async fn finish(self: Box<Self>, report: &PassReport) -> Result<Landed> {
        let (report, whose) = (report.clone(), self.whose.clone());
        SqliteStore::work(&self.connection, move |connection| {
            whose
                .finish(connection, &report)
                .map_err(failed("ending a pass"))
        })
        .await
    }
}

impl Whose {
    fn table(&self) -> String {
        quoted(self.stream.as_str())
    }

    /// The pass that did not end; one that cannot be read any more is nothing that could be gone on with.
    fn unfinished(&self, connection: &Connection) -> rusqlite::Result<Option<SavedPass>> {
        let saved: Option<String> = connection
            .query_row(
                "SELECT saved FROM lmsync_unfinished WHERE connector = ?1 AND instance = ?2 AND stream = ?3",
                params![self.account.connector, self.account.instance, self.stream.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        Ok(saved.and_then(|saved| serde_json::from_str(&saved).ok()))
    }

    fn latest(&self, connection: &Connection) -> rusqlite::Result<Option<PassId>> {
        let key = params![
            self.account.connector,
            self.account.instance,
            self.stream.as_str()
        ];
        let of_passes: Option<String> = connection.query_row(
            "SELECT max(pass_id) FROM passes WHERE connector = ?1 AND instance = ?2 AND stream = ?3",
            key,
            |row| row.get(0),
        )?;
        let of_rows: Option<String> = connection.query_row(
            &format!(
                "SELECT max(last_seen_at) FROM {} WHERE connector = ?1 AND instance = ?2",
                self.table()
            ),
            params![self.account.connector, self.account.instance],
            |row| row.get(0),
        )?;
        let latest = of_passes.max(of_rows);
        Ok(latest.as_deref().and_then(instant_of_text).map(PassId::at))
    }

    fn serials(
        &self,
        connection: &Connection,
        pass: PassId,
    ) -> rusqlite::Result<Vec<(String, String)>> {
        if self.stream != StreamName::Assets {
            return Ok(Vec::new());
        }
        let mut query = connection.prepare(
            "SELECT serial_key, vendor_id FROM assets \
             WHERE connector = ?1 AND instance = ?2 AND last_seen_at = ?3 AND serial_key IS NOT NULL \
             AND issues NOT LIKE ?4",
        )?;
        let key = params![
            self.account.connector,
            self.account.instance,
            pass.to_string(),
            flagged()
        ];
        let rows = query.query_map(key, |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    }

    fn put(&self, connection: &mut Connection, batch: &Batch) -> rusqlite::Result<Landed> {
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut landed = Landed::default();
        {
            let mut rows = Rows::new(&work, &self.account, self.stream)?;
            let pass = batch.pass_id.to_string();
            let (ids, fingerprints) = (batch.records.ids(), batch.records.fingerprints());
            for (place, (id, fingerprint)) in ids.into_iter().zip(fingerprints).enumerate() {
                let row = LandingRow {
                    vendor_id: Value::text(id),
                    fingerprint,
                    pass_text: &pass,
                };
                let (fate, known) = rows.land(&batch.records, place, &row)?;
                fate.count(known.as_ref(), batch.pass_id, &mut landed);
            }
        }
        self.save(&work, batch.saved.as_ref(), landed)?;
        work.commit()?;
        Ok(landed)
    }

    /// Remembers where the pass stands, or forgets what was remembered.
    fn save(
        &self,
        work: &Transaction<'_>,
        saved: Option<&SavedPass>,
        landed: Landed,
    ) -> rusqlite::Result<()> {
        let saved = saved.and_then(|saved| saved.json_with(landed));
        let (account, stream) = (&self.account, self.stream.as_str());
        match saved {
            Some(saved) => work.execute(
                "INSERT OR REPLACE INTO lmsync_unfinished (connector, instance, stream, saved) VALUES (?1, ?2, ?3, ?4)",
                params![account.connector, account.instance, stream, saved],
            )?,
            None => work.execute(
                "DELETE FROM lmsync_unfinished WHERE connector = ?1 AND instance = ?2 AND stream = ?3",
                params![account.connector, account.instance, stream],
            )?,
        };
        Ok(())
    }

    fn finish(&self, connection: &mut Connection, report: &PassReport) -> rusqlite::Result<Landed> {
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut landed = report.landed;
        let pass = report.pass_id.to_string();
        self.keep_rejected(&work, report, &pass)?;
        if report.deletes().is_ok() {
            let (going, live) = self.going(&work, &pass)?;
            if report.lets_go(going, live) {
                landed.deleted = self.delete(&work, &pass)?;
            } else {
                landed.kept_back = going;
            }
        }
        self.note(&work, report)?;
        self.save(&work, None, Landed::default())?;
        work.commit()?;
        Ok(landed)
    }

    /// A record that could not be read is there.
    fn keep_rejected(
        &self,
        work: &Transaction<'_>,
        report: &PassReport,
        pass: &str,
    ) -> rusqlite::Result<()> {
        let mut keep = work.prepare(&format!(
            "UPDATE {} SET last_seen_at = ?4 WHERE connector = ?1 AND instance = ?2 AND vendor_id = ?3",
            self.table()
        ))?;
        for id in report.rejected_ids() {
            keep.execute(params![
                self.account.connector,
                self.account.instance,
                Parameter(&Value::text(id)),
                pass
            ])?;
        }
        Ok(())
    }

    /// The number of rows that the pass did not meet, and that of all that are there.
    fn going(&self, work: &Transaction<'_>, pass: &str) -> rusqlite::Result<(u64, u64)> {
        let count = format!(
            "SELECT count(*) FILTER (WHERE last_seen_at < ?3), count(*) FROM {} \
             WHERE connector = ?1 AND instance = ?2 AND deleted_at IS NULL",
            self.table()
        );
        let counts = work.query_row(
            &count,
            params![self.account.connector, self.account.instance, pass],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
        )?;
        Ok((counts.0.unsigned_abs(), counts.1.unsigned_abs()))
    }

    fn delete(&self, work: &Transaction<'_>, pass: &str) -> rusqlite::Result<u64> {
        let mark = format!(
            "UPDATE {} SET deleted_at = ?3 \
             WHERE connector = ?1 AND instance = ?2 AND deleted_at IS NULL AND last_seen_at < ?3",
            self.table()
        );
        let marked = work.execute(
            &mark,
            params![self.account.connector, self.account.instance, pass],
        )?;
        Ok(marked as u64)
    }

    fn note(&self, work: &Transaction<'_>, report: &PassReport) -> rusqlite::Result<()> {
        let values = report.values();
        let names: Vec<&str> = PASS_COLUMNS.iter().map(|column| column.name).collect();
        let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
        work.execute(
            &format!(
                "INSERT OR REPLACE INTO passes ({}) VALUES ({})",
                names.join(", "),
                places.join(", ")
            ),
            rusqlite::params_from_iter(values.iter().map(Parameter)),
        )?;
        Ok(())
    }
}
