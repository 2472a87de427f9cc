//! Many assets at all makers: every date right, none invented, nothing asked twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use lmsync_core::http::Meter;
use lmsync_core::model::{Asset, AssetDraft, Rules, Source};
use lmsync_core::two_way::{ClaimSource, DateField};
use lmsync_core::{Environment, SharedClock};
use lmsync_testkit::conformance::run;
use lmsync_testkit::fleet::Fleet;
use lmsync_testkit::warranty::{MakersSimulator, WarrantyFleet};
use lmsync_testkit::{InMemory, VirtualClock};
use lmsync_warranty::{
    Finding, Flag, Lookup, Maker, MemoryCache, OutcomeWord, WarrantyCache, WarrantyConfig,
};

/// All makers, and a way to them.
struct World {
    makers: InMemory<MakersSimulator>,
    environment: Environment,
    clock: SharedClock,
    cache: Arc<dyn WarrantyCache>,
}

impl World {
    /// Makers with so many machines each.
    fn new(machines: usize) -> Self {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let makers = MakersSimulator::new(machines, clock.now());
        let makers = InMemory::new(makers, clock.clone()).with_latency(Duration::from_millis(20));
        Self {
            environment: Environment::new(Arc::new(makers.clone()), clock.clone()),
            makers,
            clock,
            cache: Arc::new(MemoryCache::new()),
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut MakersSimulator) -> T) -> T {
        self.makers.simulator().with(change)
    }

    fn fleets(&self) -> Vec<WarrantyFleet> {
        self.change(|makers| makers.fleets().map(Clone::clone).into())
    }

    fn assets(&self) -> Vec<Asset> {
        let fleets = self.fleets();
        let all = fleets
            .iter()
            .flat_map(|fleet| (0..fleet.machines()).map(|index| fleet.asset(index)));
        all.collect()
    }

    /// A lookup as a new run of a program would make it.
    fn lookup(&self) -> Lookup {
        let tables = MakersSimulator::tables("http://127.0.0.1:8080");
        let tables: Vec<WarrantyConfig> = tables
            .into_iter()
            .map(|table| serde_json::from_value(table).unwrap())
            .collect();
        Lookup::connect(&tables, &self.environment, self.cache.clone()).unwrap()
    }

    async fn find(&self, assets: &[Asset]) -> Vec<Finding> {
        let lookup = self.lookup();
        let plan = lookup.plan(assets);
        lookup.run(&plan, &Meter::default()).await.unwrap()
    }

    /// The number of times that each maker was asked about machines.
    fn lookups(&self) -> [usize; 4] {
        self.change(|makers| {
            [
                makers.dell.lookups(),
                makers.lenovo.lookups(),
                makers.cisco.lookups(),
                makers.hp.lookups(),
            ]
        })
    }

    fn require_limits_kept(&self) {
        self.change(|makers| {
            let over = [
                makers.dell.over_limit(),
                makers.lenovo.over_limit(),
                makers.cisco.over_limit(),
                makers.hp.over_limit(),
            ];
            let oversized = [
                makers.dell.oversized(),
                makers.lenovo.oversized(),
                makers.cisco.oversized(),
                makers.hp.oversized(),
            ];
            assert_eq!((over, oversized), ([0; 4], [0; 4]));
        });
    }

    fn most_asked(&self) -> usize {
        self.change(|makers| {
            let asked = [
                makers.dell.asked(),
                makers.lenovo.asked(),
                makers.cisco.asked(),
                makers.hp.asked(),
            ];
            asked
                .into_iter()
                .flat_map(BTreeMap::values)
                .copied()
                .max()
                .unwrap_or_default()
        })
    }

    fn require_truth(&self, findings: &[Finding]) {
        let fleets = self.fleets();
        let machines = fleets
            .iter()
            .flat_map(|fleet| (0..fleet.machines()).map(|index| fleet.machine(index)));
        let mut counted = 0;
        for (finding, machine) in findings.iter().zip(machines) {
            let truth = &machine.truth;
            let dates = finding.outcome.dates();
            let found = (
                finding.outcome.word().as_str(),
                dates.and_then(|dates| dates.purchase),
                dates.and_then(|dates| dates.expiry),
            );
            assert_eq!(
                found,
                (truth.word, truth.purchase, truth.expiry),
                "{}",
                machine.serial
            );
            counted += 1;
        }
        assert_eq!(findings.len(), counted);
    }
}

