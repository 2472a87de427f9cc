//! Inputs that the command takes, and those that it refuses.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::fleets::{Folder, fleet};
use crate::page::Page;
use crate::support::{Run, lmsync, run};

/// A report of a sync about the accounts of a fleet.
fn sync_report(lines: &[Value], change: impl Fn(&mut Value)) -> Value {
    let accounts = [("halo-psa", "psa"), ("syncro", "rmm"), ("syncro", "second")].map(|(vendor, instance)| {
        let own = |line: &&Value| line["record"] == "asset" && line["source"]["instance"] == instance;
        let mut account = json!({
            "vendor": vendor, "instance": instance, "complete": true, "assets": lines.iter().filter(own).count(),
            "software": 0, "customers": 0, "seen": 0, "filtered_out": 0, "unknown_check_in": 0, "duplicates": 0,
            "rejected": [], "requests": 1, "retries": 0, "rate_limited_waits": 0, "elapsed_ms": 1, "error": null,
        });
        change(&mut account);
        account
    });
    json!({ "connectors": accounts })
}

/// The page about `lines` with the report of their sync.
fn page_with(lines: &[Value], change: impl Fn(&mut Value)) -> Page {
    let folder = Folder::new();
    folder.put(lines);
    let report = folder.file("sync.json");
    fs::write(&report, sync_report(lines, change).to_string()).unwrap();
    folder.report(&["--sync-report", &report]).expect(0);
    Page(folder.page())
}

fn states(page: &Page) -> Vec<String> {
    let table = &page.tables()["What each account came to"];
    table[1..].iter().map(|row| row[7].clone()).collect()
}

const LOUD: &str = "Not everything is here";
const UNKNOWN: &str = "It is not known whether this is everything";
const PART: &str = "A part was asked for";

#[test]
fn the_page_says_whether_accounts_are_complete() {
    let lines = fleet(21, 60);
    let page = page_with(&lines, |_| {});
    assert_eq!(states(&page), ["complete"; 3]);
    for text in [LOUD, UNKNOWN, PART] {
        assert!(!page.0.contains(text), "{text}");
    }
    let page = page_with(&lines, |account| {
        if account["instance"] == "rmm" {
            account["complete"] = false.into();
            account["rejected"] = json!([{ "vendor_id": "9", "reason": "odd" }]);
            account["rejected_more"] = 2.into();
            account["error"] =
                json!({ "kind": "vendor", "message": "<b>a page</b> was missing", "hint": null });
        }
    });
    assert_eq!(
        states(&page),
        [
            "incomplete: <b>a page</b> was missing",
            "complete",
            "complete"
        ]
    );
    assert_eq!(page.tables()["What each account came to"][1][5], "3");
    assert!(page.0.contains(LOUD) && page.0.contains("&#60;b&#62;a page"));
    let page = page_with(&lines, |account| account["filtered_out"] = 7.into());
    assert_eq!(states(&page), ["a part, as asked for"; 3]);
    assert!(page.0.contains(PART) && !page.0.contains(LOUD));
}

#[test]
fn records_that_are_missing_from_the_file_are_noticed() {
    let lines = fleet(22, 60);
    let page = page_with(&lines, |account| {
        if account["instance"] == "psa" {
            account["assets"] = 1_000.into();
        }
    });
    assert!(
        states(&page)[0].starts_with("incomplete: the sync wrote 1000 assets, and"),
        "{:?}",
        states(&page)
    );
    assert!(page.0.contains(LOUD));
}

#[test]
fn without_a_report_nothing_is_said_to_be_complete() {
    let folder = Folder::new();
    folder.put(&fleet(23, 60));
    folder.report(&[]).expect(0);
    let page = Page(folder.page());
    assert_eq!(states(&page), ["not known"; 3]);
    assert!(page.0.contains(UNKNOWN) && !page.0.contains(LOUD));
}

#[test]
fn an_account_of_which_nothing_came_is_told() {
    let lines: Vec<Value> = fleet(24, 60)
        .into_iter()
        .filter(|line| line["source"]["instance"] != "second")
        .collect();
    let page = page_with(&lines, |account| {
        if account["instance"] == "second" {
            account["complete"] = false.into();
            account["error"] =
                json!({ "kind": "authentication", "message": "the key was refused", "hint": null });
        }
    });
    assert_eq!(states(&page)[0], "incomplete: the key was refused");
}

