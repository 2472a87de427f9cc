//! Lists of companies, sites and devices, and the heartbeats.

use std::collections::{BTreeMap, HashMap};
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
use super::spec::ListVerb;
use super::switches::{Cursor, Heartbeat, Misbehaviour, RowFault};
use super::{device, ids};

const MOST_FIELDS: usize = 15;
const COMPANIES_AT_ONCE: usize = 4;
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
    /// The places of machines by company, worked out when first needed.
    pub(super) by_company: OnceLock<Vec<Vec<usize>>>,
}

/// What devices are asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resources {
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

/// A machine's place in the listing, with what it is grouped by.
type Placed = ((usize, usize), usize);

impl Account {
    /// The machines of company `index`, in the order of the listing.
    fn of_company(&self, index: usize) -> &[usize] {
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

    fn is_without_devices(&self, company: &str) -> bool {
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

    pub(super) fn refuse(&self, status: u16, message: &str) -> Response<Bytes> {
        refusal(self.misbehaviour.error_shape, status, message)
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

    fn linked(
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
                "postCode": site.postal_code, "countryCode": site.country,
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
        if !["platform", "network", "cloud", "all"].contains(&category) {
            return self.refuse(400, "invalid category");
        }
        let Ok(asked) = serde_json::from_slice::<Resources>(body) else {
            return self.refuse(400, "invalid request body");
        };
        let fields = query.list("field");
        if fields.len() > MOST_FIELDS {
            return self.refuse(400, "only 15 fields can be projected");
        }
        let most = match asked.resource_type.as_str() {
            "company" => COMPANIES_AT_ONCE,
            "site" => SITES_AT_ONCE,
            "endpoint" => DEVICES_AT_ONCE,
            _ => return self.refuse(400, "invalid resource type"),
        };
        if asked.resources.is_empty() || asked.resources.len() > most {
            return self.refuse(400, "invalid number of resources");
        }
        let one_is_empty = asked.resource_type == "company"
            && asked.resources.iter().any(|id| self.is_without_devices(id));
        let placed = self.placed(&asked);
        let lists_agents = matches!(category, "platform" | "all");
        if !lists_agents
            || placed.is_empty()
            || (one_is_empty && self.misbehaviour.mixed_batch_is_404)
        {
            return self.refuse(404, "resource not found");
        }
        self.device_page(path, query, &fields, &placed)
    }

    /// The machines that are asked for, in the order of their groups.
    fn placed(&self, asked: &Resources) -> Vec<Placed> {
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
        let limit = query.number("limit").unwrap_or(self.page_cap);
        let limit = limit.clamp(1, self.page_cap.max(1));
        let faults = &self.misbehaviour;
        let asked = query.number("cursor").unwrap_or(0);
        let last = (placed.len() - 1) / limit * limit;
        let start = if faults.endless_last_page {
            asked.min(last)
        } else {
            asked
        };
        if start >= placed.len() {
            return self.refuse(404, "resource not found");
        }
        let end = (start + limit).min(placed.len());
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

    /// The heartbeats of companies.
    pub(super) fn heartbeat(&self, query: &Query) -> Response<Bytes> {
        if let Heartbeat::Fails(status) = self.misbehaviour.heartbeat {
            return self.refuse(status, "the heartbeat is out of order");
        }
        match query.get("resourceType") {
            Some("companies") => {}
            Some("endpoints") => return self.refuse(403, "client has no access"),
            _ => return self.refuse(400, "Invalid Resource Type"),
        }
        let companies = query.list("resources");
        if companies.is_empty() || companies.len() > COMPANIES_AT_ONCE {
            return self.refuse(400, "invalid number of resources");
        }
        if self.misbehaviour.heartbeat == Heartbeat::AllFailed {
            return answer::ok(&json!({ "status": "failed" }));
        }
        if self.misbehaviour.heartbeat == Heartbeat::MixedBatchIs404
            && companies.iter().any(|id| self.is_without_devices(id))
        {
            return self.refuse(404, "resource not found");
        }
        let (mut told, mut failed) = (Vec::new(), Vec::new());
        for id in &companies {
            let failure = match self.company_index(id) {
                None => Some("Not Found"),
                Some(index) if self.of_company(index).is_empty() => Some("Not Found"),
                Some(index) => match &self.misbehaviour.heartbeat {
                    Heartbeat::FailsFor(these) if these.contains(&index) => Some("Forbidden"),
                    _ => {
                        told.extend(self.beats(id, index));
                        None
                    }
                },
            };
            if let Some(error) = failure {
                failed.push(json!({ "resourceType": "Company", "resource": id, "error": error }));
            }
        }
        let status = match (told.is_empty(), failed.is_empty()) {
            (_, true) => "success",
            (false, false) => "partial_success",
            (true, false) => "failed",
        };
        answer::ok(&json!({
            "status": status, "successfulRecords": told, "failedRecords": failed
        }))
    }

    /// One record per site, with the devices that ever reported.
    fn beats(&self, id: &str, company: usize) -> Vec<Value> {
        let mut sites: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
        let machines = self.of_company(company).iter();
        for machine in machines.filter_map(|index| self.population.machine(*index)) {
            let site = sites.entry(machine.site).or_default();
            if let Some(at) = machine.last_check_in {
                site.push(json!({
                    "EndpointID": ids::device(machine.id, self.misbehaviour.plain_ids),
                    "DcDateTimeUTC": device::instant(at),
                    "Availability": machine.online,
                }));
            }
        }
        let fleet = self.population.fleet();
        sites
            .into_iter()
            .map(|(site, endpoints)| {
                let site = ids::site(fleet.site(company, site).id);
                json!({ "clientID": id, "siteID": site, "endpoints": endpoints })
            })
            .collect()
    }
}
