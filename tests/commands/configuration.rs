use super::*;

/// Asserts that both programs refuse `config`, name each of `words` and send nothing.
#[track_caller]
fn refused(account: &Account, config: &str, words: &[&str]) {
    let folder = Folder::new();
    let path = folder.config(config);
    for program in PROGRAMS {
        let run = on(program, &path).run().expect(2);
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
    let network = |setting: &str| format!("{good}\n[network]\n{setting}\n");
    refused(&account, &network("proxi = 1"), &["[network]", "proxi"]);
    let unreadable = "certificates = [\"no-such.pem\"]";
    refused(
        &account,
        &network(unreadable),
        &["[network]", "no-such.pem"],
    );
    let password = format!("proxy_password = {{ secret = \"{TOKEN}\" }}");
    refused(&account, &network(&password), &["[network]", "secret"]);
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
        let run = on(program, Path::new("no such file.toml")).run().expect(2);
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
    let fleet = Fleet::new(FleetSpec::new(30, SystemClock::new().now()));
    let demo = Demo::of("syncro").unwrap();
    let server = start(demo.simulator(fleet, Limits::Documented)).unwrap();
    let syncro = tables([demo.keys(&server.uri())].into_iter());
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
        &["`region`", "moon"],
    );
}

#[test]
fn a_value_of_the_wrong_type_is_told_with_its_key() {
    let account = Account::start();
    for (line, key) in [
        ("concurrency = \"many\"", "`concurrency`"),
        ("region = 5", "`region`"),
    ] {
        refused(&account, &account.table("odd", TOKEN, line), &[key]);
    }
    let nested = "[[connector]]\nvendor = \"cwrmm\"\nfields = { warranty_expiry = 5 }\n";
    refused(&account, nested, &["`fields.warranty_expiry`", "5"]);
    let table = account.table("demo", TOKEN, "");
    let vendor = "vendor = \"superops\"";
    assert!(table.contains(vendor));
    for (other, words) in [
        ("vendor = 5", ["`vendor`", "5"]),
        ("vendor = \"super\"", ["`vendor`", "`halo-psa`"]),
        ("", ["missing", "`vendor`"]),
    ] {
        refused(&account, &table.replace(vendor, other), &words);
    }
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
            on(program, &config).run().expect(0);
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
        on(program, &config)
            .env("LMSYNC_TEST_TOKEN", TOKEN)
            .run()
            .expect(0);
    }
    let sent = account.server.requests();
    for program in PROGRAMS {
        let run = on(program, &config).run().expect(2);
        assert!(run.stderr.contains("LMSYNC_TEST_TOKEN"), "{}", run.stderr);
    }
    assert_eq!(account.server.requests(), sent);
}
