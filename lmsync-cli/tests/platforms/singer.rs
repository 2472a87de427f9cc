//! The program as a Singer tap.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{Account, Desk, Run, run, run_until, vendors};

/// A tap about to be read.
struct Tap {
    desk: Desk,
    config: Value,
}

impl Tap {
    fn of(account: &Account) -> Self {
        Self {
            desk: Desk::new(),
            config: account.config(),
        }
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.config[key] = value;
        self
    }

    fn arguments(&self, files: &[(&str, &Value)]) -> Vec<String> {
        let mut arguments = vec!["singer".to_owned(), "--config".to_owned()];
        arguments.push(self.desk.write("config.json", &self.config));
        for (option, json) in files {
            arguments.push((*option).to_owned());
            arguments.push(self.desk.write(&format!("{}.json", &option[2..]), json));
        }
        arguments
    }

    fn run(&self, files: &[(&str, &Value)]) -> Run {
        run(&self.arguments(files))
    }

    fn discovered(&self) -> Value {
        let mut arguments = self.arguments(&[]);
        arguments.push("--discover".to_owned());
        run(&arguments).expect(0).messages[0].clone()
    }
}

fn records<'m>(messages: &'m [Value], stream: &'m str) -> impl Iterator<Item = &'m Value> {
    let records = messages.iter().filter(|it| it["type"] == "RECORD");
    records.filter(move |it| it["stream"] == stream)
}

