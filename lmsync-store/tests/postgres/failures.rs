//! What goes wrong in the middle.

use std::io::{BufRead, BufReader, Write};
use std::pin::{Pin, pin};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::task::{Context, Waker};

use lmsync_core::model::Asset;
use lmsync_core::{Error, ErrorKind};
use lmsync_store::{Landed, Landing, PostgresStore, Store};
use lmsync_testkit::PostgresServer;
use lmsync_testkit::store::{Night, account, asset};

use crate::server::{Database, server};

fn fleet(assets: usize) -> Night<Asset> {
    let acme = account("acme");
    let fleet = (0..assets).map(|id| asset(&acme, &id.to_string()));
    Night::new(&acme, 1, fleet.collect::<Vec<_>>())
}

#[track_caller]
fn is_told(error: &Error, hint: &str) {
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    assert!(
        error.hint().is_some_and(|told| told.contains(hint)),
        "{error}, {:?}",
        error.hint()
    );
}

fn count(database: &Database) -> i64 {
    database.number("SELECT count(*) FROM assets")
}

/// Another program's transaction that holds the table until it is dropped.
struct Holder(Child);

impl Holder {
    /// Returns once it holds the table.
    fn of(database: &Database) -> Self {
        let mut child = server()
            .psql(&database.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let held = "BEGIN; LOCK TABLE assets; SELECT 'held';\n";
        child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(held.as_bytes())
            .unwrap();
        let mut told = String::new();
        let output = child.stdout.as_mut().unwrap();
        BufReader::new(output).read_line(&mut told).unwrap();
        assert_eq!(told, "held\n");
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

/// Polls `work` until the server says that it waits for the table, and `then` is done to it: `pid` is
/// its process.
async fn while_it_waits<T>(
    database: &Database,
    work: impl Future<Output = T> + Send,
    then: impl FnOnce(&str) + Send,
) -> T {
    let mut work = pin!(work);
    let waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
                   AND application_name = 'lmsync' AND wait_event_type = 'Lock'";
    loop {
        assert!(is_pending(work.as_mut()), "it waits");
        tokio::task::yield_now().await;
        let pid = database.sql(waiting);
        if !pid.is_empty() {
            then(&pid);
            return work.await;
        }
    }
}

fn is_pending(work: Pin<&mut (impl Future + ?Sized)>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    work.poll(&mut context).is_pending()
}

/// Plays the night, whose pass was interrupted, to its end.
async fn play_to_the_end(database: &Database, night: &Night<Asset>, store: &Arc<dyn Store>) {
    let landed = night.play(store).await.unwrap();
    assert_eq!((landed.deleted, count(database)), (0, 50));
    assert_eq!(database.number("SELECT count(*) FROM passes"), 1);
}

async fn begin(store: &Arc<dyn Store>, night: &Night<Asset>) -> Box<dyn Landing> {
    night.begin(store).await.unwrap()
}

pub(crate) async fn a_statement_that_is_ended_costs_its_batch_and_nothing_else() {
    let database = Database::new();
    let store = database.open().await;
    let night = fleet(50);
    let mut landing = begin(&store, &night).await;
    night.put(&mut *landing, 0..10).await.unwrap();
    let holder = Holder::of(&database);
    let put = night.put(&mut *landing, 10..50);
    let outcome = while_it_waits(&database, put, |pid| {
        database.sql(&format!("SELECT pg_cancel_backend({pid})"));
    });
    is_told(&outcome.await.unwrap_err(), "somebody ended the statement");
    drop(holder);
    assert_eq!(count(&database), 10);
    // The same pass goes on.
    let landed = night.put(&mut *landing, 10..50).await.unwrap();
    assert_eq!(landed.inserted, 40);
    night.finish(landing, landed).await.unwrap();
    assert_eq!(count(&database), 50);
}

/// Lets `table` refuse each row for which `condition` holds, as a server does whose disk is full.
fn fill_disk(database: &Database, table: &str, condition: &str) {
    database.sql(&format!(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100', DETAIL = 'a secret of a row'; \
         END $$; \
         CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW WHEN ({condition}) \
         EXECUTE FUNCTION full_disk()"
    ));
}

fn make_room(database: &Database) {
    database.sql("DROP FUNCTION full_disk CASCADE");
}

pub(crate) async fn a_full_disk_costs_its_batch_and_nothing_else() {
    let database = Database::new();
    let store = database.open().await;
    let night = fleet(50);
    let mut landing = begin(&store, &night).await;
    night.put(&mut *landing, 0..10).await.unwrap();
    fill_disk(&database, "assets", "NEW.vendor_id = '25'");
    let error = night.put(&mut *landing, 10..50).await.unwrap_err();
    is_told(&error, "make room");
    // What the server adds may quote a row.
    assert!(!error.to_string().contains("secret"), "{error}");
    assert_eq!(count(&database), 10);
    assert!(
        database
            .sql("SELECT saved FROM lmsync_unfinished")
            .contains("\"kept\":10")
    );
    make_room(&database);
    drop(landing);
    play_to_the_end(&database, &night, &store).await;
}

pub(crate) async fn an_end_that_fails_marks_nothing() {
    let database = Database::new();
    let store = database.open().await;
    fleet(50).play(&store).await.unwrap();
    let fewer = Night::new(&account("acme"), 2, vec![asset(&account("acme"), "1")]).accept_shrink();
    let landing = begin(&store, &fewer).await;
    fill_disk(&database, "passes", "true");
    is_told(
        &fewer.finish(landing, Landed::default()).await.unwrap_err(),
        "make room",
    );
    let marked = "SELECT count(*) FROM assets WHERE deleted_at IS NOT NULL";
    assert_eq!(database.number(marked), 0);
    assert_eq!(database.number("SELECT count(*) FROM passes"), 1);
    make_room(&database);
    assert_eq!(fewer.play(&store).await.unwrap().deleted, 49);
}

pub(crate) async fn a_connection_that_is_lost_in_a_batch_is_told_and_the_next_run_goes_on() {
    let database = Database::new();
    let store = database.open().await;
    let night = fleet(50);
    let mut landing = begin(&store, &night).await;
    night.put(&mut *landing, 0..10).await.unwrap();
    let holder = Holder::of(&database);
    let put = night.put(&mut *landing, 10..50);
    let outcome = while_it_waits(&database, put, |pid| {
        database.sql(&format!("SELECT pg_terminate_backend({pid})"));
    });
    is_told(&outcome.await.unwrap_err(), "goes on from the last batch");
    drop(holder);
    for _ in 0..2 {
        let error = night.put(&mut *landing, 10..50).await.unwrap_err();
        is_told(&error, "goes on from the last batch");
    }
    drop(landing);
    assert_eq!(count(&database), 10);
    let landing = begin(&store, &night).await;
    assert_eq!(landing.unfinished().unwrap().totals.kept, 10);
    drop(landing);
    play_to_the_end(&database, &night, &store).await;
}

/// Ends the connections of lmsync, and waits until they are gone.
fn lose_connections(database: &Database) {
    database.sql(
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity \
         WHERE datname = current_database() AND application_name = 'lmsync'",
    );
}

pub(crate) async fn a_connection_that_is_lost_before_the_end_marks_nothing() {
    let database = Database::new();
    let store = database.open().await;
    let night = fleet(50);
    let mut landing = begin(&store, &night).await;
    let landed = night.put(&mut *landing, 0..50).await.unwrap();
    lose_connections(&database);
    let error = night.finish(landing, landed).await.unwrap_err();
    is_told(&error, "goes on from the last batch");
    assert_eq!(database.number("SELECT count(*) FROM passes"), 0);
    play_to_the_end(&database, &night, &store).await;
}

pub(crate) async fn a_pass_whose_lock_was_lost_does_not_go_on() {
    let database = Database::new();
    let store = database.open().await;
    let (night, globex) = (fleet(50), account("globex"));
    let other = Night::new(&globex, 1, [asset(&globex, "1")]);
    let mut landing = begin(&store, &night).await;
    night.put(&mut *landing, 0..10).await.unwrap();
    lose_connections(&database);
    // Until it is known to be lost.
    while begin_other(&store, &other).await.is_err() {}
    // Another run may have the account by now.
    let other_run = database.open().await;
    let taken = begin(&other_run, &night).await;
    let error = night.put(&mut *landing, 10..50).await.unwrap_err();
    assert!(error.message().contains("lock"), "{error}");
    let error = night.finish(landing, Landed::default()).await.unwrap_err();
    is_told(&error, "goes on from the last batch");
    // Its own end takes nobody's lock away.
    begin_other(&store, &night).await.expect_err("it is in use");
    drop(taken);
    begin(&store, &night).await;
}

async fn begin_other(
    store: &Arc<dyn Store>,
    night: &Night<Asset>,
) -> Result<Box<dyn Landing>, Error> {
    night.begin(store).await
}

pub(crate) async fn a_write_that_is_given_up_keeps_its_lock_until_it_has_ended() {
    let database = Database::new();
    let (store, other_run) = (database.open().await, database.open().await);
    let night = fleet(50);
    let mut landing = begin(&store, &night).await;
    let mut holder = None;
    {
        holder.replace(Holder::of(&database));
        let mut put = pin!(night.put(&mut *landing, 0..50));
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        loop {
            assert!(is_pending(put.as_mut()));
            tokio::task::yield_now().await;
            if database.number(waiting) > 0 {
                break;
            }
        }
    }
    drop(landing);
    // The batch is still under way.
    let error = begin_other(&other_run, &night).await.unwrap_err();
    assert!(error.message().contains("another run"), "{error}");
    drop(holder);
    let next = begin(&store, &night).await;
    assert_eq!(count(&database), 50);
    assert_eq!(next.unfinished().unwrap().landed.inserted, 50);
    drop(next);
    begin(&other_run, &night).await;
}

pub(crate) async fn a_server_that_is_gone_is_told() {
    let server = PostgresServer::start().unwrap();
    let url = server.url("postgres");
    let store: Arc<dyn Store> = Arc::new(PostgresStore::connect(&url).await.unwrap());
    let night = fleet(50);
    let mut landing = begin(&store, &night).await;
    drop(server);
    is_told(
        &night.put(&mut *landing, 0..50).await.unwrap_err(),
        "whether the server is there",
    );
    let end = night.finish(landing, Landed::default()).await;
    is_told(&end.unwrap_err(), "whether the server is there");
    is_told(
        &begin_other(&store, &night).await.unwrap_err(),
        "whether the server is there",
    );
    is_told(
        &PostgresStore::connect(&url).await.unwrap_err(),
        "whether the server is there",
    );
}

pub(crate) async fn names_that_are_too_long_are_refused() {
    let database = Database::new();
    let store = database.open().await;
    let random: String = (0..895_u32)
        .map(|at| char::from(b'a' + (at * at % 23) as u8))
        .collect();
    for (name, fits) in [(random.clone(), true), (format!("{random}ab"), false)] {
        let acme = account(&name);
        // An id as long as an index holds beside it.
        let id = "\u{10ffff}".repeat(400);
        let night = Night::new(&acme, 1, [asset(&acme, &id)]);
        let played = night.play(&store).await;
        match fits {
            true => assert_eq!(played.unwrap().inserted, 1),
            false => is_told(&played.unwrap_err(), "shorter name"),
        }
    }
}
