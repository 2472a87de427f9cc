//! The truth about the machines of one maker, whatever its API says.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use lmsync_core::model::{Asset, AssetDraft, Rules, Source, canonical_manufacturer};
use lmsync_warranty::{Maker, WarrantyQuery};

use crate::fleet::Machine;

/// The digits of serial numbers.
const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The machines that one maker made, computed and not stored.
#[derive(Debug, Clone)]
pub struct WarrantyFleet {
    maker: Maker,
    machines: usize,
    today: NaiveDate,
    /// Machines of another fleet, by serial number.
    further: Arc<BTreeMap<String, CoveredMachine>>,
}

/// One machine, as its maker knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoveredMachine {
    /// Its serial number.
    pub serial: String,
    /// The model, as the machine's firmware tells it.
    pub model: String,
    /// The product number, as the machine's firmware tells it.
    pub product_number: String,
    /// The day on which it was sent out.
    pub shipped: NaiveDate,
    /// The day on which it was bought, as the maker knows it.
    pub purchased: NaiveDate,
    /// Its lines, in no order; none at all where the maker does not know it.
    pub covers: Vec<Cover>,
    /// The right finding of a lookup for it.
    pub truth: Truth,
}

/// One line of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cover {
    /// The kind.
    pub kind: CoverKind,
    /// The first day.
    pub start: NaiveDate,
    /// The last day.
    pub end: NaiveDate,
}

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CoverKind {
    /// The warranty that came with the machine.
    Base,
    /// A longer one that was bought.
    Extension,
    /// A service contract.
    Contract,
    /// A contract that was cancelled.
    Cancelled,
    /// Something that is no hardware cover, such as a delivery of software.
    Other,
    /// A warranty that lasts as long as the product.
    Lifetime,
}

/// The right finding of a lookup for a machine.
///
/// Plain data: a simulator makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The word of the outcome.
    pub word: &'static str,
    /// The day of purchase, as near as the maker tells it.
    pub purchase: Option<NaiveDate>,
    /// The last day of cover.
    pub expiry: Option<NaiveDate>,
}

impl WarrantyFleet {
    /// Dell's machines.
    #[must_use]
    pub fn dell(machines: usize, now: DateTime<Utc>) -> Self {
        Self::of(Maker::DELL, machines, now)
    }

    /// Lenovo's machines.
    #[must_use]
    pub fn lenovo(machines: usize, now: DateTime<Utc>) -> Self {
        Self::of(Maker::LENOVO, machines, now)
    }

    /// Cisco's machines.
    #[must_use]
    pub fn cisco(machines: usize, now: DateTime<Utc>) -> Self {
        Self::of(Maker::CISCO, machines, now)
    }

    /// HP's machines.
    #[must_use]
    pub fn hp(machines: usize, now: DateTime<Utc>) -> Self {
        Self::of(Maker::HP, machines, now)
    }

    /// The machines of a maker of one's own.
    #[must_use]
    pub fn of(maker: Maker, machines: usize, now: DateTime<Utc>) -> Self {
        Self {
            maker,
            machines,
            today: now.date_naive(),
            further: Arc::default(),
        }
    }

    /// Adds those of `machines` that this maker made, by their manufacturer's name; of every ten the maker
    /// does not know one.
    #[must_use]
    pub fn and(mut self, machines: impl IntoIterator<Item = Machine>) -> Self {
        let own = canonical_manufacturer(self.manufacturer());
        let machines = machines
            .into_iter()
            .filter(|machine| canonical_manufacturer(&machine.manufacturer) == own);
        let machines = machines.filter_map(|machine| {
            let serial = machine.serial.as_deref()?.trim().to_uppercase();
            Some((serial.clone(), self.covered(&machine, serial)))
        });
        self.further = Arc::new(machines.collect());
        self
    }

