//! Pages that were asked for, in the order to hand them out.

use std::collections::VecDeque;
use std::sync::Arc;

use super::key::PageKey;
use super::page::Page;
use super::source::ListSource;
use crate::error::Result;
use crate::http::Meter;
use crate::task::Task;

/// Pages that were asked for and not read yet.
pub(super) struct Fetches<T>(VecDeque<Fetch<T>>);

struct Fetch<T> {
    list: usize,
    at: PageKey,
    task: Task<Page<T>>,
}

impl<T: Send + 'static> Fetches<T> {
    pub(super) fn new() -> Self {
        Self(VecDeque::new())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Asks for the page of `source`, the list number `list`, at `at`.
    pub(super) fn ask<S>(&mut self, source: &Arc<S>, list: usize, at: PageKey, meter: &Meter)
    where
        S: ListSource<Record = T>,
    {
        let (source, key, meter) = (Arc::clone(source), at.clone(), meter.clone());
        let task = Task::spawn(async move { source.page(&key, &meter).await });
        // A cursor that has just become known comes before what was read ahead of later lists.
        let place = self.0.partition_point(|fetch| fetch.list <= list);
        self.0.insert(place, Fetch { list, at, task });
    }

    /// The next page, and where it is; `None` when none was asked for.
    pub(super) async fn next(&mut self) -> Option<Result<(usize, PageKey, Page<T>)>> {
        // Awaited in its place: who gives up here finds it again.
        let page = self.0.front_mut()?.task.join().await;
        let Fetch { list, at, .. } = self.0.pop_front()?;
        Some(page.map(|page| (list, at, page)))
    }

    /// Forgets what was asked for of the list number `list`.
    pub(super) fn forget(&mut self, list: usize) {
        self.0.retain(|fetch| fetch.list != list);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