#[test]
fn ten_thousand_assets_take_the_fewest_requests_and_every_date_is_right() {
    run(async {
        let world = World::new(2_500);
        // Cisco's own limit is the simulator's, not the default.
        let assets = world.assets();
        assert_eq!(assets.len(), 10_000);
        let findings = world.find(&assets).await;
        world.require_truth(&findings);
        world.require_limits_kept();
        assert_eq!(world.lookups(), [25, 50, 34, 1]);
        assert_eq!(world.most_asked(), 1);
        // A second run has all of it.
        let requests = world.makers.requests();
        let again = world.find(&assets).await;
        world.require_truth(&again);
        assert_eq!(world.makers.requests(), requests);
    });
}

#[test]
fn a_run_that_is_killed_at_any_moment_asks_nothing_twice() {
    run(async {
        let world = World::new(400);
        let assets = world.assets();
        for _ in 0..20 {
            let lookup = world.lookup();
            let plan = lookup.plan(&assets);
            let meter = Meter::default();
            let killed = world.clock.sleep(Duration::from_millis(1_730));
            let running = Box::pin(lookup.run(&plan, &meter));
            if let Either::Left(_) = select(running, killed).await {
                break;
            }
        }
        let findings = world.find(&assets).await;
        world.require_truth(&findings);
        // A batch that was under way when the run was killed is asked once more, and no other.
        let killed_batches = world.lookups().iter().sum::<usize>();
        assert!(killed_batches <= 4 + 8 + 6 + 1 + 20, "{killed_batches}");
        assert_eq!(world.lookups()[3], 1);
        world.require_limits_kept();
    });
}

#[test]
fn a_batch_that_was_answered_is_not_asked_again_after_a_kill() {
    run(async {
        let world = World::new(300);
        let assets: Vec<Asset> = world.assets().into_iter().take(300).collect();
        let lookup = world.lookup();
        let plan = lookup.plan(&assets);
        let meter = Meter::default();
        // The token and the first of three batches take 40 milliseconds, the others 20 more.
        let killed = world.clock.sleep(Duration::from_millis(50));
        let running = Box::pin(lookup.run(&plan, &meter));
        assert!(matches!(select(running, killed).await, Either::Right(_)));
        let asked_before = world.lookups()[0];
        let findings = world.find(&assets).await;
        assert_eq!(findings.len(), 300);
        // The first batch was kept.
        assert!(asked_before >= 1);
        assert_eq!(world.lookups()[0], asked_before + 2);
    });
}

#[test]
fn each_machine_is_asked_about_once_however_many_assets_it_is() {
    run(async {
        let world = World::new(10);
        let assets: Vec<Asset> = world
            .assets()
            .into_iter()
            .flat_map(|asset| [asset.clone(), asset])
            .collect();
        let findings = world.find(&assets).await;
        assert_eq!(findings.len(), 80);
        assert_eq!(world.most_asked(), 1);
        for pair in findings.chunks(2) {
            assert_eq!(pair[0].outcome.to_string(), pair[1].outcome.to_string());
        }
    });
}

#[test]
fn one_maker_that_refuses_stops_no_other_and_is_left_alone() {
    run(async {
        let world = World::new(500);
        world.change(|makers| makers.dell.switches().forbidden = true);
        let assets = world.assets();
        let findings = world.find(&assets).await;
        let (dell, others) = findings.split_at(500);
        assert!(
            dell.iter()
                .all(|finding| finding.outcome.word() == OutcomeWord::Denied)
        );
        let failed = [OutcomeWord::Failed, OutcomeWord::Denied];
        assert!(
            others
                .iter()
                .all(|finding| !failed.contains(&finding.outcome.word()))
        );
        assert_eq!(world.lookups()[0], 0);
        // Errors are no answers: nothing of it is kept.
        world.change(|makers| makers.dell.switches().forbidden = false);
        let findings = world.find(&assets).await;
        world.require_truth(&findings);
    });
}

#[test]
fn answers_are_good_for_days_and_unknown_machines_ever_longer() {
    run(async {
        let world = World::new(100);
        // Those that Dell does not know.
        let assets: Vec<Asset> = (0..100)
            .step_by(10)
            .map(|index| world.fleets()[0].asset(index))
            .collect();
        let mut asked = Vec::new();
        for day in 0..170 {
            let before = world.lookups()[0];
            world.find(&assets).await;
            if world.lookups()[0] > before {
                asked.push(day);
            }
            world.clock.sleep(Duration::from_secs(24 * 60 * 60)).await;
        }
        let spread = |from: i32, to: i32| asked.iter().any(|day| (from..=to).contains(day));
        assert!(
            spread(0, 0) && spread(13, 16) && spread(40, 49),
            "{asked:?}"
        );
        assert!(
            !spread(1, 12) && !spread(17, 39) && !spread(50, 120),
            "{asked:?}"
        );
    });
}

