//! Specification, streams, checks, and every row.

use serde_json::json;

use super::{Source, errors, expect_counts, ids, records, states, statuses};
use crate::support::{Account, Desk, Run, run, vendors};

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
