//! The page: from figures to HTML.

mod chart;
mod filters;
mod list;
mod lists;
mod policy;

use std::io::{self, Write};

use askama::Template;
use chrono::NaiveDate;

use self::chart::Chart;
use self::lists::Lists;
use super::figures::{AccountFigures, Completeness, CustomerFigures, DAYS, Figures, OLD, Standing};
use super::fleet::Fleet;
use super::systems::Source;

/// The style of the page, which is a part of it.
const STYLE: &str = include_str!("../../../templates/report/style.css");

/// Most customers that have a row of their own in the table of customers.
const MOST_CUSTOMERS: usize = 500;
/// Most accounts that have a row of their own in the table of accounts.
const MOST_ACCOUNTS: usize = 300;

/// The subject of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'f> {
    pub(crate) fleet: &'f Fleet,
    pub(crate) figures: &'f Figures,
    pub(crate) today: NaiveDate,
    /// The place of the one customer that the page is about, where it is not about all.
    pub(crate) customer: Option<usize>,
}

/// Writes the page about `about`.
///
/// # Errors
/// Those of `output`.
pub(crate) fn write(about: &About<'_>, output: &mut impl Write) -> io::Result<()> {
    let page = Page::new(about);
    page.write_into(output)?;
    output.flush()
}

#[derive(Template)]
#[template(path = "report/page.html")]
struct Page<'f> {
    policy: String,
    style: &'static str,
    today: NaiveDate,
    customer: Option<&'f str>,
    fleet: &'f Fleet,
    figures: &'f Figures,
    expiries: [Chart; 1],
    purchases: [Chart; 1],
    lists: Lists<'f>,
}

impl<'f> Page<'f> {
    fn new(about: &About<'f>) -> Self {
        let headings = &about.fleet.customers;
        Self {
            policy: policy::policy(STYLE),
            style: STYLE,
            today: about.today,
            customer: about.customer.map(|place| headings[place].name.as_str()),
            fleet: about.fleet,
            figures: about.figures,
            expiries: [chart::expiries(&about.figures.warranty, about.today)],
            purchases: [chart::purchases(&about.figures.age)],
            lists: Lists::of(about),
        }
    }

    fn version(&self) -> &'static str {
        env!("LMSYNC_VERSION")
    }

    fn is_incomplete(&self) -> bool {
        self.figures.accounts.incomplete() > 0 || self.fleet.skipped > 0
    }

    fn unknown(&self) -> usize {
        self.figures.accounts.count(&Completeness::Unknown)
    }

    fn filtered(&self) -> usize {
        self.figures.accounts.count(&Completeness::Filtered)
    }

    fn accounts(&self) -> &'f [AccountFigures] {
        let all = &self.figures.accounts.all;
        &all[..all.len().min(MOST_ACCOUNTS)]
    }

    /// The number of accounts without a row of their own.
    fn other_accounts(&self) -> usize {
        self.figures.accounts.all.len() - self.accounts().len()
    }

    fn customers(&self) -> &'f [CustomerFigures] {
        let all = &self.figures.customers.all;
        &all[..all.len().min(MOST_CUSTOMERS)]
    }

    /// The customers without a row of their own, and their assets.
    fn other_customers(&self) -> (usize, usize) {
        let others = self.figures.customers.all.iter().skip(MOST_CUSTOMERS);
        (others.len(), others.map(|customer| customer.assets).sum())
    }
}
