//! `two_way_sync` killed in the middle, again and again, against every vendor at once.

use std::fs;

use lmsync::two_way::AssetDates;
use rusqlite::Connection;
use rusqlite::Row;

use super::fuse::{Ended, Fuse, Served, every_vendor, kill_after};
use super::*;

const FIELDS: [&str; 2] = ["--fields", "purchase_date,warranty_expiry"];

/// Dates to write in each account of the run that is killed; the long run has 1000.
fn killed_run_dates() -> usize {
    let asked = std::env::var("LMSYNC_KILLED_RUN_DATES").ok();
    asked.map_or(25, |asked| asked.parse().expect("a number"))
}

/// `--dates` for every asset of every vendor, and how many there are.
fn dates_for_all(vendors: &[Served]) -> (String, usize) {
    let mut lines = Vec::new();
    for served in vendors {
        served.look(|vendor| {
            for id in vendor.asset_ids() {
                lines.push(json!({ "asset": { "instance": served.demo.vendor, "vendor_id": id },
                    "purchase_date": "2024-03-01", "warranty_expiry": "2027-02-28", "source": "lookup" }));
            }
        });
    }
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    (text, lines.len())
}

#[test]
fn a_run_that_is_killed_again_and_again_writes_every_date_once() {
    let lines = |folder: &Folder| match folder.path("journal.jsonl").exists() {
        true => folder.lines("journal.jsonl"),
        false => Vec::new(),
    };
    let folder = Folder::new();
    kill_again_and_again(&folder, "journal.jsonl", lines);
    assert!(!folder.path("journal.jsonl.pending").exists());
}

#[test]
fn the_same_run_with_its_journal_in_a_store_does_so_too() {
    let folder = Folder::new();
    kill_again_and_again(&folder, "sqlite:journal.db", rows);
}

/// The rows of attempts that ended, as lines.
fn rows(folder: &Folder) -> Vec<Value> {
    let path = folder.path("journal.db");
    let Some(connection) = path.exists().then(|| Connection::open(path).unwrap()) else {
        return Vec::new();
    };
    let query = "SELECT instance, vendor_id, outcome FROM lmsync_journal WHERE outcome IS NOT NULL";
    // A run that was killed at its beginning has not made the table.
    let Ok(mut query) = connection.prepare(query) else {
        return Vec::new();
    };
    let text = |row: &Row<'_>, place| row.get::<_, String>(place);
    let line = query.query_map([], |row| {
        let asset = [text(row, 0)?, text(row, 1)?];
        Ok(json!({ "asset": asset, "outcome": text(row, 2)? }))
    });
    line.unwrap().map(Result::unwrap).collect()
}

/// Kills a run with a journal at `place`, a name in `folder`, whose lines `lines` reads.
fn kill_again_and_again(folder: &Folder, place: &str, lines: fn(&Folder) -> Vec<Value>) {
    const KILLS: usize = 20;
    let (fuse, ended) = Fuse::new();
    let vendors = every_vendor(killed_run_dates(), &fuse);
    let config = folder.config(&tables(vendors.iter().map(Served::keys)));
    let (dates_file, count) = dates_for_all(&vendors);
    fs::write(folder.path("dates.jsonl"), dates_file).unwrap();
    let program = || {
        Program::new("two_way_sync")
            .arg("--config")
            .arg(&config)
            .arg("--dates")
            .arg(folder.path("dates.jsonl"))
            .args(FIELDS)
            .args(["--apply", "--journal"])
            .arg(match place.strip_prefix("sqlite:") {
                Some(name) => format!("sqlite:{}", folder.path(name).display()).into(),
                None => folder.path(place),
            })
    };
    let mut dice = fastrand::Rng::with_seed(1);
    for _ in 0..KILLS {
        // Reading the assets that are left, and a part of writing them.
        let left = count.saturating_sub(lines(folder).len());
        let requests = left + 1 + dice.usize(..=count * 3 / KILLS);
        let end = kill_after(requests, program(), &fuse, &ended);
        assert_eq!(end, Ended::Burnt);
    }
    program().run().expect(0);

    let journal = lines(folder);
    for served in &vendors {
        let name = served.demo.vendor;
        served.look(|vendor| {
            for id in vendor.asset_ids() {
                let held = AssetDates::new("2024-03-01".parse().ok(), "2027-02-28".parse().ok());
                assert_eq!(vendor.held_dates(&id), held, "{name} {id}");
                assert_eq!(vendor.date_writes(&id), 1, "{name} {id} was written twice");
            }
        });
    }
    let written = journal.iter().filter(|line| line["outcome"] == "written");
    assert_eq!(written.count(), count);
    let of_asset = |line: &Value| line["asset"].to_string();
    let assets: BTreeSet<String> = journal.iter().map(of_asset).collect();
    assert_eq!(assets.len(), count);
    // Lines beyond one per asset are attempts that were cut off before they were sent.
    let unsure = journal.iter().filter(|line| line["outcome"] == "unknown");
    assert_eq!(journal.len(), count + unsure.count());
}
