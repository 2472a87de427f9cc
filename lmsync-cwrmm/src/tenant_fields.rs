//! The fields in which a partner keeps what ConnectWise RMM has no field for: custom fields, which
//! are called by name or by id.

use lmsync_core::tenant_fields::{
    FieldIndex, FieldValue, Form, SupportedField, TenantField as F, TenantFields, Texts,
};
use lmsync_core::two_way::DateField;

use crate::wire::AttributeValue;

/// The fields that can be named, and what partners are likely to have called them; all else comes
/// from the agent.
pub(crate) static SUPPORTED: &[SupportedField] = &[
    SupportedField::new(F::AssetTag, &["Asset Tag"]),
    SupportedField::new(F::ProductNumber, &[]),
    SupportedField::new(
        F::PurchaseDate,
        &["Purchase Date", "Purchased Date", "Date of Purchase"],
    ),
    SupportedField::new(
        F::WarrantyExpiry,
        &[
            "Warranty Expiration Date",
            "Warranty Expiry Date",
            "Warranty Expiration",
            "Warranty Expiry",
            "Warranty End Date",
        ],
    ),
    SupportedField::new(F::WarrantyStart, &["Warranty Start Date", "Warranty Start"]),
];

impl FieldValue for AttributeValue {
    fn texts(&self, form: Form) -> Texts<'_> {
        self.value.texts(form)
    }

    fn unexpected(&self) -> Option<&'static str> {
        self.value.unexpected()
    }
}

/// `attributes` by name and by id.
pub(crate) fn index(attributes: &[AttributeValue]) -> FieldIndex<'_, &AttributeValue> {
    FieldIndex::new(attributes.iter().flat_map(|attribute| {
        let names = [attribute.name.text(), attribute.id()];
        names
            .into_iter()
            .flatten()
            .map(move |name| (name, attribute))
    }))
}

/// `dates` with the names that they are looked for by, for people.
pub(crate) fn sought(fields: &TenantFields, dates: &[DateField]) -> String {
    let sought = |date: &DateField| {
        let names = fields.quoted_names(date.tenant_field());
        format!("{date} (by the name {names})")
    };
    dates.iter().map(sought).collect::<Vec<_>>().join(" and ")
}
