//! What tests change about a simulated account while it runs.

use std::collections::{BTreeMap, BTreeSet};

/// What the user whose token it is may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// See assets; otherwise `forbidden`.
    pub assets: bool,
    /// See clients and sites (or departments and sites); otherwise `forbidden`.
    pub clients: bool,
    /// Change assets; otherwise `forbidden`.
    pub edit: bool,
    /// The only customers visible to a technician, by index in the fleet; `None` for all.
    ///
    /// What lies outside is left out in silence, of counts too.
    pub customers: Option<BTreeSet<usize>>,
}

impl Permissions {
    /// May do everything.
    #[must_use]
    pub fn administrator() -> Self {
        Self {
            assets: true,
            clients: true,
            edit: true,
            customers: None,
        }
    }

    /// May do everything, but sees only `customers`.
    #[must_use]
    pub fn technician(customers: impl IntoIterator<Item = usize>) -> Self {
        Self {
            customers: Some(customers.into_iter().collect()),
            ..Self::administrator()
        }
    }

    pub(super) fn sees(&self, customer: usize) -> bool {
        self.customers
            .as_ref()
            .is_none_or(|visible| visible.contains(&customer))
    }
}

/// What the account does that it should not. Everything is off at first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misbehaviour {
    /// How many rows a page of any listing holds, where that is fewer than asked for.
    /// The rows held back follow on the next page; none is lost. 0 makes an empty page.
    pub short_pages: BTreeMap<usize, usize>,
    /// `hasMore` is null on every page, not only on the last.
    pub has_more_always_null: bool,
    /// `hasMore` is false on the last page, and not null.
    pub last_page_says_false: bool,
    /// A token that cannot be used is answered with 400 and not with 401.
    pub bad_token_is_400: bool,
    /// The listing never ends: `hasMore` is always true, and past the end comes the last page again.
    pub endless_last_page: bool,
    /// JSON scalars come as text that holds JSON.
    pub json_scalars_as_text: bool,
    /// So many requests are refused as too many, whatever the limit.
    pub throttle_next: u32,
    /// So many requests are answered with the generic internal server error.
    pub fail_next: u32,
    /// What becomes of a change.
    pub writes: Writes,
}

/// What becomes of a change to an asset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Writes {
    /// It is made.
    #[default]
    Made,
    /// It is confirmed and not made.
    Ignored,
    /// Dates are stored so many days later.
    DatesShifted(i64),
    /// It is made, and answered with the generic internal server error.
    MadeThenFailed,
}

/// What is wrong with one row of the listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowFault {
    /// The row is null, and an error names its place: a field that must not be null was.
    Null,
    /// The name is an object and the client (in IT: the site) an array.
    WrongTypes,
}
