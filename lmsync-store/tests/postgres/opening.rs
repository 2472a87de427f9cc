//! Whose tables there are, which user comes, and what is missing.

use futures_util::future::join_all;
use lmsync_core::{Error, ErrorKind};
use lmsync_store::{PostgresStore, Store, StreamName, columns};
use lmsync_testkit::PostgresServer;
use lmsync_testkit::store::{Night, account, asset};

use crate::server::{Database, server};

/// What is in the database, tables, indexes and columns.
fn everything(database: &Database) -> String {
    database.sql(
        "SELECT relname, attname, format_type(atttypid, atttypmod) FROM pg_class \
         JOIN pg_attribute ON attrelid = pg_class.oid WHERE relnamespace = 'public'::regnamespace \
         ORDER BY 1, 2",
    )
}

async fn refused(url: &str) -> Error {
    let error = PostgresStore::connect(url)
        .await
        .expect_err("it is refused");
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    is_discreet(&error);
    error
}

fn is_discreet(error: &Error) {
    assert!(error.hint().is_some(), "{error}");
    let told = format!("{error} {error:?} {:?}", error.hint());
    for secret in [PostgresServer::PASSWORD, "wr0ng", "postgres://lmsync"] {
        assert!(!told.contains(secret), "{told}");
    }
}

async fn one_night(url: &str) {
    let store: std::sync::Arc<dyn Store> =
        std::sync::Arc::new(PostgresStore::connect(url).await.unwrap());
    let acme = account("acme");
    let night = Night::new(&acme, 1, [asset(&acme, "1")]);
    assert_eq!(night.play(&store).await.unwrap().inserted, 1);
}

pub(crate) async fn another_programs_tables_are_left_as_they_are() {
    for statements in [
        "CREATE TABLE assets (id integer)",
        "CREATE VIEW customers AS SELECT 1 AS id",
        "CREATE TABLE lmsync_schema (name text)",
        "CREATE TABLE lmsync_schema (version bigint)",
        "CREATE TABLE lmsync_schema (version text); INSERT INTO lmsync_schema VALUES ('one')",
    ] {
        let database = Database::new();
        database.sql(statements);
        let before = everything(&database);
        let error = refused(&database.url()).await;
        assert!(error.message().contains("another program"), "{error}");
        assert!(error.hint().unwrap().contains("search_path"), "{error}");
        assert_eq!(everything(&database), before, "{statements}");
    }
}

pub(crate) async fn tables_of_others_beside_ours_stay() {
    let database = Database::new();
    database.sql(
        "CREATE TABLE tickets (id integer); INSERT INTO tickets VALUES (7); \
         CREATE TABLE \"Assets\" (id integer); CREATE SCHEMA other; CREATE TABLE other.assets (id integer)",
    );
    one_night(&database.url()).await;
    assert_eq!(database.number("SELECT id FROM tickets"), 7);
    assert_eq!(database.number("SELECT count(*) FROM other.assets"), 0);
    // And a second opening finds ours.
    let before = everything(&database);
    PostgresStore::connect(&database.url()).await.unwrap();
    assert_eq!(everything(&database), before);
}

pub(crate) async fn newer_tables_are_refused_and_it_says_what_to_do() {
    let database = Database::new();
    one_night(&database.url()).await;
    database.sql("UPDATE lmsync_schema SET version = 2; ALTER TABLE assets DROP COLUMN os_arch");
    let before = everything(&database);
    let error = refused(&database.url()).await;
    assert!(error.message().contains("newer"), "{error}");
    assert!(error.hint().unwrap().contains("update"), "{error}");
    assert_eq!(everything(&database), before);
}

pub(crate) async fn older_tables_get_what_is_missing() {
    let database = Database::new();
    one_night(&database.url()).await;
    // As a version would have left it that knew none of them.
    database.sql(
        "ALTER TABLE assets DROP COLUMN os_arch, DROP COLUMN serial_others, DROP COLUMN fingerprint; \
         DROP TABLE customers; DROP TABLE lmsync_unfinished; DROP INDEX software_lmsync_key; \
         UPDATE lmsync_schema SET version = 0; \
         ALTER TABLE assets ADD COLUMN own_notes text; UPDATE assets SET own_notes = 'mine'",
    );
    let acme = account("acme");
    let store = database.open().await;
    let night = Night::new(&acme, 2, [asset(&acme, "1")]);
    let landed = night.play(&store).await.unwrap();
    // Nobody knows what it was before.
    assert_eq!((landed.changed, landed.inserted), (1, 0));
    assert_eq!(
        database.sql("SELECT os_arch, own_notes FROM assets"),
        "unknown|mine"
    );
    assert_eq!(database.number("SELECT version FROM lmsync_schema"), 1);
    let known = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'assets'";
    assert_eq!(
        database.number(known) as usize,
        columns(StreamName::Assets).len() + 1
    );
    let index = "SELECT count(*) FROM pg_indexes WHERE indexname = 'software_lmsync_key'";
    assert_eq!(database.number(index), 1);
}

