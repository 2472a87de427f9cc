//! Runs that are killed, stopped or broken off, and those that go on from them.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use super::{STREAMS, Source, errors, expect_counts, ids, records, states, statuses};
use crate::support::{Account, program, run_until};

#[test]
fn a_stream_that_ended_is_not_read_again_in_the_same_job() {
    let account = Account::of("halo-psa", 120);
    let source = Source::of(&account);
    let first = source.read_all("full_refresh").expect(0);
    let state = states(&first.messages);
    let before = account.server.requests();
    let again = source
        .read(&source.catalog("full_refresh", Some(1)), Some(&state))
        .expect(0);
    assert_eq!(account.server.requests(), before);
    assert_eq!(again.of_type("RECORD").count(), 0);
    assert_eq!(states(&again.messages).as_array().unwrap().len(), 4);
    expect_counts(&again.messages);
    for stream in STREAMS {
        assert_eq!(
            statuses(&again.messages, stream).last().unwrap(),
            "COMPLETE"
        );
    }
    // Another job, none, and a stream that is added to: everything again.
    for (mode, sync_id) in [
        ("full_refresh", Some(2)),
        ("full_refresh", None),
        ("incremental", Some(1)),
    ] {
        let run = source
            .read(&source.catalog(mode, sync_id), Some(&state))
            .expect(0);
        assert_eq!(
            ids(&run.messages, "assets"),
            account.ids(),
            "{mode} {sync_id:?}"
        );
    }
    // A job without a name has no other try.
    let nameless = source
        .read(&source.catalog("full_refresh", None), None)
        .expect(0);
    let again = source.read(
        &source.catalog("full_refresh", None),
        Some(&states(&nameless.messages)),
    );
    assert_eq!(ids(&again.expect(0).messages, "assets"), account.ids());
}

#[test]
fn a_run_that_is_killed_is_gone_on_with_from_its_last_state() {
    for (vendor, machines) in [("superops", 2_600), ("cwrmm", 2_600), ("halo-psa", 2_600)] {
        let account = Account::of(vendor, machines);
        let source = Source::of(&account);
        let catalog = source.catalog("full_refresh", Some(7));
        let arguments = source.arguments(&catalog, None);
        let is_state = |it: &Value| {
            it["type"] == "STATE" && it["state"]["stream"]["stream_descriptor"]["name"] == "assets"
        };
        let mut came = run_until(&arguments, is_state);
        assert!(is_state(came.last().unwrap()), "{vendor}");
        let state = states(&came);
        let rest = source.read(&catalog, Some(&state)).expect(0).messages;
        // What came before the state, and what came after, are all there is, in one pass.
        let count = came
            .iter()
            .chain(&rest)
            .filter(|it| it["record"]["stream"] == "assets")
            .count();
        assert!(count < machines + 600, "{vendor}: {count}");
        let passes = [&came, &rest]
            .into_iter()
            .flat_map(|it| records(it, "assets"));
        let passes: BTreeSet<&str> = passes
            .map(|it| it["last_seen_at"].as_str().unwrap())
            .collect();
        assert_eq!(passes.len(), 1, "{vendor}");
        let pass = records(&rest, "passes")
            .find(|it| it["stream"] == "assets")
            .unwrap();
        assert_eq!(
            (&pass["kept"], &pass["complete"]),
            (&json!(machines), &json!(true)),
            "{vendor}"
        );
        came.extend(rest);
        assert_eq!(ids(&came, "assets"), account.ids(), "{vendor}");
    }
}

#[test]
fn an_account_that_breaks_in_the_middle_is_gone_on_with() {
    let account = Account::of("superops", 2_600);
    let source = Source::of(&account);
    let catalog = source.catalog("full_refresh", Some(1));
    account.answers(18);
    let first = source.read(&catalog, None).expect(1);
    assert!(
        errors(&first)
            .iter()
            .any(|it| it["stream_descriptor"]["name"] == "assets")
    );
    assert_eq!(
        statuses(&first.messages, "assets").last().unwrap(),
        "INCOMPLETE"
    );
    let state = states(&first.messages);
    let assets = state
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["stream"]["stream_descriptor"]["name"] == "assets");
    assert!(assets.unwrap()["stream"]["stream_state"]["checkpoint"].is_object());
    account.answers(usize::MAX);
    let rest = source.read(&catalog, Some(&state)).expect(0);
    let came: BTreeSet<String> = ids(&first.messages, "assets")
        .union(&ids(&rest.messages, "assets"))
        .cloned()
        .collect();
    assert_eq!(came, account.ids());
    assert!(records(&rest.messages, "assets").count() < 2_600);
}

#[test]
fn whoever_stops_reading_ends_it() {
    let account = Account::of("superops", 2_600);
    let source = Source::of(&account);
    let arguments = source.arguments(&source.catalog("full_refresh", Some(1)), None);
    let mut child = program(&arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    drop(output);
    let mut told = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(told, "");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_says_so_and_can_be_gone_on_with() {
    let account = Account::of("superops", 2_600);
    let source = Source::of(&account);
    let catalog = source.catalog("full_refresh", Some(1));
    let arguments = source.arguments(&catalog, None);
    let mut child = program(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines
        .by_ref()
        .find(|line| line.as_ref().unwrap().contains("RUNNING"));
    assert!(first.is_some());
    let stopped = std::process::Command::new("kill")
        .arg("-TERM")
        .arg(child.id().to_string())
        .status();
    assert!(stopped.unwrap().success());
    let rest: Vec<Value> = lines
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    let status = child.wait().unwrap().code();
    // It may have been through before the signal came.
    if status != Some(0) {
        assert_eq!(status, Some(1));
        let told = rest
            .iter()
            .map(|it| &it["trace"]["error"])
            .find(|it| !it.is_null())
            .unwrap();
        assert_eq!(told["failure_type"], "transient_error");
        assert!(told["message"].as_str().unwrap().contains("SIGTERM"));
    }
    let run = source.read(&catalog, Some(&states(&rest))).expect(0);
    assert!(run.of_type("STATE").count() > 0);
}
