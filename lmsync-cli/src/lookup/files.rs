//! Lines that are written.

use std::io::{self, Write};
use std::path::Path;

use lmsync::dates::{DateLine, DateLineAsset, DateSource};
use lmsync::warranty::{Finding, PlannedQuery};
use serde::Serialize;
use serde_json::json;

use crate::support::problem::Problem;
use crate::support::stdout;
use crate::support::whole_file::WholeFile;

/// A file of JSON lines that takes the place of the last run's when it is whole; nothing without a path.
pub(crate) struct Lines(Option<WholeFile>);

impl Lines {
    /// Begins `path`, where `-` is standard output.
    pub(crate) fn create(path: Option<&Path>) -> Result<Self, Problem> {
        Ok(Self(path.map(WholeFile::create).transpose()?))
    }

    /// Leaves the file that is there as it is, because of `reason`.
    pub(crate) fn leave(self, reason: &str) -> Result<(), String> {
        self.0.map_or(Ok(()), |file| file.leave(reason))
    }

    /// Writes a line for each of `records`.
    pub(crate) fn write<T: Serialize>(
        self,
        records: impl Iterator<Item = T>,
    ) -> Result<(), Problem> {
        let Some(mut file) = self.0 else {
            return Ok(());
        };
        let name = file.name().to_owned();
        let written = write_lines(&mut file, records).and_then(|()| file.put_in_place());
        written.map_err(|error| Problem::new(name, error))
    }
}

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

fn write_lines<T: Serialize>(
    file: &mut impl Write,
    records: impl Iterator<Item = T>,
) -> io::Result<()> {
    for record in records {
        serde_json::to_writer(&mut *file, &record)?;
        file.write_all(b"\n")?;
    }
    Ok(())
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
        "estimated_purchase": dates.has(lmsync::warranty::Flag::EstimatedPurchase),
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
