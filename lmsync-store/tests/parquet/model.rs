//! The store against a map that follows the same rules.

use std::collections::{BTreeMap, BTreeSet};

use lmsync_store::{StreamName, is_plausible_shrink};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use crate::stage::{Stage, batch, incomplete, instant, moment, reject};

#[derive(Debug, Clone)]
struct Step {
    met: Vec<BTreeSet<u8>>,
    model: u8,
    rejected: BTreeSet<u8>,
    is_complete: bool,
    is_filtered: bool,
    is_killed: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let flag = |share| prop::bool::weighted(share);
    (
        vec(btree_set(0..8_u8, 0..6), 0..3),
        0..2_u8,
        btree_set(0..8_u8, 0..2),
        (flag(0.7), flag(0.2), flag(0.2)),
    )
        .prop_map(
            |(met, model, rejected, (is_complete, is_filtered, is_killed))| Step {
                met,
                model,
                rejected,
                is_complete,
                is_filtered,
                is_killed,
            },
        )
}

/// First seen, last seen, changed, and the model.
type Known = (i64, i64, i64, u8);

fn follow(rows: &mut BTreeMap<u8, Known>, number: i64, step: &Step) -> u64 {
    let mut met = BTreeSet::new();
    for id in step.met.iter().flatten() {
        met.insert(*id);
        let before = rows.get(id).copied();
        let row = match before {
            None => (number, number, number, step.model),
            Some((first, _, changed, model)) if model == step.model => {
                (first, number, changed, model)
            }
            Some((first, ..)) => (first, number, number, step.model),
        };
        rows.insert(*id, row);
    }
    if !step.is_complete || step.is_filtered {
        return 0;
    }
    let before = rows.len();
    rows.retain(|id, _| met.contains(id) || step.rejected.contains(id));
    let gone = (before - rows.len()) as u64;
    assert!(is_plausible_shrink(gone, before as u64));
    gone
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_newest_file_holds_what_the_rules_say(steps in vec(step(), 1..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let stage = Stage::new();
            let mut expected: BTreeMap<u8, Known> = BTreeMap::new();
            let mut ended = 0;
            for (number, step) in (1..).zip(&steps) {
                let mut landing = stage.begin(StreamName::Assets).await.unwrap();
                for ids in &step.met {
                    let model = |id: &u8| stage.asset(&id.to_string(), |asset| {
                        asset.model = Some(step.model.to_string());
                    });
                    let batch = batch(number, ids.iter().map(model).collect());
                    landing.put(&batch).await.unwrap();
                }
                if step.is_killed {
                    continue;
                }
                let mut report = stage.report(number, StreamName::Assets);
                report.filtered = step.is_filtered;
                let rejected: Vec<String> = step.rejected.iter().map(u8::to_string).collect();
                let rejected: Vec<Option<&str>> = rejected.iter().map(|id| Some(id.as_str())).collect();
                reject(&mut report, &rejected);
                if !step.is_complete {
                    incomplete(&mut report);
                }
                let landed = landing.finish(&report).await.unwrap();
                let deleted = follow(&mut expected, number, step);
                assert_eq!(landed.deleted, deleted);
                ended += 1;
                let rows = stage.newest();
                assert_eq!(rows.len(), expected.len(), "{rows:?}");
                for (id, (first, last, changed, model)) in &expected {
                    let row = &rows[&id.to_string()];
                    assert_eq!(row["first_seen_at"], instant(moment(*first)));
                    assert_eq!(row["last_seen_at"], instant(moment(*last)));
                    assert_eq!(row["changed_at"], instant(moment(*changed)));
                    assert_eq!(row["model"], model.to_string());
                }
                assert_eq!(stage.passes("assets").len(), ended);
            }
        });
    }
}
