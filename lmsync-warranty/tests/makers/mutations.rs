//! Answers with small changes to their JSON: one answer for each query, and never a panic.

use lmsync_testkit::conformance::run;
use lmsync_testkit::warranty::{MakerApi, MakerSimulator};
use lmsync_testkit::{Fault, Mutation, Stage};
use lmsync_warranty::WarrantySource;
use proptest::prelude::*;

use super::stage::{ask, cisco, dell, hp, lenovo, summary};

async fn every_query_is_answered<A: MakerApi, S: WarrantySource>(
    stage: Stage<MakerSimulator<A>, S>,
    seed: u64,
) {
    stage
        .faults
        .inject_always(Fault::Mutate(Mutation::seeded(seed)));
    let queries = stage.change(|maker| maker.fleet().queries());
    let answers = ask(&stage.account, &queries).await;
    assert_eq!(answers.iter().count(), queries.len());
    for query in &queries {
        let (word, purchase, expiry) = summary(&answers, query, stage.clock.now().date_naive());
        let has_dates = purchase.is_some() || expiry.is_some();
        assert!(
            !has_dates || word == "covered" || word == "expired",
            "{word}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_small_change_costs_no_query_its_answer(seed in any::<u64>()) {
        run(every_query_is_answered(dell(12), seed));
        run(every_query_is_answered(lenovo(12), seed));
        run(every_query_is_answered(cisco(12), seed));
        run(every_query_is_answered(hp(12), seed));
    }
}
