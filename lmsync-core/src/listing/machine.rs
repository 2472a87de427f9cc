//! The machine behind a listing's stream.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::{debug, trace, warn};

use super::chain::fingerprint;
use super::checkpoint::{ListingScope, Position};
use super::detail::Ready;
use super::fetches::Fetches;
use super::key::PageKey;
use super::listed::Listed;
use super::page::{Page, Row};
use super::seen::{IdStatus, SeenIds, SeenSerials};
use super::source::{ListChain, ListSource};
use super::walk::{PageFacts, Walk};
use crate::clock::SharedClock;
use crate::detail::Detail;
use crate::error::Result;
use crate::http::Meter;
use crate::query::AssetQuery;
use crate::summary::{CustomerCount, Rejection, SyncSummary};
use crate::window::{WindowFilter, WindowVerdict};

/// When a reading missed something, the account is read again, at most this often in all.
const READING_LIMIT: u8 = 3;

/// What the stream's owner can look at while it runs.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) summary: SyncSummary,
    pub(super) position: Position,
}

/// What a listing runs on.
pub(super) struct Setting {
    pub(super) query: AssetQuery,
    pub(super) scope: ListingScope,
    pub(super) clock: SharedClock,
    pub(super) concurrency: usize,
    pub(super) meter: Meter,
    pub(super) progress: Arc<Mutex<Progress>>,
}

pub(super) struct Listing<C: ListChain> {
    chain: C,
    setting: Setting,
    filter: Option<WindowFilter>,
    /// The lists of this reading; none before it begins.
    lists: Vec<List<C::List>>,
    /// The list that is being read, by its place.
    current: usize,
    /// Counted from 1.
    reading: u8,
    /// Until the first page has shown that nothing moved since the checkpoint.
    resuming: bool,
    /// This reading began in the middle.
    resumed: bool,
    fetches: Fetches<<C::List as ListSource>::Record>,
    page: Option<PageInHand>,
    ready: Ready<C::List>,
    seen: SeenIds,
    serials: SeenSerials,
    new_in_reading: u64,
    /// Different records of the reading before.
    counted_before: Option<u64>,
    /// Why this reading cannot be complete, whatever it counts.
    gap: Option<String>,
    ended: bool,
}

struct List<S> {
    source: Arc<S>,
    label: String,
    walk: Walk,
}

/// The page that is being handed out.
#[derive(Debug)]
struct PageInHand {
    list: usize,
    at: PageKey,
    ids: Vec<String>,
    seen_before: u64,
    total: Option<u64>,
}

type Record<C> = <<C as ListChain>::List as ListSource>::Record;

impl<C: ListChain> Listing<C> {
    pub(super) fn new(chain: C, setting: Setting) -> Self {
        Self {
            chain,
            setting,
            filter: None,
            lists: Vec::new(),
            current: 0,
            reading: 1,
            resuming: false,
            resumed: false,
            fetches: Fetches::new(),
            page: None,
            ready: Ready::default(),
            seen: SeenIds::default(),
            serials: SeenSerials::default(),
            new_in_reading: 0,
            counted_before: None,
            gap: None,
            ended: false,
        }
    }

    /// The next record; `None` once the listing has ended.
    pub(super) async fn next(&mut self) -> Option<Result<Record<C>>> {
        if self.ended {
            return None;
        }
        match self.advance().await {
            Ok(Some(record)) => Some(Ok(record)),
            Ok(None) => {
                self.end();
                None
            }
            Err(error) => {
                self.end();
                self.progress().summary.incomplete_reason = Some(error.to_string());
                Some(Err(error))
            }
        }
    }

    /// Ends the listing, and forgets what only a listing that goes on needs.
    fn end(&mut self) {
        self.ended = true;
        self.lists = Vec::new();
        self.seen = SeenIds::default();
        self.serials = SeenSerials::default();
    }

    async fn advance(&mut self) -> Result<Option<Record<C>>> {
        if self.filter.is_none() {
            self.filter = Some(self.setting.query.filter(self.setting.clock.now()));
            let position = self.resume_at()?;
            self.begin(position).await?;
        }
        loop {
            let (concurrency, meter) = (self.setting.concurrency, &self.setting.meter);
            if let Some(record) = self.ready.next(concurrency, meter).await {
                return Ok(Some(self.hand_out(*record?)));
            }
            self.turn_page();
            self.pass_lists_that_ended();
            if self.current < self.lists.len() {
                self.read_page().await?;
            } else if self.is_finished() {
                return Ok(None);
            } else {
                self.reading += 1;
                debug!(
                    reading = self.reading,
                    "counts and records differ: the account is read again"
                );
                self.begin(None).await?;
            }
        }
    }

