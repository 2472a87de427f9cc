//! The lists of a walk: one, or several read as one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use async_trait::async_trait;

use super::key::PageKey;
use super::page::Page;
use super::source::{ListChain, ListSource};
use crate::error::Result;
use crate::http::Meter;

/// A chain of one list.
pub(crate) struct OnlyList<S>(Arc<S>);

impl<S> OnlyList<S> {
    pub(crate) fn new(source: S) -> Self {
        Self(Arc::new(source))
    }
}

#[async_trait]
impl<S: ListSource> ListChain for OnlyList<S> {
    type List = Arc<S>;

    async fn lists(&self, _meter: &Meter) -> Result<Vec<(String, Arc<S>)>> {
        Ok(vec![(String::new(), Arc::clone(&self.0))])
    }
}

#[async_trait]
impl<S: ListSource + ?Sized> ListSource for Arc<S> {
    type Record = S::Record;

    fn first(&self) -> PageKey {
        (**self).first()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Self::Record>> {
        (**self).page(at, meter).await
    }

    async fn complete(&self, record: Self::Record, meter: &Meter) -> Result<Self::Record> {
        (**self).complete(record, meter).await
    }

    fn got_on(&self, is_complete: bool) {
        (**self).got_on(is_complete);
    }
}

/// A fingerprint of `labels`, in order.
pub(super) fn fingerprint<'l>(labels: impl Iterator<Item = &'l str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for label in labels {
        label.hash(&mut hasher);
    }
    hasher.finish()
}
