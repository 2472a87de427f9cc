//! From a key to HP's source.

use std::sync::Arc;

use lmsync_core::auth::ClientAuth;
use lmsync_core::{Environment, Result};

use super::api::Hp;
use crate::cache::WarrantyCache;
use crate::config::MakerKey;
use crate::maker::Maker;
use crate::token_maker::TokenMaker;

/// Seen: several public clients of version 2.
const HP: TokenMaker = TokenMaker {
    maker: Maker::HP,
    origin: "https://warranty.api.hp.com",
    token_url: "https://warranty.api.hp.com/oauth/v1/token",
    client_auth: ClientAuth::Basic,
    // Assumed: the older host counted a hundred a day, and a job takes few.
    requests_per_minute: 20,
    concurrency: 1,
    key_hint: "ask your HP account manager or the partner programme for access to the product warranty API in \
         HP's developer portal, and copy the app's key and secret; they last 90 days and are renewed by link",
};

impl Hp {
    /// HP's source on `environment`. Sends nothing yet. Jobs that HP works on are kept in `cache`.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(
        key: &MakerKey,
        environment: &Environment,
        cache: Arc<dyn WarrantyCache>,
    ) -> Result<Self> {
        Ok(Self {
            reach: HP.connect(key, environment)?,
            clock: environment.clock.clone(),
            cache,
        })
    }
}
