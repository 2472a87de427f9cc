use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::json::full;
use super::*;
use crate::tenant_fields::TenantField;

/// The same asset, with what its JSON form is after `change`.
fn altered(asset: &Asset, change: impl FnOnce(&mut Value)) -> Asset {
    let mut form = serde_json::to_value(asset).unwrap();
    change(&mut form);
    serde_json::from_value(form.clone()).unwrap_or_else(|error| panic!("{error}: {form:#}"))
}

/// A full asset, as it is when it was stored and read back.
fn stored() -> Asset {
    altered(&full(), |_| {})
}

/// The places of the leaves of `value`, as JSON pointers.
fn leaves(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                leaves(member, &format!("{place}/{name}"), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                leaves(item, &format!("{place}/{at}"), found);
            }
        }
        _ => found.push(place.to_owned()),
    }
}

/// The place without the numbers of array elements, with dots.
fn field(place: &str) -> String {
    let parts = place.split('/').skip(1);
    let names: Vec<_> = parts
        .filter(|part| part.parse::<usize>().is_err())
        .collect();
    names.join(".")
}

/// Another value that may stand at `place` of an asset.
fn another(place: &str, value: &Value) -> Value {
    let words: &[&str] = match field(place).as_str() {
        "kind" => &["server", "laptop"],
        "virtualization" => &["guest", "physical"],
        "serial.status" => &["virtual", "valid"],
        "serial.others.type" => &["chassis", "bios"],
        "network.adapters.class" => &["vpn", "physical"],
        "network.primary_mac" | "network.adapters.mac" => {
            &["18:cc:18:00:00:01", "18:cc:18:00:00:02"]
        }
        "os.family" => &["linux", "windows"],
        "os.arch" => &["arm64", "x86_64"],
        "disks.media" => &["hdd", "ssd"],
        "state" => &["deleted", "active"],
        "connectivity" => &["offline", "online"],
        "check_in_basis" => &["record_update", "none"],
        "security.antivirus.status" => &["disabled", "running"],
        "security.antivirus.definitions" => &["out_of_date", "up_to_date"],
        "identity.kind" => &["mac", "serial"],
        "identity.strength" => &["weak", "strong"],
        "identity.scope" => &["global", "customer"],
        "issues.code" => &["truncated", "date_order"],
        "network.domain_role" => &["member_server", "member_workstation"],
        "purchase_date"
        | "warranty_start"
        | "warranty_expiry"
        | "os.installed_on"
        | "bios.released_on"
        | "software.installed_on" => &["2019-01-02", "2019-01-03"],
        "created_at"
        | "last_boot_at"
        | "last_check_in"
        | "source.fetched_at"
        | "source.vendor_updated_at" => &["2019-01-02T00:00:00Z", "2019-01-03T00:00:00Z"],
        _ => &[],
    };
    match (words.iter().find(|word| value != *word), value) {
        (Some(word), _) => json!(word),
        (None, Value::String(text)) => json!(format!("{text}x")),
        (None, Value::Number(number)) if number.is_f64() => json!(number.as_f64().unwrap() + 0.5),
        (None, Value::Number(number)) => json!(number.as_u64().unwrap() + 1),
        (None, Value::Bool(holds)) => json!(!holds),
        (None, _) => json!("something"),
    }
}

fn is_left_out(place: &str, asset: &Asset) -> bool {
    let field = field(place);
    let is_moving = |field: &str| Fingerprint::LEAVES_OUT.contains(&field);
    let issue = place.strip_prefix("/issues/").map(|rest| {
        let at: usize = rest.split('/').next().unwrap().parse().unwrap();
        &asset.issues[at]
    });
    is_moving(&field)
        || field.starts_with("source.raw.")
        || issue.is_some_and(|issue| is_moving(&issue.field))
}

/// A field that is added to the model is part of this test as soon as [`full`] has it, which another
/// test demands.
#[test]
fn each_leaf_counts_unless_it_moves_by_itself() {
    let asset = stored();
    let form = serde_json::to_value(&asset).unwrap();
    let mut places = Vec::new();
    leaves(&form, "", &mut places);
    let (mut still, mut moving) = (0, 0);
    for place in places.iter().filter(|place| *place != "/record") {
        let other = altered(&asset, |form| {
            let leaf = form.pointer_mut(place).unwrap();
            *leaf = another(place, leaf);
        });
        assert_ne!(other, asset, "{place} was not altered");
        let is_same = other.fingerprint() == asset.fingerprint();
        // The field of an issue that moves may become one that does not.
        if is_left_out(place, &asset) && is_left_out(place, &other) {
            assert!(is_same, "{place} counts");
            moving += 1;
        } else {
            assert!(!is_same, "{place} does not count");
            still += 1;
        }
    }
    assert!(moving >= Fingerprint::LEAVES_OUT.len(), "{moving}");
    assert!(still > 70, "{still}");
}

