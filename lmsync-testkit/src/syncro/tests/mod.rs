use chrono::NaiveDate;
use lmsync_core::two_way::{AssetDates, DateField, HeldDate};

use crate::conformance::TwoWayVendor;
use crate::fleet::{Fleet, FleetSpec};
use crate::gate::answer_by_schema;

use super::*;

mod asked;
mod changed;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_774_958_400, 0).unwrap()
}

fn account(machines: usize) -> SyncroSimulator {
    SyncroSimulator::new(Fleet::new(FleetSpec::new(machines, now())))
}

/// The vendor's document, as far as the simulator goes.
fn schema() -> Value {
    serde_json::from_str(gate::SCHEMA).unwrap()
}

fn get(account: &mut SyncroSimulator, path: &str) -> (u16, Value) {
    let request = Request::get(format!("https://acme.syncromsp.com/api/v1/{path}"))
        .header("authorization", format!("Bearer {}", account.api_key()))
        .body(Bytes::new())
        .unwrap();
    answered(account, &request)
}

/// The answer to `request`, which is one of the schema.
fn answered(account: &mut SyncroSimulator, request: &Request<Bytes>) -> (u16, Value) {
    let response = answer_by_schema(account, request, now());
    let body = serde_json::from_slice(response.body()).unwrap_or_default();
    (response.status().as_u16(), body)
}

#[test]
fn pages_are_as_large_as_the_account_says_and_empty_past_the_end() {
    let mut account = account(68);
    let (status, first) = get(&mut account, "customer_assets?per_page=100");
    assert_eq!(status, 200);
    assert_eq!(first["assets"].as_array().unwrap().len(), 50);
    let meta = json!({ "total_pages": 2, "total_entries": 68, "per_page": 50, "page": 1 });
    assert_eq!(first["meta"], meta);
    let (_, last) = get(&mut account, "customer_assets?page=2");
    assert_eq!(last["assets"].as_array().unwrap().len(), 18);
    let (_, beyond) = get(&mut account, "customer_assets?page=3");
    assert_eq!(beyond["assets"], json!([]));
}

#[test]
fn per_page_is_obeyed_where_the_account_does() {
    let mut account = account(68);
    account.spec.per_page_up_to = Some(60);
    let (_, page) = get(&mut account, "customer_assets?page=2&per_page=100");
    assert_eq!(page["meta"]["per_page"], 60);
    assert_eq!(page["assets"].as_array().unwrap().len(), 8);
}

#[test]
fn a_missing_permission_and_a_wrong_key_are_both_401() {
    let mut account = account(5);
    account.permissions().list_assets = false;
    let (status, body) = get(&mut account, "customer_assets");
    assert_eq!((status, &body["error"]), (401, &json!(NO_PERMISSION)));
    assert_eq!(get(&mut account, "me").0, 200);
    let request = Request::get("https://acme.syncromsp.com/api/v1/me")
        .header("authorization", "Bearer other")
        .body(Bytes::new())
        .unwrap();
    assert_eq!(account.respond(&request, now()).status(), 401);
}

#[test]
fn a_single_customer_user_sees_its_own_and_no_hint_of_more() {
    let mut account = account(100);
    let all = account.asset_ids();
    account.permissions().only_customer = Some(1);
    let (_, page) = get(&mut account, "customer_assets");
    let seen = account.asset_ids();
    let of_the_customer = |id: &&String| {
        let machine = account.machine(id).unwrap();
        machine.customer == 1
    };
    assert!(!seen.is_empty() && seen.len() < all.len());
    assert_eq!(seen.iter().filter(of_the_customer).count(), seen.len());
    assert_eq!(page["meta"]["total_entries"], seen.len());
    let hidden = all.iter().find(|id| !seen.contains(id)).unwrap();
    assert_eq!(
        get(&mut account, &format!("customer_assets/{hidden}")).0,
        404
    );
    assert_eq!(
        get(&mut account, &format!("customer_assets/{}", seen[0])).0,
        200
    );
}

#[test]
fn the_request_after_the_limit_is_refused_until_the_minute_has_rolled_on() {
    let mut account = account(1);
    for _ in 0..180 {
        assert_eq!(get(&mut account, "me").0, 200);
    }
    assert_eq!(get(&mut account, "me").0, 429);
}

#[test]
fn rows_can_be_spoilt_one_by_one() {
    let mut account = account(3);
    let ids = account.asset_ids();
    assert!(account.set_member(&ids[0], "properties", json!([])));
    assert!(account.set_row(&ids[1], Value::Null));
    assert!(!account.set_row("1", Value::Null));
    let (_, page) = get(&mut account, "customer_assets");
    assert_eq!(page["assets"][0]["properties"], json!([]));
    assert_eq!(page["assets"][1], Value::Null);
    assert!(page["assets"][2]["properties"].is_object());
    assert!(!format!("{account:?}").contains(account.api_key()));
}

fn put(account: &mut SyncroSimulator, id: &str, body: &Value) -> (u16, Value) {
    let uri = format!("https://acme.syncromsp.com/api/v1/customer_assets/{id}");
    let request = Request::put(uri)
        .header("authorization", format!("Bearer {}", account.api_key()))
        .header("content-type", "application/json")
        .body(body.to_string().into())
        .unwrap();
    answered(account, &request)
}

