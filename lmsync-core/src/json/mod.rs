//! Lenient pieces for reading vendors' JSON as it really comes.
//!
//! Vendors send numbers as text, ids as numbers, objects as text and null for
//! anything. These types take it all without losing the record, and keep apart
//! what was not sent, what was sent empty and what was of no use.

mod members;
pub(crate) mod mend;
mod number;
mod object;
mod one_or_many;
mod row;
mod rows;
mod scalar;
mod strict;
mod text;

pub use self::members::Members;
pub use self::mend::read_mended;
pub use self::object::LenientObject;
pub use self::one_or_many::OneOrMany;
pub use self::row::{KeepRaw, RowInList, WireRow, read_rows};
pub use self::rows::Rows;
pub use self::scalar::{Scalar, lenient_bool, lenient_u64};
pub use self::strict::StrictObject;
pub use self::text::Text;

use serde::Serialize;

/// The JSON of `value` for a fingerprint; the same value gives the same text.
pub(crate) fn stable_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
