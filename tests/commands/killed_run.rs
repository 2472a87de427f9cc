//! `two_way_sync` killed in the middle, again and again, against every vendor at once.

use std::fs;
use std::io::Read as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};
use lmsync::two_way::AssetDates;
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::demo::{DEMO, Demo, Limits};
use lmsync_testkit::{Simulator, SimulatorServer};

use super::*;

const FIELDS: [&str; 2] = ["--fields", "purchase_date,warranty_expiry"];

/// Dates to write in each account of the run that is killed; the long run has 1000.
fn killed_run_dates() -> usize {
    let asked = std::env::var("LMSYNC_KILLED_RUN_DATES").ok();
    asked.map_or(25, |asked| asked.parse().expect("a number"))
}

/// The requests that are left until a run is killed.
#[derive(Clone)]
struct Fuse {
    left: Arc<AtomicUsize>,
    burnt: Arc<Mutex<Sender<Ended>>>,
}

#[derive(Debug, PartialEq)]
enum Ended {
    /// The fuse has burnt down.
    Burnt,
    /// The program ended by itself.
    ByItself,
}

impl Fuse {
    fn new() -> (Self, Receiver<Ended>) {
        let (burnt, ended) = channel();
        let fuse = Self {
            left: Arc::default(),
            burnt: Arc::new(Mutex::new(burnt)),
        };
        (fuse, ended)
    }

    fn light(&self, requests: usize) {
        self.left.store(requests, Ordering::SeqCst);
    }

    fn burn(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.tell(Ended::Burnt);
        }
    }

    fn tell(&self, ended: Ended) {
        self.burnt.lock().unwrap().send(ended).unwrap();
    }
}

/// A simulator whose requests burn a fuse.
struct Wired {
    simulator: Box<dyn TwoWayVendor>,
    fuse: Fuse,
}

impl Simulator for Wired {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let response = self.simulator.respond(request, now);
        self.fuse.burn();
        response
    }
}

/// An account on loopback, named after its vendor.
struct Served {
    demo: &'static Demo,
    server: SimulatorServer<Wired>,
}

impl Served {
    fn look<R>(&self, look: impl FnOnce(&mut dyn TwoWayVendor) -> R) -> R {
        let simulator = self.server.simulator();
        simulator.with(|wired| look(wired.simulator.as_mut()))
    }

    fn keys(&self) -> Value {
        let mut keys = self.demo.keys(&self.server.uri());
        keys["name"] = self.demo.vendor.into();
        keys["requests_per_minute"] = 1_000_000.into();
        keys
    }
}

/// An account of each vendor with so many machines that hold no dates.
fn every_vendor(machines: usize, fuse: &Fuse) -> Vec<Served> {
    let fleet = Fleet::new(FleetSpec::new(machines, SystemClock::new().now()));
    let served = DEMO.iter().map(|demo| {
        let wired = Wired {
            simulator: demo.simulator(fleet.clone(), Limits::None),
            fuse: fuse.clone(),
        };
        let server = start(wired).expect("a loopback port");
        let served = Served { demo, server };
        served.look(|vendor| {
            for id in vendor.asset_ids() {
                vendor.hold_dates(&id, AssetDates::default());
            }
        });
        served
    });
    served.collect()
}

/// `--dates` for every asset of every vendor, and how many there are.
fn dates_for_all(vendors: &[Served]) -> (String, usize) {
    let mut lines = Vec::new();
    for served in vendors {
        served.look(|vendor| {
            for id in vendor.asset_ids() {
                lines.push(json!({ "asset": { "instance": served.demo.vendor, "vendor_id": id },
                    "purchase_date": "2024-03-01", "warranty_expiry": "2027-02-28", "source": "lookup" }));
            }
        });
    }
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    (text, lines.len())
}

#[test]
fn a_run_that_is_killed_again_and_again_writes_every_date_once() {
    const KILLS: usize = 20;
    let (fuse, ended) = Fuse::new();
    let vendors = every_vendor(killed_run_dates(), &fuse);
    let folder = Folder::new();
    let config = folder.config(&tables(vendors.iter().map(Served::keys)));
    let (dates_file, count) = dates_for_all(&vendors);
    fs::write(folder.path("dates.jsonl"), dates_file).unwrap();
    let program = || {
        Program::new("two_way_sync")
            .arg("--config")
            .arg(&config)
            .arg("--dates")
            .arg(folder.path("dates.jsonl"))
            .args(FIELDS)
            .args(["--apply", "--journal"])
            .arg(folder.path("journal.jsonl"))
    };
    let mut dice = fastrand::Rng::with_seed(1);
    for _ in 0..KILLS {
        // Reading the assets that are left, and a part of writing them.
        let done =
            fs::read_to_string(folder.path("journal.jsonl")).map_or(0, |text| text.lines().count());
        let left = count.saturating_sub(done);
        fuse.light(left + 1 + dice.usize(..=count * 3 / KILLS));
        let mut child = program()
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = child.stdout.take().unwrap();
        let watch = fuse.clone();
        let watcher = thread::spawn(move || {
            let _ = output.read_to_end(&mut Vec::new());
            watch.tell(Ended::ByItself);
        });
        assert_eq!(ended.recv(), Ok(Ended::Burnt));
        child.kill().unwrap();
        child.wait().unwrap();
        watcher.join().unwrap();
        // What is left of this round is not the next one's.
        fuse.light(0);
        while ended.try_recv().is_ok() {}
    }
    program().run().expect(0);

    let journal = folder.lines("journal.jsonl");
    for served in &vendors {
        let name = served.demo.vendor;
        served.look(|vendor| {
            for id in vendor.asset_ids() {
                let held = AssetDates::new("2024-03-01".parse().ok(), "2027-02-28".parse().ok());
                assert_eq!(vendor.held_dates(&id), held, "{name} {id}");
                assert_eq!(vendor.date_writes(&id), 1, "{name} {id} was written twice");
            }
        });
    }
    let written = journal.iter().filter(|line| line["outcome"] == "written");
    assert_eq!(written.count(), count);
    let of_asset = |line: &Value| line["asset"].to_string();
    let assets: BTreeSet<String> = journal.iter().map(of_asset).collect();
    assert_eq!(assets.len(), count);
    // Lines beyond one per asset are attempts that were cut off before they were sent.
    let unsure = journal.iter().filter(|line| line["outcome"] == "unknown");
    assert_eq!(journal.len(), count + unsure.count());
    assert!(!folder.path("journal.jsonl.pending").exists());
}
