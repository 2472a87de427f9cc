//! SuperOps, MSP and IT product: one GraphQL endpoint that answers most failures with status 200.
//!
//! The simulator knows the asset side of the schema: `getAssetList`, `getAsset`,
//! `getAssetSummary`, `getAssetDiskDetails`, `getAssetUserLog`, `getAssetSoftwareList`,
//! `getClientList`, `getClientSiteList`, `getDepartmentList`, `getSiteList` and `updateAsset`. Any other field is refused as undefined,
//! as the service refuses one that it does not have. Documents are held against the vendor's
//! schema by all rules of GraphQL, and that can be asked for, too (`__schema`, `__type`).
//!
//! ```
//! use lmsync_superops::SuperOpsConfig;
//! use lmsync_testkit::superops::SuperOpsSimulator;
//! use lmsync_testkit::fleet::{Fleet, FleetSpec};
//! use lmsync_testkit::{Stage, conformance};
//!
//! conformance::run(async {
//!     let stage = Stage::new(
//!         |now| SuperOpsSimulator::new(Fleet::new(FleetSpec::new(120, now))),
//!         |environment| SuperOpsConfig::new("acmemsp", "simulated-superops-token").connect_in(environment),
//!     );
//!     // Two failures with status 200, as the service has them: each request is sent again.
//!     stage.change(|vendor| vendor.misbehaviour().fail_next = 2);
//!     assert_eq!(stage.list_all().await.len(), 120);
//!     assert_eq!(stage.sent("/msp").len(), 2 + 2);
//! });
//! ```

mod asset;
mod condition;
mod detail;
mod document;
mod errors;
mod execute;
mod gate;
mod ids;
mod listing;
mod organisation;
mod rules;
mod schema;
mod spec;
mod state;
mod switches;
#[cfg(test)]
mod tests;
mod update;
mod vendor;

use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{AUTHORIZATION, CONTENT_TYPE, SERVER};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::fleet::{Machine, Population};
use crate::gate::Gate;
use crate::simulator::{RollingLimit, Simulator};

pub use self::spec::{Product, SuperOpsSpec, UnquotedIds};
pub use self::switches::{Misbehaviour, Permissions, RowFault, Writes};

use self::document::{Asked, Operation};
use self::errors::Refusal;
use self::execute::Envelope;
use self::state::Account;

/// The header that names the account.
const SUBDOMAIN: &str = "customersubdomain";

/// A SuperOps account in memory.
pub struct SuperOpsSimulator {
    subdomain: String,
    token: String,
    limit: Option<RollingLimit>,
    mutations: usize,
    account: Account,
}

impl SuperOpsSimulator {
    /// The account that `spec` describes; a fleet alone stands for [`SuperOpsSpec::new`] of it.
    #[must_use]
    pub fn new(spec: impl Into<SuperOpsSpec>) -> Self {
        let spec = spec.into();
        Self {
            subdomain: spec.subdomain,
            token: spec.token,
            limit: spec.requests_per_minute.map(RollingLimit::per_minute),
            mutations: 0,
            account: Account {
                product: spec.product,
                page_cap: spec.page_cap,
                unquoted_ids: spec.unquoted_ids,
                total_count_as_text: spec.total_count_as_text,
                population: Population::new(spec.fleet),
                custom_fields: HashMap::new(),
                date_texts: HashMap::new(),
                date_writes: HashMap::new(),
                row_faults: HashMap::new(),
                permissions: Permissions::administrator(),
                misbehaviour: Misbehaviour::default(),
            },
        }
    }

    /// The subdomain that requests must name.
    #[must_use]
    pub fn subdomain(&self) -> &str {
        &self.subdomain
    }

    /// The token that requests must bear.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Requests so far that asked to change something, refused ones included.
    #[must_use]
    pub fn mutations(&self) -> usize {
        self.mutations
    }

    /// The machines behind the assets, as they are now.
    #[must_use]
    pub fn population(&self) -> &Population {
        &self.account.population
    }

    /// What the user of the token may do; to be changed at will.
    pub fn permissions(&mut self) -> &mut Permissions {
        &mut self.account.permissions
    }

    /// What the account does wrong; to be changed at will.
    pub fn misbehaviour(&mut self) -> &mut Misbehaviour {
        &mut self.account.misbehaviour
    }

    /// Accepts only `token` from now on, as when the user makes a new one.
    pub fn replace_token(&mut self, token: impl Into<String>) {
        self.token = token.into();
    }

    /// The asset id of `machine`.
    #[must_use]
    pub fn asset_id(machine: &Machine) -> String {
        ids::asset(machine.id).to_string()
    }

    /// The ids of all assets, in the order of the listing, whoever asks.
    #[must_use]
    pub fn asset_ids(&self) -> Vec<String> {
        let population = self.population();
        population
            .indices()
            .iter()
            .map(|index| ids::asset(population.id_of(*index)).to_string())
            .collect()
    }

