//! Records that wait for their detail: several at once, handed out in order.

use std::collections::VecDeque;
use std::sync::Arc;

use super::source::ListSource;
use crate::error::Result;
use crate::http::Meter;
use crate::task::Task;

/// The records of the page that is being handed out.
pub(super) struct Ready<S: ListSource> {
    listed: VecDeque<Box<S::Record>>,
    /// The list that tells their detail, where it is wanted.
    list: Option<Arc<S>>,
    asked: VecDeque<Task<Box<S::Record>>>,
}

impl<S: ListSource> Default for Ready<S> {
    fn default() -> Self {
        Self {
            listed: VecDeque::new(),
            list: None,
            asked: VecDeque::new(),
        }
    }
}

impl<S: ListSource> Ready<S> {
    /// The records of a page; `list` adds to each what costs further calls.
    pub(super) fn new(records: Vec<Box<S::Record>>, list: Option<Arc<S>>) -> Self {
        Self {
            listed: records.into(),
            list,
            asked: VecDeque::new(),
        }
    }

    /// The next record; the detail of up to `concurrency` records is under way meanwhile.
    pub(super) async fn next(
        &mut self,
        concurrency: usize,
        meter: &Meter,
    ) -> Option<Result<Box<S::Record>>> {
        let Some(list) = &self.list else {
            return self.listed.pop_front().map(Ok);
        };
        while self.asked.len() < concurrency
            && let Some(record) = self.listed.pop_front()
        {
            let (list, meter) = (Arc::clone(list), meter.clone());
            let task =
                Task::spawn(async move { list.complete(*record, &meter).await.map(Box::new) });
            self.asked.push_back(task);
        }
        let record = self.asked.front_mut()?.join().await;
        self.asked.pop_front();
        Some(record)
    }
}