    fn resume_at(&mut self) -> Result<Option<Position>> {
        let Some(checkpoint) = self.setting.query.resume.take() else {
            return Ok(None);
        };
        checkpoint.require_scope(&self.setting.scope)?;
        Ok(Some(checkpoint.position).filter(|position| !position.is_start()))
    }

    /// Begins a reading, from `position` where that fits the lists that there are now.
    async fn begin(&mut self, position: Option<Position>) -> Result<()> {
        self.fetches.clear();
        self.page = None;
        self.new_in_reading = 0;
        self.gap = None;
        self.current = 0;
        let lists = self.chain.lists(&self.setting.meter).await?;
        let from_start = |(label, source): (String, C::List)| List {
            walk: Walk::new(source.first(), 0),
            source: Arc::new(source),
            label,
        };
        self.lists = lists.into_iter().map(from_start).collect();
        let position = position.filter(|position| self.fits(position));
        if let Some(position) = &position {
            self.current = position.list;
            let walk = Walk::new(position.page.clone(), position.seen_before);
            self.lists[position.list].walk = walk;
            self.gap.clone_from(&position.gap);
        }
        if position.is_some() {
            debug!("a listing is resumed");
        }
        self.resuming = position.is_some();
        self.resumed = position.is_some();
        let position = position.unwrap_or_else(Position::start);
        let mut progress = self.progress();
        if self.reading == 1 {
            progress.summary.kept_before = position.kept_before;
        }
        progress.position = position;
        Ok(())
    }

    /// Whether the lists up to that of `position` are those that it was taken in.
    fn fits(&self, position: &Position) -> bool {
        self.lists.get(position.list).is_some_and(|list| {
            position.page.is_like(&list.source.first())
                && position.labels == fingerprint(self.labels(position.list))
        })
    }

    /// The labels of the lists up to the one at `place`.
    fn labels(&self, place: usize) -> impl Iterator<Item = &str> {
        self.lists.iter().take(place + 1).map(|list| &*list.label)
    }

    fn pass_lists_that_ended(&mut self) {
        while let Some(list) = self.lists.get(self.current)
            && list.walk.is_over()
        {
            self.fetches.forget(self.current);
            self.current += 1;
        }
    }

    async fn read_page(&mut self) -> Result<()> {
        self.fetch_ahead();
        let Some(page) = self.fetches.next().await else {
            return Ok(());
        };
        let (list, at, page) = page?;
        if std::mem::take(&mut self.resuming) && self.changed_since_checkpoint(&page) {
            return self.begin(None).await;
        }
        let kept = self.sort_rows(list, at, page)?;
        // Now, and not when the caller is through with this page: the network need not wait.
        self.fetch_ahead();
        let wants_detail = self.setting.query.detail != Detail::NONE;
        let source = wants_detail.then(|| Arc::clone(&self.lists[list].source));
        self.ready = Ready::new(kept, source);
        Ok(())
    }

    fn fetch_ahead(&mut self) {
        let meter = &self.setting.meter;
        // The detail of a page takes many calls: more pages would only be in their way.
        let most = match self.setting.query.detail {
            Detail::NONE => self.setting.concurrency,
            _ => 1,
        };
        for (place, list) in self.lists.iter_mut().enumerate().skip(self.current) {
            while self.fetches.len() < most
                && let Some(at) = list.walk.next_page()
            {
                self.fetches.ask(&list.source, place, at, meter);
            }
            // One that is resumed is looked at before anything else is asked for.
            if self.fetches.len() >= most || self.resuming {
                return;
            }
        }
    }

    /// Whether records moved to other pages since the checkpoint was taken: then
    /// one of those handed out is no longer on its page, or the count differs.
    fn changed_since_checkpoint(&self, page: &Page<Record<C>>) -> bool {
        let progress = self.progress();
        let position = &progress.position;
        let on_page: HashSet<&str> = page.rows.iter().filter_map(Row::vendor_id).collect();
        page.total != position.total
            || !position
                .taken
                .iter()
                .all(|id| on_page.contains(id.as_str()))
    }

