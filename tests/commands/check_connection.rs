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
