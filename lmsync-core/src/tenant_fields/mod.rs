//! Fields in which tenants keep what the vendor has no field for: a vendor's custom fields, its
//! free properties.
//!
//! A vendor states in a table of [`SupportedField`]s what it looks for and under which names; a
//! configuration may name others ([`TenantFieldNames`]). Both make [`TenantFields`]. For each
//! asset the vendor lists its fields in a [`FieldIndex`], from which [`TenantFields::fill`] fills
//! the asset and [`TenantFields::held_dates`] and [`TenantFields::date_target`] serve two-way sync.
//!
//! There is one meaning for all vendors: the names are tried in order, and the first field that
//! holds a usable value is read.
//!
//! ```
//! # use chrono::DateTime;
//! # use lmsync_core::Result;
//! # use lmsync_core::json::Scalar;
//! # use lmsync_core::model::{AssetDraft, Rules, Source};
//! use lmsync_core::tenant_fields::{
//!     FieldIndex, SupportedField, TenantField, TenantFieldNames, TenantFields,
//! };
//!
//! static SUPPORTED: &[SupportedField] = &[
//!     SupportedField::new(TenantField::Memory, &["RAM", "Memory (GB)"]),
//!     SupportedField::new(TenantField::Serial, &["Serial Number", "Service Tag"]),
//! ];
//!
//! # fn main() -> Result<()> {
//! let tenant_fields = TenantFields::new(TenantFieldNames::new(), SUPPORTED)?;
//! let sent = [
//!     ("serial_number", Scalar::Text("To Be Filled By O.E.M.".into())),
//!     ("Service Tag", Scalar::Text("7XKQ2T3".into())),
//!     ("Memory (GB)", Scalar::Text("16".into())),
//! ];
//! let index = FieldIndex::new(sent.iter().map(|(name, value)| (*name, value)));
//! # let now = DateTime::UNIX_EPOCH;
//! # let rules = Rules::default();
//! # let mut draft = AssetDraft::new(Source::new("example", "acme", "17", now), &rules, now);
//! tenant_fields.fill(&mut draft, &index);
//! let asset = draft.finish();
//! assert_eq!(asset.serial.usable(), Some("7XKQ2T3"));
//! assert_eq!(asset.memory_bytes, Some(16 << 30));
//! assert_eq!(asset.tenant_fields[&TenantField::Serial], "Service Tag");
//! # Ok(())
//! # }
//! ```

mod dates;
mod fill;
mod index;
mod key;
mod names;
mod read;
mod rule;
mod supported;
#[cfg(test)]
mod tests;
mod value;

pub use self::dates::DateTarget;
pub use self::index::FieldIndex;
#[cfg(feature = "schema")]
pub(crate) use self::names::Names;
pub use self::names::{TenantField, TenantFieldNames};
pub use self::read::{form_factor, moment, size};
pub use self::supported::{SupportedField, TenantFields};
pub use self::value::{FieldValue, Form, Texts};