    /// The machine that is asset `id`.
    #[must_use]
    pub fn machine(&self, id: &str) -> Option<Machine> {
        self.population().machine(self.index(id)?)
    }

    /// Takes asset `id` off the listing; false when there is none.
    pub fn remove_asset(&mut self, id: &str) -> bool {
        self.index(id)
            .is_some_and(|index| self.account.population.remove(index))
    }

    /// Lists a new asset at `position`, out of the order of ids, and returns its id.
    pub fn insert_asset_at(&mut self, position: usize) -> String {
        let index = self.account.population.insert_at(position);
        ids::asset(self.population().id_of(index)).to_string()
    }

    /// Lists a new asset with this `id` where it sorts; false when the id is taken or not one of an asset.
    pub fn insert_asset(&mut self, id: &str) -> bool {
        ids::machine(id)
            .and_then(|number| self.account.population.insert_with_id(number))
            .is_some()
    }

    /// Changes asset `id` behind the back of the API; false when there is none.
    pub fn change_asset(&mut self, id: &str, change: impl FnOnce(&mut Machine)) -> bool {
        self.index(id)
            .is_some_and(|index| self.account.population.change(index, change))
    }

    /// Lists asset `id` with this fault from now on, or without one; false when there is no such asset.
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

    fn index(&self, id: &str) -> Option<usize> {
        self.population().index_of(ids::machine(id)?)
    }

    /// Refuses what does not reach GraphQL at all.
    fn turned_away(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let path = request.uri().path();
        if path != Product::Msp.path() && path != Product::It.path() {
            return Some(page(StatusCode::NOT_FOUND));
        }
        if request.method() != Method::POST {
            return Some(page(StatusCode::METHOD_NOT_ALLOWED));
        }
        let named = header(request.headers(), SUBDOMAIN);
        if named != Some(&self.subdomain) || path != self.account.product.path() {
            return Some(empty(StatusCode::BAD_REQUEST));
        }
        let credentials = header(request.headers(), AUTHORIZATION.as_str());
        if credentials.and_then(|value| value.strip_prefix("Bearer ")) != Some(&self.token) {
            return Some(empty(match self.account.misbehaviour.bad_token_is_400 {
                true => StatusCode::BAD_REQUEST,
                false => StatusCode::UNAUTHORIZED,
            }));
        }
        None
    }

    fn answer(&mut self, body: &Body, now: DateTime<Utc>) -> Envelope {
        // What the schema refuses has been counted all the same.
        let admitted = self.limit.as_mut().is_none_or(|limit| limit.admit(now));
        match document::read(self.account.product, body.asked()) {
            Err(invalid) => Envelope::invalid(invalid),
            Ok(operation) => self.run(&operation, admitted),
        }
    }

    fn run(&mut self, operation: &Operation, admitted: bool) -> Envelope {
        self.mutations += usize::from(operation.root == "Mutation");
        let faults = &mut self.account.misbehaviour;
        if take(&mut faults.throttle_next) || !admitted {
            return Envelope::refused(operation, &Refusal::rate_limited());
        }
        if take(&mut faults.fail_next) {
            return Envelope::refused(operation, &Refusal::internal());
        }
        execute::execute(&mut self.account, operation)
    }
}

impl Simulator for SuperOpsSimulator {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        if let Some(refusal) = self.turned_away(request) {
            return refusal;
        }
        let Ok(body) = serde_json::from_slice::<Body>(request.body()) else {
            return empty(StatusCode::BAD_REQUEST);
        };
        let envelope = self.answer(&body, now);
        match serde_json::to_vec(&envelope) {
            Ok(text) => with_type(StatusCode::OK, "application/json;charset=UTF-8", text),
            Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    fn gate(&self) -> Option<&'static Gate> {
        Some(gate::gate(self.account.product))
    }

    fn answers_by_its_schema(&self) -> bool {
        self.account.row_faults.is_empty()
    }
}

impl fmt::Debug for SuperOpsSimulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SuperOpsSimulator")
            .field("subdomain", &self.subdomain)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// What a request's body holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Map<String, Value>>,
}

impl Body {
    fn asked(&self) -> Asked<'_> {
        Asked {
            text: &self.query,
            operation: self.operation_name.as_deref(),
            variables: self.variables.as_ref(),
        }
    }
}

/// Uses up one of `left`, if there is one.
fn take(left: &mut u32) -> bool {
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(SERVER, HeaderValue::from_static("nginx"));
    response
}

fn with_type(status: StatusCode, of: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = empty(status);
    *response.body_mut() = body.into();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(of));
    response
}

/// The page that the web server in front of the API shows.
fn page(status: StatusCode) -> Response<Bytes> {
    let body = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    with_type(status, "text/html", body)
}
