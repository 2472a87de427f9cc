//! Rows in any order, number and choice move no date to another machine.

use std::collections::BTreeSet;

use lmsync_testkit::Stage;
use lmsync_testkit::conformance::run;
use lmsync_testkit::warranty::{MakerApi, MakerSimulator, MakerSwitches};
use lmsync_warranty::WarrantySource;
use proptest::prelude::*;

use super::stage::{ask, cisco, dell, hp, lenovo, require_truth, summary};

#[test]
fn every_machine_has_its_own_answer() {
    async fn holds<A: MakerApi, S: WarrantySource>(stage: Stage<MakerSimulator<A>, S>) {
        let fleet = stage.change(|maker| maker.fleet().clone());
        let answers = ask(&stage.account, &fleet.queries()).await;
        require_truth(&answers, &fleet, stage.clock.now().date_naive());
    }
    run(holds(dell(100)));
    run(holds(lenovo(50)));
    run(holds(cisco(75)));
    run(holds(hp(120)));
}

/// Any way in which rows may come.
fn any_rows() -> impl Strategy<Value = (MakerSwitches, BTreeSet<usize>)> {
    let left_out = proptest::collection::btree_set(0_usize..30, 0..6);
    let flags = proptest::array::uniform6(any::<bool>());
    (flags, left_out).prop_map(|(flags, left_out)| {
        let [
            turned,
            doubled,
            unasked,
            lower_case,
            object_for_one,
            dates_of_unknown,
        ] = flags;
        let switches = MakerSwitches {
            turned,
            doubled,
            unasked,
            lower_case,
            object_for_one,
            dates_of_unknown,
            ..MakerSwitches::default()
        };
        (switches, left_out)
    })
}

async fn no_date_moves<A: MakerApi, S: WarrantySource>(
    stage: Stage<MakerSimulator<A>, S>,
    mut switches: MakerSwitches,
    left_out: BTreeSet<usize>,
) {
    let fleet = stage.change(|maker| maker.fleet().clone());
    // Every second machine alone is asked for; the others may come unasked.
    let asked: Vec<_> = (0..fleet.machines())
        .step_by(2)
        .map(|index| fleet.machine(index))
        .collect();
    let is_left_out = |index: usize| left_out.contains(&index);
    switches.left_out = (0..asked.len())
        .filter(|index| is_left_out(*index))
        .map(|index| asked[index].serial.clone())
        .collect();
    let gone = switches.left_out.clone();
    stage.change(|maker| *maker.switches() = switches);
    let queries: Vec<_> = asked.iter().map(|machine| machine.query()).collect();
    let answers = ask(&stage.account, &queries).await;
    assert_eq!(answers.iter().count(), queries.len());
    for (machine, query) in asked.iter().zip(&queries) {
        let found = summary(&answers, query, stage.clock.now().date_naive());
        let truth = &machine.truth;
        let expected = match gone.contains(&machine.serial) {
            true => ("not_found".to_owned(), None, None),
            false => (truth.word.to_owned(), truth.purchase, truth.expiry),
        };
        assert_eq!(found, expected, "{}", machine.serial);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_way_of_rows_moves_a_date_to_another_machine((switches, left_out) in any_rows(), machines in 1_usize..61) {
        run(no_date_moves(dell(machines), switches.clone(), left_out.clone()));
        run(no_date_moves(lenovo(machines), switches.clone(), left_out.clone()));
        run(no_date_moves(cisco(machines), switches.clone(), left_out.clone()));
        run(no_date_moves(hp(machines), switches, left_out));
    }
}
