//! The figures of a page, computed from the fleet alone.
//!
//! Every figure counts records of assets, unless it says that it counts machines: a machine that three tools know has three records.

mod accounts;
mod age;
mod customers;
mod records;
mod scope;
mod support;
mod tools;
mod unseen;
mod warranty;

use chrono::NaiveDate;

use super::fleet::Fleet;

pub(crate) use self::accounts::{AccountFigures, Accounts, Completeness};
pub(crate) use self::age::{Age, OLD};
pub(crate) use self::customers::{CustomerFigures, Customers};
pub(crate) use self::records::Records;
pub(crate) use self::scope::{DAYS, Scope};
pub(crate) use self::support::{Standing, Support};
pub(crate) use self::tools::Tools;
pub(crate) use self::unseen::Unseen;
pub(crate) use self::warranty::{Covers, Warranty};

/// The figures of a page. Lists are places of entries in the fleet.
#[derive(Debug)]
pub(crate) struct Figures {
    /// The number of asset records.
    pub(crate) assets: usize,
    /// The number of machines that the records are.
    pub(crate) machines: usize,
    pub(crate) accounts: Accounts,
    pub(crate) customers: Customers,
    pub(crate) warranty: Warranty,
    pub(crate) age: Age,
    pub(crate) support: Support,
    pub(crate) unseen: Unseen,
    pub(crate) records: Records,
    pub(crate) tools: Tools,
}

impl Figures {
    /// The figures of `fleet` as of `today`; of the customer with that heading alone where one is chosen.
    pub(crate) fn of(fleet: &Fleet, today: NaiveDate, customer: Option<usize>) -> Self {
        let scope = Scope::new(fleet, today, customer);
        Self {
            assets: scope.chosen.len(),
            machines: scope.machines(scope.chosen.iter().copied()),
            accounts: Accounts::of(fleet),
            customers: Customers::of(&scope),
            warranty: Warranty::of(&scope),
            age: Age::of(&scope),
            support: Support::of(&scope),
            unseen: Unseen::of(&scope),
            records: Records::of(&scope),
            tools: Tools::of(&scope),
        }
    }
}
