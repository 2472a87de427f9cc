//! Switches, limits, and what a test can see and change from outside.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::{FORM, changed, get, now, post, sign_in, simulator, token};
use crate::conformance::Vendor;
use crate::fleet::{Fleet, FleetSpec};
use crate::halo::{HaloSimulator, HaloSpec, RowFault};
use crate::simulator::Simulator;

fn of(change: impl FnOnce(&mut HaloSpec)) -> HaloSimulator {
    let mut spec = HaloSpec::new(Fleet::new(FleetSpec::new(60, now())));
    change(&mut spec);
    HaloSimulator::new(spec)
}

fn status_at(halo: &mut HaloSimulator, token: &str, at: DateTime<Utc>) -> StatusCode {
    let request = Request::get("/api/Asset")
        .header("user-agent", "test")
        .header("authorization", format!("Bearer {token}"))
        .body(Bytes::new());
    halo.respond(&request.unwrap(), at).status()
}

#[test]
fn an_asset_is_found_removed_inserted_and_changed_by_its_id() {
    let mut halo = simulator(3);
    let machine = halo.machine("1002").unwrap();
    assert_eq!(machine.index, 1);
    assert_eq!(HaloSimulator::asset_id(&machine), "1002");

    assert!(halo.change_asset("1002", |machine| machine.name = "new".to_owned()));
    assert!(!halo.change_asset("77777", |_| {}));
    assert_eq!(halo.record("1002").unwrap()["inventory_number"], "new");

    assert!(!halo.remove_asset("77777"));
    assert!(halo.remove_asset("1002"));
    assert!(!halo.remove_asset("1002"));
    assert_eq!((halo.machine("1002"), halo.record("1002")), (None, None));
    assert!(!halo.fault_asset("1002", RowFault::Null));
    assert_eq!(halo.insert_asset_at(1), "1004");
    assert_eq!(halo.asset_ids(), ["1001", "1004", "1003"]);
}

