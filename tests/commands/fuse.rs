//! Programs killed in the middle: every vendor on loopback, and a fuse that their requests burn.

use std::io::Read as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};
use lmsync::two_way::AssetDates;
use lmsync::{Clock, SystemClock};
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::demo::{DEMO, Demo, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{Simulator, SimulatorServer};
use serde_json::Value;

use super::support::{Program, start};

/// The requests that are left until a run is killed.
#[derive(Clone)]
pub(crate) struct Fuse {
    left: Arc<AtomicUsize>,
    burnt: Arc<Mutex<Sender<Ended>>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ended {
    /// The fuse has burnt down.
    Burnt,
    /// The program ended by itself.
    ByItself,
}

impl Fuse {
    pub(crate) fn new() -> (Self, Receiver<Ended>) {
        let (burnt, ended) = channel();
        let fuse = Self {
            left: Arc::default(),
            burnt: Arc::new(Mutex::new(burnt)),
        };
        (fuse, ended)
    }

    pub(crate) fn light(&self, requests: usize) {
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
pub(crate) struct Wired {
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
pub(crate) struct Served {
    pub(crate) demo: &'static Demo,
    pub(crate) server: SimulatorServer<Wired>,
}

impl Served {
    pub(crate) fn look<R>(&self, look: impl FnOnce(&mut dyn TwoWayVendor) -> R) -> R {
        let simulator = self.server.simulator();
        simulator.with(|wired| look(wired.simulator.as_mut()))
    }

    pub(crate) fn keys(&self) -> Value {
        let mut keys = self.demo.keys(&self.server.uri());
        keys["name"] = self.demo.vendor.into();
        keys["requests_per_minute"] = 1_000_000.into();
        keys
    }
}

/// An account of each vendor with so many machines that hold no dates.
pub(crate) fn every_vendor(machines: usize, fuse: &Fuse) -> Vec<Served> {
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

/// Runs `program` until `requests` more have come, and kills it then; tells what ended it.
pub(crate) fn kill_after(
    requests: usize,
    program: Program,
    fuse: &Fuse,
    ended: &Receiver<Ended>,
) -> Ended {
    fuse.light(requests);
    let mut child = program
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
    let end = ended.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    watcher.join().unwrap();
    // What is left of this round is not the next one's.
    fuse.light(0);
    while ended.try_recv().is_ok() {}
    end
}
