//! `full_sync --store`: rows of every record, what becomes of them in later runs, and what is never lost.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use lmsync::store::StoreLocation;
use lmsync_testkit::PostgresServer;
use lmsync_testkit::conformance::Vendor;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, OpenFlags};

use super::fuse::{Ended, Fuse, Served, every_vendor, kill_after};
use super::*;

/// The tables of records.
const TABLES: [&str; 3] = ["assets", "software", "customers"];

/// A pass: the account, and when it began.
type Pass = (String, DateTime<Utc>);

/// `program` with a store called `records.db` in `folder`.
fn stored(folder: &Folder, program: Program) -> Program {
    program.arg("--store").arg(location(folder, "records.db"))
}

fn location(folder: &Folder, name: &str) -> PathBuf {
    format!("sqlite:{}", folder.path(name).display()).into()
}

/// A sync of the accounts in `config` into that store, with a report and no output.
fn landing(folder: &Folder, config: &Path) -> Program {
    stored(folder, Program::new("full_sync"))
        .arg("--config")
        .arg(config)
        .arg("--report")
        .arg(folder.path("report.json"))
}

/// The file of the store, to look into.
struct Rows(Connection);

impl Rows {
    fn of(folder: &Folder, name: &str) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        Self(Connection::open_with_flags(folder.path(name), flags).unwrap())
    }

    fn number(&self, query: &str) -> u64 {
        let number: i64 = self.0.query_row(query, [], |row| row.get(0)).unwrap();
        number.unsigned_abs()
    }

    fn texts(&self, query: &str) -> Vec<String> {
        let mut query = self.0.prepare(query).unwrap();
        let texts = query.query_map([], |row| row.get(0)).unwrap();
        texts.map(Result::unwrap).collect()
    }

    fn passes(&self, query: &str) -> Vec<Pass> {
        let mut query = self.0.prepare(query).unwrap();
        let passes = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
        let passes = passes.unwrap().map(Result::unwrap);
        passes
            .map(|(instance, began)| (instance, began.parse().unwrap()))
            .collect()
    }

    /// All cells of `table` but for moments of passes, in the order of the key, each with its column.
    fn content(&self, table: &str) -> Vec<Vec<(String, Cell)>> {
        let moments = ["first_seen_at", "last_seen_at", "changed_at"];
        let query = format!("SELECT * FROM {table} ORDER BY connector, instance, vendor_id");
        let mut query = self.0.prepare(&query).unwrap();
        let columns = query.column_names().into_iter().map(ToOwned::to_owned);
        let columns: Vec<String> = columns.collect();
        let mut rows = query.query([]).unwrap();
        let mut content = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let kept = columns
                .iter()
                .filter(|name| !moments.contains(&name.as_str()));
            let cells = kept.map(|name| (name.clone(), row.get(name.as_str()).unwrap()));
            content.push(cells.collect());
        }
        content
    }
}

/// Asserts that both are the same; a failure shows the first row that is not, and not thousands.
#[track_caller]
fn expect_same(content: &[Vec<(String, Cell)>], expected: &[Vec<(String, Cell)>]) {
    assert_eq!(content.len(), expected.len());
    for (row, expected) in content.iter().zip(expected) {
        assert_eq!(row, expected);
    }
}

/// The members of the report's `store`, summed over all accounts.
fn counts(folder: &Folder) -> [u64; 5] {
    let report = folder.json("report.json");
    let mut sums = [0; 5];
    for account in report["connectors"].as_array().unwrap() {
        let members = ["inserted", "changed", "unchanged", "deleted", "kept_back"];
        for (sum, member) in sums.iter_mut().zip(members) {
            *sum += account["store"][member].as_u64().expect(member);
        }
    }
    sums
}

/// A SuperOps account, its configuration and a folder for the rest.
fn desk(machines: usize) -> (Account, Folder, PathBuf) {
    let (account, folder) = (Account::with_machines(machines), Folder::new());
    let config = folder.config(&account.table("acme", TOKEN, ""));
    (account, folder, config)
}