    /// Counts a page's rows and returns those to hand out.
    fn sort_rows(
        &mut self,
        list: usize,
        at: PageKey,
        page: Page<Record<C>>,
    ) -> Result<Vec<Box<Record<C>>>> {
        let progress = Arc::clone(&self.setting.progress);
        let mut progress = lock(&progress);
        let mut facts = PageFacts {
            at: &at,
            rows: page.rows.len() as u64,
            new_ids: 0,
            unidentified: 0,
            refused: 0,
            refused_because: None,
            total: page.total,
            next: &page.next,
        };
        let refused: Vec<&str> = page.rows.iter().filter_map(Row::refusal).collect();
        facts.refused = refused.len() as u64;
        let because = refused.first().map(|reason| (*reason).to_owned());
        facts.refused_because = because.as_deref();
        let mut gaps = page.rows.iter().filter_map(Row::gap);
        if let Some(reason) = gaps.next() {
            warn!(reason, "a listing has a gap");
            self.gap.get_or_insert_with(|| reason.to_owned());
        }
        let ids = page.rows.iter().filter_map(Row::vendor_id);
        self.page = Some(PageInHand {
            list,
            at: at.clone(),
            ids: ids.map(ToOwned::to_owned).collect(),
            seen_before: self.lists[list].walk.counted(),
            total: page.total,
        });
        let mut kept = Vec::with_capacity(page.rows.len());
        for row in page.rows {
            match row {
                Row::Record(record) => match self.meet(record.vendor_id(), &mut facts) {
                    IdStatus::New => kept.extend(self.filter(record, &mut progress)),
                    IdStatus::Known => {}
                    IdStatus::Repeated => progress.summary.duplicates += 1,
                },
                Row::Rejected(rejection) | Row::Gap(rejection) => {
                    self.reject(rejection, &mut facts, &mut progress.summary);
                }
                Row::Skipped { vendor_id } => {
                    if self.meet(&vendor_id, &mut facts) == IdStatus::New {
                        self.new_in_reading += 1;
                        progress.summary.skipped += 1;
                    }
                }
            }
        }
        let walk = &mut self.lists[list].walk;
        trace!(rows = facts.rows, new = facts.new_ids, "a page was read");
        walk.note(facts, self.setting.concurrency)?;
        // Here, where checkpoints remember it.
        self.gap = self.gap.take().or_else(|| walk.gap().map(str::to_owned));
        progress.summary.reported_total = self.reported_total();
        Ok(kept)
    }

    /// The vendor's count of all lists, once it has counted each.
    fn reported_total(&self) -> Option<u64> {
        self.lists.iter().map(|list| list.walk.total()).sum()
    }

    fn meet(&mut self, id: &str, facts: &mut PageFacts<'_>) -> IdStatus {
        let status = self.seen.meet(id, self.reading);
        facts.new_ids += u64::from(status != IdStatus::Repeated);
        status
    }

    fn reject(
        &mut self,
        rejection: Rejection,
        facts: &mut PageFacts<'_>,
        summary: &mut SyncSummary,
    ) {
        let status = match &rejection.vendor_id {
            Some(id) => self.meet(id, facts),
            None => {
                facts.unidentified += 1;
                // A row without an id cannot be recognised: later readings report none.
                match self.reading {
                    1 => IdStatus::New,
                    _ => IdStatus::Known,
                }
            }
        };
        match status {
            IdStatus::New => {
                self.new_in_reading += 1;
                summary.seen += 1;
                summary.reject(rejection);
            }
            IdStatus::Known => {}
            IdStatus::Repeated => summary.duplicates += 1,
        }
    }

    /// `record`, if it is to be handed out.
    fn filter(
        &mut self,
        record: Box<Record<C>>,
        progress: &mut Progress,
    ) -> Option<Box<Record<C>>> {
        self.new_in_reading += 1;
        let id = record.vendor_id();
        if self.resumed
            && self.reading == 1
            && progress.position.taken.iter().any(|taken| taken == id)
        {
            return None;
        }
        let summary = &mut progress.summary;
        summary.seen += 1;
        let filter = self.filter.as_ref();
        match filter.map_or(WindowVerdict::Inside, |filter| {
            record.window_verdict(filter)
        }) {
            WindowVerdict::Inside => Some(record),
            WindowVerdict::NeverIncluded => {
                summary.never_checked_in += 1;
                Some(record)
            }
            WindowVerdict::Outside => {
                summary.filtered_out += 1;
                None
            }
            WindowVerdict::NeverExcluded => {
                summary.never_checked_in += 1;
                summary.never_checked_in_excluded += 1;
                None
            }
        }
    }

