//! Assets that a thread reads where waiting disturbs nobody.

use futures_util::stream::{self, BoxStream, StreamExt};
use lmsync_core::{Error, Result};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

use crate::read::StoredAsset;

/// Number of assets that are read ahead.
const AHEAD: usize = 256;

/// The assets that `read` sends, until nobody listens.
pub(crate) fn on_a_thread(
    read: impl FnOnce(&Sender<Result<StoredAsset>>) -> Result<()> + Send + 'static,
) -> BoxStream<'static, Result<StoredAsset>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        if let Err(error) = read(&sender) {
            // Nobody listens any more.
            let _ = sender.blocking_send(Err(error));
        }
    });
    stream::unfold(Some((receiver, reading)), next).boxed()
}

type Reading = (Receiver<Result<StoredAsset>>, JoinHandle<()>);

/// The next asset. A reading that broke down is told, so that what came of it is not taken for all.
async fn next(reading: Option<Reading>) -> Option<(Result<StoredAsset>, Option<Reading>)> {
    let (mut receiver, reading) = reading?;
    match receiver.recv().await {
        Some(asset) => Some((asset, Some((receiver, reading)))),
        None => {
            reading.await.err()?;
            Some((Err(Error::store("reading the store broke down")), None))
        }
    }
}
