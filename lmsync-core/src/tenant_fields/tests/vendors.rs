//! Three shapes in which vendors keep tenants' fields, each with its own meanings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::*;
use crate::json::Scalar;
use crate::tenant_fields::{DateTarget, Form, Texts};
use crate::two_way::{DateField, HeldDate};

/// A property of the vendor's own, or a field of the tenant's whose choice is stored as a number
/// and shown by its label.
#[derive(Debug)]
enum Held {
    Property(Scalar),
    Field {
        at: usize,
        stored: Scalar,
        label: Scalar,
    },
    ReadOnly(Scalar),
}

impl FieldValue for Held {
    fn texts(&self, form: Form) -> Texts<'_> {
        let (first, second) = match self {
            Self::Property(value) | Self::ReadOnly(value) => (value, value),
            Self::Field { stored, label, .. } => match form {
                Form::Shown => (label, stored),
                Form::Stored => (stored, label),
            },
        };
        let text = first.clean().or_else(|| second.clean());
        text.map(Cow::Owned).into_iter().collect()
    }

    fn unexpected(&self) -> Option<&'static str> {
        match self {
            Self::Property(value) | Self::ReadOnly(value) | Self::Field { stored: value, .. } => {
                value.unexpected()
            }
        }
    }
}

fn text(text: &str) -> Scalar {
    Scalar::Text(text.into())
}

fn field(at: usize, stored: &str, label: &str) -> Held {
    let (stored, label) = (text(stored), text(label));
    Held::Field { at, stored, label }
}

#[test]
fn choices_are_read_by_their_label_and_dates_as_they_are_stored() {
    use TenantField as F;
    static SUPPORTED: &[SupportedField] = &[
        SupportedField::new(F::Model, &["Model"]),
        SupportedField::new(F::PurchaseDate, &["supplier_purchasedate", "Bought"]),
        SupportedField::new(F::WarrantyExpiry, &["warranty_end", "Warranty End"]),
    ];
    let names = TenantFields::new(TenantFieldNames::new(), SUPPORTED).unwrap();
    let fields = [
        (
            "supplier_purchasedate",
            Held::Property(text("1900-01-01T00:00:00")),
        ),
        ("warranty_end", Held::Property(Scalar::Absent)),
        ("Model", field(0, "12", "Latitude 5420")),
        (
            "Warranty End",
            field(1, "2026-11-27T00:00:00.000Z", "27/11/2026"),
        ),
        ("Bought", Held::ReadOnly(text(""))),
    ];
    let index = index(&fields);
    let asset = filled_by(&names, &index, |_| {});
    assert_eq!(asset.model.as_deref(), Some("Latitude 5420"));
    assert_eq!(asset.warranty_expiry, Some(day("2026-11-27")));
    let bought = codes(&asset, "purchase_date");
    assert_eq!(bought, [IssueCode::SentinelDate]);

    let reader = reader();
    let target = |date| {
        let is_writable = |held: &&Held| !matches!(held, Held::ReadOnly(_));
        names.date_target(date, &index, &reader, is_writable)
    };
    let property = target(DateField::PurchaseDate);
    assert!(matches!(
        property,
        DateTarget::Field {
            name: "supplier_purchasedate",
            value: Held::Property(_),
            ..
        }
    ));
    let field = target(DateField::WarrantyExpiry);
    assert!(matches!(
        field,
        DateTarget::Field {
            value: Held::Field { at: 1, .. },
            ..
        }
    ));
}

#[test]
fn properties_are_a_map_of_json_and_a_missing_one_is_made() {
    let properties: BTreeMap<String, RawJson> = serde_json::from_str(
        r#"{"Service Tag": "7XKQ2T3", "mac": ["f8:75:a4:19:c6:22", "f8:75:a4:19:c6:23"],
            "MODEL": "upper", "model": "lower", "Model": "as configured",
            "Warranty End": "2027-01-01", "WARRANTY END": "Team plan"}"#,
    )
    .unwrap();
    let index = FieldIndex::new(properties.iter().map(|(key, value)| (key.as_str(), value)));
    let (names, reader) = (by_default(), reader());
    let asset = filled_by(&names, &index, |_| {});
    assert_eq!(asset.serial.usable(), Some("7XKQ2T3"));
    assert_eq!(asset.network.adapters.len(), 2);
    assert_eq!(asset.model.as_deref(), Some("as configured"));

    let target = |date| names.date_target(date, &index, &reader, |_| true);
    assert_eq!(target(DateField::PurchaseDate), DateTarget::Missing);
    assert_eq!(names.new_name(DateField::PurchaseDate), Some("Bought"));
    let warranty = target(DateField::WarrantyExpiry);
    let DateTarget::Field {
        name, competing, ..
    } = warranty
    else {
        panic!("{warranty:?}");
    };
    // It can be replaced, and not be cleared.
    assert_eq!((name, competing), ("Warranty End", Some("WARRANTY END")));
}

/// A custom field with an id, which a configuration may name too.
#[derive(Debug)]
struct Attribute {
    id: &'static str,
    name: &'static str,
    value: Option<RawJson>,
}

impl FieldValue for Attribute {
    fn texts(&self, form: Form) -> Texts<'_> {
        self.value.texts(form)
    }

    fn unexpected(&self) -> Option<&'static str> {
        self.value.unexpected()
    }
}

/// A custom field that exists, whatever its default is.
#[derive(Debug, Clone)]
struct Definition(&'static str);

impl FieldValue for Definition {
    fn texts(&self, _: Form) -> Texts<'_> {
        Texts::default()
    }

    fn unexpected(&self) -> Option<&'static str> {
        None
    }
}

#[test]
fn attributes_are_found_by_name_or_id_and_definitions_serve_where_none_holds_anything() {
    const ID: &str = "9e98f3e0-a609-4258-be46-fa6a0ba963da";
    let attribute = |id, name, value| Attribute {
        id,
        name,
        value: Some(json(value)),
    };
    let attributes = [
        attribute(ID, "", r#""A-17""#),
        attribute("b", "Bought", r#"" ""#),
        attribute("c", "Purchase date", r#""2024-05-27""#),
        attribute("d", "Purchase Date", "null"),
    ];
    let own = TenantFieldNames::new().with(TenantField::AssetTag, [ID]);
    let names = TenantFields::new(own, SUPPORTED).unwrap();
    let by_name_and_id = attributes
        .iter()
        .flat_map(|attribute| [(attribute.name, attribute), (attribute.id, attribute)]);
    let (index, reader) = (FieldIndex::new(by_name_and_id), reader());
    let asset = filled_by(&names, &index, |_| {});
    assert_eq!(asset.asset_tag.as_deref(), Some("A-17"));
    assert_eq!(asset.purchase_date, Some(day("2024-05-27")));

    let held = names.held_dates(&index, &reader);
    assert_eq!(held.purchase_date, HeldDate::Day(day("2024-05-27")));
    let target = names.date_target(DateField::PurchaseDate, &index, &reader, |_| true);
    assert!(matches!(target, DateTarget::Field { value, .. } if value.id == "c"));

    let warranty = DateField::WarrantyExpiry;
    let nowhere = names.date_target(warranty, &index, &reader, |_| true);
    assert!(matches!(nowhere, DateTarget::Missing));
    let all = FieldIndex::new([
        ("covered until", Definition("e")),
        ("Covered Until", Definition("f")),
    ]);
    let target = names.date_target(warranty, &all, &reader, |_| true);
    assert!(matches!(
        target,
        DateTarget::Field {
            value: Definition("f"),
            ..
        }
    ));
}
