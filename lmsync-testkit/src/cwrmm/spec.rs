//! How a simulated ConnectWise RMM account is set up.

use std::fmt;

use crate::fleet::Fleet;

/// With which verb an account takes the list of devices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ListVerb {
    /// POST, as the vendor's specification has it; GET is refused with 405.
    #[default]
    Post,
    /// GET with the same body, as at least one tenant has it; POST is answered with this status.
    Get {
        /// 404 or 405.
        refusal: u16,
    },
}

/// What a simulated ConnectWise RMM account is made from.
#[derive(Clone)]
pub struct CwRmmSpec {
    /// The machines it manages.
    pub fleet: Fleet,
    /// The Client ID of its API key.
    pub client_id: String,
    /// The Client Secret of its API key.
    pub client_secret: String,
    /// What the access tokens begin with; a number follows.
    pub token_prefix: String,
    /// Requests in any five minutes; `None` for no limit.
    pub requests_in_five_minutes: Option<usize>,
    /// So many tokens may be valid at once; one more locks the key.
    pub tokens_at_once: usize,
    /// The most devices a page holds, whatever is asked for.
    pub page_cap: usize,
    /// The most companies or sites a page holds, whatever is asked for.
    pub company_page_cap: usize,
    /// With which verb devices are listed.
    pub list_verb: ListVerb,
    /// Whether the partner has filled the custom fields that it has for the dates.
    pub custom_fields: bool,
}

impl CwRmmSpec {
    /// An account in North America with the documented limits.
    #[must_use]
    pub fn new(fleet: Fleet) -> Self {
        Self {
            fleet,
            client_id: "0e30a1b2-3c4d-4e5f-8a9b-simulated".to_owned(),
            client_secret: "simulated-cwrmm-client-secret".to_owned(),
            token_prefix: "simulated-cwrmm-token".to_owned(),
            requests_in_five_minutes: Some(500),
            tokens_at_once: 5,
            page_cap: 500,
            company_page_cap: 500,
            list_verb: ListVerb::Post,
            custom_fields: false,
        }
    }
}

impl From<Fleet> for CwRmmSpec {
    fn from(fleet: Fleet) -> Self {
        Self::new(fleet)
    }
}

/// Shows everything but what opens the account: what tests print must not teach them to look away.
impl fmt::Debug for CwRmmSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CwRmmSpec")
            .field("fleet", &self.fleet)
            .field("client_id", &self.client_id)
            .field("requests_in_five_minutes", &self.requests_in_five_minutes)
            .field("tokens_at_once", &self.tokens_at_once)
            .field("page_cap", &self.page_cap)
            .field("company_page_cap", &self.company_page_cap)
            .field("list_verb", &self.list_verb)
            .field("custom_fields", &self.custom_fields)
            .finish_non_exhaustive()
    }
}
