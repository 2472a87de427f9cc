//! The example programs do what their options, formats and exit statuses promise.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use chrono::TimeDelta;
use lmsync::{Clock, SystemClock};
use lmsync_testkit::fleet::{Fleet, FleetSpec, Machine};
use lmsync_testkit::superops::{RowFault, SuperOpsSimulator};
use lmsync_testkit::syncro::{SyncroSimulator, SyncroSpec};
use serde_json::{Value, json};

use self::support::{Account, Folder, Program, Run, SUBDOMAIN, TOKEN, json_lines, start};

const PROGRAMS: [&str; 2] = ["full_sync", "check_connection"];

/// A sync of the accounts in `config`, with output and report in `folder`.
fn sync(folder: &Folder, config: &Path) -> Program {
    Program::new("full_sync")
        .arg("--config")
        .arg(config)
        .arg("--output")
        .arg(folder.path("out.jsonl"))
        .arg("--report")
        .arg(folder.path("report.json"))
}

/// Runs `program` on `config` without further options.
fn run(program: &str, config: &Path) -> Run {
    Program::new(program).arg("--config").arg(config).run()
}

fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["record"] == kind).collect()
}

fn expect_valid_assets(assets: &[&Value]) {
    let schema = serde_json::from_str(include_str!("fixtures/asset.schema.json")).unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    for asset in assets {
        let errors: Vec<_> = validator
            .iter_errors(asset)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?} in {asset}");
    }
}

fn ids(records: &[&Value]) -> BTreeSet<String> {
    records
        .iter()
        .map(|record| record["source"]["vendor_id"].as_str().unwrap().to_owned())
        .collect()
}

fn count(machines: impl Iterator<Item = Machine>) -> u64 {
    machines.count() as u64
}

mod full_sync {
    use super::*;

    #[test]
    fn without_arguments_the_embedded_simulators_are_read() {
        let run = Program::new("full_sync").run().expect(0);
        assert_eq!(run.stdout, "");
        assert!(run.stderr.contains("superops"), "{}", run.stderr);
        assert!(run.stderr.contains("complete"), "{}", run.stderr);
        assert!(
            !run.stderr.contains('\u{1b}'),
            "no terminal, no control sequences"
        );
    }

    #[test]
    fn every_product_is_read_completely_and_every_record_has_its_form() {
        let folder = Folder::new();
        Program::new("full_sync")
            .arg("--output")
            .arg(folder.path("out.jsonl"))
            .arg("--report")
            .arg(folder.path("report.json"))
            .run()
            .expect(0);
        let report = folder.json("report.json");
        let lines = folder.lines("out.jsonl");
        let products = ["superops", "syncro", "cwrmm", "halo-psa", "halo-itsm"];
        let connectors = report["connectors"].as_array().unwrap();
        assert_eq!(connectors.len(), products.len());
        for (connector, product) in connectors.iter().zip(products) {
            assert_eq!(connector["vendor"], product);
            assert_eq!(connector["complete"], true, "{connector}");
            assert_eq!(connector["assets"], 250, "{connector}");
            assert_eq!(connector["customers"], 12, "{connector}");
            assert_eq!(connector["rejected"], json!([]), "{connector}");
            let is_halo = product.starts_with("halo");
            assert_eq!(connector["software"].as_u64().unwrap() > 0, is_halo);
            for kind in ["asset", "customer", "software"] {
                let written = of_kind(&lines, kind)
                    .iter()
                    .filter(|line| line["source"]["connector"] == product)
                    .count() as u64;
                let counted = connector[match kind {
                    "software" => "software".to_owned(),
                    kind => format!("{kind}s"),
                }]
                .as_u64();
                assert_eq!(Some(written), counted, "{kind} of {product}");
            }
        }
        expect_valid_assets(&of_kind(&lines, "asset"));
        for software in of_kind(&lines, "software") {
            assert!(!software["name"].as_str().unwrap().is_empty());
            for field in [
                "publisher",
                "version",
                "customer",
                "seats",
                "start_date",
                "end_date",
            ] {
                assert!(software.get(field).is_some(), "{field} in {software}");
            }
            assert!(software["issues"].is_array());
        }
    }

