//! What is read is what the vendor has.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use lmsync_core::model::{Asset, AssetId, CheckInBasis, IdentityKind, IssueCode};
use lmsync_core::{
    AssetQuery, CheckInSupport, CheckInWindow, CheckScope, ConnectorExt, Detail, ErrorKind,
    NeverCheckedIn,
};

use super::stage::{Listing, ids};
use super::{Stage, Subject, Vendor};

/// Every asset of the vendor arrives, and none twice.
pub async fn every_asset_arrives_once<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let listed = ids(&stage.list_all().await);
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(unique.len(), listed.len());
    assert_eq!(unique, stage.truth());
}

/// Every asset names its connector and account, has a name, and its vendor id as the first key.
pub async fn every_asset_says_where_it_comes_from<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let info = stage.connector.info().clone();
    for asset in stage.list_all().await {
        assert_eq!(asset.source.connector, info.vendor);
        assert_eq!(asset.source.instance, info.instance);
        assert!(!asset.name.trim().is_empty());
        assert!(asset.source.fetched_at <= stage.clock.now());
        let key = &asset.identity[0];
        assert_eq!(key.kind, IdentityKind::VendorId);
        assert_eq!(key.value, asset.source.vendor_id);
    }
}

/// Every asset survives the way to JSON and back.
pub async fn every_asset_has_a_json_form<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    for mut asset in stage.list_all().await {
        // For the caller only: not part of the JSON form.
        asset.tenant_fields.clear();
        let json = serde_json::to_string(&asset).unwrap();
        assert!(json.starts_with(r#"{"record":"asset","#), "{json}");
        let back: Asset = serde_json::from_str(&json).unwrap();
        assert_eq!(back, asset);
    }
}

/// Every customer of the vendor arrives, and none twice.
pub async fn every_customer_arrives_once<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let (customers, summary) = stage.connector.collect_customers().await.unwrap();
    assert!(summary.complete);
    let unique: BTreeSet<String> = customers
        .iter()
        .map(|customer| customer.source.vendor_id.clone())
        .collect();
    assert_eq!(unique.len(), customers.len());
    assert!(!unique.is_empty());
    assert_eq!(unique, stage.customers());
}

/// An account without assets is complete, and that is no error.
pub async fn an_empty_account_is_empty_and_complete<S: Subject>() {
    let stage = Stage::<S>::with(0);
    assert!(stage.list_all().await.is_empty());
}

/// Two listings in a row agree.
pub async fn reading_twice_gives_the_same<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let read = || async {
        let mut assets = stage.list_all().await;
        for asset in &mut assets {
            asset.source.fetched_at = chrono::DateTime::UNIX_EPOCH;
        }
        assets
    };
    assert_eq!(read().await, read().await);
}

/// One asset read alone agrees with the listing.
pub async fn one_asset_can_be_read_alone<S: Subject>() {
    let stage = Stage::<S>::with(5);
    for listed in list_with_serials(&stage).await {
        let alone = stage.connector.asset(&listed.id()).await.unwrap();
        assert_eq!(alone.source.vendor_id, listed.source.vendor_id);
        assert_eq!(alone.name, listed.name);
        assert_eq!(alone.serial, listed.serial);
        assert_eq!(alone.purchase_date, listed.purchase_date);
        assert_eq!(alone.warranty_expiry, listed.warranty_expiry);
    }
}

/// A listing of everything, with serial numbers even where these are detail.
async fn list_with_serials<S: Subject>(stage: &Stage<S>) -> Vec<Asset> {
    let query = match S::profile().has_serials_with_detail_only {
        true => AssetQuery::new().detail(stage.connector.info().capabilities.detail),
        false => AssetQuery::new(),
    };
    stage.list(query).await.complete()
}

/// An asset that does not exist is an error of its own kind.
pub async fn an_unknown_asset_is_an_error<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let known = stage.list_all().await.remove(0).id();
    let unknown = AssetId {
        vendor_id: "404404404".to_owned(),
        ..known
    };
    let error = stage.connector.asset(&unknown).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
}

