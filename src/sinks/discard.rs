//! Nowhere.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::Result;
use lmsync_store::{AccountKey, Batch, Landed, Landing, PassReport, Store, StreamName};

/// A place that keeps nothing: for whoever wants to know what there is alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Discard;

#[async_trait]
impl Store for Discard {
    async fn begin(&self, _: &AccountKey, _: StreamName) -> Result<Box<dyn Landing>> {
        Ok(Box::new(Self))
    }

    fn batch_size(&self) -> usize {
        1
    }

    fn remembers(&self) -> bool {
        false
    }
}

#[async_trait]
impl Landing for Discard {
    async fn put(&mut self, _: &Arc<Batch>) -> Result<Landed> {
        Ok(Landed::default())
    }

    async fn finish(self: Box<Self>, _: &PassReport) -> Result<Landed> {
        Ok(Landed::default())
    }
}
