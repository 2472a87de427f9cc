//! Runs that end in the middle and are started again with the same journal.

use std::fs;
use std::path::Path;
use std::time::Duration;

use futures_util::future::{self, Either};
use lmsync_core::model::{AssetId, DateReader};
use lmsync_core::two_way::{
    AssetRef, Claim, ClaimSource, Claims, DateChange, DateFields, FileJournal, JournalEntry,
    OpenedJournal, PlanInput, PlanRules, apply, plan, recover_open,
};
use lmsync_core::{Connector, TwoWaySync};
use proptest::prelude::*;

use crate::ledger::{Answer, EXPIRY, Ledger, day};

const ASSETS: usize = 40;

/// One run: recover, plan, apply.
async fn run(ledger: &Ledger, path: &Path, concurrency: usize) {
    let OpenedJournal {
        journal,
        mut history,
        ..
    } = reopen(ledger, path).await;
    recover_open(ledger, &journal, &mut history).await.unwrap();
    let clock = ledger.clock.clone();
    let dates = DateReader::new(clock.now());
    let rules = PlanRules::new().enable(DateFields::ALL);
    let claims = Claims::new().and(Claim {
        field: EXPIRY,
        day: day(2027),
        source: ClaimSource::Lookup,
        observed_at: clock.now(),
    });
    let mut changes: Vec<DateChange> = Vec::new();
    for id in (0..ASSETS).map(|id| id.to_string()) {
        let id = AssetId::from(id);
        let attempts = history.of(&AssetRef::of(ledger.info(), &id));
        let held = ledger.read_dates(&id).await.unwrap();
        let plan = plan(&PlanInput {
            asset: &id,
            held: &held,
            claims: &claims,
            writable: ledger.writable(),
            rules: &rules,
            attempts: &attempts,
            dates: &dates,
        });
        changes.extend(plan.change());
    }
    apply(ledger, changes, &journal, clock.as_ref(), concurrency)
        .await
        .unwrap();
}

/// Opens the journal once the line that the killed run was writing is written.
async fn reopen(ledger: &Ledger, path: &Path) -> OpenedJournal {
    loop {
        match FileJournal::open(path, &[ledger.info()]) {
            Ok(opened) => return opened,
            Err(error) if error.to_string().contains("another run") => {
                ledger.clock.sleep(Duration::from_millis(1)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn entries(path: &Path) -> Vec<JournalEntry> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

async fn killed_again_and_again(kills: &[u64], concurrency: usize, faults: &[bool]) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    let ledger = Ledger::new(ASSETS);
    let fault = |fails: &bool| {
        if *fails {
            Answer::MakeThenFail
        } else {
            Answer::Make
        }
    };
    ledger.answers(faults.iter().map(fault));
    for kill in kills {
        let kill = ledger.clock.sleep(Duration::from_millis(*kill));
        // Whichever loses is dropped where it stands.
        if let Either::Left(_) =
            future::select(Box::pin(run(&ledger, &path, concurrency)), kill).await
        {
            break;
        }
    }
    run(&ledger, &path, concurrency).await;

    let entries = entries(&path);
    let state = ledger.state();
    for id in state.dates.keys() {
        assert_eq!(state.dates[id].warranty_expiry.day(), Some(day(2027)));
        assert_eq!(state.made[id], 1, "asset {id} was written twice");
        let of_this = entries
            .iter()
            .filter(|entry| entry.attempt.asset.vendor_id == *id);
        assert!(of_this.count() >= 1, "asset {id} is not in the journal");
    }
    // Every request is accounted for, and none is made up but those cut off before sending.
    assert!(entries.len() >= state.sent);
    let written = entries.iter().filter(|entry| entry.outcome.is_done());
    assert_eq!(written.count(), ASSETS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_run_killed_anywhere_and_started_again_writes_everything_once(
        kills in proptest::collection::vec(800..3_000_u64, 0..20),
        concurrency in 1..6_usize,
        faults in proptest::collection::vec(any::<bool>(), 0..ASSETS),
    ) {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(killed_again_and_again(&kills, concurrency, &faults));
    }
}
