//! Software: what is installed on an asset, and what a customer holds licences for.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::date::DateReader;
use super::issue::Issue;
#[cfg(feature = "schema")]
use super::record_tag::RecordTag;
use super::source::{Ref, Source};

/// A program installed on an asset.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstalledSoftware {
    /// The program's name.
    pub name: String,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The day it was installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_on: Option<NaiveDate>,
    /// The architecture it was built for, in the vendor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// Where it is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The vendor's id of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<String>,
}

impl InstalledSoftware {
    /// The program called `name`, of which nothing else is known.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

/// A software asset: a licence or subscription that a customer holds.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(rename = "Software", transform = RecordTag("software"))
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "software")]
#[non_exhaustive]
pub struct Software {
    /// Where the record comes from.
    pub source: Source,
    /// The product.
    pub name: String,
    /// Who made it.
    pub publisher: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Who holds it.
    pub customer: Option<Ref>,
    /// How many may use it.
    pub seats: Option<u64>,
    /// The first day.
    pub start_date: Option<NaiveDate>,
    /// The last day.
    pub end_date: Option<NaiveDate>,
    /// What was odd about the vendor's record.
    pub issues: Vec<Issue>,
}

impl Software {
    /// A software asset called `name`, all else unknown.
    #[must_use]
    pub fn new(source: Source, name: impl Into<String>) -> Self {
        Self {
            source,
            name: name.into(),
            publisher: None,
            version: None,
            customer: None,
            seats: None,
            start_date: None,
            end_date: None,
            issues: Vec::new(),
        }
    }

    /// Sets the first and the last day from a vendor's texts; what is odd about them is noted.
    pub fn term(&mut self, dates: &DateReader, first: Option<&str>, last: Option<&str>) {
        self.start_date = self.day("start_date", dates, first);
        self.end_date = self.day("end_date", dates, last);
    }

    fn day(&mut self, field: &str, dates: &DateReader, text: Option<&str>) -> Option<NaiveDate> {
        let reading = dates.day(text);
        for code in reading.issues {
            let issue = Issue::new(code, field);
            self.issues.push(match (reading.value, text) {
                (None, Some(raw)) => issue.with_raw(raw),
                _ => issue,
            });
        }
        reading.value
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::IssueCode;

    #[test]
    fn a_term_is_read_by_the_rules_of_dates_and_what_is_odd_is_noted() {
        let source = Source::new("a", "b", "1", DateTime::UNIX_EPOCH);
        let mut software = Software::new(source, "Editor");
        let now = DateTime::from_timestamp(1_774_958_400, 0).unwrap();
        let dates = DateReader::new(now);
        software.term(&dates, Some("2024-05-31"), Some("soon"));
        assert_eq!(software.start_date, NaiveDate::from_ymd_opt(2024, 5, 31));
        assert_eq!(software.end_date, None);
        let [issue] = software.issues.as_slice() else {
            panic!("{:?}", software.issues);
        };
        assert_eq!(
            (issue.code, issue.field.as_str()),
            (IssueCode::ImplausibleDate, "end_date")
        );
        assert_eq!(issue.raw.as_ref().map(|raw| raw.get()), Some("\"soon\""));
        software.term(&dates, None, None);
        assert_eq!((software.start_date, software.issues.len()), (None, 1));
    }
}
