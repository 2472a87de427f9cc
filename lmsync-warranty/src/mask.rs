//! Errors that quote a maker.

use lmsync_core::Error;
use lmsync_core::http::Answer;

/// `error`, whose words are of `answer`, with every known secret in them masked.
pub(crate) fn masked(answer: &Answer<'_>, error: &Error) -> Error {
    let mut told = Error::new(error.kind(), answer.mask(error.message())).with_retry(error.retry());
    if let Some(code) = error.vendor_code() {
        told = told.with_vendor_code(answer.mask(code));
    }
    if let Some(status) = error.status() {
        told = told.with_status(status);
    }
    match error.hint() {
        Some(hint) => told.with_hint(hint),
        None => told,
    }
}
