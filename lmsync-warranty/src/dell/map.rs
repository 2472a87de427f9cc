//! From Dell's rows to answers; pure.

use lmsync_core::Result;
use lmsync_core::http::Answer as HttpAnswer;

use super::wire::{Asset, Entitlement};
use crate::answer::{Answer, Answers};
use crate::line::{LineKind, WarrantyLine};
use crate::maker::Maker;
use crate::matching::{AskedBy, Row, match_rows};
use crate::query::WarrantyQuery;
use crate::record::WarrantyRecord;
use crate::rows::{lines, rows_of};
use crate::rules::{day, day_before_midnight_in_chicago};

/// The answers to `batch`, whose serial numbers are service tags.
pub(super) fn answers(batch: &[WarrantyQuery], answer: &HttpAnswer<'_>) -> Result<Answers> {
    let rows = rows_of(answer, answer.json()?, &["serviceTag"], row)?;
    Ok(match_rows(batch, rows, AskedBy::Serial))
}

fn row(asset: Asset) -> Row {
    Row {
        serial: asset.service_tag.clean(),
        product_number: None,
        // An unknown tag comes as a row that says so, whatever else stands in it.
        answer: match asset.invalid {
            Some(true) => Answer::NotFound,
            _ => Answer::from(record(&asset)),
        },
    }
}

fn record(asset: &Asset) -> Result<WarrantyRecord> {
    let product = [&asset.product_line_description, &asset.system_description];
    Ok(WarrantyRecord {
        product: product
            .into_iter()
            .filter_map(|text| text.clean())
            .collect(),
        shipped: asset.ship_date.trimmed().and_then(day),
        lines: lines(&asset.entitlements, line)?,
        ..WarrantyRecord::new(Maker::DELL)
    })
}

fn line(entitlement: &Entitlement) -> WarrantyLine {
    let kind = match entitlement.entitlement_type.trimmed() {
        Some(word) if word.eq_ignore_ascii_case("INITIAL") => LineKind::Base,
        _ => LineKind::Extension,
    };
    let start = entitlement.start_date.trimmed().and_then(day);
    let end = entitlement
        .end_date
        .trimmed()
        .and_then(day_before_midnight_in_chicago);
    WarrantyLine::new(kind)
        .code(entitlement.service_level_code.clean())
        .description(entitlement.service_level_description.clean())
        .days(start, end)
}
