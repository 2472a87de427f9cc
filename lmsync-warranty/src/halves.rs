//! Batches that a maker refuses as a whole because of one machine in them.

use futures_util::future::BoxFuture;

use crate::answer::Answers;
use crate::query::WarrantyQuery;

/// A maker's answer to a batch.
pub(crate) enum BatchAnswer {
    /// The answers.
    Whole(Answers),
    /// It refuses the batch as a whole for something that may be about one machine in it.
    Refused(Answers),
}

/// Asks about `batch`, and about each half of it where it is refused as a whole, so that one machine
/// costs no other its answer.
pub(crate) fn ask_in_halves<'a, F>(batch: &'a [WarrantyQuery], ask: &'a F) -> BoxFuture<'a, Answers>
where
    F: Fn(&'a [WarrantyQuery]) -> BoxFuture<'a, BatchAnswer> + Sync,
{
    Box::pin(async move {
        if batch.is_empty() {
            return Answers::default();
        }
        match ask(batch).await {
            BatchAnswer::Whole(answers) => answers,
            BatchAnswer::Refused(answers) if batch.len() < 2 => answers,
            BatchAnswer::Refused(_) => {
                let (first, second) = batch.split_at(batch.len() / 2);
                let first = ask_in_halves(first, ask).await;
                first.and(ask_in_halves(second, ask).await)
            }
        }
    })
}
