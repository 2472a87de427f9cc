//! The last passes.

use std::sync::Arc;

use lmsync_store::PostgresStore;

use crate::passes_told;
use crate::server::Database;

pub(crate) async fn the_last_pass_of_each_stream_is_told() {
    let database = Database::new();
    let store = PostgresStore::connect(&database.url()).await.unwrap();
    passes_told::the_last_pass_of_each_stream_is_told(Arc::new(store)).await;
}
