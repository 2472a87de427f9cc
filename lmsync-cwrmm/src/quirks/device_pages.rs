//! Devices of a batch of companies, or of each of them alone: what to ask for, and what comes next.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use lmsync_core::Result;
use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::listing::{Next, PageKey};
use tokio::sync::Mutex;

use super::rows::{DeviceRow, ListPage};
use crate::api::{Api, Category, DeviceRequest};

/// A list of devices, page by page.
///
/// A company without devices is answered with 404, and one of them may turn the answer of the whole
/// batch into that: then each company is asked alone, all of them at once.
pub(crate) struct DevicePages {
    api: Arc<Api>,
    pub(crate) category: Category,
    companies: Vec<String>,
    raw: KeepRaw,
    /// First pages of companies alone, until they are handed out.
    alone: Mutex<BTreeMap<usize, Result<Option<ListPage<DeviceRow>>>>>,
}

impl DevicePages {
    pub(crate) fn new(
        api: &Arc<Api>,
        category: Category,
        companies: &[String],
        raw: KeepRaw,
    ) -> Self {
        Self {
            api: Arc::clone(api),
            category,
            companies: companies.to_vec(),
            raw,
            alone: Mutex::default(),
        }
    }

    /// The page of devices at `place`, and what comes after it.
    pub(crate) async fn page(
        &self,
        place: &Place,
        meter: &Meter,
    ) -> Result<(ListPage<DeviceRow>, Next)> {
        let batch = &self.companies;
        Ok(match self.devices(place, meter).await? {
            Some(mut page) => {
                let next = std::mem::replace(&mut page.next, Next::End);
                let next = match next {
                    Next::Cursor(cursor) => Next::Cursor(place.forward(&cursor, page.rows.len())),
                    Next::End if place.alone.is_some() => place.next_company(batch),
                    next => next,
                };
                (page, next)
            }
            // Past the last page there is nothing either, and that is no error.
            None => {
                let next = match place.alone {
                    Some(_) => place.next_company(batch),
                    None if place.is_first() && batch.len() > 1 => {
                        self.ask_alone(meter).await;
                        place.next_company(batch)
                    }
                    None => Next::End,
                };
                (
                    ListPage::nothing(self.api.account.http().clock().now()),
                    next,
                )
            }
        })
    }

    /// The devices at `place`; `None` where there are none.
    async fn devices(&self, place: &Place, meter: &Meter) -> Result<Option<ListPage<DeviceRow>>> {
        if let Some(company) = place
            .alone
            .filter(|company| *place == Place::alone(*company))
            && let Some(page) = self.alone.lock().await.remove(&company)
        {
            return page;
        }
        self.ask(place, meter).await
    }

    async fn ask(&self, place: &Place, meter: &Meter) -> Result<Option<ListPage<DeviceRow>>> {
        let request = DeviceRequest {
            category: self.category,
            resource_type: "company",
            resources: place.companies(&self.companies),
            raw: self.raw,
        };
        self.api.devices(request, &place.cursor, meter).await
    }

    /// Asks for the first page of each company, at once; they are handed out one after the other.
    async fn ask_alone(&self, meter: &Meter) {
        let companies = (0..self.companies.len()).map(|company| async move {
            let page = self.ask(&Place::alone(company), meter).await;
            (company, page)
        });
        let pages = join_all(companies).await;
        self.alone.lock().await.extend(pages);
    }
}

/// The place of a page: in the list of a whole batch, or of one of its companies alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The company that is asked alone, by its place in the batch.
    alone: Option<usize>,
    cursor: String,
}

impl Place {
    pub(crate) fn first() -> Self {
        Self {
            alone: None,
            cursor: "0".to_owned(),
        }
    }

    /// The first page of one company.
    fn alone(company: usize) -> Self {
        Self {
            alone: Some(company),
            ..Self::first()
        }
    }

    pub(crate) fn of(key: &PageKey) -> Self {
        let (list, cursor) = key
            .cursor()
            .and_then(|key| key.split_once(':'))
            .unwrap_or(("", "0"));
        Self {
            alone: list.parse().ok(),
            cursor: cursor.to_owned(),
        }
    }

    pub(crate) fn key(&self) -> PageKey {
        PageKey::Cursor(self.text(&self.cursor))
    }

    fn text(&self, cursor: &str) -> String {
        match self.alone {
            None => format!("batch:{cursor}"),
            Some(company) => format!("{company}:{cursor}"),
        }
    }

    fn is_first(&self) -> bool {
        *self == Self::first()
    }

    pub(crate) fn companies<'b>(&self, batch: &'b [String]) -> &'b [String] {
        match self.alone {
            None => batch,
            Some(company) => batch.get(company..=company).unwrap_or_default(),
        }
    }

    /// The first page of the company after this one.
    fn next_company(&self, batch: &[String]) -> Next {
        let company = self.alone.map_or(0, |company| company + 1);
        if company >= batch.len() {
            return Next::End;
        }
        let alone = Self::alone(company);
        Next::Cursor(alone.text(&alone.cursor))
    }

    /// The vendor's cursor, unless it leads back: it is an offset, so the rows met tell a
    /// better one.
    fn forward(&self, next: &str, rows: usize) -> String {
        match (next.parse::<u64>(), self.cursor.parse::<u64>()) {
            (Ok(number), Ok(current)) if number <= current => {
                self.text(&(current + (rows as u64).max(1)).to_string())
            }
            _ => self.text(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_being_a_key() {
        for (alone, cursor) in [(None, "0"), (Some(3), "17"), (None, "a:b"), (Some(0), "")] {
            let place = Place {
                alone,
                cursor: cursor.to_owned(),
            };
            assert_eq!(Place::of(&place.key()), place);
        }
        assert!(Place::of(&PageKey::start()).is_first());
    }

    #[test]
    fn a_cursor_that_leads_back_is_replaced() {
        let place = Place {
            alone: None,
            cursor: "7".to_owned(),
        };
        assert_eq!(place.forward("9", 2), "batch:9");
        for back in ["0", "3", "7"] {
            assert_eq!(place.forward(back, 2), "batch:9", "{back}");
            assert_eq!(place.forward(back, 0), "batch:8", "{back}");
        }
        assert_eq!(place.forward("opaque", 2), "batch:opaque");
    }

    #[test]
    fn companies_are_asked_alone_one_after_the_other() {
        let batch = ["a".to_owned(), "b".to_owned()];
        let mut place = Place::first();
        assert_eq!(place.companies(&batch), batch);
        for company in &batch {
            let Next::Cursor(next) = place.next_company(&batch) else {
                panic!("{company} is left out");
            };
            place = Place::of(&PageKey::Cursor(next));
            assert_eq!(place.companies(&batch), std::slice::from_ref(company));
        }
        assert_eq!(place.next_company(&batch), Next::End);
    }
}
