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
    let connectors = report["connectors"].as_array().unwrap();
    assert_eq!(connectors.len(), DEMO.len());
    for (connector, demo) in connectors.iter().zip(DEMO) {
        let product = demo.vendor;
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
    support::send("INT", child.id());
    let run = Run::of(child.wait_with_output().unwrap()).expect(1);
    let report = &folder.json("report.json")["connectors"][0];
    assert_eq!(report["complete"], false);
    assert_eq!(report["error"]["kind"], "cancelled");
    assert!(run.stderr.contains("interrupted"), "{}", run.stderr);
}
