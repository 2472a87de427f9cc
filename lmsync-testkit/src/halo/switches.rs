//! What tests change about a simulated account while it runs.

use std::collections::BTreeMap;

use crate::conformance::Treatment;

/// What the role of the application's agent allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// Read assets and their types; otherwise 403.
    pub assets: bool,
    /// Change assets, which needs `edit:assets` of the application too; otherwise 403.
    pub edit_assets: bool,
    /// Read customers; otherwise 403.
    pub customers: bool,
    /// Read sites; otherwise 403.
    pub sites: bool,
    /// Read software licences; otherwise 403.
    pub software: bool,
    /// Use any asset type; otherwise assets are not there, without a word.
    pub asset_types: bool,
}

impl Default for Permissions {
    /// Everything.
    fn default() -> Self {
        Self {
            assets: true,
            edit_assets: true,
            customers: true,
            sites: true,
            software: true,
            asset_types: true,
        }
    }
}

/// What the account does that it should not. Everything is off at first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misbehaviour {
    /// So many requests are refused as too many, whatever the limit.
    pub throttle_next: usize,
    /// Every asset of a list carries an icon of so many characters, asked for or not.
    pub icon_characters: usize,
    /// `fields` is null in lists.
    pub fields_as_null: bool,
    /// `page_size` repeats what was asked for instead of what was granted.
    pub echoes_asked_size: bool,
    /// `record_count` says this on the page of that number.
    pub record_counts: BTreeMap<usize, usize>,
    /// Every list comes with this `_warning`.
    pub warning: Option<String>,
    /// Every list is empty, and the count is zero.
    pub empty_lists: bool,
    /// The filter by asset types has no effect.
    pub ignores_type_filter: bool,
    /// The type of servers is not among the asset types, though its assets are listed.
    pub hides_server_type: bool,
    /// No site is listed, though they are counted.
    pub empty_sites: bool,
    /// This customer, counted from 0, has no site.
    pub customer_without_sites: Option<usize>,
    /// Asset types cannot be listed.
    pub no_asset_types: bool,
    /// An asset read alone does not hold its software.
    pub software_apart: bool,
    /// Every second asset carries Intune's last sync.
    pub intune: bool,
    /// What becomes of dates that are written.
    pub dates: Treatment,
    /// A change leaves the asset as it is and makes a new one.
    pub copies_changed: bool,
}

/// What is wrong with one row of the listing of assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowFault {
    /// The row is null.
    Null,
    /// Single values are objects and lists.
    WrongTypes,
    /// The id is -1.
    NoId,
}