pub(crate) async fn many_open_an_empty_database_at_once() {
    let database = Database::new();
    let url = database.url();
    let opened = join_all((0..8).map(|_| PostgresStore::connect(&url))).await;
    for store in opened {
        store.unwrap();
    }
    assert_eq!(database.number("SELECT count(*) FROM lmsync_schema"), 1);
}

pub(crate) async fn each_schema_is_a_store_of_its_own() {
    let database = Database::new();
    database.sql("CREATE SCHEMA \"a \"\"b\"; CREATE SCHEMA other");
    let url = database.url();
    let odd = format!("{url}?options=-c%20search_path%3D%22a%5C%20%22%22b%22");
    let other = format!("{url}?options=-c%20search_path%3Dother%2Cpublic");
    let acme = account("acme");
    let night = Night::new(&acme, 1, [asset(&acme, "1")]);
    let mut landings = Vec::new();
    for url in [&odd, &other, &url] {
        let store: std::sync::Arc<dyn Store> =
            std::sync::Arc::new(PostgresStore::connect(url).await.unwrap());
        landings.push(night.begin(&store).await.expect("nobody else lands here"));
    }
    for mut landing in landings {
        let landed = night.put(&mut *landing, 0..1).await.unwrap();
        night.finish(landing, landed).await.unwrap();
    }
    for table in ["\"a \"\"b\".assets", "other.assets", "public.assets"] {
        assert_eq!(database.number(&format!("SELECT count(*) FROM {table}")), 1);
    }
}

pub(crate) async fn a_schema_that_is_not_there_is_told() {
    let database = Database::new();
    let error = refused(&format!(
        "{}?options=-c%20search_path%3Dnowhere",
        database.url()
    ))
    .await;
    assert!(error.message().contains("no schema"), "{error}");
}

/// The URL of a user called `name`, who may do nothing.
fn user(database: &Database, name: &str) -> String {
    database.sql(&format!("CREATE ROLE {name} LOGIN PASSWORD 'plain'"));
    database.url().replace(
        &format!("lmsync:{}", PostgresServer::PASSWORD),
        &format!("{name}:plain"),
    )
}

pub(crate) async fn a_user_who_may_make_nothing_uses_what_is_there() {
    let database = Database::new();
    drop(database.open().await);
    let url = user(&database, "writer");
    database.sql("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO writer");
    one_night(&url).await;
}

pub(crate) async fn a_user_who_may_make_nothing_is_told_so_where_something_is_missing() {
    let database = Database::new();
    let url = user(&database, "reader");
    let error = refused(&url).await;
    assert!(error.message().contains("permission denied"), "{error}");
    assert!(error.hint().unwrap().contains("CREATE"), "{error}");
    assert_eq!(everything(&database), "");
    // Nor where it may not even read whose tables there are.
    drop(database.open().await);
    let error = refused(&url).await;
    assert!(error.message().contains("permission denied"), "{error}");
}

pub(crate) async fn a_database_that_cannot_hold_every_text_is_refused() {
    server().sql(
        "postgres",
        "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0",
    );
    let error = refused(&server().url("latin")).await;
    assert!(error.message().contains("LATIN1"), "{error}");
}

pub(crate) async fn no_error_of_connecting_shows_a_secret() {
    let url = Database::new().url();
    let port = server().port();
    let wrong = url.replace(PostgresServer::PASSWORD, "wr0ng");
    let error = refused(&wrong).await;
    assert!(error.message().contains("28P01"), "{error}");
    assert!(error.hint().unwrap().contains("PGPASSWORD"), "{error}");
    let nowhere = format!("postgres://lmsync:wr0ng@127.0.0.1:{port}/nowhere")
        .replace("wr0ng", PostgresServer::PASSWORD);
    let error = refused(&nowhere).await;
    assert!(
        error.hint().unwrap().contains("make the database"),
        "{error}"
    );
    // Nobody listens on it.
    let error = refused("postgres://lmsync:wr0ng@127.0.0.1:1/assets").await;
    assert!(error.message().contains("connecting"), "{error}");
    for unreadable in [
        "postgres://lmsync:wr0ng@127.0.0.1:port/assets",
        "postgres://lmsync:wr0ng@127.0.0.1/assets?wr0ng=1",
        "postgres://lmsync:wr0ng@127.0.0.1/assets?sslmode=wr0ng",
        "postgres://lmsync:wr0ng%zz@/assets",
        "wr0ng",
    ] {
        let error = PostgresStore::connect(unreadable).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{unreadable}: {error}");
        is_discreet(&error);
    }
}

pub(crate) async fn a_server_without_tls_is_refused_where_that_is_required() {
    let database = Database::new();
    let error = refused(&format!("{}?sslmode=require", database.url())).await;
    let why = match cfg!(feature = "postgres-tls") {
        true => "TLS",
        false => "cannot make it so",
    };
    assert!(error.message().contains(why), "{error}");
}
