//! Dell's endpoint.

use std::collections::BTreeMap;

use async_trait::async_trait;
use lmsync_core::Result;
use lmsync_core::http::{Call, Meter};

use super::map;
use super::tag::service_tag;
use crate::answer::{Answer, Answers};
use crate::connect::{Reach, require_success};
use crate::maker::Maker;
use crate::query::WarrantyQuery;
use crate::source::WarrantySource;

/// Seen: three public clients.
const BATCH: usize = 100;
const ENTITLEMENTS: &str = "/PROD/sbil/eapi/v5/asset-entitlements";

/// Dell's TechDirect.
///
/// Clones share the access token and the request budget.
#[derive(Debug, Clone)]
pub struct Dell {
    pub(super) reach: Reach,
}

impl Dell {
    /// The answers to queries whose serial numbers are service tags, each once.
    async fn entitlements(&self, tags: &[WarrantyQuery], meter: &Meter) -> Result<Answers> {
        let list: Vec<&str> = tags.iter().map(|query| query.serial.as_str()).collect();
        let mut url = self.reach.endpoint.join(ENTITLEMENTS)?;
        url.set_query(Some(&format!("servicetags={}", list.join(","))));
        let call = Call::get("asset-entitlements", &url)?;
        let read = |answer: &lmsync_core::http::Answer<'_>| {
            require_success(answer)?;
            map::answers(tags, answer)
        };
        self.reach.http.send(&call, meter, read).await
    }
}

#[async_trait]
impl WarrantySource for Dell {
    fn maker(&self) -> Maker {
        Maker::DELL
    }

    fn batch_size(&self) -> usize {
        BATCH
    }

    async fn lookup(&self, batch: &[WarrantyQuery], meter: &Meter) -> Answers {
        if batch.is_empty() {
            return Answers::default();
        }
        // Two queries that differ in more than the tag are one here.
        let tags: BTreeMap<String, WarrantyQuery> = batch
            .iter()
            .map(|query| service_tag(&query.serial))
            .map(|tag| (tag.clone(), WarrantyQuery::new(&tag)))
            .collect();
        let tags: Vec<WarrantyQuery> = tags.into_values().collect();
        let answers = match self.entitlements(&tags, meter).await {
            Ok(answers) => answers,
            Err(error) => Answers::all_failed(&tags, &error),
        };
        Answers::of(batch, |query| {
            let key = WarrantyQuery::new(&service_tag(&query.serial)).key();
            answers.get(&key).cloned().unwrap_or(Answer::NotFound)
        })
    }
}
