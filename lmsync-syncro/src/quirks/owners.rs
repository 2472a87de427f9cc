//! The owners of assets, gathered while those are listed.
//!
//! A key that may not list customers gets them from the assets. Where those are
//! being listed anyway, or were just now, nothing is asked for a second time: a
//! full sync with such a key costs half the requests.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future;
use lmsync_core::listing::{Page, Row};
use lmsync_core::model::{Asset, Customer};
use lmsync_core::{Rejection, SharedClock};
use tokio::sync::watch;

use crate::map;

/// A listing that brings no page for so long is not waited for: more than the
/// minute for which the vendor's limit makes one pause.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long the customers of a listing that has ended are good.
const GOOD_FOR: Duration = Duration::from_secs(10 * 60);

/// The customers by id, and the assets that could not be read, whose owners are not known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gathered {
    customers: BTreeMap<String, Customer>,
    unread: Vec<Rejection>,
}

impl Gathered {
    /// Takes note of an asset that could not be read.
    pub(crate) fn miss(&mut self, asset: &Rejection) {
        self.unread.push(asset.clone());
    }

    /// Takes note of the owner of `asset`. One without a name goes by its id, until
    /// another asset tells the name.
    pub(crate) fn note(&mut self, asset: &Asset) {
        let Some(owner) = &asset.customer else {
            return;
        };
        let is_known = self
            .customers
            .get(&owner.id)
            .is_some_and(|known| known.name != owner.id || owner.name.is_none());
        if let Some(customer) = map::customer_of(asset).filter(|_| !is_known) {
            self.customers.insert(owner.id.clone(), customer);
        }
    }

    /// A row for each customer, and a gap for each asset that could not be read.
    pub(crate) fn into_rows(self) -> Vec<Row<Customer>> {
        let gap = |asset: Rejection| {
            let id = asset.vendor_id.as_deref().unwrap_or("without an id");
            let reason = format!("the owner of asset {id} is not known: {}", asset.reason);
            let vendor_id = None;
            Row::Gap(Rejection::new(vendor_id, reason))
        };
        let customers = self.customers.into_values().map(Box::new).map(Row::Record);
        customers.chain(self.unread.into_iter().map(gap)).collect()
    }
}

/// The customers that the asset listings of a connector have gathered.
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
    under_way: BTreeMap<u64, ListingProgress>,
    latest: Option<Complete>,
}

/// The times when a listing began, and when it last got on.
#[derive(Debug)]
struct ListingProgress {
    begun: Duration,
    got_on: Duration,
}

/// The customers of a listing that met every asset, and the time when it had.
#[derive(Debug)]
struct Complete {
    at: Duration,
    customers: Arc<Gathered>,
}

/// The decision of somebody who wants the customers.
enum WaitDecision {
    /// Nothing better is to be expected.
    Settled(Option<Arc<Gathered>>),
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

    /// The customers by the listing under way, once it has met every asset, or by
    /// one that lately did; `None` when there is neither.
    pub(crate) async fn customers(&self) -> Option<Arc<Gathered>> {
        let asked = self.clock.elapsed();
        // Before the first look, so that no news in between is missed.
        let mut news = self.news.subscribe();
        loop {
            match self.decide(asked) {
                WaitDecision::Settled(customers) => return customers,
                WaitDecision::Expected(left) => {
                    future::select(pin!(news.changed()), self.clock.sleep(left)).await;
                }
            }
        }
    }

    fn decide(&self, asked: Duration) -> WaitDecision {
        let now = self.clock.elapsed();
        let state = lock(&self.state);
        let latest = state
            .latest
            .as_ref()
            .filter(|latest| now < latest.at + GOOD_FOR);
        // What ended after a listing began, or while it was waited for, is as good.
        let left = state
            .under_way
            .values()
            .filter(|progress| latest.is_none_or(|latest| latest.at <= asked.min(progress.begun)))
            .map(|progress| (progress.got_on + PATIENCE).saturating_sub(now))
            .max();
        match left.filter(|left| !left.is_zero()) {
            Some(left) => WaitDecision::Expected(left),
            None => WaitDecision::Settled(latest.map(|latest| Arc::clone(&latest.customers))),
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
            let progress = ListingProgress {
                begun: now,
                got_on: now,
            };
            state.under_way.insert(state.begun, progress);
            state.begun
        })
    }

    fn get_on(&self, listing: u64) {
        self.change(|state, now| {
            if let Some(progress) = state.under_way.get_mut(&listing) {
                progress.got_on = now;
            }
        });
    }

    fn end(&self, listing: u64, all: Option<Gathered>) {
        self.change(|state, at| {
            state.under_way.remove(&listing);
            if let Some(customers) = all.map(Arc::new) {
                state.latest = Some(Complete { at, customers });
            }
        });
    }
}

