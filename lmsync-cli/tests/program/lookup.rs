//! `lmsync lookup`: dates from simulated makers.

use std::fs;
use std::path::PathBuf;

use lmsync::dates::DateLine;
use lmsync::warranty::OutcomeWord;
use lmsync::{Clock, SystemClock};
use lmsync_testkit::warranty::MakersSimulator;
use lmsync_testkit::{ServeOptions, SimulatorServer, serve};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, run};

const FIELDS: &str = "purchase_date,warranty_expiry";

/// Makers on loopback, and a folder.
struct Desk {
    folder: TempDir,
    makers: SimulatorServer<MakersSimulator>,
}

impl Desk {
    fn new() -> Self {
        let mut makers = MakersSimulator::new(40, SystemClock::new().now());
        makers.hp.switches().jobs.takes = Some(chrono::TimeDelta::seconds(1));
        // The server runs on a thread of its own; the runtime is needed to start it only.
        let makers = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(serve(makers, ServeOptions::default()))
            .unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            makers,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// A configuration of `makers` alone, changed as `change` says.
    fn config(&self, makers: &[&str], change: impl Fn(&mut Value)) -> String {
        let tables = MakersSimulator::tables(&self.makers.uri()).into_iter();
        let tables = tables.filter(|table| makers.contains(&table["maker"].as_str().unwrap()));
        let tables: Vec<Value> = tables
            .map(|mut table| {
                change(&mut table);
                table
            })
            .collect();
        let text = toml::to_string(&json!({ "warranty": tables })).unwrap();
        fs::write(self.path("makers.toml"), text).unwrap();
        self.text("makers.toml")
    }

    /// The assets that the makers know, as `sync` would write them, and `more` lines.
    fn assets(&self, more: &str) -> String {
        let lines = self.makers.simulator().with(|makers| {
            let fleets = makers.fleets().into_iter();
            let assets = fleets.flat_map(|fleet| (0..fleet.machines()).map(|it| fleet.asset(it)));
            assets
                .map(|asset| serde_json::to_string(&asset).unwrap() + "\n")
                .collect::<String>()
        });
        fs::write(self.path("assets.jsonl"), lines + more).unwrap();
        self.text("assets.jsonl")
    }

    fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(name)).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn look_up(&self, config: &str, assets: &str, more: &[&str]) -> Run {
        let (output, report) = (self.text("dates.jsonl"), self.text("report.jsonl"));
        let mut arguments = vec!["lookup", "--config", config, "--assets", assets];
        arguments.extend(["--output", &output, "--report", &report]);
        arguments.extend(more);
        run(&arguments)
    }
}

const ALL: &[&str] = &["dell", "lenovo", "cisco", "hp"];

#[test]
fn dates_of_the_embedded_makers_are_taken_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let dates = folder.path().join("dates.jsonl");
    let dates = dates.to_str().unwrap();
    run(&["lookup", "--output", dates]).expect(0);
    let text = fs::read_to_string(dates).unwrap();
    assert!(text.lines().count() > 100);
    for line in text.lines() {
        let line: DateLine = line.parse().unwrap();
        assert!(line.purchase_date.or(line.warranty_expiry).is_some());
    }
    // A few of them: the embedded vendors have limits.
    let few: Vec<&str> = text.lines().step_by(40).collect();
    fs::write(dates, few.join("\n")).unwrap();
    let planned = run(&["two-way", "--dates", dates, "--fields", FIELDS]).expect(0);
    assert!(planned.stdout.contains("Would send"), "{}", planned.stdout);
}

#[test]
fn every_asset_has_a_line_and_every_date_is_the_makers() {
    let desk = Desk::new();
    let assets = desk.assets("");
    let config = desk.config(ALL, |_| ());
    desk.look_up(&config, &assets, &[]).expect(0);
    let (dates, report) = (desk.lines("dates.jsonl"), desk.lines("report.jsonl"));
    assert_eq!(report.len(), 160);
    let truths = desk.makers.simulator().with(|makers| {
        let fleets = makers.fleets().into_iter();
        let all = fleets.flat_map(|fleet| {
            (0..fleet.machines()).map(|it| (fleet.asset(it), fleet.machine(it).truth))
        });
        all.collect::<Vec<_>>()
    });
    for ((asset, truth), line) in truths.iter().zip(&report) {
        assert_eq!(line["asset"]["vendor_id"], asset.source.vendor_id);
        assert_eq!(line["outcome"], truth.word, "{line}");
        let own = dates
            .iter()
            .find(|it| it["asset"]["vendor_id"] == asset.source.vendor_id);
        let day =
            |field: &str| own.and_then(|it| it[field].as_str().map(|day| day.parse().unwrap()));
        assert_eq!(day("purchase_date"), truth.purchase, "{line}");
        assert_eq!(day("warranty_expiry"), truth.expiry, "{line}");
        if let Some(own) = own {
            assert_eq!(
                (&own["source"], &own["via"]["maker"]),
                (&json!("lookup"), &line["maker"])
            );
        }
    }
}

