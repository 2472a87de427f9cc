//! Calls that public clients of the vendor make, and what they read of the answers.

use super::*;

const SCOPES: &str = "platform.companies.read platform.sites.read platform.devices.read";

#[test]
fn a_client_goes_from_companies_to_their_sites_and_devices() {
    let mut caller = Caller::new();
    caller.enter(SCOPES);
    let all = caller.read("v1/company/companies");
    let company = all[0]["id"].as_str().unwrap().to_owned();
    let sites = caller.read(&format!("v1/company/companies/{company}/sites"));
    assert_eq!(sites.as_array().unwrap().len(), fleet().sites(0));
    assert!(
        sites
            .as_array()
            .unwrap()
            .iter()
            .all(|site| site["company"]["id"] == json!(company))
    );
    let site = sites[0]["id"].as_str().unwrap();
    let body = json!({ "resourceType": "company", "resources": [company] });
    let path = "/api/platform/v2/device/categories/all/endpoints?limit=500&cursor=0";
    let (status, listed, _) = caller.send(Method::POST, path, &body);
    assert_eq!(status, StatusCode::OK);
    let group = &listed["platform"][0];
    assert_eq!(
        (&group["companyID"], &group["siteID"]),
        (&json!(company), &json!(site))
    );
    let device = group["endpoints"][0]["endpointID"].as_str().unwrap();
    // It asks for a member that the published type does not have.
    let fields = "deviceName,friendlyName,endpointType,ipAddress,macAddress,type,remoteAddress,os,\
                  system,baseboard,bios,antiViruses,services";
    let alone = caller.read(&format!(
        "v2/device/companies/{company}/sites/{site}/endpoints/{device}?field={fields}"
    ));
    assert!(alone["platform"]["baseboard"]["manufacturer"].is_string());
    let unknown = format!("v1/company/companies/{}/sites", ids::company(99));
    assert_eq!(caller.status(&unknown), 404);
}

#[test]
fn a_client_reads_heartbeats_states_software_and_users_of_one_company() {
    let mut caller = Caller::new();
    caller.enter(SCOPES);
    let company = ids::company(1);
    let mut devices = Vec::new();
    for what in ["heartbeat", "systemstate"] {
        let told = caller.read(&format!(
            "v2/device/endpoints/{what}?resourceType=companies&resources={company}"
        ));
        assert_eq!(told["status"], "success");
        let records = told["successfulRecords"].as_array().unwrap().iter();
        let told = records.flat_map(|record| record["endpoints"].as_array().unwrap().clone());
        devices.push(told.collect::<Vec<Value>>());
    }
    assert!(
        devices[0]
            .iter()
            .all(|device| device["EndpointID"].is_string())
    );
    let of = |device: &Value| device["lastLoggedOnUser"]["username"].is_string();
    assert!(devices[1].len() >= devices[0].len() && devices[1].iter().any(of));
    let body = json!({ "resourceType": "company", "resources": [company] });
    for (what, list) in [("applications", "applications"), ("users", "users")] {
        let query = format!("{what}?limit=500&cursor=0");
        let (status, told, _) = caller.inventory(&query, &body);
        assert_eq!(status, StatusCode::OK);
        assert!(
            told.as_array()
                .unwrap()
                .iter()
                .all(|one| one[list].is_array())
        );
    }
}

