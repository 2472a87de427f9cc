//! Signing in where it is no OAuth: a form, an exchange of one token for another.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::token::{AccessToken, TokenSource};
use crate::error::{Error, ErrorKind, Result, RetryClass};
use crate::http::{Answer, Call, HttpClient, Idempotency, Meter, Redactor};
use crate::secret::Secret;

const OPERATION: &str = "sign-in";

type Steps = dyn Fn(SignInClient) -> BoxFuture<'static, Result<AccessToken>> + Send + Sync;

/// Signs in by steps of the connector's own.
///
/// ```
/// use lmsync_core::auth::SignIn;
/// use lmsync_core::http::HttpClient;
///
/// /// Exchanges an API key for a token that lives as long as the answer says.
/// fn sign_in(http: HttpClient, login: url::Url, key: lmsync_core::Secret) -> SignIn {
///     SignIn::new(http, move |client| {
///         let (login, key) = (login.clone(), key.clone());
///         async move {
///             let form = [("key", key.expose())];
///             let answer = client.post_form(&login, &form).await?;
///             answer.token_at("/data/jwt", "/data/expires_in")
///         }
///     })
/// }
/// ```
#[derive(Clone)]
pub struct SignIn {
    http: HttpClient,
    steps: Arc<Steps>,
}

impl SignIn {
    /// Signs in by `steps` through `http`, which must have no authorizer of its own.
    #[must_use]
    pub fn new<F, S>(http: HttpClient, steps: S) -> Self
    where
        F: Future<Output = Result<AccessToken>> + Send + 'static,
        S: Fn(SignInClient) -> F + Send + Sync + 'static,
    {
        Self {
            http,
            steps: Arc::new(move |client| Box::pin(steps(client))),
        }
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

#[async_trait]
impl TokenSource for SignIn {
    async fn fetch(&self, meter: &Meter) -> Result<AccessToken> {
        let client = SignInClient {
            http: self.http.clone(),
            meter: meter.clone(),
        };
        let token = (self.steps)(client).await?;
        self.http.redactor().learn(&token.secret);
        Ok(token)
    }
}

/// Sends the requests of a sign-in; of their answers nothing is ever shown.
#[derive(Debug, Clone)]
pub struct SignInClient {
    http: HttpClient,
    meter: Meter,
}

impl SignInClient {
    /// The answer to a POST of `fields` as a form.
    ///
    /// # Errors
    /// `authentication` when the vendor refuses, and what any request can end in.
    pub async fn post_form(&self, url: &Url, fields: &[(&str, &str)]) -> Result<SignInAnswer> {
        let call = Call::post_form(OPERATION, url, fields, Idempotency::Idempotent)?;
        self.send(call).await
    }

    /// The answer to a POST of `body` as JSON.
    ///
    /// # Errors
    /// `authentication` when the vendor refuses, and what any request can end in.
    pub async fn post_json(
        &self,
        url: &Url,
        body: &(impl Serialize + Sync + ?Sized),
    ) -> Result<SignInAnswer> {
        self.send(Call::post_json(
            OPERATION,
            url,
            body,
            Idempotency::Idempotent,
        )?)
        .await
    }

    /// The answer to a GET.
    ///
    /// # Errors
    /// `authentication` when the vendor refuses, and what any request can end in.
    pub async fn get(&self, url: &Url) -> Result<SignInAnswer> {
        self.send(Call::get(OPERATION, url)?).await
    }

    async fn send(&self, call: Call) -> Result<SignInAnswer> {
        let redactor = self.http.redactor();
        let read = |answer: &Answer<'_>| SignInAnswer::read(answer, redactor);
        let outcome = self.http.send(&call, &self.meter, read).await;
        outcome.map_err(advise)
    }
}

/// The answer to one request of a sign-in. It holds secrets, so nothing of it can be shown;
/// what is taken out of it is masked from then on in all that the vendor sends back.
pub struct SignInAnswer {
    redactor: Redactor,
    headers: HeaderMap,
    body: Value,
}

impl fmt::Debug for SignInAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInAnswer").finish_non_exhaustive()
    }
}

