//! `two_way_sync` killed in the middle, again and again, against every vendor at once.

use std::fs;

use lmsync::two_way::AssetDates;

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
    const KILLS: usize = 20;
    let (fuse, ended) = Fuse::new();
    let vendors = every_vendor(killed_run_dates(), &fuse);
    let folder = Folder::new();
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
            .arg(folder.path("journal.jsonl"))
    };
    let mut dice = fastrand::Rng::with_seed(1);
    for _ in 0..KILLS {
        // Reading the assets that are left, and a part of writing them.
        let done =
            fs::read_to_string(folder.path("journal.jsonl")).map_or(0, |text| text.lines().count());
        let left = count.saturating_sub(done);
        let requests = left + 1 + dice.usize(..=count * 3 / KILLS);
        let end = kill_after(requests, program(), &fuse, &ended);
        assert_eq!(end, Ended::Burnt);
    }
    program().run().expect(0);

    let journal = folder.lines("journal.jsonl");
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
    assert!(!folder.path("journal.jsonl.pending").exists());
}
