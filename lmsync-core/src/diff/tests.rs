use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::*;
use crate::model::{AssetDraft, CheckInBasis, Connectivity, RawJson, Rules, Size, Source};
use crate::summary::{Rejection, SyncSummary};
use crate::tenant_fields::TenantField;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_774_958_400, 0).unwrap()
}

fn asset(instance: &str, id: &str, fill: impl FnOnce(&mut AssetDraft<'_>)) -> Asset {
    let rules = Rules::default();
    let source = Source::new("shelf", instance, id, now());
    let mut draft = AssetDraft::new(source, &rules, now());
    fill(&mut draft);
    draft.finish()
}

fn plain(id: &str) -> Asset {
    asset("acme", id, |_| {})
}

/// The summary of a listing that handed out `kept` records, and no others were there.
fn whole(kept: usize) -> SyncSummary {
    SyncSummary {
        seen: kept as u64,
        kept: kept as u64,
        complete: true,
        ..SyncSummary::default()
    }
}

fn ids(assets: &[NamedAsset]) -> Vec<&str> {
    assets.iter().map(|asset| &*asset.vendor_id).collect()
}

fn paths(difference: &FleetDiff) -> Vec<&str> {
    let fields = difference.changed.iter().flat_map(|one| &one.fields);
    fields.map(|field| &*field.path).collect()
}

#[test]
fn what_changed_is_told_by_its_path() {
    let old = asset("acme", "1", |draft| {
        draft.name("PC1").memory(Size::Bytes(8 << 30));
        draft.os("Windows 11 Pro", "10.0.22631");
        draft.disk(Default::default(), Some(Size::Bytes(5)), None);
        draft.asset.source.url = Some("https://example.com/1".to_owned());
        let field = ("Bay".to_owned(), RawJson::text("4"));
        draft.asset.custom_fields = BTreeMap::from([field]);
    });
    let new = asset("acme", "1", |draft| {
        draft.name("PC1").memory(Size::Bytes(16 << 30));
        draft.os("Windows 11 Pro", "10.0.26100");
        draft.disk(Default::default(), Some(Size::Bytes(6)), None);
        draft.public_ip("178.181.11.21");
        let field =
            |name: &str, json: &str| (name.to_owned(), RawJson::new(json.to_owned()).unwrap());
        draft.asset.custom_fields =
            BTreeMap::from([field("Bay", r#"{"row":4}"#), field("Room", "null")]);
    });
    let difference = diff(&[old], &[new], &whole(1));
    let changed = &difference.changed[0];
    assert_eq!(changed.asset.to_string(), "PC1 (shelf/acme 1)");
    let told: Vec<_> = changed.fields.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            r#"custom_fields.Bay: "4" -> {"row":4}"#,
            "custom_fields.Room: none -> null",
            r#"disks: [{"total_bytes":5,"media":"unknown"}] -> [{"total_bytes":6,"media":"unknown"}]"#,
            "memory_bytes: 8589934592 -> 17179869184",
            r#"network.public_ip: none -> "178.181.11.21""#,
            r#"os.version: "10.0.22631" -> "10.0.26100""#,
            r#"source.url: "https://example.com/1" -> none"#,
            "storage_total_bytes: 5 -> 6",
        ]
    );
    let text = difference.to_string();
    assert!(
        text.starts_with("changed PC1 (shelf/acme 1): custom_fields.Bay: "),
        "{text}"
    );
    assert!(
        text.ends_with("\n0 added, 1 changed, 0 gone, 0 unchanged, 0 unseen"),
        "{text}"
    );
}

#[test]
fn what_moves_by_itself_is_no_change() {
    let read = |check_in: &str, seen: Option<&str>, connectivity| {
        asset("acme", "1", |draft| {
            draft.last_check_in(check_in, CheckInBasis::AgentCheckIn);
            draft.asset.connectivity = connectivity;
            let field = ("Last seen".to_owned(), RawJson::text(check_in));
            draft.asset.custom_fields = BTreeMap::from([field]);
            let names = seen.map(|name| (TenantField::LastCheckIn, name.to_owned()));
            draft.asset.tenant_fields = names.into_iter().collect();
        })
    };
    // Yesterday's list was stored, so that it does not tell where the check-in was.
    let old = [read("2026-03-30T08:00:00Z", None, Connectivity::Online)];
    let told = [read(
        "2026-03-31T08:00:00Z",
        Some("Last seen"),
        Connectivity::Offline,
    )];
    assert_eq!(diff(&old, &told, &whole(1)).unchanged, 1);
    let untold = [read("2026-03-31T08:00:00Z", None, Connectivity::Offline)];
    let difference = diff(&old, &untold, &whole(1));
    assert_eq!(paths(&difference), ["custom_fields.Last seen"]);
}

#[test]
fn other_accounts_are_left_alone() {
    let old = [plain("1"), plain("2"), asset("other", "1", |_| {})];
    let difference = diff(&old, &[plain("1")], &whole(1));
    assert_eq!(ids(&difference.gone), ["2"]);
    assert_eq!(difference.unchanged, 1);
    assert!(difference.unseen.is_empty());

    // An empty list is of the account that the old one is of.
    let difference = diff(&old[..2], &[], &whole(0));
    assert_eq!(ids(&difference.gone), ["1", "2"]);
    let unclear = Some(NotDeleted::AccountUnclear);
    let difference = diff(&old, &[], &whole(0));
    assert_eq!(difference.not_judged, unclear);
    assert_eq!(ids(&difference.unseen), ["1", "2", "1"]);
    let several = [plain("1"), asset("other", "2", |_| {})];
    let difference = diff(&old, &several, &whole(2));
    assert_eq!(difference.not_judged, unclear);
    assert_eq!(ids(&difference.added), ["2"]);
    assert!(difference.gone.is_empty());
}

#[test]
fn what_could_not_be_read_is_not_gone() {
    let old = [plain("1"), plain("2"), plain("3")];
    let mut summary = whole(1);
    summary.reject(Rejection::new(Some("2".to_owned()), "it is null"));
    let difference = diff(&old, &[plain("1")], &summary);
    assert_eq!(ids(&difference.gone), ["3"]);
    assert_eq!(ids(&difference.unseen), ["2"]);
    assert_eq!(difference.not_judged, None);
    summary.reject(Rejection::without_id("the asset"));
    let difference = diff(&old, &[plain("1")], &summary);
    assert_eq!(ids(&difference.unseen), ["2", "3"]);
    let reason = NotDeleted::RejectedWithoutId;
    assert_eq!(difference.not_judged, Some(reason));
    assert!(
        difference
            .to_string()
            .ends_with("2 unseen (rejected_without_id)")
    );
}

#[test]
fn the_first_part_of_a_resumed_listing_belongs_to_the_new_list() {
    let old = [plain("1"), plain("2"), plain("3")];
    let (mut first, mut second) = (whole(1), whole(1));
    (first.complete, second.kept_before) = (false, 1);
    let pass = || DeletionGround::of(&second).after(&first);
    let difference = diff(&old, &[plain("2")], pass());
    assert_eq!(difference.not_judged, Some(NotDeleted::Partial));
    let difference = diff(&old, &[plain("1"), plain("2")], pass());
    assert_eq!(ids(&difference.gone), ["3"]);
    let difference = diff(&old, &[plain("1"), plain("2")], &second);
    assert_eq!(difference.not_judged, Some(NotDeleted::Resumed));
}

#[test]
fn of_a_repeated_record_the_last_counts() {
    let sized = |bytes| {
        asset("acme", "1", |draft| {
            draft.memory(Size::Bytes(bytes));
        })
    };
    let difference = diff(&[sized(1), sized(2)], &[sized(3), sized(2)], &whole(1));
    assert_eq!((difference.unchanged, difference.changed.len()), (1, 0));
    let difference = diff(&[], &[sized(3), sized(2)], &whole(2));
    assert_eq!(difference.added.len(), 1);
    // Two were handed out, and one is held.
    assert_eq!(difference.not_judged, Some(NotDeleted::Partial));
}

#[test]
fn a_difference_is_stored_and_read_back() {
    let old = [plain("1"), plain("2")];
    let new = [
        asset("acme", "1", |draft| {
            draft.memory(Size::Bytes(1));
        }),
        plain("3"),
    ];
    let mut summary = whole(2);
    summary.complete = false;
    let difference = diff(&old, &new, &summary);
    let form = json!({
        "added": [{ "connector": "shelf", "instance": "acme", "vendor_id": "3", "name": "3" }],
        "changed": [{
            "asset": { "connector": "shelf", "instance": "acme", "vendor_id": "1", "name": "1" },
            "fields": [{ "path": "memory_bytes", "old": null, "new": 1 }],
        }],
        "gone": [],
        "unseen": [{ "connector": "shelf", "instance": "acme", "vendor_id": "2", "name": "2" }],
        "not_judged": "incomplete",
        "unchanged": 0,
    });
    assert_eq!(serde_json::to_value(&difference).unwrap(), form);
    let text = serde_json::to_string(&difference).unwrap();
    assert_eq!(
        serde_json::from_str::<FleetDiff>(&text).unwrap(),
        difference
    );
}

/// A list of records with ids that are met again, and memory and check-ins that differ.
fn fleet() -> impl Strategy<Value = Vec<Asset>> {
    let machine = (select(vec!["a", "b"]), 0..5_u32, 0..2_u64, 0..3_i64);
    proptest::collection::vec(machine, 0..8).prop_map(|machines| {
        let machines = machines.into_iter();
        machines
            .map(|(instance, id, bytes, day)| {
                asset(instance, &id.to_string(), |draft| {
                    draft.memory(Size::Bytes(bytes));
                    draft.asset.last_check_in = Some(now() + TimeDelta::days(day));
                })
            })
            .collect()
    })
}

/// The last record of each id in `assets`, those of one account.
fn last(assets: &[Asset]) -> BTreeMap<&str, &Asset> {
    let one = assets.iter().filter(|asset| asset.source.instance == "a");
    one.map(|asset| (&*asset.source.vendor_id, asset)).collect()
}

proptest! {
    #[test]
    fn each_asset_is_in_one_place(old in fleet(), new in fleet(), complete in any::<bool>()) {
        let new: Vec<_> = new.into_iter().filter(|asset| asset.source.instance == "a").collect();
        prop_assume!(!new.is_empty());
        let (before, after) = (last(&old), last(&new));
        let mut summary = whole(after.len());
        summary.complete = complete;
        let difference = diff(&old, &new, &summary);

        let set = |assets: &[NamedAsset]| -> BTreeSet<String> {
            assets.iter().map(|asset| asset.vendor_id.clone()).collect()
        };
        let only = |one: &BTreeMap<&str, &Asset>, other: &BTreeMap<&str, &Asset>| -> BTreeSet<String> {
            let ids = one.keys().filter(|id| !other.contains_key(*id));
            ids.map(|id| (*id).to_owned()).collect()
        };
        let missing = only(&before, &after);
        let (gone, unseen) = if complete { (missing, BTreeSet::new()) } else { (BTreeSet::new(), missing) };
        prop_assert_eq!(set(&difference.added), only(&after, &before));
        prop_assert_eq!(set(&difference.gone), gone);
        prop_assert_eq!(set(&difference.unseen), unseen);
        let changed: BTreeSet<&str> = difference.changed.iter().map(|one| &*one.asset.vendor_id).collect();
        let mut unchanged = 0;
        for (id, new) in &after {
            let Some(old) = before.get(id) else { continue };
            let is_same = old.fingerprint() == new.fingerprint();
            unchanged += u64::from(is_same);
            prop_assert_eq!(changed.contains(id), !is_same);
        }
        prop_assert_eq!(difference.unchanged, unchanged);
        prop_assert!(difference.changed.iter().all(|one| !one.fields.is_empty()));
    }

    #[test]
    fn a_list_does_not_differ_from_itself(fleet in fleet()) {
        let fleet: Vec<_> = fleet.into_iter().filter(|asset| asset.source.instance == "a").collect();
        let difference = diff(&fleet, &fleet, &whole(last(&fleet).len()));
        prop_assert_eq!(difference.unchanged, last(&fleet).len() as u64);
        prop_assert!(difference.changed.is_empty() && difference.added.is_empty());
        prop_assert!(difference.gone.is_empty() && difference.unseen.is_empty());
        prop_assert_eq!(difference.not_judged, None);
    }
}
