//! The connector of `examples/cursor_connector`, held to every promise that the kit knows.

#[path = "../examples/cursor_connector/connector.rs"]
mod connector;
#[path = "../examples/cursor_connector/dates.rs"]
mod dates;
#[path = "../examples/cursor_connector/simulator.rs"]
mod simulator;

#[path = "subjects/harbor.rs"]
mod subject;

use lmsync::AssetQuery;
use lmsync::model::IssueCode;
use lmsync_testkit::conformance::{Stage, Vendor, run};

lmsync_testkit::conformance!(subject::HarborSubject);
lmsync_testkit::conformance_pointers!(subject::HarborSubject);
lmsync_testkit::conformance_two_way!(subject::HarborSubject);

/// What the suite cannot know: this connector keeps a device that goes before its detail comes.
#[test]
fn a_device_deleted_before_its_detail_is_handed_out_with_a_note() {
    run(async {
        let stage = Stage::<subject::HarborSubject>::with(9);
        let vendor = stage.vendor.clone();
        // After the sign-in and the only page.
        stage.faults.before(3, move || {
            vendor.simulator().with(|vendor| vendor.remove_asset("7"));
        });
        let detail = stage.connector.info().capabilities.detail;
        let assets = stage.list(AssetQuery::new().detail(detail)).await;
        let assets = assets.complete();
        assert_eq!(assets.len(), 9);
        let noted = assets.iter().filter(|asset| {
            let mut issues = asset.issues.iter();
            issues.any(|issue| issue.code == IssueCode::Truncated && issue.field == "hardware")
        });
        let noted: Vec<_> = noted.map(|asset| &*asset.source.vendor_id).collect();
        assert_eq!(noted, ["7"]);
    });
}