fn ids(messages: &[Value]) -> BTreeSet<String> {
    let ids = records(messages, "assets").map(|it| it["record"]["vendor_id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

/// The value of the last state, as a target gives it back.
fn state(messages: &[Value]) -> Value {
    let last = messages.iter().rfind(|it| it["type"] == "STATE");
    last.unwrap()["value"].clone()
}

fn activated(messages: &[Value]) -> BTreeMap<String, Value> {
    let messages = messages
        .iter()
        .filter(|it| it["type"] == "ACTIVATE_VERSION");
    let named = messages.map(|it| {
        (
            it["stream"].as_str().unwrap().to_owned(),
            it["version"].clone(),
        )
    });
    named.collect()
}

#[test]
fn every_row_is_valid_by_the_schema_before_it() {
    for vendor in vendors() {
        let account = Account::of(vendor, 250);
        let tap = Tap::of(&account);
        let before = account.server.requests();
        let catalog = tap.discovered();
        assert_eq!(
            account.server.requests(),
            before,
            "{vendor}: discovering sends nothing"
        );
        let run = tap.run(&[]).expect(0);
        let mut schemas = BTreeMap::new();
        for message in &run.messages {
            let stream = message["stream"].as_str().unwrap_or_default().to_owned();
            match message["type"].as_str().unwrap() {
                "SCHEMA" => {
                    assert!(!message["key_properties"].as_array().unwrap().is_empty());
                    let options = jsonschema::draft7::options().should_validate_formats(true);
                    schemas.insert(stream, options.build(&message["schema"]).unwrap());
                }
                "RECORD" => {
                    assert!(schemas[&stream].is_valid(&message["record"]), "{message}");
                    assert!(message["version"].is_null());
                }
                "STATE" => assert!(message["value"]["bookmarks"].is_object()),
                other => panic!("{other}"),
            }
        }
        let streams = catalog["streams"].as_array().unwrap();
        assert_eq!(schemas.len(), streams.len(), "{vendor}");
        assert_eq!(ids(&run.messages), account.ids(), "{vendor}");
        assert_eq!(run.messages.last().unwrap()["type"], "STATE");
        for stream in streams {
            let own = &stream["metadata"][0]["metadata"];
            assert_eq!(own["forced-replication-method"], "FULL_TABLE");
            assert_eq!(own["table-key-properties"], stream["key_properties"]);
        }
    }
}

#[test]
fn what_is_selected_is_read_and_nothing_else() {
    let account = Account::of("halo-psa", 30);
    let tap = Tap::of(&account);
    let mut catalog = tap.discovered();
    for stream in catalog["streams"].as_array_mut().unwrap() {
        let is_assets = stream["tap_stream_id"] == "assets";
        let metadata = stream["metadata"].as_array_mut().unwrap();
        metadata[0]["metadata"]["selected"] = is_assets.into();
        for column in metadata {
            // Keys are there although they are not selected.
            if ["disks", "vendor_id"]
                .contains(&column["breadcrumb"][1].as_str().unwrap_or_default())
            {
                column["metadata"]["selected"] = false.into();
            }
        }
    }
    for option in ["--catalog", "--properties"] {
        let run = tap.run(&[(option, &catalog)]).expect(0);
        assert_eq!(ids(&run.messages), account.ids());
        assert!(
            run.messages
                .iter()
                .all(|it| it["type"] == "STATE" || it["stream"] == "assets")
        );
        let schema = run
            .messages
            .iter()
            .find(|it| it["type"] == "SCHEMA")
            .unwrap();
        assert!(schema["schema"]["properties"].get("disks").is_none());
        assert!(records(&run.messages, "assets").all(|it| it["record"].get("disks").is_none()));
    }
    let nothing = json!({ "streams": [{ "tap_stream_id": "assets", "metadata": [] }] });
    let unknown = json!({ "streams": [{ "tap_stream_id": "tickets", "selected": true }] });
    for (catalog, told) in [
        (nothing, "no stream"),
        (unknown, "tickets"),
        (json!([]), "catalogue"),
    ] {
        let run = tap.run(&[("--catalog", &catalog)]).expect(1);
        assert!(run.stderr.contains(told), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn rows_retire_by_a_complete_pass_over_everything_and_only_when_asked() {
    let account = Account::of("halo-psa", 30);
    let run = Tap::of(&account).run(&[]).expect(0);
    assert!(activated(&run.messages).is_empty());

    let mirror = Tap::of(&account).with("mirror_deletes", json!(true));
    let run = mirror.run(&[]).expect(0);
    let versions = activated(&run.messages);
    assert_eq!(
        versions.keys().collect::<Vec<_>>(),
        ["assets", "customers", "software"]
    );
    for (stream, version) in &versions {
        assert!(version.as_i64().unwrap() > 1_700_000_000_000);
        assert!(
            records(&run.messages, stream).all(|it| it["version"] == *version),
            "{stream}"
        );
        // After the last of its rows.
        let place = |kind: &str| {
            run.messages
                .iter()
                .rposition(|it| it["type"] == kind && it["stream"] == *stream)
        };
        assert!(place("ACTIVATE_VERSION") > place("RECORD"));
    }
    assert!(records(&run.messages, "passes").all(|it| it["version"].is_null()));

    let windowed = Tap::of(&account)
        .with("mirror_deletes", json!(true))
        .with("check_in_window_days", json!(30));
    let run = windowed.run(&[]).expect(0);
    assert!(!activated(&run.messages).contains_key("assets"));

    account.with(|moody| {
        moody.edit = Some(|body| {
            if body.pointer("/assets").is_some() {
                body["record_count"] = 999.into();
            }
        });
    });
    let run = mirror.run(&[]).expect(1);
    let versions = activated(&run.messages);
    assert!(!versions.contains_key("assets") && versions.contains_key("customers"));
    assert!(
        run.stderr.contains("assets: ") && run.stderr.contains("more records"),
        "{}",
        run.stderr
    );
    let bookmarks = &state(&run.messages)["bookmarks"];
    assert!(bookmarks.get("assets").is_none() && bookmarks["customers"]["done"].is_object());
}

#[test]
fn a_run_that_is_killed_is_gone_on_with_under_the_same_version() {
    const MACHINES: usize = 2_600;
    let account = Account::of("superops", MACHINES);
    let tap = Tap::of(&account).with("mirror_deletes", json!(true));
    let arguments = tap.arguments(&[]);
    let is_state = |it: &Value| it["value"]["bookmarks"]["assets"].is_object();
    let first = run_until(&arguments, is_state);
    let rest = tap.run(&[("--state", &state(&first))]).expect(0).messages;
    let versions: BTreeSet<String> = [&first, &rest]
        .into_iter()
        .flat_map(|messages| records(messages, "assets"))
        .map(|it| it["version"].to_string())
        .collect();
    assert_eq!(
        versions.into_iter().collect::<Vec<_>>(),
        [activated(&rest)["assets"].to_string()]
    );
    let came: BTreeSet<String> = ids(&first).union(&ids(&rest)).cloned().collect();
    assert_eq!(came, account.ids());
    assert!(records(&rest, "assets").count() < MACHINES);
    // What ended begins anew, whether the whole message comes back or its value.
    let last = rest.iter().rfind(|it| it["type"] == "STATE").unwrap();
    for state in [last.clone(), last["value"].clone()] {
        let again = tap.run(&[("--state", &state)]).expect(0);
        assert_eq!(records(&again.messages, "assets").count(), MACHINES);
        assert!(
            activated(&again.messages)["assets"].as_i64() > activated(&rest)["assets"].as_i64()
        );
    }
}

#[test]
fn a_state_of_something_else_begins_anew_and_one_that_is_none_is_told() {
    let account = Account::of("syncro", 30);
    let tap = Tap::of(&account);
    for (state, warns) in [
        (json!({}), false),
        (json!({ "bookmarks": {} }), false),
        (
            json!({ "bookmarks": { "assets": { "updated_at": 7 } } }),
            true,
        ),
        (json!({ "bookmarks": { "tickets": {} } }), true),
        (json!({ "cursor": 7 }), true),
    ] {
        let run = tap.run(&[("--state", &state)]).expect(0);
        assert_eq!(ids(&run.messages), account.ids(), "{state}");
        assert_eq!(!run.stderr.is_empty(), warns, "{state}: {}", run.stderr);
    }
    for none in [json!([]), json!(7)] {
        let run = tap.run(&[("--state", &none)]).expect(1);
        assert!(run.stderr.contains("state"), "{}", run.stderr);
    }
}

#[test]
fn what_is_wrong_is_told_and_the_tap_is_told_of() {
    let account = Account::of("syncro", 5);
    let wrong = Tap::of(&account).with("windows", json!(30));
    let run = wrong.run(&[]).expect(1);
    assert!(run.stderr.contains("windows"), "{}", run.stderr);
    assert_eq!(crate::support::run(&["singer"]).status, Some(2));
    assert_eq!(
        crate::support::run(&["singer", "--streams"]).status,
        Some(2)
    );
    let text = crate::support::run(&["singer", "--about"]);
    assert!(text.stdout.contains("mirror_deletes") && text.stdout.contains("discover"));
    let json = crate::support::run(&["singer", "--about", "--format=json"]);
    let about: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(about["name"], "tap-lmsync");
    assert!(about["settings"]["properties"]["mirror_deletes"].is_object());
    let version = crate::support::run(&["singer", "--version"]);
    assert!(version.stdout.contains(env!("CARGO_PKG_VERSION")));
}

#[cfg(unix)]
#[test]
fn called_by_the_name_of_a_tap_it_is_one() {
    let desk = Desk::new();
    let link = desk.path("tap-lmsync");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lmsync"), &link).unwrap();
    let output = std::process::Command::new(link)
        .arg("--about")
        .output()
        .unwrap();
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("tap-lmsync ")
    );
}
