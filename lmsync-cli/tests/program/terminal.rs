//! Tables on terminals, which the tests make, and elsewhere.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::support::{Run, lmsync};

const ESCAPE: char = '\u{1b}';

/// A plan of both dates for the embedded simulators.
fn plan() -> Command {
    let mut command = lmsync();
    command.args(["two-way", "--fields", "purchase_date,warranty_expiry"]);
    command
}

/// Text that `command` shows on a terminal of so many columns.
fn on_terminal(columns: u16, mut command: Command) -> String {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let name = OsStr::from_bytes(name.to_bytes());
    let theirs = File::options().read(true).write(true).open(name).unwrap();
    let size = Winsize {
        ws_row: 40,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&theirs, size).unwrap();
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let mut program = command.stdout(theirs).spawn().unwrap();
    // It has its end of the terminal for itself, so that there is an end to be read.
    drop(command);
    let mut shown = Vec::new();
    let read = File::from(ours).read_to_end(&mut shown);
    // Linux says so when the other end is closed.
    assert!(read.is_ok() || cfg!(target_os = "linux"), "{read:?}");
    assert!(program.wait().unwrap().success());
    String::from_utf8(shown).unwrap().replace('\r', "")
}

#[track_caller]
fn require_width(text: &str, width: usize) {
    for line in text.lines() {
        let letters = line.chars().count();
        assert!(letters <= width, "{letters} letters: {line}");
    }
    // And it is made use of.
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(widest > Some(width - 20), "{widest:?}");
}

/// `text` without what sets colours.
fn uncoloured(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn a_plan_fits_as_many_columns_as_are_asked_for_and_has_no_colour_in_a_pipe() {
    for width in [80, 120] {
        let mut plan = plan();
        plan.env("COLUMNS", width.to_string());
        let run = Run::of(plan.output().unwrap()).expect(0);
        require_width(&run.stdout, width);
        assert!(!run.stdout.contains(ESCAPE), "{}", run.stdout);
    }
    let run = Run::of(plan().output().unwrap()).expect(0);
    require_width(&run.stdout, 100);
    assert!(!run.stdout.contains(ESCAPE), "{}", run.stdout);
}

#[test]
fn a_plan_names_its_assets() {
    let mut plan = plan();
    plan.env("COLUMNS", "200");
    let shown = Run::of(plan.output().unwrap()).expect(0).stdout;
    let mut sync = lmsync();
    sync.args(["sync", "--output", "-", "--quiet"]);
    let records = Run::of(sync.output().unwrap()).expect(0).stdout;
    let assets: Vec<serde_json::Value> = records
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let named = assets.iter().filter(|asset| {
        let texts = [
            &asset["name"],
            &asset["serial"]["value"],
            &asset["customer"]["name"],
        ];
        let mut texts = texts.into_iter().map(serde_json::Value::as_str);
        texts.all(|text| text.is_some_and(|text| shown.contains(text)))
    });
    // Four of each account; a few of them have no serial number.
    assert!(named.count() >= 10, "{shown}");
}

#[test]
fn a_summary_fits_what_is_asked_for_and_has_no_colour_in_a_pipe() {
    for width in [80, 100] {
        let mut sync = lmsync();
        sync.arg("sync").env("COLUMNS", width.to_string());
        let run = Run::of(sync.output().unwrap()).expect(0);
        let table = run
            .stderr
            .lines()
            .take_while(|line| !line.contains(": assets of"));
        let table: Vec<&str> = table.collect();
        assert!(table.len() >= 6, "{}", run.stderr);
        let is_narrow = |line: &&str| line.chars().count() <= width;
        assert!(table.iter().all(is_narrow), "{}", run.stderr);
        assert!(!run.stderr.contains(ESCAPE), "{}", run.stderr);
    }
}

#[test]
fn a_terminal_has_colour_and_its_own_width() {
    let mut on_xterm = plan();
    on_xterm.env("TERM", "xterm-256color");
    let shown = on_terminal(90, on_xterm);
    assert!(shown.contains(ESCAPE), "{shown}");
    require_width(&uncoloured(&shown), 90);
}

#[test]
fn nobody_has_to_have_colour() {
    for (variable, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let mut plan = plan();
        plan.env("TERM", "xterm-256color").env(variable, value);
        let shown = on_terminal(90, plan);
        assert!(shown.contains("Nothing was written"), "{shown}");
        assert!(!shown.contains(ESCAPE), "{variable}: {shown}");
    }
}
