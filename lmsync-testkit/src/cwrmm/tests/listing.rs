use super::*;

#[test]
fn pages_cut_groups_and_past_the_last_there_is_nothing() {
    let mut caller = Caller::new();
    let wanted = companies(1..=3);
    let mut cursor = Some(0);
    let (mut met, mut groups) = (Vec::new(), Vec::new());
    while let Some(at) = cursor {
        let (status, page, link) = caller.list(&format!("limit=500&cursor={at}"), &wanted);
        assert_eq!(status, StatusCode::OK);
        for group in page["platform"].as_array().unwrap() {
            groups.push((group["companyID"].clone(), group["siteID"].clone()));
            let rows = group["endpoints"].as_array().unwrap();
            met.extend(rows.iter().map(|row| row["endpointID"].clone()));
        }
        let next = |link: String| {
            Some(
                link.split("cursor=")
                    .nth(1)?
                    .split('>')
                    .next()?
                    .parse()
                    .unwrap(),
            )
        };
        cursor = link.and_then(next);
    }
    assert_eq!(met.len(), 60);
    met.dedup();
    assert_eq!(met.len(), 60);
    let before = groups.len();
    groups.dedup();
    assert!(groups.len() < before, "a group comes again on a later page");
    assert_eq!(caller.list("cursor=60", &wanted).0, StatusCode::NOT_FOUND);
}

#[test]
fn what_the_specification_forbids_is_refused() {
    let mut caller = Caller::new();
    let fields = vec!["os"; 16].join(",");
    let one = companies([1]);
    assert_eq!(
        caller.list(&format!("field={fields}"), &one).0.as_u16(),
        400
    );
    assert_eq!(caller.list("", &companies(1..=5)).0.as_u16(), 400);
    let plural = json!({ "resourceType": "companies", "resources": [ids::company(1)] });
    assert_eq!(caller.list("", &plural).0.as_u16(), 400);
    let heartbeat = |kind: &str| {
        format!(
            "/api/platform/v2/device/endpoints/heartbeat?resourceType={kind}&resources={}",
            ids::company(1)
        )
    };
    for (kind, status) in [("companies", 200), ("clients", 400), ("endpoints", 403)] {
        let (answered, _, _) = caller.send(Method::GET, &heartbeat(kind), &Value::Null);
        assert_eq!(answered.as_u16(), status, "{kind}");
    }
    let path = "/api/platform/v2/device/endpoints/heartbeat";
    assert_eq!(caller.send(Method::PUT, path, &json!([])).0.as_u16(), 405);
    assert_eq!(caller.account.writes, 1);
}

#[test]
fn without_a_projection_there_is_neither_serial_nor_system() {
    let mut caller = Caller::new();
    let row = |page: &Value| page["platform"][0]["endpoints"][0].clone();
    let (_, plain, _) = caller.list("limit=1", &companies([1]));
    assert!(row(&plain)["deviceName"].is_string() && row(&plain)["system"].is_null());
    let (_, some, _) = caller.list("limit=1&field=system,os", &companies([1]));
    assert!(row(&some)["system"]["model"].is_string() && row(&some)["deviceName"].is_null());
}

#[test]
fn devices_are_listed_by_site_and_by_id_too() {
    let mut caller = Caller::new();
    let machines: Vec<Machine> = fleet().machines().collect();
    // Company 1 has the sites 1 and 2, company 2 begins with site 5.
    let of_site = |company: usize, site: usize| {
        machines
            .iter()
            .filter(move |machine| (machine.customer, machine.site) == (company, site))
            .map(|machine| ids::device(machine.id, false))
    };
    let wanted: Vec<String> = of_site(1, 0).chain(of_site(0, 1)).collect();
    let sites = json!({ "resourceType": "site", "resources": [ids::site(5), ids::site(2)] });
    let (status, page, _) = caller.list("", &sites);
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_eq!(endpoints(&page), wanted);
    let unknown = json!({ "resourceType": "site", "resources": [ids::site(4)] });
    assert_eq!(caller.list("", &unknown).0, StatusCode::NOT_FOUND);
    let some = json!({ "resourceType": "endpoint", "resources": wanted[..3] });
    let (_, page, _) = caller.list("", &some);
    assert_eq!(endpoints(&page), wanted[..3]);
}

#[test]
fn a_list_takes_one_verb_alone() {
    let body = companies([1]);
    let path = "/api/platform/v2/device/categories/platform/endpoints";
    for (list_verb, post, get) in [
        (ListVerb::Post, 200, 405),
        (ListVerb::Get { refusal: 404 }, 404, 200),
    ] {
        let mut caller = Caller::of(CwRmmSpec {
            list_verb,
            ..fleet().into()
        });
        assert_eq!(caller.send(Method::POST, path, &body).0.as_u16(), post);
        assert_eq!(caller.send(Method::GET, path, &body).0.as_u16(), get);
    }
}

