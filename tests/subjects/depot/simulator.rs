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

use super::{
    BASIC_CLIENT, CLIENT_HEADER, CLIENT_ID, CURSOR_HEADER, HOST, KEY_HEADER, LOGIN_HOST, PAGE_SIZE,
    SECRET, TOKEN,
};

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

type Answer = Result<Reply, StatusCode>;

struct Reply {
    body: Value,
    /// For the header.
    cursor: Option<String>,
}

impl From<Value> for Reply {
    fn from(body: Value) -> Self {
        Self { body, cursor: None }
    }
}

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
        let reply = json!({ "access_token": token, "token_type": "bearer", "expires_in": 86_400 });
        Ok(reply.into())
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
        let path: Vec<&str> = request.uri().path().split('/').skip(1).collect();
        if path != ["v1", "customers"] && !self.may_read_devices {
            return Err(StatusCode::FORBIDDEN);
        }
        let (method, query) = (request.method(), request.uri().query().unwrap_or_default());
        match path[..] {
            ["v1", "exports"] if method == Method::POST => Ok(self.order(now).into()),
            _ if method != Method::GET => {
                self.writes += 1;
                Err(StatusCode::METHOD_NOT_ALLOWED)
            }
            ["v1", "customers"] => linked("customers", query, &self.customers()),
            ["v1", "devices"] => linked("devices", query, &self.briefly()),
            ["v2", "customers", id, "devices"] => {
                if !is_sent(request, CLIENT_HEADER, CLIENT_ID) {
                    return Err(StatusCode::UNAUTHORIZED);
                }
                numbered(query, &self.devices_of(id))
            }
            ["v2", "devices"] => counted(query, &self.devices()),
            ["v1", "devices", id] => {
                let machine = id.parse().ok().and_then(|id| self.machines.index_of(id));
                let device = machine.and_then(|index| self.device(index));
                device.map(Reply::from).ok_or(StatusCode::NOT_FOUND)
            }
            ["v1", "exports", id] => {
                let ready = self.export(id)?.ready_at <= now;
                Ok(json!({ "id": id, "ready": ready }).into())
            }
            ["v1", "exports", id, "rows"] => Ok(json!({ "rows": self.export(id)?.rows }).into()),
            _ => Err(StatusCode::NOT_FOUND),
        }
    }

    fn customers(&self) -> Vec<Value> {
        let fleet = self.machines.fleet();
        let customers = 0..fleet.customers();
        customers
            .map(|index| owner(&fleet.customer(index)))
            .collect()
    }

    fn devices(&self) -> Vec<Value> {
        let indices = self.machines.indices().iter();
        indices.filter_map(|index| self.device(*index)).collect()
    }

    fn devices_of(&self, customer: &str) -> Vec<Value> {
        let id = customer.parse::<u64>().ok();
        let mut devices = self.devices();
        devices.retain(|device| device["customer"]["id"].as_u64() == id);
        devices
    }

    /// The devices without what is detail.
    fn briefly(&self) -> Vec<Value> {
        let mut devices = self.devices();
        for device in devices.iter_mut().filter_map(Value::as_object_mut) {
            device.remove("serial");
            device.remove("memory");
        }
        devices
    }

    fn order(&mut self, now: DateTime<Utc>) -> Value {
        self.exports.push(Export {
            ready_at: now + TimeDelta::seconds(EXPORT_SECONDS),
            rows: self.devices(),
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

/// A page with the link to the next one.
fn linked(list: &str, query: &str, all: &[Value]) -> Answer {
    let (rows, last) = page(query, all)?;
    let next = last.map(|id| format!("https://{HOST}/v1/{list}?after={id}"));
    Ok(json!({ "rows": rows, "links": { "next": next } }).into())
}

/// The page whose number is asked for, and the count of all.
fn numbered(query: &str, all: &[Value]) -> Answer {
    let number = query
        .strip_prefix("page=")
        .and_then(|number| number.parse().ok());
    let number: usize = number.ok_or(StatusCode::BAD_REQUEST)?;
    let rows = all.chunks(PAGE_SIZE).nth(number.saturating_sub(1));
    Ok(json!({ "rows": rows.unwrap_or_default(), "total": all.len() }).into())
}

/// A page with the cursor of the next one, and the count of all.
fn counted(query: &str, all: &[Value]) -> Answer {
    let (rows, cursor) = page(query, all)?;
    let body = json!({ "rows": rows, "total": all.len() });
    Ok(Reply { body, cursor })
}

/// The rows after the one that `query` names, and the id of the last. A full page has one after it,
/// though that may be empty.
fn page<'r>(query: &str, all: &'r [Value]) -> Result<(&'r [Value], Option<String>), StatusCode> {
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let size = value("limit").and_then(|size| size.parse().ok());
    let size = size.unwrap_or(PAGE_SIZE).clamp(1, PAGE_SIZE);
    let start = match value("after") {
        None => 0,
        Some(after) => {
            let after: u64 = after.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
            let is_it = |row: &Value| row["id"] == after;
            1 + all.iter().position(is_it).ok_or(StatusCode::GONE)?
        }
    };
    let rows = &all[start..all.len().min(start + size)];
    let last = rows.last().filter(|_| rows.len() == size);
    Ok((rows, last.map(|row| row["id"].to_string())))
}

impl Simulator for DepotSimulator {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let answer = self.answer(request, now);
        let status = answer
            .as_ref()
            .map_or_else(|status| *status, |_| StatusCode::OK);
        let mut response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "application/json");
        if let Ok(Reply {
            cursor: Some(cursor),
            ..
        }) = &answer
        {
            response = response.header(CURSOR_HEADER, cursor);
        }
        let body = answer.map_or_else(|_| String::new(), |reply| reply.body.to_string());
        response.body(body.into()).unwrap_or_default()
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