/// The leaves are those of an asset that has everything; so what moves is there, too.
#[test]
fn what_is_left_out_is_there() {
    let mut places = Vec::new();
    leaves(&serde_json::to_value(full()).unwrap(), "", &mut places);
    let fields: Vec<_> = places.iter().map(|place| field(place)).collect();
    for left_out in Fingerprint::LEAVES_OUT {
        let is_there = |field: &String| field.starts_with(left_out);
        assert!(fields.iter().any(is_there), "{left_out}");
    }
}

/// A member that is missing is another value as well.
#[test]
fn each_member_counts_unless_it_moves_by_itself() {
    let asset = stored();
    let members: Vec<String> = serde_json::to_value(&asset)
        .unwrap()
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    for name in members.iter().filter(|name| *name != "record") {
        let mut form = serde_json::to_value(&asset).unwrap();
        form.as_object_mut().unwrap().remove(name);
        // Those that no asset is without.
        let Ok(other) = serde_json::from_value::<Asset>(form) else {
            continue;
        };
        let is_same = other.fingerprint() == asset.fingerprint();
        let is_moving = Fingerprint::LEAVES_OUT.contains(&name.as_str());
        assert_eq!(is_same, is_moving, "{name}");
    }
}

/// Fingerprints are stored: another sum here is one more change of every asset in every database.
#[test]
fn fingerprints_stay_what_they_are() {
    let mut customer = Customer::new(source("4"), "Acme");
    customer.sites = Some(vec![Ref::new("7", Some("Austin".to_owned()))]);
    let mut software = Software::new(source("5"), "Editor");
    software.seats = Some(25);
    // Members that came later, without which a record has the sum that it had before.
    let mut before = full();
    before.agent_version = None;
    before.bios = Bios::default();
    before.contract = None;
    before.external_ids.clear();
    before.network.domain_role = None;
    before.order = None;
    before.os.display_version = None;
    before.parent = None;
    before.purchase_price = None;
    before.supplier = None;
    before.tpm = Tpm::default();
    before.warranty_note = None;
    for to in [
        &mut before.assigned_user,
        &mut before.customer,
        &mut before.site,
    ] {
        to.as_mut().unwrap().address = None;
    }
    let is_new = |key: &IdentityKey| key.kind == IdentityKind::ExternalId;
    before.identity.retain(|key| !is_new(key));
    let records = [
        full().fingerprint(),
        before.fingerprint(),
        built(|_| {}).fingerprint(),
        customer.fingerprint(),
        software.fingerprint(),
    ];
    let expected = [
        "a7f65d7ff39bcd5ac5dd53589d880db0",
        "00e0c90912243da3045a6a1d644b3a50",
        "4ae1a6796aff6747bd4868629397b08d",
        "761bfb54414a04be51e578d5dc705d3c",
        "3329058d955eefbc250a674b60b96558",
    ];
    assert_eq!(records.map(|record| record.to_string()), expected);
}

#[test]
fn a_fingerprint_is_half_the_sum_of_what_is_left() {
    let form = r#"{"record":"asset","source":{"connector":"example","instance":"acme","vendor_id":"17"},"name":"17","kind":"unknown","virtualization":"unknown","serial":{"status":"missing"},"state":"unknown","identity":[{"kind":"vendor_id","value":"17","strength":"exact","scope":"connector_instance"}],"issues":[{"code":"missing_serial","field":"serial"}]}"#;
    let sum = Sha256::digest(form.as_bytes());
    let half: [u8; 16] = sum[..16].try_into().unwrap();
    let bare = built(|_| {});
    assert_eq!(bare.fingerprint(), Fingerprint::from_bytes(half));
}

#[test]
fn other_records_leave_the_same_out() {
    let later = now() + chrono::TimeDelta::days(1);
    let changed = |source: &mut Source| {
        source.fetched_at = later;
        source.vendor_updated_at = Some(later);
        source.raw = RawJson::new("[1]".to_owned());
    };
    let customer = Customer::new(source("4"), "Acme");
    let mut other = customer.clone();
    changed(&mut other.source);
    assert_eq!(other.fingerprint(), customer.fingerprint());
    other.name = "Acme Ltd".to_owned();
    assert_ne!(other.fingerprint(), customer.fingerprint());

    let software = Software::new(source("4"), "Acme");
    let mut other = software.clone();
    changed(&mut other.source);
    let issue = Issue::new(IssueCode::ImplausibleDate, "source.vendor_updated_at");
    other.issues.push(issue);
    assert_eq!(other.fingerprint(), software.fingerprint());
    let issue = Issue::new(IssueCode::ImplausibleDate, "end_date");
    other.issues.push(issue);
    assert_ne!(other.fingerprint(), software.fingerprint());
    assert_ne!(software.fingerprint(), customer.fingerprint());
}