#[test]
fn only_as_many_software_assets_can_be_read_alone_as_there_are() {
    let mut halo = simulator(3);
    let token = token(&mut halo, "read:assets");
    let mut read = |id: &str| get(&mut halo, &token, &format!("/api/Asset/{id}"));
    assert_eq!(read("1").1["inventory_number"], "Practice Manager 1");
    assert_eq!(read("2").1["assettype_name"], "Software");
    for unknown in ["0", "3", "501", "1000", "1004", "x"] {
        assert_eq!(read(unknown).0, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[test]
fn without_asset_types_there_are_no_assets_and_no_types_but_no_refusal() {
    let mut halo = simulator(3);
    let token = token(&mut halo, "read:assets");
    assert_eq!(
        get(&mut halo, &token, "/api/AssetType")
            .1
            .as_array()
            .map(Vec::len),
        Some(5)
    );
    halo.permissions().asset_types = false;
    let (status, body) = get(&mut halo, &token, "/api/AssetType");
    assert_eq!((status, body), (StatusCode::OK, json!([])));
    let (status, body) = get(&mut halo, &token, "/api/Asset");
    assert_eq!((status, &body["assets"]), (StatusCode::OK, &json!([])));
    let (status, _) = get(&mut halo, &token, "/api/Asset/1001");
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[test]
fn types_can_be_withheld_altogether_or_that_of_servers() {
    let mut halo = simulator(3);
    let token = token(&mut halo, "read:assets");
    halo.misbehaviour().hides_server_type = true;
    let (_, types) = get(&mut halo, &token, "/api/AssetType");
    let names = types.as_array().unwrap().iter().map(|of| &of["name"]);
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["Laptop", "Desktop", "Software", "Payroll"]
    );
    halo.misbehaviour().no_asset_types = true;
    let (status, _) = get(&mut halo, &token, "/api/AssetType");
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(get(&mut halo, &token, "/api/Asset/1001").0, StatusCode::OK);
}

#[test]
fn each_list_needs_its_scope_and_its_permission() {
    let mut halo = simulator(3);
    let all = token(&mut halo, "all");
    let lists = [
        ("Asset", "read:assets"),
        ("AssetType", "read:assets"),
        ("Asset/1001", "read:assets"),
        ("Client", "read:customers"),
        ("Site", "read:customers"),
        ("SoftwareLicence", "read:softwarelicensing"),
        ("AssetSoftware", "read:software"),
    ];
    let everything = *halo.permissions();
    for (list, scope) in lists {
        let address = format!("/api/{list}");
        let with_it = token(&mut halo, scope);
        let other = if scope == "read:assets" {
            "read:customers"
        } else {
            "read:assets"
        };
        let without_it = token(&mut halo, other);
        assert_eq!(get(&mut halo, &all, &address).0, StatusCode::OK);
        assert_eq!(get(&mut halo, &with_it, &address).0, StatusCode::OK);
        let refused = get(&mut halo, &without_it, &address).0;
        assert_eq!(refused, StatusCode::FORBIDDEN, "{list}");
        let role = halo.permissions();
        match list {
            "Client" => role.customers = false,
            "Site" => role.sites = false,
            "SoftwareLicence" | "AssetSoftware" => role.software = false,
            _ => role.assets = false,
        }
        let refused = get(&mut halo, &with_it, &address).0;
        assert_eq!(refused, StatusCode::FORBIDDEN, "{list}");
        *halo.permissions() = everything;
    }
}

/// The `fields` of the first row, which is software, and of the first machine.
fn listed_fields(halo: &mut HaloSimulator, token: &str, query: &str) -> [Option<Value>; 2] {
    let (_, body) = get(halo, token, &format!("/api/Asset?{query}"));
    let rows = body["assets"].as_array().unwrap();
    let machine = rows.iter().find(|row| row["id"] == 1001).unwrap();
    [&rows[0], machine].map(|row| row.get("fields").cloned())
}

#[test]
fn fields_are_null_or_not_there_unless_asked_for_and_given() {
    let mut halo = simulator(3);
    let token = token(&mut halo, "read:assets");
    let asked = "includeassetfields=true";
    let [software, machine] = listed_fields(&mut halo, &token, "");
    assert_eq!((software, machine), (Some(Value::Null), None));
    let [software, machine] = listed_fields(&mut halo, &token, "includeassetfields=false");
    assert_eq!((software, machine), (Some(Value::Null), None));
    let both = listed_fields(&mut halo, &token, asked);
    let counts = both.map(|fields| fields.unwrap().as_array().map(Vec::len));
    assert_eq!(counts, [Some(1), Some(12)]);
    halo.misbehaviour().fields_as_null = true;
    for query in [asked, ""] {
        let both = listed_fields(&mut halo, &token, query);
        assert_eq!(both, [Some(Value::Null), Some(Value::Null)]);
    }
}

#[test]
fn an_icon_comes_unless_it_is_declined() {
    let mut halo = simulator(3);
    let token = token(&mut halo, "read:assets");
    let icon = |halo: &mut HaloSimulator, query: &str| {
        let (_, body) = get(halo, &token, &format!("/api/Asset?{query}"));
        let rows = body["assets"].as_array().unwrap().clone();
        let machine = rows.into_iter().find(|row| row["id"] == 1001).unwrap();
        let icon = machine.get("icon")?;
        Some(icon.as_str().unwrap().len())
    };
    assert_eq!(icon(&mut halo, ""), Some(24));
    assert_eq!(icon(&mut halo, "noicon=true"), None);
    halo.misbehaviour().icon_characters = 1;
    assert_eq!(icon(&mut halo, "noicon=true"), Some(1));
    assert_eq!(icon(&mut halo, ""), Some(24));
    halo.misbehaviour().icon_characters = 25;
    assert_eq!(icon(&mut halo, ""), Some(25));
}

#[test]
fn a_change_is_a_post_of_assets_and_nothing_else() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "edit:assets");
    let body = changed(&json!({ "warranty_end": "2027-06-04T12:00:00" }));
    for (method, address) in [
        (Method::PUT, "/api/Asset"),
        (Method::DELETE, "/api/Asset"),
        (Method::POST, "/api/Client"),
        (Method::POST, "/api/Asset/1003"),
        (Method::PATCH, "/api/Site"),
    ] {
        let request = Request::builder()
            .method(method.clone())
            .uri(address)
            .header("user-agent", "test")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()));
        let answer = halo.respond(&request.unwrap(), now());
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {address}");
    }
    assert_eq!(halo.writes(), 5);
    assert_eq!(post(&mut halo, &token, &body).0, StatusCode::CREATED);
    get(&mut halo, &token, "/api/Asset");
    assert_eq!(halo.writes(), 6);
}

#[test]
fn a_token_lasts_to_the_second_and_a_revoked_one_no_longer() {
    let mut halo = of(|spec| spec.token_lifetime = 60);
    assert_eq!(halo.sign_ins(), 0);
    let first = token(&mut halo, "read:assets");
    let second = now() + TimeDelta::seconds(59);
    assert_eq!(status_at(&mut halo, &first, second), StatusCode::OK);
    let over = second + TimeDelta::seconds(1);
    assert_eq!(status_at(&mut halo, &first, over), StatusCode::UNAUTHORIZED);

    let other = token(&mut halo, "read:assets");
    assert_ne!(first, other);
    assert_eq!(status_at(&mut halo, &first, second), StatusCode::OK);
    halo.revoke_tokens();
    for token in [first, other] {
        assert_eq!(
            status_at(&mut halo, &token, now()),
            StatusCode::UNAUTHORIZED
        );
    }
    sign_in(&mut halo, "/auth/token", "grant_type=client_credentials");
    assert_eq!(halo.sign_ins(), 2, "a refused one does not count");
}

