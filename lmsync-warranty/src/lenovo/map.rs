//! From Lenovo's rows to answers; pure.
//!
//! A machine that Lenovo does not know is told in several ways that contradict each other: left out, an
//! empty object, a row with a code, 404. All are understood.

use std::collections::BTreeMap;

use lmsync_core::http::Answer as HttpAnswer;
use lmsync_core::{Error, Result};
use serde_json::value::RawValue;

use super::wire::{Contract, Machine, Warranty};
use crate::answer::{Answer, Answers};
use crate::line::{LineKind, WarrantyLine};
use crate::maker::Maker;
use crate::matching::{AskedBy, Row, match_rows};
use crate::query::WarrantyQuery;
use crate::record::WarrantyRecord;
use crate::rows::{lines, rows_of};
use crate::rules::day;

/// Not found. Seen: by one client.
const UNKNOWN: &str = "100";
/// Several machines have the serial number. Seen: by one client.
const SEVERAL: &str = "101";

/// The answers to `batch`.
pub(super) fn answers(batch: &[WarrantyQuery], answer: &HttpAnswer<'_>) -> Result<Answers> {
    if is_empty_object(answer) {
        return Ok(Answers::of(batch, |_| Answer::NotFound));
    }
    let mut rows = rows_of(answer, answer.json()?, &["Serial"], row)?;
    match (&mut rows[..], batch) {
        // One machine was asked for, and one row came that does not name it.
        ([only], [query]) if only.serial.is_none() && !matches!(only.answer, Answer::Known(_)) => {
            only.serial = Some(query.serial.clone());
        }
        // It stands for one that is not found, and so does its absence.
        _ => rows.retain(|row| row.serial.is_some() || !matches!(row.answer, Answer::NotFound)),
    }
    Ok(match_rows(batch, rows, AskedBy::Serial))
}

fn is_empty_object(answer: &HttpAnswer<'_>) -> bool {
    let members = answer.object::<BTreeMap<String, &RawValue>>();
    members.is_ok_and(|members| members.is_empty())
}

fn row(machine: Machine) -> Row {
    let told = machine.serial.trimmed();
    Row {
        // Asked for with its machine type, it may be told with it.
        serial: told.map(|serial| serial.split('.').next().unwrap_or_default().to_owned()),
        product_number: None,
        answer: match machine.code.trimmed() {
            Some(UNKNOWN) => Answer::NotFound,
            Some(SEVERAL) => Answer::Ambiguous(
                "Lenovo knows several machines with this serial number, of different machine types"
                    .to_owned(),
            ),
            Some(code) if machine.product.trimmed().is_none() => {
                Answer::Failed(refused(code, &machine))
            }
            _ => Answer::from(record(&machine)),
        },
    }
}

fn refused(code: &str, machine: &Machine) -> Error {
    let said = machine.message.trimmed().unwrap_or("no reason");
    Error::vendor(format!("Lenovo refuses to answer: {said}")).with_vendor_code(code)
}

fn record(machine: &Machine) -> Result<WarrantyRecord> {
    let serial = machine.serial.trimmed().unwrap_or_default();
    let path = machine.product.trimmed().unwrap_or_default();
    let parts = path.split('/').map(str::trim);
    let parts: Vec<&str> = parts
        .filter(|part| !part.is_empty() && !part.eq_ignore_ascii_case(serial))
        .collect();
    let (names, numbers) = parts.split_at(parts.len().min(3));
    let owned = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect();
    Ok(WarrantyRecord {
        product: owned(names),
        product_numbers: owned(numbers),
        purchased: machine.purchased.trimmed().and_then(day),
        shipped: machine.shipped.trimmed().and_then(day),
        lines: [
            lines(&machine.warranty, line)?,
            lines(&machine.contract, contract)?,
        ]
        .concat(),
        ..WarrantyRecord::new(Maker::LENOVO)
    })
}

fn line(warranty: &Warranty) -> WarrantyLine {
    let kind = match warranty.kind.trimmed() {
        Some(word) if word.eq_ignore_ascii_case("BASE") => LineKind::Base,
        _ => LineKind::Extension,
    };
    let words = [&warranty.name, &warranty.description];
    let mut words: Vec<String> = words.into_iter().filter_map(|text| text.clean()).collect();
    words.dedup();
    WarrantyLine::new(kind)
        .code(warranty.id.clean())
        .description((!words.is_empty()).then(|| words.join("; ")))
        .days(
            warranty.start.trimmed().and_then(day),
            warranty.end.trimmed().and_then(day),
        )
}

fn contract(contract: &Contract) -> WarrantyLine {
    WarrantyLine::new(LineKind::Contract)
        .code(contract.contract.clean())
        .description(contract.sla.clean())
        .status(contract.status.clean())
        .days(
            contract.start.trimmed().and_then(day),
            contract.end.trimmed().and_then(day),
        )
}
