//! Cisco's endpoint.

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use lmsync_core::Result;
use lmsync_core::http::{Answer as HttpAnswer, Call, Meter};

use super::map::{self, Said};
use crate::answer::{Answer, Answers};
use crate::connect::{Reach, require_success};
use crate::halves::{BatchAnswer, ask_in_halves};
use crate::maker::Maker;
use crate::matching::{AskedBy, match_rows};
use crate::query::WarrantyQuery;
use crate::source::WarrantySource;

/// Documented: <https://developer.cisco.com/docs/support-apis/serial-number-to-information/>.
const BATCH: usize = 75;
const SUMMARY: [&str; 5] = ["sn2info", "v2", "coverage", "summary", "serial_numbers"];
/// The most pages of one answer: a batch has no more machines.
const MOST_PAGES: u64 = 75;

/// Cisco's SN2INFO.
///
/// Clones share the access token and the request budget.
#[derive(Debug, Clone)]
pub struct Cisco {
    pub(super) reach: Reach,
}

impl Cisco {
    async fn page(&self, batch: &[WarrantyQuery], page: u64, meter: &Meter) -> Result<Said> {
        let mut serials: Vec<&str> = batch.iter().map(|query| query.serial.as_str()).collect();
        serials.sort_unstable();
        serials.dedup();
        let serials = serials.join(",");
        let mut url = self
            .reach
            .endpoint
            .path(SUMMARY.into_iter().chain([&*serials]))?;
        url.query_pairs_mut()
            .append_pair("page_index", &page.to_string());
        let call = Call::get("coverage summary", &url)?;
        let read = |answer: &HttpAnswer<'_>| map::read(answer, require_success(answer));
        self.reach.http.send(&call, meter, read).await
    }

    /// Cisco's answer to `batch`, from all pages.
    async fn pages(&self, batch: &[WarrantyQuery], meter: &Meter) -> Result<BatchAnswer> {
        let mut rows = Vec::new();
        let mut page = 1;
        loop {
            match self.page(batch, page, meter).await? {
                Said::Nothing if page == 1 => {
                    return Ok(BatchAnswer::Whole(Answers::of(batch, |_| Answer::NotFound)));
                }
                Said::Nothing => break,
                Said::Invalid(error) => {
                    return Ok(BatchAnswer::Refused(Answers::all_failed(batch, &error)));
                }
                Said::Page(next) => {
                    rows.extend(next.rows);
                    if page >= next.last.min(MOST_PAGES) {
                        break;
                    }
                }
            }
            page += 1;
        }
        Ok(BatchAnswer::Whole(match_rows(batch, rows, AskedBy::Serial)))
    }

    async fn batch(&self, batch: &[WarrantyQuery], meter: &Meter) -> BatchAnswer {
        match self.pages(batch, meter).await {
            Ok(answer) => answer,
            Err(error) => BatchAnswer::Whole(Answers::all_failed(batch, &error)),
        }
    }
}

#[async_trait]
impl WarrantySource for Cisco {
    fn maker(&self) -> Maker {
        Maker::CISCO
    }

    fn batch_size(&self) -> usize {
        BATCH
    }

    async fn lookup(&self, batch: &[WarrantyQuery], meter: &Meter) -> Answers {
        let ask = |batch| -> BoxFuture<'_, BatchAnswer> { Box::pin(self.batch(batch, meter)) };
        ask_in_halves(batch, &ask).await
    }
}
