//! Syncro: a REST API that answers a missing permission with 401 and keeps nearly
//! everything in free-form properties.
//!
//! The simulator knows the asset side: `GET` of `/api/v1/customer_assets` with its filters, of one
//! asset, its patches and its installed applications, of `/api/v1/customers`, `/api/v1/settings` and
//! `/api/v1/me`, and `PUT` of one asset, of which a body changes what it names. The key comes after
//! `Bearer`, bare, or as `api_key` of the query.
//!
//! ```
//! use lmsync_syncro::SyncroConfig;
//! use lmsync_testkit::syncro::SyncroSimulator;
//! use lmsync_testkit::fleet::{Fleet, FleetSpec};
//! use lmsync_testkit::{Stage, conformance};
//!
//! conformance::run(async {
//!     let stage = Stage::new(
//!         |now| SyncroSimulator::new(Fleet::new(FleetSpec::new(120, now))),
//!         |environment| SyncroConfig::new("acmemsp", "simulated-syncro-key").connect_in(environment),
//!     );
//!     // A key that may not list customers: they are gathered from the assets.
//!     stage.change(|vendor| vendor.permissions().list_customers = false);
//!     assert_eq!(stage.list_all().await.len(), 120);
//!     assert_eq!(stage.sent("/customer_assets").len(), 3);
//! });
//! ```

mod asset;
mod gate;
mod key;
mod listing;
mod settings;
mod software;
mod spec;
mod switches;
mod update;
mod vendor;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::conformance::Treatment;
use crate::fleet::{Customer, Machine, Population};
use crate::gate::Gate;
use crate::simulator::{RollingLimit, Simulator};

pub use self::gate::SCHEMA;
pub use self::spec::{Meta, SyncroSpec};
pub use self::switches::{Misbehaviour, Permissions};

use self::listing::Asked;

const API: &str = "/api/v1/";
/// Asset ids begin beyond 32 bits, as newer ones of the vendor do.
const ASSETS: u64 = 5_560_000_000;
const CUSTOMERS: u64 = 31_000;
const NO_PERMISSION: &str =
    "Not authorized. Please ask account admin to update your group permissions.";

/// A Syncro account in memory.
pub struct SyncroSimulator {
    spec: SyncroSpec,
    limit: Option<RollingLimit>,
    writes: usize,
    population: Population,
    permissions: Permissions,
    misbehaviour: Misbehaviour,
    /// What becomes of dates that are written.
    treatment: Treatment,
    /// Accepted changes of properties, by index of the machine.
    date_writes: HashMap<usize, usize>,
    /// Members that rows have in place of their own, by index of the machine.
    members: HashMap<usize, Map<String, Value>>,
    /// Rows that are something else altogether.
    rows: HashMap<usize, Value>,
    /// A test gave a row what it liked.
    is_told: bool,
}

impl SyncroSimulator {
    /// The account that `spec` describes; a fleet alone stands for [`SyncroSpec::new`] of it.
    #[must_use]
    pub fn new(spec: impl Into<SyncroSpec>) -> Self {
        let spec = spec.into();
        Self {
            limit: spec.requests_per_minute.map(RollingLimit::per_minute),
            writes: 0,
            population: Population::new(spec.fleet.clone()),
            permissions: Permissions::master_user(),
            misbehaviour: Misbehaviour::default(),
            treatment: Treatment::default(),
            date_writes: HashMap::new(),
            members: HashMap::new(),
            rows: HashMap::new(),
            is_told: false,
            spec,
        }
    }

