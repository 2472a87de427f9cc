//! Two hundred accounts at once, each in a span of the application's own.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use futures_util::future::join_all;
use lmsync::{AssetQuery, ConnectorExt, Detail, Environment, SharedClock, Vendors};
use lmsync_testkit::conformance::run;
use lmsync_testkit::demo::{Demo, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{InMemory, Log, VirtualClock};
use tracing::{Instrument, info_span};

const VENDORS: [&str; 5] = ["superops", "syncro", "cwrmm", "halo-psa", "halo-itsm"];
const ACCOUNTS: usize = 200;

/// The word after `start` in `line`, up to a quotation mark, a blank or a brace.
fn word<'l>(line: &'l str, start: &str) -> Option<&'l str> {
    let (_, rest) = line.split_once(start)?;
    rest.split(['"', ' ', '}']).next()
}

#[test]
fn every_line_carries_its_account() {
    run(async {
        let log = Log::start();
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let environments = VENDORS.map(|vendor| {
            let fleet = Fleet::new(FleetSpec::new(20, clock.now()));
            let simulator = Demo::of(vendor).unwrap().simulator(fleet, Limits::None);
            Environment::new(
                Arc::new(InMemory::new(simulator, clock.clone())),
                clock.clone(),
            )
        });
        let read = (0..ACCOUNTS).map(|number| {
            let (place, name) = (number % VENDORS.len(), format!("account-{number}"));
            let mut keys = Demo::of(VENDORS[place]).unwrap().keys("https://127.0.0.1");
            keys["requests_per_minute"] = 1_000_000.into();
            keys["name"] = name.clone().into();
            let config = Vendors::built_in().read(keys).unwrap();
            let connector = config.connect_in(&environments[place]).unwrap();
            async move {
                let query = AssetQuery::new().detail(Detail::NONE.hardware());
                connector.collect_assets(query).await.unwrap();
                connector.collect_customers().await.unwrap();
            }
            .instrument(info_span!("application", tenant = name))
        });
        join_all(read).await;
        let log = log.finish();
        let mut lines = [0; ACCOUNTS];
        for line in log.lines() {
            let tenant = word(line, "tenant=\"").unwrap_or_else(|| panic!("{line}"));
            let named = word(line, "instance=\"").unwrap_or_else(|| panic!("{line}"));
            assert_eq!(tenant, named, "{line}");
            let number: usize = tenant.strip_prefix("account-").unwrap().parse().unwrap();
            lines[number] += 1;
        }
        assert!(lines.iter().all(|lines| *lines >= 3), "{lines:?}");
    });
}
