//! The vendor, played by a function from request to answer.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, Request, Response, StatusCode, header};
use lmsync_testkit::conformance::Vendor;
use lmsync_testkit::fleet::{Customer, Fleet, Machine, Population};
use lmsync_testkit::{RollingLimit, Simulator};
use serde_json::{Value, json};

use super::{BASIC_CLIENT, HOST, KEY_HEADER, LOGIN_HOST, PAGE_SIZE, SECRET, TOKEN};

const BUDGET: usize = 300;
/// An export takes so long.
const EXPORT_SECONDS: i64 = 25;

/// A Depot account that holds a fleet.
pub(crate) struct DepotSimulator {
    machines: Population,
    refuse_next: usize,
    may_read_devices: bool,
    tokens: usize,
    exports: Vec<Export>,
    writes: usize,
    limit: RollingLimit,
}

/// The devices as they were when it was ordered.
struct Export {
    ready_at: DateTime<Utc>,
    rows: Vec<Value>,
}

type Answer = Result<Value, StatusCode>;

impl DepotSimulator {
    pub(super) fn new(fleet: Fleet) -> Self {
        Self {
            machines: Population::new(fleet),
            refuse_next: 0,
            may_read_devices: true,
            tokens: 0,
            exports: Vec::new(),
            writes: 0,
            limit: RollingLimit::per_minute(BUDGET),
        }
    }

