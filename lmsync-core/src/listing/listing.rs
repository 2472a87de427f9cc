//! The machine behind a listing's stream.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::checkpoint::{ListingScope, Position};
use super::seen::{IdStatus, SeenIds, SeenSerials};
use super::walk::{PageFacts, Walk};
use super::{ListSource, Listed, Page, Row};
use crate::clock::SharedClock;
use crate::error::Result;
use crate::http::Meter;
use crate::query::{AssetQuery, Detail};
use crate::summary::{Rejection, SyncSummary};
use crate::task::Task;
use crate::window::{WindowFilter, WindowVerdict};

/// When a walk missed something, the account is walked again, at most this often in all.
const WALK_LIMIT: u32 = 3;

/// What the stream's owner can look at while it runs.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) summary: SyncSummary,
    pub(super) position: Position,
}

pub(super) struct Listing<S: ListSource> {
    source: Arc<S>,
    query: AssetQuery,
    scope: ListingScope,
    clock: SharedClock,
    concurrency: usize,
    meter: Meter,
    progress: Arc<Mutex<Progress>>,
    filter: Option<WindowFilter>,
    resuming: bool,
    walk: Walk,
    fetches: VecDeque<(u32, Task<Page<S::Record>>)>,
    reading: Option<Reading>,
    ready: VecDeque<S::Record>,
    seen: SeenIds,
    serials: SeenSerials,
    new_in_walk: u64,
    /// Why this walk cannot be complete, whatever it counts.
    gap: Option<String>,
    ended: bool,
}

/// The page that is being handed out.
#[derive(Debug)]
struct Reading {
    number: u32,
    ids: Vec<String>,
    seen_before: u64,
    total: Option<u64>,
}

impl Reading {
    fn position(&self, taken: Vec<String>, gap: Option<String>) -> Position {
        Position {
            page: self.number,
            taken,
            seen_before: self.seen_before,
            total: self.total,
            gap,
        }
    }
}

impl<S: ListSource> Listing<S> {
    pub(super) fn new(
        source: S,
        query: AssetQuery,
        scope: ListingScope,
        clock: SharedClock,
        concurrency: usize,
        meter: Meter,
        progress: Arc<Mutex<Progress>>,
    ) -> Self {
        Self {
            source: Arc::new(source),
            query,
            scope,
            clock,
            concurrency: concurrency.max(1),
            meter,
            progress,
            filter: None,
            resuming: false,
            walk: Walk::new(1, 1, 0),
            fetches: VecDeque::new(),
            reading: None,
            ready: VecDeque::new(),
            seen: SeenIds::default(),
            serials: SeenSerials::default(),
            new_in_walk: 0,
            gap: None,
            ended: false,
        }
    }

