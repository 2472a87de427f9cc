//! The account's records as the vendor writes them.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::fleet::{Fleet, Machine, MachineKind, Site};

use super::ids;
use super::schema::{self, Kind};

/// So many licences each customer holds.
pub(super) const LICENCES_EACH: usize = 3;
/// The asset field for the day of purchase, where Halo's own property is not used.
pub(super) const PURCHASE_FIELD: u64 = 24;

/// Every few records come with their numbers in another form.
pub(super) fn number(number: u64, place: usize, odd: bool) -> Value {
    match place % 11 {
        3 if odd => json!(number.to_string()),
        7 if odd => json!(number as f64),
        _ => json!(number),
    }
}

pub(super) fn type_of(machine: &Machine) -> (u64, &'static str) {
    match machine.kind {
        MachineKind::Laptop => (ids::LAPTOP, "Laptop"),
        MachineKind::Server => (ids::SERVER, "Server"),
        MachineKind::Desktop => (ids::DESKTOP, "Desktop"),
    }
}

/// What a list says of a machine, without its fields.
pub(super) fn asset(fleet: &Fleet, machine: &Machine, odd: bool) -> Value {
    let customer = fleet.customer(machine.customer);
    let site = fleet.site(machine.customer, machine.site);
    let (type_id, type_name) = type_of(machine);
    let in_own_property = machine.index.is_multiple_of(2);
    let every = |number: usize| machine.index.is_multiple_of(number);
    let owner = every(4).then_some("Robin Ames");
    let contract = every(5).then(|| 10 + customer.id);
    let supplier = every(3).then_some(SUPPLIER);
    // Another tool knows most machines, and none two.
    let link = |tool: usize| (machine.index % 6 == tool).then_some(machine.id);
    json!({
        "id": number(ids::asset(machine.id), machine.index, odd),
        "inventory_number": machine.name,
        "key_field": machine.model,
        "key_field2": machine.serial.as_deref().unwrap_or_default(),
        "key_field3": "",
        "client_id": number(ids::customer(customer.id), machine.index + 1, odd),
        "client_name": customer.name,
        "site_id": number(ids::site(site.id), machine.index + 2, odd),
        "site_name": site.name,
        "business_owner_id": owner.map_or(-1, |_| 31),
        "business_owner_name": owner.unwrap_or_default(),
        "username": machine.last_user.as_ref().map_or("", |user| user.name.as_str()),
        "assettype_id": number(type_id, machine.index + 3, odd),
        "assettype_name": type_name,
        "colour": "#000000",
        "inactive": false,
        "is_primary_asset": false,
        "parent_id": host(fleet, machine).unwrap_or_default(),
        "criticality": machine.index % 4,
        "contract_id": contract.unwrap_or_default(),
        "contract_ref": contract.map(|id| format!("CON-{id:04}")).unwrap_or_default(),
        "supplier_id": supplier.map_or(0, |_| 7),
        "supplier_name": supplier.unwrap_or_default(),
        "item_id": -1,
        "connectwisermm_id": link(1).map(|id| format!("f3a1c2d4-0000-4000-8000-{id:012}")).unwrap_or_default(),
        "syncroid": link(2).map_or(0, |id| 40_000 + id),
        "ninjarmm_id": link(3).unwrap_or_default(),
        "datto_id": link(4).map(|id| format!("6d2b9f10-0000-4000-8000-{id:012}")).unwrap_or_default(),
        "intune_id": link(5).map(|id| format!("a91e07c5-0000-4000-8000-{id:012}")).unwrap_or_default(),
        "status_id": 0,
        "use": "asset",
        "warranty_start": null,
        "warranty_end": machine.warranty_expiry.map(day),
        "supplier_purchasedate": machine.purchased.filter(|_| in_own_property).map(day),
    })
}

const SUPPLIER: &str = "Kestrel Supply";

/// The asset of the machine that a guest runs on, where one of the few before it may be that.
fn host(fleet: &Fleet, machine: &Machine) -> Option<u64> {
    machine.hypervisor?;
    let before = (machine.index.saturating_sub(8)..machine.index).rev();
    let mut before = before.map(|index| fleet.machine(index));
    let is_host = |other: &Machine| {
        other.kind == MachineKind::Server
            && other.hypervisor.is_none()
            && other.customer == machine.customer
    };
    before.find(is_host).map(|host| ids::asset(host.id))
}

