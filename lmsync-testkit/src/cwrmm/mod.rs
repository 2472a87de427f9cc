//! ConnectWise RMM: no list of everything, four companies at a time, a heartbeat beside it.
//!
//! The simulator knows `/v1/token`, `/v1/rate_limits`, companies and sites, the v2 list of
//! devices, one device and its relations, heartbeats and states, software and users of
//! many devices at once, the custom fields of a device and their definitions. Values and
//! definitions can be written; any other address is answered with 404. Types are those of the
//! vendor's specification (`schema.json` beside this file).
//!
//! ```
//! use lmsync_cwrmm::CwRmmConfig;
//! use lmsync_testkit::cwrmm::CwRmmSimulator;
//! use lmsync_testkit::fleet::{Fleet, FleetSpec};
//! use lmsync_testkit::{Stage, conformance};
//!
//! conformance::run(async {
//!     let stage = Stage::new(
//!         |now| CwRmmSimulator::new(Fleet::new(FleetSpec::new(120, now))),
//!         |environment| {
//!             CwRmmConfig::new("0e30a1b2-3c4d-4e5f-8a9b-simulated", "simulated-cwrmm-client-secret")
//!                 .connect_in(environment)
//!         },
//!     );
//!     // All tokens are refused from now on: the connector signs in again.
//!     assert_eq!(stage.list_all().await.len(), 120);
//!     stage.change(|vendor| vendor.revoke_tokens());
//!     assert_eq!(stage.list_all().await.len(), 120);
//! });
//! ```

mod answer;
mod custom_fields;
mod device;
mod fields;
mod ids;
mod inventory;
mod listing;
mod query;
mod schema;
mod selection;
mod spec;
mod states;
mod switches;
#[cfg(test)]
mod tests;
mod tokens;
mod vendor;

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Request, Response};
use serde_json::json;

use crate::fleet::{Machine, Population};
use crate::gate::Gate;
use crate::simulator::{RollingLimit, Simulator};

pub use self::fields::{AttributeKind, Definition, PURCHASE_DATE, RACK, WARRANTY_EXPIRY};
pub use self::schema::SCHEMA;
pub use self::spec::{CwRmmSpec, ListVerb};
pub use self::switches::{
    Cursor, ErrorShape, Heartbeat, Key, Misbehaviour, RowFault, Saved, ThrottleWord,
};

use self::answer::with_header;
use self::fields::CustomFields;
use self::listing::Account;
use self::query::Query;
use self::tokens::{Door, Tokens};

const QUOTA_WINDOW: TimeDelta = TimeDelta::seconds(5 * 60);
/// How long a refusal lasts that no limit is behind.
const WHIM: TimeDelta = TimeDelta::seconds(5);

/// A ConnectWise RMM account in memory.
pub struct CwRmmSimulator {
    client_id: String,
    client_secret: String,
    key: Key,
    tokens: Tokens,
    limit: Option<RollingLimit>,
    writes: usize,
    account: Account,
}

impl CwRmmSimulator {
    /// The account that `spec` describes; a fleet alone stands for [`CwRmmSpec::new`] of it.
    #[must_use]
    pub fn new(spec: impl Into<CwRmmSpec>) -> Self {
        let spec = spec.into();
        let limit = spec.requests_in_five_minutes;
        Self {
            client_id: spec.client_id,
            client_secret: spec.client_secret,
            key: Key::writer(),
            tokens: Tokens::new(spec.token_prefix, spec.tokens_at_once),
            limit: limit.map(|limit| RollingLimit::new(limit, QUOTA_WINDOW)),
            writes: 0,
            account: Account {
                population: Population::new(spec.fleet),
                row_faults: HashMap::new(),
                page_cap: spec.page_cap,
                company_page_cap: spec.company_page_cap,
                list_verb: spec.list_verb,
                fields: CustomFields::new(spec.custom_fields),
                misbehaviour: Misbehaviour::default(),
                documented_shape: ErrorShape::default(),
                by_company: OnceLock::new(),
            },
        }
    }

