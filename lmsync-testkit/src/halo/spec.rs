//! How a simulated Halo account is set up.

use std::collections::BTreeSet;
use std::fmt;

use crate::fleet::Fleet;

/// Where asset fields come along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldsIn {
    /// In every list that asks for them.
    Lists,
    /// Only in a list of one asset type, as the vendor's reference says.
    ListsOfOneType,
    /// Only with an asset read alone.
    Nothing,
}

/// What a simulated account holds, and how it behaves.
#[derive(Clone)]
pub struct HaloSpec {
    /// The machines behind the assets.
    pub fleet: Fleet,
    /// The tenant that a sign-in may name.
    pub tenant: String,
    /// The application's Client ID.
    pub client_id: String,
    /// The application's Client Secret.
    pub client_secret: String,
    /// What each token begins with; a number follows.
    pub token: String,
    /// What is ticked under the application's Permissions.
    pub scopes: BTreeSet<String>,
    /// Whether a sign-in that asks for a scope which is not ticked is refused.
    pub strict_scopes: bool,
    /// Where the sign-in is.
    pub token_path: String,
    /// How long a token is good for, in seconds.
    pub token_lifetime: i64,
    /// Whether `expires_in` comes as text.
    pub expires_in_as_text: bool,
    /// Requests allowed in any five minutes; `None` for no limit.
    pub requests_per_five_minutes: Option<usize>,
    /// The most rows on a page, whatever is asked for.
    pub page_cap: usize,
    /// Where asset fields come along.
    pub fields_in: FieldsIn,
    /// How many further assets are of a type "Software", before all others; fewer than 500.
    pub software_assets: usize,
    /// How many further assets are of a business service, after those; fewer than 500.
    pub service_assets: usize,
    /// `true` where ids come as text or as `12.0` now and then, in place of the numbers that they are.
    pub odd_numbers: bool,
}

impl HaloSpec {
    /// An account with `fleet`, as Halo hosts it: fifty rows a page, three hundred
    /// requests in five minutes, asset fields in lists.
    #[must_use]
    pub fn new(fleet: Fleet) -> Self {
        let scopes = [
            "read:assets",
            "edit:assets",
            "read:customers",
            "read:software",
            "read:softwarelicensing",
        ];
        Self {
            fleet,
            tenant: "acmemsp".to_owned(),
            client_id: "simulated-halo-client".to_owned(),
            client_secret: "simulated-halo-secret".to_owned(),
            token: "simulated-halo-token-".to_owned(),
            scopes: scopes.map(ToOwned::to_owned).into(),
            strict_scopes: true,
            token_path: "/auth/token".to_owned(),
            token_lifetime: 3_600,
            expires_in_as_text: false,
            requests_per_five_minutes: Some(300),
            page_cap: 50,
            fields_in: FieldsIn::Lists,
            software_assets: 2,
            service_assets: 1,
            odd_numbers: false,
        }
    }
}

impl From<Fleet> for HaloSpec {
    fn from(fleet: Fleet) -> Self {
        Self::new(fleet)
    }
}

/// Shows everything but what opens the account.
impl fmt::Debug for HaloSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HaloSpec")
            .field("fleet", &self.fleet)
            .field("tenant", &self.tenant)
            .field("scopes", &self.scopes)
            .field("page_cap", &self.page_cap)
            .field("fields_in", &self.fields_in)
            .finish_non_exhaustive()
    }
}
