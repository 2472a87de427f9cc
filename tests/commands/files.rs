//! Files that programs read and write: none is taken for another, and each is whole or as it was.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, symlink};

#[cfg(unix)]
use super::support::permit;
use super::*;

/// The text that an earlier run left in a file.
const YESTERDAY: &str = "{\"record\":\"yesterday\"}\n";

/// Asserts that the program is refused since the options `one` and `other` name the same file, that
/// nothing in the folder is changed, and that nothing is sent.
#[track_caller]
fn refused(account: &Account, folder: &Folder, program: Program, [one, other]: [&str; 2]) {
    let before: Vec<_> = folder.names().into_iter().collect();
    let content = |name: &String| fs::read(folder.path(name)).ok();
    let contents: Vec<_> = before.iter().map(content).collect();
    let run = program.run().expect(2);
    for word in [one, other, "the same file", "hint"] {
        assert!(run.stderr.contains(word), "{word} in {}", run.stderr);
    }
    assert_eq!(before, folder.names().into_iter().collect::<Vec<_>>());
    assert_eq!(contents, before.iter().map(content).collect::<Vec<_>>());
    assert_eq!(account.server.requests(), 0);
}

/// Every pair of `options`.
fn pairs<const N: usize>(options: [&'static str; N]) -> Vec<[&'static str; 2]> {
    let later = |place: usize| options.into_iter().skip(place + 1);
    let pairs = options.into_iter().enumerate();
    pairs
        .flat_map(|(place, one)| later(place).map(move |other| [one, other]))
        .collect()
}

#[test]
fn two_options_with_the_same_file_are_refused_before_anything_is_opened() {
    let account = Account::with_machines(1);
    for (program, pairs) in [
        ("full_sync", pairs(["--config", "--output", "--report"])),
        (
            "two_way_sync",
            pairs(["--config", "--dates", "--plan", "--journal"]),
        ),
    ] {
        for pair in pairs {
            let folder = Folder::new();
            let config = folder.config(&account.table("acme", TOKEN, ""));
            let path = folder.path("file");
            fs::write(&path, YESTERDAY).unwrap();
            let mut started = Program::new(program);
            for option in pair {
                started = started.args([option]).arg(&path);
            }
            if !pair.contains(&"--config") {
                started = started.args(["--config"]).arg(&config);
            }
            refused(&account, &folder, started, pair);
        }
    }
    let folder = Folder::new();
    let pending = Program::new("two_way_sync")
        .args(["--journal"])
        .arg(folder.path("journal"))
        .args(["--plan"])
        .arg(folder.path("journal.pending"));
    refused(&account, &folder, pending, ["--plan", "`.pending`"]);
}

#[cfg(unix)]
#[test]
fn a_file_is_the_same_in_whatever_way_it_is_written() {
    let account = Account::with_machines(1);
    let folder = Folder::new();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    let here = |name: &str| folder.path(name);
    fs::create_dir(here("sub")).unwrap();
    fs::write(here("there"), YESTERDAY).unwrap();
    symlink(here("sub"), here("folder")).unwrap();
    symlink("there", here("link")).unwrap();
    symlink(here("link"), here("link of a link")).unwrap();
    fs::hard_link(here("there"), here("hard link")).unwrap();
    symlink("not yet", here("dangling")).unwrap();
    let root = here("");
    for (one, other) in [
        (here("there"), "there"),
        (here("there"), "./there"),
        (here("there"), "sub/../there"),
        (here("there"), "link"),
        (here("link"), "link of a link"),
        (here("there"), "hard link"),
        (here("new"), "new"),
        (here("new"), "./sub/../new"),
        (here("sub/new"), "folder/new"),
        (here("not yet"), "dangling"),
    ] {
        let mut command = Program::new("full_sync")
            .arg("--config")
            .arg(&config)
            .arg("--output")
            .arg(&one)
            .args(["--report", other])
            .command();
        let run = Run::of(command.current_dir(&root).output().unwrap()).expect(2);
        let both = run.stderr.contains("--output and --report");
        assert!(both, "{} and {other}: {}", one.display(), run.stderr);
    }
    assert_eq!(folder.text("there"), YESTERDAY);
    assert!(!here("new").exists() && !here("not yet").exists());
    assert_eq!(account.server.requests(), 0);
}

#[cfg(unix)]
#[test]
fn standard_output_is_one_file_under_all_its_names() {
    let account = Account::with_machines(1);
    let folder = Folder::new();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    let report = folder.path("report.json");
    for (output, report, script) in [
        ("-", Path::new("-"), r#"exec "$@""#),
        ("-", Path::new("/dev/stdout"), r#"exec "$@""#),
        (
            "-",
            &report,
            &format!("exec \"$@\" > '{}'", report.display()),
        ),
    ] {
        let run = Program::new("full_sync")
            .arg("--config")
            .arg(&config)
            .args(["--output", output])
            .arg("--report")
            .arg(report)
            .in_shell(script)
            .run()
            .expect(2);
        assert!(run.stderr.contains("the same file"), "{}", run.stderr);
    }
    assert_eq!(account.server.requests(), 0);
}

#[test]
fn files_that_only_look_the_same_are_taken() {
    let account = Account::with_machines(1);
    let folder = Folder::new();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    fs::create_dir(folder.path("sub")).unwrap();
    // Of one content, or of one name in two folders.
    fs::write(folder.path("a"), YESTERDAY).unwrap();
    fs::write(folder.path("b"), YESTERDAY).unwrap();
    let mut pairs = vec![
        (folder.path("a"), folder.path("b")),
        (folder.path("a"), folder.path("sub/a")),
        (folder.path("a"), folder.path("a.json")),
    ];
    if cfg!(unix) {
        pairs.push(("/dev/null".into(), "/dev/null".into()));
    }
    for (output, report) in pairs {
        Program::new("full_sync")
            .arg("--config")
            .arg(&config)
            .arg("--output")
            .arg(output)
            .arg("--report")
            .arg(report)
            .run()
            .expect(0);
    }
}

#[test]
fn the_last_output_stays_where_a_run_fails_and_the_report_is_new() {
    let account = Account::with_machines(3);
    let folder = Folder::new();
    for name in ["out.jsonl", "report.json"] {
        fs::write(folder.path(name), YESTERDAY).unwrap();
    }
    let wrong = folder.config(&account.table("acme", "wrong", ""));
    let run = sync(&folder, &wrong).run().expect(1);
    assert!(
        run.stderr.contains("nothing was written to") && run.stderr.contains("out.jsonl"),
        "{}",
        run.stderr
    );
    assert_eq!(folder.text("out.jsonl"), YESTERDAY);
    let report = &folder.json("report.json")["connectors"][0];
    assert_eq!(report["error"]["kind"], "authentication");

    // What is wrong with the set-up touches neither.
    let before = folder.text("report.json");
    let config = folder.config("nonsense");
    sync(&folder, &config).run().expect(2);
    assert_eq!(folder.text("out.jsonl"), YESTERDAY);
    assert_eq!(folder.text("report.json"), before);

    // A run that ends by itself is worth more, though one account failed.
    let tables = [
        account.table("broken", "wrong", ""),
        account.table("good", TOKEN, ""),
    ];
    sync(&folder, &folder.config(&tables.concat()))
        .run()
        .expect(1);
    assert_eq!(of_kind(&folder.lines("out.jsonl"), "asset").len(), 3);
    let names = ["accounts.toml", "out.jsonl", "report.json"];
    assert_eq!(folder.names(), names.map(ToOwned::to_owned).into());
}

#[cfg(unix)]
#[test]
fn an_output_that_does_not_fit_leaves_the_last_one_as_it_is() {
    let account = Account::start();
    let folder = Folder::new();
    fs::write(folder.path("out.jsonl"), YESTERDAY).unwrap();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    let run = sync(&folder, &config)
        .in_shell(r#"trap '' XFSZ; ulimit -f 16; exec "$@""#)
        .run()
        .expect(1);
    assert!(run.stderr.contains("cannot write to"), "{}", run.stderr);
    assert_eq!(folder.text("out.jsonl"), YESTERDAY);
    let report = &folder.json("report.json")["connectors"][0];
    assert_eq!(report["complete"], false);
    assert_eq!(folder.names().len(), 3, "{:?}", folder.names());
}

#[cfg(unix)]
#[test]
fn a_link_and_permissions_outlive_the_file_that_is_replaced() {
    let account = Account::with_machines(2);
    let folder = Folder::new();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    let (real, link) = (folder.path("real.jsonl"), folder.path("out.jsonl"));
    fs::write(&real, YESTERDAY).unwrap();
    permit(&real, 0o604);
    symlink("real.jsonl", &link).unwrap();
    sync(&folder, &config)
        .in_shell(r#"umask 027; exec "$@""#)
        .run()
        .expect(0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(of_kind(&folder.lines("real.jsonl"), "asset").len(), 2);
    let mode = |name: &str| {
        fs::metadata(folder.path(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!((mode("real.jsonl"), mode("report.json")), (0o604, 0o640));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_takes_the_output_as_it_comes() {
    let account = Account::with_machines(2);
    let folder = Folder::new();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    let pipe = folder.path("out.jsonl");
    make_pipe(&pipe);
    let run = sync(&folder, &config)
        .in_shell(&format!(
            "cat '{}' & \"$@\"; status=$?; wait; exit $status",
            pipe.display()
        ))
        .run()
        .expect(0);
    assert_eq!(of_kind(&json_lines(&run.stdout), "asset").len(), 2);
    // Written where the shell looks, behind what is there.
    let appended = folder.path("all.jsonl");
    fs::write(&appended, YESTERDAY).unwrap();
    Program::new("full_sync")
        .arg("--config")
        .arg(&config)
        .args(["--quiet", "--output", "/dev/stdout"])
        .in_shell(&format!("\"$@\" >> '{}'", appended.display()))
        .run()
        .expect(0);
    let lines = folder.lines("all.jsonl");
    assert_eq!(lines[0]["record"], "yesterday");
    assert_eq!(of_kind(&lines, "asset").len(), 2);
    // A folder takes nothing.
    let run = Program::new("full_sync")
        .args(["--output"])
        .arg(folder.path(""))
        .run()
        .expect(2);
    assert!(run.stderr.contains("directory"), "{}", run.stderr);
}

#[cfg(unix)]
fn make_pipe(path: &Path) {
    let status = std::process::Command::new("mkfifo").arg(path).status();
    assert!(status.unwrap().success());
}

/// A run that would write dates, with this journal.
fn journalled(folder: &Folder, config: &Path, journal: &Path) -> Program {
    fs::write(folder.path("dates.jsonl"), "").unwrap();
    on("two_way_sync", config).arg("--journal").arg(journal)
}

#[cfg(unix)]
#[test]
fn a_journal_that_is_no_file_is_refused_at_once() {
    let account = Account::with_machines(1);
    let folder = Folder::new();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    let (pipe, link) = (folder.path("pipe"), folder.path("link"));
    make_pipe(&pipe);
    symlink("pipe", &link).unwrap();
    let socket = folder.path("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let paths = [pipe, link, socket, folder.path(""), "/dev/null".into()];
    for path in paths {
        for apply in [false, true] {
            let program = journalled(&folder, &config, &path);
            let program = if apply {
                program.arg("--apply")
            } else {
                program
            };
            let run = program.run().expect(2);
            assert!(run.stderr.contains("no file"), "{}", run.stderr);
        }
    }
    // The second file of a journal, too.
    make_pipe(&folder.path("journal.pending"));
    let journal = folder.path("journal");
    let run = journalled(&folder, &config, &journal).arg("--apply").run();
    assert!(run.expect(2).stderr.contains("no file"));
    assert_eq!(account.server.requests(), 0);
}

#[cfg(unix)]
#[test]
fn a_configuration_with_secrets_that_others_can_read_is_warned_of() {
    let account = Account::with_machines(1);
    let folder = Folder::new();
    let literal = account.table("acme", TOKEN, "");
    let variable = literal.replace(&format!("\"{TOKEN}\""), "{ env = \"LMSYNC_TEST_TOKEN\" }");
    for (text, mode, is_warned) in [
        (&literal, 0o644, true),
        (&literal, 0o640, true),
        (&literal, 0o604, true),
        (&literal, 0o600, false),
        (&literal, 0o700, false),
        (&variable, 0o644, false),
    ] {
        let config = folder.config(text);
        permit(&config, mode);
        for program in PROGRAMS {
            let run = on(program, &config).env("LMSYNC_TEST_TOKEN", TOKEN).run();
            let run = run.expect(0);
            let warning = run.stderr.contains("warning: ");
            assert_eq!(warning, is_warned, "{program} {mode:o}: {}", run.stderr);
            if is_warned {
                let told = format!("chmod 600 {}", config.display());
                assert!(run.stderr.contains(&told), "{}", run.stderr);
                assert!(!run.stderr.contains(TOKEN), "{}", run.stderr);
            }
        }
    }
    permit(&folder.config(&literal), 0o644);
    let quiet = on("full_sync", &folder.path("accounts.toml")).arg("--quiet");
    assert_eq!(quiet.run().expect(0).stderr, "");
}