/// Puts in what only an asset read alone has; one that was `made` through the API has little of it.
pub(super) fn add_details(asset: &mut Value, machine: &Machine, made: bool) {
    let every = |number: usize| !made && machine.index.is_multiple_of(number);
    let bought = machine.purchased.filter(|_| every(3));
    asset["assetgroup_name"] = json!("Computers");
    asset["dlastupdate"] = json!("1900-01-01T00:00:00");
    asset["item_cost"] = json!(if every(3) { 1_249.5 } else { 0.0 });
    asset["warranty_note"] = json!(if every(6) {
        "Next business day, on site"
    } else {
        ""
    });
    asset["supplier_reference"] = bought
        .map(|day| json!(format!("PO-{}", day.format("%y%m%d"))))
        .into();
    asset["supplier_expirydate"] = Value::Null;
    asset["contracts"] = json!([]);
}

/// `asset` with all that tells it from others taken off.
pub(super) fn emptied(mut asset: Value) -> Value {
    const KEPT: [&str; 3] = ["id", "colour", "use"];
    for (name, value) in asset.as_object_mut().into_iter().flatten() {
        match value {
            _ if KEPT.contains(&name.as_str()) => {}
            Value::Array(fields) if name == "fields" => {
                for field in fields {
                    field["value"] = json!("");
                    field["display"] = json!("");
                }
            }
            Value::String(_)
                if schema::property(name).is_some_and(|of| of.kind == Kind::Moment) =>
            {
                *value = Value::Null;
            }
            Value::String(_) => *value = json!(""),
            Value::Number(_) => *value = json!(0),
            _ => {}
        }
    }
    asset
}

/// The fields that the tenant defined.
pub(super) fn fields(machine: &Machine) -> Value {
    let field = |id: u64, name: &str, value: &str| {
        json!({
            "id": id, "name": name, "value": value, "display": value, "mandatory": false,
            "lookup": 0, "parenttype_id": 0,
        })
    };
    let memory = format!("{} GB", machine.memory >> 30);
    let in_field = !machine.index.is_multiple_of(2);
    let purchased = machine.purchased.filter(|_| in_field).map(day);
    let seen = machine
        .last_check_in
        .map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true));
    json!([
        field(101, "Name", &machine.hostname),
        field(51, "Model", &machine.model),
        field(
            117,
            "Serial Number",
            machine.serial.as_deref().unwrap_or_default()
        ),
        field(202, "Manufacturer", &machine.manufacturer),
        field(
            PURCHASE_FIELD,
            "Purchase Date",
            &purchased.unwrap_or_default()
        ),
        field(122, "Processor", machine.cpu.name),
        field(44, "RAM", &memory),
        field(201, "Operating System", machine.os.name),
        field(102, "OS Version", machine.os.version),
        field(203, "MAC Address", &machine.mac),
        field(204, "Domain", machine.domain.as_deref().unwrap_or_default()),
        field(205, "Last Seen", &seen.unwrap_or_default()),
    ])
}

/// An asset of a type "Software", in the order of the listing.
pub(super) fn software_asset(fleet: &Fleet, place: usize) -> Value {
    let customer = fleet.customer(place % fleet.customers());
    json!({
        "id": ids::software_asset(place),
        "inventory_number": format!("Practice Manager {}", place + 1),
        "client_id": ids::customer(customer.id),
        "client_name": customer.name,
        "assettype_id": ids::SOFTWARE,
        "assettype_name": "Software",
        "inactive": false,
        "warranty_end": "2027-01-31T12:00:00",
        "fields": [{ "id": 301, "name": "Version", "value": "4.2", "display": "4.2" }],
    })
}

/// An asset that is a business service.
pub(super) fn service_asset(fleet: &Fleet, place: usize) -> Value {
    let customer = fleet.customer(place % fleet.customers());
    json!({
        "id": ids::service_asset(place),
        "inventory_number": format!("Payroll {}", place + 1),
        "client_id": ids::customer(customer.id),
        "client_name": customer.name,
        "assettype_id": ids::SERVICE,
        "assettype_name": "Payroll",
        "inactive": false,
        "fields": [],
    })
}

