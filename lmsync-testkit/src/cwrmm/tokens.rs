//! Signing in: tokens that expire, a key that locks, scopes that are all or nothing.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::answer;
use super::switches::{Key, Misbehaviour};

const LIFETIME: TimeDelta = TimeDelta::seconds(3599);

/// The tokens of one API key.
#[derive(Debug)]
pub(super) struct Tokens {
    prefix: String,
    at_once: usize,
    minted: usize,
    valid: Vec<Token>,
}

#[derive(Debug)]
struct Token {
    text: String,
    scopes: Vec<String>,
    expires: DateTime<Utc>,
}

/// What a token request holds.
#[derive(Deserialize)]
pub(super) struct TokenRequest {
    grant_type: String,
    client_id: String,
    client_secret: String,
    #[serde(default)]
    scope: Option<String>,
}

/// What opens the account.
pub(super) struct Door<'a> {
    pub(super) client_id: &'a str,
    pub(super) client_secret: &'a str,
    pub(super) key: &'a Key,
}

impl Tokens {
    pub(super) fn new(prefix: String, at_once: usize) -> Self {
        Self {
            prefix,
            at_once,
            minted: 0,
            valid: Vec::new(),
        }
    }

    pub(super) fn minted(&self) -> usize {
        self.minted
    }

    /// Forgets every token, as when the key is regenerated.
    pub(super) fn revoke(&mut self) {
        self.valid.clear();
    }

    /// Whether `text` is a token that is valid at `now`, and its scopes.
    pub(super) fn scopes(&self, text: &str, now: DateTime<Utc>) -> Option<&[String]> {
        self.valid
            .iter()
            .find(|token| token.text == text && token.expires > now)
            .map(|token| &token.scopes[..])
    }

    pub(super) fn answer(
        &mut self,
        body: &[u8],
        door: &Door<'_>,
        faults: &mut Misbehaviour,
        now: DateTime<Utc>,
    ) -> Response<Bytes> {
        let Ok(request) = serde_json::from_slice::<TokenRequest>(body) else {
            return refused(400, "invalid_request");
        };
        if request.grant_type != "client_credentials" {
            return refused(400, "unsupported_grant_type");
        }
        let known =
            request.client_id == door.client_id && request.client_secret == door.client_secret;
        if !known || !door.key.active {
            return refused(401, "invalid_client");
        }
        let all = || door.key.scopes.iter().map(ToString::to_string).collect();
        let scopes: Vec<String> = match &request.scope {
            Some(scope) => scope.split_whitespace().map(ToOwned::to_owned).collect(),
            None => all(),
        };
        if !scopes
            .iter()
            .all(|scope| door.key.scopes.contains(scope.as_str()))
        {
            return if faults.scope_refused_silently {
                refused(400, "invalid_request")
            } else {
                refused(400, "invalid_scope")
            };
        }
        self.valid.retain(|token| token.expires > now);
        let locked = std::mem::take(&mut faults.lock_next);
        faults.lock_next = locked.saturating_sub(1);
        if locked > 0 || self.valid.len() >= self.at_once {
            return answer::with_status(
                StatusCode::LOCKED,
                &json!({ "message": "too many tokens were requested for this client" }),
            );
        }
        self.minted += 1;
        let text = format!("{}-{:04}", self.prefix, self.minted);
        let granted = scopes.join(" ");
        self.valid.push(Token {
            text: text.clone(),
            scopes,
            expires: now + LIFETIME,
        });
        answer::ok(&json!({
            "access_token": text,
            "scope": granted,
            "token_type": "Bearer",
            "expires_in": LIFETIME.num_seconds(),
        }))
    }
}

fn refused(status: u16, error: &str) -> Response<Bytes> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    answer::with_status(status, &json!({ "error": error }))
}
