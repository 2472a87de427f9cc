//! The lists of a fake connector.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::listing::{ListSource, Listed, Next, Page, PageKey, Row};
use lmsync_core::{Rejection, Result};

use super::content::Content;

/// Most records of a page.
const PAGE: usize = 100;

type Records<T> = dyn Fn(&Content) -> Vec<T> + Send + Sync;

/// One list of the account, as it is when each page is asked for.
pub(super) struct FakeList<T> {
    content: Arc<Mutex<Content>>,
    records: Box<Records<T>>,
}

impl<T> FakeList<T> {
    pub(super) fn new(
        content: Arc<Mutex<Content>>,
        records: impl Fn(&Content) -> Vec<T> + Send + Sync + 'static,
    ) -> Self {
        Self {
            content,
            records: Box::new(records),
        }
    }
}

impl<T> fmt::Debug for FakeList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeList").finish_non_exhaustive()
    }
}

#[async_trait]
impl<T: Listed> ListSource for FakeList<T> {
    type Record = T;

    async fn page(&self, at: &PageKey, _meter: &Meter) -> Result<Page<T>> {
        let content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        content.works()?;
        let before = at.number().saturating_sub(1) as usize;
        let size = match &content.listing_failure {
            // The records before the failure are a page of their own.
            Some((records, error)) if before > 0 || *records == 0 => return Err(error.clone()),
            Some((records, _)) => *records,
            None => PAGE,
        };
        let records = (self.records)(&content);
        let total = records.len();
        let start = before * size;
        let rows = records.into_iter().skip(start).take(size);
        let mut rows: Vec<Row<T>> = rows.map(Box::new).map(Row::Record).collect();
        let is_last = start + rows.len() >= total;
        if let Some(reason) = content.gap.as_ref().filter(|_| is_last) {
            rows.push(Row::Gap(Rejection::new(None, reason)));
        }
        let next = Next::Numbered {
            pages: None,
            more: Some(!is_last || content.listing_failure.is_some()),
            size: u32::try_from(size).unwrap_or(u32::MAX),
        };
        let counted = content.gap.is_none().then_some(total as u64);
        Ok(Page::new(rows, next).with_total(counted))
    }
}
