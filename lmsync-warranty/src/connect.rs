//! From a key to a client: what people paste is checked, the parts are put together.

use std::sync::Arc;

use http::StatusCode;
use lmsync_core::auth::{ClientAuth, Grant, OAuth, OAuthConfig, TokenAuth};
use lmsync_core::http::{Answer, Budget, Endpoint, HttpClient, Redactor};
use lmsync_core::{Environment, Error, ErrorKind, Result, RetryClass, Secret, SecretSource, input};
use url::Url;

use crate::config::MakerKey;
use crate::maker::Maker;

/// The instance that requests of a lookup bear in spans and metrics: a maker has one key.
pub(crate) const INSTANCE: &str = "warranty";
/// Words by which a maker says that a budget is used up, whatever the status.
///
/// Seen: Cisco's gateway answers 403 with the first; HP's is of a kind that says the second two. Assumed: the
/// others, which gateways say.
const QUOTA_WORDS: [&str; 8] = [
    "over_qps",
    "over_rate",
    "over qps",
    "quotaviolation",
    "spikearrest",
    "quota exceeded",
    "rate limit",
    "too many requests",
];
/// The bytes of an answer that are looked at for them.
const LOOKED_AT: usize = 1024;

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

/// A client, and the origin that it sends to.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) http: HttpClient,
    pub(crate) endpoint: Endpoint,
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

/// The bare text of a key, as people paste it.
pub(crate) fn pasted(name: &str, source: &SecretSource) -> Result<Secret> {
    input::token(name, &source.resolve()?)
}

/// Refuses every answer but a success.
///
/// # Errors
/// The error that the status stands for; `rate_limited` where the answer says that a budget is used up, and `vendor`
/// for a page of 404, which is about the address and not about a machine.
pub(crate) fn require_success(answer: &Answer<'_>) -> Result<()> {
    let Err(error) = answer.require_success() else {
        return Ok(());
    };
    if says_quota(answer) {
        return Err(used_up(answer.error(ErrorKind::RateLimited, USED_UP)));
    }
    match answer.status() {
        StatusCode::NOT_FOUND if answer.is_html() => Err(answer
            .error(ErrorKind::Vendor, "there is no such API at this address")
            .with_hint("check `endpoint`")),
        _ => Err(error),
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

const USED_UP: &str = "the maker says that its budget of requests is used up";

fn used_up(error: Error) -> Error {
    error
        .with_retry(RetryClass::Safe)
        .with_hint("lower `requests_per_minute`, or look up again later")
}

fn says_quota(answer: &Answer<'_>) -> bool {
    let body = &answer.body()[..answer.body().len().min(LOOKED_AT)];
    let body = String::from_utf8_lossy(body);
    let headers = ["x-mashery-error-code", "x-error-detail-header"];
    let told = headers.into_iter().filter_map(|name| answer.header(name));
    let text = told
        .chain([&*body])
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    QUOTA_WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;

    use super::*;

    fn failure(status: u16, header: &str, body: &'static str) -> Error {
        let response = http::Response::builder()
            .status(status)
            .header("x-mashery-error-code", header)
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap();
        let answer = Answer::new(&response, Redactor::default(), DateTime::UNIX_EPOCH);
        require_success(&answer).expect_err(body)
    }

    #[test]
    fn a_budget_that_is_used_up_is_told_from_a_key_that_may_not() {
        for (status, header, body) in [
            (
                403,
                "ERR_403_DEVELOPER_OVER_QPS",
                "<h1>Developer Over Qps</h1>",
            ),
            (403, "", "<h1>Developer Over Qps</h1>"),
            (403, "ERR_403_DEVELOPER_OVER_RATE", ""),
            (403, "", r#"{"message":"Rate limit reached for this key"}"#),
            (429, "", "429 Ratelimit Exceeded"),
            (
                500,
                "",
                r#"{"fault":{"detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}"#,
            ),
        ] {
            let error = failure(status, header, body);
            assert_eq!(error.kind(), ErrorKind::RateLimited, "{status} {body}");
            assert_eq!(error.retry(), RetryClass::Safe);
        }
        let other = failure(
            403,
            "",
            r#"{"ErrorResponse":{"APIError":[{"ErrorCode":"API_NOTAUTHORIZED"}]}}"#,
        );
        assert_eq!(other.kind(), ErrorKind::Permission);
        assert_eq!(failure(401, "", "").kind(), ErrorKind::Authentication);
    }
}