    fn answer(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Answer {
        let refused = self.refuse_next > 0;
        self.refuse_next = self.refuse_next.saturating_sub(1);
        if refused {
            return Err(StatusCode::TOO_MANY_REQUESTS);
        }
        match request.uri().host() {
            Some(LOGIN_HOST) => self.sign_in(request),
            Some(HOST) => self.call(request, now),
            _ => Err(StatusCode::MISDIRECTED_REQUEST),
        }
    }

    fn sign_in(&mut self, request: &Request<Bytes>) -> Answer {
        if !is_sent(request, "authorization", BASIC_CLIENT) {
            return Err(StatusCode::UNAUTHORIZED);
        }
        self.tokens += 1;
        let token = format!("{TOKEN}{}", self.tokens);
        Ok(json!({ "access_token": token, "token_type": "bearer", "expires_in": 86_400 }))
    }

    fn call(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Answer {
        let has_token =
            |number| is_sent(request, "authorization", &format!("Bearer {TOKEN}{number}"));
        if !is_sent(request, KEY_HEADER, SECRET) && !(1..=self.tokens).any(has_token) {
            return Err(StatusCode::UNAUTHORIZED);
        }
        if !self.limit.admit(now) {
            return Err(StatusCode::TOO_MANY_REQUESTS);
        }
        let path: Vec<&str> = request.uri().path().split('/').skip(2).collect();
        if path.first() != Some(&"customers") && !self.may_read_devices {
            return Err(StatusCode::FORBIDDEN);
        }
        let (method, query) = (request.method(), request.uri().query().unwrap_or_default());
        match path[..] {
            ["exports"] if method == Method::POST => Ok(self.order(now)),
            _ if method != Method::GET => {
                self.writes += 1;
                Err(StatusCode::METHOD_NOT_ALLOWED)
            }
            ["customers"] => self.customers(query),
            ["devices"] => self.devices(query),
            ["devices", id] => {
                let machine = id.parse().ok().and_then(|id| self.machines.index_of(id));
                let device = machine.and_then(|index| self.device(index));
                device.ok_or(StatusCode::NOT_FOUND)
            }
            ["exports", id] => {
                let ready = self.export(id)?.ready_at <= now;
                Ok(json!({ "id": id, "ready": ready }))
            }
            ["exports", id, "rows"] => Ok(json!({ "rows": self.export(id)?.rows })),
            _ => Err(StatusCode::NOT_FOUND),
        }
    }

    fn customers(&self, query: &str) -> Answer {
        let fleet = self.machines.fleet();
        let customers = (0..fleet.customers()).map(|index| owner(&fleet.customer(index)));
        page("customers", query, &customers.collect::<Vec<_>>())
    }

    fn devices(&self, query: &str) -> Answer {
        let devices = self.machines.indices().iter();
        let devices = devices.filter_map(|index| self.device(*index));
        let mut devices: Vec<Value> = devices.collect();
        for device in devices.iter_mut().filter_map(Value::as_object_mut) {
            device.remove("serial");
            device.remove("memory");
        }
        page("devices", query, &devices)
    }

    fn order(&mut self, now: DateTime<Utc>) -> Value {
        let indices = self.machines.indices().iter();
        let rows = indices.filter_map(|index| self.device(*index)).collect();
        self.exports.push(Export {
            ready_at: now + TimeDelta::seconds(EXPORT_SECONDS),
            rows,
        });
        json!({ "id": self.exports.len() })
    }

    fn export(&self, id: &str) -> Result<&Export, StatusCode> {
        let place = id.parse::<usize>().ok().and_then(|id| id.checked_sub(1));
        let export = place.and_then(|place| self.exports.get(place));
        export.ok_or(StatusCode::NOT_FOUND)
    }

    fn device(&self, index: usize) -> Option<Value> {
        let machine: Machine = self.machines.machine(index)?;
        Some(json!({
            "id": machine.id,
            "name": machine.name,
            "kind": format!("{:?}", machine.kind),
            "maker": machine.manufacturer,
            "model": machine.model,
            "seen": machine.last_check_in,
            "bought": machine.purchased,
            "customer": owner(&self.machines.fleet().customer(machine.customer)),
            "serial": machine.serial,
            "memory": machine.memory,
        }))
    }
}

fn owner(customer: &Customer) -> Value {
    json!({ "id": customer.id, "name": customer.name })
}

fn is_sent(request: &Request<Bytes>, header: &str, value: &str) -> bool {
    let sent = request.headers().get(header);
    sent.is_some_and(|sent| sent.as_bytes() == value.as_bytes())
}

/// The rows after the one that `query` names, and the link to those after them.
fn page(list: &str, query: &str, all: &[Value]) -> Answer {
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let size = value("limit").and_then(|size| size.parse().ok());
    let size = size.unwrap_or(PAGE_SIZE).clamp(1, PAGE_SIZE);
    let start = match value("after") {
        None => 0,
        Some(after) => {
            let is_it = |row: &Value| row["id"].to_string() == after;
            1 + all.iter().position(is_it).ok_or(StatusCode::GONE)?
        }
    };
    let rows = &all[start..all.len().min(start + size)];
    // A full page has a link, though there may be nothing after it.
    let last = rows.last().filter(|_| rows.len() == size);
    let next = last.map(|row| format!("https://{HOST}/v1/{list}?after={}", row["id"]));
    Ok(json!({ "rows": rows, "links": { "next": next } }))
}

impl Simulator for DepotSimulator {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let (status, body) = match self.answer(request, now) {
            Ok(body) => (StatusCode::OK, body.to_string()),
            Err(status) => (status, String::new()),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        let json = header::HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

impl Vendor for DepotSimulator {
    fn asset_ids(&self) -> BTreeSet<String> {
        let indices = self.machines.indices().iter();
        indices
            .map(|index| self.machines.id_of(*index).to_string())
            .collect()
    }

    fn customer_ids(&self) -> BTreeSet<String> {
        let fleet = self.machines.fleet();
        (0..fleet.customers())
            .map(|index| fleet.customer(index).id.to_string())
            .collect()
    }

    fn checked_in_at(&self, id: &str) -> Option<DateTime<Utc>> {
        let index = self.machines.index_of(id.parse().ok()?)?;
        self.machines.machine(index)?.last_check_in
    }

    fn remove_asset(&mut self, id: &str) {
        let index = id.parse().ok().and_then(|id| self.machines.index_of(id));
        if let Some(index) = index {
            self.machines.remove(index);
        }
    }

    fn insert_asset(&mut self) -> String {
        let index = self.machines.insert_at(0);
        self.machines.id_of(index).to_string()
    }

    fn refuse_next(&mut self, requests: usize) {
        self.refuse_next = requests;
    }

    fn forbid_reading_assets(&mut self) {
        self.may_read_devices = false;
    }

    fn budget(&self) -> (usize, Duration) {
        (BUDGET, Duration::from_secs(60))
    }

    fn writes(&self) -> usize {
        self.writes
    }
}