fn remove(account: &Account, machines: usize) -> BTreeSet<String> {
    account.server.simulator().with(|vendor| {
        let ids: BTreeSet<String> = Vendor::asset_ids(vendor)
            .into_iter()
            .take(machines)
            .collect();
        ids.iter().for_each(|id| Vendor::remove_asset(vendor, id));
        ids
    })
}

#[test]
fn every_record_of_every_product_has_a_row_and_a_second_run_changes_none() {
    let (fuse, _ended) = Fuse::new();
    let vendors = every_vendor(60, &fuse);
    let folder = Folder::new();
    let config = folder.config(&tables(vendors.iter().map(Served::keys)));
    let run = landing(&folder, &config).run().expect(0);
    assert!(run.stderr.contains("rows inserted"), "{}", run.stderr);
    let report = folder.json("report.json");
    let rows = Rows::of(&folder, "records.db");
    let mut records = 0;
    for account in report["connectors"].as_array().unwrap() {
        let name = account["instance"].as_str().unwrap();
        for table in TABLES {
            let query = format!("SELECT count(*) FROM {table} WHERE instance = '{name}'");
            assert_eq!(account[table], rows.number(&query), "{table} of {name}");
            records += rows.number(&query);
        }
        let passes = format!("SELECT count(*) FROM passes WHERE complete AND instance = '{name}'");
        let streams = if account["software"] == 0 { 2 } else { 3 };
        assert_eq!(rows.number(&passes), streams, "{account}");
    }
    assert_eq!(counts(&folder), [records, 0, 0, 0, 0]);
    for served in &vendors {
        let ids = served.look(|vendor| vendor.asset_ids());
        let name = served.demo.vendor;
        let query = format!("SELECT vendor_id FROM assets WHERE instance = '{name}'");
        assert_eq!(ids, rows.texts(&query).into_iter().collect(), "{name}");
    }

    let before = TABLES.map(|table| rows.content(table));
    landing(&folder, &config).run().expect(0);
    assert_eq!(counts(&folder), [0, 0, records, 0, 0]);
    let after = TABLES.map(|table| rows.content(table));
    for (before, after) in before.iter().zip(&after) {
        expect_same(after, before);
    }
}

#[test]
fn without_a_store_the_report_counts_no_rows() {
    let (_account, folder, config) = desk(3);
    sync(&folder, &config).run().expect(0);
    let report = &folder.json("report.json")["connectors"][0];
    assert_eq!(report.get("store"), None, "{report}");
}

#[test]
fn a_machine_that_is_gone_is_marked_and_a_window_marks_none() {
    let (account, folder, config) = desk(120);
    landing(&folder, &config).run().expect(0);
    let rows = Rows::of(&folder, "records.db");
    const DELETED: &str = "SELECT vendor_id FROM assets WHERE deleted_at IS NOT NULL";

    // Most machines are outside of it, and one is gone.
    let gone = remove(&account, 1);
    let window = landing(&folder, &config).args(["--window", "30"]);
    window.run().expect(0);
    assert_eq!(counts(&folder)[3..], [0, 0]);
    assert!(rows.texts(DELETED).is_empty());

    let run = landing(&folder, &config).run().expect(0);
    assert_eq!(counts(&folder)[3..], [1, 0]);
    assert!(run.stderr.contains("1 marked deleted"), "{}", run.stderr);
    assert_eq!(rows.texts(DELETED), Vec::from_iter(gone));
    assert_eq!(rows.number("SELECT count(*) FROM assets"), 120);
}

