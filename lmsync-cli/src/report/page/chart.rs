//! Charts of bars, as SVG, with a table of the same numbers for those who do not see them.

use chrono::{Datelike, NaiveDate};

use super::filters::grouped;
use crate::report::figures::{Age, Covers, Warranty};

/// The height of the longest bar.
const HEIGHT: f64 = 150.0;
/// The room above the bars for their numbers.
const ABOVE: f64 = 18.0;
/// The room below the bars for what they are.
const BELOW: f64 = 34.0;
/// The room at either side, for texts that are wider than their bar.
const BESIDE: f64 = 12.0;
/// A bar at either end that is more than so many times the longest between them is cut.
const CUT: f64 = 1.25;

/// A chart of bars.
pub(super) struct Chart {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// The chart in a sentence or two.
    pub(super) description: String,
    /// The header of the bars.
    pub(super) header: &'static str,
    /// The parts that the bars have, in the order from below.
    pub(super) parts: Vec<Part>,
    pub(super) bars: Vec<Bar>,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The place of the line on which the bars stand.
    pub(super) base: f64,
}

/// A part of bars, such as what has run out.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// The class that the style knows.
    pub(super) class: &'static str,
}

/// A bar.
pub(super) struct Bar {
    pub(super) name: String,
    /// The text below it, where there is room for one, in two lines.
    pub(super) ticks: [String; 2],
    /// The numbers of its parts.
    pub(super) counts: Vec<usize>,
    pub(super) boxes: Vec<Box>,
    /// The middle of the bar.
    pub(super) middle: f64,
    /// The place of its number.
    pub(super) top: f64,
    /// Set if it is longer than it is drawn.
    pub(super) is_cut: bool,
    /// Set if it stands for more than those between the ends.
    is_end: bool,
}

/// A rectangle.
pub(super) struct Box {
    pub(super) class: &'static str,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Bar {
    fn new(name: String, ticks: [String; 2], counts: Vec<usize>, is_end: bool) -> Self {
        Self {
            name,
            ticks,
            counts,
            boxes: Vec::new(),
            middle: 0.0,
            top: 0.0,
            is_cut: false,
            is_end,
        }
    }

    pub(super) fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// The number above the bar, short enough for it; nothing above no bar.
    pub(super) fn label(&self) -> String {
        match self.total() {
            0 => String::new(),
            total if total < 10_000 => grouped(&total.to_string()),
            total => format!("{}k", total / 1_000),
        }
    }
}

/// The text `text` below a bar, and none in the second line.
fn one_line(text: &str) -> [String; 2] {
    [text.to_owned(), String::new()]
}

impl Chart {
    /// The place of the first line of text below the bars.
    pub(super) fn first_line(&self) -> f64 {
        self.base + 14.0
    }

    /// The place of the second.
    pub(super) fn second_line(&self) -> f64 {
        self.base + 27.0
    }

    /// Lays the bars out, each `step` wide with the room beside it.
    fn laid_out(mut self, step: f64) -> Self {
        let longest = |ends: bool| {
            let bars = self.bars.iter().filter(|bar| bar.is_end == ends);
            bars.map(Bar::total).max().unwrap_or_default() as f64
        };
        let (inner, ends) = (longest(false), longest(true));
        let limit = if inner > 0.0 && ends > CUT * inner {
            CUT * inner
        } else {
            inner.max(ends)
        };
        self.width = 2.0 * BESIDE + step * self.bars.len() as f64;
        self.base = ABOVE + HEIGHT;
        self.height = self.base + BELOW;
        for (place, bar) in self.bars.iter_mut().enumerate() {
            let total = bar.total() as f64;
            bar.is_cut = total > limit;
            let scale = if total > 0.0 {
                HEIGHT / limit.max(total)
            } else {
                0.0
            };
            let x = BESIDE + place as f64 * step;
            let mut y = self.base;
            for (part, count) in self
                .parts
                .iter()
                .zip(&bar.counts)
                .filter(|(_, count)| **count > 0)
            {
                let height = *count as f64 * scale;
                y -= height;
                bar.boxes.push(Box {
                    class: part.class,
                    x: x + 0.15 * step,
                    y,
                    width: 0.7 * step,
                    height,
                });
            }
            bar.middle = x + step / 2.0;
            bar.top = y - 5.0;
        }
        self
    }
}

/// The chart of warranties by the month of their last day.
pub(super) fn expiries(warranty: &Warranty, today: NaiveDate) -> Chart {
    let counts = |covers: Covers| vec![covers.ran_out, covers.soon, covers.later];
    let mut bars = vec![Bar::new(
        "Earlier".to_owned(),
        one_line("earlier"),
        counts(warranty.earlier),
        true,
    )];
    let this = today.with_day(1).unwrap_or(today);
    bars.extend(warranty.months.iter().map(|month| {
        let name = month.first.format("%B %Y").to_string();
        Bar::new(name, ticks(month.first, this), counts(month.covers), false)
    }));
    bars.push(Bar::new(
        "Later".to_owned(),
        one_line("later"),
        counts(warranty.after),
        true,
    ));
    let covers = warranty.covers;
    Chart {
        id: "expiries",
        title: "Warranties by the month of their last day",
        description: format!(
            "Of {} warranties with a date, {} have run out, {} run out in the next 90 days, and {} later.",
            grouped(&covers.dated().to_string()),
            grouped(&covers.ran_out.to_string()),
            grouped(&covers.soon.to_string()),
            grouped(&covers.later.to_string()),
        ),
        header: "Month",
        parts: vec![
            Part { name: "Has run out", class: "gone" },
            Part { name: "Runs out in 90 days", class: "soon" },
            Part { name: "Later", class: "well" },
        ],
        bars,
        width: 0.0,
        height: 0.0,
        base: 0.0,
    }
    .laid_out(20.0)
}

/// The texts below the bar of `month`, where `this` is the present one: every third has one, but for those beside the present one.
fn ticks(month: NaiveDate, this: NaiveDate) -> [String; 2] {
    let year = match month.month() {
        1 => month.format("%Y").to_string(),
        _ => String::new(),
    };
    let name = match month.month() {
        _ if month == this => "now".to_owned(),
        _ if (month - this).num_days().abs() < 32 => String::new(),
        1 | 4 | 7 | 10 => month.format("%b").to_string(),
        _ => String::new(),
    };
    [name, year]
}

/// The chart of purchases by year.
pub(super) fn purchases(age: &Age) -> Chart {
    let first = age
        .years
        .first()
        .map_or_else(String::new, |(year, _)| format!("Before {year}"));
    let mut bars = vec![Bar::new(first, one_line("before"), vec![age.earlier], true)];
    bars.extend(age.years.iter().map(|(year, count)| {
        let year = year.to_string();
        Bar::new(year.clone(), one_line(&year), vec![*count], false)
    }));
    if age.later > 0 {
        let last = age
            .years
            .last()
            .map_or_else(String::new, |(year, _)| format!("After {year}"));
        bars.push(Bar::new(last, one_line("after"), vec![age.later], true));
    }
    Chart {
        id: "purchases",
        title: "Assets by the year of purchase",
        description: format!(
            "Of {} assets with a day of purchase, {} were bought 5 years ago or before.",
            grouped(&age.dated().to_string()),
            grouped(&age.old.len().to_string()),
        ),
        header: "Year",
        parts: vec![Part {
            name: "Assets",
            class: "well",
        }],
        bars,
        width: 0.0,
        height: 0.0,
        base: 0.0,
    }
    .laid_out(56.0)
}