#[test]
fn a_broken_line_is_told_and_skipped() {
    let folder = Folder::new();
    let lines = fleet(25, 10);
    folder.put(&lines);
    let mut text = fs::read_to_string(folder.path("fleet.jsonl")).unwrap();
    text.insert_str(
        0,
        "{\"record\":\"asset\"\n\n{\"record\":\"weather\"}\n{\"id\":1}\n",
    );
    fs::write(folder.path("fleet.jsonl"), text).unwrap();
    let run = folder.report(&[]).expect(1);
    for told in ["line 1, is skipped", "line 4, is skipped"] {
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
    let page = Page(folder.page());
    let assets = lines
        .iter()
        .filter(|line| line["record"] == "asset")
        .count();
    assert_eq!(page.card("Assets").0, assets);
    assert!(page.0.contains(LOUD) && page.0.contains("<strong>2 lines</strong>"));
}

#[test]
fn a_record_that_comes_twice_counts_once_as_it_was_read_last() {
    let folder = Folder::new();
    let mut lines = fleet(26, 1);
    lines.truncate(1);
    let mut later = lines[0].clone();
    later["source"]["fetched_at"] = "2026-11-29T11:00:00Z".into();
    later["warranty_expiry"] = "2026-12-24".into();
    for order in [[0, 1], [1, 0]] {
        let both = [lines[0].clone(), later.clone()];
        folder.put(&order.map(|place| both[place].clone()));
        folder.report(&[]).expect(0);
        let page = Page(folder.page());
        assert_eq!((page.card("Assets").0, page.heading("soon")), (1, 1));
        assert!(page.0.contains("1 record of assets came more than once"));
    }
}

#[test]
fn a_pipe_is_read_and_written() {
    let folder = Folder::new();
    folder.put(&fleet(27, 20));
    folder.report(&[]).expect(0);
    let mut program = lmsync();
    program.args([
        "report",
        "--input",
        "-",
        "--output",
        "-",
        "--as-of",
        crate::TODAY,
    ]);
    let mut process = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = fs::read(folder.path("fleet.jsonl")).unwrap();
    process.stdin.take().unwrap().write_all(&lines).unwrap();
    let run = Run::of(process.wait_with_output().unwrap()).expect(0);
    assert!(run.stdout == folder.page(), "{}", run.stdout.len());
}

#[test]
fn a_customer_that_nobody_is_called_is_told_with_names_that_are_near() {
    let folder = Folder::new();
    folder.put(&fleet(28, 100));
    for (name, told) in [
        ("Acne", "there is acme"),
        ("globex", "globex & sons"),
        ("Zyxwv", "has their names"),
        ("", "nobody is called"),
    ] {
        let run = folder.report(&["--customer", name]).expect(2);
        assert!(
            run.stderr.to_lowercase().contains(told),
            "{name}: {}",
            run.stderr
        );
        assert!(!folder.path("report.html").exists());
    }
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_written() {
    let folder = Folder::new();
    folder.put(&fleet(29, 3));
    let (input, page, missing) = (
        folder.file("fleet.jsonl"),
        folder.file("report.html"),
        folder.file("missing.db"),
    );
    let store = format!("sqlite:{missing}");
    let odd = folder.file("odd.json");
    fs::write(&odd, "[]").unwrap();
    for (arguments, told) in [
        (vec!["--input", &*input], "--output"),
        (
            vec!["--input", &input, "--output", &input],
            "both are the same file",
        ),
        (
            vec!["--input", &input, "--sync-report", &page, "--output", &page],
            "both are the same file",
        ),
        (
            vec!["--input", &input, "--store", &store, "--output", &page],
            "cannot be used with",
        ),
        (vec!["--sync-report", &odd, "--output", &page], "--input"),
        (vec!["--input", &missing, "--output", &page], "missing.db"),
        (
            vec!["--input", &input, "--sync-report", &odd, "--output", &page],
            "odd.json",
        ),
        (
            vec!["--store", &store, "--output", &page],
            "it is not there",
        ),
        (
            vec!["--store", "assets.db", "--output", &page],
            "it names no kind",
        ),
        (
            vec!["--input", &input, "--as-of", "tomorrow", "--output", &page],
            "--as-of",
        ),
    ] {
        let arguments: Vec<&str> = std::iter::once("report").chain(arguments).collect();
        let run = run(&arguments).expect(2);
        assert!(run.stderr.contains(told), "{arguments:?}: {}", run.stderr);
        assert!(!folder.path("report.html").exists(), "{arguments:?}");
        assert!(!folder.path("missing.db").exists(), "{arguments:?}");
    }
    let lines = fs::read_to_string(&input).unwrap();
    assert_eq!(lines.lines().count(), fleet(29, 3).len());
}

#[test]
fn without_input_the_page_is_about_the_demo_fleet() {
    let folder = Folder::new();
    let page = folder.file("report.html");
    run(&["report", "--output", &page]).expect(0);
    let page = Page(folder.page());
    assert_eq!(page.card("Assets").0, 5 * 250);
    assert_eq!(states(&page), ["complete"; 5]);
    let machines = page.card("Assets").1;
    assert!(machines.ends_with("machines in 5 accounts"), "{machines}");
}