#[test]
fn an_account_that_is_not_read_in_full_deletes_nothing() {
    let (account, folder, config) = desk(120);
    landing(&folder, &config).run().expect(0);
    remove(&account, 1);
    account
        .server
        .simulator()
        .with(Vendor::forbid_reading_assets);
    landing(&folder, &config).run().expect(1);
    let report = &folder.json("report.json")["connectors"][0];
    assert_eq!(report["error"]["kind"], "permission");
    assert_eq!(report["store"]["deleted"], 0);
    let rows = Rows::of(&folder, "records.db");
    let live = "SELECT count(*) FROM assets WHERE deleted_at IS NULL";
    assert_eq!(rows.number(live), 120);
    let passes = "SELECT count(*) FROM passes WHERE stream = 'assets' AND NOT complete";
    assert_eq!(rows.number(passes), 1);
}

#[test]
fn most_of_an_account_is_not_taken_for_gone_until_somebody_says_so() {
    let (account, folder, config) = desk(120);
    landing(&folder, &config).run().expect(0);
    remove(&account, 70);
    let run = landing(&folder, &config).run().expect(1);
    assert!(run.stderr.contains("--accept-shrink"), "{}", run.stderr);
    assert_eq!(counts(&folder)[3..], [0, 70]);
    let report = &folder.json("report.json")["connectors"][0];
    assert_eq!(report["complete"], true);
    assert_eq!(report["error"]["kind"], "store");
    let message = report["error"]["message"].as_str().unwrap();
    assert!(message.contains("--accept-shrink"), "{message}");
    let rows = Rows::of(&folder, "records.db");
    let live = "SELECT count(*) FROM assets WHERE deleted_at IS NULL";
    assert_eq!(rows.number(live), 120);

    landing(&folder, &config)
        .args(["--accept-shrink"])
        .run()
        .expect(0);
    assert_eq!(counts(&folder)[3..], [70, 0]);
    assert_eq!(rows.number(live), 50);
}

#[test]
fn an_output_beside_it_has_the_same_records() {
    let (account, folder, config) = desk(230);
    stored(&folder, sync(&folder, &config)).run().expect(0);
    let lines = folder.lines("out.jsonl");
    let rows = Rows::of(&folder, "records.db");
    for (kind, table) in [("asset", "assets"), ("customer", "customers")] {
        let stored = rows.texts(&format!("SELECT vendor_id FROM {table}"));
        assert_eq!(ids(&of_kind(&lines, kind)), stored.into_iter().collect());
    }
    expect_valid_assets(&of_kind(&lines, "asset"));
    assert_eq!(of_kind(&lines, "asset").len(), account.fleet.len());
    assert_eq!(counts(&folder)[0], lines.len() as u64);
}

#[test]
fn a_file_that_is_not_ours_is_refused_before_a_vendor_is_asked() {
    let (account, folder, config) = desk(3);
    let foreign = [
        "CREATE TABLE assets (id TEXT); INSERT INTO assets VALUES ('theirs')",
        // Ours, of a version that is not there yet.
        "PRAGMA application_id = 1819112313; PRAGMA user_version = 99",
        "PRAGMA application_id = 7; CREATE TABLE other (id TEXT)",
    ];
    for setup in foreign {
        let path = folder.path("records.db");
        let _ = fs::remove_file(&path);
        Connection::open(&path)
            .unwrap()
            .execute_batch(setup)
            .unwrap();
        let before = fs::read(&path).unwrap();
        let run = stored(&folder, sync(&folder, &config)).run().expect(2);
        for word in ["--store", "store: ", "records.db", "hint"] {
            assert!(run.stderr.contains(word), "{word} in {}", run.stderr);
        }
        assert!(fs::read(&path).unwrap() == before, "{setup}");
    }
    fs::write(
        folder.path("records.db"),
        "no database at all, but a text of some length",
    )
    .unwrap();
    stored(&folder, sync(&folder, &config)).run().expect(2);
    let nowhere = Program::new("full_sync")
        .arg("--config")
        .arg(&config)
        .arg("--store")
        .arg(location(&folder, "no such folder/records.db"));
    nowhere.run().expect(2);
    assert_eq!(account.server.requests(), 0);
    assert!(!folder.path("out.jsonl").exists() && !folder.path("report.json").exists());
}