    fn hand_out(&mut self, mut record: Record<C>) -> Record<C> {
        let is_repeated = record
            .serial_key()
            .is_some_and(|key| self.serials.meet(key));
        if is_repeated {
            record.flag_duplicate_serial();
        }
        let mut progress = lock(&self.setting.progress);
        count_customer(&record, &mut progress.summary);
        if let Some(page) = self.page.as_ref().filter(|_| self.reading == 1) {
            let position = &progress.position;
            if position.taken.is_empty() || (position.list, &position.page) != (page.list, &page.at)
            {
                progress.position = self.position(page, Vec::new(), &progress.summary);
            }
            progress.position.taken.push(record.vendor_id().to_owned());
            progress.position.kept_before = handed_out(&progress.summary);
        }
        drop(progress);
        record
    }

    /// Moves the checkpoint to the end of a page that was handed out whole.
    ///
    /// The page keeps its ids there: on resuming, they show whether records moved.
    fn turn_page(&mut self) {
        let Some(mut page) = self.page.take() else {
            return;
        };
        self.lists[page.list].source.got_on(false);
        if self.reading == 1 {
            let ids = std::mem::take(&mut page.ids);
            let mut progress = self.progress();
            progress.position = self.position(&page, ids, &progress.summary);
        }
    }

    fn position(&self, page: &PageInHand, taken: Vec<String>, summary: &SyncSummary) -> Position {
        Position {
            list: page.list,
            labels: fingerprint(self.labels(page.list)),
            page: page.at.clone(),
            taken,
            seen_before: page.seen_before,
            kept_before: handed_out(summary),
            total: page.total,
            gap: self
                .gap
                .clone()
                .or_else(|| self.shortfall_before(page.list)),
        }
    }

    /// Why the lists before the one at `place` are not complete: they are not read again by who
    /// resumes after them.
    fn shortfall_before(&self, place: usize) -> Option<String> {
        let mut before = self.lists.iter().take(place);
        let short = before.find(|list| !list.walk.is_complete())?;
        Some(format!(
            "the vendor counts {} more records than it listed before the checkpoint",
            short.walk.missing()
        ))
    }

    /// Whether this reading ends the listing; otherwise the account is to be read again.
    fn is_finished(&mut self) -> bool {
        let walks = || self.lists.iter().map(|list| &list.walk);
        let counted = walks().map(Walk::counted).sum();
        let is_settled =
            self.reading > 1 && self.new_in_reading == 0 && !walks().any(Walk::totals_changed);
        // The same records twice over, and as many rows as the vendor counts: some stand twice.
        let repeats_itself = is_settled && self.counted_before == Some(counted);
        let is_complete = walks()
            .all(|walk| walk.is_complete() || (repeats_itself && walk.lists_what_it_counts()));
        self.counted_before = Some(counted);
        if !is_complete && !is_settled && self.reading < READING_LIMIT {
            return false;
        }
        let reason = if is_complete {
            self.gap.take().or_else(|| self.nothing_readable())
        } else {
            Some(self.shortfall())
        };
        let is_whole_account = reason.is_none() && !self.resumed;
        let mut progress = self.progress();
        progress.summary.complete = reason.is_none();
        progress.summary.incomplete_reason = reason;
        drop(progress);
        if is_whole_account {
            for list in &self.lists {
                list.source.got_on(true);
            }
        }
        true
    }

    /// Why a listing of refused records is none.
    fn nothing_readable(&self) -> Option<String> {
        let summary = &self.progress().summary;
        let first = summary.rejected.first()?;
        let is_all = summary.rejected_total == summary.seen
            && (summary.kept_before, summary.skipped) == (0, 0);
        is_all.then(|| format!("none of the records could be read: {}", first.reason))
    }

    fn shortfall(&self) -> String {
        match self.lists.iter().map(|list| list.walk.missing()).sum() {
            0 => "the account kept changing while it was read".to_owned(),
            missing => format!(
                "the vendor counts {missing} more records than it lists, after {} readings",
                self.reading
            ),
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        lock(&self.setting.progress)
    }
}

/// Counts a record that is handed out, and whose it is.
pub(super) fn count_customer(record: &impl Listed, summary: &mut SyncSummary) {
    summary.kept += 1;
    let (id, name) = match record.customer() {
        Some(customer) => (&*customer.id, customer.name.as_ref()),
        None => ("", None),
    };
    // Most are of a customer that is known: nothing is copied then.
    if !summary.customers.contains_key(id) {
        summary
            .customers
            .insert(id.to_owned(), CustomerCount::default());
    }
    let Some(count) = summary.customers.get_mut(id) else {
        return;
    };
    count.assets += 1;
    if name.is_some() && count.name.as_ref() != name {
        count.name = name.cloned();
    }
}

/// Records handed out so far, before the checkpoint that was resumed from and since.
fn handed_out(summary: &SyncSummary) -> u64 {
    summary.kept_before + summary.kept
}

pub(super) fn lock(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}
