#![allow(clippy::unwrap_used)]

use chrono::DateTime;
use lmsync_core::model::AssetId;
use lmsync_core::two_way::{ClaimSource, DateField};

use super::super::line::DateLineAsset;
use super::*;

fn parse(text: &str) -> DateLines {
    DateLines::parse("dates", text)
}

fn problem(line: &str) -> String {
    let dates = parse(line);
    assert!(dates.lines.is_empty(), "{line}");
    dates.problems[0].to_string()
}

#[test]
fn a_byte_order_mark_before_the_file_is_no_part_of_it() {
    let line = r#"{"serial":"AB12","purchase_date":"2024-01-01","source":"manual"}"#;
    let dates = parse(&format!("\u{feff}{line}\r\n{line}"));
    assert!(dates.problems.is_empty(), "{:?}", dates.problems);
    assert_eq!(dates.lines.len(), 2);
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
    let assets: Vec<_> = dates
        .lines
        .iter()
        .map(|line| line.line.asset.clone())
        .collect();
    let serial = |serial: &str, instance: Option<&str>| DateLineAsset::BySerial {
        serial: serial.to_owned(),
        instance: instance.map(ToOwned::to_owned),
    };
    assert_eq!(
        assets,
        [
            DateLineAsset::ById {
                connector: None,
                instance: "acme".to_owned(),
                id: AssetId::from("7"),
                serial: None,
            },
            serial("AB12", None),
            serial("AB13", Some("acme")),
        ]
    );
    let claims = dates.lines[1].line.claims(DateTime::UNIX_EPOCH);
    assert_eq!(claims[0].source, ClaimSource::Manual);
    assert_eq!(dates.lines[2].line.blank(), [DateField::PurchaseDate]);
    assert_eq!(dates.lines[1].place, "dates, line 3");
}

#[test]
fn a_lookups_lines_are_taken_as_they_are_and_written_as_they_are_read() {
    for line in [
        r#"{"asset":{"instance":"acme","vendor_id":"7"},"serial":"AB12","purchase_date":"2024-03-01","warranty_expiry":"2027-02-28","source":"lookup","via":{"estimated_purchase":false,"looked_up_at":"2026-03-31T12:00:00Z","maker":"dell"}}"#,
        r#"{"asset":{"connector":"cwrmm","instance":"acme","vendor_id":"7","parent_ids":{"company_id":"3"}},"purchase_date":null,"source":"manual"}"#,
        r#"{"asset":{"instance":"acme"},"serial":"AB12","warranty_expiry":"2027-02-28","source":"manual"}"#,
        r#"{"serial":"AB12","warranty_expiry":"2027-02-28","source":"lookup"}"#,
    ] {
        let read: DateLine = line.parse().unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), line);
    }
}

#[test]
fn a_line_that_cannot_be_meant_is_told_by_number_and_costs_no_other() {
    let good = r#"{"serial":"A","purchase_date":"2024-01-01","source":"lookup"}"#;
    let dates = parse(&format!("{good}\nnonsense\n{good}"));
    assert_eq!((dates.lines.len(), dates.problems.len()), (2, 1));
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
            r#"{"asset":{"vendor_id":"7"},"serial":"A","purchase_date":"2024-02-03","source":"lookup"}"#,
            "name the asset",
        ),
    ] {
        let told = problem(line);
        assert!(told.contains(word), "{told}");
    }
}