    /// The machines behind the devices, as they are now.
    #[must_use]
    pub fn population(&self) -> &Population {
        &self.account.population
    }

    /// What the API key may do; to be changed at will.
    pub fn key(&mut self) -> &mut Key {
        &mut self.key
    }

    /// What the account does wrong; to be changed at will.
    pub fn misbehaviour(&mut self) -> &mut Misbehaviour {
        &mut self.account.misbehaviour
    }

    /// The custom fields that devices have; to be changed at will.
    pub fn definitions(&mut self) -> &mut Vec<Definition> {
        &mut self.account.fields.definitions
    }

    /// What device `id` itself has in the custom field called `name`.
    #[must_use]
    pub fn custom_field(&self, id: &str, name: &str) -> Option<String> {
        self.account.value(id, name)
    }

    /// How many tokens were handed out.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.tokens.minted()
    }

    /// Makes every token invalid that was handed out.
    pub fn revoke_tokens(&mut self) {
        self.tokens.revoke();
    }

    /// Accepts only `secret` from now on, as when the user regenerates the key.
    pub fn replace_secret(&mut self, secret: impl Into<String>) {
        self.client_secret = secret.into();
        self.tokens.revoke();
    }

    /// The ids of all devices, whoever asks.
    #[must_use]
    pub fn asset_ids(&self) -> Vec<String> {
        let population = self.population();
        population
            .indices()
            .iter()
            .map(|index| self.device_id(population.id_of(*index)))
            .collect()
    }

    /// The machine that is device `id`.
    #[must_use]
    pub fn machine(&self, id: &str) -> Option<Machine> {
        self.account.machine(id)
    }

    /// Takes device `id` off the list; false when there is none.
    pub fn remove_asset(&mut self, id: &str) -> bool {
        let index = self.index(id);
        self.account.by_company = OnceLock::new();
        index.is_some_and(|index| self.account.population.remove(index))
    }

    /// Lists a new device at `position` and returns its id.
    pub fn insert_asset_at(&mut self, position: usize) -> String {
        self.account.by_company = OnceLock::new();
        let index = self.account.population.insert_at(position);
        self.device_id(self.population().id_of(index))
    }

    /// Changes device `id` behind the back of the API; false when there is none.
    pub fn change_asset(&mut self, id: &str, change: impl FnOnce(&mut Machine)) -> bool {
        self.account.by_company = OnceLock::new();
        self.index(id)
            .is_some_and(|index| self.account.population.change(index, change))
    }

    /// Lists device `id` with this fault from now on, or without one; false when there is none.
    pub fn fault_asset(&mut self, id: &str, fault: Option<RowFault>) -> bool {
        let Some(index) = self.index(id) else {
            return false;
        };
        match fault {
            Some(fault) => self.account.row_faults.insert(index, fault),
            None => self.account.row_faults.remove(&index),
        };
        true
    }

    fn device_id(&self, machine: u64) -> String {
        ids::device(machine, self.account.misbehaviour.plain_ids)
    }

    fn index(&self, id: &str) -> Option<usize> {
        self.population().index_of(ids::machine(id)?)
    }

    fn refuse(&self, status: u16, message: &str) -> Response<Bytes> {
        self.account.refuse(status, message)
    }

    /// Refuses what is too much, in the words that the account is set to.
    fn throttled(&mut self, now: DateTime<Utc>) -> Option<Response<Bytes>> {
        let faults = &mut self.account.misbehaviour;
        let by_whim = faults.throttle_next > 0;
        faults.throttle_next = faults.throttle_next.saturating_sub(1);
        let admitted = !by_whim && self.limit.as_mut().is_none_or(|limit| limit.admit(now));
        if admitted {
            return None;
        }
        let wait = match &self.limit {
            Some(limit) if !by_whim => limit.wait(now),
            _ => WHIM,
        };
        // Whole seconds, and never too early.
        let seconds = (wait + TimeDelta::milliseconds(999)).num_seconds();
        let response = self.refuse(429, "rate limit exceeded");
        Some(match self.account.misbehaviour.throttle_word {
            ThrottleWord::Nothing => response,
            ThrottleWord::RetryAfter => with_header(response, "retry-after", &seconds.to_string()),
            ThrottleWord::Reset => {
                let reset = (now + wait + TimeDelta::milliseconds(999)).timestamp();
                with_header(response, "reset", &reset.to_string())
            }
        })
    }

    /// What the token may not do.
    fn turned_away(
        &self,
        headers: &HeaderMap,
        needed: &[&str],
        now: DateTime<Utc>,
    ) -> Option<Response<Bytes>> {
        let token = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let scopes = token.and_then(|token| self.tokens.scopes(token, now));
        let Some(scopes) = scopes.filter(|_| self.key.active) else {
            return Some(self.refuse(401, "bearer token is missing, expired or invalid"));
        };
        let granted = needed.iter().all(|scope| {
            scopes.iter().any(|name| name == scope) && self.key.scopes.contains(scope)
        });
        (!granted).then(|| self.refuse(403, "client has no access"))
    }

    fn route(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let path = request.uri().path();
        let query = Query::parse(request.uri().query().unwrap_or_default());
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        if segments == ["v1", "token"] {
            let door = Door {
                client_id: &self.client_id,
                client_secret: &self.client_secret,
                key: &self.key,
            };
            let faults = &mut self.account.misbehaviour;
            return self.tokens.answer(request.body(), &door, faults, now);
        }
        let Some(scopes) = self.scopes_of(request.method(), &segments) else {
            return self.refuse(404, "no route matched with those values");
        };
        if let Some(refusal) = self.turned_away(request.headers(), &scopes, now) {
            return refusal;
        }
        let is_list = matches!(
            segments[..],
            [.., "device", "categories", _, "endpoints"]
                | [.., "device", "endpoints", "applications" | "users"]
        );
        if request.method() == Method::GET || is_list {
            return self.read(request, &segments, &query, now);
        }
        self.writes += 1;
        self.write(request.method(), &segments, request.body())
    }

    /// The scopes that a request takes; `None` where there is no such address.
    fn scopes_of(&self, method: &Method, segments: &[&str]) -> Option<Vec<&'static str>> {
        let address = match segments {
            ["v1", "rate_limits"] => return Some(Vec::new()),
            ["api", "platform", address @ ..] => address,
            _ => return None,
        };
        let faults = &self.account.misbehaviour;
        let is_read = method == Method::GET;
        let mut scopes = vec![match address {
            ["v1", "company", "companies", _, "sites"] | ["v1", "company", "sites", ..] => {
                "platform.sites.read"
            }
            ["v1", "company", "companies", ..] => "platform.companies.read",
            ["v1", "custom-field", "definitions"] if is_read => {
                "platform.custom_fields_definitions.read"
            }
            ["v1", "custom-field", "definitions"] => "platform.custom_fields_definitions.write",
            ["v2", "device", .., "custom-fields"] if !is_read => {
                "platform.custom_fields_values.write"
            }
            ["v2", "device", ..] => "platform.devices.read",
            _ => return None,
        }];
        if address.last() == Some(&"custom-fields") {
            match is_read {
                true if faults.values_have_a_scope => {
                    scopes.push("platform.custom_fields_values.read");
                }
                false if faults.writing_needs_devices => scopes.push("platform.devices.write"),
                _ => {}
            }
        }
        Some(scopes)
    }

    fn write(&mut self, method: &Method, segments: &[&str], body: &[u8]) -> Response<Bytes> {
        match (method, segments) {
            (&Method::PUT, [.., "endpoints", id, "custom-fields"]) => {
                self.account.set_custom_fields(id, body)
            }
            (&Method::POST, [.., "custom-field", "definitions"]) => self.account.define(body),
            _ => self.refuse(405, "method not allowed"),
        }
    }

    fn read(
        &self,
        request: &Request<Bytes>,
        segments: &[&str],
        query: &Query,
        now: DateTime<Utc>,
    ) -> Response<Bytes> {
        let path = request.uri().path();
        let account = &self.account;
        match segments[..] {
            ["v1", "rate_limits"] => self.rate_limits(now),
            [.., "company", "companies"] => account.companies(path, query),
            [.., "company", "companies", id] => match account.company_index(id) {
                Some(index) => answer::ok(&account.company(index)),
                None => self.refuse(404, "resource not found"),
            },
            [.., "companies", id, "sites"] => account.sites_of(id, path, query),
            [.., "company", "sites"] => account.sites(path, query),
            [.., "company", "sites", id] => match account.site_by_id(id) {
                Some(site) => answer::ok(&site),
                None => self.refuse(404, "resource not found"),
            },
            [.., "device", "categories", category, "endpoints"] => {
                account.devices(request.method(), path, category, query, request.body())
            }
            [.., "endpoints", "heartbeat"] => account.heartbeat(query),
            [.., "endpoints", "systemstate"] => account.system_states(query),
            [.., "device", "endpoints", "applications"] => account.inventory(
                request.method(),
                "applications",
                path,
                query,
                request.body(),
            ),
            [.., "device", "endpoints", "users"] => {
                account.inventory(request.method(), "users", path, query, request.body())
            }
            [
                ..,
                "companies",
                company,
                "sites",
                site,
                "endpoints",
                id,
                "relations",
            ] => match account.machine_at(company, site, id) {
                Some(machine) => answer::ok(&account.relations(&machine)),
                None => self.refuse(404, "resource not found"),
            },
            [.., "companies", company, "sites", site, "endpoints", id] => {
                self.device(company, site, id, query)
            }
            [.., "endpoints", id, "system-state-info"] => match account.machine(id) {
                Some(machine) => answer::ok(&device::state(&machine, &account.misbehaviour)),
                None => self.refuse(404, "resource not found"),
            },
            [.., "endpoints", id, "custom-fields"] => account.custom_fields(id, query),
            [.., "custom-field", "definitions"] => account.definitions(query),
            _ => self.refuse(404, "no route matched with those values"),
        }
    }

    /// One device, at the site where it is.
    fn device(&self, company: &str, site: &str, id: &str, query: &Query) -> Response<Bytes> {
        let account = &self.account;
        let Some(machine) = account.machine_at(company, site, id) else {
            return self.refuse(404, "resource not found");
        };
        let fields = query.list("field");
        let fleet = self.population().fleet();
        answer::ok(&json!({
            "companyID": company,
            "siteID": site,
            "endpointID": id,
            "platform": device::alone(fleet, &machine, &fields, &account.misbehaviour),
        }))
    }

    fn rate_limits(&self, now: DateTime<Utc>) -> Response<Bytes> {
        let faults = &self.account.misbehaviour;
        if faults.no_rate_limits {
            return self.refuse(404, "no route matched with those values");
        }
        let (remaining, seconds) = faults.device_bucket.unwrap_or((500, 300));
        let reset = now.timestamp() + seconds;
        let bucket = |remaining| json!({ "limit": 500, "remaining": remaining, "reset": reset });
        answer::ok(&json!({ "resources": {
            "alerts": { "create-alert": bucket(34) },
            "asset": { "partner-asset-endpoints": bucket(remaining) },
            "service": { "rate-limit": bucket(33) },
        }}))
    }
}

impl Simulator for CwRmmSimulator {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        self.account.documented_shape = ErrorShape::documented(request.uri().path());
        let response = match self.throttled(now) {
            Some(refusal) => refusal,
            None => self.route(request, now),
        };
        let id = request.headers().get("x-request-id");
        match id.and_then(|id| id.to_str().ok()) {
            Some(id) => with_header(response, "x-request-id", id),
            None => response,
        }
    }

    fn gate(&self) -> Option<&'static Gate> {
        Some(schema::gate())
    }

    fn answers_by_its_schema(&self) -> bool {
        self.account.row_faults.is_empty() && self.account.misbehaviour.keeps_to_the_schema()
    }
}

impl fmt::Debug for CwRmmSimulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CwRmmSimulator")
            .field("client_id", &self.client_id)
            .field("key", &self.key)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
