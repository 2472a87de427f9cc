//! The vendor, played by a function from request to answer.

use std::collections::HashMap;

use bytes::Bytes;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use http::{Method, Request, Response, StatusCode, header};
use lmsync_testkit::conformance::Treatment;
use lmsync_testkit::fleet::{Fleet, Machine, Population};
use lmsync_testkit::{RollingLimit, Simulator};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

/// Beginning of each token; a number follows.
pub(crate) const TOKEN: &str = "h4rb0r-t0ken-canary-6be1-";
const SIGN_IN_HOST: &str = "login.harbor.example";
const PAGE_SIZE: usize = 50;
/// Lifetime of a token, in seconds.
const LIFETIME: i64 = 1800;

/// A Harbor account that holds a fleet.
#[derive(Debug)]
pub(crate) struct HarborSimulator {
    pub(crate) devices: Population,
    /// Number of requests still to be refused as too many.
    pub(crate) refuse_next: usize,
    /// Right of the client to read devices.
    pub(crate) may_read_devices: bool,
    /// Right to change them.
    pub(crate) may_change_devices: bool,
    /// Treatment of a day that is written.
    pub(crate) treatment: Treatment,
    /// Number of changes of each device, by its index.
    pub(crate) changes: HashMap<usize, usize>,
    client: (String, String),
    /// End of each token's life.
    tokens: HashMap<String, DateTime<Utc>>,
    limit: RollingLimit,
}

