//! The asset model: one shape for what every tool reports, and the rules that get it there.
//!
//! Everything here is pure: no network, no clock, no vendor. A connector fills an
//! [`AssetDraft`], which applies the rules and yields an [`Asset`] with its
//! [identity keys](IdentityKey) and [issues](Issue). [`correlate`] says whether
//! two assets are one machine.
//!
//! A value is the vendor's text where there is no rule for it. What a rule cannot read stays out and is an
//! issue that quotes it; nothing is guessed.
//!
//! ```
//! use chrono::{DateTime, NaiveDate};
//! use lmsync_core::model::{AssetDraft, Correlation, CustomerLink, Rules, Source, correlate};
//!
//! let now = DateTime::from_timestamp(1_774_958_400, 0).unwrap();
//! let rules = Rules::default();
//!
//! let mut draft = AssetDraft::new(Source::new("one-tool", "acme", "17", now), &rules, now);
//! draft.serial("System Serial Number");
//! draft.serial("7XKQ2T3");
//! draft.manufacturer("Dell Inc.").warranty_expiry("2027-05-31T00:00:00Z");
//! draft.purchase_date("soon");
//! let one = draft.finish();
//! assert_eq!(one.manufacturer.as_deref(), Some("Dell"));
//! assert_eq!(one.warranty_expiry, NaiveDate::from_ymd_opt(2027, 5, 31));
//! assert_eq!(one.purchase_date, None);
//! assert!(one.issues.iter().any(|issue| issue.field == "purchase_date"));
//!
//! let mut draft = AssetDraft::new(Source::new("another-tool", "acme", "a-9", now), &rules, now);
//! draft.serial("7xkq2t3").manufacturer("DELL");
//! let other = draft.finish();
//! let relation = correlate(&one, &other, CustomerLink::Same);
//! assert!(matches!(relation, Correlation::Same { .. }));
//! ```

mod adapter;
mod asset;
mod changes;
mod correlate;
mod customer;
mod date;
mod date_json;
mod date_named;
mod date_order;
mod date_text;
mod draft;
mod facts;
mod fingerprint;
mod finish;
mod hardware;
mod identity;
mod identity_key;
mod issue;
mod junk;
mod kind;
mod mac;
mod manufacturer;
mod members;
mod moving;
mod named;
mod network;
mod origin;
mod os;
mod price;
mod raw;
#[cfg(feature = "schema")]
mod record_tag;
mod rules;
mod same_machine;
mod security;
mod serial;
mod size;
mod software;
mod source;
#[cfg(test)]
mod tests;
mod text;
mod uuid;
mod virtualization;
mod words;

pub use asset::{Asset, AssetState, CheckInBasis, Connectivity};
pub use changes::FieldChange;
pub use correlate::{Conflict, Correlation, CustomerLink, Veto, correlate};
pub use customer::Customer;
pub use date::{DateReader, Reading, VendorDay, VendorInstant};
pub use date_order::DateOrder;
pub use draft::AssetDraft;
pub use fingerprint::Fingerprint;
pub use hardware::{Bios, Cpu, Disk, DiskMedia, Tpm};
pub use identity::identity_keys;
pub use identity_key::{IdentityKey, IdentityKind, Scope, Strength};
pub use issue::{Issue, IssueCode};
pub use kind::AssetKind;
pub use mac::{MacAddress, MacParseError};
pub use manufacturer::{canonical_manufacturer, clean_model};
pub use named::NamedAsset;
pub use network::{Adapter, AdapterClass, DomainRole, Network};
pub use origin::Origin;
pub use os::{Architecture, OperatingSystem, OsFamily};
pub use price::Price;
pub use raw::RawJson;
pub use rules::Rules;
#[cfg(feature = "schema")]
pub(crate) use rules::RulesConfig;
pub use same_machine::{Contradiction, MachineGroup, PossibleLink, SameMachine, SharedKeys};
pub use security::{Antivirus, AntivirusStatus, DefinitionStatus, Security};
pub use serial::{OtherSerial, OtherSerialKind, Serial, SerialPlaceholders, SerialStatus};
pub use size::{Size, SizeUnit};
pub use software::{InstalledSoftware, Software};
pub(crate) use source::read_id;
pub use source::{Address, AssetId, Ref, Source};
pub(crate) use text::trimmed;
pub use text::{clean, clean_id};
pub use uuid::clean_uuid;
pub use virtualization::{Virtualization, guest_hypervisor};