/// The tenant's asset types, that of servers left out on request.
pub(super) fn asset_types(hides_servers: bool) -> Value {
    let of = |id: u64, name: &str, group: &str, is_service: bool| {
        json!({
            "id": id, "name": name, "assetgroup_id": 1, "assetgroup_name": group,
            "keyfield_id": 51, "keyfield_name": "Model", "keyfield2_id": 117,
            "keyfield2_name": "Serial Number", "is_service": is_service, "is_businessapp": false,
            "fields": [{ "field_id": 51.0, "field_name": "Model", "sequence": 1 }],
            "icon": "aWNvbg==",
        })
    };
    let mut types = vec![
        of(ids::LAPTOP, "Laptop", "Computers", false),
        of(ids::DESKTOP, "Desktop", "Computers", false),
        of(ids::SOFTWARE, "Software", "Software", false),
        of(ids::SERVICE, "Payroll", "Business", true),
    ];
    if !hides_servers {
        types.push(of(ids::SERVER, "Server", "Computers", false));
    }
    types.into()
}

/// The name of asset type `id`.
pub(super) fn type_name(id: u64) -> Option<&'static str> {
    Some(match id {
        ids::LAPTOP => "Laptop",
        ids::DESKTOP => "Desktop",
        ids::SERVER => "Server",
        ids::SOFTWARE => "Software",
        ids::SERVICE => "Payroll",
        _ => return None,
    })
}

pub(super) fn instance() -> Value {
    json!({
        "app_name": "Halo PSA",
        "app_version": "2.212.1",
        "agent_url": "https://acmemsp.halopsa.com",
        "portal_url": "https://acmemsp.halopsa.com/portal",
        "auth_url": "https://acmemsp.halopsa.com/auth",
    })
}

pub(super) fn client(fleet: &Fleet, index: usize, odd: bool) -> Value {
    let customer = fleet.customer(index);
    json!({
        "id": number(ids::customer(customer.id), index, odd),
        "name": customer.name,
        "toplevel_id": 12,
        "inactive": false,
        "colour": "#ffffff",
        "customfields": [],
        "use": "client",
        "logo": "bG9nbw==",
    })
}

/// A site; the schema has its customer's number as one with a fraction.
pub(super) fn site(fleet: &Fleet, site: &Site, place: usize, odd: bool) -> Value {
    let customer = fleet.customer(site.customer);
    let customer_id = ids::customer(customer.id);
    json!({
        "id": number(ids::site(site.id), place, odd),
        "name": site.name,
        "client_id": if odd { json!(customer_id as f64) } else { json!(customer_id) },
        "client_name": customer.name,
        "clientsite_name": format!("{}/{}", customer.name, site.name),
        "inactive": false,
        "timezone": "",
        "isstocklocation": false,
        "phonenumber": "",
        "colour": "#000000",
        "use": "site",
    })
}

pub(super) fn licence(fleet: &Fleet, place: usize, odd: bool) -> Value {
    let customer = fleet.customer(place / LICENCES_EACH);
    let (name, maker) = [
        ("Microsoft 365 Business Premium", "Microsoft"),
        ("Adobe Acrobat Pro", "Adobe"),
        ("Endpoint Protection", ""),
    ][place % LICENCES_EACH];
    let sentinel = place % LICENCES_EACH == 2;
    // One of them is of the customer's first site, the others are of the customer.
    let site = (place % LICENCES_EACH == 1).then(|| fleet.site(customer.index, 0));
    json!({
        "id": number(ids::licence(place), place, odd),
        "type": 0,
        "name": name,
        "count": number(5 + place as u64 % 40, place + 4, odd),
        "client_id": ids::customer(customer.id),
        "client_name": customer.name,
        "site_id": site.as_ref().map_or(json!(-1), |site| json!(ids::site(site.id))),
        "site_name": site.as_ref().map_or("", |site| site.name),
        "manufacturer": maker,
        "vendor": if maker.is_empty() { "Kestrel Security" } else { "" },
        "start_date": if sentinel { "1900-01-01T00:00:00" } else { "2025-02-01T00:00:00" },
        "end_date": if sentinel { "1900-01-01T00:00:00" } else { "2027-01-31T00:00:00" },
        "is_active": true,
    })
}

/// The programs on a machine.
pub(super) fn software(fleet: &Fleet, machine: &Machine) -> Vec<Value> {
    fleet
        .software(machine)
        .into_iter()
        .map(|program| {
            json!({
                "id": program.id,
                "licence_id": 0,
                "name": program.name,
                "did": ids::asset(machine.id),
                "version": program.version,
                "install_date": program.at.format("%Y-%m-%dT%H:%M:%S").to_string(),
                "expiry_date": "1900-01-01T00:00:00",
            })
        })
        .collect()
}

/// A day as the vendor's own tools write it: at noon, without a zone.
pub(super) fn day(day: NaiveDate) -> String {
    format!("{day}T12:00:00")
}

pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}