    #[test]
    fn neither_a_proxy_nor_missing_certificates_come_between_it_and_loopback() {
        Program::new("full_sync")
            .env("HTTP_PROXY", "http://127.0.0.1:9")
            .env("http_proxy", "http://127.0.0.1:9")
            .env("ALL_PROXY", "http://127.0.0.1:9")
            .env("SSL_CERT_FILE", "/nonexistent")
            .env("SSL_CERT_DIR", "/nonexistent")
            .run()
            .expect(0);
    }

    #[test]
    fn every_asset_line_is_valid_by_the_schema() {
        let account = Account::start();
        let folder = Folder::new();
        sync(&folder, &folder.config(&account.table("demo", TOKEN, "")))
            .run()
            .expect(0);
        let lines = folder.lines("out.jsonl");
        let assets = of_kind(&lines, "asset");
        assert_eq!(assets.len(), account.fleet.len());
        expect_valid_assets(&assets);
    }

    #[test]
    fn every_line_is_a_record_with_its_documented_fields() {
        let account = Account::start();
        let folder = Folder::new();
        sync(&folder, &folder.config(&account.table("demo", TOKEN, "")))
            .run()
            .expect(0);
        let lines = folder.lines("out.jsonl");
        for line in &lines {
            assert_eq!(line["source"]["connector"], "superops");
            assert_eq!(line["source"]["instance"], "demo");
            assert!(line["source"]["vendor_id"].is_string());
        }
        let customers = of_kind(&lines, "customer");
        for customer in &customers {
            assert!(!customer["name"].as_str().unwrap().is_empty());
            assert!(customer["active"].is_boolean() || customer["active"].is_null());
        }
        assert_eq!(
            of_kind(&lines, "asset").len() + customers.len(),
            lines.len()
        );
    }

    #[test]
    fn the_report_agrees_with_the_output_and_with_the_vendor() {
        let account = Account::start();
        let folder = Folder::new();
        sync(&folder, &folder.config(&account.table("demo", TOKEN, "")))
            .run()
            .expect(0);
        let lines = folder.lines("out.jsonl");
        let machines = account.fleet.len();
        let assets = of_kind(&lines, "asset");
        let expected = account
            .server
            .simulator()
            .with(|simulator| simulator.asset_ids());
        assert_eq!(ids(&assets), expected.into_iter().collect());
        assert_eq!(assets.len(), machines, "none twice");
        let customers = of_kind(&lines, "customer");
        assert_eq!(ids(&customers).len(), account.fleet.customers());

        let report = folder.json("report.json");
        let elapsed = report["connectors"][0]["elapsed_ms"].as_u64().unwrap();
        let unknown = count(
            account
                .fleet
                .machines()
                .filter(|m| m.last_check_in.is_none()),
        );
        let expected = json!({ "connectors": [{
            "vendor": "superops",
            "instance": "demo",
            "complete": true,
            "assets": machines,
            "software": 0,
            "customers": account.fleet.customers(),
            "seen": machines,
            "filtered_out": 0,
            "unknown_check_in": unknown,
            "duplicates": 0,
            "rejected": [],
            "requests": account.server.requests(),
            "retries": 0,
            "rate_limited_waits": 0,
            "elapsed_ms": elapsed,
            "error": null,
        }]});
        assert_eq!(report, expected);
    }

    #[test]
    fn windows_keep_what_the_fleet_says() {
        let account = Account::start();
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", TOKEN, ""));
        for (window, days) in [("30", 30), ("60", 60), ("90", 90)] {
            for policy in ["include", "exclude"] {
                let options = ["--window", window, "--unknown-check-in", policy];
                sync(&folder, &config).args(options).run().expect(0);
                let expected = machines_within(&account.fleet, days, policy == "include");
                assert_window(&account.fleet, &folder, expected, days);
            }
        }
    }

