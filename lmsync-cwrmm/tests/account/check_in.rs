//! Check-ins from the heartbeat, and windows over them.

use std::collections::BTreeSet;

use lmsync_core::{AssetQuery, CheckInWindow, NeverCheckedIn};
use lmsync_testkit::conformance::run;
use lmsync_testkit::cwrmm::Heartbeat;
use lmsync_testkit::{Fault, Mutation, MutationKind};

use super::stage::{CwRmmStage, is_check_in_untold, outcomes, stage_of};

#[test]
fn a_heartbeat_that_fails_costs_check_in_times_and_nothing_else() {
    run(async {
        for heartbeat in [
            Heartbeat::Fails(403),
            Heartbeat::Fails(400),
            Heartbeat::Fails(404),
            Heartbeat::Fails(500),
            Heartbeat::AllFailed,
        ] {
            let stage = stage_of(400, 60);
            stage.misbehave(|faults| faults.heartbeat = heartbeat.clone());
            let assets = stage.list_all().await;
            assert!(
                assets
                    .iter()
                    .all(|asset| asset.last_check_in.is_none() && is_check_in_untold(asset))
            );
            let report = stage.check().await;
            assert!(outcomes(&report)["read_assets"], "{report:?}");
            assert!(!outcomes(&report)["read_check_in"], "{heartbeat:?}");
        }
    });
}

#[test]
fn a_heartbeat_that_keeps_failing_is_given_up() {
    run(async {
        let stage = stage_of(1000, 100);
        stage.misbehave(|faults| faults.heartbeat = Heartbeat::Fails(403));
        stage.list_all().await;
        assert!(
            stage.sent("heartbeat").len() < 8,
            "{}",
            stage.sent("heartbeat").len()
        );
    });
}

#[test]
fn a_heartbeat_that_fails_for_one_company_is_told_for_the_others() {
    run(async {
        let stage = stage_of(80, 8);
        stage.misbehave(|faults| faults.heartbeat = Heartbeat::FailsFor([1, 5].into()));
        let assets = stage.list_all().await;
        let hit: BTreeSet<_> = assets
            .iter()
            .filter(|asset| is_check_in_untold(asset))
            .map(|asset| asset.customer.clone().unwrap().id)
            .collect();
        assert_eq!(hit.len(), 2);
        for asset in &assets {
            let is_hit = hit.contains(&asset.customer.as_ref().unwrap().id);
            assert_eq!(is_hit, is_check_in_untold(asset));
        }
        assert!(assets.iter().any(|asset| asset.last_check_in.is_some()));
    });
}

#[test]
fn a_check_in_that_cannot_be_read_costs_only_its_own_device() {
    run(async {
        let clean = stage_of(20, 1);
        let plain = clean.list_all().await;
        let reported = plain.iter().find(|asset| asset.last_check_in.is_some());
        let id = &reported.unwrap().source.vendor_id;
        let stage = stage_of(20, 1);
        let odd = Mutation::seeded(3)
            .of_kinds(&[MutationKind::Array])
            .fields_of(id);
        let heartbeat = clean.number_of("heartbeat");
        stage.faults.inject(heartbeat, Fault::Mutate(odd));
        let spoilt = stage.list_all().await;
        for (spoilt, plain) in spoilt.iter().zip(&plain) {
            let is_hit = spoilt.source.vendor_id == *id;
            assert_eq!(is_check_in_untold(spoilt), is_hit, "{:?}", spoilt.issues);
            assert_eq!(spoilt.last_check_in == plain.last_check_in, !is_hit);
        }
    });
}

#[test]
fn a_window_leaves_nothing_out_in_silence_when_the_heartbeat_fails() {
    run(async {
        let stage = stage_of(80, 8);
        stage.misbehave(|faults| faults.heartbeat = Heartbeat::FailsFor([0].into()));
        let window = AssetQuery::new().window(CheckInWindow::DAYS_30);
        let (kept, summary) = stage.list(window.clone()).await;
        assert!(!kept.is_empty() && kept.iter().all(|asset| !is_check_in_untold(asset)));
        assert!(!summary.rejected.is_empty());
        for rejection in &summary.rejected {
            assert!(rejection.vendor_id.is_some());
            assert!(rejection.reason.contains("window"), "{}", rejection.reason);
        }
        assert_eq!(summary.seen, 80);
        let including = window.never_checked_in(NeverCheckedIn::Include);
        let (kept, included) = stage.list(including).await;
        assert!(included.rejected.is_empty());
        let unknown = kept
            .iter()
            .filter(|asset| is_check_in_untold(asset))
            .count();
        assert_eq!(unknown, summary.rejected.len());
    });
}
