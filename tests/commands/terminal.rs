//! Text on a terminal, and its end when nobody is there to see it.

use std::io;

use super::*;

/// A name with marks that reverse, hide or break what is read.
const NAME: &str = "ac\u{202e}me\u{200b}\u{e0041}\u{2028}\u{1b}[2J\u{85}\u{feff}\u{61c}\u{2066}x";

fn is_mark(letter: char) -> bool {
    NAME.contains(letter) && !letter.is_ascii_graphic()
}

/// A configuration of `account` under [`NAME`].
fn marked(account: &Account, folder: &Folder) -> std::path::PathBuf {
    let name = toml::to_string(&json!({ "name": NAME })).unwrap();
    let table = account.table("plain", TOKEN, "");
    folder.config(&table.replace("name = \"plain\"\n", &name))
}

#[test]
fn marks_in_names_are_not_shown_and_stay_in_json() {
    let account = Account::with_machines(2);
    let folder = Folder::new();
    let config = marked(&account, &folder);
    let run = sync(&folder, &config).run().expect(0);
    assert!(run.stderr.contains("ac me"), "{}", run.stderr);
    let mut shown = vec![run.stdout, run.stderr];
    assert_eq!(
        folder.json("report.json")["connectors"][0]["instance"],
        NAME
    );
    let lines = folder.lines("out.jsonl");
    assert!(lines.iter().all(|line| line["source"]["instance"] == NAME));

    let run = on("check_connection", &config).run().expect(0);
    assert!(run.stdout.contains("ac me"), "{}", run.stdout);
    shown.extend([run.stdout, run.stderr]);
    let json = on("check_connection", &config)
        .arg("--json")
        .run()
        .expect(0);
    let answer: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(answer["connectors"][0]["instance"], NAME);

    let id = account
        .server
        .simulator()
        .with(|vendor| vendor.asset_ids()[0].clone());
    let wish = json!({ "asset": { "instance": NAME, "vendor_id": id },
        "warranty_expiry": "2027-05-31", "source": "lookup" });
    let odd =
        json!({ "serial": format!("{NAME}7"), "purchase_date": "2024-03-01", "source": "manual" });
    std::fs::write(folder.path("dates.jsonl"), format!("{wish}\n{odd}\n")).unwrap();
    let run = Program::new("two_way_sync")
        .arg("--config")
        .arg(&config)
        .arg("--dates")
        .arg(folder.path("dates.jsonl"))
        .args(["--fields", "purchase_date,warranty_expiry"])
        .arg("--plan")
        .arg(folder.path("plan.jsonl"))
        .run()
        .expect(1);
    assert!(run.stdout.contains("ac me"), "{}", run.stdout);
    shown.extend([run.stdout, run.stderr]);
    assert_eq!(folder.lines("plan.jsonl")[0]["asset"]["instance"], NAME);

    // Errors, too.
    let config = folder.config(
        &account
            .table("plain", TOKEN, "")
            .replace("superops", "super\u{202e}ops"),
    );
    shown.push(on("full_sync", &config).run().expect(2).stderr);
    for text in shown {
        // A program's own lines end as lines do.
        let found = text
            .chars()
            .find(|letter| *letter != '\n' && is_mark(*letter));
        assert_eq!(found, None, "{text:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_standard_output_that_is_closed_is_told_and_nothing_is_called_complete() {
    let account = Account::with_machines(2);
    let folder = Folder::new();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    for program in [
        on("full_sync", &config).args(["--output", "-"]),
        on("two_way_sync", &config).args(["--plan", "-"]),
    ] {
        let run = program.in_shell(r#"exec "$@" >&-"#).run().expect(1);
        assert!(run.stderr.contains("standard output"), "{}", run.stderr);
        assert!(!run.stderr.contains("panic"), "{}", run.stderr);
    }
    // Nobody is missing where nothing is written to it, nor where it is thrown away on purpose.
    on("full_sync", &config)
        .in_shell(r#"exec "$@" >&-"#)
        .run()
        .expect(0);
    let thrown = on("full_sync", &config).args(["--output", "-"]);
    thrown.in_shell(r#"exec "$@" >/dev/null"#).run().expect(0);
}

#[cfg(unix)]
#[test]
fn whoever_wants_the_exit_status_alone_may_throw_the_table_away() {
    let account = Account::with_machines(2);
    let folder = Folder::new();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    for program in ["check_connection", "two_way_sync"] {
        // For writing, for reading and writing as other programs open it, and closed.
        for thrown in ["1>/dev/null", "1<>/dev/null", ">&-"] {
            let shell = format!(r#"exec "$@" {thrown}"#);
            on(program, &config).in_shell(&shell).run().expect(0);
        }
    }
}

#[cfg(unix)]
#[test]
fn nobody_at_the_other_end_of_a_pipe_is_no_panic() {
    for program in [
        "check_connection",
        "two_way_sync",
        "list_assets",
        "own_connector",
        "cursor_connector",
    ] {
        let mut command = Program::new(program).command();
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = command.stdout(writer).stderr(Stdio::piped()).output();
        let run = Run::of(output.unwrap()).expect(1);
        assert!(!run.stderr.contains("panic"), "{program}: {}", run.stderr);
        assert!(run.stderr.contains("ipe"), "{program}: {}", run.stderr);
    }
}