/// An id that an address could not hold as it is belongs to no asset: it never becomes that of another.
pub async fn an_id_is_never_shortened_into_another<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let known = stage.list_all().await.remove(0).id();
    stage.connector.asset(&known).await.expect("the asset");
    let (first, rest) = known.vendor_id.split_at(1);
    let whole = &known.vendor_id;
    for odd in [
        format!("{first}\t{rest}"),
        format!("{first}\n{rest}"),
        format!("{whole}\0"),
        format!("{whole}/../{whole}"),
        format!("{whole}?x=1"),
        format!("{whole}#x"),
        format!("{whole}%20"),
        "..".to_owned(),
    ] {
        let unknown = AssetId {
            vendor_id: odd.clone(),
            ..known.clone()
        };
        let error = stage.connector.asset(&unknown).await.expect_err(&odd);
        assert_eq!(error.kind(), ErrorKind::NotFound, "{odd:?}: {error}");
    }
}

fn reports_check_ins<S: Subject>(stage: &Stage<S>) -> bool {
    stage.connector.info().capabilities.check_in != CheckInSupport::None
}

/// A window of 30, 60 or 90 days keeps exactly the assets that checked in within it.
pub async fn a_window_keeps_what_checked_in_within_it<S: Subject>() {
    for (window, days) in [
        (CheckInWindow::DAYS_30, 30),
        (CheckInWindow::DAYS_60, 60),
        (CheckInWindow::DAYS_90, 90),
    ] {
        let stage = Stage::<S>::with_pages();
        let start = stage.clock.now() - TimeDelta::days(days);
        let listing = stage.list(AssetQuery::new().window(window)).await;
        if !reports_check_ins(&stage) {
            assert_eq!(
                listing.error.expect("a window needs check-ins").kind(),
                ErrorKind::Config
            );
            continue;
        }
        let kept: BTreeSet<String> = ids(&listing.complete()).into_iter().collect();
        let expected: BTreeSet<String> = stage.vendor.simulator().with(|vendor| {
            let recent = |id: &String| vendor.checked_in_at(id).is_some_and(|at| at >= start);
            vendor.asset_ids().into_iter().filter(recent).collect()
        });
        assert!(!expected.is_empty() && expected.len() < stage.truth().len());
        assert_eq!(kept, expected, "{days} days");
    }
}

/// An asset that checked in exactly when the window begins is kept, and one instant earlier is not.
pub async fn the_edge_of_a_window_is_inside<S: Subject>() {
    // A millisecond passes unnoticed in a stage in which something was read before.
    for (lateness, is_kept) in [(0, true), (1, false)] {
        let stage = Stage::<S>::with_pages();
        if !reports_check_ins(&stage) {
            return;
        }
        let (edge, id) = last_of_yesterday(stage.list_all().await, stage.clock.now());
        let until = edge + TimeDelta::days(30) + TimeDelta::milliseconds(lateness);
        let wait = (until - stage.clock.now()).to_std();
        stage.clock.sleep(wait.expect("a time to come")).await;
        assert_eq!(stage.clock.now(), until);
        let listing = stage
            .list(AssetQuery::new().window(CheckInWindow::DAYS_30))
            .await;
        let kept = ids(&listing.complete());
        assert_eq!(kept.contains(&id), is_kept, "{lateness} ms late");
    }
}

/// Of the assets that have not checked in for a day, when the last did and its id.
fn last_of_yesterday(assets: Vec<Asset>, now: DateTime<Utc>) -> (DateTime<Utc>, String) {
    assets
        .into_iter()
        .filter(|asset| asset.check_in_basis == CheckInBasis::AgentCheckIn)
        .filter_map(|asset| Some((asset.last_check_in?, asset.source.vendor_id)))
        .filter(|(at, _)| *at < now - TimeDelta::days(1))
        .max()
        .expect("an asset that checked in")
}

/// Assets that never checked in are left out and counted, or kept where that is asked for.
pub async fn assets_that_never_checked_in_are_counted_and_included_on_request<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    if !reports_check_ins(&stage) {
        return;
    }
    let never: BTreeSet<String> = stage.vendor.simulator().with(|vendor| {
        let never = |id: &String| vendor.checked_in_at(id).is_none();
        vendor.asset_ids().into_iter().filter(never).collect()
    });
    assert!(!never.is_empty());
    let window = AssetQuery::new().window(CheckInWindow::DAYS_30);
    let excluding = stage.list(window.clone()).await;
    let including = stage
        .list(window.never_checked_in(NeverCheckedIn::Include))
        .await;
    for listing in [&excluding, &including] {
        assert_eq!(listing.summary.never_checked_in, never.len() as u64);
    }
    let kept = |listing: Listing| {
        ids(&listing.complete())
            .into_iter()
            .collect::<BTreeSet<_>>()
    };
    let (excluding, including) = (kept(excluding), kept(including));
    assert!(excluding.is_disjoint(&never));
    assert_eq!(&including - &excluding, never);
}

