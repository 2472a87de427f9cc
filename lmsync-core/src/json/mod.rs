//! Lenient pieces for reading vendors' JSON as it really comes.
//!
//! Vendors send numbers as text, ids as numbers, objects as text and null for
//! anything. These types take it all without losing the record, and keep apart
//! what was not sent, what was sent empty and what was of no use.
//!
//! | a vendor sends | read it as |
//! |---|---|
//! | one value, as text, number, truth value or null | [`Scalar`] |
//! | an object, or the same as text, or something else | [`LenientObject`] |
//! | a list, one element without its list, or nothing | [`OneOrMany`] |
//! | a list of records | [`Rows`], each row with [`WireRow`], or [`read_rows`] for the whole list |
//!
//! A list of more than [`Rows::MOST`] rows is refused while it is read, so that memory stays bounded.
//!
//! ```
//! use lmsync_core::json::{KeepRaw, OneOrMany, Rows, Scalar, WireRow};
//! use serde_json::value::RawValue;
//!
//! #[derive(Default, serde::Deserialize)]
//! #[serde(default)]
//! struct Device {
//!     id: Scalar,
//!     name: Scalar,
//!     tags: OneOrMany<Scalar>,
//! }
//!
//! let answer = r#"[{ "id": 9001114136934215681, "tags": "lab" }, "no device", { "id": "8", "name": null }]"#;
//! let rows: Rows<&RawValue> = serde_json::from_str(answer)?;
//! let mut devices = Vec::new();
//! let mut refused = Vec::new();
//! for row in rows {
//!     match WireRow::<Device>::read(row, &["id"], KeepRaw::No).record {
//!         Ok(device) => devices.push(device),
//!         Err(rejection) => refused.push(rejection),
//!     }
//! }
//! assert_eq!(devices[0].id.id(), Some("9001114136934215681"));
//! assert_eq!(devices[0].name, Scalar::Absent);
//! assert_eq!(devices[0].tags.texts().collect::<Vec<_>>(), ["lab"]);
//! assert_eq!(devices[1].name, Scalar::Null);
//! assert_eq!(refused.len(), 1);
//! # Ok::<(), serde_json::Error>(())
//! ```

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