#[test]
fn dates_that_are_held_are_those_that_were_put_there() {
    let mut account = account(40);
    let day = NaiveDate::from_ymd_opt(2024, 2, 29);
    for id in account.asset_ids() {
        for dates in [
            AssetDates::new(day, None),
            AssetDates::new(None, day),
            AssetDates::default().with(
                DateField::WarrantyExpiry,
                HeldDate::Unreadable("Team plan".to_owned()),
            ),
        ] {
            account.hold_dates(&id, dates.clone());
            assert_eq!(account.held_dates(&id), dates);
        }
    }
}

/// Places in the fleet of assets that differ: a laptop whose agent writes in the zone of the
/// account, a machine that was typed by hand, and a guest whose agent's block is text.
const DIFFERENT: [usize; 3] = [11, 14, 15];

#[test]
fn assets_in_whole() {
    let mut account = account(60);
    for (place, id) in account.asset_ids().iter().enumerate() {
        if !DIFFERENT.contains(&place) {
            assert!(account.remove_asset(id));
        }
    }
    let (_, page) = get(&mut account, "customer_assets");
    insta::assert_json_snapshot!(page);
    let ids = account.asset_ids();
    assert_eq!(ids.len(), DIFFERENT.len());
    for (id, row) in ids.iter().zip(page["assets"].as_array().unwrap()) {
        let (status, one) = get(&mut account, &format!("customer_assets/{id}"));
        assert_eq!((status, &one["asset"]), (200, row));
    }
}

/// Agents and scripts of several kinds wrote them.
#[test]
fn dates_and_check_ins_in_all_their_forms() {
    let mut account = account(60);
    let mut forms = String::new();
    for page in 1..=2 {
        let (_, page) = get(&mut account, &format!("customer_assets?page={page}"));
        for row in page["assets"].as_array().unwrap() {
            let held = &row["properties"];
            let seen = &held["kabuto_information"]["last_synced_at"];
            let known = ["Purchase Date", "warranty_end_date", "Warranty End"];
            let [bought, expiry, other_expiry] = known.map(|key| &held[key]);
            forms += &format!("{bought} | {expiry} | {other_expiry} | {seen}\n");
        }
    }
    insta::assert_snapshot!(forms);
}

#[test]
fn the_user_of_the_key_and_the_customers_in_whole() {
    let mut account = account(60);
    let (_, me) = get(&mut account, "me");
    let (_, customers) = get(&mut account, "customers");
    insta::assert_json_snapshot!(json!({ "me": me, "customers": customers }));
}

#[test]
fn assets_come_and_go() {
    let mut account = account(3);
    let ids = account.asset_ids();
    assert!(account.remove_asset(&ids[1]));
    assert!(!account.remove_asset(&ids[1]));
    let added = account.insert_asset_at(1);
    assert!(!ids.contains(&added));
    let now_listed = [ids[0].clone(), added, ids[2].clone()];
    assert_eq!(account.asset_ids(), now_listed);
    let (_, page) = get(&mut account, "customer_assets");
    let rows = page["assets"].as_array().unwrap().iter();
    let told: Vec<String> = rows.map(|row| row["id"].to_string()).collect();
    assert_eq!(told, now_listed);
    let machine = account.machine(&ids[2]).unwrap();
    assert_eq!(machine, account.population().fleet().machine(2));
}

#[test]
fn a_member_of_a_row_that_was_put_there_is_changed_in_it() {
    let mut account = account(2);
    let ids = account.asset_ids();
    let row = json!({ "id": 7, "name": "odd" });
    assert!(account.set_row(&ids[0], row));
    assert!(account.set_member(&ids[0], "name", json!("odder")));
    let (_, page) = get(&mut account, "customer_assets");
    assert_eq!(page["assets"][0], json!({ "id": 7, "name": "odder" }));
}

#[test]
fn the_gateway_gives_up_on_more_than_it_bears() {
    let mut account = account(60);
    for (heavy_above, status) in [(50, 200), (49, 504)] {
        account.misbehaviour().heavy_above = Some(heavy_above);
        assert_eq!(get(&mut account, "customer_assets").0, status);
    }
}

#[test]
fn every_request_but_a_get_counts_as_a_write() {
    let mut account = account(1);
    let id = account.asset_ids().remove(0);
    get(&mut account, "customer_assets");
    assert_eq!(account.writes(), 0);
    put(&mut account, &id, &json!({ "name": "new" }));
    put(&mut account, &id, &Value::Null);
    account.replace_key("another");
    assert_eq!(put(&mut account, "1", &Value::Null).0, 404);
    let request = Request::delete("https://acme.syncromsp.com/api/v1/customer_assets/1")
        .body(Bytes::new())
        .unwrap();
    assert_eq!(account.respond(&request, now()).status(), 401);
    assert_eq!(account.writes(), 4);
}

#[test]
fn an_account_and_its_spec_show_themselves_without_their_secrets() {
    let account = account(1);
    let spec = account.spec.clone();
    for (shown, names) in [
        (format!("{spec:?}"), ["SyncroSpec", "page_size: 50"]),
        (
            format!("{account:?}"),
            ["SyncroSimulator", "list_assets: true"],
        ),
    ] {
        assert!(names.iter().all(|name| shown.contains(name)), "{shown}");
        assert!(!shown.contains(&spec.api_key), "{shown}");
        assert!(!shown.contains(&spec.user_token), "{shown}");
    }
}
