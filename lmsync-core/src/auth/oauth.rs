//! OAuth 2.0, on this crate's own HTTP stack.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, RefreshToken, RequestTokenError, ResourceOwnerPassword, ResourceOwnerUsername,
    Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use url::Url;

use super::credential::unpadded;
use super::sign_in;
use super::token::{AccessToken, TokenSource};
use super::token_answer::TokenAnswer;
use crate::error::{Error, ErrorKind, Result, RetryClass};
use crate::http::{Answer, Call, HttpClient, Idempotency, Meter};
use crate::secret::Secret;

const OPERATION: &str = "sign-in";

/// A client of an OAuth server, and the grant by which it gets its tokens.
///
/// ```
/// use lmsync_core::Secret;
/// use lmsync_core::auth::{ClientAuth, Grant, OAuthConfig};
///
/// let url = url::Url::parse("https://auth.example.com/token").unwrap();
/// let grant = Grant::Password {
///     username: "me@example.com".to_owned(),
///     password: Secret::from("s3cr3t"),
/// };
/// let config = OAuthConfig::new(url, grant, "the-public-client")
///     .scopes(["assets.read"])
///     .client_auth(ClientAuth::None);
/// assert!(!format!("{config:?}").contains("s3cr3t"));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OAuthConfig {
    /// The token address, with any query that the vendor needs, such as a tenant.
    pub token_url: Url,
    /// The way to a token.
    pub grant: Grant,
    /// The client id.
    pub client_id: String,
    /// The client secret, where the client has one.
    pub client_secret: Option<Secret>,
    /// The place of client id and secret in the request.
    pub client_auth: ClientAuth,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
    /// Further parameters that the vendor wants, such as an audience.
    pub parameters: Vec<(String, String)>,
}

/// The way to a token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Grant {
    /// By the client id and secret alone.
    ClientCredentials,
    /// By a user's name and password.
    Password {
        /// The user.
        username: String,
        /// The password.
        password: Secret,
    },
    /// By a refresh token that a person got by signing in. One that the server replaces is
    /// replaced here, too; [`OAuth::on_new_refresh_token`] tells.
    RefreshToken(Secret),
}

/// The place of client id and secret in a request for a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientAuth {
    /// In the form.
    #[default]
    Body,
    /// In a Basic header.
    Basic,
    /// The client id in the form, and no secret: a public client.
    None,
}

crate::words!(ClientAuth {
    Body => "body",
    Basic => "basic",
    None => "none",
});

impl OAuthConfig {
    /// The client `client_id` without a secret and without scopes.
    #[must_use]
    pub fn new(token_url: Url, grant: Grant, client_id: impl Into<String>) -> Self {
        Self {
            token_url,
            grant,
            client_id: client_id.into(),
            client_secret: None,
            client_auth: ClientAuth::default(),
            scopes: Vec::new(),
            parameters: Vec::new(),
        }
    }

    /// Sets the client secret.
    #[must_use]
    pub fn client_secret(mut self, secret: Secret) -> Self {
        self.client_secret = Some(secret);
        self
    }

    /// Sets the place of client id and secret in the request.
    #[must_use]
    pub fn client_auth(mut self, place: ClientAuth) -> Self {
        self.client_auth = place;
        self
    }

    /// Sets the scopes to ask for.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a parameter that the vendor wants.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let of_grant = match &self.grant {
            Grant::ClientCredentials => None,
            Grant::Password { password, .. } => Some(password),
            Grant::RefreshToken(token) => Some(token),
        };
        self.client_secret.iter().chain(of_grant)
    }
}