#[test]
fn one_empty_company_spoils_a_batch_where_the_account_does_so() {
    let mut caller = Caller::new();
    caller.empty_company(2);
    assert_eq!(caller.list("", &companies([1, 3])).0, StatusCode::OK);
    assert_eq!(caller.list("", &companies([3])).0, StatusCode::NOT_FOUND);
    caller.account.misbehaviour().mixed_batch_is_404 = true;
    assert_eq!(caller.list("", &companies([1, 3])).0, StatusCode::NOT_FOUND);
    assert_eq!(caller.list("", &companies([1, 2])).0, StatusCode::OK);
    let one = json!({ "resourceType": "endpoint", "resources": [caller.account.asset_ids()[0]] });
    assert_eq!(caller.list("", &one).0, StatusCode::OK);
}

#[test]
fn a_heartbeat_is_of_one_to_four_companies_and_fails_for_those_without_devices() {
    let mut caller = Caller::new();
    assert_eq!(caller.status(&heartbeat([])), 400);
    assert_eq!(caller.status(&heartbeat(1..=5)), 400);
    let whole = caller.read(&heartbeat([1, 2, 3]));
    assert_eq!(
        (&whole["status"], &whole["failedRecords"]),
        (&json!("success"), &json!([]))
    );
    caller.empty_company(2);
    let failed = |number: u64| json!({ "resourceType": "Company", "resource": ids::company(number), "error": "Not Found" });
    let some = caller.read(&heartbeat([1, 2, 3, 4]));
    assert_eq!(some["status"], "partial_success");
    assert_eq!(some["failedRecords"], json!([failed(3), failed(4)]));
    let none = caller.read(&heartbeat([3]));
    assert_eq!(
        none,
        json!({ "status": "failed", "successfulRecords": [], "failedRecords": [failed(3)] })
    );
    caller.account.misbehaviour().heartbeat = Heartbeat::MixedBatchIs404;
    assert_eq!(caller.status(&heartbeat([1, 3])), 404);
    assert_eq!(caller.status(&heartbeat([1, 2])), 200);
}

#[test]
fn links_lead_on_back_or_nowhere_after_the_second_page() {
    let mut caller = Caller::new();
    let wanted = companies(1..=3);
    let leads_to = |caller: &mut Caller, at: usize| {
        let (_, _, link) = caller.list(&format!("cursor={at}"), &wanted);
        let to = link.map(|link| link.split("cursor=").nth(1).unwrap().to_owned());
        to.map(|to| to.trim_end_matches(">; rel=\"next\"").to_owned())
    };
    for (cursor, second) in [
        (Cursor::Forward, "50"),
        (Cursor::Back, "0"),
        (Cursor::Again, "25"),
    ] {
        caller.account.misbehaviour().cursor = cursor;
        assert_eq!(leads_to(&mut caller, 0).as_deref(), Some("25"));
        assert_eq!(leads_to(&mut caller, 25).as_deref(), Some(second));
        assert_eq!(leads_to(&mut caller, 50), None);
    }
}

#[test]
fn past_the_end_of_an_endless_list_comes_its_last_page_again() {
    let mut caller = Caller::new();
    let wanted = companies(1..=3);
    // Sixty devices are three whole pages of twenty.
    let (_, last, link) = caller.list("limit=20&cursor=40", &wanted);
    assert_eq!((endpoints(&last).len(), link), (20, None));
    caller.account.misbehaviour().endless_last_page = true;
    for cursor in [40, 60, 1000] {
        let (status, page, link) = caller.list(&format!("limit=20&cursor={cursor}"), &wanted);
        assert_eq!((status, &page), (StatusCode::OK, &last));
        assert!(link.unwrap().contains(&format!("cursor={}", cursor + 20)));
    }
    let (_, first, _) = caller.list("limit=20&cursor=0", &wanted);
    assert_ne!(first, last);
}

#[test]
fn there_is_no_company_past_the_last_and_no_device_where_it_is_not() {
    let mut caller = Caller::new();
    assert_eq!(
        caller.status(&format!("v1/company/companies/{}", ids::company(3))),
        200
    );
    assert_eq!(
        caller.status(&format!("v1/company/companies/{}", ids::company(4))),
        404
    );
    // The first device is of company 1 and at its second site.
    let id = caller.account.asset_ids().remove(0);
    for (company, site, status) in [(1, 2, 200), (1, 1, 404), (2, 2, 404)] {
        let (company, site) = (ids::company(company), ids::site(site));
        let path = format!("v2/device/companies/{company}/sites/{site}/endpoints/{id}");
        assert_eq!(caller.status(&path), status, "{path}");
    }
}
