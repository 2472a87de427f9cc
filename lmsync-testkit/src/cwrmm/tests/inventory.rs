use super::*;

/// The programs of each device by its id, in the order in which they came.
fn programs(told: &Value) -> Vec<(String, usize)> {
    let elements = told.as_array().unwrap().iter();
    elements
        .map(|one| {
            let programs = one["applications"].as_array().unwrap().len();
            (one["endpointID"].as_str().unwrap().to_owned(), programs)
        })
        .collect()
}

#[test]
fn software_of_many_devices_comes_page_by_page_with_an_element_each() {
    let mut caller = Caller::new();
    let body = companies(1..=3);
    let (mut met, mut at) = (Vec::new(), Some("limit=500&cursor=0".to_owned()));
    while let Some(query) = at {
        let what = format!("applications?{query}");
        let (status, page, link) = caller.inventory(&what, &body);
        assert_eq!(status, StatusCode::OK, "{page}");
        met.extend(programs(&page));
        let next = link.map(|link| link.split(['?', '>']).nth(1).unwrap().to_owned());
        at = next.filter(|_| met.len() < 1_000);
    }
    let fleet = fleet();
    let truth = fleet.machines().map(|machine| {
        let id = ids::device(machine.id, false);
        (id, fleet.software(&machine).len())
    });
    let mut truth: Vec<_> = truth.collect();
    met.sort();
    truth.sort();
    assert_eq!(met, truth);
    let past = caller.inventory("applications?cursor=60", &body);
    assert_eq!(past.0, StatusCode::NOT_FOUND);
}

#[test]
fn a_device_with_many_programs_may_come_again() {
    let mut caller = Caller::new();
    caller.account.misbehaviour().programs_at_once = Some(4);
    let body = json!({ "resourceType": "endpoint", "resources": [caller.account.asset_ids()[0]] });
    let (_, told, _) = caller.inventory("applications", &body);
    let told = programs(&told);
    let all = fleet().software(&fleet().machine(0)).len();
    assert!(told.len() > 1 && told.iter().all(|(_, programs)| *programs <= 4));
    assert_eq!(
        told.iter().map(|(_, programs)| programs).sum::<usize>(),
        all
    );
}

#[test]
fn users_of_many_devices_come_with_their_last_logon() {
    let mut caller = Caller::new();
    let (status, told, _) = caller.inventory("users?limit=500", &companies([1]));
    assert_eq!(status, StatusCode::OK);
    let elements = told.as_array().unwrap();
    let users = elements
        .iter()
        .flat_map(|one| one["users"].as_array().unwrap());
    let mut users = users.map(|user| (&user["username"], &user["lastLogonTimestamp"]));
    assert!(users.all(|(name, at)| name.is_string() && at.is_i64()));
    assert_eq!(elements[0]["companyID"], json!(ids::company(1)));
}

#[test]
fn an_inventory_is_refused_as_a_list_is() {
    let mut caller = Caller::new();
    let mut status = |body: &Value| caller.inventory("applications", body).0.as_u16();
    assert_eq!(status(&companies([])), 400);
    assert_eq!(status(&companies(1..=5)), 400);
    assert_eq!(
        status(&json!({ "resourceType": "companies", "resources": ["x"] })),
        400
    );
    assert_eq!(status(&companies([4])), 404);
    assert_eq!(status(&companies([1])), 200);
    caller.empty_company(2);
    caller.account.misbehaviour().mixed_batch_is_404 = true;
    assert_eq!(
        caller
            .inventory("applications", &companies([1, 3]))
            .0
            .as_u16(),
        404
    );
    caller.account.misbehaviour().inventory_fails = Some(403);
    assert_eq!(caller.inventory("users", &companies([1])).0.as_u16(), 403);
    let path = "/api/platform/v2/device/endpoints/applications";
    caller.account.misbehaviour().inventory_fails = None;
    assert_eq!(
        caller.send(Method::GET, path, &companies([1])).0.as_u16(),
        405
    );
}

#[test]
fn a_guest_names_its_host_and_a_host_its_guests() {
    let mut caller = Caller::new();
    let fleet = fleet();
    let mut pairs = 0;
    for machine in fleet.machines() {
        let company = ids::company(fleet.customer(machine.customer).id);
        let site = ids::site(fleet.site(machine.customer, machine.site).id);
        let own = ids::device(machine.id, false);
        let path = |id: &str| {
            format!("v2/device/companies/{company}/sites/{site}/endpoints/{id}/relations")
        };
        let told = caller.read(&path(&own));
        for related in told["relations"].as_array().unwrap() {
            let back = caller.read(&path(related["endpointID"].as_str().unwrap()));
            let back = back["relations"].as_array().unwrap();
            assert!(back.iter().any(|back| back["endpointID"] == json!(own)));
            let role = if machine.hypervisor.is_some() {
                "Guest"
            } else {
                "Host"
            };
            assert_eq!(related["relationshipType"]["source"], json!(role));
            pairs += 1;
        }
    }
    assert!(pairs > 0, "the fleet has a host with guests");
}