#[test]
fn what_names_no_store_is_told_and_a_password_is_not() {
    let (account, folder, config) = desk(3);
    for location in [
        format!("postgre://me:{TOKEN}@host/assets"),
        format!("mysql:{TOKEN}"),
        "sqlite:".to_owned(),
        "records.db".to_owned(),
    ] {
        let run = sync(&folder, &config).args(["--store", &location]);
        let run = run.run().expect(2);
        assert!(run.stderr.contains("sqlite:FILE"), "{}", run.stderr);
        assert!(!run.stderr.contains(TOKEN), "{}", run.stderr);
    }
    // Without a store there are no rows to lose.
    let run = sync(&folder, &config).args(["--accept-shrink"]);
    assert!(run.run().expect(2).stderr.contains("--store"));
    assert_eq!(account.server.requests(), 0);
}

#[test]
fn a_store_is_no_other_options_file() {
    let (account, folder, config) = desk(3);
    for (option, path) in [
        ("--output", folder.path("records.db")),
        ("--report", folder.path("records.db")),
        ("--output", folder.path("./records.db")),
        ("--output", folder.path("records.db-wal")),
        ("--report", folder.path("records.db-shm")),
    ] {
        let program = stored(&folder, Program::new("full_sync"));
        let run = program.arg("--config").arg(&config).arg(option).arg(path);
        let run = run.run().expect(2);
        assert!(run.stderr.contains("the same file"), "{}", run.stderr);
        assert!(run.stderr.contains("--store"), "{}", run.stderr);
    }
    let itself = Program::new("full_sync")
        .arg("--config")
        .arg(&config)
        .arg("--store")
        .arg(location(&folder, "accounts.toml"));
    itself.run().expect(2);
    assert!(!folder.path("records.db").exists());
    assert_eq!(account.server.requests(), 0);
}

