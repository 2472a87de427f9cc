use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::tenant_fields::{DateTarget, Form, Texts};
use crate::two_way::{AssetDates, DateField, DateFields, HeldDate};

const BOUGHT: DateField = DateField::PurchaseDate;

fn held(fields: &[(&'static str, &str)]) -> HeldDate {
    by_default().held(BOUGHT, &index(&sent(fields)), &reader())
}

/// The name of the field to write to, and of one that competes with it.
fn target(fields: &[(&'static str, &str)]) -> Option<(String, Option<String>)> {
    let fields = sent(fields);
    match by_default().date_target(BOUGHT, &index(&fields), &reader(), |_| true) {
        DateTarget::Field {
            name, competing, ..
        } => Some((name.to_owned(), competing.map(ToOwned::to_owned))),
        DateTarget::Missing | DateTarget::Occupied(_) => None,
    }
}

#[test]
fn a_date_is_held_where_the_first_day_is() {
    let day = |text: &str| HeldDate::Day(day(text));
    let other = |text: &str| HeldDate::Unreadable(text.to_owned());
    let (early, late) = (r#""2020-01-01""#, r#""2024-02-03""#);
    for (fields, expected) in [
        (&[][..], HeldDate::Empty),
        (&[("Bought", r#"" ""#)], HeldDate::Empty),
        (&[("Bought", "null")], HeldDate::Empty),
        (&[("Bought", r#""1900-01-01""#)], HeldDate::Empty),
        (&[("Other", late)], HeldDate::Empty),
        (
            &[("bought", r#"" 2024-02-03T00:00:00Z""#)],
            day("2024-02-03"),
        ),
        (
            &[("Bought", r#""Team plan""#), ("Invoice Date", late)],
            day("2024-02-03"),
        ),
        (
            &[("Bought", "[1]"), ("Invoice Date", late)],
            day("2024-02-03"),
        ),
        (
            &[("Invoice Date", late), ("Bought", early)],
            day("2020-01-01"),
        ),
        (
            &[
                ("Bought", r#""1900-01-01""#),
                ("Invoice Date", r#""2/1/2024""#),
            ],
            other("2/1/2024"),
        ),
        (&[("Bought", "20240203")], other("20240203")),
        (
            &[("Bought", r#"["2024-02-03"]"#)],
            other("a value of type array"),
        ),
        (&[("Bought", r#""soon \ud83d""#)], other("soon \u{fffd}")),
    ] {
        assert_eq!(held(fields), expected, "{fields:?}");
    }
}

#[test]
fn a_value_of_several_texts_is_no_day() {
    struct Choices;
    impl FieldValue for Choices {
        fn texts(&self, _: Form) -> Texts<'_> {
            ["2024-02-03", "2025-02-03"]
                .map(Cow::Borrowed)
                .into_iter()
                .collect()
        }

        fn unexpected(&self) -> Option<&'static str> {
            None
        }
    }
    let fields = [("Bought", Choices)];
    let held = by_default().held(BOUGHT, &index(&fields), &reader());
    assert_eq!(held.to_string(), r#""a value of type list""#);
    let asset = filled_by(&by_default(), &index(&fields), |_| {});
    assert_eq!(asset.purchase_date, None);
    let noted = codes(&asset, "purchase_date");
    assert_eq!(noted, [IssueCode::UnexpectedType]);
}

#[test]
fn a_date_goes_where_it_stands_else_to_the_first_empty_field() {
    let to = |name: &str| Some((name.to_owned(), None));
    let (nothing, date, text) = (r#""""#, r#""2024-02-03""#, r#""Team plan""#);
    for (fields, expected) in [
        (&[][..], None),
        (&[("Other", nothing)], None),
        (&[("bought", date)], to("bought")),
        (&[("BOUGHT:", r#""1900-01-01""#)], to("BOUGHT:")),
        (
            &[("Invoice Date", "null"), ("Purchase Date", nothing)],
            to("Purchase Date"),
        ),
        (
            &[("Bought", nothing), ("Invoice Date", date)],
            to("Invoice Date"),
        ),
        (&[("bought", nothing), ("Bought", nothing)], to("Bought")),
        // Text that is no date is neither overwritten nor joined by a date.
        (&[("Bought", text)], None),
        (&[("Bought", text), ("Invoice Date", nothing)], None),
        (&[("Bought", nothing), ("Invoice Date", text)], None),
        (&[("Bought", r#"["2024-02-03"]"#)], None),
    ] {
        assert_eq!(target(fields), expected, "{fields:?}");
    }
    let fields = sent(&[("Bought", nothing), ("Invoice Date", text)]);
    let index = index(&fields);
    let occupied = by_default().date_target(BOUGHT, &index, &reader(), |_| true);
    assert_eq!(occupied, DateTarget::Occupied("Team plan".to_owned()));
}

#[test]
fn another_field_that_is_not_empty_competes_for_the_date() {
    let date = r#""2024-02-03""#;
    let expected = |name: &str, other: &str| Some((name.to_owned(), Some(other.to_owned())));
    for other in [r#""2020-01-01""#, r#""Team plan""#, "{}"] {
        let fields = [("Bought", date), ("Invoice Date", other)];
        assert_eq!(
            target(&fields),
            expected("Bought", "Invoice Date"),
            "{other}"
        );
    }
    let fields = [("Bought", r#""Team plan""#), ("Invoice Date", date)];
    assert_eq!(target(&fields), expected("Invoice Date", "Bought"));
    let fields = [("Bought", date), ("Invoice Date", r#""1900-01-01""#)];
    assert_eq!(target(&fields), Some(("Bought".to_owned(), None)));
}

#[test]
fn a_date_that_stands_where_it_cannot_be_written_goes_to_an_earlier_field_or_nowhere() {
    let fields = sent(&[
        ("Bought", r#""""#),
        ("Purchase Date", r#""2024-02-03""#),
        ("Invoice Date", r#""""#),
    ]);
    let (index, names) = (index(&fields), by_default());
    let empty = |value: &&RawJson| value.get() == r#""""#;
    let target = names.date_target(BOUGHT, &index, &reader(), empty);
    let DateTarget::Field {
        name, competing, ..
    } = target
    else {
        panic!("{target:?}");
    };
    assert_eq!((name, competing), ("Bought", Some("Purchase Date")));
    let nowhere = names.date_target(BOUGHT, &index, &reader(), |_| false);
    assert_eq!(nowhere, DateTarget::Missing);
}

#[test]
fn dates_have_names_and_new_fields_are_called_by_one_that_is_no_id() {
    let id = "9e98f3e0-a609-4258-be46-fa6a0ba963da";
    let own = TenantFieldNames::new()
        .with(TenantField::PurchaseDate, [id, "Bought on"])
        .with(TenantField::WarrantyExpiry, []);
    let fields = TenantFields::new(own, SUPPORTED).unwrap();
    assert_eq!(fields.dates(), DateFields::NONE.with(BOUGHT));
    assert_eq!(by_default().dates(), DateFields::ALL);
    assert_eq!(fields.new_name(BOUGHT), Some("Bought on"));
    assert_eq!(fields.new_name(DateField::WarrantyExpiry), None);
}

/// JSON that may be read-only.
#[derive(Debug, Clone)]
struct Value {
    json: RawJson,
    is_writable: bool,
}

impl FieldValue for Value {
    fn texts(&self, form: Form) -> Texts<'_> {
        self.json.texts(form)
    }

    fn unexpected(&self) -> Option<&'static str> {
        FieldValue::unexpected(&self.json)
    }
}

fn any_fields() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let name = proptest::sample::select(vec![
        "Bought",
        "BOUGHT",
        "Purchase Date",
        "purchase_date",
        "Invoice Date",
    ]);
    let value = proptest::sample::select(vec![
        "null",
        r#""""#,
        r#""1900-01-01""#,
        r#""2020-01-01\r\n""#,
        r#""2021-02-03T00:00:00Z""#,
        r#""2/1/2024""#,
        r#""Team plan""#,
        "5",
        r#"["2020-01-01"]"#,
        "{}",
    ]);
    let field = (name, value, any::<bool>()).prop_map(|(name, value, is_writable)| {
        let json = json(value);
        (name, Value { json, is_writable })
    });
    proptest::collection::vec(field, 0..7)
}

proptest! {
    #[test]
    fn what_is_held_is_what_a_listing_reads(fields in any_fields()) {
        let held = by_default().held_dates(&index(&fields), &reader()).purchase_date;
        let listed = filled_by(&by_default(), &index(&fields), |_| {});
        prop_assert_eq!(held.day(), listed.purchase_date);
        let noted = codes(&listed, "purchase_date");
        if matches!(held, HeldDate::Unreadable(_)) {
            prop_assert_eq!(noted.len(), 1);
            prop_assert_ne!(noted[0], IssueCode::SentinelDate);
        } else {
            prop_assert!(noted.is_empty() || noted == [IssueCode::SentinelDate]);
        }
    }

    #[test]
    fn what_is_written_to_its_target_is_what_is_read_afterwards(mut fields in any_fields()) {
        let (names, new) = (by_default(), day("2027-01-01"));
        let before = names.held(BOUGHT, &index(&fields), &reader());
        let (at, is_contested) = {
            let index = index(&fields);
            match names.date_target(BOUGHT, &index, &reader(), |value| value.is_writable) {
                DateTarget::Field { value, competing, .. } => {
                    let is_target = |(_, other): &(_, Value)| std::ptr::eq(other, value);
                    (fields.iter().position(is_target), competing.is_some())
                }
                DateTarget::Missing => (None, false),
                DateTarget::Occupied(_) => {
                    prop_assert!(matches!(before, HeldDate::Unreadable(_)));
                    (None, false)
                }
            }
        };
        let Some(at) = at else {
            let has_room = fields.iter().any(|(_, value)| value.is_writable);
            prop_assert!(before != HeldDate::Empty || !has_room);
            return Ok(());
        };
        let stood = names.held(BOUGHT, &index(&fields[at..=at]), &reader());
        prop_assert!(!matches!(stood, HeldDate::Unreadable(_)), "text was overwritten");

        fields[at].1.json = RawJson::text(&new.to_string());
        let after = names.held_dates(&index(&fields), &reader());
        prop_assert_eq!(after, AssetDates::new(Some(new), None));
        let listed = filled_by(&names, &index(&fields), |_| {});
        prop_assert_eq!(listed.purchase_date, Some(new));
        prop_assert_eq!(listed.tenant_fields[&TenantField::PurchaseDate].as_str(), fields[at].0);

        fields[at].1.json = RawJson::text("");
        let cleared = names.held(BOUGHT, &index(&fields), &reader());
        prop_assert_eq!(cleared != HeldDate::Empty, is_contested);
    }
}
