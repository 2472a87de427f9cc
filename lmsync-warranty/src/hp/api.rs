//! HP's endpoints.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use lmsync_core::http::{Answer as HttpAnswer, Call, Idempotency, Meter, Redactor};
use lmsync_core::{ErrorKind, Result, SharedClock};

use super::map;
use super::unpack::unpacked;
use super::wire::{Asked, Job};
use crate::answer::Answers;
use crate::cache::WarrantyCache;
use crate::connect::{Reach, require_success};
use crate::mask::masked;
use crate::query::WarrantyQuery;

const JOBS: [&str; 3] = ["productwarranty", "v2", "jobs"];

/// HP's product warranty.
///
/// Clones share the access token and the request budget.
#[derive(Clone)]
pub struct Hp {
    pub(super) reach: Reach,
    pub(super) clock: SharedClock,
    pub(super) cache: Arc<dyn WarrantyCache>,
}

impl fmt::Debug for Hp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hp")
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}

impl Hp {
    /// Begins a job for `batch`.
    pub(super) async fn begin(&self, batch: &[WarrantyQuery], meter: &Meter) -> Result<Job> {
        let asked: Vec<Asked<'_>> = batch
            .iter()
            .map(|query| Asked {
                sn: &query.serial,
                pn: query.product_number.as_deref(),
            })
            .collect();
        let url = self.reach.endpoint.path(JOBS)?;
        // A second job costs a quota and changes nothing.
        let call = Call::post_json("begin job", &url, &asked, Idempotency::Idempotent)?;
        self.reach.http.send(&call, meter, job).await
    }

    /// The state of the job `id`.
    pub(super) async fn progress(&self, id: &str, meter: &Meter) -> Result<Job> {
        let url = self.reach.endpoint.path(JOBS.into_iter().chain([id]))?;
        let call = Call::get("job", &url)?;
        self.reach.http.send(&call, meter, job).await
    }

    /// The answers to `batch` among the results of the job `id`.
    pub(super) async fn results(
        &self,
        id: &str,
        batch: &[WarrantyQuery],
        meter: &Meter,
    ) -> Result<Answers> {
        let url = self
            .reach
            .endpoint
            .path(JOBS.into_iter().chain([id, "results"]))?;
        let call = Call::get("job results", &url)?;
        let read = |answer: &HttpAnswer<'_>| {
            require_success(answer)?;
            let body = Bytes::copy_from_slice(&unpacked(answer.body())?);
            let plain = Response::new(body);
            // The secrets are known to the first alone.
            let plain = HttpAnswer::new(&plain, Redactor::default(), answer.received_at());
            let answers = map::answers(batch, &plain);
            let answers = answers.map_err(|error| masked(answer, &error))?;
            Ok(answers.with_errors(|error| masked(answer, error)))
        };
        self.reach.http.send(&call, meter, read).await
    }
}

fn job(answer: &HttpAnswer<'_>) -> Result<Job> {
    require_success(answer)?;
    let job: Job = answer.object()?;
    match job.job_id.id().is_none() && job.status.trimmed().is_none() {
        false => Ok(job),
        true => Err(answer.without_data(ErrorKind::Decode, "the answer is about no job")),
    }
}
