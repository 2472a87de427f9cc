//! The example programs do what their options, formats and exit statuses promise.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod check_connection;
mod command_line;
mod configuration;
mod files;
mod full_sync;
mod fuse;
mod killed_run;
mod proxy;
mod secrets;
mod shard;
mod signals;
mod store;
mod support;
mod teaching;
mod terminal;
mod two_way_sync;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use chrono::TimeDelta;
use lmsync::{Clock, SystemClock};
use lmsync_testkit::demo::{DEMO, Demo, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec, Machine};
use lmsync_testkit::superops::{RowFault, SuperOpsSimulator};
use serde_json::{Value, json};

use self::support::{Account, Folder, Program, Run, SUBDOMAIN, TOKEN, json_lines, start, tables};

const PROGRAMS: [&str; 3] = ["full_sync", "check_connection", "two_way_sync"];

const EMPTY_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/empty.jsonl");

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

/// `program` on `config`, with the other options that it cannot do without.
fn on(program: &str, config: &Path) -> Program {
    let on_config = Program::new(program).arg("--config").arg(config);
    match program {
        "two_way_sync" => on_config.arg("--dates").arg(EMPTY_FILE),
        _ => on_config,
    }
}

fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["record"] == kind).collect()
}

fn expect_valid_assets(assets: &[&Value]) {
    let schema = serde_json::from_str(include_str!("../fixtures/asset.schema.json")).unwrap();
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