    /// The next record; `None` once the listing has ended.
    pub(super) async fn next(&mut self) -> Option<Result<S::Record>> {
        if self.ended {
            return None;
        }
        match self.advance().await {
            Ok(Some(record)) => Some(Ok(record)),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                self.progress().summary.incomplete_reason = Some(error.to_string());
                Some(Err(error))
            }
        }
    }

    async fn advance(&mut self) -> Result<Option<S::Record>> {
        if self.filter.is_none() {
            self.filter = Some(self.query.filter(self.clock.now()));
            self.resume()?;
        }
        loop {
            if let Some(record) = self.ready.pop_front() {
                self.hand_out(&record);
                return Ok(Some(record));
            }
            self.turn_page();
            if self.walk.is_over() && self.walk_again_or_finish() {
                return Ok(None);
            }
            self.read_page().await?;
        }
    }

    fn resume(&mut self) -> Result<()> {
        if let Some(checkpoint) = self.query.resume.take() {
            let position = checkpoint.position_in(&self.scope)?;
            self.walk = Walk::new(1, position.page, position.seen_before);
            self.gap.clone_from(&position.gap);
            self.progress().position = position;
            self.resuming = true;
        }
        Ok(())
    }

    async fn read_page(&mut self) -> Result<()> {
        self.fetch_ahead();
        let Some((number, task)) = self.fetches.front_mut() else {
            return Ok(());
        };
        let number = *number;
        let page = task.join().await?;
        self.fetches.pop_front();
        if std::mem::take(&mut self.resuming) && self.changed_since_checkpoint(&page) {
            self.walk_from_start(1);
            return Ok(());
        }
        let kept = self.sort_rows(number, page)?;
        // Now, and not when the caller is through with this page: the network need not wait.
        self.fetch_ahead();
        self.ready = self.complete(kept).await?;
        Ok(())
    }

    fn fetch_ahead(&mut self) {
        while self.fetches.len() < self.concurrency {
            let Some(number) = self.walk.next_page() else {
                return;
            };
            let (source, meter) = (Arc::clone(&self.source), self.meter.clone());
            let task = Task::spawn(async move { source.page(number, &meter).await });
            self.fetches.push_back((number, task));
        }
    }

    async fn complete(&self, records: Vec<S::Record>) -> Result<VecDeque<S::Record>> {
        if self.query.detail == Detail::NONE {
            return Ok(records.into());
        }
        stream::iter(records)
            .map(|record| {
                let (source, meter) = (Arc::clone(&self.source), self.meter.clone());
                let mut task = Task::spawn(async move { source.complete(record, &meter).await });
                async move { task.join().await }
            })
            .buffered(self.concurrency)
            .try_collect()
            .await
    }

    /// Whether records moved to other pages since the checkpoint was taken: then
    /// one of those handed out is no longer on its page, or the count differs.
    fn changed_since_checkpoint(&self, page: &Page<S::Record>) -> bool {
        let progress = self.progress();
        let position = &progress.position;
        let on_page: HashSet<&str> = page.rows.iter().filter_map(Row::vendor_id).collect();
        page.total != position.total
            || !position
                .taken
                .iter()
                .all(|id| on_page.contains(id.as_str()))
    }

    fn walk_from_start(&mut self, walk: u32) {
        self.fetches.clear();
        self.walk = Walk::new(walk, 1, 0);
        self.reading = None;
        self.new_in_walk = 0;
        self.gap = None;
        self.progress().position = Position::start();
    }

    /// Counts a page's rows and returns those to hand out.
    fn sort_rows(&mut self, number: u32, page: Page<S::Record>) -> Result<Vec<S::Record>> {
        let progress = Arc::clone(&self.progress);
        let mut progress = lock(&progress);
        let mut facts = PageFacts {
            number,
            rows: page.rows.len() as u64,
            new_ids: 0,
            unidentified: 0,
            total: page.total,
            pages: page.pages,
            more: page.more,
            size: page.size,
        };
        let mut gaps = page.rows.iter().filter_map(Row::gap);
        self.gap = self.gap.take().or_else(|| gaps.next().map(str::to_owned));
        self.reading = Some(Reading {
            number,
            ids: page
                .rows
                .iter()
                .filter_map(Row::vendor_id)
                .map(ToOwned::to_owned)
                .collect(),
            seen_before: self.walk.counted(),
            total: page.total,
        });
        let mut kept = Vec::with_capacity(page.rows.len());
        for row in page.rows {
            match row {
                Row::Record(record) => {
                    let status = self.seen.meet(&record.source().vendor_id, self.walk.walk);
                    facts.new_ids += u64::from(status != IdStatus::Repeated);
                    match status {
                        IdStatus::New => kept.extend(self.judge(record, &mut progress)),
                        IdStatus::Known => {}
                        IdStatus::Repeated => progress.summary.duplicates += 1,
                    }
                }
                Row::Rejected(rejection) | Row::Gap(rejection) => {
                    self.reject(rejection, &mut facts, &mut progress.summary);
                }
                Row::Skipped { vendor_id } => {
                    let status = self.seen.meet(&vendor_id, self.walk.walk);
                    facts.new_ids += u64::from(status != IdStatus::Repeated);
                    if status == IdStatus::New {
                        self.new_in_walk += 1;
                        progress.summary.skipped += 1;
                    }
                }
            }
        }
        progress.summary.reported_total = page.total.or(progress.summary.reported_total);
        drop(progress);
        self.walk.note(facts, self.concurrency)?;
        Ok(kept)
    }

    fn reject(&mut self, rejection: Rejection, facts: &mut PageFacts, summary: &mut SyncSummary) {
        let status = match &rejection.vendor_id {
            Some(id) => {
                let status = self.seen.meet(id, self.walk.walk);
                facts.new_ids += u64::from(status != IdStatus::Repeated);
                status
            }
            None => {
                facts.unidentified += 1;
                // A row without an id cannot be recognised: later walks report none.
                match self.walk.walk {
                    1 => IdStatus::New,
                    _ => IdStatus::Known,
                }
            }
        };
        match status {
            IdStatus::New => {
                self.new_in_walk += 1;
                summary.seen += 1;
                summary.rejected.push(rejection);
            }
            IdStatus::Known => {}
            IdStatus::Repeated => summary.duplicates += 1,
        }
    }

    /// `record`, if it is to be handed out.
    fn judge(&mut self, mut record: S::Record, progress: &mut Progress) -> Option<S::Record> {
        self.new_in_walk += 1;
        if self.walk.walk == 1 && progress.position.taken.contains(&record.source().vendor_id) {
            return None;
        }
        let summary = &mut progress.summary;
        summary.seen += 1;
        let verdict = self
            .filter
            .as_ref()
            .map_or(WindowVerdict::Inside, |filter| record.judge(filter));
        match verdict {
            WindowVerdict::Inside => {}
            WindowVerdict::NeverIncluded => summary.never_checked_in += 1,
            WindowVerdict::Outside => {
                summary.filtered_out += 1;
                return None;
            }
            WindowVerdict::NeverExcluded => {
                summary.never_checked_in += 1;
                summary.never_checked_in_excluded += 1;
                return None;
            }
        }
        let is_repeated = record
            .serial_key()
            .is_some_and(|key| self.serials.meet(key));
        if is_repeated {
            record.flag_duplicate_serial();
        }
        Some(record)
    }

    fn hand_out(&mut self, record: &S::Record) {
        let walk = self.walk.walk;
        let mut progress = lock(&self.progress);
        progress.summary.kept += 1;
        let (id, name) = match record.customer() {
            Some(customer) => (customer.id.clone(), customer.name.clone()),
            None => (String::new(), None),
        };
        let count = progress.summary.customers.entry(id).or_default();
        count.assets += 1;
        count.name = name.or(count.name.take());
        if let Some(reading) = self.reading.as_ref().filter(|_| walk == 1) {
            let begins = progress.position.taken.is_empty();
            if begins || progress.position.page != reading.number {
                progress.position = reading.position(Vec::new(), self.gap.clone());
            }
            progress
                .position
                .taken
                .push(record.source().vendor_id.clone());
        }
    }

    /// Moves the checkpoint to the end of a page that was handed out whole.
    ///
    /// The page keeps its ids there: on resuming, they show whether records moved.
    fn turn_page(&mut self) {
        if let Some(mut reading) = self.reading.take()
            && self.walk.walk == 1
        {
            let ids = std::mem::take(&mut reading.ids);
            self.progress().position = reading.position(ids, self.gap.clone());
        }
    }

    /// Whether the listing is finished; otherwise another walk has begun.
    fn walk_again_or_finish(&mut self) -> bool {
        let whole = self.walk.is_complete();
        let settled = self.walk.walk > 1 && self.new_in_walk == 0 && !self.walk.totals_changed();
        if whole || settled || self.walk.walk >= WALK_LIMIT {
            let reason = if whole {
                self.gap.take()
            } else {
                Some(self.shortfall())
            };
            let mut progress = self.progress();
            progress.summary.complete = reason.is_none();
            progress.summary.incomplete_reason = reason;
            return true;
        }
        self.walk_from_start(self.walk.walk + 1);
        false
    }

    fn shortfall(&self) -> String {
        match self.walk.missing() {
            0 => "the account kept changing while it was read".to_owned(),
            missing => format!(
                "the vendor counts {missing} more records than it lists, after {} readings",
                self.walk.walk
            ),
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        lock(&self.progress)
    }
}

pub(super) fn lock(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}
