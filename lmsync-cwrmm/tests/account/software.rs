//! Installed software: of many devices at once, or of each alone.

use std::collections::BTreeMap;

use lmsync_core::model::Asset;
use lmsync_core::{AssetQuery, Detail};
use lmsync_testkit::conformance::run;
use lmsync_testkit::cwrmm::CwRmmSpec;

use super::stage::{CwRmmStage, Stage, config, stage_of, stage_with};

/// The assets with their software, which must be what is installed.
async fn with_software(stage: &Stage, detail: Detail) -> Vec<Asset> {
    let (assets, summary) = stage.list(AssetQuery::new().detail(detail)).await;
    assert!(summary.complete, "{summary:?}");
    let told: BTreeMap<&str, Vec<&str>> = assets
        .iter()
        .map(|asset| {
            let programs = asset.software.as_ref().unwrap().iter();
            let mut names: Vec<&str> = programs.map(|program| &*program.name).collect();
            names.sort_unstable();
            (asset.source.vendor_id.as_str(), names)
        })
        .collect();
    stage.change(|vendor| {
        for (id, names) in &told {
            let machine = vendor.machine(id).unwrap();
            let installed = vendor.population().fleet().software(&machine);
            let mut truth: Vec<&str> = installed.iter().map(|program| program.name).collect();
            truth.sort_unstable();
            assert_eq!(*names, truth, "{id}");
        }
    });
    assets
}

fn software() -> Detail {
    Detail::NONE.software()
}

#[test]
fn software_of_a_thousand_devices_takes_at_most_thirty_requests() {
    run(async {
        let stage = stage_of(1_000, 40);
        let assets = with_software(&stage, software()).await;
        assert_eq!(assets.len(), 1_000);
        assert_eq!(stage.sent("endpoints/applications").len(), 10);
        // No device is asked alone.
        assert!(stage.sent("/sites/").is_empty());
        assert!(assets.iter().any(|asset| {
            let programs = asset.software.as_ref().unwrap();
            programs.iter().any(|one| {
                one.publisher.is_some() && one.version.is_some() && one.installed_on.is_some()
            })
        }));
    });
}

#[test]
fn software_comes_page_by_page_and_a_device_may_be_on_two_of_them() {
    run(async {
        let adjust = |spec: &mut CwRmmSpec| spec.page_cap = 7;
        let stage = stage_with(60, 6, adjust, config());
        stage.misbehave(|faults| faults.programs_at_once = Some(3));
        with_software(&stage, software()).await;
        assert!(stage.sent("endpoints/applications").len() > 60 / 7);
        assert!(stage.sent("/sites/").is_empty());
    });
}

#[test]
fn where_an_account_takes_no_such_question_each_device_is_asked_alone() {
    run(async {
        for status in [400, 403, 404, 405] {
            let stage = stage_with(40, 8, |_| {}, config().concurrency(1));
            stage.misbehave(|faults| faults.inventory_fails = Some(status));
            with_software(&stage, software()).await;
            // A "not found" may be one company's; any other refusal is one for all.
            let asked = stage.sent("endpoints/applications").len();
            assert_eq!(asked, if status == 404 { 10 } else { 1 }, "{status}");
            assert_eq!(stage.sent("/sites/").len(), 40);
        }
    });
}

#[test]
fn a_company_without_devices_costs_the_others_nothing() {
    run(async {
        let stage = stage_of(40, 4);
        stage.misbehave(|faults| faults.mixed_batch_is_404 = true);
        let emptied = stage.list_all().await[0].customer.clone().unwrap().id;
        for asset in stage.list_all().await {
            if asset.customer.as_ref().is_some_and(|own| own.id == emptied) {
                stage.change(|vendor| vendor.remove_asset(&asset.source.vendor_id));
            }
        }
        with_software(&stage, software()).await;
        assert_eq!(stage.sent("endpoints/applications").len(), 1 + 4);
        assert!(stage.sent("/sites/").is_empty());
    });
}

#[test]
fn with_hardware_software_comes_from_each_device_without_a_further_request() {
    run(async {
        let stage = stage_of(12, 2);
        with_software(&stage, software().hardware()).await;
        assert!(stage.sent("endpoints/applications").is_empty());
        assert_eq!(stage.sent("/sites/").len(), 12);
    });
}
