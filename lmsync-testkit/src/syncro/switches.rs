//! What tests change about a simulated account while it runs.

/// What the key may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// "Assets - List/Search".
    pub list_assets: bool,
    /// "Assets - View Details".
    pub view_assets: bool,
    /// "Assets - Edit", of the key.
    pub edit_assets: bool,
    /// Whether the key's user may change assets, which `GET /me` tells; a key may do no more.
    pub user_edits: bool,
    /// "Customers - List/Search".
    pub list_customers: bool,
    /// The only customer that a single-customer user sees, by index in the fleet.
    ///
    /// What lies outside is left out in silence, of counts too.
    pub only_customer: Option<usize>,
}

impl Permissions {
    /// May read everything and change assets.
    #[must_use]
    pub fn master_user() -> Self {
        Self {
            list_assets: true,
            view_assets: true,
            edit_assets: true,
            user_edits: true,
            list_customers: true,
            only_customer: None,
        }
    }

    /// The vendor's prebuilt token for inventories: reads assets and does nothing else,
    /// whatever its user may do.
    #[must_use]
    pub fn prebuilt_token() -> Self {
        Self {
            edit_assets: false,
            list_customers: false,
            ..Self::master_user()
        }
    }

    pub(super) fn edits(&self) -> bool {
        self.edit_assets && self.user_edits
    }

    pub(super) fn sees(&self, customer: usize) -> bool {
        self.only_customer.is_none_or(|only| only == customer)
    }
}

/// What the account does that it should not. Everything is off at first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misbehaviour {
    /// So many requests are refused as too many, whatever the limit.
    pub throttle_next: u32,
    /// So many requests are answered by a gateway that gave up waiting.
    pub time_out_next: u32,
    /// The gateway gives up on pages of more assets than this.
    pub heavy_above: Option<usize>,
    /// A missing permission is answered with 401 and no reason.
    pub refuses_without_reason: bool,
    /// `GET /me` says nothing of permissions.
    pub hides_permissions: bool,
    /// A change of properties replaces them as a whole: what is not sent again is gone.
    pub replaces_properties: bool,
    /// A change loses properties that the asset does not have yet, as if its type
    /// defined no others.
    pub keeps_defined_properties_only: bool,
    /// Past the end comes the last page again.
    pub endless_last_page: bool,
    /// Every request is redirected there: the subdomain is somebody else's, or nobody's.
    pub redirect_to: Option<String>,
}
