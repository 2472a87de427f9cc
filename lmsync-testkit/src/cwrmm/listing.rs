//! Lists of companies, sites and devices.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::OnceLock;

use bytes::Bytes;
use http::{Method, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::fleet::{Machine, Population};

use super::answer::{self, refusal};
use super::fields::CustomFields;
use super::query::Query;
use super::selection::Selection;
use super::spec::ListVerb;
use super::switches::{Cursor, ErrorShape, Misbehaviour, RowFault};
use super::{device, ids, schema};

const MOST_FIELDS: usize = 15;
pub(super) const COMPANIES_AT_ONCE: usize = 4;
const SITES_AT_ONCE: usize = 10;
const DEVICES_AT_ONCE: usize = 500;
const DEFAULT_PAGE: usize = 100;

/// What a simulated account holds.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) population: Population,
    pub(super) row_faults: HashMap<usize, RowFault>,
    pub(super) page_cap: usize,
    pub(super) company_page_cap: usize,
    pub(super) list_verb: ListVerb,
    pub(super) fields: CustomFields,
    pub(super) misbehaviour: Misbehaviour,
    /// The shape of error bodies at the address that is asked.
    pub(super) documented_shape: ErrorShape,
    /// The places of machines by company, worked out when first needed.
    pub(super) by_company: OnceLock<Vec<Vec<usize>>>,
}

/// The companies, sites or devices that are asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resources {
    resource_type: String,
    resources: Vec<String>,
}

/// A page of devices. Rows stay text, so that an odd one stays as odd as it is.
#[derive(Serialize)]
struct Page {
    platform: Vec<Group>,
}

/// The devices of one site.
#[derive(Serialize)]
struct Group {
    #[serde(rename = "companyID")]
    company_id: String,
    #[serde(rename = "siteID")]
    site_id: String,
    endpoints: Vec<Box<RawValue>>,
}

/// The types of the devices of a category.
fn types_of(category: &str) -> Option<&'static [&'static str]> {
    match category {
        "platform" => Some(&["platformEndpoint"]),
        "network" => Some(&["networkEndpoint"]),
        "cloud" => Some(&["cloudEndpoint"]),
        "all" => Some(&["platformEndpoint", "networkEndpoint", "cloudEndpoint"]),
        _ => None,
    }
}

/// A machine's place in the listing, with what it is grouped by.
pub(super) type Placed = ((usize, usize), usize);

/// The part of a list that a page holds.
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) limit: usize,
}

