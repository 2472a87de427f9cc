//! Makers and their sources, set up for one test.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use lmsync_core::http::Meter;
use lmsync_core::{Environment, Result};
use lmsync_testkit::Stage;
use lmsync_testkit::warranty::{
    CiscoSimulator, DellSimulator, HpSimulator, LenovoSimulator, MakerSpec, WarrantyFleet,
};
use lmsync_warranty::{
    Answers, Cisco, Dell, Hp, Lenovo, LenovoKey, MakerKey, MemoryCache, WarrantyQuery,
    WarrantySource,
};

pub(crate) const SECRET: &str = "m4ker-5ecret-41c9-b7f2";

pub(crate) fn key() -> MakerKey {
    MakerKey::new("simulated-id", SECRET)
}

pub(crate) fn dell(machines: usize) -> Stage<DellSimulator, Dell> {
    Stage::new(
        |now| DellSimulator::new(MakerSpec::new(WarrantyFleet::dell(machines, now))),
        |environment| Dell::connect_in(&key(), environment),
    )
}

pub(crate) fn lenovo(machines: usize) -> Stage<LenovoSimulator, Lenovo> {
    Stage::new(
        |now| LenovoSimulator::new(MakerSpec::new(WarrantyFleet::lenovo(machines, now))),
        |environment| Lenovo::connect_in(&LenovoKey::new("simulated-id"), environment),
    )
}

pub(crate) fn cisco(machines: usize) -> Stage<CiscoSimulator, Cisco> {
    Stage::new(
        |now| CiscoSimulator::new(MakerSpec::new(WarrantyFleet::cisco(machines, now))),
        |environment| Cisco::connect_in(&key(), environment),
    )
}

pub(crate) fn hp(machines: usize) -> Stage<HpSimulator, Hp> {
    hp_with(machines, hp_source)
}

pub(crate) fn hp_with(
    machines: usize,
    connect: impl FnOnce(&Environment) -> Result<Hp>,
) -> Stage<HpSimulator, Hp> {
    let spec = |now: DateTime<Utc>| MakerSpec::new(WarrantyFleet::hp(machines, now));
    Stage::new(|now| HpSimulator::new(spec(now)), connect)
}

pub(crate) fn hp_source(environment: &Environment) -> Result<Hp> {
    Hp::connect_in(&key(), environment, Arc::new(MemoryCache::new()))
}

/// The answers of `source` to `queries`.
pub(crate) async fn ask(source: &impl WarrantySource, queries: &[WarrantyQuery]) -> Answers {
    source.lookup(queries, &Meter::default()).await
}

/// The word and the dates that an answer comes to.
pub(crate) fn summary(
    answers: &Answers,
    query: &WarrantyQuery,
    today: NaiveDate,
) -> (String, Option<NaiveDate>, Option<NaiveDate>) {
    let answer = answers.get(&query.key()).expect("an answer for each query");
    let outcome = answer.outcome(query, today);
    let dates = outcome.dates();
    let purchase = dates.and_then(|dates| dates.purchase);
    let expiry = dates.and_then(|dates| dates.expiry);
    (outcome.word().to_string(), purchase, expiry)
}

/// Holds every answer against what is true of the machine.
pub(crate) fn require_truth(answers: &Answers, fleet: &WarrantyFleet, today: NaiveDate) {
    for query in fleet.queries() {
        let truth = fleet.find(&query.serial).expect("one of the fleet").truth;
        let found = summary(answers, &query, today);
        let expected = (truth.word.to_owned(), truth.purchase, truth.expiry);
        assert_eq!(found, expected, "{} of {}", query.serial, fleet.maker());
    }
}
