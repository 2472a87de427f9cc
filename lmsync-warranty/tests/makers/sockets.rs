//! The lookup over real HTTP, on loopback.

use std::sync::Arc;

use chrono::TimeDelta;
use lmsync_core::http::Meter;
use lmsync_core::{Clock, Environment, SystemClock};
use lmsync_testkit::warranty::MakersSimulator;
use lmsync_testkit::{ServeOptions, serve};
use lmsync_warranty::{Lookup, MemoryCache, OutcomeWord, WarrantyConfig};

#[tokio::test]
async fn every_maker_answers_over_http() {
    let mut makers = MakersSimulator::new(30, SystemClock::new().now());
    // HP's job is done at once, and its results are compressed.
    makers.hp.switches().jobs.takes = Some(TimeDelta::zero());
    makers.hp.switches().jobs.gzip = true;
    let fleets = makers.fleets().map(Clone::clone);
    let server = serve(makers, ServeOptions::default()).await.unwrap();
    let tables = MakersSimulator::tables(&server.uri());
    let tables: Vec<WarrantyConfig> = tables
        .into_iter()
        .map(|table| serde_json::from_value(table).unwrap())
        .collect();
    let environment = Environment::system().unwrap();
    let lookup = Lookup::connect(&tables, &environment, Arc::new(MemoryCache::new())).unwrap();
    let assets: Vec<_> = fleets
        .iter()
        .flat_map(|fleet| (0..30).map(|index| fleet.asset(index)))
        .collect();
    let findings = lookup
        .run(&lookup.plan(&assets), &Meter::default())
        .await
        .unwrap();
    let machines = fleets
        .iter()
        .flat_map(|fleet| (0..30).map(|index| fleet.machine(index)));
    for (finding, machine) in findings.iter().zip(machines) {
        assert_ne!(
            finding.outcome.word(),
            OutcomeWord::Failed,
            "{}",
            finding.outcome
        );
        assert_eq!(
            finding.outcome.word().as_str(),
            machine.truth.word,
            "{}",
            machine.serial
        );
        let expiry = finding.outcome.dates().and_then(|dates| dates.expiry);
        assert_eq!(expiry, machine.truth.expiry, "{}", machine.serial);
    }
}
