//! From Cisco's rows to answers; pure.

use lmsync_core::http::Answer as HttpAnswer;
use lmsync_core::json::{LenientObject, Scalar};
use lmsync_core::{Error, ErrorKind, Result};

use super::wire::{ApiError, Machine, Summary};
use crate::answer::Answer;
use crate::line::{LineKind, WarrantyLine};
use crate::maker::Maker;
use crate::mask::masked;
use crate::matching::Row;
use crate::record::WarrantyRecord;
use crate::rows::rows_of;
use crate::rules::day;

/// Nothing is known of any machine of the request.
const NOTHING: &str = "NO_RECORDS_FOUND";
/// One machine of the request is written wrongly.
const INVALID: &str = "API_INVALID_INPUT";
const NOT_AUTHORISED: &str = "API_NOTAUTHORIZED";

/// One page of an answer.
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    /// The number of the last page.
    pub(super) last: u64,
}

/// The meaning of an answer as a whole.
pub(super) enum Said {
    Page(Page),
    /// Nothing is known of any machine of the request.
    Nothing,
    /// One machine of the request is written wrongly, or all are.
    Invalid(Error),
}

/// The meaning of `answer`; `Ok` for errors that are about the machines asked for.
pub(super) fn read(answer: &HttpAnswer<'_>, success: Result<()>) -> Result<Said> {
    if let Some(said) = refusal(answer) {
        return said;
    }
    success?;
    let summary: Summary<'_> = answer.object()?;
    let Some(list) = summary.serial_numbers else {
        let message = format!(
            "the answer holds no list of serial numbers: {}",
            answer.excerpt()
        );
        return Err(answer.without_data(ErrorKind::Decode, message));
    };
    let pagination = summary
        .pagination_response_record
        .into_value()
        .unwrap_or_default();
    Ok(Said::Page(Page {
        rows: rows_of(answer, list, &["sr_no"], row)?,
        last: pagination.last_index.unwrap_or(1),
    }))
}

/// The error that the whole of `answer` is, whatever its status.
fn refusal(answer: &HttpAnswer<'_>) -> Option<Result<Said>> {
    let summary: Summary<'_> = answer.object().ok()?;
    let first = summary.error.value()?.first()?;
    match first.error_code.trimmed()? {
        NOTHING => Some(Ok(Said::Nothing)),
        INVALID => Some(Ok(Said::Invalid(masked(answer, &api_error(first))))),
        NOT_AUTHORISED => {
            let error = api_error(first).with_status(answer.status().as_u16());
            Some(Err(answer.error(ErrorKind::Permission, error.message())))
        }
        // The status says more of it, where it is one of failure.
        _ if !answer.status().is_success() => None,
        _ => Some(Err(masked(answer, &api_error(first)))),
    }
}

fn api_error(error: &ApiError) -> Error {
    let code = error.error_code.trimmed().unwrap_or("no code");
    let said = error.error_description.trimmed().unwrap_or("no reason");
    Error::vendor(format!("Cisco refuses to answer: {said}")).with_vendor_code(code)
}

fn row(machine: Machine) -> Row {
    Row {
        serial: machine.sr_no.clean(),
        product_number: None,
        answer: answer(&machine),
    }
}

fn answer(machine: &Machine) -> Answer {
    let error = machine.error.value().and_then(|error| error.first());
    match error.map(|error| (error, error.error_code.trimmed())) {
        Some((_, Some(NOTHING))) => return Answer::NotFound,
        Some((error, _)) => return Answer::Failed(api_error(error)),
        None => {}
    }
    let record = record(machine);
    // A machine that nobody knows comes as a row of blanks.
    let is_covered = machine
        .is_covered
        .trimmed()
        .is_some_and(|word| word.eq_ignore_ascii_case("yes"));
    match record.lines.is_empty() && record.product_numbers.is_empty() && !is_covered {
        true => Answer::NotFound,
        false => Answer::Known(record),
    }
}

fn record(machine: &Machine) -> WarrantyRecord {
    let base = machine
        .base_pid_list
        .0
        .iter()
        .filter_map(LenientObject::value);
    let orderable = || {
        machine
            .orderable_pid_list
            .0
            .iter()
            .filter_map(LenientObject::value)
    };
    let numbers = base
        .map(|pid| &pid.base_pid)
        .chain(orderable().map(|pid| &pid.orderable_pid));
    WarrantyRecord {
        product: orderable()
            .filter_map(|pid| pid.item_description.clean())
            .collect(),
        product_numbers: numbers.filter_map(Scalar::clean).collect(),
        lines: [warranty(machine), contract(machine)]
            .into_iter()
            .flatten()
            .collect(),
        ..WarrantyRecord::new(Maker::CISCO)
    }
}

/// The warranty that came with the machine; Cisco tells no start.
fn warranty(machine: &Machine) -> Option<WarrantyLine> {
    let end = machine.warranty_end_date.trimmed()?;
    let line = WarrantyLine::new(LineKind::Base).code(machine.warranty_type.clean());
    Some(line.days(None, day(end)))
}

/// The service contract, which is left blank for a key that is not linked to it.
fn contract(machine: &Machine) -> Option<WarrantyLine> {
    let end = machine.covered_product_line_end_date.trimmed()?;
    let line = WarrantyLine::new(LineKind::Contract).code(machine.service_line_descr.clean());
    Some(line.days(None, day(end)))
}
