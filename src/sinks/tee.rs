//! Two places at once.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::Result;
use lmsync_store::{AccountKey, Batch, Landed, Landing, PassId, PassReport, Store, StreamName};

/// A store, and a second place that gets the same batches, such as a file of
/// [`JsonLines`](crate::JsonLines) beside a database.
///
/// Counts are those of the store. No pass is gone on with: the second place has only what is put into it now,
/// and would miss what landed before.
#[derive(Debug, Clone)]
pub struct Tee {
    store: Arc<dyn Store>,
    second: Arc<dyn Store>,
}

impl Tee {
    /// `store`, and `second` beside it.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, second: Arc<dyn Store>) -> Self {
        Self { store, second }
    }
}

#[async_trait]
impl Store for Tee {
    async fn begin(&self, account: &AccountKey, stream: StreamName) -> Result<Box<dyn Landing>> {
        Ok(Box::new(TeeLanding {
            store: self.store.begin(account, stream).await?,
            second: self.second.begin(account, stream).await?,
        }))
    }

    fn batch_size(&self) -> usize {
        self.store.batch_size().max(self.second.batch_size())
    }

    fn remembers(&self) -> bool {
        self.store.remembers()
    }
}

#[derive(Debug)]
struct TeeLanding {
    store: Box<dyn Landing>,
    second: Box<dyn Landing>,
}

#[async_trait]
impl Landing for TeeLanding {
    fn latest(&self) -> Option<PassId> {
        self.store.latest().max(self.second.latest())
    }

    async fn put(&mut self, batch: &Arc<Batch>) -> Result<Landed> {
        let landed = self.store.put(batch).await?;
        self.second.put(batch).await?;
        Ok(landed)
    }

    async fn finish(self: Box<Self>, report: &PassReport) -> Result<Landed> {
        let landed = self.store.finish(report).await?;
        self.second.finish(report).await?;
        Ok(landed)
    }
}
