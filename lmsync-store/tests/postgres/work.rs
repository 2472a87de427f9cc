//! The server's work.

use lmsync_core::model::Asset;
use lmsync_testkit::store::{Night, account, asset};

use crate::server::Database;

/// Rows are found by their index, though nobody has analysed the table and it was empty when the pass began.
pub(crate) async fn rows_are_found_by_their_index() {
    const ASSETS: i64 = 4_000;
    let database = Database::new();
    {
        let store = database.open().await;
        database.sql("ALTER TABLE assets SET (autovacuum_enabled = off)");
        let acme = account("acme");
        let fleet: Vec<Asset> = (0..ASSETS)
            .map(|id| asset(&acme, &id.to_string()))
            .collect();
        for night in 1..=2 {
            Night::new(&acme, night, fleet.clone())
                .play(&store)
                .await
                .unwrap();
        }
    }
    // A connection tells its numbers when it ends.
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lmsync' \
                       AND datname = current_database()";
    while database.number(connections) > 0 {
        tokio::task::yield_now().await;
    }
    let numbers =
        "SELECT seq_tup_read, idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'assets'";
    let told = database.sql(numbers);
    let (scanned, fetched) = told.split_once('|').unwrap();
    assert_eq!(scanned, "0");
    // Each night: once to look, once to touch, and what a pass begins and ends with.
    let fetched: i64 = fetched.parse().unwrap();
    assert!(
        fetched <= 8 * ASSETS,
        "{fetched} rows were fetched for {ASSETS}"
    );
}
