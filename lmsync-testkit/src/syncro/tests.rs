use crate::fleet::{Fleet, FleetSpec};

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_774_958_400, 0).unwrap()
}

fn account(machines: usize) -> SyncroSimulator {
    SyncroSimulator::new(Fleet::new(FleetSpec::new(machines, now())))
}

fn get(account: &mut SyncroSimulator, path: &str) -> (u16, Value) {
    let request = Request::get(format!("https://acme.syncromsp.com/api/v1/{path}"))
        .header("authorization", format!("Bearer {}", account.api_key()))
        .body(Bytes::new())
        .unwrap();
    let response = account.respond(&request, now());
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
    assert!(!seen.is_empty() && seen.len() < all.len());
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
