//! What the simulator answers, field by field, so that no change of it goes unseen.

use serde_json::{Map, Value, json};

use super::{get, now, simulator, token};
use crate::fleet::{Fleet, FleetSpec, Machine, MachineKind, Oddity, OsFamily};
use crate::halo::{HaloSimulator, HaloSpec};

/// What a machine is called here, and how it is told from others.
type Kind = (&'static str, fn(&Machine) -> bool);

const KINDS: [Kind; 9] = [
    ("a desktop", |machine| {
        machine.kind == MachineKind::Desktop
            && machine.os.family == OsFamily::Windows
            && machine.domain.is_some()
            && machine.warranty_expiry.is_some()
    }),
    ("a laptop", |machine| {
        machine.kind == MachineKind::Laptop
            && machine.os.family == OsFamily::Windows
            && machine.purchased.is_some()
            && machine.index.is_multiple_of(2)
    }),
    ("a laptop with its purchase in a field", |machine| {
        machine.kind == MachineKind::Laptop
            && machine.purchased.is_some()
            && !machine.index.is_multiple_of(2)
    }),
    ("a Mac", |machine| machine.os.family == OsFamily::MacOs),
    ("a server", |machine| {
        machine.kind == MachineKind::Server && machine.domain.is_some()
    }),
    ("a Linux server", |machine| {
        machine.os.family == OsFamily::Linux
    }),
    ("one that never checked in", |machine| {
        machine.last_check_in.is_none()
    }),
    ("dates of an import", |machine| {
        machine.oddity == Some(Oddity::SentinelDates)
    }),
    ("trailing blanks", |machine| {
        machine.oddity == Some(Oddity::TrailingBlanks)
    }),
];

/// The asset id of the first machine that `is` the one.
fn first(halo: &HaloSimulator, is: impl Fn(&Machine) -> bool) -> String {
    let found = halo.population().fleet().machines().find(is).unwrap();
    HaloSimulator::asset_id(&found)
}

/// An asset field takes one line instead of nine.
fn on_one_line(asset: &mut Value) {
    for field in asset["fields"].as_array_mut().into_iter().flatten() {
        let (id, name, value) = (&field["id"], &field["name"], &field["value"]);
        let line = format!("{id} {}: {value}", name.as_str().unwrap());
        *field = json!(line);
    }
}

#[test]
fn an_asset_read_alone_with_its_details() {
    let mut halo = simulator(300);
    let token = token(&mut halo, "read:assets");
    let id = first(&halo, KINDS[0].1);
    let address = format!("/api/Asset/{id}?includedetails=true");
    insta::assert_json_snapshot!(get(&mut halo, &token, &address).1);
}

#[test]
fn assets_of_every_kind() {
    let mut halo = simulator(300);
    let token = token(&mut halo, "read:assets");
    let found: Map<String, Value> = KINDS
        .iter()
        .map(|(name, is)| {
            let id = first(&halo, is);
            let (_, mut asset) = get(&mut halo, &token, &format!("/api/Asset/{id}"));
            on_one_line(&mut asset);
            ((*name).to_owned(), asset)
        })
        .collect();
    insta::assert_json_snapshot!(found);
}

/// An account with more assets that are no machines than customers.
fn with_other_assets(odd_numbers: bool) -> HaloSimulator {
    let fleet = Fleet::new(FleetSpec {
        customers: 2,
        ..FleetSpec::new(20, now())
    });
    HaloSimulator::new(HaloSpec {
        software_assets: 3,
        service_assets: 3,
        odd_numbers,
        ..HaloSpec::new(fleet)
    })
}

#[test]
fn a_list_holds_software_then_services_then_machines() {
    let mut halo = with_other_assets(true);
    let token = token(&mut halo, "read:assets");
    let address = "/api/Asset?pageinate=true&page_size=7&includeassetfields=true&noicon=true\
                   &includechangehistorylastupdated=true";
    let (_, mut body) = get(&mut halo, &token, address);
    let rows = body["assets"].as_array_mut().unwrap();
    rows.iter_mut().for_each(on_one_line);
    insta::assert_json_snapshot!(body);
}

#[test]
fn numbers_come_in_other_forms_where_that_is_asked_for() {
    let ids = |odd_numbers| {
        let mut halo = with_other_assets(odd_numbers);
        let token = token(&mut halo, "read:assets");
        let (_, body) = get(&mut halo, &token, "/api/Asset?noicon=true");
        let rows = body["assets"].as_array().unwrap().iter();
        rows.map(|row| {
            let [id, client, site, of] =
                ["id", "client_id", "site_id", "assettype_id"].map(|name| &row[name]);
            format!("id {id}, client {client}, site {site}, type {of}")
        })
        .collect::<Vec<_>>()
    };
    insta::assert_json_snapshot!(json!({ "odd": ids(true), "plain": ids(false) }));
}

#[test]
fn asset_types() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "read:assets");
    insta::assert_json_snapshot!(get(&mut halo, &token, "/api/AssetType").1);
}

#[test]
fn clients_sites_and_licences() {
    let mut halo = simulator(100);
    let scopes = "read:customers%20read:software";
    let token = token(&mut halo, scopes);
    let mut read = |address: &str| get(&mut halo, &token, address).1;
    let found = json!({
        "clients": read("/api/Client?pageinate=true&page_size=4"),
        "sites": read("/api/Site?pageinate=true&page_size=5&page_no=2"),
        "licences": read("/api/SoftwareLicence?pageinate=true&page_size=5&page_no=2"),
    });
    insta::assert_json_snapshot!(found);
}

#[test]
fn the_sign_in_the_software_of_an_asset_and_where_to_sign_in() {
    let mut halo = simulator(60);
    let form = format!("{}read:software%20read:assets", super::FORM);
    let sign_in = super::sign_in(&mut halo, "/auth/token", &form);
    let sign_in: Value = serde_json::from_slice(sign_in.body()).unwrap();
    let token = sign_in["access_token"].as_str().unwrap().to_owned();
    let id = first(&halo, |machine| machine.os.family == OsFamily::MacOs);
    let never = first(&halo, |machine| machine.last_check_in.is_none());
    let mut read = |address: &str| get(&mut halo, &token, address).1;
    let found = json!({
        "sign-in": sign_in,
        "where": read("/api/AuthInfo"),
        "on a Mac": read(&format!("/api/AssetSoftware?device_id={id}")),
        "on one that never checked in": read(&format!("/api/AssetSoftware?device_id={never}")),
        "on nothing": read("/api/AssetSoftware"),
    });
    insta::assert_json_snapshot!(found);
}
