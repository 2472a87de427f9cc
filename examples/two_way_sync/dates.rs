//! The dates file: one JSON line per asset.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use lmsync::model::{AssetId, clean_id};
use lmsync::two_way::{Claim, ClaimSource, DateField};
use lmsync::{Clock, SystemClock};
use serde::{Deserialize, Deserializer};

use crate::support::problem::Problem;

/// What a dates file asks for.
#[derive(Debug)]
pub(crate) struct Dates {
    pub(crate) wishes: Vec<Wish>,
    /// Lines that cannot be read; the others go on without them.
    pub(crate) problems: Vec<Problem>,
}

/// What one line says about one asset.
#[derive(Debug)]
pub(crate) struct Wish {
    /// Where it stands, such as `dates.jsonl, line 3`.
    pub(crate) place: String,
    pub(crate) asset: Named,
    pub(crate) claims: Vec<Claim>,
    /// Fields that are named without a date.
    pub(crate) blank: Vec<DateField>,
}

/// The name of an asset in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    ById {
        /// The connector, where the line names it.
        connector: Option<String>,
        instance: String,
        id: AssetId,
    },
    BySerial {
        serial: String,
        /// The only account to look in.
        instance: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    asset: Option<AssetKey>,
    serial: Option<String>,
    #[serde(default, deserialize_with = "named")]
    purchase_date: Option<Option<String>>,
    #[serde(default, deserialize_with = "named")]
    warranty_expiry: Option<Option<String>>,
    source: Source,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetKey {
    connector: Option<String>,
    #[serde(default)]
    parent_ids: BTreeMap<String, String>,
    instance: Option<String>,
    vendor_id: Option<String>,
    serial: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    Lookup,
    Manual,
}

/// Tells a key with null from one that is not there.
fn named<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl Dates {
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let file = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| Problem::new(&file, error))?;
        Ok(Self::parse(&file, &text, SystemClock::new().now()))
    }

    fn parse(file: &str, text: &str, now: DateTime<Utc>) -> Self {
        let mut dates = Self {
            wishes: Vec::new(),
            problems: Vec::new(),
        };
        // Editors of some systems begin a file with a byte order mark.
        let text = text.trim_start_matches('\u{feff}');
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            let place = format!("{file}, line {number}");
            match wish(line, now) {
                Ok((asset, claims, blank)) => dates.wishes.push(Wish {
                    place,
                    asset,
                    claims,
                    blank,
                }),
                Err(message) => dates.problems.push(Problem::new(place, message)),
            }
        }
        dates
    }
}

type Read = (Named, Vec<Claim>, Vec<DateField>);

fn wish(line: &str, now: DateTime<Utc>) -> Result<Read, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let source = match line.source {
        Source::Lookup => ClaimSource::Lookup,
        Source::Manual => ClaimSource::Manual,
    };
    let (mut claims, mut blank) = (Vec::new(), Vec::new());
    for (field, given) in [
        (DateField::PurchaseDate, line.purchase_date),
        (DateField::WarrantyExpiry, line.warranty_expiry),
    ] {
        match given {
            None => {}
            Some(None) => blank.push(field),
            Some(Some(text)) => claims.push(Claim {
                field,
                day: day(&text).ok_or_else(|| {
                    format!("{field}: \"{text}\" is no day of the calendar, written YYYY-MM-DD")
                })?,
                source: source.clone(),
                observed_at: now,
            }),
        }
    }
    if claims.is_empty() && blank.is_empty() {
        return Err("neither purchase_date nor warranty_expiry is given".to_owned());
    }
    Ok((asset(line.asset, line.serial)?, claims, blank))
}

fn asset(key: Option<AssetKey>, serial: Option<String>) -> Result<Named, String> {
    let key = key.unwrap_or_default();
    let (instance, own) = (key.instance, key.serial);
    match (instance, key.vendor_id, serial.or(own)) {
        (Some(instance), Some(vendor_id), None) => Ok(Named::ById {
            connector: key.connector,
            instance,
            id: AssetId {
                vendor_id: clean_id(&vendor_id).unwrap_or_default().to_owned(),
                parent_ids: key.parent_ids,
            },
        }),
        (instance, None, Some(serial)) => Ok(Named::BySerial { serial, instance }),
        (_, Some(_), Some(_)) => {
            Err("name the asset by its id or by its serial number, not by both".to_owned())
        }
        _ => Err(
            "name the asset by \"asset\":{\"instance\",\"vendor_id\"} or by \"serial\"".to_owned(),
        ),
    }
}