impl Account {
    /// The machines of company `index`, in the order of the listing.
    pub(super) fn of_company(&self, index: usize) -> &[usize] {
        let all = self.by_company.get_or_init(|| {
            let population = &self.population;
            let mut all = vec![Vec::new(); population.fleet().customers()];
            for machine in population.indices() {
                if let Some(company) = all.get_mut(population.customer_of(*machine)) {
                    company.push(*machine);
                }
            }
            all
        });
        all.get(index).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_without_devices(&self, company: &str) -> bool {
        self.company_index(company)
            .is_none_or(|index| self.of_company(index).is_empty())
    }

    pub(super) fn company_index(&self, id: &str) -> Option<usize> {
        let index = usize::try_from(ids::company_number(id)?.checked_sub(1)?).ok()?;
        (index < self.population.fleet().customers()).then_some(index)
    }

    pub(super) fn machine(&self, id: &str) -> Option<Machine> {
        let index = self.population.index_of(ids::machine(id)?)?;
        self.population.machine(index)
    }

    /// Device `id`, where it is of this company and at this site.
    pub(super) fn machine_at(&self, company: &str, site: &str, id: &str) -> Option<Machine> {
        let fleet = self.population.fleet();
        self.machine(id).filter(|machine| {
            ids::company(fleet.customer(machine.customer).id) == company
                && ids::site(fleet.site(machine.customer, machine.site).id) == site
        })
    }

    pub(super) fn refuse(&self, status: u16, message: &str) -> Response<Bytes> {
        let shape = self.misbehaviour.error_shape;
        refusal(shape.unwrap_or(self.documented_shape), status, message)
    }

    /// A bare array with a `Link` to what follows.
    fn page(&self, path: &str, query: &Query, all: &[Value]) -> Response<Bytes> {
        let limit = query.number("limit").unwrap_or(DEFAULT_PAGE);
        let limit = limit.clamp(1, self.company_page_cap.max(1));
        let start = query.number("cursor").unwrap_or(0).min(all.len());
        let end = (start + limit).min(all.len());
        let response = answer::ok(&&all[start..end]);
        if end < all.len() {
            self.linked(response, path, end, limit)
        } else {
            response
        }
    }

    pub(super) fn linked(
        &self,
        response: Response<Bytes>,
        path: &str,
        cursor: usize,
        limit: usize,
    ) -> Response<Bytes> {
        let host = self.misbehaviour.link_host.as_deref();
        let host = host.unwrap_or("openapi.service.itsupport247.net");
        let link = format!("<https://{host}{path}?limit={limit}&cursor={cursor}>; rel=\"next\"");
        answer::with_header(response, "link", &link)
    }

    pub(super) fn company(&self, index: usize) -> Value {
        let company = self.population.fleet().customer(index);
        json!({
            "id": ids::company(company.id),
            "name": company.name,
            "friendlyName": company.name,
            "partnerId": "436f6d6d-616e-6420-4944-3a207a0a2a00",
            "externalIds": [{ "externalId": (19_000 + index).to_string() }],
            "activityStatus": { "name": "Active", "activeFlag": true },
        })
    }

    pub(super) fn companies(&self, path: &str, query: &Query) -> Response<Bytes> {
        let fleet = self.population.fleet();
        let all: Vec<Value> = (0..fleet.customers())
            .map(|index| self.company(index))
            .collect();
        self.page(path, query, &all)
    }

    fn site(&self, company: usize, index: usize) -> Value {
        let fleet = self.population.fleet();
        let (owner, site) = (fleet.customer(company), fleet.site(company, index));
        json!({
            "id": ids::site(site.id),
            "name": site.name,
            "friendlyName": site.name,
            "activeFlag": true,
            "company": { "id": ids::company(owner.id), "name": owner.name },
            "primaryAddress": {
                "addressLine1": site.street, "locality": site.name,
                "administrativeArea": site.state, "postCode": site.postal_code,
                "countryCode": site.country, "timeZone": site.time_zone,
            },
        })
    }

    pub(super) fn sites(&self, path: &str, query: &Query) -> Response<Bytes> {
        let fleet = self.population.fleet();
        let all: Vec<Value> = (0..fleet.customers())
            .flat_map(|company| (0..fleet.sites(company)).map(move |site| (company, site)))
            .map(|(company, site)| self.site(company, site))
            .collect();
        self.page(path, query, &all)
    }

    /// The sites of company `id`.
    pub(super) fn sites_of(&self, id: &str, path: &str, query: &Query) -> Response<Bytes> {
        let Some(company) = self.company_index(id) else {
            return self.refuse(404, "resource not found");
        };
        let sites = 0..self.population.fleet().sites(company);
        let all: Vec<Value> = sites.map(|site| self.site(company, site)).collect();
        self.page(path, query, &all)
    }

    pub(super) fn site_by_id(&self, id: &str) -> Option<Value> {
        let (company, site) = self.site_place(id)?;
        Some(self.site(company, site))
    }

    /// The company of site `id`, and its place among the sites of that.
    fn site_place(&self, id: &str) -> Option<(usize, usize)> {
        let fleet = self.population.fleet();
        let number = ids::site_number(id)?;
        (0..fleet.customers())
            .flat_map(|company| (0..fleet.sites(company)).map(move |site| (company, site)))
            .find(|(company, site)| fleet.site(*company, *site).id == number)
    }

    /// The list of devices.
    pub(super) fn devices(
        &self,
        method: &Method,
        path: &str,
        category: &str,
        query: &Query,
        body: &[u8],
    ) -> Response<Bytes> {
        match (self.list_verb, method) {
            (ListVerb::Post, &Method::POST) | (ListVerb::Get { .. }, &Method::GET) => {}
            (ListVerb::Get { refusal }, &Method::POST) => {
                return self.refuse(refusal, "resource not found");
            }
            _ => return self.refuse(405, "method not allowed"),
        }
        let Some(types) = types_of(category) else {
            return self.refuse(400, "invalid category");
        };
        let fields = query.list("field");
        if fields.len() > MOST_FIELDS {
            return self.refuse(400, "only 15 fields can be projected");
        }
        if !schema::knows_fields(types, &fields) {
            return self.refuse(400, "invalid field");
        }
        let (asked, selection) = match (self.resources(body), Selection::of(query)) {
            (Ok(asked), Ok(selection)) => (asked, selection),
            (Err(why), _) | (_, Err(why)) => return self.refuse(400, why),
        };
        let placed = self.selected(self.placed(&asked), &selection);
        let lists_agents = matches!(category, "platform" | "all");
        if !lists_agents || placed.is_empty() || self.is_spoilt(&asked) {
            return self.refuse(404, "resource not found");
        }
        self.device_page(path, query, &fields, &placed)
    }

    /// What the body of a request asks for.
    pub(super) fn resources(&self, body: &[u8]) -> Result<Resources, &'static str> {
        let asked: Resources = serde_json::from_slice(body).map_err(|_| "invalid request body")?;
        let most = match asked.resource_type.as_str() {
            "company" => COMPANIES_AT_ONCE,
            "site" => SITES_AT_ONCE,
            "endpoint" => DEVICES_AT_ONCE,
            _ => return Err("invalid resource type"),
        };
        match asked.resources.len() {
            number if (1..=most).contains(&number) => Ok(asked),
            _ => Err("invalid number of resources"),
        }
    }

    /// Whether one company without devices costs the others theirs.
    pub(super) fn is_spoilt(&self, asked: &Resources) -> bool {
        self.misbehaviour.mixed_batch_is_404
            && asked.resource_type == "company"
            && asked.resources.iter().any(|id| self.is_without_devices(id))
    }

