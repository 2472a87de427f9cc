//! Rows of an answer, read one by one: an odd one costs no other.

use lmsync_core::http::Answer as HttpAnswer;
use lmsync_core::json::{KeepRaw, Rows, WireRow};
#[cfg(any(feature = "dell", feature = "hp", feature = "lenovo"))]
use lmsync_core::json::{LenientObject, OneOrMany};
use lmsync_core::{Error, ErrorKind, Rejection, Result};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::answer::Answer;
#[cfg(any(feature = "dell", feature = "hp", feature = "lenovo"))]
use crate::line::WarrantyLine;
use crate::mask::masked;
use crate::matching::Row;

/// The rows of `list`, which is `answer` or in it, or of its one object, each read as an `R` and made a row of.
///
/// # Errors
/// `decode` when it is neither.
pub(crate) fn rows_of<R: DeserializeOwned>(
    answer: &HttpAnswer<'_>,
    list: &RawValue,
    id_keys: &[&str],
    row: impl Fn(R) -> Row,
) -> Result<Vec<Row>> {
    let read = |raw: &RawValue| {
        let row = match WireRow::<R>::read(raw, id_keys, KeepRaw::No).record {
            Ok(record) => row(record),
            Err(rejection) => unreadable(rejection),
        };
        // It may quote the maker, and the maker the key.
        match &row.answer {
            Answer::Failed(error) => Row {
                answer: Answer::Failed(masked(answer, error)),
                ..row
            },
            _ => row,
        }
    };
    match list.get().trim_start().as_bytes().first() {
        Some(b'[') => {
            let list: Rows<&RawValue> =
                serde_json::from_str(list.get()).map_err(|error| answer.undecodable(&error))?;
            Ok(list.into_iter().map(read).collect())
        }
        Some(b'{') => Ok(vec![read(list)]),
        _ => Err(answer.without_data(
            ErrorKind::Decode,
            format!("the answer holds no list of machines: {}", answer.excerpt()),
        )),
    }
}

fn unreadable(rejection: Rejection) -> Row {
    Row {
        serial: rejection.vendor_id,
        product_number: None,
        answer: Answer::Failed(Error::decode(rejection.reason)),
    }
}

/// The lines of a machine, each made one of by `line`.
///
/// # Errors
/// `decode` when one of them is no object: without it, the end may be too early.
#[cfg(any(feature = "dell", feature = "hp", feature = "lenovo"))]
pub(crate) fn lines<T>(
    list: &OneOrMany<LenientObject<T>>,
    line: impl Fn(&T) -> WarrantyLine,
) -> Result<Vec<WarrantyLine>> {
    if let Some(kind) = list.0.iter().find_map(LenientObject::unexpected) {
        return Err(Error::decode(format!(
            "a line of the machine is no object but {kind}"
        )));
    }
    Ok(list
        .0
        .iter()
        .filter_map(LenientObject::value)
        .map(line)
        .collect())
}