#[test]
fn two_runs_on_one_account_are_refused_and_send_nothing() {
    // An account that takes the request and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = Folder::new();
    let config = folder.config(&format!(
        "[[connector]]\nvendor = \"superops\"\nname = \"silent\"\nendpoint = \"http://{}\"\n\
         subdomain = \"acme\"\napi_token = \"{TOKEN}\"\n",
        silent.local_addr().unwrap()
    ));
    let first = stored(&folder, Program::new("full_sync"))
        .arg("--config")
        .arg(&config)
        .command()
        .stderr(Stdio::null())
        .spawn();
    let mut first = first.unwrap();
    let (mut request, _) = silent.accept().unwrap();
    request.read_exact(&mut [0; 4]).unwrap();
    // What it has connected until now; a second run would add to it.
    silent.set_nonblocking(true).unwrap();
    let connected = || std::iter::from_fn(|| silent.accept().ok()).count();

    let healthy = Account::with_machines(3);
    let both = fs::read_to_string(&config).unwrap() + &healthy.table("healthy", TOKEN, "");
    let config = folder.config(&both);
    connected();
    landing(&folder, &config).run().expect(1);
    let report = folder.json("report.json");
    let [refused, other] = report["connectors"].as_array().unwrap().as_slice() else {
        panic!("two accounts: {report}");
    };
    assert_eq!(refused["error"]["kind"], "store");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("another run"), "{message}");
    assert_eq!(
        (&refused["requests"], refused.get("store")),
        (&json!(0), None)
    );
    assert_eq!(
        (&other["complete"], &other["assets"]),
        (&json!(true), &json!(3))
    );
    first.kill().unwrap();
    first.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_fails_the_account_and_the_next_run_goes_on() {
    let (account, folder, config) = desk(MACHINES);
    // The file is there, and room for little more.
    let other = Account::with_machines(1);
    let small = folder.path("small.toml");
    fs::write(&small, other.table("small", TOKEN, "")).unwrap();
    landing(&folder, &small).run().expect(0);
    let run = landing(&folder, &config)
        .in_shell(r#"trap '' XFSZ; ulimit -f 1200; exec "$@""#)
        .run()
        .expect(1);
    assert!(run.stderr.contains("SQLite"), "{}", run.stderr);
    let report = &folder.json("report.json")["connectors"][0];
    assert_eq!(report["error"]["kind"], "store", "{report}");
    assert_eq!(report["complete"], false);
    let rows = Rows::of(&folder, "records.db");
    assert_eq!(rows.texts("PRAGMA integrity_check"), ["ok"]);
    assert_eq!(
        rows.number("SELECT count(*) FROM passes WHERE stream = 'assets'"),
        1
    );

    landing(&folder, &config).run().expect(0);
    let own = "SELECT count(*) FROM assets WHERE instance = 'acme'";
    assert_eq!(rows.number(own), account.fleet.len() as u64);
}

/// Syncs an account into the store at `location` beside an output, and asserts that both have all assets.
fn expect_stored(location: &str, folder: &Folder, program: Program, account: &Account) {
    let run = program.args(["--store", location]).run().expect(0);
    assert!(
        !run.stderr.contains(PostgresServer::PASSWORD),
        "{}",
        run.stderr
    );
    let lines = folder.lines("out.jsonl");
    assert_eq!(counts(folder), [lines.len() as u64, 0, 0, 0, 0]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let stored: BTreeSet<String> = runtime.unwrap().block_on(async {
        let store = location.parse::<StoreLocation>().unwrap();
        let store = store.open().await.unwrap();
        let assets = store
            .assets(None)
            .map(|asset| asset.unwrap().source.vendor_id);
        assets.collect().await
    });
    assert_eq!(stored.len(), account.fleet.len());
    assert_eq!(stored, ids(&of_kind(&lines, "asset")));
}

#[test]
fn a_folder_of_parquet_files_takes_the_same_records() {
    let (account, folder, config) = desk(230);
    let location = format!("parquet:{}", folder.path("lake").display());
    expect_stored(&location, &folder, sync(&folder, &config), &account);
    // What is no folder is refused as what is no database.
    let sent = account.server.requests();
    fs::write(folder.path("file"), "a file").unwrap();
    let location = format!("parquet:{}", folder.path("file").display());
    let run = sync(&folder, &config).args(["--store", &location]).run();
    assert!(run.expect(2).stderr.contains("store: "));
    assert_eq!(account.server.requests(), sent);
}

#[test]
fn a_postgres_database_takes_the_same_records() {
    let (account, folder, config) = desk(230);
    // Nobody listens there.
    let nowhere = format!(
        "postgres://me:{}@127.0.0.1:9/assets",
        PostgresServer::PASSWORD
    );
    let run = sync(&folder, &config).args(["--store", &nowhere]).run();
    let told = run.expect(2).stderr;
    assert!(
        told.contains("store: ") && !told.contains(PostgresServer::PASSWORD),
        "{told}"
    );
    assert_eq!(account.server.requests(), 0);
    let Some(server) = PostgresServer::start() else {
        // Past the test's own output, which nobody sees.
        let _ = writeln!(io::stderr(), "SKIPPED: no PostgreSQL server is installed");
        return;
    };
    let location = server.url(&server.create_database());
    expect_stored(&location, &folder, sync(&folder, &config), &account);
}

/// So many machines land in more than one batch.
const MACHINES: usize = 1_250;
/// Number of machines whose last pages are not asked for before the first batch has landed: pages are read
/// ahead, and no further ones while a batch is written.
const LARGE: usize = 2 * MACHINES;

/// The passes of assets that are under way, each with its account, and those that have ended.
fn passes(folder: &Folder) -> (Vec<Pass>, Vec<Pass>) {
    let rows = Rows::of(folder, "records.db");
    let open = "SELECT instance, json_extract(saved, '$.pass_id') FROM lmsync_unfinished WHERE stream = 'assets'";
    let ended = "SELECT instance, pass_id FROM passes WHERE stream = 'assets'";
    (rows.passes(open), rows.passes(ended))
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_one_that_was_not() {
    const KILLS: usize = 20;
    let (fuse, ended) = Fuse::new();
    let vendors = every_vendor(LARGE, &fuse);
    // SuperOps and Halo PSA: with software, and without.
    let vendors: Vec<&Served> = vendors.iter().step_by(3).collect();
    let folder = Folder::new();
    let config = folder.config(&tables(vendors.iter().map(|served| served.keys())));
    let whole = Program::new("full_sync")
        .arg("--config")
        .arg(&config)
        .arg("--store")
        .arg(location(&folder, "whole.db"));
    whole.run().expect(0);
    let requests: u64 = vendors.iter().map(|served| served.server.requests()).sum();

    let mut dice = fastrand::Rng::with_seed(1);
    let (mut kills, mut resumed) = (0, BTreeSet::new());
    while kills < KILLS {
        let open = match folder.path("records.db").exists() {
            true => passes(&folder).0,
            false => Vec::new(),
        };
        let requests = 1 + dice.usize(..requests as usize);
        let end = kill_after(requests, landing(&folder, &config), &fuse, &ended);
        kills += usize::from(end == Ended::Burnt);
        if !folder.path("records.db").exists() {
            continue;
        }
        // A pass that was open is open still, or has ended under its own name: none was begun anew.
        let (still_open, have_ended) = passes(&folder);
        for pass in open {
            let is_known = still_open.contains(&pass) || have_ended.contains(&pass);
            assert!(is_known, "{pass:?} in {still_open:?} or {have_ended:?}");
            resumed.insert(pass);
        }
    }
    assert!(!resumed.is_empty(), "no kill left a pass to go on with");
    landing(&folder, &config).run().expect(0);

    let (whole, rows) = (
        Rows::of(&folder, "whole.db"),
        Rows::of(&folder, "records.db"),
    );
    assert_eq!(rows.texts("PRAGMA integrity_check"), ["ok"]);
    assert_eq!(rows.number("SELECT count(*) FROM lmsync_unfinished"), 0);
    assert_eq!(
        rows.number("SELECT count(*) FROM passes WHERE NOT complete"),
        0
    );
    for table in TABLES {
        let expected = whole.content(table);
        assert!(!expected.is_empty());
        expect_same(&rows.content(table), &expected);
        let deleted = format!("SELECT count(*) FROM {table} WHERE deleted_at IS NOT NULL");
        assert_eq!(rows.number(&deleted), 0, "{table}");
    }
    // A pass after that finds nothing new.
    landing(&folder, &config).run().expect(0);
    let [inserted, changed, _, deleted, _] = counts(&folder);
    assert_eq!((inserted, changed, deleted), (0, 0, 0));
}

#[test]
fn an_output_is_whole_though_the_store_has_a_pass_to_go_on_with() {
    let (fuse, ended) = Fuse::new();
    let vendors = every_vendor(LARGE, &fuse);
    let superops: Vec<&Served> = vendors.iter().take(1).collect();
    let folder = Folder::new();
    let config = folder.config(&tables(superops.iter().map(|served| served.keys())));
    let mut requests = 14;
    loop {
        let end = kill_after(requests, landing(&folder, &config), &fuse, &ended);
        assert_eq!(end, Ended::Burnt, "the run ends before it is killed");
        if folder.path("records.db").exists() && !passes(&folder).0.is_empty() {
            break;
        }
        requests += 2;
    }
    stored(&folder, sync(&folder, &config)).run().expect(0);
    let lines = folder.lines("out.jsonl");
    assert_eq!(ids(&of_kind(&lines, "asset")).len(), LARGE);
    let rows = Rows::of(&folder, "records.db");
    assert_eq!(rows.number("SELECT count(*) FROM assets"), LARGE as u64);
    assert_eq!(rows.number("SELECT count(*) FROM lmsync_unfinished"), 0);
}
