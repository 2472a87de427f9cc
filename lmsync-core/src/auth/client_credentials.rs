//! The OAuth 2.0 client-credentials flow, on this crate's own HTTP stack.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointNotSet, HttpRequest, HttpResponse,
    RequestTokenError, Scope, StandardRevocableToken, TokenUrl,
};
use url::Url;

use super::token::{AccessToken, TokenSource};
use super::token_answer::TokenAnswer;
use crate::error::{Error, ErrorKind, Result, RetryClass};
use crate::http::{Answer, Call, HttpClient, Idempotency, Meter};
use crate::secret::Secret;

const OPERATION: &str = "sign-in";

/// What signs in: a client id and secret at a token address.
#[derive(Debug, Clone)]
pub struct ClientCredentialsConfig {
    /// The token address, with any query the vendor needs (Halo's `tenant`).
    pub token_url: Url,
    /// The client id.
    pub client_id: String,
    /// The client secret; travels in the body.
    pub client_secret: Secret,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
}

/// Turns the vendor's token answer into an error, or `Ok` when it holds a token.
pub type ClassifySignIn = fn(&Answer<'_>) -> Result<()>;

/// Signs in with a client id and secret.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    config: Arc<ClientCredentialsConfig>,
    http: HttpClient,
    classify: ClassifySignIn,
}

impl ClientCredentials {
    /// Signs in through `http`, which must have no authorizer of its own;
    /// `classify` explains refusals in the vendor's words.
    #[must_use]
    pub fn new(
        config: ClientCredentialsConfig,
        http: HttpClient,
        classify: ClassifySignIn,
    ) -> Self {
        Self {
            config: Arc::new(config),
            http,
            classify,
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
impl TokenSource for ClientCredentials {
    async fn fetch(&self, meter: &Meter) -> Result<AccessToken> {
        let config = &self.config;
        let client = OAuthClient::new(ClientId::new(config.client_id.clone()))
            .set_client_secret(ClientSecret::new(config.client_secret.expose().to_owned()))
            .set_token_uri(TokenUrl::from_url(config.token_url.clone()))
            .set_auth_type(AuthType::RequestBody);
        let adapter = OAuthTransport {
            http: self.http.clone(),
            meter: meter.clone(),
            classify: self.classify,
        };
        let token = client
            .exchange_client_credentials()
            .add_scopes(config.scopes.iter().cloned().map(Scope::new))
            .request_async(&adapter)
            .await
            .map_err(explain)?;
        Ok(token.into())
    }
}

/// `oauth2` parses the answer before it hands it on, so what it could not read
/// may be a token: nothing of it is kept.
fn explain(error: RequestTokenError<Error, oauth2::basic::BasicErrorResponse>) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(response) => Error::new(
            ErrorKind::Authentication,
            "the vendor refused the client id and secret",
        )
        .with_vendor_code(response.error().to_string())
        .with_operation(OPERATION),
        RequestTokenError::Parse(_, _) | RequestTokenError::Other(_) => Error::new(
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
    classify: ClassifySignIn,
}

impl<'c> AsyncHttpClient<'c> for OAuthTransport {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let call = Call {
            operation: OPERATION,
            request: request.map(Bytes::from),
            idempotency: Idempotency::Idempotent,
        };
        Box::pin(async move {
            self.http
                .send(&call, &self.meter, |answer| {
                    (self.classify)(answer)?;
                    TokenAnswer::read(answer)?;
                    let mut response = HttpResponse::new(answer.body().to_vec());
                    *response.status_mut() = answer.status();
                    // Some vendors label their JSON as text; oauth2 would refuse it.
                    response.headers_mut().insert(
                        http::header::CONTENT_TYPE,
                        http::HeaderValue::from_static("application/json"),
                    );
                    Ok(response)
                })
                .await
        })
    }
}
