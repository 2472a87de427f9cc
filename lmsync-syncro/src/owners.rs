//! Whose the assets are, noted while they are listed.
//!
//! A key that may not list customers gets them from the assets. Where those are
//! being listed anyway, or were just now, nothing is asked for a second time.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future;
use lmsync_core::SharedClock;
use lmsync_core::listing::{Page, Row};
use lmsync_core::model::{Asset, Customer};
use tokio::sync::watch;

use crate::map;

/// A listing that brings no page for so long is not waited for: more than the
/// minute for which the vendor's limit makes one pause.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long the customers of a listing that has ended are good.
const GOOD_FOR: Duration = Duration::from_secs(10 * 60);

/// Customers by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Customers(BTreeMap<String, Customer>);

impl Customers {
    /// Takes note of the owner of `asset`. One without a name goes by its id, until
    /// another asset tells the name.
    pub(crate) fn note(&mut self, asset: &Asset) {
        let Some(owner) = &asset.customer else {
            return;
        };
        let is_known = self
            .0
            .get(&owner.id)
            .is_some_and(|known| known.name != owner.id || owner.name.is_none());
        if let Some(customer) = map::customer_of(asset).filter(|_| !is_known) {
            self.0.insert(owner.id.clone(), customer);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Customer> {
        self.0.into_values().collect()
    }
}

/// What the asset listings of a connector have noted.
#[derive(Debug)]
pub(crate) struct Owners {
    clock: SharedClock,
    state: Mutex<State>,
    /// Tells those who wait to look at the state again.
    news: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    begun: u64,
    under_way: BTreeMap<u64, Course>,
    latest: Option<Whole>,
}

/// When a listing began, and when it last got on.
#[derive(Debug)]
struct Course {
    begun: Duration,
    got_on: Duration,
}

/// What a listing that met every asset noted, and when it had.
#[derive(Debug)]
struct Whole {
    at: Duration,
    customers: Arc<Customers>,
}

/// How it stands for somebody who wants the customers.
enum Outlook {
    /// Nothing better is to be expected.
    Settled(Option<Arc<Customers>>),
    /// A listing is under way; it counts as stalled after this time.
    Expected(Duration),
}

impl Owners {
    pub(crate) fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            state: Mutex::default(),
            news: watch::Sender::new(()),
        }
    }

    /// A notebook for one more listing.
    pub(crate) fn notes(self: &Arc<Self>) -> Notes {
        Notes {
            owners: Arc::clone(self),
            listing: Mutex::default(),
        }
    }

    /// The customers by the listing under way, once it has met every asset, or by
    /// one that lately did; `None` when there is neither.
    pub(crate) async fn customers(&self) -> Option<Arc<Customers>> {
        let asked = self.clock.elapsed();
        // Before the first look, so that no news in between is missed.
        let mut news = self.news.subscribe();
        loop {
            match self.outlook(asked) {
                Outlook::Settled(customers) => return customers,
                Outlook::Expected(left) => {
                    future::select(pin!(news.changed()), self.clock.sleep(left)).await;
                }
            }
        }
    }

    fn outlook(&self, asked: Duration) -> Outlook {
        let now = self.clock.elapsed();
        let state = lock(&self.state);
        let latest = state
            .latest
            .as_ref()
            .filter(|whole| now < whole.at + GOOD_FOR);
        // What ended after a listing began, or while it was waited for, is as good.
        let left = state
            .under_way
            .values()
            .filter(|course| latest.is_none_or(|whole| whole.at <= asked.min(course.begun)))
            .map(|course| (course.got_on + PATIENCE).saturating_sub(now))
            .max();
        match left.filter(|left| !left.is_zero()) {
            Some(left) => Outlook::Expected(left),
            None => Outlook::Settled(latest.map(|whole| Arc::clone(&whole.customers))),
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut State, Duration) -> T) -> T {
        let changed = change(&mut lock(&self.state), self.clock.elapsed());
        self.news.send_replace(());
        changed
    }

