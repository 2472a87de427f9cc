//! What every promise stands on: the stage, and what a listing is held to.

use lmsync::{AssetQuery, Error, ErrorKind};
use lmsync_testkit::conformance::{self, Profile, Stage, Subject, paging};
use lmsync_testkit::proof::panics;

use crate::flaw::{self, Flaw};
use crate::pages::{lose_one, make_one_up, page};
use crate::subjects::{Flawed, Shelf, connect};
use crate::vendor::profile;

type Listing = conformance::Listing;

fn with_stage(test: impl AsyncFnOnce(Stage<Flawed<Shelf>>)) {
    flaw::put_in_force(Flaw::default);
    conformance::run(async { test(Stage::with_pages()).await });
}

#[test]
fn a_stage_with_pages_has_two_and_a_half() {
    with_stage(async |stage| {
        assert_eq!(stage.truth().len(), 125);
        assert_eq!(stage.list_all().await.len(), 125);
        assert_eq!(stage.vendor.requests(), 3);
        stage.expect_usable().await;
        assert!(format!("{stage:?}").contains("Shelf"));
    });
}

#[test]
fn an_account_that_lacks_an_asset_is_not_usable() {
    assert!(panics(|| {
        flaw::put_in_force(|| page(lose_one));
        conformance::run(async { Stage::<Flawed<Shelf>>::with_pages().expect_usable().await });
    }));
}

#[test]
fn a_list_of_all_is_what_the_vendor_has() {
    let flaws: [fn() -> Flaw; 3] = [Flaw::default, || page(lose_one), || page(make_one_up)];
    let fails = flaws.map(|flaw| {
        panics(|| {
            flaw::put_in_force(flaw);
            conformance::run(async {
                let vendor = |now| <Flawed<Shelf> as Subject>::vendor(60, now);
                let stage = lmsync_testkit::Stage::new(vendor, |environment| {
                    connect::<Shelf>(environment, None)
                });
                stage.list_all().await;
            });
        })
    });
    assert_eq!(fails, [false, true, true]);
}

#[test]
fn a_listing_is_complete_only_if_all_agrees() {
    let spoilt: [fn(&mut Listing); 5] = [
        |_| {},
        |listing| listing.error = Some(Error::vendor("no")),
        |listing| listing.summary.complete = false,
        |listing| listing.summary.incomplete_reason = Some("no".to_owned()),
        |listing| listing.summary.kept += 1,
    ];
    let fails = spoilt.map(|spoil| {
        panics(|| {
            with_stage(async |stage| {
                let mut listing = stage.list(AssetQuery::new()).await;
                spoil(&mut listing);
                assert_eq!(listing.complete().len(), 125);
            });
        })
    });
    assert_eq!(fails, [false, true, true, true, true]);
}

#[test]
fn a_listing_fails_only_if_all_agrees() {
    let spoilt: [fn(&mut Listing); 5] = [
        |_| {},
        |listing| listing.error = None,
        |listing| listing.error = Some(Error::config("no")),
        |listing| listing.summary.complete = true,
        |listing| listing.summary.incomplete_reason = None,
    ];
    let fails = spoilt.map(|spoil| {
        panics(|| {
            with_stage(async |stage| {
                let mut listing = stage.list(AssetQuery::new()).await;
                listing.error = Some(Error::vendor("no"));
                listing.summary.complete = false;
                listing.summary.incomplete_reason = Some("no".to_owned());
                spoil(&mut listing);
                let error = listing.failure(ErrorKind::Vendor);
                assert_eq!(error.kind(), ErrorKind::Vendor);
            });
        })
    });
    assert_eq!(fails, [false, true, true, true, true]);
}

#[test]
fn what_slips_where_nobody_counts_is_no_broken_promise() {
    flaw::put_in_force(|| profile(Profile::without_counts).and(page(|_, page| page.total = None)));
    conformance::run(async {
        paging::an_asset_removed_between_pages_hides_no_other::<Flawed<Shelf>>().await;
        paging::assets_that_come_and_go_between_pages_hide_and_repeat_no_other::<Flawed<Shelf>>()
            .await;
    });
}

#[test]
fn a_test_that_waits_for_ever_fails() {
    assert!(panics(|| conformance::run(std::future::pending())));
}
