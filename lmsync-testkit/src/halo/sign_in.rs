//! Signing in, and the tokens that were handed out.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

use super::answers;
use super::query::Query;
use super::spec::HaloSpec;

/// The scopes that Halo knows, as far as they matter here.
const KNOWN: [&str; 9] = [
    "all",
    "read:assets",
    "edit:assets",
    "read:customers",
    "edit:customers",
    "read:software",
    "edit:software",
    "read:softwarelicensing",
    "edit:softwarelicensing",
];

/// The sign-in of one application.
pub(super) struct Tokens {
    spec: HaloSpec,
    minted: usize,
    valid: HashMap<String, Granted>,
}

struct Granted {
    scopes: BTreeSet<String>,
    until: DateTime<Utc>,
}

impl Granted {
    fn lasts(&self, now: DateTime<Utc>) -> bool {
        self.until > now
    }
}

impl Tokens {
    pub(super) fn new(spec: HaloSpec) -> Self {
        Self {
            spec,
            minted: 0,
            valid: HashMap::new(),
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.spec.token_path
    }

    /// Tells whether a lifetime comes as text.
    pub(super) fn are_odd(&self) -> bool {
        self.spec.expires_in_as_text
    }

    pub(super) fn minted(&self) -> usize {
        self.minted
    }

    pub(super) fn revoke(&mut self) {
        self.valid.clear();
    }

    /// Takes `scope` from the application and from its tokens.
    pub(super) fn untick(&mut self, scope: &str) {
        self.spec.scopes.remove(scope);
        for granted in self.valid.values_mut() {
            granted.scopes.remove(scope);
        }
    }

    /// What `token` allows, while it is valid.
    pub(super) fn scopes(&self, token: &str, now: DateTime<Utc>) -> Option<BTreeSet<String>> {
        let granted = self.valid.get(token)?;
        granted.lasts(now).then(|| granted.scopes.clone())
    }

    pub(super) fn sign_in(
        &mut self,
        request: &Request<Bytes>,
        now: DateTime<Utc>,
    ) -> Response<Bytes> {
        if request.method() != Method::POST {
            return answers::empty(StatusCode::METHOD_NOT_ALLOWED);
        }
        let address = Query::of(request.uri().query().unwrap_or_default());
        if address
            .get("tenant")
            .is_some_and(|tenant| tenant != self.spec.tenant)
        {
            return answers::page(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let form = Query::of(&String::from_utf8_lossy(request.body()));
        if form.get("grant_type") != Some("client_credentials") {
            return answers::refused(StatusCode::BAD_REQUEST, "unsupported_grant_type");
        }
        if form.get("client_id") != Some(&self.spec.client_id)
            || form.get("client_secret") != Some(&self.spec.client_secret)
        {
            return answers::refused(StatusCode::UNAUTHORIZED, "invalid_client");
        }
        match self.granted(form.get("scope").unwrap_or_default()) {
            Some(scopes) => self.mint(scopes, now),
            None => answers::refused(StatusCode::BAD_REQUEST, "invalid_scope"),
        }
    }

    /// The scopes that the application gets; `None` when it asks for too much.
    fn granted(&self, asked: &str) -> Option<BTreeSet<String>> {
        let ticked = &self.spec.scopes;
        let asked: Vec<&str> = asked.split(' ').filter(|scope| !scope.is_empty()).collect();
        if asked.contains(&"all") {
            return Some(ticked.clone());
        }
        let is_fine = |scope: &&str| {
            KNOWN.contains(scope) && (!self.spec.strict_scopes || ticked.contains(*scope))
        };
        asked.iter().all(is_fine).then(|| {
            asked
                .iter()
                .filter(|scope| ticked.contains(**scope))
                .map(|scope| (*scope).to_owned())
                .collect()
        })
    }

    fn mint(&mut self, scopes: BTreeSet<String>, now: DateTime<Utc>) -> Response<Bytes> {
        self.minted += 1;
        let token = format!("{}{}", self.spec.token, self.minted);
        let lifetime = self.spec.token_lifetime;
        let until = now + TimeDelta::seconds(lifetime);
        self.valid.retain(|_, granted| granted.lasts(now));
        let scope = scopes.iter().cloned().collect::<Vec<_>>().join(" ");
        self.valid.insert(token.clone(), Granted { scopes, until });
        let expires_in = if self.spec.expires_in_as_text {
            json!(lifetime.to_string())
        } else {
            json!(lifetime)
        };
        answers::ok(&json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": expires_in,
            "scope": scope,
        }))
    }
}