/// Every asset seen is kept, filtered out, left out as never checked in, or rejected.
pub async fn every_asset_is_accounted_for<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let windows: &[CheckInWindow] = match reports_check_ins(&stage) {
        true => &[CheckInWindow::All, CheckInWindow::DAYS_30],
        false => &[CheckInWindow::All],
    };
    for window in windows.iter().copied() {
        let summary = stage.list(AssetQuery::new().window(window)).await.summary;
        assert_eq!(summary.seen, stage.truth().len() as u64);
        assert_eq!(
            summary.seen,
            summary.kept
                + summary.filtered_out
                + summary.never_checked_in_excluded
                + summary.rejected.len() as u64
        );
    }
}

/// An asset with a serial number that came before is flagged, and no other is.
pub async fn a_serial_number_that_comes_twice_is_flagged<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let mut known = BTreeSet::new();
    let mut repeated = 0;
    for asset in list_with_serials(&stage).await {
        let is_new = asset.serial.key.is_none_or(|key| known.insert(key));
        let is_flagged = asset
            .issues
            .iter()
            .any(|issue| issue.code == IssueCode::DuplicateSerial);
        assert_eq!(is_flagged, !is_new, "{}", asset.source.vendor_id);
        repeated += usize::from(!is_new);
    }
    assert!(repeated > 0);
}

/// The summary says how many assets of each customer came, by the ids of the customers.
pub async fn the_summary_counts_assets_by_customer<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let listing = stage.list(AssetQuery::new()).await;
    let mut expected = BTreeMap::<String, u64>::new();
    for asset in &listing.assets {
        let id = asset.customer.as_ref().map(|customer| customer.id.clone());
        *expected.entry(id.unwrap_or_default()).or_default() += 1;
    }
    let counted: BTreeMap<String, u64> = listing
        .summary
        .customers
        .iter()
        .map(|(id, count)| (id.clone(), count.assets))
        .collect();
    assert_eq!(counted, expected);
    assert!(counted.len() > 1);
    let customers = stage.customers();
    let mut named = counted.keys().filter(|id| !id.is_empty());
    assert!(named.all(|id| customers.contains(id)), "{counted:?}");
}

/// The vendor's own record is kept on request, and only then.
pub async fn the_raw_record_comes_on_request_only<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let plain = stage.list_all().await;
    assert!(plain.iter().all(|asset| asset.source.raw.is_none()));
    let raw = stage.list(AssetQuery::new().raw()).await.complete();
    assert_eq!(raw.len(), plain.len());
    for asset in &raw {
        let record = asset.source.raw.as_ref().expect("the vendor's record");
        assert!(record.get().contains(&asset.source.vendor_id));
    }
}

/// What costs further requests comes on request, for every asset that is kept, and only then: it
/// tells what the list does not.
pub async fn detail_comes_on_request_only<S: Subject>() {
    let stage = Stage::<S>::with(12);
    let offered = stage.connector.info().capabilities.detail;
    let plain = stage.list_all().await;
    assert!(plain.iter().all(|asset| asset.software.is_none()));
    let query = AssetQuery::new().detail(offered);
    let full = stage.list(query).await.complete();
    assert_eq!(ids(&full), ids(&plain));
    if offered.software {
        assert!(full.iter().all(|asset| asset.software.is_some()));
    }
    if offered.hardware {
        assert!(full.iter().any(|asset| asset.memory_bytes.is_some()));
    }
    let has_more = full.into_iter().zip(plain).any(|(mut full, plain)| {
        full.source = plain.source.clone();
        full != plain
    });
    assert_eq!(has_more, offered != Detail::NONE);
}

/// What the capabilities do not declare is `unsupported`, never an empty list.
pub async fn what_is_not_offered_is_unsupported<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let outcome = stage.connector.collect_software().await;
    if stage.connector.info().capabilities.software {
        assert!(outcome.unwrap().1.complete);
    } else {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(stage.vendor.requests(), 0);
    }
}

/// Listing, reading and checking change nothing at the vendor.
pub async fn nothing_is_written<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let first = stage.list_all().await.remove(0).id();
    stage.connector.asset(&first).await.unwrap();
    stage.connector.collect_customers().await.unwrap();
    stage.connector.check(CheckScope::two_way()).await;
    assert_eq!(stage.vendor.simulator().with(|vendor| vendor.writes()), 0);
}
