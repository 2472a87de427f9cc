//! A pass that lands in a PostgreSQL database.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::Result;
use tokio_postgres::types::ToSql;
use tokio_postgres::{IsolationLevel, Row, Transaction};

use super::copy::Parameter;
use super::error::lost;
use super::open::{Schema, UNFINISHED, met, quoted, unique};
use super::session::{Lease, Session, Shared, carried_out};
use crate::account_key::AccountKey;
use crate::columns::PASS_COLUMNS;
use crate::landed::Landed;
use crate::pass_id::PassId;
use crate::pass_report::PassReport;
use crate::saved_pass::SavedPass;
use crate::serials::flagged;
use crate::store::{Batch, Landing, in_use};
use crate::stream::StreamName;
use crate::tables::{KEY_OF_PASSES, PASSES_TABLE};
use crate::value::Value;

type Done<T> = std::result::Result<T, tokio_postgres::Error>;

/// A pass that lands in a PostgreSQL database.
pub(super) struct PostgresLanding {
    shared: Arc<Shared>,
    whose: Whose,
    unfinished: Option<SavedPass>,
    latest: Option<PassId>,
}

/// The rows that a pass is about. The lock lasts as long as somebody works on them.
#[derive(Clone)]
struct Whose {
    account: AccountKey,
    stream: StreamName,
    /// The stream's name, which is its table's.
    name: &'static str,
    lease: Arc<Lease>,
}

impl PostgresLanding {
    pub(super) async fn begin(
        shared: Arc<Shared>,
        account: AccountKey,
        stream: StreamName,
    ) -> Result<Self> {
        let mut session = shared.session().await;
        session.renew(&shared.settings).await?;
        let lease = shared.lock(&mut session, &account, stream.as_str()).await?;
        let Some(lease) = lease else {
            return Err(in_use(&account, stream));
        };
        let whose = Whose {
            account,
            stream,
            name: stream.as_str(),
            lease: Arc::new(lease),
        };
        let failed = session.failed("beginning");
        let unfinished = whose.unfinished(&session).await.map_err(&failed)?;
        let latest = whose.latest(&session).await.map_err(&failed)?;
        session.rows(stream).await.map_err(&failed)?;
        Ok(Self {
            shared: Arc::clone(&shared),
            whose,
            unfinished,
            latest,
        })
    }
}

impl fmt::Debug for PostgresLanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresLanding")
            .field("account", &self.whose.account)
            .field("stream", &self.whose.stream)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Landing for PostgresLanding {
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
        let (shared, whose) = (Arc::clone(&self.shared), self.whose.clone());
        carried_out(async move {
            let session = shared.session().await;
            let serials = whose.serials(&session, pass).await;
            serials.map_err(session.failed("beginning"))
        })
        .await
    }

    async fn put(&mut self, batch: &Arc<Batch>) -> Result<Landed> {
        let (shared, whose) = (Arc::clone(&self.shared), self.whose.clone());
        let batch = Arc::clone(batch);
        carried_out(async move {
            let mut session = shared.session().await;
            whose.expect_lock(&session)?;
            let landed = whose.put(&mut session, &batch).await;
            // Before anybody else uses the connection.
            drop(whose);
            landed.map_err(session.failed("writing"))
        })
        .await
    }

    async fn finish(self: Box<Self>, report: &PassReport) -> Result<Landed> {
        let (shared, whose, report) = (self.shared, self.whose, report.clone());
        carried_out(async move {
            let mut session = shared.session().await;
            whose.expect_lock(&session)?;
            let landed = whose.finish(&mut session, &report).await;
            drop(whose);
            shared.give_back(&mut session).await;
            landed.map_err(session.failed("ending a pass"))
        })
        .await
    }
}

impl Whose {
    /// Whoever lost its lock may not go on: another run may have begun.
    fn expect_lock(&self, session: &Session) -> Result<()> {
        match self.lease.is_of(session) {
            true => Ok(()),
            false => Err(lost(
                "writing",
                "in the middle of a pass, and its lock with it",
            )),
        }
    }

    /// The pass that did not end; one that cannot be read any more is nothing that could be gone on with.
    async fn unfinished(&self, session: &Session) -> Done<Option<SavedPass>> {
        let query = format!(
            "SELECT saved FROM {} WHERE connector = $1 AND instance = $2 AND stream = $3",
            session.schema.table(UNFINISHED)
        );
        let row = session.client.query_opt(&query, &self.key()).await?;
        let saved = row.map(|row| row.try_get::<_, String>(0)).transpose()?;
        Ok(saved.and_then(|saved| serde_json::from_str(&saved).ok()))
    }

    async fn latest(&self, session: &Session) -> Done<Option<PassId>> {
        let query = format!(
            "SELECT greatest((SELECT max(pass_id) FROM {} WHERE connector = $1 AND instance = $2 AND stream = $3), \
             (SELECT max(last_seen_at) FROM {} WHERE connector = $1 AND instance = $2))",
            session.schema.table(PASSES_TABLE),
            self.table(&session.schema)
        );
        let row = session.client.query_one(&query, &self.key()).await?;
        Ok(row.try_get::<_, Option<_>>(0)?.map(PassId::at))
    }

    async fn serials(&self, session: &Session, pass: PassId) -> Done<Vec<(String, String)>> {
        if self.stream != StreamName::Assets {
            return Ok(Vec::new());
        }
        let query = format!(
            "SELECT serial_key, vendor_id FROM {} \
             WHERE connector = $1 AND instance = $2 AND last_seen_at = $3 AND serial_key IS NOT NULL \
             AND issues::text NOT LIKE $4",
            self.table(&session.schema)
        );
        let key: [&(dyn ToSql + Sync); 4] = [
            &self.account.connector,
            &self.account.instance,
            &pass.began(),
            &flagged(),
        ];
        let rows = session.client.query(&query, &key).await?;
        let pair = |row: &Row| Ok((row.try_get(0)?, row.try_get(1)?));
        rows.iter().map(pair).collect()
    }

