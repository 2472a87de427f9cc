//! One walk over a list: which page is next, when it ends, and whether everything was met.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::key::PageKey;
use super::page::Next;
use crate::error::{Error, Result};

/// So many pages in a row without anything new end a walk.
const PAGES_WITHOUT_NEW: u32 = 5;
/// The most rows of a list that may be without an id; one more, and nobody knows how much is missing.
const FEW_UNIDENTIFIED: u64 = 3;
/// No account has this many pages; a vendor that gives more repeats itself in disguise.
const PAGE_LIMIT: u32 = 100_000;

/// What a page said, once its rows are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageFacts<'p> {
    pub(super) at: &'p PageKey,
    pub(super) rows: u64,
    /// Rows whose id was not met before in this walk.
    pub(super) new_ids: u64,
    /// Rows without an id.
    pub(super) unidentified: u64,
    /// Rows that could not be read, those without an id included.
    pub(super) refused: u64,
    /// Why the first of them could not.
    pub(super) refused_because: Option<&'p str>,
    pub(super) total: Option<u64>,
    pub(super) next: &'p Next,
}

/// What a numbered page says about the next one.
#[derive(Debug, Clone, Copy)]
struct Numbering {
    number: u32,
    /// The count to plan by.
    total: Option<u64>,
    pages: Option<u32>,
    more: Option<bool>,
    size: u32,
}

/// One walk over one list.
#[derive(Debug)]
pub(super) struct Walk {
    ahead: Ahead,
    pages_read: u32,
    counted: u64,
    /// Rows, repeated ones included.
    rows: u64,
    unidentified: u64,
    totals: Option<(u64, u64)>,
    pages_without_new: u32,
    over: bool,
    gap: Option<String>,
}

/// The pages that are known to come and were not asked for yet.
#[derive(Debug)]
enum Ahead {
    Numbers {
        next: u32,
        last: u32,
    },
    Cursors {
        next: Option<String>,
        asked: AskedCursors,
    },
}

impl Walk {
    /// A walk from the page at `first`, before which `counted` records were met.
    pub(super) fn new(first: PageKey, counted: u64) -> Self {
        Self {
            ahead: match first {
                PageKey::Number(number) => Ahead::Numbers {
                    next: number,
                    last: number,
                },
                PageKey::Cursor(cursor) => Ahead::cursors(cursor),
            },
            pages_read: 0,
            counted,
            rows: counted,
            unidentified: 0,
            totals: None,
            pages_without_new: 0,
            over: false,
            gap: None,
        }
    }

    /// The next page to ask for, as far as is known.
    pub(super) fn next_page(&mut self) -> Option<PageKey> {
        if self.over {
            return None;
        }
        match &mut self.ahead {
            Ahead::Numbers { next, last } => (*next <= *last).then(|| {
                *next += 1;
                PageKey::Number(*next - 1)
            }),
            Ahead::Cursors { next, .. } => next.take().map(PageKey::Cursor),
        }
    }