    /// The key that requests must bear.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.spec.api_key
    }

    /// Requests so far that could have changed something.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.writes
    }

    /// The machines behind the assets, as they are now.
    #[must_use]
    pub fn population(&self) -> &Population {
        &self.population
    }

    /// What the key may do; to be changed at will.
    pub fn permissions(&mut self) -> &mut Permissions {
        &mut self.permissions
    }

    /// What the account does wrong; to be changed at will.
    pub fn misbehaviour(&mut self) -> &mut Misbehaviour {
        &mut self.misbehaviour
    }

    /// Accepts only `key` from now on.
    pub fn replace_key(&mut self, key: impl Into<String>) {
        self.spec.api_key = key.into();
    }

    /// The customer id of customer `index` of the fleet.
    #[must_use]
    pub fn customer_id(index: usize) -> String {
        (CUSTOMERS + index as u64 + 1).to_string()
    }

    /// The ids of the assets that the key's user sees, in the order of the listing.
    #[must_use]
    pub fn asset_ids(&self) -> Vec<String> {
        self.visible()
            .iter()
            .map(|index| self.asset_id(*index))
            .collect()
    }

    /// The machine that is asset `id`.
    #[must_use]
    pub fn machine(&self, id: &str) -> Option<Machine> {
        self.population.machine(self.index(id)?)
    }

    /// Takes asset `id` off the listing; false when there is none.
    pub fn remove_asset(&mut self, id: &str) -> bool {
        self.index(id)
            .is_some_and(|index| self.population.remove(index))
    }

    /// Lists a new asset at `position` and returns its id.
    pub fn insert_asset_at(&mut self, position: usize) -> String {
        let index = self.population.insert_at(position);
        self.asset_id(index)
    }

    /// Gives asset `id` another value of a top-level member, such as `properties`;
    /// false when there is no such asset.
    pub fn set_member(&mut self, id: &str, member: &str, value: Value) -> bool {
        let Some(index) = self.index(id) else {
            return false;
        };
        self.is_told = true;
        self.set_members(index, [(member.to_owned(), value)]);
        true
    }

    fn set_members(&mut self, index: usize, members: impl IntoIterator<Item = (String, Value)>) {
        match self.rows.get_mut(&index) {
            Some(Value::Object(row)) => row.extend(members),
            _ => self.members.entry(index).or_default().extend(members),
        }
    }

    /// Gives asset `id` these properties; without effect when there is none.
    fn set_properties(&mut self, id: &str, properties: Map<String, Value>) {
        if let Some(index) = self.index(id) {
            let properties = ("properties".to_owned(), Value::Object(properties));
            self.set_members(index, [properties]);
        }
    }

    /// The properties of asset `id`; `None` when there is no such asset.
    #[must_use]
    pub fn properties(&self, id: &str) -> Option<Map<String, Value>> {
        match self.row(self.index(id)?)["properties"].take() {
            Value::Object(properties) => Some(properties),
            _ => Some(Map::new()),
        }
    }

    /// Lists `row` in place of asset `id`; false when there is no such asset.
    pub fn set_row(&mut self, id: &str, row: Value) -> bool {
        let Some(index) = self.index(id) else {
            return false;
        };
        self.is_told = true;
        self.rows.insert(index, row);
        true
    }

    fn asset_id(&self, index: usize) -> String {
        (ASSETS + self.population.id_of(index)).to_string()
    }

    fn index(&self, id: &str) -> Option<usize> {
        let number = id.parse::<u64>().ok()?.checked_sub(ASSETS)?;
        self.population.index_of(number)
    }

    /// The machine that is asset `id`, where the key's user sees it.
    fn visible_index(&self, id: &str) -> Option<usize> {
        let seen = |index: &usize| self.permissions.sees(self.owner(*index));
        self.index(id).filter(seen)
    }

    /// The indices of the machines that the key's user sees.
    fn visible(&self) -> Cow<'_, [usize]> {
        let all = self.population.indices();
        if self.permissions.only_customer.is_none() {
            return Cow::Borrowed(all);
        }
        let sees = |index: &usize| self.permissions.sees(self.owner(*index));
        all.iter().copied().filter(sees).collect()
    }

    /// The customer of the asset at `index`, by its place in the fleet.
    fn owner(&self, index: usize) -> usize {
        let given = self
            .members
            .get(&index)
            .and_then(|members| members.get("customer_id"));
        let given = given.and_then(|id| self.customer_by_id(id));
        given.map_or_else(
            || self.population.customer_of(index),
            |customer| customer.index,
        )
    }

    /// The customer whose id is the number `id`.
    fn customer_by_id(&self, id: &Value) -> Option<Customer> {
        let place = id.as_u64()?.checked_sub(CUSTOMERS + 1)?;
        let fleet = self.population.fleet();
        let place = usize::try_from(place)
            .ok()
            .filter(|place| *place < fleet.customers())?;
        Some(fleet.customer(place))
    }

    fn visible_customers(&self) -> Vec<usize> {
        (0..self.population.fleet().customers())
            .filter(|customer| self.permissions.sees(*customer))
            .collect()
    }

    /// Refuses what does not get as far as the API.
    fn turned_away(
        &mut self,
        request: &Request<Bytes>,
        now: DateTime<Utc>,
    ) -> Option<Response<Bytes>> {
        if let Some(target) = &self.misbehaviour.redirect_to {
            let mut response = empty(StatusCode::FOUND);
            if let Ok(target) = HeaderValue::from_str(target) {
                response.headers_mut().insert(LOCATION, target);
            }
            return Some(response);
        }
        let admitted = self.limit.as_mut().is_none_or(|limit| limit.admit(now));
        if take(&mut self.misbehaviour.throttle_next) || !admitted {
            return Some(empty(StatusCode::TOO_MANY_REQUESTS));
        }
        if take(&mut self.misbehaviour.time_out_next) {
            return Some(gateway_timeout());
        }
        if !key::is_borne(request, &self.spec.api_key) {
            return Some(answer(
                StatusCode::UNAUTHORIZED,
                &json!({ "error": "Unauthorized" }),
            ));
        }
        None
    }

    fn route(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        let asked = Asked::of(request.uri());
        match path.strip_prefix(API).unwrap_or_default() {
            "me" => self.me(),
            "customers" => self.customers(&asked),
            "settings" => answer(StatusCode::OK, &settings::settings()),
            "customer_assets" => self.assets(&asked),
            other => match other.strip_prefix("customer_assets/") {
                Some(of_one) => self.of_asset(of_one, &asked),
                None => not_found(&json!({ "message": "Not found" })),
            },
        }
    }

    fn me(&self) -> Response<Bytes> {
        let (read, write) = (self.permissions.list_assets, self.permissions.user_edits);
        let mut me = json!({
            "user_token": self.spec.user_token,
            "user_email": "owner@example.com",
            "user_name": "Jo Owner",
            "user_id": 17,
            "admin": true,
            "can_use_app": true,
            "two_factor_required": false,
            "subdomain": "acmemsp",
            "default_location": null,
            "enable_multi_locations": false,
            "locations_allowed": [],
        });
        if !self.misbehaviour.hides_permissions {
            let asset = json!({ "read": read, "write": write, "delete": false });
            let customers = self.permissions.list_customers;
            let customer = json!({ "read": customers, "write": false, "delete": false });
            me["permissions"] = json!({ "asset": asset, "customer": customer });
        }
        answer(StatusCode::OK, &me)
    }

    fn assets(&self, asked: &Asked) -> Response<Bytes> {
        if !self.permissions.list_assets {
            return self.refused();
        }
        let size = self.page_size(asked);
        if self
            .misbehaviour
            .heavy_above
            .is_some_and(|most| size > most)
        {
            return gateway_timeout();
        }
        let selected = listing::assets(self, asked);
        let row = |index: &usize| self.row(*index);
        let page = listing::page(self, "assets", &selected, asked.page(), size, row);
        answer(StatusCode::OK, &page)
    }

    fn customers(&self, asked: &Asked) -> Response<Bytes> {
        if !self.permissions.list_customers {
            return self.refused();
        }
        let fleet = self.population.fleet();
        let rows = self.visible_customers().into_iter();
        let mut rows: Vec<Value> = rows
            .map(|index| asset::listed_customer(&fleet.customer(index)))
            .collect();
        let with_disabled = asked.get("include_disabled") == Some("true");
        rows.retain(|row| {
            let names = [&row["business_name"], &row["fullname"], &row["email"]];
            (with_disabled || row["disabled"] == false) && asked.mentions(names)
        });
        let size = self.spec.page_size.max(1);
        let page = listing::page(self, "customers", &rows, asked.page(), size, Value::clone);
        answer(StatusCode::OK, &page)
    }

    /// The answer about one asset: itself, its patches, or what is installed.
    fn of_asset(&self, of_one: &str, asked: &Asked) -> Response<Bytes> {
        let (id, part) = of_one.split_once('/').unwrap_or((of_one, ""));
        let may = match part {
            "patches" => self.permissions.list_assets,
            _ => self.permissions.view_assets,
        };
        if !may {
            return self.refused();
        }
        let found = self.visible_index(id);
        let Some((index, machine)) = found.zip(found.and_then(|at| self.population.machine(at)))
        else {
            return not_found(&json!({ "error": "Asset not found" }));
        };
        let body = match part {
            "" => json!({ "asset": self.row(index) }),
            "patches" => software::patches(&machine),
            "installed_applications" => self.applications(&machine, asked),
            _ => return not_found(&json!({ "message": "Not found" })),
        };
        answer(StatusCode::OK, &body)
    }

    /// The programs that an agent found; a machine without one has nothing.
    fn applications(&self, machine: &Machine, asked: &Asked) -> Value {
        let programs = match machine.last_check_in {
            Some(_) => self.population.fleet().software(machine),
            None => Vec::new(),
        };
        let size = self.page_size(asked);
        let rows = "installed_applications";
        listing::page(
            self,
            rows,
            &programs,
            asked.page(),
            size,
            software::application,
        )
    }

    fn row(&self, index: usize) -> Value {
        if let Some(row) = self.rows.get(&index) {
            return row.clone();
        }
        let Some(machine) = self.population.machine(index) else {
            return Value::Null;
        };
        let fleet = self.population.fleet();
        let customer = fleet.customer(machine.customer);
        let site = fleet.site(machine.customer, machine.site);
        let mut row = asset::asset(&machine, &customer, &site);
        if let (Value::Object(row), Some(members)) = (&mut row, self.members.get(&index)) {
            row.extend(members.clone());
        }
        row
    }

    /// How many rows a page of assets holds.
    fn page_size(&self, asked: &Asked) -> usize {
        match (self.spec.per_page_up_to, asked.per_page()) {
            (Some(most), Some(size)) => size.clamp(1, most),
            _ => self.spec.page_size,
        }
        .max(1)
    }

    fn refused(&self) -> Response<Bytes> {
        let reason = if self.misbehaviour.refuses_without_reason {
            json!({})
        } else {
            json!({ "error": NO_PERMISSION })
        };
        answer(StatusCode::UNAUTHORIZED, &reason)
    }
}

