//! Clients and their sites; in the IT product departments and sites.

use serde_json::{Value, json};

use crate::fleet::{Customer, Machine, Site};

use super::document::Selected;
use super::errors::Refusal;
use super::ids;
use super::listing::{self, Page};
use super::spec::Product;
use super::state::{Account, object};

const DEPARTMENTS: [&str; 12] = [
    "Sales",
    "Finance",
    "Engineering",
    "People",
    "Support",
    "Warehouse",
    "Marketing",
    "Legal",
    "Purchasing",
    "Research",
    "Facilities",
    "Management",
];

/// The client of `machine` as its JSON scalar.
pub(super) fn client_of(account: &Account, machine: &Machine) -> Value {
    let customer = account.population.fleet().customer(machine.customer);
    let id = account.scalar_id(ids::customer(customer.id), machine.index);
    json!({ "accountId": id, "name": customer.name })
}

/// The department of `machine` as its JSON scalar.
pub(super) fn department_of(account: &Account, machine: &Machine) -> Value {
    let id = ids::department(machine.customer as u64 + 1);
    let id = account.scalar_id(id, machine.index);
    json!({ "departmentId": id, "name": department_name(machine.customer) })
}

/// The site of `machine` as its JSON scalar.
pub(super) fn site_of(account: &Account, machine: &Machine) -> Value {
    let site = account
        .population
        .fleet()
        .site(machine.customer, machine.site);
    let id = account.scalar_id(ids::site(site.id), machine.index);
    json!({ "id": id, "name": site.name })
}

fn department_name(customer: usize) -> String {
    let name = DEPARTMENTS[customer % DEPARTMENTS.len()];
    match customer / DEPARTMENTS.len() {
        0 => name.to_owned(),
        round => format!("{name} {}", round + 1),
    }
}

fn visible_customers(account: &Account) -> Vec<usize> {
    (0..account.population.fleet().customers())
        .filter(|customer| account.permissions.sees(*customer))
        .collect()
}

/// `getClientList`.
pub(super) fn clients(account: &Account, asked: &Selected) -> Result<Value, Refusal> {
    let customers = visible_customers(account);
    let input = listing::input(&asked.arguments);
    listing::refuse_condition(input, &asked.key)?;
    let page = Page::asked_for(account, input, customers.len(), &asked.key)?;
    let row = |_: usize, customer: &usize, list: &Selected| {
        let customer = account.population.fleet().customer(*customer);
        object(account, "Client", &list.fields, |field| {
            client_value(account, &customer, field)
        })
    };
    Ok(listing::page(account, asked, &page, &customers, row))
}

fn client_value(account: &Account, customer: &Customer, field: &Selected) -> Value {
    match field.name.as_str() {
        "accountId" => ids::text(ids::customer(customer.id)),
        "name" => json!(customer.name),
        "stage" => json!("Active"),
        "status" => json!("Paid"),
        "emailDomains" => json!([customer.domain]),
        "hqSite" => {
            let site = account.population.fleet().site(customer.index, 0);
            json!({ "id": ids::site(site.id).to_string(), "name": site.name })
        }
        "technicianGroups" => json!([]),
        "customFields" => json!({}),
        _ => Value::Null,
    }
}

/// `getClientSiteList`, of one client where one is named.
pub(super) fn client_sites(account: &Account, asked: &Selected) -> Result<Value, Refusal> {
    let input = listing::input(&asked.arguments);
    let of_client = ids::given(&input["clientId"]);
    let mut customers = visible_customers(account);
    if let Some(id) = &of_client {
        customers.retain(|customer| ids::customer(*customer as u64 + 1).to_string() == *id);
    }
    sites(account, asked, &input["listInfo"], &customers, "ClientSite")
}

/// `getSiteList`.
pub(super) fn it_sites(account: &Account, asked: &Selected) -> Result<Value, Refusal> {
    let input = listing::input(&asked.arguments);
    sites(account, asked, input, &visible_customers(account), "Site")
}

fn sites(
    account: &Account,
    asked: &Selected,
    list_info: &Value,
    customers: &[usize],
    of: &str,
) -> Result<Value, Refusal> {
    let fleet = account.population.fleet();
    let all: Vec<(usize, usize)> = customers
        .iter()
        .flat_map(|customer| (0..fleet.sites(*customer)).map(move |site| (*customer, site)))
        .collect();
    listing::refuse_condition(list_info, &asked.key)?;
    let page = Page::asked_for(account, list_info, all.len(), &asked.key)?;
    let row = |_: usize, (customer, site): &(usize, usize), list: &Selected| {
        let site = fleet.site(*customer, *site);
        object(account, of, &list.fields, |field| {
            site_value(account, &site, field)
        })
    };
    Ok(listing::page(account, asked, &page, &all, row))
}

fn site_value(account: &Account, site: &Site, field: &Selected) -> Value {
    match field.name.as_str() {
        "id" => ids::text(ids::site(site.id)),
        "name" => json!(site.name),
        "timezoneCode" => json!(site.time_zone),
        "working24x7" => json!(false),
        "client" => {
            let customer = account.population.fleet().customer(site.customer);
            let id = account.scalar_id(ids::customer(customer.id), site.customer);
            json!({ "accountId": id, "name": customer.name })
        }
        "hq" => json!(site.index == 0),
        "address" => object(account, "Address", &field.fields, |part| {
            address_value(site, part)
        }),
        _ => address_value(site, field),
    }
}

fn address_value(site: &Site, field: &Selected) -> Value {
    match field.name.as_str() {
        "addressId" => ids::text(ids::site(site.id)),
        "line1" => json!(site.street),
        "city" => json!(site.name),
        "postalCode" => json!(site.postal_code),
        "countryCode" => json!(site.country),
        "stateCode" => json!(site.state),
        _ => Value::Null,
    }
}

/// `getDepartmentList`, which has no pages.
pub(super) fn departments(account: &Account, asked: &Selected) -> Value {
    visible_customers(account)
        .into_iter()
        .map(|customer| {
            object(account, "Department", &asked.fields, |field| {
                match field.name.as_str() {
                    "departmentId" => ids::text(ids::department(customer as u64 + 1)),
                    "name" => json!(department_name(customer)),
                    _ => Value::Null,
                }
            })
        })
        .collect()
}

/// The customer whose id as a client (in IT: as a department) is `id`, where this user sees it.
pub(super) fn customer_by_id(account: &Account, id: &str) -> Option<usize> {
    let number = match account.product {
        Product::Msp => ids::customer,
        Product::It => ids::department,
    };
    visible_customers(account)
        .into_iter()
        .find(|customer| number(*customer as u64 + 1).to_string() == id)
}

/// The customer and the site whose id is `id`, where this user sees it.
pub(super) fn site_by_id(account: &Account, id: &str) -> Option<(usize, usize)> {
    let fleet = account.population.fleet();
    visible_customers(account)
        .into_iter()
        .flat_map(|customer| (0..fleet.sites(customer)).map(move |site| (customer, site)))
        .find(|(customer, site)| ids::site(fleet.site(*customer, *site).id).to_string() == id)
}
