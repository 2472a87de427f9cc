//! Signing in: a client id and secret for an access token.
//!
//! The vendor takes JSON where OAuth has a form, refuses a request as a whole for one scope
//! that the key lacks, and locks a key that asks for tokens too often. The token itself is kept
//! by [`TokenAuth`](lmsync_core::auth::TokenAuth): one sign-in at a time.

use async_trait::async_trait;
use lmsync_core::auth::{AccessToken, TokenSource};
use lmsync_core::http::{Answer, Call, HttpClient, Idempotency, Meter};
use lmsync_core::json::Scalar;
use lmsync_core::model::clean_uuid;
use lmsync_core::{Error, ErrorKind, Result, Secret};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::answers::{self, KEY_HINT};
use crate::quirks::scope::{self, Scope, Scopes};

const OPERATION: &str = "sign-in";

/// What signs in.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) url: Url,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    /// Has no authorizer of its own.
    pub(crate) http: HttpClient,
    pub(crate) scopes: Scopes,
    pub(crate) purpose: Purpose,
    /// Why the region may be the wrong one.
    pub(crate) region_advice: Option<String>,
}

/// What a token is for.
#[derive(Debug)]
pub(crate) enum Purpose {
    Reading,
    /// Writing, with a key that is known to be good once a sign-in with these scopes worked.
    Writing {
        reading: Scopes,
    },
}

#[derive(Serialize)]
struct TokenRequest<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
    scope: &'a str,
}

/// What a token request came to.
#[derive(Debug)]
enum Outcome {
    Granted {
        token: AccessToken,
        told: Option<String>,
    },
    /// The key lacks one of the scopes, says the vendor.
    ScopeRefused,
    /// Refused, and not clear whether for a scope or for the key.
    Refused(u16),
}

#[async_trait]
impl TokenSource for SignIn {
    async fn fetch(&self, meter: &Meter) -> Result<AccessToken> {
        let mut refused = None;
        let mut for_a_scope = false;
        for (rung, scopes) in self.scopes.scope_sets() {
            match self.ask(scopes, meter).await? {
                Outcome::Granted { token, told } => {
                    self.scopes.settle(rung, told.as_deref());
                    return Ok(token);
                }
                Outcome::ScopeRefused => for_a_scope = true,
                Outcome::Refused(status) => refused = Some(status),
            }
        }
        Err(match refused {
            Some(status) if !for_a_scope && !self.knows_the_key() => self.key_refused(status),
            _ => match self.purpose {
                Purpose::Reading => may_not_read(),
                Purpose::Writing { .. } => may_not_write(),
            },
        })
    }
}

impl SignIn {
    async fn ask(&self, scopes: &[Scope], meter: &Meter) -> Result<Outcome> {
        let scope = scope::text(scopes);
        let body = TokenRequest {
            grant_type: "client_credentials",
            client_id: &self.client_id,
            client_secret: self.client_secret.expose(),
            scope: &scope,
        };
        let call = Call::post_json(OPERATION, &self.url, &body, Idempotency::Idempotent)?;
        self.http
            .send(&call, meter, |answer| self.interpret(answer))
            .await
    }

    /// Nothing of an answer is shown: a part of it may be a part of a token.
    fn interpret(&self, answer: &Answer<'_>) -> Result<Outcome> {
        let status = answer.status().as_u16();
        match status {
            200..=299 => granted(answer),
            423 | 429 => Err(answers::throttled(answer)),
            400 | 401 | 403 => match (status, answer.oauth_code()) {
                (_, Some("invalid_scope")) => Ok(Outcome::ScopeRefused),
                (_, Some("invalid_client" | "invalid_grant" | "unauthorized_client")) => {
                    Err(with_request_id(self.key_refused(status), answer))
                }
                (401, _) if !self.knows_the_key() => {
                    Err(with_request_id(self.key_refused(status), answer))
                }
                _ => Ok(Outcome::Refused(status)),
            },
            _ => Err(with_request_id(failed(answer), answer)),
        }
    }

    /// Whether the key has worked before, so that a refusal is one of the scopes.
    fn knows_the_key(&self) -> bool {
        match &self.purpose {
            Purpose::Reading => false,
            Purpose::Writing { reading } => reading.are_settled(),
        }
    }

    fn key_refused(&self, status: u16) -> Error {
        let hint = match &self.region_advice {
            Some(advice) => format!("{advice}; {KEY_HINT}"),
            None => KEY_HINT.to_owned(),
        };
        Error::new(
            ErrorKind::Authentication,
            "ConnectWise RMM does not accept the Client ID and Client Secret: one of them is \
             wrong, or the key was revoked or its integration toggled off",
        )
        .with_status(status)
        .with_operation(OPERATION)
        .with_hint(hint)
    }
}

fn granted(answer: &Answer<'_>) -> Result<Outcome> {
    #[derive(Deserialize)]
    struct Granted {
        #[serde(default)]
        scope: Scalar,
    }
    let token = AccessToken::read(answer)?;
    let told = serde_json::from_slice::<Granted>(answer.body())
        .ok()
        .and_then(|granted| granted.scope.text().map(ToOwned::to_owned));
    Ok(Outcome::Granted { token, told })
}

fn may_not_read() -> Error {
    Error::new(
        ErrorKind::Permission,
        "the API key may not read companies: it lacks the scope platform.companies.read",
    )
    .with_operation(OPERATION)
    .with_hint(format!(
        "{}, {} and {}",
        Scope::Companies.hint(),
        Scope::Sites.in_portal(),
        Scope::Devices.in_portal()
    ))
}

/// No token, or one without the scope that was asked for.
pub(crate) fn may_not_write() -> Error {
    Error::new(
        ErrorKind::Permission,
        "the API key may not write custom fields: ConnectWise RMM gives it no token with the \
         scopes platform.custom_fields_values.read and platform.custom_fields_values.write",
    )
    .with_operation(OPERATION)
    .with_hint(Scope::WriteCustomFields.hint())
}

/// What the status alone says.
fn failed(answer: &Answer<'_>) -> Error {
    let (kind, message, hint) = match answer.status().as_u16() {
        300..=399 => (
            ErrorKind::Vendor,
            "ConnectWise RMM redirects the sign-in, which is not followed",
            "check the endpoint and the region; credentials are sent to no other",
        ),
        404 => (
            ErrorKind::NotFound,
            "nobody signs in at this address",
            "check the endpoint and the region",
        ),
        408 => (
            ErrorKind::Timeout,
            "ConnectWise RMM took too long to sign in",
            "try again later",
        ),
        _ => (
            ErrorKind::Vendor,
            "ConnectWise RMM failed to sign in",
            "try again later; if it stays, check the endpoint",
        ),
    };
    answer.silent_error(kind, message).with_hint(hint)
}

/// With the vendor's id of the request, where it is no more than that.
fn with_request_id(error: Error, answer: &Answer<'_>) -> Error {
    match answer.header("x-request-id").and_then(clean_uuid) {
        Some(id) => error.with_request_id(id),
        None => error,
    }
}
