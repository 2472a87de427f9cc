//! The vendor, played by a function from request to answer.

use std::collections::HashMap;

use bytes::Bytes;
use chrono::{DateTime, Days, NaiveDate, Utc};
use http::{Method, Request, Response, StatusCode, header};
use lmsync_testkit::conformance::Treatment;
use lmsync_testkit::fleet::{Customer, Fleet, Machine, Population};
use lmsync_testkit::{RollingLimit, Simulator};
use serde::Deserialize;
use serde_json::{Value, json};

/// A Shelf account that holds a fleet.
#[derive(Debug)]
pub(crate) struct ShelfSimulator {
    pub(crate) machines: Population,
    /// So many requests are refused as too many.
    pub(crate) refuse_next: usize,
    /// Whether the key may read machines.
    pub(crate) may_read_machines: bool,
    /// Whether it may change them.
    pub(crate) may_change_machines: bool,
    /// What becomes of a day that is written.
    pub(crate) treatment: Treatment,
    /// How often each machine, by its index, was changed.
    pub(crate) changes: HashMap<usize, usize>,
    authorization: String,
    limit: RollingLimit,
}

impl ShelfSimulator {
    /// The account of `fleet`, which `api_key` opens.
    pub(crate) fn new(fleet: Fleet, api_key: &str) -> Self {
        Self {
            machines: Population::new(fleet),
            refuse_next: 0,
            may_read_machines: true,
            may_change_machines: true,
            treatment: Treatment::Keep,
            changes: HashMap::new(),
            authorization: format!("Bearer {api_key}"),
            limit: RollingLimit::per_minute(120),
        }
    }

    fn answer(
        &mut self,
        request: &Request<Bytes>,
        now: DateTime<Utc>,
    ) -> Result<Value, StatusCode> {
        let authorization = request.headers().get(header::AUTHORIZATION);
        if authorization.is_none_or(|value| value != self.authorization.as_str()) {
            return Err(StatusCode::UNAUTHORIZED);
        }
        let refused = self.refuse_next > 0;
        self.refuse_next = self.refuse_next.saturating_sub(1);
        if refused || !self.limit.admit(now) {
            return Err(StatusCode::TOO_MANY_REQUESTS);
        }
        let path = request.uri().path();
        if path.starts_with("/api/machines") && !self.may_read_machines {
            return Err(StatusCode::FORBIDDEN);
        }
        if request.method() == Method::PUT {
            return self.change(path, request.body());
        }
        let query = request.uri().query().unwrap_or_default();
        let machines = &self.machines;
        match path {
            "/api/machines" => Ok(page(query, machines.indices().len(), |place| {
                machine(machines, machines.indices()[place])
            })),
            "/api/companies" => Ok(page(query, machines.fleet().customers(), |index| {
                company(&machines.fleet().customer(index))
            })),
            path => self
                .index_at(path)
                .and_then(|index| machine(machines, index))
                .ok_or(StatusCode::NOT_FOUND),
        }
    }

    /// Changes the day of purchase of the machine at `path`; null clears it.
    fn change(&mut self, path: &str, body: &[u8]) -> Result<Value, StatusCode> {
        if !self.may_change_machines {
            return Err(StatusCode::FORBIDDEN);
        }
        let index = self.index_at(path).ok_or(StatusCode::NOT_FOUND)?;
        let Change { bought } =
            serde_json::from_slice(body).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
        *self.changes.entry(index).or_default() += 1;
        let kept = match self.treatment {
            Treatment::Keep => Some(bought),
            Treatment::Ignore => None,
            Treatment::Shift => Some(bought.and_then(|day| day.checked_sub_days(Days::new(1)))),
        };
        if let Some(day) = kept {
            self.machines
                .change(index, |machine| machine.purchased = day);
        }
        machine(&self.machines, index).ok_or(StatusCode::NOT_FOUND)
    }

    fn index_at(&self, path: &str) -> Option<usize> {
        let id = path.strip_prefix("/api/machines/")?;
        self.machines.index_of(id.parse().ok()?)
    }
}

/// What a PUT may change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    bought: Option<NaiveDate>,
}

impl Simulator for ShelfSimulator {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let (status, body) = match self.answer(request, now) {
            Ok(body) => (StatusCode::OK, body.to_string()),
            Err(status) => (status, String::new()),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        response
    }
}

fn page<R: Into<Value>>(query: &str, total: usize, record: impl Fn(usize) -> R) -> Value {
    let size = parameter(query, "per_page").clamp(1, 100);
    let first = parameter(query, "page")
        .saturating_sub(1)
        .saturating_mul(size);
    let rows: Vec<Value> = (first..total)
        .take(size)
        .map(|place| record(place).into())
        .collect();
    json!({ "rows": rows, "total": total })
}

fn parameter(query: &str, name: &str) -> usize {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(key, _)| *key == name)
        .find_map(|(_, value)| value.parse().ok())
        .unwrap_or(1)
}

fn machine(machines: &Population, index: usize) -> Option<Value> {
    let machine: Machine = machines.machine(index)?;
    let owner = machines.fleet().customer(machine.customer);
    Some(json!({
        "id": machine.id,
        "label": machine.name,
        "kind": format!("{:?}", machine.kind),
        "serial": machine.serial,
        "maker": machine.manufacturer,
        "model": machine.model,
        "mac": machine.mac,
        "bought": machine.purchased,
        "last_seen": machine.last_check_in,
        "company": company(&owner),
    }))
}

fn company(customer: &Customer) -> Value {
    json!({ "id": customer.id, "name": customer.name })
}
