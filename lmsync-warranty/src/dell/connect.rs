//! From a key to Dell's source.

use lmsync_core::auth::ClientAuth;
use lmsync_core::{Environment, Result};

use super::api::Dell;
use crate::config::MakerKey;
use crate::maker::Maker;
use crate::token_maker::TokenMaker;

/// Documented: only inside TechDirect. Seen: three public clients of version 5.
const DELL: TokenMaker = TokenMaker {
    maker: Maker::DELL,
    origin: "https://apigtwb2c.us.dell.com",
    token_url: "https://apigtwb2c.us.dell.com/auth/oauth/v2/token",
    // Seen: Basic and the form, each alone; both at once is refused.
    client_auth: ClientAuth::Basic,
    // Assumed: nobody outside knows the numbers.
    requests_per_minute: 60,
    concurrency: 2,
    key_hint: "in Dell TechDirect, open APIs, ask for the Warranty API and copy Client ID and Client \
         Secret of the production key; Dell grants it to a company on request",
};

impl Dell {
    /// Dell's source on `environment`. Sends nothing yet.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(key: &MakerKey, environment: &Environment) -> Result<Self> {
        Ok(Self {
            reach: DELL.connect(key, environment)?,
        })
    }
}
