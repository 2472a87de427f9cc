//! The part that all simulated makers share: a key, tokens, a limit, and rows that may come in any form.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::AUTHORIZATION;
use http::{Request, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::fleet::{CoveredMachine, WarrantyFleet};
use super::reply;
use super::switches::MakerSwitches;
use crate::simulator::{RollingLimit, Simulator};

const LIFETIME: TimeDelta = TimeDelta::seconds(3600);

/// The parts that a simulated maker is made from.
#[derive(Clone)]
pub struct MakerSpec {
    /// The machines it made.
    pub fleet: WarrantyFleet,
    /// The client id that requests must bear.
    pub client_id: String,
    /// The secret beside it, where the maker has one.
    pub client_secret: String,
    /// Requests in any rolling minute, tokens included; `None` for no limit.
    pub requests_per_minute: Option<usize>,
}

impl MakerSpec {
    /// A maker of `fleet` that takes 60 requests a minute.
    #[must_use]
    pub fn new(fleet: WarrantyFleet) -> Self {
        Self {
            fleet,
            client_id: "simulated-id".to_owned(),
            client_secret: "m4ker-5ecret-41c9-b7f2".to_owned(),
            requests_per_minute: Some(60),
        }
    }
}

/// Shows everything but the key.
impl fmt::Debug for MakerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MakerSpec")
            .field("fleet", &self.fleet)
            .field("requests_per_minute", &self.requests_per_minute)
            .finish_non_exhaustive()
    }
}

/// The API of one maker, as far as it differs from others'.
pub trait MakerApi: Default + Send + 'static {
    /// The most machines of one request.
    const BATCH: usize;
    /// The path that gives tokens; `None` where the key goes with each request.
    const TOKEN_PATH: Option<&'static str>;

    /// Tells whether `request` bears the key, where there are no tokens.
    fn bears_key(_request: &Request<Bytes>, _spec: &MakerSpec) -> bool {
        false
    }

    /// "Too many requests", in the maker's words.
    fn too_many() -> Response<Bytes>;

    /// A failure, in the maker's words.
    fn failure() -> Response<Bytes>;

    /// A refusal of the key or token, in the maker's words.
    fn unauthorised() -> Response<Bytes>;

    /// A refusal of what the key may not, in the maker's words.
    fn forbidden() -> Response<Bytes>;

    /// Answers `request`, which was let in.
    fn answer(
        &mut self,
        maker: &mut MakerState,
        request: &Request<Bytes>,
        now: DateTime<Utc>,
    ) -> Response<Bytes>;
}

/// A simulated maker with the API `A`.
pub struct MakerSimulator<A> {
    state: MakerState,
    api: A,
}

/// The state that all simulated makers have.
#[non_exhaustive]
pub struct MakerState {
    /// The parts that it is made from.
    pub spec: MakerSpec,
    /// The switches for what it does wrong.
    pub switches: MakerSwitches,
    tokens: BTreeMap<String, DateTime<Utc>>,
    minted: usize,
    limit: Option<RollingLimit>,
    over_limit: usize,
    oversized: usize,
    lookups: usize,
    asked: BTreeMap<String, usize>,
}

impl<A: MakerApi> MakerSimulator<A> {
    /// The maker that `spec` describes.
    #[must_use]
    pub fn new(spec: MakerSpec) -> Self {
        Self {
            state: MakerState {
                limit: spec.requests_per_minute.map(RollingLimit::per_minute),
                spec,
                switches: MakerSwitches::default(),
                tokens: BTreeMap::new(),
                minted: 0,
                over_limit: 0,
                oversized: 0,
                lookups: 0,
                asked: BTreeMap::new(),
            },
            api: A::default(),
        }
    }

    /// The machines it made.
    #[must_use]
    pub fn fleet(&self) -> &WarrantyFleet {
        &self.state.spec.fleet
    }

    /// The switches for what it does wrong; to be changed at will.
    pub fn switches(&mut self) -> &mut MakerSwitches {
        &mut self.state.switches
    }

    /// Ends every token.
    pub fn revoke_tokens(&mut self) {
        self.state.tokens.clear();
    }

    /// Tokens given so far.
    #[must_use]
    pub fn minted(&self) -> usize {
        self.state.minted
    }

    /// Requests that were refused because of the limit.
    #[must_use]
    pub fn over_limit(&self) -> usize {
        self.state.over_limit
    }

    /// Requests that were about more machines than the maker takes at once.
    #[must_use]
    pub fn oversized(&self) -> usize {
        self.state.oversized
    }

    /// Requests that named machines, and were let in.
    #[must_use]
    pub fn lookups(&self) -> usize {
        self.state.lookups
    }

    /// The number of times that each serial number was asked for.
    #[must_use]
    pub fn asked(&self) -> &BTreeMap<String, usize> {
        &self.state.asked
    }

