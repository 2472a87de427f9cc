//! Requests as released clients send them, and every parameter of the vendor's document.

use super::*;

/// The ids of the assets on the page at `query`, and how many there are in all.
fn listed(account: &mut SyncroSimulator, query: &str) -> (Vec<String>, u64) {
    let (status, page) = get(account, &format!("customer_assets?{query}"));
    assert_eq!(status, 200, "{query}");
    let rows = page["assets"].as_array().unwrap();
    let ids = rows.iter().map(|row| row["id"].to_string()).collect();
    (ids, page["meta"]["total_entries"].as_u64().unwrap())
}

fn query(text: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("query", text).finish()
}

/// The assets that `is` holds for.
fn those(account: &SyncroSimulator, is: impl Fn(&Machine) -> bool) -> Vec<String> {
    let mut ids = account.asset_ids();
    ids.retain(|id| is(&account.machine(id).unwrap()));
    ids
}

/// The parameters of `GET path` in the vendor's document.
fn parameters(path: &str) -> Vec<String> {
    let parameters = schema()["paths"][path]["get"]["parameters"].clone();
    let names = parameters.as_array().unwrap().iter();
    names
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_documented_parameter_of_assets_has_its_effect() {
    let mut account = account(45);
    let all = account.asset_ids();
    let by_hand = |machine: &Machine| machine.last_check_in.is_none();
    for parameter in parameters("/customer_assets") {
        match parameter.as_str() {
            "page" => assert_eq!(listed(&mut account, "page=2"), (vec![], 45)),
            "customer_id" => {
                let expected = those(&account, |machine| machine.customer == 1);
                let asked = format!("customer_id={}", SyncroSimulator::customer_id(1));
                let count = expected.len() as u64;
                assert!(count > 0);
                assert_eq!(listed(&mut account, &asked), (expected, count));
                assert_eq!(listed(&mut account, "customer_id=1").1, 0);
            }
            "asset_type_id" => {
                let agents = those(&account, |machine| !by_hand(machine));
                let count = agents.len() as u64;
                assert!(count < 45);
                assert_eq!(listed(&mut account, "asset_type_id=4101"), (agents, count));
                assert_eq!(listed(&mut account, "asset_type_id=1").1, 0);
            }
            "query" => {
                let machine = account.machine(&all[7]).unwrap();
                let mut found = |text: &str| listed(&mut account, &query(text));
                let by_name = found(&machine.name.to_lowercase());
                assert_eq!(by_name, (vec![all[7].clone()], 1));
                assert_eq!(found(&machine.serial.unwrap()), by_name);
                assert_eq!(listed(&mut account, "query=no%20such+machine").1, 0);
            }
            "snmp_enabled" => {
                assert_eq!(listed(&mut account, "snmp_enabled=true").1, 0);
                assert_eq!(listed(&mut account, "snmp_enabled=false").1, 45);
            }
            other => panic!("nothing is known of {other}"),
        }
    }
    let asked = format!(
        "customer_id={}&asset_type_id=4101",
        SyncroSimulator::customer_id(1)
    );
    let both = those(&account, |machine| {
        machine.customer == 1 && !by_hand(machine)
    });
    assert_eq!(listed(&mut account, &asked).0, both);
}

/// Parameters that some clients send in vain.
#[test]
fn a_parameter_that_is_not_documented_has_no_effect() {
    let mut account = account(45);
    let whole = listed(&mut account, "");
    for query in [
        "asset_type=Server",
        "asset_serial=x",
        "customer_id=",
        "query=",
    ] {
        assert_eq!(listed(&mut account, query), whole, "{query}");
    }
}

#[test]
fn customers_are_found_by_text_and_those_set_aside_come_on_request() {
    let mut account = account(700);
    let count = |account: &mut SyncroSimulator, query: &str| {
        let (_, page) = get(account, &format!("customers?{query}"));
        page["meta"]["total_entries"].as_u64().unwrap()
    };
    let all = account.population().fleet().customers() as u64;
    assert_eq!(count(&mut account, "include_disabled=true"), all);
    let set_aside = all / 13;
    assert!(set_aside > 0);
    assert_eq!(count(&mut account, "page=1"), all - set_aside);
    let customer = account.population().fleet().customer(0);
    let found = count(&mut account, &format!("query=it@{}", customer.domain));
    assert_eq!(found, 1);
}

#[test]
fn the_key_comes_after_bearer_bare_or_in_the_query() {
    let mut account = account(1);
    let key = account.api_key().to_owned();
    let mut status = |query: &str, header: Option<String>| {
        let mut request = Request::get(format!("https://acme.syncromsp.com/api/v1/me?{query}"));
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let request = request.body(Bytes::new()).unwrap();
        account.respond(&request, now()).status().as_u16()
    };
    let in_query = format!("api_key={key}");
    assert_eq!(status("", Some(format!("Bearer {key}"))), 200);
    assert_eq!(status("", Some(key.clone())), 200);
    assert_eq!(status(&in_query, None), 200);
    assert_eq!(status("", Some(format!("token {key}"))), 401);
    assert_eq!(status(&in_query, Some("Bearer other".to_owned())), 401);
    assert_eq!(status("api_key=other", None), 401);
    assert_eq!(status("", None), 401);
}

#[test]
fn asset_types_are_named_in_the_settings_alone() {
    let mut account = account(45);
    let (status, settings) = get(&mut account, "settings");
    assert_eq!(status, 200);
    let types = settings["assets"]["asset_types"].as_array().unwrap();
    let names: Vec<_> = types
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    let (_, page) = get(&mut account, "customer_assets");
    for row in page["assets"].as_array().unwrap() {
        assert!(names.contains(&row["asset_type"].as_str().unwrap()));
        assert!(row.get("asset_type_id").is_none());
    }
}

#[test]
fn installed_applications_come_in_pages() {
    let mut account = account(45);
    let id = those(&account, |machine| machine.last_check_in.is_some()).remove(0);
    let machine = account.machine(&id).unwrap();
    let truth = account.population().fleet().software(&machine);
    let path = format!("customer_assets/{id}/installed_applications");
    let (status, page) = get(&mut account, &format!("{path}?per_page=100"));
    assert_eq!(status, 200);
    assert_eq!(page["meta"]["total_entries"], truth.len());
    let rows = page["installed_applications"].as_array().unwrap();
    let told = rows.iter().map(|row| {
        (
            row["name"].as_str().unwrap(),
            row["vendor"].as_str().unwrap(),
        )
    });
    assert!(
        told.eq(truth
            .iter()
            .map(|program| (program.name, program.publisher)))
    );

    account.spec.per_page_up_to = Some(2);
    let (_, second) = get(&mut account, &format!("{path}?per_page=100&page=2"));
    assert_eq!(second["installed_applications"], json!(rows[2..4]));

    let by_hand = those(&account, |machine| machine.last_check_in.is_none()).remove(0);
    let (_, none) = get(
        &mut account,
        &format!("customer_assets/{by_hand}/installed_applications"),
    );
    assert_eq!(none["installed_applications"], json!([]));
    account.permissions().view_assets = false;
    assert_eq!(get(&mut account, &path).0, 401);
}

#[test]
fn patches_are_those_of_windows_in_the_documented_states() {
    let mut account = account(45);
    let mut states = std::collections::BTreeSet::new();
    for id in account.asset_ids() {
        let (status, patches) = get(&mut account, &format!("customer_assets/{id}/patches"));
        assert_eq!(status, 200);
        let available = patches["available_patches"].as_array().unwrap();
        assert_eq!(
            patches["available_patches_meta"]["total_entries"],
            available.len()
        );
        let installed = patches["installed_patches"].as_array().unwrap();
        let all = available.iter().chain(installed);
        states.extend(all.map(|patch| patch["status"].as_str().unwrap().to_owned()));
    }
    let documented = [
        "Failed Patches",
        "Missing Patches",
        "Recently Installed",
        "Rejected Patches",
    ];
    assert!(states.iter().eq(documented.iter()), "{states:?}");
    assert_eq!(get(&mut account, "customer_assets/1/patches").0, 404);
    account.permissions().list_assets = false;
    let id = account.asset_ids().remove(0);
    assert_eq!(
        get(&mut account, &format!("customer_assets/{id}/patches")).0,
        401
    );
}