    fn begin(&self) -> u64 {
        self.change(|state, now| {
            state.begun += 1;
            let course = Course {
                begun: now,
                got_on: now,
            };
            state.under_way.insert(state.begun, course);
            state.begun
        })
    }

    fn get_on(&self, listing: u64) {
        self.change(|state, now| {
            if let Some(course) = state.under_way.get_mut(&listing) {
                course.got_on = now;
            }
        });
    }

    fn end(&self, listing: u64, whole: Option<Customers>) {
        self.change(|state, at| {
            state.under_way.remove(&listing);
            if let Some(customers) = whole.map(Arc::new) {
                state.latest = Some(Whole { at, customers });
            }
        });
    }
}

/// What one listing notes. It ends with the listing, however that ends.
#[derive(Debug)]
pub(crate) struct Notes {
    owners: Arc<Owners>,
    listing: Mutex<Listing>,
}

#[derive(Debug, Default)]
struct Listing {
    /// Its number while others may wait for it: from its first page on, so never
    /// when it was resumed further on.
    number: Option<u64>,
    customers: Customers,
    walk: Walk,
}

impl Notes {
    /// Hears that page `number` is asked for, and says in which walk. The first
    /// page begins one.
    pub(crate) fn begin(&self, number: u32) -> u32 {
        let mut listing = lock(&self.listing);
        if number == 1 {
            listing.walk = Walk::new(listing.walk.number + 1);
            match listing.number {
                Some(number) => self.owners.get_on(number),
                None => listing.number = Some(self.owners.begin()),
            }
        }
        listing.walk.number
    }

    /// Takes note of page `number`, which was asked for in `walk`.
    pub(crate) fn take(&self, walk: u32, number: u32, page: &Page<Asset>) {
        let mut listing = lock(&self.listing);
        let listing = &mut *listing;
        let Some(own) = listing.number else {
            return;
        };
        for row in &page.rows {
            if let Row::Record(asset) = row {
                listing.customers.note(asset);
            }
        }
        // A page left over from an earlier walk says nothing about this one.
        if walk == listing.walk.number {
            listing.walk.take(number, page);
        }
        if !listing.walk.is_whole() {
            self.owners.get_on(own);
            return;
        }
        let whole = std::mem::take(listing);
        self.owners.end(own, Some(whole.customers));
    }

    /// Hears that the listing comes to nothing.
    pub(crate) fn give_up(&self) {
        let given_up = std::mem::take(&mut *lock(&self.listing));
        if let Some(own) = given_up.number {
            self.owners.end(own, None);
        }
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        self.give_up();
    }
}

/// Whether a walk over the pages, which come in any order, met every asset.
#[derive(Debug, Default)]
struct Walk {
    number: u32,
    arrived: u32,
    highest: u32,
    /// The highest page that there must be.
    promised: u32,
    ended: bool,
    totals: Option<(u64, u64)>,
    /// Ids as hashes: two that share one would make the walk seem short, never whole.
    met: HashSet<u64>,
    hasher: RandomState,
    unidentified: u64,
}

impl Walk {
    fn new(number: u32) -> Self {
        Self {
            number,
            ..Self::default()
        }
    }

    fn take(&mut self, number: u32, page: &Page<Asset>) {
        self.arrived += 1;
        self.highest = self.highest.max(number);
        let more = match &page.next {
            lmsync_core::listing::Next::Numbered { more, .. } => *more,
            _ => None,
        };
        match more {
            Some(true) => self.promised = self.promised.max(number + 1),
            Some(false) => self.ended = true,
            None => {}
        }
        // Past the end the vendor may count anything.
        let is_in = !page.rows.is_empty() || number == 1;
        if let Some(total) = page.total.filter(|_| is_in) {
            let (low, high) = self.totals.unwrap_or((total, total));
            self.totals = Some((low.min(total), high.max(total)));
        }
        for row in &page.rows {
            match row.vendor_id() {
                Some(id) => drop(self.met.insert(self.hasher.hash_one(id))),
                None => self.unidentified += 1,
            }
        }
    }