type ExplainSignIn = Arc<dyn Fn(&Answer<'_>) -> Result<()> + Send + Sync>;
type OnNewRefreshToken = Arc<dyn Fn(&Secret) + Send + Sync>;

/// Signs in by OAuth.
#[derive(Clone)]
pub struct OAuth {
    config: Arc<OAuthConfig>,
    http: HttpClient,
    explain: ExplainSignIn,
    /// The refresh token that the server gave last.
    renewed: Arc<Mutex<Option<Secret>>>,
    on_new_refresh_token: Option<OnNewRefreshToken>,
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl OAuth {
    /// Signs in through `http`, which must have no authorizer of its own.
    #[must_use]
    pub fn new(config: OAuthConfig, http: HttpClient) -> Self {
        Self {
            config: Arc::new(config),
            http,
            explain: Arc::new(sign_in::require_success),
            renewed: Arc::default(),
            on_new_refresh_token: None,
        }
    }

    /// Lets `explain` tell a refusal in the vendor's words, for one that says more than its status;
    /// it is `Ok` for an answer that may hold a token. Its errors should quote nothing, as
    /// [`Answer::silent_error`] does: a token may stand anywhere in the answer.
    #[must_use]
    pub fn explain(
        mut self,
        explain: impl Fn(&Answer<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.explain = Arc::new(explain);
        self
    }

    /// Lets `hear` know of each refresh token that takes the place of an earlier one, so that
    /// it can be stored: the earlier one is no longer good.
    #[must_use]
    pub fn on_new_refresh_token(mut self, hear: impl Fn(&Secret) + Send + Sync + 'static) -> Self {
        self.on_new_refresh_token = Some(Arc::new(hear));
        self
    }

    fn client(&self) -> OAuthClient<EndpointSet> {
        let config = &self.config;
        let client = OAuthClient::new(ClientId::new(config.client_id.clone()))
            .set_token_uri(TokenUrl::from_url(config.token_url.clone()))
            .set_auth_type(match config.client_auth {
                ClientAuth::Basic => AuthType::BasicAuth,
                ClientAuth::Body | ClientAuth::None => AuthType::RequestBody,
            });
        match (&config.client_secret, config.client_auth) {
            (Some(secret), ClientAuth::Body | ClientAuth::Basic) => {
                client.set_client_secret(ClientSecret::new(secret.expose().to_owned()))
            }
            _ => client,
        }
    }

    fn refresh_token(&self, first: &Secret) -> RefreshToken {
        let renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        let token = renewed.as_ref().unwrap_or(first);
        RefreshToken::new(token.expose().to_owned())
    }

    /// Keeps the refresh token of `answer`, if it is another than `used`.
    fn keep(&self, answer: &TokenAnswer, used: &RefreshToken) {
        let Some(new) = answer
            .refresh_token()
            .filter(|new| new.secret() != used.secret())
        else {
            return;
        };
        let new = Secret::from(new.secret().as_str());
        self.http.redactor().learn(&new);
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = Some(new.clone());
        if let Some(hear) = &self.on_new_refresh_token {
            hear(&new);
        }
    }
}

type OAuthClient<TokenUrlState = EndpointNotSet> = oauth2::Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    TokenUrlState,
>;

#[async_trait]
impl TokenSource for OAuth {
    async fn fetch(&self, meter: &Meter) -> Result<AccessToken> {
        let config = &self.config;
        let redactor = self.http.redactor();
        config.secrets().for_each(|secret| redactor.keep(secret));
        let client = self.client();
        let adapter = OAuthTransport {
            http: self.http.clone(),
            meter: meter.clone(),
            explain: Arc::clone(&self.explain),
        };
        let scopes = || config.scopes.iter().cloned().map(Scope::new);
        // Each grant has a request type of its own, and they share no trait.
        macro_rules! ask {
            ($request:expr) => {{
                let request = $request.add_scopes(scopes());
                let parameters = config.parameters.iter();
                let request = parameters.fold(request, |request, (name, value)| {
                    request.add_extra_param(name, value)
                });
                request.request_async(&adapter).await.map_err(explain)?
            }};
        }
        let answer = match &config.grant {
            Grant::ClientCredentials => ask!(client.exchange_client_credentials()),
            Grant::Password { username, password } => {
                let username = ResourceOwnerUsername::new(username.clone());
                let password = ResourceOwnerPassword::new(password.expose().to_owned());
                ask!(client.exchange_password(&username, &password))
            }
            Grant::RefreshToken(first) => {
                let token = self.refresh_token(first);
                redactor.learn(&Secret::from(token.secret().as_str()));
                let answer = ask!(client.exchange_refresh_token(&token));
                self.keep(&answer, &token);
                answer
            }
        };
        let token = AccessToken::from(answer);
        redactor.learn(&token.secret);
        Ok(token)
    }
}

/// `oauth2` parses the answer before it hands it on, so what it could not read
/// may be a token: nothing of it is kept.
fn explain(error: RequestTokenError<Error, oauth2::basic::BasicErrorResponse>) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        // A refusal has been explained by then.
        RequestTokenError::ServerResponse(_)
        | RequestTokenError::Parse(_, _)
        | RequestTokenError::Other(_) => Error::new(
            ErrorKind::Decode,
            "the sign-in answer holds no token that can be read",
        )
        .with_retry(RetryClass::Never)
        .with_operation(OPERATION)
        .with_hint("check the authorisation address"),
    }
}

/// `oauth2`'s HTTP client, over this crate's stack.
struct OAuthTransport {
    http: HttpClient,
    meter: Meter,
    explain: ExplainSignIn,
}

impl OAuthTransport {
    /// Marks the header that `oauth2` made of client id and secret, and masks it in echoes.
    fn hide_basic(&self, request: &mut HttpRequest) {
        let Some(header) = request.headers_mut().get_mut(header::AUTHORIZATION) else {
            return;
        };
        header.set_sensitive(true);
        let text = header.to_str().ok();
        if let Some(pair) = text.and_then(|text| text.strip_prefix("Basic ")) {
            self.http.redactor().learn(&unpadded(pair));
        }
    }
}

impl<'c> AsyncHttpClient<'c> for OAuthTransport {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, mut request: HttpRequest) -> Self::Future {
        self.hide_basic(&mut request);
        let request = request.map(Bytes::from);
        let call = Call::new(OPERATION, request, Idempotency::Idempotent);
        Box::pin(async move {
            let outcome = self
                .http
                .send(&call, &self.meter, |answer| {
                    (self.explain)(answer)?;
                    TokenAnswer::read(answer)?;
                    // Some vendors answer 201, or label their JSON as text; oauth2 would
                    // refuse either.
                    let mut response = HttpResponse::new(answer.body().to_vec());
                    *response.status_mut() = StatusCode::OK;
                    response.headers_mut().insert(
                        header::CONTENT_TYPE,
                        HeaderValue::from_static("application/json"),
                    );
                    Ok(response)
                })
                .await;
            outcome.map_err(sign_in::advise)
        })
    }
}