impl SignInAnswer {
    fn read(answer: &Answer<'_>, redactor: &Redactor) -> Result<Self> {
        require_success(answer)?;
        if answer.is_html() {
            return Err(Error::decode("a web page came instead of a token")
                .with_status(answer.status().as_u16())
                .with_retry(RetryClass::OnlyIfIdempotent)
                .with_hint("check the address that signs in; a proxy may be in between"));
        }
        Ok(Self {
            redactor: redactor.clone(),
            headers: answer.headers().clone(),
            body: body(answer)?,
        })
    }

    /// The text or number at `pointer`, such as `/data/token` (RFC 6901).
    #[must_use]
    pub fn secret_at(&self, pointer: &str) -> Option<Secret> {
        let secret = self.value_at(pointer)?;
        self.redactor.learn(&secret);
        Some(secret)
    }

    fn value_at(&self, pointer: &str) -> Option<Secret> {
        match self.body.pointer(pointer)? {
            Value::String(text) if !text.is_empty() => Some(Secret::from(text.as_str())),
            Value::Number(number) => Some(Secret::from(number.to_string())),
            _ => None,
        }
    }

    /// The value of the header `name`.
    #[must_use]
    pub fn secret_header(&self, name: &str) -> Option<Secret> {
        let secret = Secret::from(self.headers.get(name)?.to_str().ok()?);
        self.redactor.learn(&secret);
        Some(secret)
    }

    /// The token at `token`, which lives for so many seconds as stand at `seconds`; where none
    /// do, it is used until it is refused.
    ///
    /// # Errors
    /// `decode` when there is no token; nothing of the answer is shown.
    pub fn token_at(&self, token: &str, seconds: &str) -> Result<AccessToken> {
        let Some(secret) = self.secret_at(token) else {
            return Err(
                Error::decode(format!("the sign-in answer holds no token at {token}"))
                    .with_retry(RetryClass::Never)
                    .with_operation(OPERATION)
                    .with_hint("check the address that signs in"),
            );
        };
        // A lifetime is no secret: masked, it would blank out that number everywhere.
        let seconds = self
            .value_at(seconds)
            .and_then(|text| text.expose().parse().ok());
        Ok(AccessToken {
            secret,
            lifetime: seconds.map(Duration::from_secs),
        })
    }
}

/// The body as JSON; null where there is none, as a form may be answered with headers alone.
fn body(answer: &Answer<'_>) -> Result<Value> {
    let unreadable = || {
        Error::decode("the sign-in answer cannot be read, or is cut off")
            .with_status(answer.status().as_u16())
            .with_hint("try again later")
    };
    match serde_json::from_slice(answer.body()) {
        Ok(value) => Ok(value),
        Err(_) if answer.begins_as_json() => Err(unreadable()),
        Err(_) => Ok(Value::Null),
    }
}

/// What the status of a sign-in's answer says, without a word of the vendor's: it may hold
/// a token anywhere.
pub(super) fn require_success(answer: &Answer<'_>) -> Result<()> {
    let Err(error) = answer.require_success() else {
        return Ok(());
    };
    let status = answer.status();
    let kind = match status.as_u16() {
        400 | 401 | 403 | 422 => ErrorKind::Authentication,
        _ => error.kind(),
    };
    let message = match kind {
        ErrorKind::Authentication => format!("the vendor refused the sign-in ({status})"),
        // It names the host and no more.
        _ if status.is_redirection() => error.message().to_owned(),
        _ => format!("the sign-in was answered with {status}"),
    };
    Err(answer.silent_error(kind, message))
}

/// `error` with what the user does about a sign-in that failed, unless it says so.
pub(super) fn advise(error: Error) -> Error {
    match error.hint() {
        Some(_) => error,
        None if error.kind() == ErrorKind::RateLimited => error.with_hint("try again later"),
        None => error.with_hint("check the credentials, and the address that signs in"),
    }
}