#[test]
fn the_lifetime_can_come_as_text() {
    let mut halo = of(|spec| spec.expires_in_as_text = true);
    let answer = sign_in(&mut halo, "/auth/token", &format!("{FORM}all"));
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(body["expires_in"], "3600");
}

#[test]
fn scopes_that_are_not_ticked_are_left_out_where_that_is_no_error() {
    let mut halo = of(|spec| spec.strict_scopes = false);
    let form = format!("{FORM}read:assets%20edit:customers");
    let answer = sign_in(&mut halo, "/auth/token", &form);
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(body["scope"], "read:assets");
    let refused = sign_in(&mut halo, "/auth/token", &format!("{FORM}read:agents"));
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}

#[test]
fn a_refusal_names_the_limit_that_is_set_and_the_window_rolls() {
    let mut halo = of(|spec| spec.requests_per_five_minutes = Some(2));
    let token = token(&mut halo, "read:assets");
    let at = |seconds| now() + TimeDelta::seconds(seconds);
    assert_eq!(status_at(&mut halo, &token, at(1)), StatusCode::OK);
    let (status, body) = get(&mut halo, &token, "/api/Asset");
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(body["error"].as_str().unwrap().contains("- 2 Requests"));
    assert_eq!(
        status_at(&mut halo, &token, at(299)),
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(status_at(&mut halo, &token, at(300)), StatusCode::OK);
}

#[test]
fn without_a_limit_a_refusal_on_request_names_the_usual_one() {
    let mut halo = of(|spec| spec.requests_per_five_minutes = None);
    let token = token(&mut halo, "read:assets");
    halo.refuse_next(2);
    for _ in 0..2 {
        let (status, body) = get(&mut halo, &token, "/api/Asset");
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        assert!(body["error"].as_str().unwrap().contains("- 300 Requests"));
    }
    assert_eq!(get(&mut halo, &token, "/api/Asset").0, StatusCode::OK);
}

#[test]
fn the_budget_is_the_limit_of_five_minutes() {
    let five = Duration::from_secs(300);
    assert_eq!(of(|_| {}).budget(), (300, five));
    let free = of(|spec| spec.requests_per_five_minutes = None);
    assert_eq!(free.budget(), (usize::MAX, five));
}

#[test]
fn the_conformance_suite_sees_and_moves_the_account() {
    let mut halo = of(|_| {});
    let listed = halo.asset_ids();
    assert_eq!(Vendor::asset_ids(&halo), listed.into_iter().collect());
    let customers = Vendor::customer_ids(&halo);
    assert_eq!(
        customers.into_iter().collect::<Vec<_>>(),
        ["11", "12", "13"]
    );
    assert_eq!(halo.sites()["11"][0].0, "201");
    let seen = halo.machine("1005").unwrap().last_check_in;
    assert!(seen.is_some());
    assert_eq!(halo.checked_in_at("1005"), seen);
    assert_eq!(halo.checked_in_at("1"), None);
    Vendor::remove_asset(&mut halo, "1005");
    assert!(!Vendor::asset_ids(&halo).contains("1005"));
    assert_eq!(Vendor::insert_asset(&mut halo), "1061");
    assert_eq!(halo.asset_ids()[0], "1061");
    let token = token(&mut halo, "read:assets");
    halo.forbid_reading_assets();
    assert_eq!(
        get(&mut halo, &token, "/api/Asset").0,
        StatusCode::FORBIDDEN
    );
}

#[test]
fn debug_output_names_the_account_and_hides_what_opens_it() {
    let spec = HaloSpec {
        client_id: "hidden-client".to_owned(),
        client_secret: "hidden-secret".to_owned(),
        token: "hidden-token".to_owned(),
        ..HaloSpec::new(Fleet::new(FleetSpec::new(1, now())))
    };
    let of_spec = format!("{spec:?}");
    assert!(of_spec.starts_with("HaloSpec {") && of_spec.contains("acmemsp"));
    let mut halo = HaloSimulator::new(spec);
    let form = FORM.replace("simulated-halo-", "hidden-");
    let answer = sign_in(&mut halo, "/auth/token", &format!("{form}all"));
    assert_eq!(answer.status(), StatusCode::OK);
    let of_simulator = format!("{halo:?}");
    assert!(of_simulator.starts_with("HaloSimulator {"));
    assert!(of_simulator.contains("edit_assets: true"));
    for text in [of_spec, of_simulator] {
        assert!(!text.contains("hidden"), "{text}");
    }
}
