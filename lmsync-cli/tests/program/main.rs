//! The installed program: its commands, schemas, completions and pages of the manual.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod lookup;
mod support;
#[cfg(unix)]
mod terminal;

use std::process::Stdio;

use lmsync::model::{Asset, Customer, Software};
use lmsync::{ConnectorConfig, schema};
use serde_json::Value;

use self::support::{Run, lmsync, run};

const SUBJECTS: [&str; 5] = ["asset", "software", "customer", "config", "pass"];
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];
const COMMANDS: [&str; 10] = [
    "check",
    "sync",
    "two-way",
    "lookup",
    "report",
    "airbyte",
    "singer",
    "schema",
    "completions",
    "man",
];

/// The schema that the program prints.
fn printed(subject: &str) -> Value {
    let run = run(&["schema", subject]).expect(0);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn accounts_are_checked() {
    let run = run(&["check", "--json", "--two-way"]).expect(0);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let accounts = answer["connectors"].as_array().unwrap();
    assert_eq!(accounts.len(), 5);
    assert!(accounts.iter().all(|account| account["ok"] == true));
}

#[test]
fn what_is_pulled_is_valid_by_the_schemas_of_the_program() {
    let run = run(&["sync", "--output", "-"]).expect(0);
    assert!(run.stderr.contains("halo-itsm-demo"), "{}", run.stderr);
    let validators = ["asset", "software", "customer"].map(|kind| {
        let validator = jsonschema::validator_for(&printed(kind)).unwrap();
        (kind, validator)
    });
    let mut counts = [0; 3];
    for line in run.stdout.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let mut kinds = validators.iter();
        let kind = kinds
            .position(|(kind, _)| record["record"] == *kind)
            .unwrap();
        assert!(validators[kind].1.is_valid(&record), "{record}");
        counts[kind] += 1;
    }
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    assert_eq!(counts[0], 5 * 250);
}

#[test]
fn dates_are_planned() {
    let run = run(&["two-way", "--fields", "purchase_date,warranty_expiry"]).expect(0);
    assert!(run.stdout.contains("Would send "), "{}", run.stdout);
    assert!(run.stdout.contains("Nothing was written"), "{}", run.stdout);
}

#[test]
fn the_version_is_told() {
    let run = run(&["--version"]).expect(0);
    let version = env!("LMSYNC_VERSION");
    assert_eq!(run.stdout, format!("lmsync {version}\n"));
    assert!(version.starts_with(env!("CARGO_PKG_VERSION")));
}

#[test]
fn schemas_are_those_of_the_types() {
    for subject in SUBJECTS {
        let schema = printed(subject);
        assert_eq!(
            schema["$schema"], "https://json-schema.org/draft/2020-12/schema",
            "{subject}"
        );
        jsonschema::validator_for(&schema).unwrap();
    }
    // `tests/schema.rs` of the facade holds this one to the contract.
    assert_eq!(printed("asset"), schema::written::<Asset>().to_value());
    assert_eq!(
        printed("software"),
        schema::written::<Software>().to_value()
    );
    assert_eq!(
        printed("customer"),
        schema::written::<Customer>().to_value()
    );
    assert_eq!(
        printed("config"),
        schema::read::<ConnectorConfig>().to_value()
    );
}

#[test]
fn shells_complete_every_command() {
    for shell in SHELLS {
        let run = run(&["completions", shell]).expect(0);
        for command in COMMANDS {
            assert!(run.stdout.contains(command), "{command} in {shell}");
        }
    }
    run(&["completions", "command.com"]).expect(2);
}

#[test]
fn the_manual_has_a_page_for_the_program_and_for_each_command() {
    let page = run(&["man"]).expect(0).stdout;
    assert!(page.contains(".TH lmsync 1"), "{page}");
    for command in COMMANDS {
        let page = run(&["man", command]).expect(0).stdout;
        assert!(page.contains(&format!(".TH lmsync-{command} 1")), "{page}");
    }
    let page = run(&["man", "sync"]).expect(0).stdout;
    assert!(page.contains(r"\-\-store"), "{page}");
    let refused = run(&["man", "woman"]).expect(2);
    assert!(refused.stderr.contains("`woman`"), "{}", refused.stderr);
}

#[test]
fn a_wrong_command_line_is_told() {
    let unknown = run(&["synchronise"]).expect(2);
    assert!(unknown.stderr.contains("synchronise"), "{}", unknown.stderr);
    run(&["schema", "cat"]).expect(2);
    run(&["check", "--no-such-option"]).expect(2);
    let none = run(&[]).expect(2);
    for command in COMMANDS {
        assert!(none.stderr.contains(command), "{command}: {}", none.stderr);
    }
    assert_eq!(none.stdout, "");
    let help = run(&["help", "two-way"]).expect(0);
    assert!(help.stdout.contains("--journal"), "{}", help.stdout);
}

#[test]
fn a_command_has_the_options_of_the_example_and_its_own_name() {
    let run = run(&["check", "--help"]).expect(0);
    assert!(
        run.stdout.contains("Usage: lmsync check [OPTIONS]"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.starts_with("Verify the credentials"),
        "{}",
        run.stdout
    );
}

#[cfg(unix)]
#[test]
fn the_name_that_the_program_is_called_by_stands_for_a_command() {
    use std::os::unix::process::CommandExt;
    for (name, command) in [("source-lmsync", "airbyte"), ("tap-lmsync", "singer")] {
        let called = lmsync().arg0(name).output().unwrap();
        // Neither is there yet, and that is told.
        let run = Run::of(called).expect(2);
        assert!(run.stderr.contains(command), "{}", run.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_standard_output_that_takes_nothing_is_told() {
    use std::process::Command;
    for arguments in [["schema", "asset"], ["completions", "bash"]] {
        let mut shell = Command::new("sh");
        shell.args(["-c", r#"exec "$@" >&-"#, "sh"]);
        shell.arg(lmsync().get_program()).args(arguments);
        let run = Run::of(shell.output().unwrap()).expect(1);
        assert!(run.stderr.contains("standard output"), "{}", run.stderr);
    }
}

#[test]
fn nobody_at_the_other_end_of_a_pipe_is_no_panic() {
    for arguments in [["man", "sync"], ["schema", "asset"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut program = lmsync();
        program.args(arguments).stdout(writer);
        let run = Run::of(program.stderr(Stdio::piped()).output().unwrap()).expect(1);
        assert!(!run.stderr.contains("panic"), "{}", run.stderr);
        assert!(run.stderr.contains("standard output"), "{}", run.stderr);
    }
}
