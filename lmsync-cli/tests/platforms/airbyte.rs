//! The program as an Airbyte source.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read as _};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Account, Desk, Run, program, run, run_until, vendors};

const STREAMS: [&str; 4] = ["assets", "software", "customers", "passes"];

/// A source about to be read.
struct Source {
    desk: Desk,
    config: Value,
}

impl Source {
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

    fn config(&self) -> String {
        self.desk.write("config.json", &self.config)
    }

    fn command(&self, command: &str) -> Run {
        run(&["airbyte", command, "--config", &self.config()])
    }

    /// The streams of the account, by name.
    fn discovered(&self) -> BTreeMap<String, Value> {
        let told = self.command("discover").expect(0);
        let streams = told.messages[0]["catalog"]["streams"].as_array().unwrap();
        let named = streams
            .iter()
            .map(|it| (it["name"].as_str().unwrap().to_owned(), it.clone()));
        named.collect()
    }

    /// A catalogue that reads all streams so.
    fn catalog(&self, mode: &str, sync_id: Option<i64>) -> Value {
        let streams = self.discovered().into_values();
        let streams: Vec<Value> = streams
            .map(|stream| {
                json!({
                    "stream": stream,
                    "sync_mode": mode,
                    "destination_sync_mode": "overwrite",
                    "sync_id": sync_id,
                    "generation_id": 7,
                    "minimum_generation_id": 7,
                })
            })
            .collect();
        json!({ "streams": streams })
    }

    fn arguments(&self, catalog: &Value, state: Option<&Value>) -> Vec<String> {
        let files = [
            Some(("--config", self.config())),
            Some(("--catalog", self.desk.write("catalog.json", catalog))),
            state.map(|state| ("--state", self.desk.write("state.json", state))),
        ];
        let files = files.into_iter().flatten();
        let files = files.flat_map(|(option, path)| [option.to_owned(), path]);
        ["airbyte", "read"]
            .map(str::to_owned)
            .into_iter()
            .chain(files)
            .collect()
    }