/// The customers that one listing gathers. It ends with the listing, however that ends.
#[derive(Debug)]
pub(crate) struct CustomerCollector {
    owners: Arc<Owners>,
    listing: Mutex<Listing>,
}

#[derive(Debug, Default)]
struct Listing {
    /// Its number while others may wait for it: from its first page on, so never
    /// when it was resumed further on.
    number: Option<u64>,
    customers: Gathered,
}

impl CustomerCollector {
    pub(crate) fn new(owners: &Arc<Owners>) -> Self {
        Self {
            owners: Arc::clone(owners),
            listing: Mutex::default(),
        }
    }

    /// Hears that page `number` is asked for; others may wait from the first page on.
    pub(crate) fn begin(&self, number: u32) {
        let mut listing = lock(&self.listing);
        if number == 1 && listing.number.is_none() {
            listing.number = Some(self.owners.begin());
        }
    }

    /// Takes note of the owners of a page's assets.
    pub(crate) fn take(&self, page: &Page<Asset>) {
        let mut listing = lock(&self.listing);
        let Some(number) = listing.number else {
            return;
        };
        for row in &page.rows {
            match row {
                Row::Record(asset) => listing.customers.note(asset),
                Row::Rejected(asset) => listing.customers.miss(asset),
                // Gaps, and what was skipped.
                _ => {}
            }
        }
        self.owners.get_on(number);
    }

    /// Hears that the listing got on.
    pub(crate) fn get_on(&self) {
        if let Some(number) = lock(&self.listing).number {
            self.owners.get_on(number);
        }
    }

    /// Hears that every asset was met.
    pub(crate) fn publish(&self) {
        let listing = std::mem::take(&mut *lock(&self.listing));
        if let Some(number) = listing.number {
            self.owners.end(number, Some(listing.customers));
        }
    }

    /// Hears that the listing comes to nothing.
    pub(crate) fn give_up(&self) {
        let listing = std::mem::take(&mut *lock(&self.listing));
        if let Some(number) = listing.number {
            self.owners.end(number, None);
        }
    }
}

impl Drop for CustomerCollector {
    fn drop(&mut self) {
        self.give_up();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use lmsync_core::model::{AssetDraft, Ref, Rules, Source};

    use super::*;

    fn asset(id: &str, owner: Option<Ref>) -> Asset {
        let source = Source::new("syncro", "acme", id, DateTime::UNIX_EPOCH);
        let rules = Rules::default();
        let mut draft = AssetDraft::new(source, &rules, DateTime::UNIX_EPOCH);
        draft.asset.customer = owner;
        draft.finish()
    }

    #[test]
    fn a_customer_goes_by_its_name_whichever_asset_tells_it() {
        let with = |name: Option<&str>| asset("1", Some(Ref::new("7", name.map(str::to_owned))));
        for names in [
            [Some("Acme"), None, Some("Other")],
            [None, Some("Acme"), Some("Other")],
            [None, None, Some("Acme")],
        ] {
            let mut customers = Gathered::default();
            customers.note(&asset("2", None));
            for name in names {
                customers.note(&with(name));
            }
            let rows = customers.into_rows();
            let [Row::Record(customer)] = rows.as_slice() else {
                panic!("{rows:?}");
            };
            assert_eq!(customer.name, "Acme", "{names:?}");
        }
    }

    #[test]
    fn an_asset_that_cannot_be_read_is_a_gap_among_the_customers() {
        let mut gathered = Gathered::default();
        let (vendor_id, reason) = (Some("7".to_owned()), "the row is null".to_owned());
        gathered.miss(&Rejection::new(vendor_id, reason));
        let rows = gathered.into_rows();
        let [Row::Gap(gap)] = rows.as_slice() else {
            panic!("{rows:?}");
        };
        assert_eq!(
            gap.reason,
            "the owner of asset 7 is not known: the row is null"
        );
    }
}