    fn covered(&self, machine: &Machine, serial: String) -> CoveredMachine {
        let covered = self.machine(machine.index);
        let shipped = machine.purchased.unwrap_or(covered.shipped);
        let purchased = shipped + Days::new(6);
        let covers = self.covers(machine.index, shipped + Days::new(10));
        CoveredMachine {
            serial,
            model: machine.model.trim().to_owned(),
            truth: self.truth(&covers, shipped, purchased),
            shipped,
            purchased,
            covers,
            ..covered
        }
    }

    /// The maker.
    #[must_use]
    pub fn maker(&self) -> &Maker {
        &self.maker
    }

    /// The number of machines, those that the maker does not know included.
    #[must_use]
    pub fn machines(&self) -> usize {
        self.machines
    }

    /// The machine at `index`, from 0.
    #[must_use]
    pub fn machine(&self, index: usize) -> CoveredMachine {
        let shipped = before(self.today, 40 + (index as u64 * 37) % 2_000);
        let purchased = shipped + Days::new(6);
        let covers = self.covers(index, shipped + Days::new(10));
        let (model, product_number) = self.product(index);
        let truth = self.truth(&covers, shipped, purchased);
        CoveredMachine {
            serial: self.serial(index),
            model,
            product_number,
            shipped,
            purchased,
            covers,
            truth,
        }
    }

    /// The machine with this serial number, in any letter case.
    #[must_use]
    pub fn find(&self, serial: &str) -> Option<CoveredMachine> {
        let serial = serial.to_uppercase();
        if let Some(machine) = self.further.get(&serial) {
            return Some(machine.clone());
        }
        let digits = &*serial;
        let digits = digits.strip_prefix(self.prefix())?;
        let index = usize::from_str_radix(digits, 36).ok()?;
        let is_own = index < self.machines && self.serial(index) == serial;
        is_own.then(|| self.machine(index))
    }

    /// A query for each machine.
    #[must_use]
    pub fn queries(&self) -> Vec<WarrantyQuery> {
        let machines = (0..self.machines).map(|index| self.machine(index));
        machines.map(|machine| machine.query()).collect()
    }

    /// The machine at `index` as an asset of an account, without dates.
    #[must_use]
    pub fn asset(&self, index: usize) -> Asset {
        let machine = self.machine(index);
        let now = self.today.and_time(NaiveTime::MIN).and_utc();
        let (rules, id) = (Rules::default(), format!("{}-{index}", self.maker));
        let mut draft = AssetDraft::new(Source::new("simulated", "acme", id, now), &rules, now);
        draft
            .serial(&*machine.serial)
            .manufacturer(self.manufacturer())
            .model(&*machine.model);
        draft.asset.product_number = Some(machine.product_number);
        draft.finish()
    }

    /// The manufacturer, as firmware tells it.
    fn manufacturer(&self) -> &str {
        match self.maker.as_str() {
            "dell" => "Dell Inc.",
            "lenovo" => "LENOVO",
            "cisco" => "Cisco Systems, Inc.",
            "hp" => "Hewlett-Packard",
            other => other,
        }
    }

