//! From a key to Lenovo's source.

use http::HeaderName;
use lmsync_core::auth::Credential;
use lmsync_core::http::{Budget, Endpoint, Redactor};
use lmsync_core::{Environment, ErrorKind, Result};

use super::api::Lenovo;
use crate::config::LenovoKey;
use crate::connect::{INSTANCE, Reach, pasted};
use crate::maker::Maker;

/// Documented: <https://supportapi.lenovo.com/documentation/Warranty.html>.
const ORIGIN: &str = "https://supportapi.lenovo.com";
/// Assumed: nobody outside knows the number.
const REQUESTS_PER_MINUTE: usize = 60;
const CONCURRENCY: usize = 2;
/// The header that is the whole key. Documented: as above.
const KEY_HEADER: HeaderName = HeaderName::from_static("clientid");
const KEY_HINT: &str = "ask your Lenovo account representative or the partner programme for a ClientID of the \
     Support API with the role for warranties, and copy it whole";

impl Lenovo {
    /// Lenovo's source on `environment`. Sends nothing yet.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(key: &LenovoKey, environment: &Environment) -> Result<Self> {
        let client_id =
            pasted("client_id", &key.client_id).map_err(|error| error.with_hint(KEY_HINT))?;
        let endpoint = Endpoint::parse(key.endpoint.as_deref().unwrap_or(ORIGIN))?;
        let environment = environment.for_account(Maker::LENOVO.as_str(), INSTANCE);
        let budget = Budget::per_minute(REQUESTS_PER_MINUTE, CONCURRENCY)?;
        let budget = budget.configured(key.requests_per_minute, None)?;
        let counted_as = format!(
            "{} {} {}",
            Maker::LENOVO,
            endpoint.join("/")?,
            client_id.expose()
        );
        let http = environment
            .client(environment.limiter(counted_as, budget), &endpoint)
            .credential(Credential::header(KEY_HEADER, client_id.clone())?)
            .redactor(Redactor::default().and(&client_id))
            .hint(ErrorKind::Authentication, KEY_HINT)
            .hint(ErrorKind::Permission, KEY_HINT)
            .build();
        Ok(Self {
            reach: Reach { http, endpoint },
        })
    }
}
