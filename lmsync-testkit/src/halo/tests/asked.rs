//! Requests as released clients send them, and the filters of the vendor's document.

use std::collections::BTreeSet;

use super::*;
use crate::fleet::Machine;

/// The ids of the rows that the list at `address` has, and how many are counted.
fn listed(halo: &mut HaloSimulator, token: &str, address: &str, rows: &str) -> (Vec<u64>, u64) {
    let (status, body) = get(halo, token, address);
    assert_eq!(status, StatusCode::OK, "{address}");
    let rows = body[rows].as_array().unwrap().iter();
    let ids = rows.map(|row| row["id"].as_u64().unwrap()).collect();
    (ids, body["record_count"].as_u64().unwrap())
}

fn assets(halo: &mut HaloSimulator, token: &str, query: &str) -> Vec<u64> {
    let address = format!("/api/asset?pageinate=true&page_size=50&page_no=1&{query}");
    let (ids, count) = listed(halo, token, &address, "assets");
    assert_eq!(ids.len() as u64, count, "{query}");
    ids
}

/// The assets of machines that `is` holds for.
fn those(halo: &HaloSimulator, is: impl Fn(&Machine) -> bool) -> Vec<u64> {
    let all = halo.asset_ids().into_iter();
    all.filter(|id| is(&halo.machine(id).unwrap()))
        .map(|id| id.parse().unwrap())
        .collect()
}

/// The parameters of `GET path` in the vendor's document.
fn documented(path: &str) -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(crate::halo::gate::SCHEMA).unwrap();
    let parameters = schema["paths"][path]["get"]["parameters"]
        .as_array()
        .cloned();
    let names = parameters.unwrap().into_iter();
    names
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn assets_of_a_customer_of_a_site_and_with_a_text() {
    let mut halo = simulator(45);
    let token = token(&mut halo, "read:assets");
    for filter in [
        "client_id",
        "site_id",
        "search",
        "count",
        "assettype_id",
        "assettypes",
    ] {
        assert!(documented("/Asset").contains(filter), "{filter}");
    }
    let of_customer = those(&halo, |machine| machine.customer == 1);
    // One of the assets that are no machines is of the same customer.
    let found = assets(&mut halo, &token, "client_id=12");
    let machines: Vec<_> = found.iter().copied().filter(|id| *id > 1_000).collect();
    assert_eq!(machines, of_customer);
    assert!(found.len() > machines.len() && found.len() < 45);

    let site = halo.sites()["11"][0].0.clone();
    let at_site = those(&halo, |machine| machine.customer == 0 && machine.site == 0);
    assert_eq!(
        assets(&mut halo, &token, &format!("site_id={site}")),
        at_site
    );
    assert_eq!(assets(&mut halo, &token, "site_id=1"), Vec::<u64>::new());

    let machine = halo.machine("1007").unwrap();
    let serial = machine.serial.unwrap();
    for text in [machine.name.to_lowercase(), serial.trim().to_owned()] {
        assert_eq!(assets(&mut halo, &token, &format!("search={text}")), [1007]);
    }
    let both = format!("client_id=11&assettypes=101&site_id={site}");
    let laptops = those(&halo, |machine| {
        at_site.contains(&HaloSimulator::asset_id(machine).parse().unwrap())
            && machine.kind == crate::fleet::MachineKind::Laptop
    });
    assert_eq!(assets(&mut halo, &token, &both), laptops);
}

#[test]
fn a_count_limits_what_is_not_paged() {
    let mut halo = simulator(60);
    let token = token(&mut halo, "read:assets%20read:customers");
    let (ids, count) = listed(&mut halo, &token, "/api/Asset?count=7", "assets");
    assert_eq!((ids.len(), count), (7, 63));
    let paged = "/api/Asset?count=7&pageinate=true&page_size=9&page_no=1";
    assert_eq!(listed(&mut halo, &token, paged, "assets").0.len(), 9);
    let (ids, _) = listed(&mut halo, &token, "/api/Client?count=1", "clients");
    assert_eq!(ids, [11]);
    // More than an account grants comes from no count either.
    let (ids, count) = listed(&mut halo, &token, "/api/Asset?count=999", "assets");
    assert_eq!((ids.len(), count), (50, 63));
}

