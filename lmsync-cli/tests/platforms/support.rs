//! Accounts on loopback, and the program that reads them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response, StatusCode};
use lmsync::{Clock, SystemClock};
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::demo::{DEMO, Demo, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{ServeOptions, Simulator, SimulatorServer, serve};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A simulated account, and what is wrong with it.
pub(crate) struct Account {
    pub(crate) demo: &'static Demo,
    pub(crate) server: SimulatorServer<Moody>,
    answers_left: Arc<AtomicUsize>,
}

/// A simulator that answers so often, and refuses what else comes, or what a test names.
pub(crate) struct Moody {
    pub(crate) simulator: Box<dyn TwoWayVendor>,
    answers_left: Arc<AtomicUsize>,
    /// A part of the address or the body of requests that are refused.
    pub(crate) refuses: Option<&'static str>,
    /// A change of each answer's JSON.
    pub(crate) edit: Option<fn(&mut Value)>,
}

impl Simulator for Moody {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let text = format!(
            "{} {}",
            request.uri(),
            String::from_utf8_lossy(request.body())
        );
        let is_refused = self.refuses.is_some_and(|part| text.contains(part));
        let left = self.answers_left.load(Ordering::SeqCst);
        if is_refused || left == 0 {
            let mut refused = Response::new(Bytes::from_static(b"broken"));
            *refused.status_mut() = StatusCode::UNAUTHORIZED;
            return refused;
        }
        self.answers_left.store(left - 1, Ordering::SeqCst);
        let response = self.simulator.respond(request, now);
        let Some(edit) = self.edit else {
            return response;
        };
        response.map(|body| match serde_json::from_slice(&body) {
            Ok(mut json) => {
                edit(&mut json);
                json.to_string().into()
            }
            Err(_) => body,
        })
    }
}

impl Account {
    /// An account of the vendor that configurations call so, with so many machines.
    pub(crate) fn of(vendor: &str, machines: usize) -> Self {
        let demo = DEMO.iter().find(|demo| demo.vendor == vendor).unwrap();
        let fleet = Fleet::new(FleetSpec::new(machines, SystemClock::new().now()));
        let answers_left = Arc::new(AtomicUsize::new(usize::MAX));
        let moody = Moody {
            simulator: demo.simulator(fleet, Limits::None),
            answers_left: answers_left.clone(),
            refuses: None,
            edit: None,
        };
        // The server runs on a thread of its own; the runtime is needed to start it only.
        let server = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(serve(moody, ServeOptions::default()))
            .unwrap();
        Self {
            demo,
            server,
            answers_left,
        }
    }

    /// Lets the account answer so often and then no more.
    pub(crate) fn answers(&self, times: usize) {
        self.answers_left.store(times, Ordering::SeqCst);
    }

    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut Moody) -> R) -> R {
        self.server.simulator().with(look)
    }

    /// The ids of its assets.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        self.with(|moody| moody.simulator.asset_ids())
    }

    /// The configuration that opens it.
    pub(crate) fn config(&self) -> Value {
        let mut keys = self.demo.keys(&self.server.uri());
        keys["name"] = "acme".into();
        keys["requests_per_minute"] = 1_000_000.into();
        json!({ "account": keys })
    }
}

/// The vendors, by the names of configurations.
pub(crate) fn vendors() -> impl Iterator<Item = &'static str> {
    DEMO.iter().map(|demo| demo.vendor)
}

/// A folder for one test's files.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The path of the file `name`, which holds `json`.
    pub(crate) fn write(&self, name: &str, json: &Value) -> String {
        self.write_text(name, &json.to_string())
    }

    pub(crate) fn write_text(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// The program, about to run with `arguments`.
pub(crate) fn program(arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lmsync"));
    command.args(arguments);
    for proxy in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(proxy);
    }
    command
}

/// Outcome of a run.
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) messages: Vec<Value>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        let stdout = String::from_utf8(output.stdout).unwrap();
        let lines = stdout
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        Self {
            status: output.status.code(),
            messages: lines.collect(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            stdout,
        }
    }

    /// Asserts the exit status, and that every line is a message.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        let told: Vec<&Value> = self
            .messages
            .iter()
            .filter(|it| it["type"] != "RECORD")
            .collect();
        assert_eq!(self.status, Some(status), "{told:#?}\n{}", self.stderr);
        assert_eq!(
            self.messages.len(),
            self.stdout.lines().count(),
            "{}",
            self.stdout
        );
        self
    }

    /// The messages of this type.
    pub(crate) fn of_type<'r>(&'r self, kind: &'r str) -> impl Iterator<Item = &'r Value> {
        self.messages
            .iter()
            .filter(move |message| message["type"] == kind)
    }
}

/// Runs the program with `arguments` to its end.
pub(crate) fn run(arguments: &[impl AsRef<OsStr>]) -> Run {
    Run::of(program(arguments).output().unwrap())
}

/// Runs the program with `arguments` until a line of its output is wanted no more, and kills it then; returns the
/// whole lines that came.
pub(crate) fn run_until(
    arguments: &[impl AsRef<OsStr>],
    mut is_last: impl FnMut(&Value) -> bool,
) -> Vec<Value> {
    let mut child = program(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut messages = Vec::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 && line.ends_with('\n') {
        let message: Value = serde_json::from_str(&line).unwrap();
        let stop = is_last(&message);
        messages.push(message);
        line.clear();
        if stop {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What was under way does not count.
    let _ = output.read_to_end(&mut Vec::new());
    messages
}
