//! Lenovo's endpoint.

use async_trait::async_trait;
use lmsync_core::http::{Answer as HttpAnswer, Call, Idempotency, Meter};
use lmsync_core::{ErrorKind, Result};

use super::machine_type::machine_type;
use super::map;
use crate::answer::{Answer, Answers};
use crate::connect::{Reach, require_success};
use crate::halves::{BatchAnswer, ask_in_halves};
use crate::maker::Maker;
use crate::query::WarrantyQuery;
use crate::rules::is_same_product_number;
use crate::source::WarrantySource;

/// Seen: clients send so many. Nobody outside knows the limit.
const BATCH: usize = 50;
const WARRANTY: &str = "/v2.5/warranty";

/// Lenovo's Support API.
///
/// Clones share the request budget.
#[derive(Debug, Clone)]
pub struct Lenovo {
    pub(super) reach: Reach,
}

impl Lenovo {
    /// The answers to `batch`, each asked for as `asked_as` says.
    async fn warranties(
        &self,
        batch: &[WarrantyQuery],
        asked_as: impl Fn(&WarrantyQuery) -> String,
        meter: &Meter,
    ) -> Result<Answers> {
        let mut serials: Vec<String> = batch.iter().map(asked_as).collect();
        serials.sort_unstable();
        serials.dedup();
        let url = self.reach.endpoint.join(WARRANTY)?;
        let form = [("Serial", &*serials.join(","))];
        let call = Call::post_form("warranty", &url, &form, Idempotency::Idempotent)?;
        let read = |answer: &HttpAnswer<'_>| {
            require_success(answer)?;
            map::answers(batch, answer)
        };
        self.reach.http.send(&call, meter, read).await
    }

    /// Lenovo's answer to `batch`; 404 may be about a single machine in it.
    async fn batch(&self, batch: &[WarrantyQuery], meter: &Meter) -> BatchAnswer {
        match self
            .warranties(batch, |query| query.serial.clone(), meter)
            .await
        {
            Ok(answers) => BatchAnswer::Whole(answers),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                BatchAnswer::Refused(Answers::of(batch, |_| Answer::NotFound))
            }
            Err(error) => BatchAnswer::Whole(Answers::all_failed(batch, &error)),
        }
    }

    /// The answer to `query` with its machine type, where the one without may be about another machine.
    async fn once_more(
        &self,
        query: &WarrantyQuery,
        answer: &Answer,
        meter: &Meter,
    ) -> Option<Answer> {
        let machine_type = machine_type(query)?;
        let is_open = match answer {
            Answer::Ambiguous(_) => true,
            Answer::Known(record) => {
                !is_same_product_number(&machine_type, &record.product_numbers)
            }
            _ => false,
        };
        if !is_open {
            return None;
        }
        let alone = std::slice::from_ref(query);
        let asked_as = |query: &WarrantyQuery| format!("{}.{machine_type}", query.serial);
        Some(match self.warranties(alone, asked_as, meter).await {
            Ok(answers) => answers.get(&query.key())?.clone(),
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => Answer::of_error(error),
        })
    }
}

#[async_trait]
impl WarrantySource for Lenovo {
    fn maker(&self) -> Maker {
        Maker::LENOVO
    }

    fn batch_size(&self) -> usize {
        BATCH
    }

    async fn lookup(&self, batch: &[WarrantyQuery], meter: &Meter) -> Answers {
        let ask = |batch| -> futures_util::future::BoxFuture<'_, BatchAnswer> {
            Box::pin(self.batch(batch, meter))
        };
        let mut answers = ask_in_halves(batch, &ask).await;
        for query in batch {
            let Some(answer) = answers.get(&query.key()).cloned() else {
                continue;
            };
            match self.once_more(query, &answer, meter).await {
                // The type is unknown there: the first answer stands.
                None | Some(Answer::NotFound) => {}
                Some(answer) => answers.insert(query.key(), answer),
            }
        }
        answers
    }
}
