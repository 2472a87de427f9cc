//! One walk over all pages: which page is next, when it ends, and whether it saw everything.

use crate::error::{Error, Result};

/// So many pages in a row without anything new end a walk.
const BARREN_LIMIT: u32 = 5;
/// No account has this many pages; a vendor that gives more repeats itself in disguise.
const PAGE_LIMIT: u32 = 100_000;

/// What a page said, once its rows are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageFacts {
    pub(super) number: u32,
    pub(super) rows: u64,
    /// Rows whose id was not met before in this walk.
    pub(super) new_ids: u64,
    /// Rows without an id.
    pub(super) unidentified: u64,
    pub(super) total: Option<u64>,
    pub(super) pages: Option<u32>,
    pub(super) more: Option<bool>,
    pub(super) size: u32,
}

/// One walk over all pages.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) walk: u32,
    next: u32,
    last: u32,
    counted: u64,
    totals: Option<(u64, u64)>,
    pages_without_new: u32,
    over: bool,
}

impl Walk {
    /// A walk from page `first`, before which `counted` records were met.
    pub(super) fn new(walk: u32, first: u32, counted: u64) -> Self {
        Self {
            walk,
            next: first,
            last: first,
            counted,
            totals: None,
            pages_without_new: 0,
            over: false,
        }
    }

    /// The next page to ask for, as far as planned.
    pub(super) fn next_page(&mut self) -> Option<u32> {
        if self.over || self.next > self.last {
            return None;
        }
        self.next += 1;
        Some(self.next - 1)
    }

    /// Records met so far, those before a resumed walk included.
    pub(super) fn counted(&self) -> u64 {
        self.counted
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Takes note of a page; pages come in order.
    pub(super) fn note(&mut self, page: PageFacts, concurrency: usize) -> Result<()> {
        self.counted += page.new_ids + page.unidentified;
        // Past the end some vendors count zero.
        let total = page
            .total
            .filter(|_| page.rows > 0 || self.totals.is_none());
        if let Some(total) = total {
            let (low, high) = self.totals.unwrap_or((total, total));
            self.totals = Some((low.min(total), high.max(total)));
            let planned = total.div_ceil(u64::from(page.size.max(1)));
            self.last = self.last.max(to_page(planned));
        }
        if let Some(pages) = page.pages {
            self.last = self.last.max(pages.min(PAGE_LIMIT));
        }
        self.pages_without_new = if page.new_ids == 0 {
            self.pages_without_new + 1
        } else {
            0
        };
        self.guard_against_endlessness(page)?;
        if self.is_barren(page) || (page.number >= self.last && !self.goes_on(page)) {
            self.over = true;
        } else if page.number >= self.last {
            self.last += self.extension(page, concurrency);
        }
        Ok(())
    }

    /// Whether this walk met every record that the vendor counts.
    pub(super) fn is_complete(&self) -> bool {
        self.totals
            .is_none_or(|(low, high)| low == high && self.counted >= high)
    }

    /// Records that the vendor counts and this walk did not meet.
    pub(super) fn missing(&self) -> u64 {
        self.totals
            .map_or(0, |(_, high)| high.saturating_sub(self.counted))
    }

    pub(super) fn totals_changed(&self) -> bool {
        self.totals.is_some_and(|(low, high)| low != high)
    }

    /// Whether there is more after the last page that was planned.
    fn goes_on(&self, page: PageFacts) -> bool {
        match (page.more, page.total, page.pages) {
            (Some(more), _, _) => more && !(self.pages_without_new > 0 && self.all_met(page)),
            (None, Some(_), _) => !self.all_met(page) && page.rows > 0,
            (None, None, Some(_)) => false,
            (None, None, None) => page.rows >= u64::from(page.size.max(1)),
        }
    }

    fn all_met(&self, page: PageFacts) -> bool {
        page.total.is_some_and(|total| self.counted >= total)
    }

    fn extension(&self, page: PageFacts, concurrency: usize) -> u32 {
        let expected = self.missing().div_ceil(page.rows.max(1));
        to_page(expected.min(concurrency as u64)).max(1)
    }

    /// Whether nothing new comes any more; before the last page that the vendor announced,
    /// any may be empty.
    fn is_barren(&self, page: PageFacts) -> bool {
        let is_announced = page.pages.is_some_and(|pages| page.number < pages);
        self.pages_without_new >= BARREN_LIMIT && !is_announced
    }

    fn guard_against_endlessness(&self, page: PageFacts) -> Result<()> {
        let repeats = self.is_barren(page) && page.more == Some(true) && !self.all_met(page);
        let overflows = page
            .total
            .is_some_and(|total| self.counted > total.saturating_mul(2).saturating_add(1000));
        if repeats || overflows || page.number >= PAGE_LIMIT {
            return Err(Error::vendor(format!(
                "the listing does not end: page {} brings nothing new and says there is more, \
                 after {} records",
                page.number, self.counted
            ))
            .with_hint("run the sync again; if it stays, report it to the vendor"));
        }
        Ok(())
    }
}

fn to_page(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(PAGE_LIMIT).min(PAGE_LIMIT)
}
