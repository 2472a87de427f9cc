//! Changes of an asset.

use super::*;

/// The outcome of changing the properties of `id`.
fn changed(account: &mut SyncroSimulator, id: &str, properties: &Value) -> Value {
    let (status, answer) = put(account, id, &json!({ "properties": properties }));
    assert_eq!(status, 200, "{answer}");
    let (_, after) = get(account, &format!("customer_assets/{id}"));
    assert_eq!(after, answer);
    after["asset"]["properties"].clone()
}

#[test]
fn what_is_not_sent_stays() {
    let mut account = account(3);
    let id = account.asset_ids().remove(0);
    let (_, before) = get(&mut account, &format!("customer_assets/{id}"));
    let dates = json!({ "Purchase Date": "2024-02-03", "n": 4 });
    let mut expected = before["asset"]["properties"].clone();
    expected["Purchase Date"] = json!("2024-02-03");
    expected["n"] = json!(4);
    assert_eq!(changed(&mut account, &id, &dates), expected);
    let (_, after) = get(&mut account, &format!("customer_assets/{id}"));
    assert_ne!(after["asset"]["updated_at"], before["asset"]["updated_at"]);
    for member in ["id", "name", "customer_id", "asset_serial", "rmm_store"] {
        assert_eq!(after["asset"][member], before["asset"][member]);
    }
    // Nor does a change of something else touch the properties, or count as one of dates.
    for body in [
        json!({ "name": "newer" }),
        json!({ "policy_folder_id": 7 }),
        json!({}),
    ] {
        assert_eq!(put(&mut account, &id, &body).0, 200);
    }
    let (_, renamed) = get(&mut account, &format!("customer_assets/{id}"));
    assert_eq!(renamed["asset"]["properties"], expected);
    assert_eq!(renamed["asset"]["name"], "newer");
    assert_eq!(account.date_writes(&id), 1);
}

#[test]
fn an_account_that_replaces_properties_keeps_what_is_sent_alone() {
    let mut account = account(3);
    account.misbehaviour().replaces_properties = true;
    let id = account.asset_ids().remove(0);
    account.set_neighbour(&id, "by the door");
    assert_eq!(account.neighbour(&id).as_deref(), Some("by the door"));
    let sent = json!({ "Purchase Date": "2024-02-03", "n": 4 });
    assert_eq!(changed(&mut account, &id, &sent), sent);
    assert_eq!(account.neighbour(&id), None);
}

/// The members of the vendor's body, one by one.
#[test]
fn every_member_of_the_documented_body_is_taken() {
    let body = schema()["components"]["schemas"]["AssetChange"]["properties"].clone();
    let mut account = account(30);
    let id = account.asset_ids().remove(0);
    let owner = SyncroSimulator::customer_id(1).parse::<u64>().unwrap();
    for member in body.as_object().unwrap().keys() {
        let (sent, shown, value) = match member.as_str() {
            "name" => (json!("PC 7"), "name", json!("PC 7")),
            "asset_serial" => (json!("S-7"), "asset_serial", json!("S-7")),
            "asset_type_id" => (json!(4_102), "asset_type", json!("Server")),
            "asset_type_name" => (json!("Laptop"), "asset_type", json!("Laptop")),
            "customer_id" => (json!(owner), "customer_id", json!(owner)),
            "properties" => {
                assert_eq!(changed(&mut account, &id, &json!({ "n": 4 }))["n"], 4);
                continue;
            }
            other => panic!("nothing is known of {other}"),
        };
        let (status, answer) = put(&mut account, &id, &json!({ member: sent }));
        assert_eq!((status, &answer["asset"][shown]), (200, &value), "{member}");
    }
    let (_, moved) = get(&mut account, &format!("customer_assets/{id}"));
    assert_eq!(moved["asset"]["customer"]["id"], owner);
    account.permissions().only_customer = Some(1);
    assert!(account.asset_ids().contains(&id));
}

#[test]
fn a_change_is_refused_with_a_reason_and_changes_nothing() {
    let mut account = account(3);
    let id = account.asset_ids().remove(0);
    let before = get(&mut account, &format!("customer_assets/{id}"));
    for body in [
        json!({ "name": " ", "properties": {} }),
        json!({ "name": null }),
        json!({ "name": "a", "properties": [] }),
        json!({ "asset_type_id": 1 }),
        json!({ "asset_type_name": "Toaster" }),
        json!({ "customer_id": 1 }),
        json!(null),
    ] {
        let (status, answer) = put(&mut account, &id, &body);
        assert_eq!((status, &answer["success"]), (422, &json!(false)), "{body}");
        assert!(answer["message"][0].is_string(), "{answer}");
    }
    let sent = json!({ "properties": {} });
    assert_eq!(put(&mut account, "1", &sent).0, 404);
    account.permissions().edit_assets = false;
    let (status, answer) = put(&mut account, &id, &sent);
    assert_eq!((status, &answer["error"]), (401, &json!(NO_PERMISSION)));
    let (_, me) = get(&mut account, "me");
    assert_eq!(me["permissions"]["asset"]["write"], true);
    assert_eq!(get(&mut account, &format!("customer_assets/{id}")), before);
    assert_eq!(account.date_writes(&id), 0);
}

#[test]
fn what_is_written_is_kept_ignored_shifted_or_lost() {
    let mut account = account(1);
    let id = account.asset_ids().remove(0);
    let old = json!({ "Purchase Date": "2020-01-01", "a": 1 });
    account.set_member(&id, "properties", old.clone());
    let new = json!({ "Purchase Date": "2024-03-01", "warranty_end_date": "2027-01-01" });
    account.treat_dates(Treatment::Ignore);
    assert_eq!(changed(&mut account, &id, &new), old);
    account.treat_dates(Treatment::Keep);
    account.misbehaviour().keeps_defined_properties_only = true;
    let defined = json!({ "Purchase Date": "2024-03-01", "a": 1 });
    assert_eq!(changed(&mut account, &id, &new), defined);
    account.misbehaviour().keeps_defined_properties_only = false;
    account.treat_dates(Treatment::Shift);
    let shifted =
        json!({ "Purchase Date": "2024-03-01", "warranty_end_date": "2026-12-31", "a": 1 });
    assert_eq!(changed(&mut account, &id, &new), shifted);
    assert_eq!(account.date_writes(&id), 3);
}