    fn prefix(&self) -> &'static str {
        match self.maker.as_str() {
            "lenovo" => "PF",
            "cisco" => "FOC2",
            "hp" => "5CG",
            _ => "T",
        }
    }

    fn serial(&self, index: usize) -> String {
        let digits = if self.maker == Maker::CISCO || self.maker == Maker::HP {
            7
        } else {
            6
        };
        let mut number = index;
        let mut letters = vec![b'0'; digits];
        for letter in letters.iter_mut().rev() {
            *letter = DIGITS[number % 36];
            number /= 36;
        }
        format!("{}{}", self.prefix(), String::from_utf8_lossy(&letters))
    }

    fn product(&self, index: usize) -> (String, String) {
        let number = index % 7;
        match self.maker.as_str() {
            "lenovo" => (format!("21A{number}00ABUS"), format!("21A{number}")),
            "cisco" => (format!("C930{number}-48P"), format!("C930{number}-48P")),
            "hp" => (
                format!("HP EliteBook 84{number} G8 Notebook PC"),
                format!("5D1B{number}UT"),
            ),
            _ => (format!("Latitude 544{number}"), format!("0B4{number}")),
        }
    }

    /// The lines of the machine at `index`, whose warranty begins on `start`; ten kinds of machines.
    fn covers(&self, index: usize, start: NaiveDate) -> Vec<Cover> {
        use CoverKind::{Base, Cancelled, Contract, Extension, Lifetime, Other};
        let first_end = start + Days::new(364);
        let base = |days| cover(Base, start, start + Days::new(days));
        let then = |kind, years: u64| {
            let begins = first_end + Days::new(1);
            cover(kind, begins, begins + Days::new(365 * years - 1))
        };
        match index % 10 {
            0 => Vec::new(),
            // Renewed, the later line first.
            1 => vec![then(Extension, 2), base(364)],
            // What is no hardware cover outlasts it.
            2 => vec![base(1094), cover(Other, start, start + Days::new(2_500))],
            3 => vec![cover(Other, start, start + Days::new(1094))],
            4 => vec![
                base(1094),
                cover(Cancelled, start, start + Days::new(2_900)),
            ],
            5 => vec![cover(Lifetime, start, date(9999, 12, 31))],
            6 => vec![
                cover(Lifetime, start, start + Days::new(7_000)),
                then(Contract, 3),
            ],
            // A line of no length beside it.
            7 => vec![cover(Base, start, start), base(1094)],
            8 => vec![then(Contract, 4), base(364)],
            _ => vec![base(1825)],
        }
    }

    fn truth(&self, covers: &[Cover], shipped: NaiveDate, purchased: NaiveDate) -> Truth {
        let nothing = |word| Truth {
            word,
            purchase: None,
            expiry: None,
        };
        if covers.is_empty() {
            return nothing("not_found");
        }
        let counts = |cover: &&Cover| {
            let is_cover = !matches!(cover.kind, CoverKind::Other | CoverKind::Cancelled);
            is_cover && cover.end > cover.start && self.tells(cover.kind)
        };
        let counted: Vec<&Cover> = covers.iter().filter(counts).collect();
        let Some(start) = counted.iter().map(|cover| cover.start).min() else {
            return nothing("no_lines");
        };
        let ends = counted
            .iter()
            .filter(|cover| cover.kind != CoverKind::Lifetime);
        let expiry = ends.map(|cover| cover.end).max();
        Truth {
            word: match expiry {
                Some(end) if end < self.today => "expired",
                _ => "covered",
            },
            purchase: match self.maker.as_str() {
                "lenovo" => Some(purchased),
                "cisco" => None,
                "hp" => Some(start),
                _ => Some(shipped),
            },
            expiry,
        }
    }

    /// Tells whether the maker has a place for lines of this kind.
    pub(super) fn tells(&self, kind: CoverKind) -> bool {
        self.maker != Maker::CISCO || !matches!(kind, CoverKind::Extension | CoverKind::Cancelled)
    }
}

impl CoveredMachine {
    /// The query for it.
    #[must_use]
    pub fn query(&self) -> WarrantyQuery {
        WarrantyQuery::new(&self.serial)
            .product_number(&self.product_number)
            .model(&self.model)
    }

    /// Tells whether the maker knows it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.covers.is_empty()
    }
}

fn cover(kind: CoverKind, start: NaiveDate, end: NaiveDate) -> Cover {
    Cover { kind, start, end }
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_found_by_its_serial_and_by_no_other() {
        for fleet in [
            WarrantyFleet::dell,
            WarrantyFleet::lenovo,
            WarrantyFleet::cisco,
            WarrantyFleet::hp,
        ] {
            let fleet = fleet(100, DateTime::UNIX_EPOCH);
            for index in 0..100 {
                let machine = fleet.machine(index);
                assert_eq!(fleet.find(&machine.serial.to_lowercase()), Some(machine));
            }
            assert_eq!(fleet.find(&fleet.serial(100)), None);
            assert_eq!(fleet.find("NOBODY"), None);
        }
    }
}
