//! The answer to a sign-in, as vendors really send it.

use std::time::Duration;

use oauth2::basic::BasicTokenType;
use oauth2::{AccessToken as OAuthToken, RefreshToken, Scope, TokenResponse};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::token::AccessToken;
use crate::error::{Error, Result, RetryClass};
use crate::http::Answer;
use crate::json;
use crate::secret::Secret;

/// A token answer; `expires_in` may be text, `token_type` may be missing or null, and a
/// `refresh_token` that is no text is none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TokenAnswer {
    access_token: OAuthToken,
    #[serde(default = "bearer", deserialize_with = "lenient_type")]
    token_type: BasicTokenType,
    #[serde(
        default,
        deserialize_with = "json::lenient_u64",
        skip_serializing_if = "Option::is_none"
    )]
    expires_in: Option<u64>,
    #[serde(
        default,
        deserialize_with = "lenient_refresh_token",
        skip_serializing_if = "Option::is_none"
    )]
    refresh_token: Option<RefreshToken>,
}

fn lenient_refresh_token<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<RefreshToken>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let text = value.as_str().filter(|text| !text.is_empty());
    Ok(text.map(|text| RefreshToken::new(text.to_owned())))
}

/// The type in the answer; one that is null or no text is as absent.
fn lenient_type<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<BasicTokenType, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(BasicTokenType::deserialize(value).unwrap_or_else(|_| bearer()))
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

impl TokenAnswer {
    /// Reads a token; of an answer that cannot be read nothing is shown, for a
    /// part of it may be a part of a token.
    pub(super) fn read(answer: &Answer<'_>) -> Result<Self> {
        serde_json::from_slice(answer.body()).map_err(|error| {
            // What is whole and holds no token will hold none the next time.
            let retry = match error.classify() {
                serde_json::error::Category::Data => RetryClass::Never,
                _ => RetryClass::OnlyIfIdempotent,
            };
            let what = if answer.is_html() {
                "a web page came instead of a token"
            } else {
                "the sign-in answer holds no token that can be read"
            };
            Error::decode(what)
                .with_retry(retry)
                .with_status(answer.status().as_u16())
                .with_hint("check the address that signs in; a proxy may be in between")
        })
    }
}

impl AccessToken {
    /// The token in `answer`, for sign-ins that are not quite OAuth.
    ///
    /// # Errors
    /// `decode` when there is none; nothing of the answer is shown.
    pub fn read(answer: &Answer<'_>) -> Result<Self> {
        TokenAnswer::read(answer).map(Self::from)
    }
}

impl From<TokenAnswer> for AccessToken {
    fn from(answer: TokenAnswer) -> Self {
        Self {
            lifetime: answer.expires_in(),
            secret: Secret::from(answer.access_token.into_secret()),
        }
    }
}

impl TokenResponse for TokenAnswer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &OAuthToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}
