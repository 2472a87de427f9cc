//! The table of vendors is complete, and a vendor of one's own is as good as those in it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../examples/own_connector/config.rs"]
mod config;
#[path = "../examples/own_connector/connector.rs"]
mod connector;
#[path = "../examples/own_connector/dates.rs"]
mod dates;
#[path = "../examples/own_connector/simulator.rs"]
mod simulator;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use lmsync::{
    AssetQuery, CheckScope, Clock, ConnectorConfig, ConnectorExt, Environment, SharedClock,
    SystemClock, Vendors,
};
use lmsync_testkit::conformance;
use lmsync_testkit::demo::{DEMO, Limits, SECRET};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{InMemory, ServeOptions, VirtualClock, serve};
use serde_json::Value;

use self::config::ShelfConfig;
use self::simulator::ShelfSimulator;

const ORIGIN: &str = "http://127.0.0.1:9";

fn with_shelf() -> Vendors {
    Vendors::built_in().with::<ShelfConfig>("shelf").unwrap()
}

/// A Shelf account in a file of accounts.
fn shelf_table(origin: &str) -> String {
    format!(
        "[[connector]]\nvendor = \"shelf\"\nname = \"attic\"\nendpoint = \"{origin}\"\n\
         api_key = \"{SECRET}\"\n"
    )
}

#[test]
fn every_vendor_has_a_simulator_and_the_other_way_round() {
    let vendors = Vendors::built_in();
    let simulated: BTreeSet<&str> = DEMO.iter().map(|demo| demo.vendor).collect();
    assert_eq!(vendors.names().collect::<BTreeSet<_>>(), simulated);
    assert_eq!(DEMO.len(), simulated.len(), "each once");
}

#[test]
fn every_vendor_connects_checks_and_reads_under_its_own_name() {
    for demo in DEMO {
        conformance::run(async {
            let clock: SharedClock = Arc::new(VirtualClock::default());
            let fleet = Fleet::new(FleetSpec::new(30, clock.now()));
            let simulator = demo.simulator(fleet, Limits::Documented);
            let vendor = InMemory::new(simulator, clock.clone());
            let environment = Environment::new(Arc::new(vendor.clone()), clock);
            let account = Vendors::built_in().read(demo.keys(ORIGIN)).unwrap();
            assert_eq!(account.vendor(), demo.vendor);
            let connector = account.connect_two_way_in(&environment).unwrap();
            assert_eq!(connector.info().vendor, demo.vendor);
            let report = connector.check(CheckScope::two_way()).await;
            assert!(report.ok(), "{}: {report:?}", demo.vendor);
            let (assets, summary) = connector.collect_assets(AssetQuery::new()).await.unwrap();
            assert!(summary.complete, "{}: {summary:?}", demo.vendor);
            let expected = vendor.simulator().with(|vendor| vendor.asset_ids());
            let read = assets.iter().map(|asset| asset.source.vendor_id.clone());
            assert_eq!(read.collect::<BTreeSet<_>>(), expected);
        });
    }
}

#[test]
fn no_configuration_shows_its_secret() {
    for demo in DEMO {
        let account = Vendors::built_in().read(demo.keys(ORIGIN)).unwrap();
        let shown = format!("{account:?}");
        assert!(shown.contains(demo.vendor), "{shown}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[test]
fn an_unknown_key_is_named_whoever_the_vendor_is() {
    for demo in DEMO {
        let mut keys = demo.keys(ORIGIN);
        keys["colour"] = "blue".into();
        let error = Vendors::built_in().read(keys).unwrap_err();
        assert!(error.message().contains("`colour`"), "{error}");
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    }
}

#[test]
fn a_file_without_vendors_knows_the_built_in_ones_alone() {
    let table = "vendor = \"shelf\"\n";
    let error = toml::from_str::<ConnectorConfig>(table).unwrap_err();
    for word in ["`shelf`", "`superops`", "`halo-psa`", "Vendors::with"] {
        assert!(error.message().contains(word), "{word} in {error}");
    }
}

#[tokio::test]
async fn a_program_reads_a_vendor_of_ones_own_from_its_file() {
    let fleet = Fleet::new(FleetSpec::new(120, SystemClock::new().now()));
    let simulator = ShelfSimulator::new(fleet, SECRET);
    let server = serve(simulator, ServeOptions::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("accounts.toml"), shelf_table(&server.uri())).unwrap();
    // A program that somebody else's vendor runs in.
    let arguments = || -> Vec<OsString> {
        let arguments = [
            "full_sync",
            "--quiet",
            "--config",
            &path("accounts.toml"),
            "--output",
            &path("out.jsonl"),
            "--report",
            &path("report.json"),
        ];
        arguments.map(OsString::from).into()
    };
    let read = lmsync_cli::full_sync(&with_shelf(), arguments()).await;
    assert_eq!(read, ExitCode::SUCCESS);
    let report: Value =
        serde_json::from_str(&fs::read_to_string(path("report.json")).unwrap()).unwrap();
    let connector = &report["connectors"][0];
    assert_eq!(connector["vendor"], "shelf");
    assert_eq!(connector["instance"], "attic");
    assert_eq!(connector["assets"], 120);
    assert_eq!(connector["complete"], true);
    let lines = fs::read_to_string(path("out.jsonl")).unwrap();
    let assets = lines.matches("\"record\":\"asset\"").count();
    assert_eq!(assets, 120);
    // Without the vendor it is a mistake in the file, as for anybody else.
    let refused = lmsync_cli::full_sync(&Vendors::built_in(), arguments()).await;
    assert_eq!(refused, ExitCode::from(2));
}
