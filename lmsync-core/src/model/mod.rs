//! The asset model: one shape for what every tool reports, and the rules that get it there.
//!
//! Everything here is pure: no network, no clock, no vendor. A connector fills an
//! [`AssetDraft`], which applies the rules and yields an [`Asset`] with its
//! [identity keys](IdentityKey) and [issues](Issue). [`correlate`] says whether
//! two assets are one machine.

mod adapter;
mod asset;
mod correlate;
mod customer;
mod date;
mod date_text;
mod draft;
mod finish;
mod identity;
mod issue;
mod junk;
mod kind;
mod mac;
mod manufacturer;
mod os;
mod places;
mod raw;
mod rules;
mod serial;
mod size;
mod software;
#[cfg(test)]
mod tests;
mod text;
mod uuid;
mod virtualization;

pub use asset::{
    Adapter, AdapterClass, Antivirus, AntivirusStatus, Asset, AssetId, AssetState, CheckInBasis,
    Connectivity, Cpu, DefinitionStatus, Disk, DiskMedia, Network, Ref, Security, Source,
};
pub use correlate::{Conflict, Correlation, CustomerLink, Veto, correlate};
pub use customer::Customer;
pub use date::{DateOrder, DateReader, Reading, VendorDay, VendorInstant};
pub use draft::AssetDraft;
pub use identity::{IdentityKey, IdentityKind, Scope, Strength, identity_keys};
pub use issue::{Issue, IssueCode};
pub use kind::AssetKind;
pub use mac::{MacAddress, MacParseError};
pub use manufacturer::{canonical_manufacturer, clean_model};
pub use os::{Architecture, OperatingSystem, OsFamily};
pub use places::{TenantField, TenantFieldNames};
pub use raw::RawJson;
pub use rules::Rules;
pub use serial::{OtherSerial, OtherSerialKind, Serial, SerialPlaceholders, SerialStatus};
pub use size::{Size, SizeUnit};
pub use software::{InstalledSoftware, Software};
pub use text::clean;
pub use uuid::clean_uuid;
pub use virtualization::{Virtualization, guest_hypervisor};
