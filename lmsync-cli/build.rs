//! Notes the version of the program, with the commit where it is built from the repository.

// How a build script speaks to cargo.
#![allow(clippy::print_stdout)]

use std::path::Path;
use std::process::Command;

fn main() {
    let version = env!("CARGO_PKG_VERSION");
    println!("cargo::rerun-if-changed=build.rs");
    match commit() {
        Some(commit) => println!("cargo::rustc-env=LMSYNC_VERSION={version} ({commit})"),
        None => println!("cargo::rustc-env=LMSYNC_VERSION={version}"),
    }
}

/// The commit that is checked out; none in a package, and none of a repository around it.
fn commit() -> Option<String> {
    if git(&["rev-parse", "--show-prefix"])? != "lmsync-cli/" {
        return None;
    }
    // A line is added with each commit and checkout; a file that is not there would be a change each time.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    if Path::new(&log).exists() {
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