    fn is_whole(&self) -> bool {
        let has_all_pages = self.arrived == self.highest && self.promised <= self.highest;
        let met = self.met.len() as u64 + self.unidentified;
        has_all_pages
            && match self.totals {
                Some((low, high)) => low == high && met >= high,
                None => self.ended,
            }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use lmsync_core::Rejection;
    use lmsync_core::model::{AssetDraft, Ref, Rules, Source};

    use super::*;

    fn asset(id: &str, owner: Option<Ref>) -> Asset {
        let source = Source::new(map::CONNECTOR, "acme", id, DateTime::UNIX_EPOCH);
        let rules = Rules::default();
        let mut draft = AssetDraft::new(source, &rules, DateTime::UNIX_EPOCH);
        draft.asset.customer = owner;
        draft.finish()
    }

    /// A page with an asset for each of `ids`; an empty id is a row without one.
    fn page(ids: &[&str], total: Option<u64>, more: Option<bool>) -> Page<Asset> {
        let row = |id: &&str| match *id {
            "" => Row::Rejected(Rejection {
                vendor_id: None,
                reason: String::new(),
            }),
            id => Row::Record(asset(id, None)),
        };
        Page {
            rows: ids.iter().map(row).collect(),
            total,
            next: lmsync_core::listing::Next::Numbered {
                pages: None,
                more,
                size: 2,
            },
        }
    }

    fn is_whole(pages: &[(u32, Page<Asset>)]) -> bool {
        let mut walk = Walk::new(1);
        for (number, page) in pages {
            walk.take(*number, page);
        }
        walk.is_whole()
    }

    #[test]
    fn a_walk_is_whole_with_every_page_and_every_asset() {
        let first = || (1, page(&["a", "b"], Some(5), Some(true)));
        let second = || (2, page(&["c", ""], Some(5), Some(true)));
        let third = || (3, page(&["e"], Some(5), None));
        assert!(is_whole(&[first(), second(), third()]));
        assert!(is_whole(&[first(), third(), second()]));
        assert!(!is_whole(&[first(), second()]));
        assert!(!is_whole(&[first(), third()]));
        // Resumed on the second page.
        assert!(!is_whole(&[second(), third()]));
        // A row that came twice stands for one that never came.
        let repeated = (3, page(&["a"], Some(5), None));
        assert!(!is_whole(&[first(), second(), repeated]));
        // The account changed meanwhile.
        for total in [4, 6] {
            let other = (3, page(&["e"], Some(total), None));
            assert!(!is_whole(&[first(), second(), other]), "{total}");
        }
        // What is counted past the end does not matter.
        let past = (4, page(&[], Some(0), None));
        assert!(is_whole(&[first(), second(), third(), past]));
    }

    #[test]
    fn without_a_total_the_end_must_be_seen() {
        let first = || (1, page(&["a", "b"], None, Some(true)));
        let end = || (2, page(&[], None, Some(false)));
        assert!(!is_whole(&[]));
        assert!(!is_whole(&[first()]));
        assert!(!is_whole(&[end()]));
        assert!(is_whole(&[first(), end()]));
        assert!(is_whole(&[(1, page(&[], Some(0), None))]));
    }

    #[test]
    fn a_customer_goes_by_its_name_whichever_asset_tells_it() {
        let with = |name: Option<&str>| asset("1", Some(Ref::new("7", name.map(str::to_owned))));
        for names in [
            [Some("Acme"), None, Some("Other")],
            [None, Some("Acme"), Some("Other")],
            [None, None, Some("Acme")],
        ] {
            let mut customers = Customers::default();
            customers.note(&asset("2", None));
            for name in names {
                customers.note(&with(name));
            }
            let customers = customers.into_vec();
            assert_eq!(customers.len(), 1);
            assert_eq!(customers[0].name, "Acme", "{names:?}");
        }
    }
}