    #[test]
    fn all_keeps_everything_whatever_is_said_of_unknown_check_ins() {
        let account = Account::start();
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", TOKEN, ""));
        for policy in ["include", "exclude"] {
            let options = ["--window", "all", "--unknown-check-in", policy];
            sync(&folder, &config).args(options).run().expect(0);
            let lines = folder.lines("out.jsonl");
            assert_eq!(of_kind(&lines, "asset").len(), account.fleet.len());
            assert_eq!(
                folder.json("report.json")["connectors"][0]["filtered_out"],
                0
            );
        }
    }

    #[test]
    fn assets_that_never_checked_in_are_left_out_of_a_window_by_default() {
        let account = Account::start();
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", TOKEN, ""));
        sync(&folder, &config)
            .args(["--window", "90"])
            .run()
            .expect(0);
        let expected = machines_within(&account.fleet, 90, false);
        assert_window(&account.fleet, &folder, expected, 90);
    }

    fn machines_within(fleet: &Fleet, days: i64, unknown: bool) -> BTreeSet<String> {
        let start = fleet.spec().now - TimeDelta::days(days);
        fleet
            .machines()
            .filter(|machine| machine.last_check_in.map_or(unknown, |at| at >= start))
            .map(|machine| SuperOpsSimulator::asset_id(&machine))
            .collect()
    }

    fn assert_window(fleet: &Fleet, folder: &Folder, expected: BTreeSet<String>, days: i64) {
        let start = fleet.spec().now - TimeDelta::days(days);
        let lines = folder.lines("out.jsonl");
        assert_eq!(ids(&of_kind(&lines, "asset")), expected);
        let report = &folder.json("report.json")["connectors"][0];
        let earlier = |machine: &Machine| machine.last_check_in.is_some_and(|at| at < start);
        let never = |machine: &Machine| machine.last_check_in.is_none();
        assert_eq!(report["seen"], fleet.len());
        assert_eq!(report["assets"], expected.len());
        assert_eq!(
            report["filtered_out"],
            count(fleet.machines().filter(earlier))
        );
        assert_eq!(
            report["unknown_check_in"],
            count(fleet.machines().filter(never))
        );
        assert_eq!(report["complete"], true);
    }

    #[test]
    fn standard_output_holds_records_and_nothing_else() {
        let account = Account::start();
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", TOKEN, ""));
        let run = Program::new("full_sync")
            .arg("--config")
            .arg(config)
            .args(["--output", "-"])
            .run()
            .expect(0);
        let records = account.fleet.len() + account.fleet.customers();
        assert_eq!(json_lines(&run.stdout).len(), records);
        assert!(
            run.stderr.contains("status"),
            "the table is on standard error"
        );
    }

