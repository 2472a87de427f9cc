//! The server of this run, and the cases that share it.

use std::io::Write;
use std::sync::{Arc, LazyLock};
use std::thread;

use lmsync_store::{PostgresStore, Store};
use lmsync_testkit::PostgresServer;
use serde_json::Value as Json;

/// Ends with the process, since its input does.
static SERVER: LazyLock<Option<PostgresServer>> = LazyLock::new(PostgresServer::start);

/// The server; there is one where cases run.
pub(crate) fn server() -> &'static PostgresServer {
    SERVER.as_ref().expect("a PostgreSQL server")
}

/// A case of a test.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) run: fn(),
}

/// The cases of the async functions of these names.
macro_rules! cases {
    ($($module:ident::$case:ident),+ $(,)?) => {
        vec![$($crate::server::Case {
            name: stringify!($case),
            run: || lmsync_testkit::store::run(crate::$module::$case()),
        }),+]
    };
}
pub(crate) use cases;

/// Runs every case, and says at the end which of them failed.
pub(crate) fn run_all(cases: Vec<Case>) {
    if SERVER.is_none() {
        // Past the test's own output, which nobody sees.
        let skipped =
            b"SKIPPED: no PostgreSQL server is installed (initdb, pg_ctl, postgres, psql)\n";
        std::io::stderr().write_all(skipped).unwrap();
        return;
    }
    let failed: Vec<&str> = cases
        .into_iter()
        .filter(|case| {
            let thread = thread::Builder::new().name(case.name.to_owned());
            thread.spawn(case.run).unwrap().join().is_err()
        })
        .map(|case| case.name)
        .collect();
    assert!(failed.is_empty(), "failed: {failed:#?}");
}

/// A database for one case.
#[derive(Debug)]
pub(crate) struct Database(pub(crate) String);

impl Database {
    pub(crate) fn new() -> Self {
        Self(server().create_database())
    }

    pub(crate) fn url(&self) -> String {
        server().url(&self.0)
    }

    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        Arc::new(PostgresStore::connect(&self.url()).await.unwrap())
    }

    /// Runs `statements` as another program would.
    pub(crate) fn sql(&self, statements: &str) -> String {
        server().sql(&self.0, statements)
    }

    /// The rows of `query`, each as a JSON object.
    pub(crate) fn rows(&self, query: &str) -> Vec<Json> {
        let told = self.sql(&format!(
            "SELECT row_to_json(found) FROM ({query}) AS found"
        ));
        let rows = told.lines().map(serde_json::from_str);
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// The number that `query` gives.
    pub(crate) fn number(&self, query: &str) -> i64 {
        self.sql(query).parse().unwrap()
    }
}