/// A refusal: its status, and what the vendor says.
type Refusal = (StatusCode, &'static str);

impl HarborSimulator {
    /// The account of `fleet`, which the client `id` with its `secret` opens.
    pub(crate) fn new(fleet: Fleet, id: &str, secret: &str) -> Self {
        Self {
            devices: Population::new(fleet),
            refuse_next: 0,
            may_read_devices: true,
            may_change_devices: true,
            treatment: Treatment::Keep,
            changes: HashMap::new(),
            client: (id.to_owned(), secret.to_owned()),
            tokens: HashMap::new(),
            limit: RollingLimit::per_minute(240),
        }
    }

    fn answer(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let refused = self.refuse_next > 0;
        self.refuse_next = self.refuse_next.saturating_sub(1);
        if refused || !self.limit.admit(now) {
            return Err((StatusCode::TOO_MANY_REQUESTS, "slow_down"));
        }
        if request.uri().host() == Some(SIGN_IN_HOST) {
            return self.sign_in(request, now);
        }
        if !self.is_signed_in(request, now) {
            return Err((StatusCode::UNAUTHORIZED, "invalid_token"));
        }
        let path = request.uri().path();
        let after = parameter(request, "after");
        if path == "/v1/customers" {
            return self.customers(after.as_deref());
        }
        if !self.may_read_devices {
            return Err((StatusCode::FORBIDDEN, "insufficient_scope"));
        }
        if path == "/v1/devices" {
            return self.list(after.as_deref());
        }
        let id = path.strip_prefix("/v1/devices/");
        let index = id.and_then(|id| self.index_of(id));
        let index = index.ok_or((StatusCode::NOT_FOUND, "no_such_device"))?;
        if request.method() == Method::PATCH {
            self.change(index, request.body())?;
        }
        let device = self.devices.machine(index);
        let device = device.map(|device| self.in_detail(&device));
        device.ok_or((StatusCode::NOT_FOUND, "no_such_device"))
    }

    fn sign_in(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let form: HashMap<_, _> = form_urlencoded::parse(request.body()).collect();
        let sent = |name: &str| form.get(name).map(AsRef::as_ref).unwrap_or_default();
        let (id, secret) = (&*self.client.0, &*self.client.1);
        if (sent("client_id"), sent("client_secret")) != (id, secret) {
            return Err((StatusCode::UNAUTHORIZED, "invalid_client"));
        }
        if sent("grant_type") != "client_credentials" {
            return Err((StatusCode::BAD_REQUEST, "unsupported_grant_type"));
        }
        let token = format!("{TOKEN}{}", self.tokens.len() + 1);
        let end = now + TimeDelta::seconds(LIFETIME);
        self.tokens.insert(token.clone(), end);
        Ok(json!({ "access_token": token, "token_type": "Bearer", "expires_in": LIFETIME }))
    }

    fn is_signed_in(&self, request: &Request<Bytes>, now: DateTime<Utc>) -> bool {
        let header = request.headers().get(header::AUTHORIZATION);
        let text = header.and_then(|header| header.to_str().ok());
        let token = text.and_then(|text| text.strip_prefix("Bearer "));
        token.is_some_and(|token| self.tokens.get(token).is_some_and(|end| *end > now))
    }

    /// The devices behind `after`. A cursor stays good when the device goes that it stands on.
    fn list(&self, after: Option<&str>) -> Result<Value, Refusal> {
        let devices = self.devices.indices().iter();
        let devices = devices.map(|index| (self.order(*index), *index));
        let row = |index| {
            self.devices
                .machine(index)
                .map(|device| self.listed(&device))
        };
        page(devices, after, row)
    }

    /// Place of device `index` among all: those that were added later stand before the others.
    fn order(&self, index: usize) -> i64 {
        let (index, first) = (index as i64, self.devices.fleet().len() as i64);
        if index < first {
            index
        } else {
            first - 1 - index
        }
    }

    fn customers(&self, after: Option<&str>) -> Result<Value, Refusal> {
        let fleet = self.devices.fleet();
        let all = (0..fleet.customers()).map(|index| (index as i64, index));
        page(all, after, |index| {
            let customer = fleet.customer(index);
            Some(json!({ "id": customer.id.to_string(), "name": customer.name }))
        })
    }

    /// Changes the dates in `body`; the others stay.
    fn change(&mut self, index: usize, body: &[u8]) -> Result<(), Refusal> {
        if !self.may_change_devices {
            return Err((StatusCode::FORBIDDEN, "insufficient_scope"));
        }
        let change: Change = serde_json::from_slice(body)
            .map_err(|_| (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body"))?;
        *self.changes.entry(index).or_default() += 1;
        let kept = |day: NaiveDate| match self.treatment {
            Treatment::Keep => Some(day),
            Treatment::Ignore => None,
            Treatment::Shift => day.checked_sub_days(Days::new(1)),
        };
        let purchased = change.purchased_on.and_then(kept);
        let expiry = change.warranty_ends_on.and_then(kept);
        self.devices.change(index, |device| {
            device.purchased = purchased.or(device.purchased);
            device.warranty_expiry = expiry.or(device.warranty_expiry);
        });
        Ok(())
    }

    pub(crate) fn index_of(&self, id: &str) -> Option<usize> {
        self.devices.index_of(id.parse().ok()?)
    }

    /// A device as the list shows it.
    fn listed(&self, device: &Machine) -> Value {
        let customer = self.devices.fleet().customer(device.customer);
        json!({
            "id": device.id.to_string(),
            "name": device.name,
            "type": format!("{:?}", device.kind),
            "customer_id": customer.id.to_string(),
            "customer_name": customer.name,
            "last_seen_at": device.last_check_in,
            "purchased_on": device.purchased,
            "warranty_ends_on": device.warranty_expiry,
        })
    }

    fn in_detail(&self, device: &Machine) -> Value {
        let mut shown = self.listed(device);
        shown["hardware"] = json!({
            "serial": device.serial,
            "maker": device.manufacturer,
            "model": device.model,
            "mac": device.mac,
            "memory_mb": device.memory / (1024 * 1024),
        });
        shown
    }
}

/// Body of a PATCH. How to clear a date, Harbor does not say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    purchased_on: Option<NaiveDate>,
    warranty_ends_on: Option<NaiveDate>,
}

impl Simulator for HarborSimulator {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let (status, body) = match self.answer(request, now) {
            Ok(body) => (StatusCode::OK, body),
            Err((status, error)) => (status, json!({ "error": error })),
        };
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = status;
        response
    }
}

/// The page of `records` behind the cursor `after`, each with its place in the order.
fn page(
    records: impl Iterator<Item = (i64, usize)>,
    after: Option<&str>,
    row: impl Fn(usize) -> Option<Value>,
) -> Result<Value, Refusal> {
    let after = match after {
        Some(cursor) => read_cursor(cursor).ok_or((StatusCode::BAD_REQUEST, "invalid_cursor"))?,
        None => i64::MIN,
    };
    let mut rest = records.filter(|(place, _)| *place > after).peekable();
    let page: Vec<_> = rest.by_ref().take(PAGE_SIZE).collect();
    let last = page.last().filter(|_| rest.peek().is_some());
    let rows: Vec<Value> = page.iter().filter_map(|(_, index)| row(*index)).collect();
    Ok(json!({ "data": rows, "next": last.map(|(place, _)| cursor(*place)) }))
}

/// A cursor is opaque, and holds what an address cannot hold as it is.
fn cursor(place: i64) -> String {
    format!("after={place}&/+")
}

fn read_cursor(cursor: &str) -> Option<i64> {
    let place = cursor.strip_prefix("after=")?.strip_suffix("&/+")?;
    place.parse().ok()
}

fn parameter(request: &Request<Bytes>, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(key, _)| key == name)?;
    Some(value.into_owned())
}
