//! Files and command lines that are wrong, and secrets.

use serde_json::{Value, json};

use super::{Source, errors, records, states};
use crate::support::{Account, run, run_until, vendors};

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