    async fn put(&self, session: &mut Session, batch: &Batch) -> Done<Landed> {
        let rows = session.rows(self.stream).await?;
        let schema = session.schema.clone();
        let work = begin(session).await?;
        let landed = rows.land(&work, &self.account, batch).await?;
        self.save(&work, &schema, batch.saved.as_ref(), landed)
            .await?;
        work.commit().await?;
        Ok(landed)
    }

    /// Remembers where the pass stands, or forgets what was remembered.
    async fn save(
        &self,
        work: &Transaction<'_>,
        schema: &Schema,
        saved: Option<&SavedPass>,
        landed: Landed,
    ) -> Done<()> {
        let saved = saved.and_then(|saved| saved.json_with(landed));
        let (table, [connector, instance, stream]) = (schema.table(UNFINISHED), self.key());
        match saved {
            Some(saved) => {
                let remember = format!(
                    "INSERT INTO {table} (connector, instance, stream, saved) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (connector, instance, stream) DO UPDATE SET saved = excluded.saved"
                );
                work.execute(&remember, &[connector, instance, stream, &saved])
                    .await?;
            }
            None => {
                let forget = format!(
                    "DELETE FROM {table} WHERE connector = $1 AND instance = $2 AND stream = $3"
                );
                work.execute(&forget, &[connector, instance, stream])
                    .await?;
            }
        }
        Ok(())
    }

    async fn finish(&self, session: &mut Session, report: &PassReport) -> Done<Landed> {
        let schema = session.schema.clone();
        let work = begin(session).await?;
        let mut landed = report.landed;
        self.keep_rejected(&work, &schema, report).await?;
        if report.deletes().is_ok() {
            let (going, live) = self.going(&work, &schema, report.pass_id).await?;
            if report.lets_go(going, live) {
                landed.deleted = self.delete(&work, &schema, report.pass_id).await?;
            } else {
                landed.kept_back = going;
            }
        }
        note(&work, &schema, report).await?;
        self.save(&work, &schema, None, Landed::default()).await?;
        work.commit().await?;
        Ok(landed)
    }

    /// A record that could not be read is there.
    async fn keep_rejected(
        &self,
        work: &Transaction<'_>,
        schema: &Schema,
        report: &PassReport,
    ) -> Done<()> {
        let ids: Vec<Value<'_>> = report.rejected_ids().map(Value::text).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let wanted: Vec<Parameter<'_>> = ids.iter().map(Parameter).collect();
        let (come, condition) = met("(SELECT unnest($4::text[]) AS vendor_id)");
        let keep = format!(
            "UPDATE {} AS there SET last_seen_at = $3 FROM {come} WHERE {condition}",
            self.table(schema)
        );
        let (account, pass) = (&self.account, report.pass_id.began());
        work.execute(
            &keep,
            &[&account.connector, &account.instance, &pass, &wanted],
        )
        .await
        .map(drop)
    }

    /// The number of rows that the pass did not meet, and that of all that are there.
    async fn going(
        &self,
        work: &Transaction<'_>,
        schema: &Schema,
        pass: PassId,
    ) -> Done<(u64, u64)> {
        let count = format!(
            "SELECT count(*) FILTER (WHERE last_seen_at < $3), count(*) FROM {} \
             WHERE connector = $1 AND instance = $2 AND deleted_at IS NULL",
            self.table(schema)
        );
        let (account, pass) = (&self.account, pass.began());
        let counts = work
            .query_one(&count, &[&account.connector, &account.instance, &pass])
            .await?;
        let count = |place| counts.try_get::<_, i64>(place).map(i64::unsigned_abs);
        Ok((count(0)?, count(1)?))
    }

    async fn delete(&self, work: &Transaction<'_>, schema: &Schema, pass: PassId) -> Done<u64> {
        let mark = format!(
            "UPDATE {} SET deleted_at = $3 \
             WHERE connector = $1 AND instance = $2 AND deleted_at IS NULL AND last_seen_at < $3",
            self.table(schema)
        );
        let (account, pass) = (&self.account, pass.began());
        work.execute(&mark, &[&account.connector, &account.instance, &pass])
            .await
    }

    fn table(&self, schema: &Schema) -> String {
        schema.table(self.name)
    }

    fn key(&self) -> [&(dyn ToSql + Sync); 3] {
        [&self.account.connector, &self.account.instance, &self.name]
    }
}

/// A transaction for one batch or one end.
async fn begin(session: &mut Session) -> Done<Transaction<'_>> {
    let work = session.client.build_transaction();
    // Whatever the database's own setting is: rows of others are nobody's concern.
    work.isolation_level(IsolationLevel::ReadCommitted)
        .start()
        .await
}

async fn note(work: &Transaction<'_>, schema: &Schema, report: &PassReport) -> Done<()> {
    let values = report.values();
    let names: Vec<String> = PASS_COLUMNS
        .iter()
        .map(|column| quoted(column.name))
        .collect();
    let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
    let set: Vec<String> = names
        .iter()
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let note = format!(
        "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
        schema.table(PASSES_TABLE),
        names.join(", "),
        places.join(", "),
        unique(KEY_OF_PASSES),
        set.join(", ")
    );
    let values: Vec<Parameter<'_>> = values.iter().map(Parameter).collect();
    let values: Vec<&(dyn ToSql + Sync)> = values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect();
    work.execute(&note, &values).await.map(drop)
}
