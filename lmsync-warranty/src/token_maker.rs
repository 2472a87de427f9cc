//! Makers that give tokens for a key.

use std::sync::Arc;

use lmsync_core::auth::{ClientAuth, Grant, OAuth, OAuthConfig, TokenAuth};
use lmsync_core::http::{Answer, Budget, Endpoint, Redactor};
use lmsync_core::{Environment, Error, ErrorKind, Result};
use url::Url;

use crate::config::MakerKey;
use crate::connect::{INSTANCE, Reach, USED_UP, pasted, says_quota, used_up};
use crate::maker::Maker;

/// A maker that gives tokens for a key.
pub(crate) struct TokenMaker {
    pub(crate) maker: Maker,
    pub(crate) origin: &'static str,
    pub(crate) token_url: &'static str,
    pub(crate) client_auth: ClientAuth,
    pub(crate) requests_per_minute: usize,
    pub(crate) concurrency: usize,
    /// The place to find the key at.
    pub(crate) key_hint: &'static str,
}

impl TokenMaker {
    /// The client that `key` opens.
    pub(crate) fn connect(&self, key: &MakerKey, environment: &Environment) -> Result<Reach> {
        let hinted = |error: Error| error.with_hint(self.key_hint);
        let client_id = pasted("client_id", &key.client_id).map_err(hinted)?;
        let secret = pasted("client_secret", &key.client_secret).map_err(hinted)?;
        let endpoint = Endpoint::parse(key.endpoint.as_deref().unwrap_or(self.origin))?;
        let token_url = self.token_url_of(key, &endpoint)?;
        let environment = environment.for_account(self.maker.as_str(), INSTANCE);
        let budget = Budget::per_minute(self.requests_per_minute, self.concurrency)?;
        let budget = budget.configured(key.requests_per_minute, None)?;
        let counted_as = format!(
            "{} {} {}",
            self.maker,
            endpoint.join("/")?,
            client_id.expose()
        );
        let limiter = environment.limiter(counted_as, budget);
        let redactor = Redactor::default().and(&secret);
        let client = |origin: &Endpoint| {
            let client = environment
                .client(limiter.clone(), origin)
                .redactor(redactor.clone());
            let client = client.hint(ErrorKind::Authentication, self.key_hint);
            client.hint(ErrorKind::Permission, self.key_hint)
        };
        let to_tokens = client(&Endpoint::of(&token_url)?).build();
        let oauth = OAuthConfig::new(token_url, Grant::ClientCredentials, client_id.expose())
            .client_secret(secret)
            .client_auth(self.client_auth);
        let tokens = TokenAuth::new(
            Arc::new(OAuth::new(oauth, to_tokens).explain(require_sign_in)),
            environment.clock.clone(),
        );
        let http = client(&endpoint).authorizer(Arc::new(tokens)).build();
        Ok(Reach { http, endpoint })
    }

    /// The address that gives tokens: the one given, else the documented path on the origin given, else
    /// the maker's.
    fn token_url_of(&self, key: &MakerKey, endpoint: &Endpoint) -> Result<Url> {
        let parse = |text: &str| {
            Url::parse(text).map_err(|error| {
                Error::config(format!("`token_endpoint` is not a URL: {error}"))
                    .with_hint("write the whole address, such as https://host/oauth/token")
            })
        };
        let documented = parse(self.token_url)?;
        match (&key.token_endpoint, &key.endpoint) {
            (Some(url), _) => parse(url.trim()),
            (None, Some(_)) => endpoint.join(documented.path()),
            (None, None) => Ok(documented),
        }
    }
}

/// Refuses every answer to a sign-in but a success, and shows nothing of it: it may hold a token anywhere.
fn require_sign_in(answer: &Answer<'_>) -> Result<()> {
    let Err(error) = answer.require_success() else {
        return Ok(());
    };
    let status = answer.status();
    Err(match status.as_u16() {
        _ if says_quota(answer) => used_up(answer.silent_error(ErrorKind::RateLimited, USED_UP)),
        400 | 401 | 403 | 422 => answer.silent_error(
            ErrorKind::Authentication,
            format!("the maker refused the sign-in ({status})"),
        ),
        404 => answer.silent_error(ErrorKind::Vendor, "nobody signs in at this address"),
        _ => answer.silent_error(
            error.kind(),
            format!("the sign-in was answered with {status}"),
        ),
    })
}