    fn read(&self, catalog: &Value, state: Option<&Value>) -> Run {
        let arguments = self.arguments(catalog, state);
        run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn read_all(&self, mode: &str) -> Run {
        self.read(&self.catalog(mode, Some(1)), None)
    }
}

/// The records of `stream` among `messages`.
fn records<'m>(messages: &'m [Value], stream: &'m str) -> impl Iterator<Item = &'m Value> {
    let records = messages.iter().filter(|it| it["type"] == "RECORD");
    let records = records.map(|it| &it["record"]);
    records
        .filter(move |it| it["stream"] == stream)
        .map(|it| &it["data"])
}

fn ids(messages: &[Value], stream: &str) -> BTreeSet<String> {
    let ids = records(messages, stream).map(|it| it["vendor_id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// The last state of each stream, as the platform hands them over.
fn states(messages: &[Value]) -> Value {
    let mut states = BTreeMap::new();
    for message in messages.iter().filter(|it| it["type"] == "STATE") {
        let state = &message["state"];
        let name = state["stream"]["stream_descriptor"]["name"]
            .as_str()
            .unwrap();
        states.insert(name.to_owned(), state.clone());
    }
    states.into_values().collect()
}

/// The statuses of `stream`, in order.
fn statuses(messages: &[Value], stream: &str) -> Vec<String> {
    let traces = messages.iter().map(|it| &it["trace"]["stream_status"]);
    let own = traces.filter(|it| it["stream_descriptor"]["name"] == stream);
    own.map(|it| it["status"].as_str().unwrap().to_owned())
        .collect()
}

fn errors(run: &Run) -> Vec<&Value> {
    run.messages
        .iter()
        .map(|it| &it["trace"]["error"])
        .filter(|it| !it.is_null())
        .collect()
}

/// Asserts that each state says how many records came since the one before, and that the last message about a
/// stream's records is a state.
#[track_caller]
fn expect_counts(messages: &[Value]) {
    for stream in STREAMS {
        let mut since = 0.0;
        let mut seen: Vec<&Value> = Vec::new();
        for message in messages {
            if message["record"]["stream"] == stream {
                since += 1.0;
            }
            let state = &message["state"];
            if state["stream"]["stream_descriptor"]["name"] == stream {
                assert_eq!(
                    state["sourceStats"]["recordCount"],
                    json!(since),
                    "{stream}"
                );
                assert!(state["sourceStats"]["recordCount"].is_f64());
                assert!(since == 0.0 || !seen.contains(&&state["stream"]["stream_state"]));
                seen.push(&state["stream"]["stream_state"]);
                since = 0.0;
            }
        }
        assert!(since == 0.0, "{stream}: {since} records without a state");
    }
}

#[test]
fn a_specification_is_one_message() {
    let run = run(&["airbyte", "spec"]).expect(0);
    assert_eq!(run.messages.len(), 1);
    let form = &run.messages[0]["spec"]["connectionSpecification"];
    assert_eq!(form["required"], json!(["account"]));
    jsonschema::draft7::options().build(form).unwrap();
    // What the form lets through, the source takes.
    let form = jsonschema::draft7::options().build(form).unwrap();
    for vendor in vendors() {
        let account = Account::of(vendor, 1);
        let config = account.config();
        assert!(form.is_valid(&config), "{config}");
    }
}

#[test]
fn every_row_is_valid_by_the_schema_of_its_stream() {
    for vendor in vendors() {
        let account = Account::of(vendor, 250);
        let source = Source::of(&account)
            .with("detail", json!(["hardware", "software"]))
            .with("raw", json!(true));
        let before = account.server.requests();
        let streams = source.discovered();
        assert_eq!(
            account.server.requests(),
            before,
            "{vendor}: discovering sends nothing"
        );
        let has_software = streams.contains_key("software");
        assert_eq!(has_software, vendor.starts_with("halo"), "{vendor}");
        let run = source.read_all("full_refresh").expect(0);
        for (name, stream) in &streams {
            let options = jsonschema::draft7::options().should_validate_formats(true);
            let schema = options.build(&stream["json_schema"]).unwrap();
            let columns = stream["json_schema"]["properties"].as_object().unwrap();
            let mut count = 0;
            for row in records(&run.messages, name) {
                let wrong: Vec<String> = schema.iter_errors(row).map(|it| it.to_string()).collect();
                assert!(wrong.is_empty(), "{vendor}, {name}: {wrong:?}: {row}");
                let unknown = row
                    .as_object()
                    .unwrap()
                    .keys()
                    .find(|it| !columns.contains_key(*it));
                assert_eq!(unknown, None);
                count += 1;
            }
            assert!(count > 0, "{vendor}, {name}");
            assert_eq!(
                statuses(&run.messages, name),
                ["STARTED", "RUNNING", "COMPLETE"]
            );
        }
        assert_eq!(ids(&run.messages, "assets"), account.ids(), "{vendor}");
        expect_counts(&run.messages);
        assert_eq!(
            states(&run.messages).as_array().unwrap().len(),
            streams.len()
        );
        let estimate = run
            .messages
            .iter()
            .find(|it| it["trace"]["type"] == "ESTIMATE");
        assert!(vendor == "cwrmm" || estimate.is_some(), "{vendor}");
        for pass in records(&run.messages, "passes") {
            assert_eq!(pass["complete"], true);
            let rows = records(&run.messages, pass["stream"].as_str().unwrap()).count();
            assert_eq!(pass["kept"], rows);
        }
        assert_eq!(records(&run.messages, "passes").count(), streams.len() - 1);
    }
}

#[test]
fn a_check_is_an_answer_and_a_file_that_is_not_there_is_none() {
    let account = Account::of("syncro", 5);
    let source = Source::of(&account);
    let run = source.command("check").expect(0);
    assert_eq!(run.messages.len(), 1);
    assert_eq!(run.messages[0]["connectionStatus"]["status"], "SUCCEEDED");
    let mut wrong = account.config();
    wrong["account"]["api_key"] = "T0-somebody-elses".into();
    for (config, told) in [
        (wrong, "API Token"),
        (json!({ "account": { "vendor": "syncro" } }), "hostname"),
        (
            json!({ "account": account.config()["account"], "windows": 30 }),
            "windows",
        ),
    ] {
        let source = Source {
            config,
            ..Source::of(&account)
        };
        let run = source.command("check").expect(0);
        let status = &run.messages[0]["connectionStatus"];
        assert_eq!(status["status"], "FAILED");
        let message = status["message"].as_str().unwrap();
        assert!(message.contains(told), "{message}");
    }
    let desk = Desk::new();
    for file in [
        desk.path("nowhere.json").to_str().unwrap(),
        &desk.write_text("a.json", "{"),
    ] {
        let run = crate::support::run(&["airbyte", "check", "--config", file]).expect(1);
        assert_eq!(errors(&run)[0]["failure_type"], "config_error");
    }
}

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
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
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

/// Lets the account count more assets than it lists.
fn count_too_many(account: &Account) {
    account.with(|moody| {
        moody.edit = Some(|body| {
            if body.pointer("/assets").is_some() {
                body["record_count"] = 999.into();
            }
        });
    });
}

/// Lets one asset be no record.
fn break_one(account: &Account) {
    account.with(|moody| {
        moody.edit = Some(|body| {
            if let Some(id) = body.pointer_mut("/assets/0/id") {
                *id = json!({});
            }
        });
    });
}

#[test]
fn what_is_not_everything_replaces_nothing() {
    let account = Account::of("halo-psa", 60);
    count_too_many(&account);
    let source = Source::of(&account);
    let run = source.read_all("full_refresh").expect(1);
    assert_eq!(
        statuses(&run.messages, "assets"),
        ["STARTED", "RUNNING", "INCOMPLETE"]
    );
    // Halo's software is of the same list.
    let told = errors(&run);
    let of: BTreeSet<&str> = told
        .iter()
        .map(|it| it["stream_descriptor"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(of, BTreeSet::from(["assets", "software"]));
    assert_eq!(told[0]["failure_type"], "transient_error");
    let message = told[0]["message"].as_str().unwrap();
    assert!(
        message.contains("more records than it lists") && message.contains("Incremental"),
        "{message}"
    );
    let names: Vec<Value> = states(&run.messages)
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["stream"]["stream_descriptor"]["name"].clone())
        .collect();
    assert_eq!(names, ["customers", "passes"]);
    assert_eq!(
        statuses(&run.messages, "customers").last().unwrap(),
        "COMPLETE"
    );
    let row = |run: &Run| {
        records(&run.messages, "passes")
            .find(|it| it["stream"] == "assets")
            .cloned()
    };
    let pass = row(&run).unwrap();
    assert_eq!(pass["complete"], false);
    assert!(pass["incomplete_reason"].is_string());

    // What is added to loses nothing by it.
    let run = source.read_all("incremental").expect(0);
    assert_eq!(
        statuses(&run.messages, "assets").last().unwrap(),
        "COMPLETE"
    );
    let warned = run.of_type("LOG").any(|it| {
        it["log"]["level"] == "WARN"
            && it["log"]["message"]
                .as_str()
                .unwrap()
                .contains("not complete")
    });
    assert!(warned);
    assert_eq!(row(&run).unwrap()["complete"], false);
    expect_counts(&run.messages);
}

#[test]
fn a_record_that_cannot_be_read_keeps_the_table_unless_that_is_accepted() {
    let account = Account::of("syncro", 20);
    break_one(&account);
    let source = Source::of(&account);
    let run = source.read_all("full_refresh").expect(1);
    assert!(
        errors(&run)[0]["message"]
            .as_str()
            .unwrap()
            .contains("1 records could not be read")
    );
    assert_eq!(records(&run.messages, "assets").count(), 19);
    let source = source.with("accept_rejected", json!(true));
    let run = source.read_all("full_refresh").expect(0);
    let pass = records(&run.messages, "passes")
        .find(|it| it["stream"] == "assets")
        .unwrap();
    assert_eq!(
        (&pass["rejected"], &pass["seen"], &pass["kept"]),
        (&json!(1), &json!(20), &json!(19))
    );
}

#[test]
fn a_stream_that_fails_stops_no_other() {
    let account = Account::of("halo-psa", 60);
    account.with(|moody| moody.refuses = Some("/Client"));
    for mode in ["full_refresh", "incremental"] {
        let run = Source::of(&account).read_all(mode).expect(1);
        assert_eq!(
            statuses(&run.messages, "customers").last().unwrap(),
            "INCOMPLETE"
        );
        assert_eq!(
            statuses(&run.messages, "assets").last().unwrap(),
            "COMPLETE"
        );
        assert_eq!(ids(&run.messages, "assets"), account.ids());
        let told = errors(&run);
        assert_eq!(told[0]["stream_descriptor"]["name"], "customers");
        assert_eq!(told[0]["failure_type"], "config_error");
        let pass = records(&run.messages, "passes")
            .find(|it| it["stream"] == "customers")
            .unwrap();
        assert_eq!(pass["complete"], false);
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
fn a_catalogue_that_is_wrong_reads_nothing() {
    let account = Account::of("syncro", 5);
    let source = Source::of(&account);
    let stream = |name: &str, more: Value| {
        let mut stream = json!({ "stream": { "name": name }, "sync_mode": "full_refresh" });
        stream
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({ "streams": [stream] })
    };
    let before = account.server.requests();
    for (catalog, told) in [
        (stream("tickets", json!({})), "tickets"),
        (stream("software", json!({})), "software"),
        (stream("assets", json!({ "sync_mode": "mirror" })), "mirror"),
        (
            stream(
                "assets",
                json!({ "primary_key": [["source", "vendor_id"]] }),
            ),
            "source.vendor_id",
        ),
        (
            stream("assets", json!({ "cursor_field": ["updated"] })),
            "updated",
        ),
        (json!({ "streams": [] }), "no stream"),
        (json!({ "streams": "assets" }), "catalogue"),
        (json!({}), "streams"),
        (json!([]), "catalogue"),
        (
            json!({ "streams": [stream("assets", json!({}))["streams"][0], stream("assets", json!({}))["streams"][0]] }),
            "twice",
        ),
    ] {
        let run = source.read(&catalog, None).expect(1);
        let told_of = errors(&run);
        assert_eq!(told_of.len(), 1, "{catalog}");
        assert_eq!(told_of[0]["failure_type"], "config_error");
        let message = told_of[0]["message"].as_str().unwrap();
        assert!(message.contains(told), "{told}: {message}");
        assert_eq!(run.messages.len(), 1);
    }
    assert_eq!(account.server.requests(), before);
    // One that says more than is known is as good as any.
    let more = stream(
        "assets",
        json!({ "include_files": false, "cursor_field": null, "primary_key": [["vendor_id"]] }),
    );
    source.read(&more, None).expect(0);
}

#[test]
fn a_state_of_something_else_begins_anew_and_one_that_is_none_is_told() {
    let account = Account::of("superops", 1_300);
    let source = Source::of(&account);
    let catalog = source.catalog("full_refresh", Some(1));
    let arguments = source.arguments(&catalog, None);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let is_state = |it: &Value| it["state"]["stream"]["stream_descriptor"]["name"] == "assets";
    let open = states(&run_until(&arguments, is_state));
    let with = |state: Value| json!([{ "type": "STREAM", "stream": { "stream_descriptor": { "name": "assets" }, "stream_state": state } }]);
    let old = {
        let mut state = open[0]["stream"]["stream_state"].clone();
        state["pass_id"] = "2020-01-01T00:00:00Z".into();
        state
    };
    for (state, warns) in [
        (with(json!({ "cursor": "abc" })), true),
        (with(json!(7)), true),
        (with(old), true),
        (json!([{ "type": "LEGACY", "data": { "assets": 7 } }]), true),
        (
            json!([{ "type": "STREAM", "stream": { "stream_descriptor": { "name": "tickets" } } }]),
            true,
        ),
        (with(json!(null)), false),
        (with(json!({})), false),
        (json!([]), false),
    ] {
        let run = source.read(&catalog, Some(&state)).expect(0);
        assert_eq!(records(&run.messages, "assets").count(), 1_300, "{state}");
        assert_eq!(run.of_type("LOG").count() > 0, warns, "{state}");
    }
    // Another window is another pass.
    let windowed = Source::of(&account).with("check_in_window_days", json!(30));
    let run = windowed.read(&catalog, Some(&open)).expect(0);
    assert!(run.of_type("LOG").any(|it| {
        it["log"]["message"]
            .as_str()
            .unwrap()
            .contains("something else")
    }));
    let pass = records(&run.messages, "passes")
        .find(|it| it["stream"] == "assets")
        .unwrap();
    assert_eq!(
        (&pass["filtered"], &pass["seen"]),
        (&json!(true), &json!(1_300))
    );

    for none in [json!({}), json!("assets"), json!([7]), json!(null)] {
        let run = source.read(&catalog, Some(&none)).expect(1);
        assert_eq!(errors(&run)[0]["failure_type"], "config_error", "{none}");
        assert_eq!(run.of_type("RECORD").count(), 0);
    }
}

#[test]
fn a_configuration_takes_what_a_platform_adds_and_nothing_else() {
    let account = Account::of("superops", 5);
    let mut config = account.config();
    config["__injected_declarative_manifest"] = json!({});
    config["account"]["airbyte_internal"] = json!(1);
    let source = Source {
        config,
        ..Source::of(&account)
    };
    source.read_all("incremental").expect(0);
    let mut config = account.config();
    config["account"]["endpoint"] = "https://collector.example.com".into();
    let smuggled = Source {
        config,
        ..Source::of(&account)
    };
    let catalog = source.catalog("incremental", None);
    let run = smuggled.read(&catalog, None).expect(1);
    assert_eq!(errors(&run)[0]["failure_type"], "config_error");
    assert!(
        errors(&run)[0]["message"]
            .as_str()
            .unwrap()
            .contains("endpoint")
    );
}

#[test]
fn a_command_line_that_is_wrong_is_told_by_the_status_two() {
    for arguments in [
        &["airbyte"][..],
        &["airbyte", "write"],
        &["airbyte", "read", "--config", "a"],
        &["airbyte", "check"],
        &["airbyte", "spec", "--config", "a"],
    ] {
        let run = run(arguments);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(!run.stderr.is_empty());
    }
}

#[cfg(unix)]
#[test]
fn called_by_the_name_of_a_source_it_is_one() {
    let desk = Desk::new();
    let link = desk.path("source-lmsync");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lmsync"), &link).unwrap();
    let output = std::process::Command::new(link)
        .arg("spec")
        .output()
        .unwrap();
    assert_eq!(Run::of(output).expect(0).messages[0]["type"], "SPEC");
}

#[test]
fn whoever_stops_reading_ends_it() {
    let account = Account::of("superops", 2_600);
    let source = Source::of(&account);
    let arguments = source.arguments(&source.catalog("full_refresh", Some(1)), None);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
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
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
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

#[test]
fn no_secret_is_ever_told() {
    for vendor in vendors() {
        let account = Account::of(vendor, 30);
        let source = Source::of(&account);
        let secrets: Vec<String> = ["api_token", "api_key", "client_secret"]
            .iter()
            .filter_map(|key| source.config["account"][key].as_str().map(str::to_owned))
            .collect();
        assert!(!secrets.is_empty(), "{vendor}");
        account.with(|moody| moody.refuses = Some("/"));
        let catalog = source.catalog("full_refresh", Some(1));
        let mut wrong = source.config.clone();
        wrong["account"]["surprise"] = secrets[0].clone().into();
        let wrong = Source {
            config: wrong,
            ..Source::of(&account)
        };
        let runs = [
            source.command("check"),
            source.command("discover"),
            source.read(&catalog, None),
            wrong.command("check"),
            wrong.read(&catalog, None),
        ];
        for run in runs {
            for secret in &secrets {
                let told = format!("{}{}", run.stdout, run.stderr);
                assert!(!told.contains(secret.as_str()), "{vendor}: {told}");
            }
        }
    }
}
