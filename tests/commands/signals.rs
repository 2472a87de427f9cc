//! Programs that are ended from outside: by Ctrl-C, by a service manager, by a terminal that closes.
#![cfg(unix)]

use std::fs;
use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};
use lmsync::two_way::AssetDates;
use lmsync_testkit::conformance::{TwoWayVendor, Vendor};
use lmsync_testkit::superops::SuperOpsSpec;
use lmsync_testkit::{Simulator, SimulatorServer};

use super::support::send;
use super::*;

/// Every signal that ends a program, and what is said of it.
const SIGNALS: [(&str, &str); 3] = [
    ("INT", "interrupted"),
    ("TERM", "SIGTERM"),
    ("HUP", "SIGHUP"),
];
const YESTERDAY: &str = "{\"record\":\"yesterday\"}\n";
const MACHINES: usize = 12;

/// A simulator that sends a signal to the program once a request has this text in its body.
struct Trap {
    vendor: SuperOpsSimulator,
    text: &'static str,
    signal: Option<&'static str>,
    /// 0 until the program runs.
    process: Arc<AtomicU32>,
}

impl Simulator for Trap {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let is_it = || String::from_utf8_lossy(request.body()).contains(self.text);
        if self.signal.is_some() && is_it() {
            while self.process.load(Ordering::SeqCst) == 0 {
                std::thread::yield_now();
            }
            let process = self.process.load(Ordering::SeqCst);
            send(self.signal.take().unwrap(), process);
        }
        self.vendor.respond(request, now)
    }
}

/// An account whose vendor sends `signal` at the request with `text` in it.
struct Desk {
    server: SimulatorServer<Trap>,
    process: Arc<AtomicU32>,
    folder: Folder,
    config: PathBuf,
    ids: Vec<String>,
}

impl Desk {
    fn new(text: &'static str, signal: &'static str) -> Self {
        let fleet = Fleet::new(FleetSpec::new(MACHINES, SystemClock::new().now()));
        let mut vendor = SuperOpsSimulator::new(SuperOpsSpec {
            subdomain: SUBDOMAIN.to_owned(),
            token: TOKEN.to_owned(),
            requests_per_minute: None,
            ..SuperOpsSpec::new(fleet)
        });
        let ids: Vec<String> = Vendor::asset_ids(&vendor).into_iter().collect();
        for id in &ids {
            vendor.hold_dates(id, AssetDates::default());
        }
        let process = Arc::<AtomicU32>::default();
        let trap = Trap {
            vendor,
            text,
            signal: Some(signal),
            process: Arc::clone(&process),
        };
        let server = start(trap).unwrap();
        let folder = Folder::new();
        let config = folder.config(&format!(
            "[[connector]]\nvendor = \"superops\"\nname = \"acme\"\nendpoint = \"{}\"\n\
             subdomain = \"{SUBDOMAIN}\"\napi_token = \"{TOKEN}\"\n",
            server.uri()
        ));
        Self {
            server,
            process,
            folder,
            config,
            ids,
        }
    }

    fn run(&self, program: Program) -> Run {
        let child: Child = program
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        self.process.store(child.id(), Ordering::SeqCst);
        Run::of(child.wait_with_output().unwrap())
    }

    fn writing(&self) -> Program {
        let dates: String = self
            .ids
            .iter()
            .map(|id| {
                let wish = json!({ "asset": { "instance": "acme", "vendor_id": id },
                    "warranty_expiry": "2027-05-31", "source": "lookup" });
                format!("{wish}\n")
            })
            .collect();
        fs::write(self.folder.path("dates.jsonl"), dates).unwrap();
        Program::new("two_way_sync")
            .arg("--config")
            .arg(&self.config)
            .arg("--dates")
            .arg(self.folder.path("dates.jsonl"))
            .args(["--fields", "warranty_expiry", "--apply"])
            .arg("--plan")
            .arg(self.folder.path("plan.jsonl"))
            .arg("--journal")
            .arg(self.folder.path("journal.jsonl"))
    }

    fn writes(&self) -> usize {
        let simulator = self.server.simulator();
        simulator.with(|trap| Vendor::writes(&trap.vendor))
    }
}

