//! Halo PSA and Halo ITSM: one REST API behind an OAuth sign-in, with pages that are smaller than asked for.
//!
//! The simulator knows what reading needs: the sign-in, `Asset`, `Asset/{id}`, `AssetType`,
//! `AssetSoftware`, `Client`, `Site`, `SoftwareLicence`, `InstanceInfo` and `AuthInfo`; lists by customer, by
//! site and by text. Any other address under `/api` is 404; anywhere else there is the web application's
//! page, as the service shows it. Of what writes it knows `POST Asset`, which changes and makes assets,
//! and `DELETE Asset/{id}`.
//!
//! ```
//! use lmsync_halo::{HaloConfig, HaloProduct};
//! use lmsync_testkit::halo::HaloSimulator;
//! use lmsync_testkit::fleet::{Fleet, FleetSpec};
//! use lmsync_testkit::{Stage, conformance};
//!
//! conformance::run(async {
//!     let stage = Stage::new(
//!         |now| HaloSimulator::new(Fleet::new(FleetSpec::new(120, now))),
//!         |environment| {
//!             let api = "https://acmemsp.halopsa.com/api";
//!             let login = "https://acmemsp.halopsa.com/auth";
//!             let (id, secret) = ("simulated-halo-client", "simulated-halo-secret");
//!             HaloConfig::new(HaloProduct::Psa, api, login, id, secret)
//!                 .tenant("acmemsp")
//!                 .connect_in(environment)
//!         },
//!     );
//!     // The role may not list sites: customers come without them.
//!     stage.change(|vendor| vendor.permissions().sites = false);
//!     assert_eq!(stage.list_all().await.len(), 120);
//!     assert_eq!(stage.change(|vendor| vendor.sign_ins()), 1);
//! });
//! ```

mod account;
mod answers;
mod gate;
mod ids;
mod query;
mod render;
mod schema;
mod sign_in;
mod spec;
mod switches;
#[cfg(test)]
mod tests;
mod update;
mod vendor;
mod written;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::{AUTHORIZATION, USER_AGENT};
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::fleet::{Machine, Population};
use crate::gate::Gate;
use crate::simulator::{RollingLimit, Simulator};

pub use self::gate::SCHEMA;
pub use self::spec::{FieldsIn, HaloSpec};
pub use self::switches::{Misbehaviour, Permissions, RowFault};

use self::account::Account;
use self::query::Query;
use self::sign_in::Tokens;

/// The limit that a refusal names where none is set.
const LIMIT: usize = 300;
/// What an application needs for changing assets.
const EDIT_ASSETS: &str = "edit:assets";

/// A Halo account in memory.
pub struct HaloSimulator {
    tokens: Tokens,
    limit: Option<RollingLimit>,
    writes: usize,
    permissions: Permissions,
    account: Account,
}

impl HaloSimulator {
    /// The account that `spec` describes; a fleet alone stands for [`HaloSpec::new`] of it.
    #[must_use]
    pub fn new(spec: impl Into<HaloSpec>) -> Self {
        let spec = spec.into();
        let limit = spec
            .requests_per_five_minutes
            .map(|requests| RollingLimit::new(requests, TimeDelta::minutes(5)));
        Self {
            limit,
            writes: 0,
            permissions: Permissions::default(),
            account: Account {
                population: Population::new(spec.fleet.clone()),
                page_cap: spec.page_cap.max(1),
                fields_in: spec.fields_in,
                software_assets: spec.software_assets,
                service_assets: spec.service_assets,
                odd_numbers: spec.odd_numbers,
                row_faults: HashMap::new(),
                made: BTreeSet::new(),
                written: HashMap::new(),
                date_writes: HashMap::new(),
                misbehaviour: Misbehaviour::default(),
            },
            tokens: Tokens::new(spec),
        }
    }

    /// The machines behind the assets, as they are now.
    #[must_use]
    pub fn population(&self) -> &Population {
        &self.account.population
    }

    /// What the agent's role allows; to be changed at will.
    pub fn permissions(&mut self) -> &mut Permissions {
        &mut self.permissions
    }

    /// What the account does wrong; to be changed at will.
    pub fn misbehaviour(&mut self) -> &mut Misbehaviour {
        &mut self.account.misbehaviour
    }

    /// How often somebody signed in.
    #[must_use]
    pub fn sign_ins(&self) -> usize {
        self.tokens.minted()
    }

    /// Makes every token worthless that was handed out so far.
    pub fn revoke_tokens(&mut self) {
        self.tokens.revoke();
    }

    /// The asset id of `machine`.
    #[must_use]
    pub fn asset_id(machine: &Machine) -> String {
        ids::asset(machine.id).to_string()
    }

    /// The ids of all hardware assets, in the order of the listing, whoever asks.
    #[must_use]
    pub fn asset_ids(&self) -> Vec<String> {
        let population = self.population();
        population
            .indices()
            .iter()
            .map(|index| ids::asset(population.id_of(*index)).to_string())
            .collect()
    }

    /// The sites of each customer, by the customer's id: ids and names, in their order.
    #[must_use]
    pub fn sites(&self) -> BTreeMap<String, Vec<(String, String)>> {
        let mut sites = BTreeMap::<_, Vec<_>>::new();
        for site in self.account.sites() {
            let customer = self.population().fleet().customer(site.customer);
            sites
                .entry(ids::customer(customer.id).to_string())
                .or_default()
                .push((ids::site(site.id).to_string(), site.name.to_owned()));
        }
        sites
    }

