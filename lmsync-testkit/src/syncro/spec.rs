//! How a simulated Syncro account is set up.

use std::fmt;

use crate::fleet::Fleet;

/// What a listing says of its pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Meta {
    /// All four numbers.
    #[default]
    Whole,
    /// All four numbers, as text.
    Text,
    /// `page` and `total_pages` alone.
    PagesOnly,
    /// `total_entries` alone.
    EntriesOnly,
    /// No `meta` at all, as in the vendor's example.
    Absent,
}

/// What a simulated Syncro account is made from.
#[derive(Clone)]
pub struct SyncroSpec {
    /// The machines it manages.
    pub fleet: Fleet,
    /// The key that requests must bear.
    pub api_key: String,
    /// The token of the key's user, which `GET /me` gives away.
    pub user_token: String,
    /// Requests in any rolling minute; `None` for no limit.
    pub requests_per_minute: Option<usize>,
    /// How many records a page holds when nothing is asked for.
    pub page_size: usize,
    /// Up to which size `per_page` is obeyed for assets; `None` when it is ignored.
    pub per_page_up_to: Option<usize>,
    /// What a listing says of its pages.
    pub meta: Meta,
}

impl SyncroSpec {
    /// An account with 180 requests a minute and 50 records a page, which ignores `per_page`.
    #[must_use]
    pub fn new(fleet: Fleet) -> Self {
        Self {
            fleet,
            api_key: "simulated-syncro-key".to_owned(),
            user_token: "simulated-user-token".to_owned(),
            requests_per_minute: Some(180),
            page_size: 50,
            per_page_up_to: None,
            meta: Meta::Whole,
        }
    }
}

impl From<Fleet> for SyncroSpec {
    fn from(fleet: Fleet) -> Self {
        Self::new(fleet)
    }
}

/// Shows everything but the secrets: what tests print must not teach them to look away.
impl fmt::Debug for SyncroSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncroSpec")
            .field("fleet", &self.fleet)
            .field("requests_per_minute", &self.requests_per_minute)
            .field("page_size", &self.page_size)
            .field("per_page_up_to", &self.per_page_up_to)
            .field("meta", &self.meta)
            .finish_non_exhaustive()
    }
}