#[test]
fn the_field_that_the_check_in_was_read_from_moves_too() {
    let with = |fields: &[(&str, &str)], check_in: Option<&str>| {
        built(|draft| {
            let fields = fields.iter().map(|(name, value)| {
                let value = RawJson::text(value);
                ((*name).to_owned(), value)
            });
            draft.asset.custom_fields = fields.collect();
            let names = check_in.map(|name| (TenantField::LastCheckIn, name.to_owned()));
            draft.asset.tenant_fields = names.into_iter().collect();
        })
        .fingerprint()
    };
    let seen = Some("Last seen");
    let fields = [("Bay", "4"), ("Last seen", "2026-03-01")];
    let later = [("Bay", "4"), ("Last seen", "2026-03-02")];
    assert_eq!(with(&fields, seen), with(&later, seen));
    assert_eq!(with(&fields, seen), with(&fields[..1], None));
    assert_ne!(with(&fields, None), with(&later, None));
    assert_ne!(with(&fields, Some("Bay")), with(&later, Some("Bay")));
    // A field that holds nothing else leaves none.
    assert_eq!(with(&fields[1..], seen), with(&[], None));
    assert_eq!(with(&fields[1..], seen), with(&[], seen));
    // Connectors name the custom field by its clean name, and note the one of the vendor.
    assert_eq!(with(&fields, Some(" Last seen\n")), with(&later, seen));
}

#[test]
fn free_space_that_cannot_be_read_moves_too() {
    let with = |number| {
        built(|draft| {
            let unit = SizeUnit::Bytes;
            let free = Size::Stated { number, unit };
            draft.disk(Disk::new(Some("C:".to_owned())), None, Some(free));
        })
    };
    let issue = (IssueCode::UnexpectedType, "disks.free_bytes");
    assert!(issues(&with("much")).contains(&issue));
    assert_eq!(with("much").fingerprint(), with("little").fingerprint());
}

#[test]
fn a_text_is_one_fingerprint_or_none() {
    let fingerprint = Fingerprint::from_bytes(*b"\x00\x01\x02\x03456789abcde\xff");
    let text = "00010203343536373839616263646566";
    let text = format!("{}ff", &text[..30]);
    assert_eq!(fingerprint.to_string(), text);
    assert_eq!(format!("{fingerprint:?}"), text);
    assert_eq!(text.parse::<Fingerprint>().unwrap(), fingerprint);
    let json = serde_json::to_string(&fingerprint).unwrap();
    assert_eq!(json, format!("\"{text}\""));
    let read: Fingerprint = serde_json::from_str(&json).unwrap();
    assert_eq!(read, fingerprint);
    let long = format!("{text}0");
    let signed = format!("+{}", &text[1..]);
    let upper = text.to_uppercase();
    for text in ["", "12", "g", &text[1..], &long, &signed, &upper] {
        let error = text.parse::<Fingerprint>().unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        assert!(error.message().contains("32 hexadecimal"), "{error}");
        let read = serde_json::from_value::<Fingerprint>(json!(text));
        assert!(
            read.unwrap_err().to_string().contains("32 hexadecimal"),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn an_asset_that_was_stored_has_the_same_fingerprint(
        texts in proptest::array::uniform6(proptest::option::of("\\PC{0,20}")),
        number in any::<u64>(),
        speed in 0..100_000_u32,
        fields in proptest::collection::btree_map("\\PC{0,8}", "\\PC{0,8}", 0..4),
    ) {
        let asset = built(|draft| {
            let [name, serial, maker, os, tag, day] = &texts;
            draft.name(name.as_deref()).serial(serial.as_deref());
            draft.manufacturer(maker.as_deref()).os(os.as_deref(), os.as_deref());
            draft.purchase_date(day.as_deref()).memory(Size::Bytes(number));
            draft.asset.asset_tag.clone_from(tag);
            draft.asset.cpu.speed_mhz = Some(f64::from(speed) / 10.0);
            let fields = fields.iter().map(|(name, text)| (name.clone(), RawJson::text(text)));
            draft.asset.custom_fields = fields.collect();
        });
        let json = serde_json::to_string(&asset).unwrap();
        let read: Asset = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read.fingerprint(), asset.fingerprint());
    }

    #[test]
    fn moving_parts_leave_the_fingerprint(
        seconds in proptest::array::uniform4(proptest::option::of(0..4_000_000_000_i64)),
        connectivity in select(Connectivity::ALL),
        basis in select(CheckInBasis::ALL),
        free in any::<Option<u64>>(),
        field in select(Fingerprint::LEAVES_OUT),
        note in "\\PC{0,8}",
    ) {
        let asset = full();
        let mut other = full();
        let [fetched, updated, check_in, boot] =
            seconds.map(|seconds| seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)));
        other.source.fetched_at = fetched.unwrap_or_default();
        other.source.vendor_updated_at = updated;
        other.source.raw = RawJson::new(format!("{free:?}").replace("Some", "").replace("None", "1"));
        other.connectivity = connectivity;
        other.check_in_basis = basis;
        other.last_check_in = check_in;
        other.last_boot_at = boot;
        other.disks[0].free_bytes = free;
        other.issues.push(Issue::new(IssueCode::UnexpectedType, field).with_note(note));
        prop_assert_eq!(other.fingerprint(), asset.fingerprint());
    }
}