    /// Those of `placed` that are wanted, in the order that is asked for.
    fn selected(&self, mut placed: Vec<Placed>, selection: &Selection) -> Vec<Placed> {
        if selection.is_everything() {
            return placed;
        }
        let population = &self.population;
        placed.retain(|(_, index)| {
            let machine = population.machine(*index);
            machine.is_some_and(|machine| selection.wants(&machine))
        });
        placed.sort_by(|(_, one), (_, other)| {
            match (population.machine(*one), population.machine(*other)) {
                (Some(one), Some(other)) => selection.compare(population.fleet(), &one, &other),
                _ => Ordering::Equal,
            }
        });
        placed
    }

    /// The machines that are asked for, in the order of their groups.
    pub(super) fn placed(&self, asked: &Resources) -> Vec<Placed> {
        let population = &self.population;
        let group = |order: usize, index: usize| {
            let site = population.machine(index).map_or(0, |machine| machine.site);
            ((order, site), index)
        };
        let mut placed: Vec<Placed> = match asked.resource_type.as_str() {
            "company" => {
                let companies = asked.resources.iter().enumerate();
                companies
                    .filter_map(|(order, id)| Some((order, self.company_index(id)?)))
                    .flat_map(|(order, company)| {
                        self.of_company(company)
                            .iter()
                            .map(move |index| group(order, *index))
                    })
                    .collect()
            }
            "site" => {
                let sites = asked.resources.iter().enumerate();
                sites
                    .filter_map(|(order, id)| Some((order, self.site_place(id)?)))
                    .flat_map(|(order, (company, site))| {
                        let all = self.of_company(company).iter();
                        all.map(move |index| group(order, *index))
                            .filter(move |((_, at), _)| *at == site)
                    })
                    .collect()
            }
            "endpoint" => asked
                .resources
                .iter()
                .filter_map(|id| population.index_of(ids::machine(id)?))
                .map(|index| group(population.customer_of(index), index))
                .collect(),
            _ => Vec::new(),
        };
        // A stable sort: within a group the listing's order stays.
        placed.sort_by_key(|(group, _)| *group);
        placed
    }

    fn device_page(
        &self,
        path: &str,
        query: &Query,
        fields: &[String],
        placed: &[Placed],
    ) -> Response<Bytes> {
        let Some(Span { start, end, limit }) = self.span(query, placed.len()) else {
            return self.refuse(404, "resource not found");
        };
        let faults = &self.misbehaviour;
        let asked = query.number("cursor").unwrap_or(0);
        let platform = self.groups(&placed[start..end], fields);
        let response = answer::ok(&Page { platform });
        let more = end < placed.len() || faults.endless_last_page;
        match (more, start > 0, faults.cursor) {
            (false, _, _) => response,
            (true, true, Cursor::Back) => self.linked(response, path, 0, limit),
            (true, true, Cursor::Again) => self.linked(response, path, asked, limit),
            _ => self.linked(response, path, asked + limit, limit),
        }
    }

    /// The part of a list of `all` elements that is asked for; `None` past its end.
    pub(super) fn span(&self, query: &Query, all: usize) -> Option<Span> {
        let limit = query.number("limit").unwrap_or(self.page_cap);
        let limit = limit.clamp(1, self.page_cap.max(1));
        let mut start = query.number("cursor").unwrap_or(0);
        if self.misbehaviour.endless_last_page {
            start = start.min(all.saturating_sub(1) / limit * limit);
        }
        let end = start.saturating_add(limit).min(all);
        (start < all).then_some(Span { start, end, limit })
    }

    fn groups(&self, placed: &[Placed], fields: &[String]) -> Vec<Group> {
        let fleet = self.population.fleet();
        placed
            .chunk_by(|(one, _), (other, _)| one == other)
            .filter_map(|group| {
                let machines: Vec<(usize, Machine)> = group
                    .iter()
                    .filter_map(|(_, index)| Some((*index, self.population.machine(*index)?)))
                    .collect();
                let (_, first) = machines.first()?;
                let rows = machines.iter();
                Some(Group {
                    company_id: ids::company(fleet.customer(first.customer).id),
                    site_id: ids::site(fleet.site(first.customer, first.site).id),
                    endpoints: rows
                        .filter_map(|(index, machine)| self.row(*index, machine, fields))
                        .collect(),
                })
            })
            .collect()
    }

    fn row(&self, index: usize, machine: &Machine, fields: &[String]) -> Option<Box<RawValue>> {
        let plain = device::of_list(self.population.fleet(), machine, fields, &self.misbehaviour);
        let text = match self.row_faults.get(&index) {
            None => plain.to_string(),
            Some(RowFault::Null) => "null".to_owned(),
            Some(RowFault::WrongTypes) => {
                let mut odd = plain;
                odd["friendlyName"] = json!({ "text": "odd" });
                odd["system"] = json!([1, 2]);
                odd["ipAddress"] = json!({ "v4": "10.0.0.1" });
                odd.to_string()
            }
            Some(RowFault::RepeatedKey) => plain.to_string().replacen(
                '{',
                "{\"deviceName\":\"one\",\"deviceName\":\"two\",",
                1,
            ),
        };
        RawValue::from_string(text).ok()
    }
}
