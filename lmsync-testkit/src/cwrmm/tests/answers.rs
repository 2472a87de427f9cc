//! What the account answers, in whole.

use insta::assert_json_snapshot;

use super::*;

/// Places in the fleet of devices that differ.
const SERVER: usize = 2;
const LAPTOP: usize = 8;
const NEVER_SEEN: usize = 14;
const MAC: usize = 22;
const WITHOUT_SERIAL: usize = 27;
const GUEST: usize = 39;
const VIRTUAL_DESKTOP: usize = 44;

const KEPT: [usize; 7] = [
    SERVER,
    LAPTOP,
    NEVER_SEEN,
    MAC,
    WITHOUT_SERIAL,
    GUEST,
    VIRTUAL_DESKTOP,
];

fn id(place: usize) -> String {
    ids::device(place as u64 + 1, false)
}

/// An account with these devices alone, whose key may read all there is.
fn few() -> Caller {
    let mut caller = Caller::of(CwRmmSpec {
        custom_fields: true,
        ..fleet().into()
    });
    let scope = "platform.custom_fields_definitions.read";
    caller.account.key().scopes.insert(scope);
    caller.enter("");
    for (place, id) in caller.account.asset_ids().iter().enumerate() {
        if !KEPT.contains(&place) {
            assert!(caller.account.remove_asset(id));
        }
    }
    caller
}

fn listed(caller: &mut Caller, query: &str, places: &[usize]) -> Value {
    let ids: Vec<String> = places.iter().map(|place| id(*place)).collect();
    let body = json!({ "resourceType": "endpoint", "resources": ids });
    let (status, page, _) = caller.list(query, &body);
    assert_eq!(status, StatusCode::OK);
    page
}

/// Device `place` alone.
fn alone(caller: &mut Caller, place: usize, query: &str) -> Value {
    let machine = fleet().machine(place);
    let company = ids::company(fleet().customer(machine.customer).id);
    let site = ids::site(fleet().site(machine.customer, machine.site).id);
    let id = id(place);
    caller.read(&format!(
        "v2/device/companies/{company}/sites/{site}/endpoints/{id}{query}"
    ))
}

#[test]
fn companies_and_sites() {
    let mut caller = few();
    let company = format!("v1/company/companies/{}", ids::company(2));
    let site = format!("v1/company/sites/{}", ids::site(6));
    assert_json_snapshot!(json!({
        "companies": caller.read("v1/company/companies"),
        "company": caller.read(&company),
        "sites": caller.read("v1/company/sites"),
        "site": caller.read(&site),
        "sites of a company": caller.read(&format!("{company}/sites")),
    }));
}

#[test]
fn devices_of_the_list() {
    assert_json_snapshot!(listed(&mut few(), "", &KEPT));
}

#[test]
fn devices_of_the_list_with_hardware() {
    let fields = "os,system,bios,baseboard,processors,physicalMemory,drives,networks,antiViruses,\
                  graphicCards";
    let query = format!("field={fields}");
    let places = [SERVER, LAPTOP, GUEST];
    assert_json_snapshot!(listed(&mut few(), &query, &places));
}

#[test]
fn kinds_of_hardware() {
    let query = "field=deviceName,system,networks";
    let places = [NEVER_SEEN, WITHOUT_SERIAL, VIRTUAL_DESKTOP];
    assert_json_snapshot!(listed(&mut few(), query, &places));
}

#[test]
fn a_device_alone() {
    let mut caller = few();
    let all = "?field=deviceName,os,users,installedSoftwares,softwareLicenses,unknown";
    assert_json_snapshot!(json!({
        "mac": alone(&mut caller, MAC, ""),
        "mac, some fields": alone(&mut caller, MAC, all),
        "never seen, some fields": alone(&mut caller, NEVER_SEEN, all),
    }));
}

#[test]
fn states_and_limits() {
    let mut caller = few();
    let mut state = |place: usize| {
        let id = id(place);
        caller.read(&format!("v2/device/endpoints/{id}/system-state-info"))
    };
    let states = json!({
        "mac": state(MAC),
        "never seen": state(NEVER_SEEN),
        "guest in a domain": state(GUEST),
        "server without a user": state(SERVER),
    });
    let (_, limits, _) = caller.send(Method::GET, "/v1/rate_limits", &Value::Null);
    assert_json_snapshot!(json!({ "states": states, "limits": limits }));
}

#[test]
fn heartbeats() {
    assert_json_snapshot!(few().read(&heartbeat([1, 2, 3, 4])));
}

#[test]
fn custom_fields() {
    let mut caller = few();
    let definitions = caller.read("v1/custom-field/definitions");
    let mut of = |place: usize, query: &str| {
        let id = id(place);
        caller.read(&format!("v2/device/endpoints/{id}/custom-fields{query}"))
    };
    assert_json_snapshot!(json!({
        "definitions": definitions,
        "server": of(SERVER, ""),
        "without serial": of(WITHOUT_SERIAL, ""),
        "guest, with defaults": of(GUEST, "?withDefaults=true"),
    }));
}
