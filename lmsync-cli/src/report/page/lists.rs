//! The lists of the page: which assets each has, and what it says of them.

use std::fmt::Display;

use super::About;
use super::list::{List, fit};
use crate::report::figures::{DAYS, OLD};
use crate::report::fleet::Entry;
use crate::report::text::shown;

/// The lists of the page, by the section that they stand in.
pub(super) struct Lists<'f> {
    pub(super) warranty: [List<'f>; 2],
    pub(super) age: [List<'f>; 1],
    pub(super) support: [List<'f>; 1],
    pub(super) unseen: [List<'f>; 1],
    pub(super) records: [List<'f>; 5],
    pub(super) tools: [List<'f>; 1],
}

impl<'f> Lists<'f> {
    pub(super) fn of(about: &About<'f>) -> Self {
        let figures = about.figures;
        let today = about.today;
        let list = |head, meaning: &str, places: &[usize], say: &dyn Fn(&Entry) -> String| {
            List::new(about.fleet, head, meaning.to_owned(), places, say)
        };
        let expires = |entry: &Entry| day(entry.expires);
        let bought = |entry: &Entry| day(entry.purchased);
        let both = |entry: &Entry| {
            format!(
                "bought {}, warranty until {}",
                bought(entry),
                expires(entry)
            )
        };
        let system = |entry: &Entry| match entry.system.past_support(today) {
            Some(release) => format!("{}: {}", release.name, day(release.end)),
            None => String::new(),
        };
        let warranty = &figures.warranty;
        let records = &figures.records;
        let mut lists = Self {
            warranty: [
                list(
                    ("soon", "Runs out soon", "Last day"),
                    &format!(
                        "The last day of the warranty is today or one of the next {DAYS} days."
                    ),
                    &warranty.soon,
                    &expires,
                ),
                list(
                    ("ran-out", "Has run out", "Last day"),
                    "The last day of the warranty is before today. The most recent come first.",
                    &warranty.ran_out,
                    &expires,
                ),
            ],
            age: [list(
                ("old", "Old machines", "Bought"),
                &format!("Bought {OLD} years ago or before. The oldest come first."),
                &figures.age.old,
                &bought,
            )],
            support: [list(
                ("ended", "Past end of support", "System and last day"),
                "The last day of the maker's support is before today.",
                &figures.support.ended,
                &system,
            )],
            unseen: [list(
                ("unseen-list", "Not seen for long", "Last report"),
                &format!(
                    "The last report to the tool is more than {DAYS} days before today. Those of longest ago come first."
                ),
                &figures.unseen.long_ago,
                &|entry| day(entry.last_seen),
            )],
            records: [
                list(
                    (
                        "bought-after-end",
                        "Bought after the warranty ended",
                        "Dates",
                    ),
                    "One of the two dates is wrong.",
                    &records.bought_after_end,
                    &both,
                ),
                list(
                    ("bought-later", "Bought in the future", "Bought"),
                    "The day of purchase is after today.",
                    &records.bought_later,
                    &bought,
                ),
                list(
                    (
                        "duplicate",
                        "Serial number that is there twice",
                        "Vendor's id",
                    ),
                    "Another record of the same account has the same serial number.",
                    &records.duplicate,
                    &|entry| shown(&entry.vendor_id),
                ),
                list(
                    (
                        "placeholder",
                        "Placeholder for a serial number",
                        "Vendor's id",
                    ),
                    "In the place of the serial number stands a text that many machines share, such as `Default string`.",
                    &records.placeholder,
                    &|entry| shown(&entry.vendor_id),
                ),
                list(
                    ("missing", "No serial number", "Vendor's id"),
                    "The tool has no serial number.",
                    &records.missing,
                    &|entry| shown(&entry.vendor_id),
                ),
            ],
            tools: [list(
                ("alone", "Only one account knows it", "Last report"),
                "No record of another account is the same machine by serial number, hardware id, adapters or name.",
                &figures.tools.alone,
                &|entry| day(entry.last_seen),
            )],
        };
        fit(lists.all());
        lists
    }

    fn all(&mut self) -> impl Iterator<Item = &mut List<'f>> {
        let parts: [&mut [List<'f>]; 6] = [
            &mut self.warranty,
            &mut self.age,
            &mut self.support,
            &mut self.unseen,
            &mut self.records,
            &mut self.tools,
        ];
        parts.into_iter().flatten()
    }
}

/// A day, or nothing where none is known.
fn day(day: Option<impl Display>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