#[test]
fn a_sync_that_is_ended_leaves_the_last_output_and_reports_how_far_it_came() {
    for (signal, word) in SIGNALS {
        let desk = Desk::new("getAssetList", signal);
        // It never answers, so that the run is in the middle for sure.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let table = format!(
            "[[connector]]\nvendor = \"superops\"\nname = \"silent\"\nendpoint = \"http://{}\"\n\
             subdomain = \"acme\"\napi_token = \"{TOKEN}\"\n",
            silent.local_addr().unwrap()
        );
        let text = fs::read_to_string(&desk.config).unwrap();
        let config = desk.folder.config(&format!("{text}{table}"));
        for name in ["out.jsonl", "report.json"] {
            fs::write(desk.folder.path(name), YESTERDAY).unwrap();
        }
        let run = desk.run(sync(&desk.folder, &config)).expect(1);
        assert!(run.stderr.contains(word), "{signal}: {}", run.stderr);
        assert_eq!(desk.folder.text("out.jsonl"), YESTERDAY, "{signal}");
        let report = desk.folder.json("report.json");
        for account in report["connectors"].as_array().unwrap() {
            assert_eq!(account["complete"], false, "{signal}: {report}");
            assert_eq!(account["error"]["kind"], "cancelled", "{signal}: {report}");
        }
        let names = ["accounts.toml", "out.jsonl", "report.json"];
        assert_eq!(desk.folder.names(), names.map(ToOwned::to_owned).into());
    }
}

#[test]
fn a_check_that_is_ended_fails() {
    for (signal, word) in SIGNALS {
        let desk = Desk::new("query", signal);
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let text = fs::read_to_string(&desk.config).unwrap();
        let other = text.replace("acme\"", "silent\"").replace(
            &desk.server.uri(),
            &format!("http://{}", silent.local_addr().unwrap()),
        );
        let config = desk.folder.config(&format!("{text}{other}"));
        let run = desk.run(on("check_connection", &config)).expect(1);
        assert!(run.stderr.contains(word), "{signal}: {}", run.stderr);
    }
}

#[test]
fn a_write_that_is_under_way_ends_and_no_other_is_begun() {
    for (signal, word) in SIGNALS {
        let desk = Desk::new("updateAsset", signal);
        let run = desk.run(desk.writing()).expect(1);
        assert!(run.stdout.contains(word), "{signal}: {}", run.stdout);
        let (writes, lines) = (desk.writes(), desk.folder.lines("journal.jsonl"));
        assert!((1..MACHINES).contains(&writes), "{signal}: {writes}");
        assert_eq!(lines.len(), writes);
        assert!(lines.iter().all(|line| line["outcome"] == "written"));
        assert!(!desk.folder.path("journal.jsonl.pending").exists());
        // The next run goes on, and writes nothing twice.
        desk.run(desk.writing()).expect(0);
        assert_eq!(desk.writes(), MACHINES);
    }
}

#[test]
fn a_plan_that_is_not_made_leaves_the_last_one() {
    for (signal, word) in SIGNALS {
        let desk = Desk::new("query", signal);
        fs::write(desk.folder.path("plan.jsonl"), YESTERDAY).unwrap();
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let text = fs::read_to_string(&desk.config).unwrap();
        let other = text.replace("acme\"", "silent\"").replace(
            &desk.server.uri(),
            &format!("http://{}", silent.local_addr().unwrap()),
        );
        desk.folder.config(&format!("{text}{other}"));
        let program = desk.writing();
        let mut dates = desk.folder.text("dates.jsonl");
        dates += "{\"asset\":{\"instance\":\"silent\",\"vendor_id\":\"1\"},\"warranty_expiry\":\"2027-05-31\",\"source\":\"lookup\"}\n";
        fs::write(desk.folder.path("dates.jsonl"), dates).unwrap();
        let run = desk.run(program).expect(1);
        assert!(run.stderr.contains(word), "{signal}: {}", run.stderr);
        assert_eq!(desk.folder.text("plan.jsonl"), YESTERDAY);
        assert_eq!(desk.writes(), 0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_to_outlive_its_terminal_goes_on() {
    let desk = Desk::new("getAssetList", "HUP");
    let program = sync(&desk.folder, &desk.config).in_shell(r#"trap '' HUP; exec "$@""#);
    desk.run(program).expect(0);
    assert_eq!(
        of_kind(&desk.folder.lines("out.jsonl"), "asset").len(),
        MACHINES
    );
}