    /// The machine that is asset `id`.
    #[must_use]
    pub fn machine(&self, id: &str) -> Option<Machine> {
        self.population().machine(self.account.index(id)?)
    }

    /// Takes asset `id` off the listing; false when there is none.
    pub fn remove_asset(&mut self, id: &str) -> bool {
        self.account
            .index(id)
            .is_some_and(|index| self.account.population.remove(index))
    }

    /// Lists a new asset at `position`, out of the order of ids, and returns its id.
    pub fn insert_asset_at(&mut self, position: usize) -> String {
        let index = self.account.population.insert_at(position);
        ids::asset(self.population().id_of(index)).to_string()
    }

    /// Changes asset `id` behind the back of the API; false when there is none.
    pub fn change_asset(&mut self, id: &str, change: impl FnOnce(&mut Machine)) -> bool {
        self.account
            .index(id)
            .is_some_and(|index| self.account.population.change(index, change))
    }

    /// Asset `id` as it is when read alone.
    #[must_use]
    pub fn record(&self, id: &str) -> Option<Value> {
        self.account.record(id)
    }

    /// Sets the asset field called `name` of asset `id`, as a person would; false when there is none.
    pub fn set_field(&mut self, id: &str, name: &str, value: impl Into<Value>) -> bool {
        self.account.set_field(id, name, value.into())
    }

    /// Lists asset `id` with this fault from now on; false when there is no such asset.
    pub fn fault_asset(&mut self, id: &str, fault: RowFault) -> bool {
        let index = self.account.index(id);
        if let Some(index) = index {
            self.account.row_faults.insert(index, fault);
        }
        index.is_some()
    }

    fn answer(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let path = request.uri().path().to_ascii_lowercase();
        let counted = self.limit.as_ref().map_or(LIMIT, RollingLimit::limit);
        let faults = &mut self.account.misbehaviour;
        let is_refused = faults.throttle_next > 0;
        faults.throttle_next = faults.throttle_next.saturating_sub(1);
        if is_refused || !self.limit.as_mut().is_none_or(|limit| limit.admit(now)) {
            return answers::too_many(counted);
        }
        if path == self.tokens.path() {
            return self.tokens.sign_in(request, now);
        }
        match path.strip_prefix("/api/") {
            Some("authinfo") => answers::ok(&json!({ "auth_url": "/auth" })),
            Some(path) => self.api(path, request, now),
            None => answers::page(StatusCode::OK),
        }
    }

    fn api(&mut self, path: &str, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let bearer = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let Some(scopes) = bearer.and_then(|token| self.tokens.scopes(token, now)) else {
            return answers::empty(StatusCode::UNAUTHORIZED);
        };
        if request.method() != Method::GET {
            self.writes += 1;
            return self.change(path, request, &scopes);
        }
        let may = |wanted: &[&str]| scopes.iter().any(|scope| wanted.contains(&scope.as_str()));
        let permissions = self.permissions;
        let is_allowed = match path.split('/').next().unwrap_or_default() {
            "instanceinfo" => true,
            "asset" | "assettype" => may(&["read:assets", "edit:assets"]) && permissions.assets,
            "client" => may(&["read:customers", "edit:customers"]) && permissions.customers,
            "site" => may(&["read:customers", "edit:customers"]) && permissions.sites,
            "softwarelicence" | "assetsoftware" => {
                may(&["read:software", "read:softwarelicensing"]) && permissions.software
            }
            _ => return answers::empty(StatusCode::NOT_FOUND),
        };
        if !is_allowed {
            return answers::empty(StatusCode::FORBIDDEN);
        }
        let query = Query::of(request.uri().query().unwrap_or_default());
        let sees_types = permissions.asset_types;
        self.account.answer(path, &query, sees_types)
    }

    fn change(
        &mut self,
        path: &str,
        request: &Request<Bytes>,
        scopes: &BTreeSet<String>,
    ) -> Response<Bytes> {
        let role = self.permissions;
        let is_allowed = scopes.contains(EDIT_ASSETS) && role.edit_assets && role.asset_types;
        match (request.method(), path.split_once('/')) {
            (&Method::POST, None) if path == "asset" && is_allowed => {
                self.account.post_assets(request)
            }
            (&Method::DELETE, Some(("asset", id))) if is_allowed => self.account.delete_asset(id),
            _ => answers::empty(StatusCode::FORBIDDEN),
        }
    }
}

impl Simulator for HaloSimulator {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        // Since 2026 who does not say what it is, is treated like one with wrong credentials.
        if !request.headers().contains_key(USER_AGENT) {
            return answers::refused(StatusCode::UNAUTHORIZED, "invalid_client");
        }
        self.answer(request, now)
    }

    /// Numbers in odd forms and rows that are spoilt are no answers of the schema.
    fn gate(&self) -> Option<&'static Gate> {
        Some(&gate::GATE)
    }

    fn answers_by_its_schema(&self) -> bool {
        let Account {
            odd_numbers,
            row_faults,
            ..
        } = &self.account;
        !odd_numbers && row_faults.is_empty() && !self.tokens.are_odd()
    }
}

impl fmt::Debug for HaloSimulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HaloSimulator")
            .field("permissions", &self.permissions)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
