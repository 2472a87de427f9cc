mod dates;
mod fill;
mod vendors;

use chrono::{DateTime, NaiveDate, Utc};

use super::{FieldIndex, FieldValue, SupportedField, TenantField, TenantFieldNames, TenantFields};
use crate::model::{Asset, AssetDraft, DateReader, Issue, IssueCode, RawJson, Rules, Source};

static SUPPORTED: &[SupportedField] = &[
    SupportedField::new(TenantField::AssetTag, &["Asset Tag"]),
    SupportedField::new(TenantField::Cpu, &["Processor", "CPU"]),
    SupportedField::new(TenantField::Domain, &["Domain"]),
    SupportedField::new(TenantField::Hostname, &["Hostname", "Computer Name"]),
    SupportedField::new(TenantField::HardwareUuid, &["UUID"]),
    SupportedField::new(TenantField::Kind, &["Form Factor", "Type"]),
    SupportedField::new(TenantField::LastCheckIn, &["Last Seen", "Last Sync"]),
    SupportedField::new(TenantField::LastUser, &["Last User"]),
    SupportedField::new(TenantField::MacAddress, &["MAC", "MAC Address"]),
    SupportedField::new(TenantField::Manufacturer, &["Manufacturer", "Make"]),
    SupportedField::new(TenantField::Memory, &["RAM", "Memory"]),
    SupportedField::new(TenantField::Model, &["Model"]),
    SupportedField::new(TenantField::OsName, &["OS", "Operating System"]),
    SupportedField::new(TenantField::OsVersion, &["OS Version"]),
    SupportedField::new(TenantField::ProductNumber, &["Product Number"]),
    SupportedField::new(
        TenantField::PurchaseDate,
        &["Bought", "Purchase Date", "Invoice Date"],
    ),
    SupportedField::new(TenantField::Serial, &["Serial", "Service Tag", "Tag"]),
    SupportedField::new(TenantField::Storage, &["HDD", "Storage"]),
    SupportedField::new(
        TenantField::WarrantyExpiry,
        &["Warranty End", "Covered Until"],
    ),
    SupportedField::new(TenantField::WarrantyStart, &["Warranty Start"]),
];

fn by_default() -> TenantFields {
    TenantFields::new(TenantFieldNames::new(), SUPPORTED).unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-31T12:00:00Z")
        .unwrap()
        .to_utc()
}

fn reader() -> DateReader {
    Rules::default().dates(now())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn json(text: &str) -> RawJson {
    serde_json::from_str(text).unwrap()
}

/// Fields as a vendor sends them: each a name and JSON.
fn sent(fields: &[(&'static str, &str)]) -> Vec<(&'static str, RawJson)> {
    let field = |(name, value): &(&'static str, &str)| (*name, json(value));
    fields.iter().map(field).collect()
}

fn index<'a, V>(fields: &'a [(&'static str, V)]) -> FieldIndex<'a, &'a V> {
    FieldIndex::new(fields.iter().map(|(name, value)| (*name, value)))
}

/// The asset that `prepare` begins, filled by `names` from `fields`.
fn filled_by<V: FieldValue>(
    names: &TenantFields,
    fields: &FieldIndex<'_, V>,
    prepare: impl FnOnce(&mut AssetDraft<'_>),
) -> Asset {
    let rules = Rules::default();
    let source = Source::new("example", "acme", "17", now());
    let mut draft = AssetDraft::new(source, &rules, now());
    prepare(&mut draft);
    names.fill(&mut draft, fields);
    draft.finish()
}

fn filled(fields: &[(&'static str, &str)]) -> Asset {
    filled_by(&by_default(), &index(&sent(fields)), |_| {})
}

fn issues<'a>(asset: &'a Asset, field: &str) -> Vec<&'a Issue> {
    let about = asset.issues.iter().filter(|issue| issue.field == field);
    about.collect()
}

fn codes(asset: &Asset, field: &str) -> Vec<IssueCode> {
    let about = issues(asset, field);
    about.iter().map(|issue| issue.code).collect()
}
