//! Lines that are written.

use std::io::{self, Write};

use lmsync::dates::{DateLine, DateLineAsset, DateSource};
use lmsync::warranty::{Finding, Flag, PlannedQuery};
use serde::Serialize;
use serde_json::json;

use crate::support::lines_file::write_lines;
use crate::support::stdout;

/// Prints what would be asked, a line for each query.
pub(crate) fn print_queries(queries: &[PlannedQuery]) -> io::Result<()> {
    let mut out = stdout::open();
    let lines = queries.iter().map(|query| {
        json!({
            "maker": query.maker.as_str(),
            "serial": query.key.serial,
            "product_number": query.key.product_number,
        })
    });
    write_lines(&mut out, lines)?;
    out.flush()
}

/// The line of dates that `finding` is; `None` where it has none to write.
pub(crate) fn dates(finding: &Finding) -> Option<DateLine> {
    let dates = finding.outcome.dates()?;
    if dates.purchase.is_none() && dates.expiry.is_none() {
        return None;
    }
    let via = json!({
        "maker": finding.maker,
        "line": dates.line.title(),
        "looked_up_at": finding.looked_up_at,
        "estimated_purchase": dates.has(Flag::EstimatedPurchase),
    });
    Some(DateLine {
        asset: DateLineAsset::ById {
            connector: Some(finding.asset.connector.clone()),
            instance: finding.asset.instance.clone(),
            id: finding.asset.id(),
            serial: finding.key.as_ref().map(|key| key.serial.clone()),
        },
        purchase_date: dates.purchase.map(Some),
        warranty_expiry: dates.expiry.map(Some),
        source: DateSource::Lookup,
        via: Some(via),
    })
}

/// The line of the report about `finding`.
pub(crate) fn report(finding: &Finding) -> impl Serialize {
    json!({
        "asset": { "instance": finding.asset.instance, "vendor_id": finding.asset.vendor_id },
        "maker": finding.maker,
        "outcome": finding.outcome.word(),
        "detail": finding.outcome.detail(),
        "flags": finding.flags(),
    })
}
