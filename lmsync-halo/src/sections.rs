//! Several listings read as one: sections that follow each other, page by page.

use async_trait::async_trait;
use lmsync_core::Result;
use lmsync_core::http::Meter;
use lmsync_core::listing::{Next, Page, Row};
use tokio::sync::Mutex;

/// Numbered pages of one of the listings.
#[async_trait]
pub(crate) trait Section: Send + Sync {
    type Record: Send;

    /// Page `number`, counted from 1.
    async fn page(&self, number: u32, meter: &Meter) -> Result<Page<Self::Record>>;
}

/// Sections as one listing.
///
/// The first page of each is read before anything is handed out: only then is it
/// known on which page the next section begins.
pub(crate) struct Sections<S: Section> {
    sections: Vec<S>,
    /// Held while the first pages are read.
    plan: Mutex<Option<Plan<S::Record>>>,
}

impl<S: Section> Sections<S> {
    pub(crate) fn new(sections: Vec<S>) -> Self {
        Self {
            sections,
            plan: Mutex::new(None),
        }
    }

    pub(crate) fn sections(&self) -> &[S] {
        &self.sections
    }

    /// Reads the first page of each section, and returns how many records all have.
    pub(crate) async fn plan(&self, meter: &Meter) -> Result<u64> {
        let mut plan = self.plan.lock().await;
        Ok(self.planned(&mut plan, meter).await?.total())
    }

    /// Page `number` of all sections together.
    pub(crate) async fn page(&self, number: u32, meter: &Meter) -> Result<Page<S::Record>> {
        let mut plan = self.plan.lock().await;
        if number == 1 && plan.as_ref().is_some_and(Plan::is_begun) {
            // Another walk: sections may have grown.
            *plan = None;
        }
        let known = self.planned(&mut plan, meter).await?;
        let (place, local) = known.locate(number);
        if local == 1
            && let Some(rows) = known.take_first(place)
        {
            return Ok(known.as_one(rows));
        }
        drop(plan);
        let Some(section) = self.sections.get(place) else {
            return Ok(Plan(Vec::new()).as_one(Vec::new()));
        };
        let page = section.page(local, meter).await?;
        let mut plan = self.plan.lock().await;
        let known = self.planned(&mut plan, meter).await?;
        known.note_total(place, &page);
        Ok(known.as_one(page.rows))
    }

    /// What `plan` holds, made first where it is empty.
    async fn planned<'p>(
        &self,
        plan: &'p mut Option<Plan<S::Record>>,
        meter: &Meter,
    ) -> Result<&'p mut Plan<S::Record>> {
        let made = match plan.take() {
            Some(plan) => plan,
            None => {
                let mut chapters = Vec::with_capacity(self.sections.len());
                for section in &self.sections {
                    chapters.push(open(section, meter).await?);
                }
                Plan(chapters)
            }
        };
        Ok(plan.insert(made))
    }
}

/// On which pages each section is.
struct Plan<T>(Vec<Chapter<T>>);

/// What is known of a section.
struct Chapter<T> {
    total: u64,
    pages: u32,
    /// Rows read ahead, until they are handed out.
    first: Option<Vec<Row<T>>>,
}

impl<T> Plan<T> {
    /// Whether the first page was handed out.
    fn is_begun(&self) -> bool {
        self.0
            .first()
            .is_some_and(|chapter| chapter.first.is_none())
    }

    /// How many records there are, as far as is known.
    fn total(&self) -> u64 {
        self.0.iter().map(|chapter| chapter.total).sum()
    }

    /// The section that page `number` is of, and its number there.
    fn locate(&self, number: u32) -> (usize, u32) {
        let mut local = number;
        for (place, chapter) in self.0.iter().enumerate() {
            // What is found beyond the plan belongs to the last section.
            if local <= chapter.pages || place + 1 == self.0.len() {
                return (place, local);
            }
            local -= chapter.pages;
        }
        (0, number)
    }

    fn take_first(&mut self, place: usize) -> Option<Vec<Row<T>>> {
        self.0.get_mut(place)?.first.take()
    }

    fn note_total(&mut self, place: usize, page: &Page<T>) {
        // Past the end Halo counts zero.
        if let Some(total) = page.total.filter(|_| !page.rows.is_empty())
            && let Some(chapter) = self.0.get_mut(place)
        {
            chapter.total = total;
        }
    }

