//! Every account under way for long, while five requests of a hundred go wrong.
//!
//! A few minutes of virtual time by default. An hour for each account, and what it came to:
//!
//! ```sh
//! LMSYNC_SOAK_MINUTES=60 cargo test --release --test soak -- --nocapture
//! ```
//!
//! A run that fails prints the seed that repeats it with `LMSYNC_SOAK_SEED`.

#![allow(clippy::expect_used)]

mod account;
mod dice;
mod editor;
mod reading;
mod tally;
mod two_way;

use std::io::Write as _;
use std::thread;
use std::time::Duration;

use lmsync::Vendors;
use lmsync_testkit::conformance::{TwoWayVendor, run};
use lmsync_testkit::demo::{DEMO, Demo, Limits, SECRET};
use lmsync_testkit::fleet::Fleet;
use lmsync_testkit::superops::{Product, SuperOpsSimulator, SuperOpsSpec};
use serde_json::Value;

use crate::account::Account;

/// Where nobody is asked: the accounts are in memory.
const ORIGIN: &str = "http://127.0.0.1:9";

/// Each product in a thread of its own, which has the vendor's name.
#[test]
fn every_product() {
    thread::scope(|scope| {
        for demo in DEMO {
            let soak_demo = || soak(demo.vendor, demo_vendor(demo), &demo.keys(ORIGIN));
            let thread = thread::Builder::new().name(demo.vendor.to_owned());
            thread.spawn_scoped(scope, soak_demo).expect("a thread");
        }
    });
}

#[test]
fn superops_it() {
    let it = |fleet| -> Box<dyn TwoWayVendor> {
        let mut spec = SuperOpsSpec::new(fleet);
        (spec.product, spec.token) = (Product::It, SECRET.to_owned());
        Box::new(SuperOpsSimulator::new(spec))
    };
    let mut keys = demo("superops").keys(ORIGIN);
    keys["product"] = "it".into();
    soak("superops-it", it, &keys);
}

/// No field holds a check-in: windows are refused.
#[test]
fn halo_without_check_ins() {
    let demo = demo("halo-psa");
    let mut keys = demo.keys(ORIGIN);
    let fields = keys.as_object_mut().and_then(|keys| keys.remove("fields"));
    assert!(fields.is_some());
    soak("halo-without-check-ins", demo_vendor(demo), &keys);
}

/// A thousand writes to each product, of which many fail and are waited for, while somebody else
/// edits the same assets.
#[test]
fn no_edit_of_somebody_else_is_overwritten() {
    thread::scope(|scope| {
        for demo in DEMO {
            let write = || {
                let seed = Seed(asked("LMSYNC_SOAK_SEED").unwrap_or(1));
                let config = Vendors::built_in().read(demo.keys(ORIGIN));
                run(editor::a_thousand_writes(
                    seed.0,
                    demo_vendor(demo),
                    &config.expect("good keys"),
                ));
            };
            let thread = thread::Builder::new().name(demo.vendor.to_owned());
            thread.spawn_scoped(scope, write).expect("a thread");
        }
    });
}

fn demo(vendor: &str) -> &'static Demo {
    Demo::of(vendor).expect("a demo account")
}

fn demo_vendor(demo: &Demo) -> impl Fn(Fleet) -> Box<dyn TwoWayVendor> {
    |fleet| demo.simulator(fleet, Limits::Documented)
}

/// The number in an environment variable.
fn asked(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

fn tell(text: &str) {
    // A report that cannot be printed is no failure.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Tells the seed of a run that fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tell(&format!("to repeat this run: LMSYNC_SOAK_SEED={}", self.0));
        }
    }
}

/// Soaks the account that `vendor` makes of a fleet and `keys` open.
fn soak(name: &str, vendor: impl Fn(Fleet) -> Box<dyn TwoWayVendor>, keys: &Value) {
    let minutes = asked("LMSYNC_SOAK_MINUTES");
    let seed = Seed(asked("LMSYNC_SOAK_SEED").unwrap_or(1));
    let duration = Duration::from_secs(60 * minutes.unwrap_or(3));
    // Each account has faults of its own.
    let add = |sum: u64, byte: u8| sum.wrapping_mul(31).wrapping_add(byte.into());
    let own_seed = name.bytes().fold(seed.0, add);
    let config = Vendors::built_in().read(keys.clone()).expect("good keys");
    run(async {
        let mut account = Account::new(own_seed, vendor, &config);
        while account.clock.elapsed() < duration {
            account.round().await;
        }
        account.end();
        if minutes.is_some() {
            tell(&account.report(name, seed.0));
        }
    });
}