    #[test]
    fn quiet_says_nothing_unless_something_is_wrong() {
        let account = Account::start();
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", TOKEN, ""));
        let run = sync(&folder, &config).arg("--quiet").run().expect(0);
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));

        let config = folder.config(&account.table("demo", "wrong", ""));
        let run = sync(&folder, &config).arg("--quiet").run().expect(1);
        assert!(run.stderr.contains("hint: "), "{}", run.stderr);
        assert!(!run.stderr.contains("status"), "no table: {}", run.stderr);
    }

    #[test]
    fn a_wrong_token_is_an_authentication_error_with_a_hint() {
        let account = Account::start();
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", "wrong", ""));
        let run = sync(&folder, &config).run().expect(1);
        let report = &folder.json("report.json")["connectors"][0];
        assert_eq!(report["complete"], false);
        assert_eq!(report["error"]["kind"], "authentication");
        assert!(
            report["error"]["hint"]
                .as_str()
                .unwrap()
                .contains("API token")
        );
        assert!(run.stderr.contains("API token"), "{}", run.stderr);
        assert_eq!(folder.text("out.jsonl"), "");
    }

    #[test]
    fn one_failing_connector_stops_no_other() {
        let account = Account::start();
        let folder = Folder::new();
        let tables = [
            account.table("broken", "wrong", ""),
            account.table("good", TOKEN, ""),
        ];
        sync(&folder, &folder.config(&tables.concat()))
            .run()
            .expect(1);
        let report = folder.json("report.json");
        let [broken, good] = report["connectors"].as_array().unwrap().as_slice() else {
            panic!("two connectors, in the order of the file: {report}");
        };
        assert_eq!(broken["instance"], "broken");
        assert_eq!(
            (&broken["complete"], &broken["assets"]),
            (&json!(false), &json!(0))
        );
        assert_eq!(good["instance"], "good");
        assert_eq!(good["complete"], true);
        let lines = folder.lines("out.jsonl");
        assert!(
            lines
                .iter()
                .all(|line| line["source"]["instance"] == "good")
        );
        assert_eq!(of_kind(&lines, "asset").len(), account.fleet.len());
    }

    #[test]
    fn two_accounts_at_once_never_mix_their_lines() {
        let (one, other) = (Account::with_machines(450), Account::with_machines(320));
        let folder = Folder::new();
        let tables = [one.table("one", TOKEN, ""), other.table("other", TOKEN, "")];
        sync(&folder, &folder.config(&tables.concat()))
            .run()
            .expect(0);
        let lines = folder.lines("out.jsonl");
        for (name, account) in [("one", &one), ("other", &other)] {
            let of_account = of_kind(&lines, "asset")
                .into_iter()
                .filter(|asset| asset["source"]["instance"] == name);
            assert_eq!(of_account.count(), account.fleet.len());
        }
    }

    #[test]
    fn customers_that_may_not_be_listed_make_the_account_incomplete() {
        let account = Account::start();
        account
            .server
            .simulator()
            .with(|simulator| simulator.permissions().clients = false);
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", TOKEN, ""));
        sync(&folder, &config).run().expect(1);
        let report = &folder.json("report.json")["connectors"][0];
        assert_eq!(report["assets"], account.fleet.len());
        assert_eq!(report["complete"], false);
        assert_eq!(report["error"]["kind"], "permission");
    }

    #[test]
    fn a_record_that_cannot_be_read_is_reported_and_the_others_are_kept() {
        let account = Account::start();
        account.server.simulator().with(|simulator| {
            let id = simulator.asset_ids()[7].clone();
            assert!(simulator.fault_asset(&id, Some(RowFault::Null)));
        });
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", TOKEN, ""));
        let run = sync(&folder, &config).run().expect(0);
        let report = &folder.json("report.json")["connectors"][0];
        assert_eq!(report["assets"], account.fleet.len() - 1);
        assert_eq!(report["seen"], account.fleet.len());
        let rejected = report["rejected"].as_array().unwrap();
        assert_eq!(rejected.len(), 1);
        assert!(!rejected[0]["reason"].as_str().unwrap().is_empty());
        assert!(run.stderr.contains("rejected: "), "{}", run.stderr);
    }

    #[test]
    fn the_top_customers_are_shown_with_their_counts() {
        let account = Account::start();
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", TOKEN, ""));
        let run = sync(&folder, &config).run().expect(0);
        let fleet = &account.fleet;
        let of_first = fleet
            .machines()
            .filter(|machine| machine.customer == 0)
            .count();
        let first = format!("{} {of_first}", fleet.customer(0).name);
        assert!(run.stderr.contains(&first), "{first} in {}", run.stderr);
        let more = format!("and {} more customers", fleet.customers() - 5);
        assert!(run.stderr.contains(&more), "{more} in {}", run.stderr);
    }

    #[test]
    fn a_closed_pipe_ends_the_run_with_a_message() {
        let account = Account::start();
        let folder = Folder::new();
        let mut child = Program::new("full_sync")
            .arg("--config")
            .arg(folder.config(&account.table("demo", TOKEN, "")))
            .args(["--output", "-"])
            .arg("--report")
            .arg(folder.path("report.json"))
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let run = Run::of(child.wait_with_output().unwrap()).expect(1);
        assert!(
            run.stderr.contains("cannot write to standard output"),
            "{}",
            run.stderr
        );
        assert!(!run.stderr.contains("panic"), "{}", run.stderr);
        assert_eq!(
            folder.json("report.json")["connectors"][0]["vendor"],
            "superops"
        );
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_before_anything_is_sent() {
        let account = Account::start();
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", TOKEN, ""));
        for option in ["--output", "--report"] {
            let run = Program::new("full_sync")
                .arg("--config")
                .arg(&config)
                .arg(option)
                .arg(folder.path("no such folder/file"))
                .run()
                .expect(2);
            assert!(run.stderr.contains("no such folder"), "{}", run.stderr);
        }
        assert_eq!(account.server.requests(), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_and_nothing_is_called_complete() {
        let account = Account::with_machines(1);
        let folder = Folder::new();
        let run = Program::new("full_sync")
            .arg("--config")
            .arg(folder.config(&account.table("demo", TOKEN, "")))
            .args(["--output", "/dev/full"])
            .arg("--report")
            .arg(folder.path("report.json"))
            .run()
            .expect(1);
        assert!(
            run.stderr.contains("cannot write to /dev/full"),
            "{}",
            run.stderr
        );
        assert_eq!(
            folder.json("report.json")["connectors"][0]["complete"],
            false
        );
    }

    #[cfg(unix)]
    #[test]
    fn ctrl_c_stops_the_run_and_the_report_is_still_written() {
        // An account that takes the request and never answers.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let folder = Folder::new();
        let table = format!(
            "[[connector]]\nvendor = \"superops\"\nname = \"silent\"\n\
             endpoint = \"http://{}\"\nsubdomain = \"acme\"\napi_token = \"{TOKEN}\"\n",
            silent.local_addr().unwrap()
        );
        let config = folder.config(&table);
        let child = sync(&folder, &config)
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut request, _) = silent.accept().unwrap();
        request.read_exact(&mut [0; 4]).unwrap();
        interrupt(child.id());
        let run = Run::of(child.wait_with_output().unwrap()).expect(1);
        let report = &folder.json("report.json")["connectors"][0];
        assert_eq!(report["complete"], false);
        assert_eq!(report["error"]["kind"], "cancelled");
        assert!(run.stderr.contains("interrupted"), "{}", run.stderr);
    }

    #[cfg(unix)]
    fn interrupt(process: u32) {
        let status = std::process::Command::new("kill")
            .args(["-INT", &process.to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }
}

mod check_connection {
    use super::*;

    /// The one connector in the JSON answer, whose form is checked.
    fn answer(run: &Run) -> Value {
        let answer: Value = serde_json::from_str(&run.stdout).expect(&run.stdout);
        let [connector] = answer["connectors"].as_array().unwrap().as_slice() else {
            panic!("one connector: {answer}");
        };
        assert!(connector["vendor"].is_string() && connector["instance"].is_string());
        let checks = connector["checks"].as_array().unwrap();
        for check in checks {
            assert!(check["name"].is_string() && check["detail"].is_string());
            assert!(check["hint"].is_string() || check["hint"].is_null());
        }
        let all = checks.iter().all(|check| check["ok"] == true);
        assert_eq!(connector["ok"], all);
        assert_eq!(run.status, i32::from(!all));
        connector.clone()
    }

    fn verdicts(connector: &Value) -> Vec<(&str, bool)> {
        connector["checks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|check| (check["name"].as_str().unwrap(), check["ok"] == true))
            .collect()
    }

    fn check(account: &Account, token: &str, options: &[&str]) -> Run {
        let folder = Folder::new();
        let config = folder.config(&account.table("demo", token, ""));
        let program = Program::new("check_connection").arg("--config").arg(config);
        options.iter().fold(program, Program::arg).run()
    }

    #[test]
    fn without_arguments_the_embedded_simulators_are_checked() {
        let run = Program::new("check_connection").run().expect(0);
        assert_eq!(run.stderr, "");
        for word in [
            "superops",
            "reachable",
            "read_assets",
            "250 assets visible",
            "ok",
        ] {
            assert!(run.stdout.contains(word), "{word} in {}", run.stdout);
        }
    }

    #[test]
    fn every_check_passes_with_the_right_token() {
        let account = Account::start();
        let run = check(&account, TOKEN, &["--json"]).expect(0);
        assert_eq!(run.stderr, "");
        let connector = answer(&run);
        assert_eq!(connector["vendor"], "superops");
        assert_eq!(connector["instance"], "demo");
        let passed = [
            "reachable",
            "authenticated",
            "read_customers",
            "read_assets",
        ];
        assert_eq!(verdicts(&connector), passed.map(|name| (name, true)));
    }

    #[test]
    fn a_wrong_token_fails_at_the_right_check_with_a_hint() {
        let account = Account::start();
        let run = check(&account, "wrong", &["--json"]).expect(1);
        let connector = answer(&run);
        assert_eq!(
            verdicts(&connector)[..2],
            [("reachable", true), ("authenticated", false)]
        );
        let hint = connector["checks"][1]["hint"].as_str().unwrap();
        assert!(hint.contains("API token"), "{hint}");

        let run = check(&account, "wrong", &[]).expect(1);
        assert!(
            run.stdout.contains("failed") && run.stdout.contains(hint),
            "{}",
            run.stdout
        );
    }

    #[test]
    fn a_missing_permission_fails_only_its_own_check() {
        let account = Account::start();
        account
            .server
            .simulator()
            .with(|simulator| simulator.permissions().clients = false);
        let run = check(&account, TOKEN, &["--json"]).expect(1);
        let connector = answer(&run);
        let failed: Vec<_> = verdicts(&connector)
            .into_iter()
            .filter_map(|(name, ok)| (!ok).then_some(name))
            .collect();
        assert_eq!(failed, ["read_customers"]);
    }

    #[test]
    fn two_way_sync_is_checked_only_when_asked_for() {
        let account = Account::start();
        let names = |run: &Run| {
            let connector = answer(run);
            let names = verdicts(&connector)
                .into_iter()
                .map(|(name, _)| name.to_owned());
            names.collect::<Vec<_>>()
        };
        let without = names(&check(&account, TOKEN, &["--json"]));
        let with = names(&check(&account, TOKEN, &["--json", "--two-way"]));
        assert!(!without.contains(&"write_dates".to_owned()));
        assert_eq!(with, [without, vec!["write_dates".to_owned()]].concat());
    }
}

mod command_line {
    use super::*;

    #[test]
    fn help_is_no_error_and_a_wrong_option_is() {
        for program in PROGRAMS {
            let run = Program::new(program).arg("--help").run().expect(0);
            assert!(run.stdout.contains("--config"), "{}", run.stdout);
            Program::new(program)
                .arg("--no-such-option")
                .run()
                .expect(2);
            Program::new(program).arg("stray").run().expect(2);
        }
    }

    #[test]
    fn only_the_documented_values_are_taken() {
        for options in [
            ["--window", "45"],
            ["--window", "0"],
            ["--window", "ALL"],
            ["--window", ""],
            ["--unknown-check-in", "maybe"],
        ] {
            let run = Program::new("full_sync").args(options).run().expect(2);
            assert!(run.stderr.contains(options[0]), "{}", run.stderr);
        }
    }
}

mod configuration {
    use super::*;

    /// Asserts that both programs refuse `config`, name each of `words` and send nothing.
    #[track_caller]
    fn refused(account: &Account, config: &str, words: &[&str]) {
        let folder = Folder::new();
        let path = folder.config(config);
        for program in PROGRAMS {
            let run = run(program, &path).expect(2);
            assert_eq!(run.stdout, "");
            for word in words {
                assert!(run.stderr.contains(word), "{word} in {}", run.stderr);
            }
            assert!(!run.stderr.contains(TOKEN), "{}", run.stderr);
        }
        assert_eq!(account.server.requests(), 0);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_table() {
        let account = Account::start();
        let good = account.table("good", TOKEN, "");
        let odd = account.table("odd", TOKEN, "colour = \"blue\"");
        refused(
            &account,
            &(good.clone() + &odd),
            &["colour", "connector 2", "superops, odd"],
        );
        refused(
            &account,
            &format!("colour = 1\n{good}"),
            &["colour", "top level"],
        );
        refused(&account, &format!("{good}\n[extra]\nkey = 1\n"), &["extra"]);
        refused(
            &account,
            &account.table("odd", TOKEN, "hostname = \"x\""),
            &["hostname"],
        );
    }

    #[test]
    fn a_file_without_accounts_is_refused() {
        let account = Account::start();
        let one = "[connector]\nvendor = \"superops\"\n";
        for config in [
            "",
            "# nothing\n",
            "connector = []\n",
            "connector = 1\n",
            one,
        ] {
            refused(&account, config, &["[[connector]]"]);
        }
        for program in PROGRAMS {
            let run = run(program, Path::new("no such file.toml")).expect(2);
            assert!(run.stderr.contains("no such file.toml"), "{}", run.stderr);
        }
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let account = Account::start();
        let tables = [
            account.table("one", "", ""),
            account.table("two", TOKEN, ""),
            account
                .table("three", TOKEN, "")
                .replace(SUBDOMAIN, "no subdomain"),
        ];
        let words = ["superops, one", "API token", "superops, three", "subdomain"];
        refused(&account, &tables.concat(), &words);
    }

    #[test]
    fn a_vendor_must_be_known() {
        let account = Account::start();
        let config = account
            .table("demo", TOKEN, "")
            .replace("superops", "superhero");
        refused(&account, &config, &["superhero", "connector 1"]);
        let config = account.table("demo", TOKEN, "").replace("vendor", "vender");
        refused(&account, &config, &["vendor", "connector 1"]);
    }

    #[test]
    fn a_provider_has_the_same_subdomain_in_many_products() {
        let account = Account::start();
        let spec = SyncroSpec::new(Fleet::new(FleetSpec::new(30, SystemClock::new().now())));
        let syncro = format!(
            "[[connector]]\nvendor = \"syncro\"\nhostname = \"{SUBDOMAIN}\"\napi_key = \"{}\"\n",
            spec.api_key
        );
        let server = start(SyncroSimulator::new(spec)).unwrap();
        let syncro = format!("{syncro}endpoint = \"{}\"\n", server.uri());
        let superops = account.table("x", TOKEN, "").replace("name = \"x\"\n", "");
        let folder = Folder::new();
        sync(&folder, &folder.config(&format!("{superops}{syncro}")))
            .run()
            .expect(0);
        let report = folder.json("report.json");
        for connector in report["connectors"].as_array().unwrap() {
            assert_eq!(connector["instance"], SUBDOMAIN);
        }
    }

    #[test]
    fn names_are_unique_given_or_derived() {
        let account = Account::start();
        let given = account.table("twin", TOKEN, "");
        refused(
            &account,
            &given.repeat(2),
            &["twin", "connector 1", "connector 2"],
        );
        let derived = account.table("x", TOKEN, "").replace("name = \"x\"\n", "");
        refused(
            &account,
            &derived.repeat(2),
            &[SUBDOMAIN, "connector 2", "hint"],
        );
    }

    #[test]
    fn values_that_cannot_work_are_refused_with_a_hint() {
        let account = Account::start();
        for token in ["", "  ", "Bearer", "Bearer ", "two words"] {
            refused(
                &account,
                &account.table("demo", token, ""),
                &["API token", "hint"],
            );
        }
        for subdomain in [
            "",
            "evil.com/.superops.ai",
            "https://evil.com/#.superops.ai",
            "a b",
        ] {
            let config = account
                .table("demo", TOKEN, "")
                .replace(SUBDOMAIN, subdomain);
            refused(&account, &config, &["subdomain", "hint"]);
        }
        let table = account.table("demo", TOKEN, "");
        for endpoint in [
            "http://api.superops.ai",
            "http://127.0.0.1.evil.com",
            "ftp://127.0.0.1",
            "not a url",
        ] {
            let config = table.replace(&account.server.uri(), endpoint);
            refused(&account, &config, &["endpoint"]);
        }
        refused(
            &account,
            &account.table("demo", TOKEN, "concurrency = 0"),
            &["concurrency"],
        );
        refused(
            &account,
            &account.table("demo", TOKEN, "region = \"moon\""),
            &["moon"],
        );
    }

    #[test]
    fn broken_toml_names_the_line_and_quotes_no_secret() {
        let account = Account::start();
        for line in [
            format!("api_token = \"{TOKEN}"),
            format!("api_token = {TOKEN}"),
            format!("api_token = \"{TOKEN}\" region = \"us\""),
            format!("vendor = \"{TOKEN}\""),
        ] {
            let config = format!("[[connector]]\nvendor = \"superops\"\n{line}\n");
            refused(&account, &config, &["line 3"]);
        }
    }

    #[test]
    fn a_secret_of_the_wrong_type_is_not_quoted_either() {
        let account = Account::start();
        for value in [
            format!("{{ value = \"{TOKEN}\" }}"),
            format!("[\"{TOKEN}\"]"),
            format!("{{ env = [\"{TOKEN}\"] }}"),
            format!("{{ env = {{ value = \"{TOKEN}\" }} }}"),
        ] {
            let table = account.table("demo", "here", "");
            refused(
                &account,
                &table.replace("\"here\"", &value),
                &["superops, demo"],
            );
        }
    }

    #[test]
    fn what_people_paste_is_understood() {
        let account = Account::start();
        let pasted = format!("Bearer {TOKEN}");
        for subdomain in [
            "https://acmemsp.superops.ai/",
            "acmemsp.superops.com",
            " ACMEMSP ",
        ] {
            let folder = Folder::new();
            let table = account.table("demo", &pasted, "").replace(
                &format!("subdomain = \"{SUBDOMAIN}\""),
                &format!("subdomain = \"{subdomain}\""),
            );
            let config = folder.config(&table);
            for program in PROGRAMS {
                run(program, &config).expect(0);
            }
        }
    }

    #[test]
    fn a_secret_may_come_from_the_environment() {
        let account = Account::start();
        let folder = Folder::new();
        let table = account.table("demo", "here", "");
        let config = folder.config(&table.replace("\"here\"", "{ env = \"LMSYNC_TEST_TOKEN\" }"));
        for program in PROGRAMS {
            Program::new(program)
                .arg("--config")
                .arg(&config)
                .env("LMSYNC_TEST_TOKEN", TOKEN)
                .run()
                .expect(0);
        }
        let sent = account.server.requests();
        for program in PROGRAMS {
            let run = run(program, &config).expect(2);
            assert!(run.stderr.contains("LMSYNC_TEST_TOKEN"), "{}", run.stderr);
        }
        assert_eq!(account.server.requests(), sent);
    }
}

mod secrets {
    use super::*;

    #[test]
    fn nothing_that_is_written_holds_the_token() {
        let account = Account::start();
        let wrong = "an0ther-s3cr3t-that-is-wr0ng";
        let folder = Folder::new();
        let tables = [
            account.table("good", TOKEN, ""),
            account.table("bad", wrong, ""),
        ];
        let config = folder.config(&tables.concat());
        // The usual way to make a Rust program talk.
        let loud = |program: Program| program.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        let synced = loud(sync(&folder, &config)).run().expect(1);
        let checked = loud(
            Program::new("check_connection")
                .arg("--config")
                .arg(&config),
        )
        .run()
        .expect(1);
        for text in [
            synced.stdout,
            synced.stderr,
            checked.stdout,
            checked.stderr,
            folder.text("out.jsonl"),
            folder.text("report.json"),
        ] {
            assert!(!text.contains(TOKEN) && !text.contains(wrong), "{text}");
        }
    }
}

mod teaching {
    use super::*;

    #[test]
    fn the_small_examples_run_to_the_end() {
        let run = Program::new("list_assets").run().expect(0);
        assert!(
            run.stdout.ends_with("250 assets, complete: true\n"),
            "{}",
            run.stdout
        );
        let run = Program::new("own_connector").run().expect(0);
        assert!(run.stdout.contains("complete: true"), "{}", run.stdout);
    }
}