    fn as_one(&self, rows: Vec<Row<T>>) -> Page<T> {
        let total = self.total();
        let pages: u32 = self.0.iter().map(|chapter| chapter.pages).sum();
        // So many rows a page that the total does not speak of more pages than there are.
        let size = total.div_ceil(u64::from(pages.max(1))).max(1);
        Page {
            rows,
            total: Some(total),
            next: Next::Numbered {
                pages: Some(pages),
                more: None,
                size: u32::try_from(size).unwrap_or(u32::MAX),
            },
        }
    }
}

/// A section's first page; one that does not count its records is read to its end.
async fn open<S: Section>(section: &S, meter: &Meter) -> Result<Chapter<S::Record>> {
    let page = section.page(1, meter).await?;
    let came = page.rows.len() as u64;
    if let Some(total) = page.total {
        let granted = u64::from(size(&page).max(1));
        let size = if came > 0 && came < granted.min(total) {
            came
        } else {
            granted
        };
        return Ok(Chapter {
            total,
            pages: u32::try_from(total.div_ceil(size))
                .unwrap_or(u32::MAX)
                .max(1),
            first: Some(page.rows),
        });
    }
    let on_page = u64::from(size(&page));
    let mut rows = page.rows;
    let mut number = 1;
    let mut last = came;
    while last > 0 && last >= on_page {
        number += 1;
        let more = section.page(number, meter).await?;
        last = more.rows.len() as u64;
        rows.extend(more.rows);
    }
    Ok(Chapter {
        total: rows.len() as u64,
        pages: 1,
        first: Some(rows),
    })
}

fn size<T>(page: &Page<T>) -> u32 {
    match page.next {
        Next::Numbered { size, .. } => size,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use chrono::DateTime;
    use lmsync_core::model::{Customer, Source};

    use super::*;

    struct Numbers {
        first: u64,
        count: u64,
        says_count: bool,
        asked: AtomicU64,
    }

    #[async_trait]
    impl Section for Numbers {
        type Record = Customer;

        async fn page(&self, number: u32, _meter: &Meter) -> Result<Page<Customer>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            let start = u64::from(number - 1) * 10;
            let end = (start + 10).min(self.count);
            let rows = (start..end)
                .map(|place| {
                    let id = (self.first + place).to_string();
                    let source = Source::new("test", "test", id.clone(), DateTime::UNIX_EPOCH);
                    Row::Record(Customer::new(source, id))
                })
                .collect();
            Ok(Page {
                rows,
                total: self.says_count.then_some(self.count),
                next: Next::Numbered {
                    pages: None,
                    more: None,
                    size: 10,
                },
            })
        }
    }

    fn numbers(first: u64, count: u64, says_count: bool) -> Numbers {
        Numbers {
            first,
            count,
            says_count,
            asked: AtomicU64::new(0),
        }
    }

    async fn read(sections: &Sections<Numbers>) -> Vec<String> {
        let meter = Meter::default();
        let mut ids = Vec::new();
        let mut number = 1;
        loop {
            let page = sections.page(number, &meter).await.unwrap();
            ids.extend(page.rows.into_iter().map(|row| match row {
                Row::Record(record) => record.source.vendor_id,
                other => panic!("{other:?}"),
            }));
            if number
                >= match page.next {
                    Next::Numbered { pages, .. } => pages.unwrap_or(number),
                    _ => number,
                }
            {
                assert!(page.total.is_none_or(|total| total == ids.len() as u64));
                return ids;
            }
            number += 1;
        }
    }

    #[tokio::test]
    async fn sections_follow_each_other_and_none_is_asked_twice() {
        let sections = Sections::new(vec![
            numbers(0, 25, true),
            numbers(100, 0, true),
            numbers(200, 10, false),
            numbers(300, 31, true),
        ]);
        let ids = read(&sections).await;
        assert_eq!(ids.len(), 66);
        assert_eq!((ids[0].as_str(), ids[65].as_str()), ("0", "330"));
        let asked: Vec<u64> = sections
            .sections()
            .iter()
            .map(|section| section.asked.load(Ordering::Relaxed))
            .collect();
        // The third does not count its records, so its end has to be seen.
        assert_eq!(asked, [3, 1, 2, 4]);
        assert_eq!(read(&sections).await, ids, "another walk");
    }

    #[tokio::test]
    async fn a_walk_may_begin_in_the_middle() {
        let sections = Sections::new(vec![numbers(0, 15, true), numbers(100, 15, true)]);
        let page = sections.page(4, &Meter::default()).await.unwrap();
        assert_eq!(page.rows.len(), 5);
        assert_eq!(page.total, Some(30));
    }
}
