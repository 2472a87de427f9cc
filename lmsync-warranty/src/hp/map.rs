//! From HP's rows to answers; pure.

use lmsync_core::http::Answer as HttpAnswer;
use lmsync_core::json::{LenientObject, OneOrMany, Scalar};
use lmsync_core::{Error, Result};

use super::wire::{Machine, Offer, Product};
use crate::answer::{Answer, Answers};
use crate::line::{LineKind, WarrantyLine};
use crate::maker::Maker;
use crate::matching::{AskedBy, Row, match_rows};
use crate::query::WarrantyQuery;
use crate::record::WarrantyRecord;
use crate::rows::{lines, rows_of};
use crate::rules::day;

/// The answers to `batch`.
pub(super) fn answers(batch: &[WarrantyQuery], answer: &HttpAnswer<'_>) -> Result<Answers> {
    let rows = rows_of(answer, answer.json()?, &["sn"], row)?;
    Ok(match_rows(batch, rows, AskedBy::SerialAndProduct))
}

fn row(machine: Machine) -> Row {
    let product = match &machine.product {
        LenientObject::Value(product) => product,
        LenientObject::Absent | LenientObject::Null => return without(&machine, Answer::NotFound),
        LenientObject::Unexpected(kind) => {
            let error = Error::decode(format!("the product is no object but {kind}"));
            return without(&machine, Answer::Failed(error));
        }
    };
    let told = [&product.product_number, &machine.pn];
    Row {
        serial: product.serial_number.clean().or_else(|| machine.sn.clean()),
        product_number: told.into_iter().find_map(number),
        answer: Answer::from(record(product, &machine.offers)),
    }
}

/// The row of a machine without a product.
fn without(machine: &Machine, answer: Answer) -> Row {
    Row {
        serial: machine.sn.clean(),
        product_number: number(&machine.pn),
        answer,
    }
}

/// A product number without its country's variant.
fn number(text: &Scalar) -> Option<String> {
    let base = text.trimmed()?.split('#').next().unwrap_or_default();
    Some(base.to_owned()).filter(|base| !base.is_empty())
}

fn record(product: &Product, offers: &OneOrMany<LenientObject<Offer>>) -> Result<WarrantyRecord> {
    Ok(WarrantyRecord {
        product: product.product_description.clean().into_iter().collect(),
        product_numbers: product.product_number.clean().into_iter().collect(),
        lines: lines(offers, line)?,
        ..WarrantyRecord::new(Maker::HP)
    })
}

fn line(offer: &Offer) -> WarrantyLine {
    let kind = match offer.service_obligation_type_code.trimmed() {
        Some(code) if code.eq_ignore_ascii_case("W") => LineKind::Base,
        Some(code) if code.eq_ignore_ascii_case("C") => LineKind::Contract,
        _ => LineKind::Extension,
    };
    let start = offer
        .service_obligation_line_item_start_date
        .trimmed()
        .and_then(day);
    let end = offer
        .service_obligation_line_item_end_date
        .trimmed()
        .and_then(day);
    WarrantyLine::new(kind)
        .code(offer.offer_product_identifier.clean())
        .description(offer.offer_description.clean())
        .days(start, end)
}