#[test]
fn a_client_takes_families_of_devices_by_a_filter_and_in_an_order() {
    let mut caller = Caller::new();
    let body = companies(1..=3);
    let families = |page: &Value| -> Vec<String> {
        let groups = page["platform"].as_array().unwrap().iter();
        let rows = groups.flat_map(|group| group["endpoints"].as_array().unwrap());
        rows.map(|row| row["endpointType"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut counts = Vec::new();
    for filter in [
        "endpointType%20in%20(Server)",
        "endpointType+not+in+(Server)",
        "endpointType%20in%20(Server,Desktop)",
    ] {
        let mut met = Vec::new();
        for cursor in [0, 25, 50] {
            let (status, page, _) = caller.list(&format!("filter={filter}&cursor={cursor}"), &body);
            if status == StatusCode::OK {
                met.extend(families(&page));
            }
        }
        let servers = met.iter().filter(|family| *family == "Server").count();
        counts.push((servers, met.len() - servers));
    }
    let [(servers, 0), (0, others), both] = counts[..] else {
        panic!("{counts:?}");
    };
    assert!(servers > 0 && others > 0);
    assert_eq!(both, (servers, others));
    let (_, page, _) = caller.list("sortBy=friendlyName%20desc&limit=25", &body);
    let groups = page["platform"].as_array().unwrap().iter();
    let rows = groups.flat_map(|group| group["endpoints"].as_array().unwrap());
    let names: Vec<_> = rows
        .map(|row| row["friendlyName"].as_str().unwrap())
        .collect();
    assert!(names.is_sorted_by(|one, other| one >= other), "{names:?}");
    for wrong in [
        "filter=deviceName%20in%20(A)",
        "filter=endpointType",
        "sortBy=serial",
    ] {
        assert_eq!(
            caller.list(wrong, &body).0,
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
    let none = caller.list("filter=endpointType%20in%20(Mobile)", &body);
    assert_eq!(none.0, StatusCode::NOT_FOUND);
}

#[test]
fn fields_that_a_type_does_not_have_are_refused_in_a_list() {
    let mut caller = Caller::new();
    let body = companies([1]);
    for (category, fields, status) in [
        ("platform", "system,os", 200),
        ("platform", "installedSoftwares", 400),
        ("platform", "unknown", 400),
        ("all", "type,networks", 200),
        // Nobody has network devices here: nothing is found where nothing is wrong.
        ("network", "deviceName,os,networks", 404),
        ("network", "deviceName,type", 400),
        ("network", "remoteAddress", 400),
    ] {
        let path =
            format!("/api/platform/v2/device/categories/{category}/endpoints?field={fields}");
        let (answered, _, _) = caller.send(Method::POST, &path, &body);
        assert_eq!(answered.as_u16(), status, "{category}: {fields}");
    }
}

#[test]
fn a_client_reads_single_custom_fields_and_definitions_of_devices() {
    let mut caller = Caller::new();
    caller
        .account
        .key()
        .scopes
        .insert("platform.custom_fields_definitions.read");
    caller.enter("");
    let all = caller.read("v1/custom-field/definitions?entityType=device&originType=partner");
    assert_eq!(all.as_array().unwrap().len(), 3);
    let others = caller.read("v1/custom-field/definitions?entityType=company");
    assert_eq!(others, json!([]));
    let (id, device) = (
        all[1]["id"].as_str().unwrap(),
        caller.account.asset_ids().remove(0),
    );
    let one = caller.read(&format!(
        "v2/device/endpoints/{device}/custom-fields?attributeIDs={id}&withDefaults=true"
    ));
    assert_eq!(one.as_array().unwrap().len(), 1);
    assert_eq!(one[0]["name"], json!(WARRANTY_EXPIRY));
}

#[test]
fn refusals_have_the_shape_that_is_documented_for_their_address() {
    let mut caller = Caller::new();
    let members = |body: Value| {
        body.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    for (path, expected) in [
        (
            "v2/device/endpoints/x/custom-fields",
            ["description", "error"],
        ),
        ("v2/device/endpoints/heartbeat", ["code", "description"]),
        (
            "v2/device/companies/c/sites/s/endpoints/e",
            ["code", "message"],
        ),
        ("v1/company/companies/c", ["code", "message"]),
    ] {
        let path = format!("/api/platform/{path}");
        let (status, body, _) = caller.send(Method::GET, &path, &Value::Null);
        assert!(status.is_client_error());
        assert_eq!(members(body), expected, "{path}");
    }
}

#[test]
fn nulls_are_told_on_request_alone() {
    let mut caller = Caller::new();
    let read = |caller: &mut Caller| {
        let (_, page, _) = caller.list("limit=500&field=os,system,bios", &companies(1..=3));
        let id = caller.account.asset_ids().remove(2);
        let state = caller.read(&format!("v2/device/endpoints/{id}/system-state-info"));
        format!("{page}{state}")
    };
    assert!(!read(&mut caller).contains("null"));
    caller.account.misbehaviour().nulls = true;
    assert!(read(&mut caller).contains("\"hypervisorName\":null"));
}