#[test]
fn a_maker_without_a_table_is_asked_nothing_and_a_dry_run_asks_nobody() {
    let desk = Desk::new();
    let assets = desk.assets("");
    let config = desk.config(&["dell"], |_| ());
    let dry = desk.look_up(&config, &assets, &["--dry-run"]).expect(0);
    assert_eq!(desk.makers.requests(), 0);
    assert!(!desk.path("dates.jsonl").exists() && !desk.path("report.jsonl").exists());
    let queries: Vec<Value> = dry
        .stdout
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(queries.len(), 40);
    assert!(
        queries
            .iter()
            .all(|it| it["maker"] == "dell" && it["serial"].is_string())
    );
    desk.look_up(&config, &assets, &[]).expect(0);
    // A token, and all machines at once.
    assert_eq!(desk.makers.requests(), 2);
    let skipped = desk.lines("report.jsonl");
    let skipped = skipped
        .iter()
        .filter(|it| it["outcome"] == OutcomeWord::Skipped.as_str());
    assert_eq!(skipped.count(), 120);
}

#[test]
fn what_was_answered_is_not_asked_again() {
    let desk = Desk::new();
    let (assets, config) = (desk.assets(""), desk.config(ALL, |_| ()));
    let cache = desk.text("answers.db");
    desk.look_up(&config, &assets, &["--cache", &cache])
        .expect(0);
    let (dates, asked) = (desk.lines("dates.jsonl"), desk.makers.requests());
    desk.look_up(&config, &assets, &["--cache", &cache])
        .expect(0);
    assert_eq!(
        (desk.lines("dates.jsonl"), desk.makers.requests()),
        (dates, asked)
    );
    let dry = desk
        .look_up(&config, &assets, &["--cache", &cache, "--dry-run"])
        .expect(0);
    assert_eq!(dry.stdout, "");
    fs::write(desk.path("damaged.db"), "no cache").unwrap();
    let damaged = desk.text("damaged.db");
    let refused = desk
        .look_up(&config, &assets, &["--cache", &damaged])
        .expect(2);
    assert!(refused.stderr.contains("--cache"), "{}", refused.stderr);
}

#[test]
fn a_line_that_is_none_is_told_with_its_number() {
    let desk = Desk::new();
    let more = "{\"record\":\"customer\"}\n\n{\"record\":\"asset\"\n{\"record\":7}\n";
    let (assets, config) = (desk.assets(more), desk.config(&["lenovo"], |_| ()));
    let run = desk.look_up(&config, &assets, &[]).expect(1);
    for line in ["line 163", "line 164"] {
        assert!(run.stderr.contains(line), "{line}: {}", run.stderr);
    }
    assert_eq!(desk.lines("report.jsonl").len(), 160);
}

#[test]
fn a_key_that_is_refused_is_told_once_and_shown_nowhere() {
    let desk = Desk::new();
    let assets = desk.assets("");
    let config = desk.config(&["dell", "cisco"], |table| {
        if table["maker"] == "dell" {
            table["client_secret"] = "somebody-elses-5ecret".into();
        }
    });
    let run = desk.look_up(&config, &assets, &[]).expect(1);
    let told = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.stderr.matches("denied").count(), 2, "{}", run.stderr);
    assert!(run.stderr.contains("40 assets"), "{}", run.stderr);
    let report = fs::read_to_string(desk.path("report.jsonl")).unwrap();
    for text in [told, report] {
        assert!(!text.contains("5ecret"), "{text}");
    }
    let cisco = desk.lines("dates.jsonl");
    assert!(cisco.iter().any(|it| it["via"]["maker"] == "cisco"));
}

#[test]
fn a_configuration_that_is_wrong_is_refused() {
    let desk = Desk::new();
    let assets = desk.assets("");
    for (name, value, told) in [
        ("region", json!("eu"), "region"),
        (
            "client_id",
            json!({ "env": "LMSYNC_NO_SUCH_VARIABLE" }),
            "LMSYNC_NO_SUCH_VARIABLE",
        ),
        ("endpoint", json!("http://example.com"), "http"),
        ("maker", json!("acer"), "acer"),
    ] {
        let config = desk.config(&["lenovo"], |table| table[name] = value.clone());
        let run = desk.look_up(&config, &assets, &[]).expect(2);
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }
    let twice = desk.config(ALL, |table| {
        if table["maker"] == "hp" {
            table["maker"] = "dell".into();
        }
    });
    let run = desk.look_up(&twice, &assets, &[]).expect(2);
    assert!(
        run.stderr.contains("two [[warranty]] tables"),
        "{}",
        run.stderr
    );
    // Whoever reads accounts needs some.
    let run = run_with(&desk.config(ALL, |_| ()));
    assert!(run.expect(2).stderr.contains("names no connector"));
    assert_eq!(desk.makers.requests(), 0);
}

fn run_with(config: &str) -> Run {
    run(&["lookup", "--config", config])
}