/// A day written `YYYY-MM-DD` and nothing else.
fn day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && day.to_string() == text).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Dates {
        Dates::parse("dates", text, DateTime::UNIX_EPOCH)
    }

    fn problem(line: &str) -> String {
        let dates = parse(line);
        assert!(dates.wishes.is_empty(), "{line}");
        dates.problems[0].to_string()
    }

    #[test]
    fn a_byte_order_mark_before_the_file_is_no_part_of_it() {
        let line = r#"{"serial":"AB12","purchase_date":"2024-01-01","source":"manual"}"#;
        let dates = parse(&format!("\u{feff}{line}\r\n{line}"));
        assert!(dates.problems.is_empty(), "{:?}", dates.problems);
        assert_eq!(dates.wishes.len(), 2);
        assert!(problem(&format!(" \u{feff}{line}")).contains("line 1"));
    }

    #[test]
    fn an_asset_is_named_by_id_or_by_serial() {
        let dates = parse(
            r#"{"asset":{"instance":"acme","vendor_id":"7"},"warranty_expiry":"2027-05-31","source":"lookup"}

               {"serial":"AB12","purchase_date":"2024-01-01","source":"manual"}
               {"asset":{"serial":"AB13","instance":"acme"},"purchase_date":null,"source":"manual"}"#,
        );
        assert!(dates.problems.is_empty(), "{:?}", dates.problems);
        let assets: Vec<Named> = dates.wishes.iter().map(|wish| wish.asset.clone()).collect();
        let serial = |serial: &str, instance: Option<&str>| Named::BySerial {
            serial: serial.to_owned(),
            instance: instance.map(ToOwned::to_owned),
        };
        assert_eq!(
            assets,
            [
                Named::ById {
                    connector: None,
                    instance: "acme".to_owned(),
                    id: AssetId::from("7"),
                },
                serial("AB12", None),
                serial("AB13", Some("acme")),
            ]
        );
        assert_eq!(dates.wishes[1].claims[0].source, ClaimSource::Manual);
        assert_eq!(dates.wishes[2].blank, [DateField::PurchaseDate]);
        assert_eq!(dates.wishes[1].place, "dates, line 3");
    }

    #[test]
    fn a_line_that_cannot_be_meant_is_told_by_number_and_costs_no_other() {
        let good = r#"{"serial":"A","purchase_date":"2024-01-01","source":"lookup"}"#;
        let dates = parse(&format!("{good}\nnonsense\n{good}"));
        assert_eq!((dates.wishes.len(), dates.problems.len()), (2, 1));
        assert!(dates.problems[0].to_string().contains("line 2"));
        for (line, word) in [
            (
                r#"{"serial":"A","purchase_date":"2024-02-30","source":"lookup"}"#,
                "2024-02-30",
            ),
            (
                r#"{"serial":"A","purchase_date":"2024-2-3","source":"lookup"}"#,
                "YYYY-MM-DD",
            ),
            (
                r#"{"serial":"A","purchase_date":"+12024-02-03","source":"lookup"}"#,
                "YYYY-MM-DD",
            ),
            (
                r#"{"serial":"A","purchase_date":20240203,"source":"lookup"}"#,
                "integer",
            ),
            (
                r#"{"serial":"A","purchase":"2024-02-03","source":"lookup"}"#,
                "`purchase`",
            ),
            (r#"{"serial":"A","purchase_date":"2024-02-03"}"#, "source"),
            (
                r#"{"serial":"A","purchase_date":"2024-02-03","source":"vendor"}"#,
                "vendor",
            ),
            (r#"{"serial":"A","source":"lookup"}"#, "neither"),
            (
                r#"{"purchase_date":"2024-02-03","source":"lookup"}"#,
                "name the asset",
            ),
            (
                r#"{"asset":{"vendor_id":"7"},"purchase_date":"2024-02-03","source":"lookup"}"#,
                "name the asset",
            ),
            (
                r#"{"asset":{"instance":"a","vendor_id":"7"},"serial":"A","purchase_date":"2024-02-03","source":"lookup"}"#,
                "not by both",
            ),
        ] {
            let told = problem(line);
            assert!(told.contains(word), "{told}");
        }
    }
}