    fn let_in(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Option<Response<Bytes>> {
        let state = &mut self.state;
        if state.limit.as_mut().is_some_and(|limit| !limit.admit(now)) {
            state.over_limit += 1;
            return Some(A::too_many());
        }
        if take(&mut state.switches.throttle_next) {
            return Some(A::too_many());
        }
        if A::TOKEN_PATH.is_some_and(|path| path == request.uri().path()) {
            return Some(state.token(request, now));
        }
        let is_known = match A::TOKEN_PATH {
            Some(_) => state.bears_token(request, now),
            None => A::bears_key(request, &state.spec) && !state.switches.key_refused,
        };
        if !is_known {
            return Some(A::unauthorised());
        }
        if state.switches.forbidden {
            return Some(A::forbidden());
        }
        if take(&mut state.switches.fail_next) {
            return Some(A::failure());
        }
        let raw = state.switches.answer_with.as_ref()?;
        Some(reply::with_type(
            raw.status,
            raw.content_type,
            raw.body.clone(),
        ))
    }
}

impl<A: MakerApi> Simulator for MakerSimulator<A> {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        match self.let_in(request, now) {
            Some(refusal) => refusal,
            None => self.api.answer(&mut self.state, request, now),
        }
    }
}

impl<A> fmt::Debug for MakerSimulator<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MakerSimulator")
            .field("spec", &self.state.spec)
            .field("switches", &self.state.switches)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MakerState")
            .field("spec", &self.spec)
            .finish_non_exhaustive()
    }
}

impl MakerState {
    /// Notes that `serials` were asked for; false when they are more than `most`.
    pub fn asks(&mut self, serials: &[String], most: usize) -> bool {
        if serials.len() > most {
            self.oversized += 1;
            return false;
        }
        self.lookups += 1;
        for serial in serials {
            *self.asked.entry(serial.to_uppercase()).or_default() += 1;
        }
        true
    }

    /// The machines of `serials`, as rows should be about them: in the order, number and choice that the
    /// switches say. `None` stands for one that the maker does not know.
    #[must_use]
    pub fn rows(&self, serials: &[String]) -> Vec<(String, Option<CoveredMachine>)> {
        let switches = &self.switches;
        let mut rows: Vec<_> = serials
            .iter()
            .filter(|serial| !switches.left_out.contains(*serial))
            .map(|serial| (serial.clone(), self.known(serial)))
            .collect();
        if switches.unasked {
            let others =
                (0..self.spec.fleet.machines()).map(|index| self.spec.fleet.machine(index));
            let is_other =
                |machine: &CoveredMachine| !serials.contains(&machine.serial) && machine.is_known();
            let mut others = others.filter(is_other);
            if let Some(other) = others.next() {
                rows.insert(0, (other.serial.clone(), Some(other)));
            }
        }
        if switches.doubled {
            rows = rows
                .into_iter()
                .flat_map(|row| [row.clone(), row])
                .collect();
        }
        if switches.turned {
            rows.reverse();
        }
        if switches.lower_case {
            rows.iter_mut()
                .for_each(|(serial, _)| *serial = serial.to_lowercase());
        }
        rows
    }

    /// `rows` as a list, or the only one alone.
    #[must_use]
    pub fn list(&self, mut rows: Vec<Value>) -> Value {
        match (self.switches.object_for_one, rows.len()) {
            (true, 1) => rows.remove(0),
            _ => Value::Array(rows),
        }
    }

    fn known(&self, serial: &str) -> Option<CoveredMachine> {
        self.spec
            .fleet
            .find(serial)
            .filter(CoveredMachine::is_known)
    }

    fn bears_token(&self, request: &Request<Bytes>, now: DateTime<Utc>) -> bool {
        let header = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        token
            .and_then(|token| self.tokens.get(token))
            .is_some_and(|end| *end > now)
    }

    fn token(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let form: BTreeMap<String, String> = form_urlencoded::parse(request.body())
            .into_owned()
            .collect();
        let in_form = form
            .get("client_id")
            .cloned()
            .zip(form.get("client_secret").cloned());
        let in_header = basic(request);
        if in_form.is_some() && in_header.is_some() {
            return reply::json(
                400,
                &json!({ "error": "invalid_request", "error_description": "duplicated parameter" }),
            );
        }
        let is_right = |(id, secret): &(String, String)| {
            (id, secret) == (&self.spec.client_id, &self.spec.client_secret)
        };
        let given = in_form.or(in_header);
        let is_known = given.as_ref().is_some_and(is_right) && !self.switches.key_refused;
        let is_grant = form
            .get("grant_type")
            .is_some_and(|grant| grant == "client_credentials");
        if !is_known || !is_grant {
            let said = match (self.switches.echoes_secrets, given) {
                (true, Some((id, secret))) => format!("no client {id} with the secret {secret}"),
                _ => "the client is not known".to_owned(),
            };
            return reply::json(
                401,
                &json!({ "error": "invalid_client", "error_description": said }),
            );
        }
        self.minted += 1;
        let token = format!("t0ken-of-a-maker-{:06}", self.minted);
        self.tokens.insert(token.clone(), now + LIFETIME);
        reply::json(
            200,
            // As text, which one maker is known to do.
            &json!({ "access_token": token, "token_type": "Bearer", "expires_in": "3600" }),
        )
    }
}

/// Client id and secret in a Basic header.
fn basic(request: &Request<Bytes>) -> Option<(String, String)> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let pair = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Uses up one of `left`, if there is one.
fn take(left: &mut u32) -> bool {
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}