impl Simulator for SyncroSimulator {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        self.writes += usize::from(request.method() != Method::GET);
        if let Some(refusal) = self.turned_away(request, now) {
            return refusal;
        }
        match *request.method() {
            Method::GET => self.route(request),
            Method::PUT => update::asset(self, request, now),
            _ => not_found(&json!({ "message": "Not found" })),
        }
    }

    /// Counts that come as text, and rows that a test gave, are no answers of the schema.
    fn gate(&self) -> Option<&'static Gate> {
        Some(&gate::GATE)
    }

    fn answers_by_its_schema(&self) -> bool {
        !self.is_told && self.spec.meta != Meta::Text
    }
}

impl fmt::Debug for SyncroSimulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncroSimulator")
            .field("spec", &self.spec)
            .field("permissions", &self.permissions)
            .field("misbehaviour", &self.misbehaviour)
            .finish_non_exhaustive()
    }
}

/// Uses up one of `left`, if there is one.
fn take(left: &mut u32) -> bool {
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

fn answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    with_type(status, "application/json; charset=utf-8", body.to_string())
}

fn not_found(body: &Value) -> Response<Bytes> {
    answer(StatusCode::NOT_FOUND, body)
}

fn with_type(status: StatusCode, of: &'static str, body: String) -> Response<Bytes> {
    let mut response = empty(status);
    *response.body_mut() = body.into();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(of));
    response
}

/// The page of the gateway that gave up waiting.
fn gateway_timeout() -> Response<Bytes> {
    let page = "<html><body><h1>504 Gateway Time-out</h1></body></html>";
    with_type(StatusCode::GATEWAY_TIMEOUT, "text/html", page.to_owned())
}

#[cfg(test)]
mod tests;
