//! Installed software of many devices at once, and of each alone where that cannot be had.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures_util::future::join_all;
use lmsync_core::http::Meter;
use lmsync_core::json::LenientObject;
use lmsync_core::listing::{ListSource, Listed, Page, PageKey, Row, read_all};
use lmsync_core::{Error, ErrorKind, Rejection, Result};
use tokio::sync::OnceCell;

use crate::api::Api;
use crate::quirks::rows::key;
use crate::wire;

/// The programs of a device.
pub(crate) type Programs = Vec<LenientObject<wire::Software>>;

/// The programs of devices, by their ids; a device that is not here must be asked alone.
type Told = HashMap<String, Programs>;

/// The software of the devices in a batch of companies, asked for once.
#[derive(Default)]
pub(crate) struct BatchSoftware(OnceCell<Mutex<Told>>);

impl BatchSoftware {
    /// The programs on `device`, to be had once; `None` where it must be asked alone. An
    /// account that does not take such questions is noted in `is_refused`, and asked no more.
    pub(crate) async fn of(
        &self,
        device: &str,
        api: &Arc<Api>,
        companies: &[String],
        is_refused: &AtomicBool,
        meter: &Meter,
    ) -> Result<Option<Programs>> {
        let ask = || async {
            if is_refused.load(Ordering::Relaxed) {
                return Ok(Mutex::default());
            }
            match of_batch(api, companies, meter).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(Mutex::default()),
                Err(error) if is_refusal(&error) => {
                    tracing::info!(reason = %error, "software is asked of each device alone");
                    is_refused.store(true, Ordering::Relaxed);
                    Ok(Mutex::default())
                }
                told => told.map(Mutex::new),
            }
        };
        let told = self.0.get_or_try_init(ask).await?;
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(told.remove(&key(device)))
    }
}

/// The software of a batch: where one company without devices costs the others theirs, of each
/// company.
async fn of_batch(api: &Arc<Api>, companies: &[String], meter: &Meter) -> Result<Told> {
    match of_companies(api, companies, meter).await {
        Err(error) if error.kind() == ErrorKind::NotFound && companies.len() > 1 => {
            let each = companies.iter().map(std::slice::from_ref);
            let each = each.map(|company| of_companies(api, company, meter));
            let mut all = Told::new();
            for told in join_all(each).await {
                match told {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    told => all.extend(told?),
                }
            }
            Ok(all)
        }
        told => told,
    }
}

async fn of_companies(api: &Arc<Api>, companies: &[String], meter: &Meter) -> Result<Told> {
    let pages = Pages {
        api: Arc::clone(api),
        companies: companies.to_vec(),
    };
    let list = read_all(pages, api.account.http(), meter).await?;
    let is_whole = list.incomplete_reason.is_none() && list.rejected.is_empty();
    let mut told = Told::new();
    // A part that is missing may be one of any device.
    for (device, programs) in list.records.into_iter().flat_map(|page| page.told) {
        if is_whole {
            told.entry(device).or_default().extend(programs);
        }
    }
    Ok(told)
}

/// Tells whether the account takes no such question, or answers it in words of its own.
fn is_refusal(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Permission | ErrorKind::Decode)
        || matches!(error.status(), Some(400 | 405 | 501))
}

/// The pages of the software of companies.
struct Pages {
    api: Arc<Api>,
    companies: Vec<String>,
}

/// One of them. A device may be on several, with a part of its programs each.
struct SoftwarePage {
    place: String,
    told: Vec<(String, Programs)>,
}

impl Listed for SoftwarePage {
    fn vendor_id(&self) -> &str {
        &self.place
    }
}

#[async_trait]
impl ListSource for Pages {
    type Record = SoftwarePage;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<SoftwarePage>> {
        let page = match self.api.software(&self.companies, at, meter).await {
            // Past the last page there is nothing, and that is no error.
            Err(error) if error.kind() == ErrorKind::NotFound && *at != self.first() => {
                return Ok(Page::only(Vec::new()));
            }
            page => page?,
        };
        let (mut told, mut rows) = (Vec::new(), Vec::new());
        for row in page.rows {
            match row
                .record
                .and_then(|device: wire::Installed| device.programs())
            {
                Ok((device, programs)) => told.push((key(&device), programs)),
                Err(rejection) => rows.push(Row::Rejected(rejection)),
            }
        }
        let place = at.cursor().unwrap_or_default().to_owned();
        rows.push(Row::Record(Box::new(SoftwarePage { place, told })));
        Ok(Page::new(rows, page.next))
    }
}

impl wire::Installed {
    fn programs(self) -> Result<(String, Programs), Rejection> {
        let id = self.endpoint_id.id().map(str::to_owned);
        let id = id.ok_or_else(|| Rejection::without_id("the software of a device"))?;
        match self.applications {
            Some(programs) => Ok((id, programs.0)),
            None => Err(Rejection::new(Some(id), "it has no list of programs")),
        }
    }
}
