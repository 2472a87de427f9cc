//! Outcomes of a lookup for one asset.

use std::fmt;

use chrono::NaiveDate;
use lmsync_core::Error;

use crate::line::WarrantyLine;

/// The outcome of a lookup for one asset. Only the first two have dates, and none says that an asset has none.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// The cover lasts.
    Covered(Dates),
    /// The cover ended.
    Expired(Dates),
    /// The maker knows the machine and lists no hardware cover for it.
    NoLines,
    /// The maker does not know the serial number.
    NotFound,
    /// The answer may be about another machine, for the reason given.
    Ambiguous(String),
    /// The manufacturer has no such lookup here; its name.
    UnsupportedMaker(String),
    /// Nobody was asked.
    Skipped(SkipReason),
    /// The maker could not be asked, or its answer could not be read.
    Failed(Error),
    /// The maker refuses the key.
    Denied(Error),
}

/// The word of an [`Outcome`], for reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OutcomeWord {
    /// The cover lasts.
    Covered,
    /// The cover ended.
    Expired,
    /// The maker knows the machine and lists no hardware cover.
    NoLines,
    /// The maker does not know the serial number.
    NotFound,
    /// The answer may be about another machine.
    Ambiguous,
    /// The manufacturer has no such lookup here.
    UnsupportedMaker,
    /// Nobody was asked.
    Skipped,
    /// The maker could not be asked.
    Failed,
    /// The maker refuses the key.
    Denied,
}

lmsync_core::words!(OutcomeWord {
    Covered => "covered",
    Expired => "expired",
    NoLines => "no_lines",
    NotFound => "not_found",
    Ambiguous => "ambiguous",
    UnsupportedMaker => "unsupported_maker",
    Skipped => "skipped",
    Failed => "failed",
    Denied => "denied",
});

/// The dates of a machine, by its maker's word.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dates {
    /// The day of purchase, or the nearest to it that the maker tells.
    pub purchase: Option<NaiveDate>,
    /// The first day of the warranty.
    pub start: Option<NaiveDate>,
    /// The last day of cover; `None` where it lasts as long as the product.
    pub expiry: Option<NaiveDate>,
    /// Remarks for a reader.
    pub flags: Vec<Flag>,
    /// The line that ends last, which [`expiry`](Self::expiry) is of.
    pub line: WarrantyLine,
}

impl Dates {
    /// Tells whether `flag` is one of theirs.
    #[must_use]
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }
}

/// A remark on the dates of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Flag {
    /// A warranty lasts as long as the product; its end is no date to write.
    Lifetime,
    /// Between two lines there is more than a day without cover.
    Gap,
    /// The warranty starts more than 30 days before the machine was sent out.
    StartBeforeShip,
    /// The day of purchase is the first day of the warranty.
    EstimatedPurchase,
}

lmsync_core::words!(Flag {
    Lifetime => "lifetime",
    Gap => "gap",
    StartBeforeShip => "start_before_ship",
    EstimatedPurchase => "estimated_purchase",
});

/// A reason to ask nobody about an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SkipReason {
    /// It is a virtual machine or a container.
    Virtual,
    /// It has no serial number.
    NoSerial,
    /// Its serial number is one that many machines have.
    Placeholder,
    /// Its serial number has characters or a length that no maker takes.
    UnusableSerial,
    /// Its manufacturer is not told.
    NoManufacturer,
    /// Its maker is not among those that are to be asked.
    MakerNotConfigured,
}

lmsync_core::words!(SkipReason {
    Virtual => "virtual",
    NoSerial => "no_serial",
    Placeholder => "placeholder",
    UnusableSerial => "unusable_serial",
    NoManufacturer => "no_manufacturer",
    MakerNotConfigured => "maker_not_configured",
});

impl SkipReason {
    /// The reason in words for people.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Virtual => "a virtual machine has no maker's warranty",
            Self::NoSerial => "it has no serial number",
            Self::Placeholder => "its serial number is one that many machines have",
            Self::UnusableSerial => "no maker takes a serial number of this form",
            Self::NoManufacturer => "its manufacturer is not told, and is not guessed",
            Self::MakerNotConfigured => "the configuration has no [[warranty]] table of its maker",
        }
    }
}

impl Outcome {
    /// Its word.
    #[must_use]
    pub const fn word(&self) -> OutcomeWord {
        match self {
            Self::Covered(_) => OutcomeWord::Covered,
            Self::Expired(_) => OutcomeWord::Expired,
            Self::NoLines => OutcomeWord::NoLines,
            Self::NotFound => OutcomeWord::NotFound,
            Self::Ambiguous(_) => OutcomeWord::Ambiguous,
            Self::UnsupportedMaker(_) => OutcomeWord::UnsupportedMaker,
            Self::Skipped(_) => OutcomeWord::Skipped,
            Self::Failed(_) => OutcomeWord::Failed,
            Self::Denied(_) => OutcomeWord::Denied,
        }
    }

    /// The dates, where there are any.
    #[must_use]
    pub const fn dates(&self) -> Option<&Dates> {
        match self {
            Self::Covered(dates) | Self::Expired(dates) => Some(dates),
            _ => None,
        }
    }

    /// A detail beside the word, for people.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Covered(dates) | Self::Expired(dates) => Some(dates.line.title()),
            Self::NoLines | Self::NotFound => None,
            Self::Ambiguous(why) => Some(why.clone()),
            Self::UnsupportedMaker(name) => Some(format!("{name} has no lookup here")),
            Self::Skipped(reason) => Some(reason.explain().to_owned()),
            Self::Failed(error) | Self::Denied(error) => Some(error.to_string()),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail() {
            Some(detail) => write!(f, "{}: {detail}", self.word()),
            None => write!(f, "{}", self.word()),
        }
    }
}
