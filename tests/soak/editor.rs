//! Writes that fail and are waited for, while somebody else edits the same assets.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response};
use lmsync::http::{Transport, TransportError};
use lmsync::two_way::{AssetDates, DateChange, DateField, WriteOutcome, WriteSource};
use lmsync::{ConnectorConfig, Environment, ErrorKind, SharedClock};
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{ChaosTransport, InMemory, RandomFault, VirtualClock};

use crate::dice::Dice;

const WRITES: usize = 1_000;
/// The number of requests of a hundred that go wrong.
const FAILURES: u8 = 25;

type Account = InMemory<Box<dyn TwoWayVendor>>;

/// Somebody who edits an asset whenever a write to it has failed, before it is sent again.
#[derive(Clone)]
struct Editor {
    inner: Arc<dyn Transport>,
    vendor: Account,
    desk: Arc<Mutex<Desk>>,
}

/// The edits that are to come, and those that were made.
struct Desk {
    dice: Dice,
    asset: String,
    dates: Option<AssetDates>,
    neighbour: Option<String>,
    edits: usize,
}

impl fmt::Debug for Editor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Editor").finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for Editor {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let is_write = is_write(&request);
        let answer = self.inner.send(request).await;
        let has_failed = !answer.as_ref().is_ok_and(|one| one.status().is_success());
        if is_write && has_failed {
            self.edit();
        }
        answer
    }
}

/// Tells whether a request writes dates at one of the vendors.
fn is_write(request: &Request<Bytes>) -> bool {
    let is_mutation = || String::from_utf8_lossy(request.body()).contains("updateAsset");
    match *request.method() {
        Method::PUT => true,
        Method::POST => request.uri().path().ends_with("/Asset") || is_mutation(),
        _ => false,
    }
}

impl Editor {
    /// Edits a date, another value that goes with it, or nothing.
    fn edit(&self) {
        let mut desk = self.desk.lock().expect("no panic before");
        let asset = desk.asset.clone();
        let simulator = self.vendor.simulator();
        match desk.dice.below(4) {
            0 => {
                let theirs = desk.dice.dates();
                simulator.with(|vendor| vendor.hold_dates(&asset, theirs.clone()));
                desk.dates = Some(theirs);
            }
            1 => {
                let text = format!("theirs {}", desk.edits);
                simulator.with(|vendor| vendor.set_neighbour(&asset, &text));
                desk.neighbour = Some(text);
            }
            _ => return,
        }
        desk.edits += 1;
    }

    /// Turns to another asset, with nothing edited yet.
    fn turn_to(&self, asset: &str) {
        let mut desk = self.desk.lock().expect("no panic before");
        desk.asset = asset.to_owned();
        (desk.dates, desk.neighbour) = (None, None);
    }

    /// What was edited is there still.
    fn audit(&self) {
        let desk = self.desk.lock().expect("no panic before");
        let simulator = self.vendor.simulator();
        if let Some(theirs) = &desk.dates {
            let held = simulator.with(|vendor| vendor.held_dates(&desk.asset));
            assert_eq!(held, *theirs, "an edit of {} is lost", desk.asset);
        }
        if let Some(theirs) = &desk.neighbour {
            let held = simulator.with(|vendor| vendor.neighbour(&desk.asset));
            // Where dates are sent alone, nobody looks after it.
            assert!(
                held.is_none_or(|held| held == *theirs),
                "{} lost it",
                desk.asset
            );
        }
    }
}

/// Writes dates to a thousand assets of `vendor`, each once.
pub(crate) async fn a_thousand_writes(
    seed: u64,
    vendor: impl Fn(Fleet) -> Box<dyn TwoWayVendor>,
    config: &ConnectorConfig,
) {
    let clock: SharedClock = Arc::new(VirtualClock::default());
    let fleet = Fleet::new(FleetSpec::new(WRITES, clock.now()));
    let vendor = InMemory::new(vendor(fleet), clock.clone());
    let chaos = ChaosTransport::new(Arc::new(vendor.clone()), clock.clone(), seed)
        .with_percent(FAILURES)
        .with_mishaps([
            RandomFault::Refused,
            RandomFault::LostAnswer,
            RandomFault::ServerError,
            RandomFault::TooManyRequests,
            RandomFault::Silence,
        ]);
    let desk = Desk {
        dice: Dice::seeded(seed),
        asset: String::new(),
        dates: None,
        neighbour: None,
        edits: 0,
    };
    let editor = Editor {
        inner: Arc::new(chaos),
        vendor: vendor.clone(),
        desk: Arc::new(Mutex::new(desk)),
    };
    let environment = Environment::new(Arc::new(editor.clone()), clock);
    let connector = config
        .connect_two_way_in(&environment)
        .expect("it connects");
    let mut dice = Dice::seeded(seed + 1);
    let ids = vendor.simulator().with(|vendor| vendor.asset_ids());
    let (mut writes, mut written) = (0, 0);
    for id in ids.iter().take(WRITES) {
        let held = || vendor.simulator().with(|vendor| vendor.held_dates(id));
        let (before, new) = (held(), dice.dates());
        editor.turn_to(id);
        let change = DateField::ALL
            .iter()
            .copied()
            .filter_map(|field| Some((field, new.get(field).day()?)))
            .fold(DateChange::new(id.as_str()), |change, (field, day)| {
                change.set(field, before.get(field).day(), day, WriteSource::Lookup)
            });
        match connector.write_dates(&change).await {
            Ok(report) => {
                let held = held();
                for change in change.changes() {
                    let is_done = change.is_done(&held);
                    let outcome = report.outcome_of(change.field);
                    assert!(!outcome.is_done() || is_done, "{id}: {report:?}");
                }
                written += usize::from(report.outcome == WriteOutcome::Written);
            }
            Err(error) => assert_ne!(error.kind(), ErrorKind::Config, "{id}: {error}"),
        }
        writes += 1;
        editor.audit();
    }
    let edits = editor.desk.lock().expect("no panic before").edits;
    assert_eq!(writes, WRITES);
    assert!(
        written > WRITES / 2 && edits > 50,
        "{written} written, {edits} edits"
    );
}