#[test]
fn sites_customers_and_licences_are_found_by_customer_and_text() {
    let mut halo = simulator(100);
    for filter in ["client_id", "search"] {
        assert!(documented("/Site").contains(filter), "{filter}");
    }
    let token = token(&mut halo, "read:customers%20read:software");
    let expected: Vec<u64> = halo.sites()["12"]
        .iter()
        .map(|(id, _)| id.parse().unwrap())
        .collect();
    let found = listed(&mut halo, &token, "/api/Site?client_id=12", "sites");
    assert_eq!(found, (expected.clone(), expected.len() as u64));
    let name = halo.sites()["12"][0].1.to_uppercase();
    let address = format!("/api/Site?client_id=12&search={name}");
    assert_eq!(
        listed(&mut halo, &token, &address, "sites").0,
        expected[..1]
    );
    let name = halo.population().fleet().customer(1).name.replace(' ', "+");
    let address = format!("/api/Client?pageinate=true&search={name}");
    assert_eq!(listed(&mut halo, &token, &address, "clients").0, [12]);
    let address = "/api/SoftwareLicence?client_id=12&search=acrobat";
    assert_eq!(listed(&mut halo, &token, address, "licences").1, 1);
}

#[test]
fn a_licence_may_be_of_a_site() {
    let mut halo = simulator(100);
    let token = token(&mut halo, "read:software");
    let (_, body) = get(&mut halo, &token, "/api/SoftwareLicence?client_id=11");
    let sites = halo.sites()["11"].clone();
    let told = body["licences"].as_array().unwrap().iter();
    let told: Vec<_> = told
        .map(|row| (row["site_id"].clone(), row["site_name"].clone()))
        .collect();
    let of_customer = (json!(-1), json!(""));
    let of_site = (json!(sites[0].0.parse::<u64>().unwrap()), json!(sites[0].1));
    assert_eq!(told, [of_customer.clone(), of_site, of_customer]);
    // By site, too.
    let address = format!("/api/SoftwareLicence?site_id={}", sites[0].0);
    assert_eq!(listed(&mut halo, &token, &address, "licences").1, 1);
}

#[test]
fn a_refused_sign_in_describes_itself() {
    let mut halo = simulator(1);
    let refused = sign_in(
        &mut halo,
        "/auth/token",
        "grant_type=client_credentials&client_id=x",
    );
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let body: Value = serde_json::from_slice(refused.body()).unwrap();
    assert_eq!(body["error"], "invalid_client");
    assert!(!body["error_description"].as_str().unwrap().is_empty());
}

#[test]
fn a_tenant_may_be_named_in_the_form_and_need_not_be_named_at_all() {
    let mut halo = simulator(1);
    for form in [format!("{FORM}all&tenant=acmemsp"), format!("{FORM}all")] {
        assert_eq!(
            sign_in(&mut halo, "/auth/token", &form).status(),
            StatusCode::OK
        );
    }
}

#[test]
fn the_instance_tells_what_it_is() {
    let mut halo = simulator(1);
    let token = token(&mut halo, "read:assets");
    let (status, body) = get(&mut halo, &token, "/api/InstanceInfo");
    assert_eq!(
        (status, &body["app_name"]),
        (StatusCode::OK, &json!("Halo PSA"))
    );
}

#[test]
fn a_new_asset_keeps_what_was_sent_and_has_nothing_else() {
    let mut halo = simulator(45);
    let token = token(&mut halo, "edit:assets");
    let site = halo.sites()["12"][0].clone();
    let sent = json!({
        "inventory_number": "NEW-7", "key_field2": "S-7", "notes": "by a script", "item_cost": 12.5,
        "client_id": 12, "site_id": site.0, "assettype_id": 103, "inactive": false,
        "warranty_end": "2027-06-04T12:00:00", "warranty_note": "on site", "warranty_start": null,
        "fields": [{ "id": 51, "value": "Model 7" }],
        "datepurchased": "2024-01-01", "_dont_fire_automations": true,
    });
    let (status, made) = post(&mut halo, &token, &json!([sent]));
    assert_eq!(status, StatusCode::CREATED);
    let id = made["id"].to_string();
    for name in [
        "inventory_number",
        "key_field2",
        "notes",
        "item_cost",
        "client_id",
        "assettype_id",
        "warranty_end",
        "warranty_note",
    ] {
        assert_eq!(made[name], sent[name], "{name}");
    }
    assert_eq!(
        (&made["site_id"], &made["site_name"]),
        (&json!(site.0.parse::<u64>().unwrap()), &json!(site.1))
    );
    assert_eq!(made["assettype_name"], "Server");
    let customer = halo.population().fleet().customer(1).name;
    assert_eq!(made["client_name"], customer);
    assert_eq!(
        (field(&made, "Model"), field(&made, "Serial Number")),
        (&json!("Model 7"), &json!(""))
    );
    assert_eq!(
        (&made["key_field"], &made["supplier_purchasedate"]),
        (&json!(""), &Value::Null)
    );
    // What no asset has is not there, nor what only tells how to go about it.
    assert!(made.get("datepurchased").is_none() && made.get("_dont_fire_automations").is_none());

    assert_eq!(halo.record(&id).unwrap(), made);
    let found = assets(
        &mut halo,
        &token,
        "search=new-7&client_id=12&assettypes=103",
    );
    assert_eq!(found, [made["id"].as_u64().unwrap()]);
    let (_, list) = get(&mut halo, &token, "/api/Asset?search=NEW-7");
    let row = &list["assets"][0];
    assert_eq!(
        (&row["warranty_end"], row.get("warranty_note")),
        (&sent["warranty_end"], None)
    );
}