    /// Records met so far, those before a resumed walk included.
    pub(super) fn counted(&self) -> u64 {
        self.counted
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Takes note of a page; pages come in order, and `concurrency` are read ahead.
    pub(super) fn note(&mut self, page: PageFacts<'_>, concurrency: usize) -> Result<()> {
        self.pages_read += 1;
        self.counted += page.new_ids + page.unidentified;
        self.rows += page.rows;
        self.unidentified += page.unidentified;
        self.gap = self.gap.take().or_else(|| self.refused(page));
        // Past the end some vendors count zero.
        let total = page
            .total
            .filter(|_| page.rows > 0 || self.totals.is_none());
        if let Some(total) = total {
            let (low, high) = self.totals.unwrap_or((total, total));
            self.totals = Some((low.min(total), high.max(total)));
        }
        self.pages_without_new = match page.new_ids {
            0 => self.pages_without_new + 1,
            _ => 0,
        };
        if self.pages_read >= PAGE_LIMIT || self.counts_too_many(page) {
            return Err(self.endless(page));
        }
        match page.next {
            Next::End => self.over = true,
            Next::Unreadable(why) => self.lose_the_way(why),
            Next::Cursor(cursor) => self.follow(cursor, page)?,
            Next::Numbered { pages, more, size } => {
                let numbering = Numbering {
                    number: page.at.number(),
                    total,
                    pages: *pages,
                    more: *more,
                    size: (*size).max(1),
                };
                self.count_on(numbering, page, concurrency)?;
            }
        }
        Ok(())
    }

    /// Why the rows of `page` that could not be read leave a gap: all of a page, or too many that
    /// cannot be told apart. One alone costs itself.
    fn refused(&self, page: PageFacts<'_>) -> Option<String> {
        let because = page.refused_because?;
        let is_one_that_is_known = (page.refused, page.unidentified) == (1, 0);
        if page.refused == page.rows && !is_one_that_is_known {
            return Some(format!(
                "none of the {} rows of {} could be read: {because}",
                page.rows, page.at
            ));
        }
        (self.unidentified > FEW_UNIDENTIFIED).then(|| {
            format!(
                "{} rows have no id that can be read, so that nobody knows which records they are: \
                 {because}",
                self.unidentified
            )
        })
    }

    /// Why records are missing that nobody counts.
    pub(super) fn gap(&self) -> Option<&str> {
        self.gap.as_deref()
    }

    /// Whether this walk met every record that the vendor counts.
    pub(super) fn is_complete(&self) -> bool {
        self.totals
            .is_none_or(|(low, high)| low == high && self.counted >= high)
    }

    /// Tells whether the vendor listed as many rows as it counts, if some of them twice.
    pub(super) fn lists_what_it_counts(&self) -> bool {
        self.total() == Some(self.rows) && !self.totals_changed()
    }

    /// Records that the vendor counts and this walk did not meet.
    pub(super) fn missing(&self) -> u64 {
        self.totals
            .map_or(0, |(_, high)| high.saturating_sub(self.counted))
    }

    pub(super) fn totals_changed(&self) -> bool {
        self.totals.is_some_and(|(low, high)| low != high)
    }

    /// The vendor's count, as far as it is known.
    pub(super) fn total(&self) -> Option<u64> {
        self.totals.map(|(_, high)| high)
    }

    fn lose_the_way(&mut self, why: &str) {
        self.over = true;
        self.gap = Some(format!("where the next page is cannot be read: {why}"));
    }

    /// Goes on at `cursor`, unless it leads back.
    fn follow(&mut self, cursor: &str, page: PageFacts<'_>) -> Result<()> {
        if cursor.trim().is_empty() {
            self.lose_the_way("the vendor's pointer to it is empty");
            return Ok(());
        }
        if let Ahead::Numbers { .. } = self.ahead {
            self.ahead = Ahead::after_a_number();
        }
        let Ahead::Cursors { next, asked } = &mut self.ahead else {
            return Ok(());
        };
        let is_new = asked.insert(cursor);
        *next = is_new.then(|| cursor.to_owned());
        if is_new && self.pages_without_new < PAGES_WITHOUT_NEW {
            return Ok(());
        }
        if self.all_met(page) {
            self.over = true;
            return Ok(());
        }
        Err(self.endless(page))
    }

    /// Plans further numbered pages, or ends the walk.
    fn count_on(
        &mut self,
        numbering: Numbering,
        page: PageFacts<'_>,
        concurrency: usize,
    ) -> Result<()> {
        let planned = self.planned(numbering);
        let is_announced = numbering.pages.is_some_and(|all| numbering.number < all);
        let is_barren = self.pages_without_new >= PAGES_WITHOUT_NEW && !is_announced;
        if is_barren && numbering.more == Some(true) && !self.all_met(page) {
            return Err(self.endless(page));
        }
        let is_last = numbering.number >= planned;
        let goes_on = self.goes_on(numbering, page);
        let extension = self.extension(page, concurrency);
        if is_barren || (is_last && !goes_on) {
            self.over = true;
            return Ok(());
        }
        let extended = if is_last {
            planned + extension
        } else {
            planned
        };
        match &mut self.ahead {
            Ahead::Numbers { last, .. } => *last = (*last).max(extended),
            ahead @ Ahead::Cursors { .. } => {
                *ahead = Ahead::Numbers {
                    next: numbering.number + 1,
                    last: extended,
                }
            }
        }
        Ok(())
    }

    /// The last page that is known to come.
    fn planned(&self, numbering: Numbering) -> u32 {
        let known = match self.ahead {
            Ahead::Numbers { last, .. } => last,
            Ahead::Cursors { .. } => numbering.number,
        };
        let counted = numbering.total.map_or(0, |total| {
            to_page(total.div_ceil(u64::from(numbering.size)))
        });
        let told = numbering.pages.unwrap_or_default().min(PAGE_LIMIT);
        known.max(counted).max(told)
    }

    /// Whether there is more after the last page that was planned.
    fn goes_on(&self, numbering: Numbering, page: PageFacts<'_>) -> bool {
        match (numbering.more, page.total, numbering.pages) {
            (Some(more), _, _) => more && !(self.pages_without_new > 0 && self.all_met(page)),
            (None, Some(_), _) => !self.all_met(page) && page.rows > 0,
            (None, None, Some(_)) => false,
            (None, None, None) => page.rows >= u64::from(numbering.size),
        }
    }

    fn all_met(&self, page: PageFacts<'_>) -> bool {
        page.total.is_some_and(|total| self.counted >= total)
    }

    fn extension(&self, page: PageFacts<'_>, concurrency: usize) -> u32 {
        let expected = self.missing().div_ceil(page.rows.max(1));
        to_page(expected.min(concurrency as u64)).max(1)
    }

    fn counts_too_many(&self, page: PageFacts<'_>) -> bool {
        page.total
            .is_some_and(|total| self.counted > total.saturating_mul(2).saturating_add(1000))
    }

    fn endless(&self, page: PageFacts<'_>) -> Error {
        Error::vendor(format!(
            "the listing does not end: {} brings nothing new or leads back, and says there is \
             more, after {} records",
            page.at, self.counted
        ))
        .with_hint("run the sync again; if it stays, report it to the vendor")
    }
}

impl Ahead {
    fn cursors(first: String) -> Self {
        let mut asked = AskedCursors::default();
        asked.insert(&first);
        Self::Cursors {
            next: Some(first),
            asked,
        }
    }

    /// Cursors after a first page that was asked for by number.
    fn after_a_number() -> Self {
        Self::Cursors {
            next: None,
            asked: AskedCursors::default(),
        }
    }
}

/// The cursors that a walk asked for, remembered as hashes: two that share one would end the
/// walk with an error, never early.
#[derive(Debug, Default)]
struct AskedCursors {
    hasher: RandomState,
    asked: HashSet<u64>,
}

impl AskedCursors {
    /// Whether `cursor` was not asked for before.
    fn insert(&mut self, cursor: &str) -> bool {
        self.asked.insert(self.hasher.hash_one(cursor))
    }
}

fn to_page(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(PAGE_LIMIT).min(PAGE_LIMIT)
}
