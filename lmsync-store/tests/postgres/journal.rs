//! Journals in the database.

use std::sync::Arc;

use chrono::DateTime;
use lmsync_core::two_way::{Attempt, DateChange, DateField, WriteSource};
use lmsync_core::{Capabilities, ConnectorInfo, ErrorKind};
use lmsync_store::{AccountKey, JournalStore, PostgresStore, ReadStore};

use crate::journals;
use crate::server::Database;

macro_rules! promises {
    ($($promise:ident),+ $(,)?) => {$(
        pub(crate) async fn $promise() {
            let database = Database::new();
            journals::$promise(async || connected(&database).await as Arc<dyn ReadStore>).await;
        }
    )+};
}

promises!(
    it_tells_what_was_written,
    an_attempt_is_open_until_it_has_ended,
    one_run_writes_to_an_account,
    what_it_cannot_keep_is_refused,
    odd_texts_are_texts,
);

async fn connected(database: &Database) -> Arc<PostgresStore> {
    Arc::new(PostgresStore::connect(&database.url()).await.unwrap())
}

/// Whoever lost its lock may not go on: another run may write to the account by now.
pub(crate) async fn a_journal_whose_lock_was_lost_takes_nothing() {
    let database = Database::new();
    let store = connected(&database).await;
    let acme = AccountKey::new("fake", "acme");
    let journal = store
        .open_journal(std::slice::from_ref(&acme))
        .await
        .unwrap();
    database.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    let info = ConnectorInfo::new("fake", "Fake", "acme", Capabilities::new());
    let day = chrono::NaiveDate::from_ymd_opt(2027, 5, 31).unwrap();
    let change =
        DateChange::new("1").set(DateField::WarrantyExpiry, None, day, WriteSource::Lookup);
    let attempt = Attempt::new(DateTime::UNIX_EPOCH, &info, &change);
    for _ in 0..2 {
        let error = journal.begin(&attempt).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store, "{error}");
        // It connects again, once the connection is known to be lost; others have the journal.
        let history = loop {
            if let Ok(history) = store.read_journal(std::slice::from_ref(&acme)).await {
                break history;
            }
        };
        assert_eq!(history.assets().count(), 0);
    }
    store.open_journal(&[acme]).await.unwrap();
}

/// A row is on the disk although the role's own setting is not to wait for that.
pub(crate) async fn a_row_is_on_the_disk() {
    let database = Database::new();
    let name = database.0.clone();
    database.sql(&format!(
        "ALTER DATABASE \"{name}\" SET synchronous_commit = off"
    ));
    let store = connected(&database).await;
    database.sql(
        "CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         NEW.detail = current_setting('synchronous_commit'); RETURN NEW; END $$; \
         CREATE TRIGGER told BEFORE INSERT ON lmsync_journal FOR EACH ROW EXECUTE FUNCTION told()",
    );
    let journal = store
        .open_journal(&[AccountKey::new("fake", "acme")])
        .await
        .unwrap();
    let info = ConnectorInfo::new("fake", "Fake", "acme", Capabilities::new());
    let attempt = Attempt::new(DateTime::UNIX_EPOCH, &info, &DateChange::new("1"));
    journal.begin(&attempt).await.unwrap();
    assert_eq!(database.sql("SELECT detail FROM lmsync_journal"), "on");
}