#[test]
fn a_change_takes_any_property_that_an_asset_has() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "edit:assets");
    let before = halo.record("1003").unwrap();
    let sent = json!({ "inventory_number": "PC-7", "criticality": "3", "inactive": true });
    assert_eq!(
        post(&mut halo, &token, &changed(&sent)).0,
        StatusCode::CREATED
    );
    let mut expected = before;
    expected["inventory_number"] = json!("PC-7");
    expected["criticality"] = json!(3);
    expected["inactive"] = json!(true);
    assert_eq!(halo.record("1003").unwrap(), expected);
    assert_eq!(halo.date_writes("1003"), 0);
    for (name, value) in [
        ("inactive", json!("no")),
        ("client_id", json!("x")),
        ("notes", json!(7)),
    ] {
        let (status, answer) = post(&mut halo, &token, &changed(&json!({ name: value })));
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer[format!("[0].{name}")].is_array(), "{answer}");
    }
}

#[test]
fn an_asset_is_deleted_by_who_may_change_it() {
    let mut halo = simulator(5);
    let delete = |halo: &mut HaloSimulator, token: &str, id: &str| {
        let request = Request::delete(format!("/api/Asset/{id}"))
            .header("user-agent", "test")
            .header("authorization", format!("Bearer {token}"))
            .body(String::new());
        ask(halo, request.unwrap()).status()
    };
    let reading = token(&mut halo, "read:assets");
    assert_eq!(delete(&mut halo, &reading, "1003"), StatusCode::FORBIDDEN);
    let writing = token(&mut halo, "edit:assets");
    assert_eq!(delete(&mut halo, &writing, "1003"), StatusCode::OK);
    assert_eq!(delete(&mut halo, &writing, "1003"), StatusCode::NOT_FOUND);
    assert_eq!(delete(&mut halo, &writing, "1"), StatusCode::FORBIDDEN);
    assert_eq!(halo.asset_ids(), ["1001", "1002", "1004", "1005"]);
    assert_eq!(
        get(&mut halo, &writing, "/api/Asset/1003").0,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn links_to_other_tools_and_what_was_bought_come_in_lists() {
    let mut halo = simulator(45);
    let token = token(&mut halo, "read:assets");
    let (_, body) = get(&mut halo, &token, "/api/Asset?noicon=true");
    let rows = body["assets"].as_array().unwrap();
    let schema: Value = serde_json::from_str(crate::halo::gate::SCHEMA).unwrap();
    let known = &schema["components"]["schemas"]["Device_List"]["properties"];
    for row in rows {
        let unknown = row
            .as_object()
            .unwrap()
            .keys()
            .find(|name| known.get(*name).is_none());
        assert_eq!(unknown, None);
    }
    for name in [
        "connectwisermm_id",
        "syncroid",
        "ninjarmm_id",
        "datto_id",
        "intune_id",
        "contract_ref",
        "contract_id",
        "business_owner_name",
        "criticality",
        "supplier_name",
    ] {
        let set = |row: &&Value| ![&json!(""), &json!(0), &Value::Null].contains(&&row[name]);
        let count = rows.iter().filter(set).count();
        assert!((1..rows.len()).contains(&count), "{name}: {count}");
    }
    let (_, alone) = get(&mut halo, &token, "/api/Asset/1001?includedetails=true");
    for name in [
        "item_cost",
        "warranty_note",
        "contracts",
        "supplier_expirydate",
        "supplier_reference",
    ] {
        assert!(alone.get(name).is_some(), "{name}");
    }
}
