//! Work on many accounts, each in a task of its own.

use std::collections::HashMap;
use std::future::Future;

use tokio::task::JoinSet;
use tracing::Instrument;

/// Does all of `work` at once; the results come in the same order. One that panics has none, and the
/// panic has told the rest. Dropping the future ends them all.
pub(super) async fn at_once<W>(work: impl IntoIterator<Item = W>) -> Vec<Option<W::Output>>
where
    W: Future<Output: Send + 'static> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    let places: HashMap<_, usize> = work
        .into_iter()
        .map(|work| tasks.spawn(work.in_current_span()).id())
        .zip(0..)
        .collect();
    let mut results: Vec<Option<W::Output>> = places.iter().map(|_| None).collect();
    while let Some(ended) = tasks.join_next_with_id().await {
        if let Ok((task, result)) = ended
            && let Some(place) = places.get(&task).and_then(|place| results.get_mut(*place))
        {
            *place = Some(result);
        }
    }
    results
}
