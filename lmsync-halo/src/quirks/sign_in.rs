//! Signing in: where, with which scopes, and what to try when Halo refuses.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use lmsync_core::auth::{AccessToken, Grant, OAuth, OAuthConfig, TokenSource};
use lmsync_core::http::{HttpClient, Meter};
use lmsync_core::{Error, ErrorKind, Result, Secret};
use serde::{Deserialize, Deserializer, de};
use url::Url;

use crate::answers::{self, EDIT_ASSETS, TokenFor};
use crate::product::HaloProduct;

/// Every right that the application has.
const ALL: &str = "all";
pub(crate) const READ_ASSETS: [&str; 2] = ["read:assets", "read:customers"];
pub(crate) const WRITE_DATES: [&str; 2] = [EDIT_ASSETS, "read:assets"];
pub(crate) const READ_SOFTWARE: [&str; 2] = ["read:software", "read:softwarelicensing"];

/// Which rights to ask for when signing in.
///
/// What an application gets is never more than what is ticked under its
/// *Permissions*, whatever is asked for. A configuration writes `least`, `all` or a list
/// of scopes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scopes {
    /// What is needed at hand: `read:assets read:customers`, with a token of its own
    /// `read:software read:softwarelicensing` when software is listed, and with another
    /// `edit:assets read:assets` when dates are written. Where Halo refuses these as
    /// unknown scopes, `all` is asked for once.
    #[default]
    Least,
    /// Exactly these, for everything. `["all"]` asks for every right of the application.
    These(Vec<String>),
}

impl Scopes {
    /// Every right of the application.
    #[must_use]
    pub fn all() -> Self {
        Self::These(vec![ALL.to_owned()])
    }

    /// The scopes to ask for, in order, where `least` are needed.
    pub(crate) fn or_least(&self, least: [&str; 2]) -> Vec<Vec<String>> {
        match self {
            Self::Least => vec![least.map(ToOwned::to_owned).to_vec(), vec![ALL.to_owned()]],
            Self::These(scopes) => vec![scopes.clone()],
        }
    }
}

/// The form of a configuration.
#[cfg_attr(
    feature = "schema",
    derive(lmsync_core::schemars::JsonSchema),
    schemars(crate = "lmsync_core::schemars")
)]
#[derive(Deserialize)]
#[serde(untagged, expecting = "`least`, `all` or a list of scopes")]
pub(crate) enum Written {
    Word(#[cfg_attr(feature = "schema", schemars(pattern("^(least|all)$")))] String),
    List(#[cfg_attr(feature = "schema", schemars(length(min = 1)))] Vec<String>),
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let refuse = |why: &str| Err(de::Error::custom(why));
        match Written::deserialize(deserializer)? {
            Written::Word(word) if word == "least" => Ok(Self::Least),
            Written::Word(word) if word == ALL => Ok(Self::all()),
            Written::Word(_) => refuse("it is neither `least` nor `all` nor a list of scopes"),
            Written::List(scopes) if scopes.is_empty() => refuse("there is no scope in the list"),
            Written::List(scopes) if !scopes.iter().all(|scope| is_one_scope(scope)) => {
                refuse("each entry of the list is one scope, without blanks")
            }
            Written::List(scopes) => Ok(Self::These(scopes)),
        }
    }
}

/// Documented: <https://www.rfc-editor.org/rfc/rfc6749#section-3.3>: blanks separate scopes.
fn is_one_scope(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// What signs in.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    pub(crate) product: HaloProduct,
    /// The addresses to try, tenant included.
    pub(crate) addresses: Vec<Url>,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
}

/// Signs in, and remembers the way that worked.
#[derive(Debug)]
pub(crate) struct SignIn {
    application: Application,
    token_for: TokenFor,
    scopes: Vec<Vec<String>>,
    http: HttpClient,
    way: Mutex<SignInAttempt>,
}

/// The address and the scopes to ask with, by their places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct SignInAttempt {
    address: usize,
    scopes: usize,
}

impl SignIn {
    /// Signs in through `http`; `scopes` are asked for in turn while Halo refuses them.
    pub(crate) fn new(
        application: Application,
        token_for: TokenFor,
        scopes: Vec<Vec<String>>,
        http: HttpClient,
    ) -> Self {
        Self {
            application,
            token_for,
            scopes,
            http,
            way: Mutex::default(),
        }
    }

    fn way(&self) -> SignInAttempt {
        *self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, way: SignInAttempt) {
        *self.way.lock().unwrap_or_else(PoisonError::into_inner) = way;
    }

    async fn ask(&self, way: SignInAttempt, meter: &Meter) -> Result<AccessToken> {
        let application = &self.application;
        let address = application.addresses[way.address].clone();
        let client_id = application.client_id.as_str();
        let config = OAuthConfig::new(address, Grant::ClientCredentials, client_id)
            .client_secret(application.client_secret.clone())
            .scopes(&self.scopes[way.scopes]);
        let is_last = way.address + 1 == application.addresses.len();
        let (product, token_for) = (application.product, self.token_for);
        OAuth::new(config, self.http.clone())
            .explain(move |answer| answers::require_token(answer, product, token_for, is_last))
            .fetch(meter)
            .await
    }

    /// What to try after `error`, if anything.
    fn next(&self, way: SignInAttempt, error: &Error) -> Option<SignInAttempt> {
        if is_no_sign_in(error) && way.address + 1 < self.application.addresses.len() {
            return Some(SignInAttempt {
                address: way.address + 1,
                ..way
            });
        }
        (error.kind() == ErrorKind::Permission && way.scopes + 1 < self.scopes.len()).then_some(
            SignInAttempt {
                scopes: way.scopes + 1,
                ..way
            },
        )
    }
}

/// Whether there is something else than a sign-in at the address.
fn is_no_sign_in(error: &Error) -> bool {
    error.kind() == ErrorKind::Decode || matches!(error.status(), Some(404 | 405))
}

#[async_trait]
impl TokenSource for SignIn {
    async fn fetch(&self, meter: &Meter) -> Result<AccessToken> {
        let mut way = self.way();
        loop {
            match self.ask(way, meter).await {
                Ok(token) => {
                    self.remember(way);
                    return Ok(token);
                }
                Err(error) => match self.next(way, &error) {
                    Some(next) => way = next,
                    None => return Err(error),
                },
            }
        }
    }
}
