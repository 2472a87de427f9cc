//! From a key to Cisco's source.

use lmsync_core::auth::ClientAuth;
use lmsync_core::{Environment, Result};

use super::api::Cisco;
use crate::config::MakerKey;
use crate::maker::Maker;
use crate::token_maker::TokenMaker;

/// Documented: <https://developer.cisco.com/docs/support-apis/>.
const CISCO: TokenMaker = TokenMaker {
    maker: Maker::CISCO,
    origin: "https://apix.cisco.com",
    token_url: "https://id.cisco.com/oauth2/default/v1/token",
    client_auth: ClientAuth::Body,
    // Assumed: one client sends five a second, and another was refused at more.
    requests_per_minute: 120,
    concurrency: 2,
    key_hint: "in the Cisco API Console, register an application with the grant Client Credentials and the \
         Serial Number to Information API, and copy its key and secret; the company needs Smart Net Total \
         Care or is a partner",
};

impl Cisco {
    /// Cisco's source on `environment`. Sends nothing yet.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(key: &MakerKey, environment: &Environment) -> Result<Self> {
        Ok(Self {
            reach: CISCO.connect(key, environment)?,
        })
    }
}