#[test]
fn a_table_is_asked_for_and_no_other_maker() {
    run(async {
        let world = World::new(5);
        let tables = MakersSimulator::tables("http://127.0.0.1:8080");
        let only_dell: WarrantyConfig = serde_json::from_value(tables[0].clone()).unwrap();
        let lookup = Lookup::connect(
            std::slice::from_ref(&only_dell),
            &world.environment,
            world.cache.clone(),
        )
        .unwrap();
        let assets = world.assets();
        let plan = lookup.plan(&assets);
        let to_ask = lookup.to_ask(&plan).await.unwrap();
        assert!(to_ask.iter().all(|query| query.maker == Maker::DELL));
        assert_eq!(to_ask.len(), 5);
        assert_eq!(world.makers.requests(), 0);
        let findings = lookup.run(&plan, &Meter::default()).await.unwrap();
        assert!(
            lookup.to_ask(&plan).await.unwrap().is_empty(),
            "the cache answers"
        );
        let skipped = findings
            .iter()
            .filter(|finding| finding.outcome.word() == OutcomeWord::Skipped);
        assert_eq!(skipped.count(), 15);
        let twice = [only_dell.clone(), only_dell];
        let error = Lookup::connect(&twice, &world.environment, world.cache.clone()).unwrap_err();
        assert!(
            error.message().contains("two [[warranty]] tables"),
            "{error}"
        );
    });
}

#[test]
fn dates_are_claims_of_a_lookup_and_nothing_else_is() {
    run(async {
        let world = World::new(30);
        let findings = world.find(&world.assets()).await;
        for finding in &findings {
            let claims = finding.claims();
            let of = |field| {
                claims
                    .all()
                    .iter()
                    .find(|claim| claim.field == field)
                    .map(|claim| claim.day)
            };
            let dates = finding.outcome.dates();
            assert_eq!(
                of(DateField::PurchaseDate),
                dates.and_then(|dates| dates.purchase)
            );
            assert_eq!(
                of(DateField::WarrantyExpiry),
                dates.and_then(|dates| dates.expiry)
            );
            assert!(
                claims
                    .all()
                    .iter()
                    .all(|claim| claim.source == ClaimSource::Lookup)
            );
            assert!(
                claims
                    .all()
                    .iter()
                    .all(|claim| Some(claim.observed_at) == finding.looked_up_at)
            );
        }
        let flagged = |flag| {
            findings
                .iter()
                .filter(|finding| finding.flags().contains(&flag))
                .count()
        };
        assert!(flagged(Flag::Lifetime) > 0);
        // HP's purchases are all estimated, and nobody else's.
        let estimated: Vec<_> = findings
            .iter()
            .filter(|finding| finding.flags().contains(&Flag::EstimatedPurchase))
            .collect();
        assert!(!estimated.is_empty());
        assert!(
            estimated
                .iter()
                .all(|finding| finding.maker.as_ref().unwrap().as_str() == "hp")
        );
    });
}

#[test]
fn the_demo_fleet_is_known_to_its_makers() {
    run(async {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let now = clock.now();
        let fleet = Fleet::demo(now);
        let makers = InMemory::new(MakersSimulator::of(&fleet, now), clock.clone());
        let world = World {
            environment: Environment::new(Arc::new(makers.clone()), clock.clone()),
            makers,
            clock,
            cache: Arc::new(MemoryCache::new()),
        };
        let rules = Rules::default();
        let assets = fleet.machines().map(|machine| {
            let id = machine.id.to_string();
            let mut draft = AssetDraft::new(Source::new("simulated", "acme", id, now), &rules, now);
            draft.serial(machine.serial.as_deref());
            draft
                .manufacturer(&*machine.manufacturer)
                .model(&*machine.model);
            draft.finish()
        });
        let findings = world.find(&assets.collect::<Vec<_>>()).await;
        let mut words: BTreeMap<OutcomeWord, usize> = BTreeMap::new();
        for finding in &findings {
            *words.entry(finding.outcome.word()).or_default() += 1;
        }
        let count = |word| words.get(&word).copied().unwrap_or_default();
        assert!(
            count(OutcomeWord::Covered) > 30 && count(OutcomeWord::Expired) > 10,
            "{words:?}"
        );
        for word in [
            OutcomeWord::Failed,
            OutcomeWord::Denied,
            OutcomeWord::Ambiguous,
        ] {
            assert_eq!(count(word), 0, "{words:?}");
        }
        assert!(
            count(OutcomeWord::Skipped) > 0 && count(OutcomeWord::UnsupportedMaker) > 0,
            "{words:?}"
        );
        let known = count(OutcomeWord::Covered) + count(OutcomeWord::Expired);
        assert!(count(OutcomeWord::NotFound) < known, "{words:?}");
    });
}
