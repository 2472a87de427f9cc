//! The partner's custom fields: which of them holds what. Pure.

use lmsync_core::json::Scalar;
use lmsync_core::model::{DateReader, TenantField, TenantFieldNames, clean, clean_uuid};
use lmsync_core::two_way::{AssetDates, DateField, HeldDate};

use crate::wire::AttributeValue;

/// A custom field that holds something.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    /// The name that it was found by.
    pub(crate) place: &'a str,
    pub(crate) attribute: &'a AttributeValue,
    pub(crate) text: String,
}

/// Where `field` is held: in the first of its places that holds anything.
pub(crate) fn held<'a>(
    fields: &'a [AttributeValue],
    places: &'a TenantFieldNames,
    field: TenantField,
) -> Option<Held<'a>> {
    all_held(fields, places, field).next()
}

/// What counts for the date `field` among its places.
pub(crate) fn day<'a>(
    fields: &'a [AttributeValue],
    places: &'a TenantFieldNames,
    field: TenantField,
    reader: &DateReader,
) -> Option<(Held<'a>, HeldDate)> {
    let all = all_held(fields, places, field);
    HeldDate::that_counts(all.map(|held| {
        let date = HeldDate::read(reader, held.text.as_str());
        (held, date)
    }))
}

/// The places of `field` that hold anything. The same name may be given twice.
fn all_held<'a>(
    fields: &'a [AttributeValue],
    places: &'a TenantFieldNames,
    field: TenantField,
) -> impl Iterator<Item = Held<'a>> {
    places.names(field).iter().flat_map(move |place| {
        named(fields, place).filter_map(move |attribute| {
            let text = value(attribute)?;
            Some(Held {
                place,
                attribute,
                text,
            })
        })
    })
}

/// The id of the custom field for `field` on a device where none holds anything: that of the
/// first of its places that exists.
pub(crate) fn home<'a>(
    fields: &'a [AttributeValue],
    places: &TenantFieldNames,
    field: TenantField,
) -> Option<&'a str> {
    let found = places.find(field, |name| {
        named(fields, name).find_map(AttributeValue::id)
    });
    found.map(|(_, id)| id)
}

/// Both dates as the device holds them; what is no day is the tenant's own.
pub(crate) fn dates(
    fields: &[AttributeValue],
    places: &TenantFieldNames,
    reader: &DateReader,
) -> AssetDates {
    DateField::ALL
        .into_iter()
        .fold(AssetDates::default(), |dates, date| {
            let field = date.tenant_field();
            let found = match day(fields, places, field, reader) {
                Some((_, held)) if held != HeldDate::Empty => held,
                _ => odd(fields, places, field).map_or(HeldDate::Empty, HeldDate::Unreadable),
            };
            dates.with(date, found)
        })
}

/// What a custom field for `date` is called where one has to be made; an id is no name.
pub(crate) fn new_name(places: &TenantFieldNames, date: DateField) -> Option<&str> {
    let mut names = names(places, date).iter().map(String::as_str);
    names.find(|name| clean_uuid(name).is_none())
}

/// Dates with the names that they are looked for by, for people.
pub(crate) fn sought(places: &TenantFieldNames, dates: &[DateField]) -> String {
    let sought = |date: &DateField| {
        let names: Vec<String> = names(places, *date)
            .iter()
            .map(|name| format!("{name:?}"))
            .collect();
        format!("{date} (by the name {})", names.join(" or "))
    };
    let all: Vec<String> = dates.iter().map(sought).collect();
    all.join(" and ")
}

fn names(places: &TenantFieldNames, date: DateField) -> &[String] {
    places.names(date.tenant_field())
}

/// A custom field's value as text; null and blanks are none.
fn value(attribute: &AttributeValue) -> Option<String> {
    scalar(attribute)?.text().and_then(clean)
}

/// A value that is neither text nor nothing, as it came.
fn odd(fields: &[AttributeValue], places: &TenantFieldNames, field: TenantField) -> Option<String> {
    let found = places.find(field, |name| {
        named(fields, name)
            .filter(|attribute| scalar(attribute).is_some_and(|value| value.unexpected().is_some()))
            .find_map(|attribute| Some(attribute.value.as_ref()?.get().to_owned()))
    });
    found.map(|(_, json)| json)
}

fn scalar(attribute: &AttributeValue) -> Option<Scalar> {
    serde_json::from_str(attribute.value.as_ref()?.get()).ok()
}

/// The custom fields that are called `name`, or have it for an id.
fn named<'a>(fields: &'a [AttributeValue], name: &str) -> impl Iterator<Item = &'a AttributeValue> {
    fields.iter().filter(move |attribute| {
        let own = attribute.name.text().unwrap_or_default();
        TenantFieldNames::is_same_name(own, name) || attribute.id() == Some(name)
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use lmsync_core::two_way::DateFields;

    use super::*;

    fn fields(json: &str) -> Vec<AttributeValue> {
        serde_json::from_str(json).unwrap()
    }

    fn places() -> TenantFieldNames {
        TenantFieldNames::new()
            .with(TenantField::PurchaseDate, ["Bought", "Purchase Date"])
            .with(TenantField::WarrantyExpiry, ["Warranty"])
    }

    fn read(json: &str) -> AssetDates {
        let reader = DateReader::new(DateTime::UNIX_EPOCH);
        dates(&fields(json), &places(), &reader)
    }

    #[test]
    fn a_date_is_held_where_it_is_read_from() {
        let all = fields(
            r#"[{"attributeId":"a","name":"bought","value":" "},
                {"attributeID":"b","name":"Purchase date","value":"2024-05-27"},
                {"attributeId":"c","name":"Purchase Date","value":"2025-01-01"}]"#,
        );
        let places = places();
        let held = held(&all, &places, TenantField::PurchaseDate).unwrap();
        assert_eq!(
            (held.place, held.attribute.id()),
            ("Purchase Date", Some("b"))
        );
        assert_eq!(held.text, "2024-05-27");
        assert_eq!(home(&all, &places, TenantField::PurchaseDate), Some("a"));
        assert_eq!(home(&all, &places, TenantField::WarrantyExpiry), None);
    }

    #[test]
    fn what_is_no_day_is_the_tenants_own_and_what_is_nothing_is_empty() {
        let day = NaiveDate::from_ymd_opt(2027, 5, 31).unwrap();
        let one = |value: &str| {
            let json = format!(r#"[{{"attributeId":"a","name":"Warranty","value":{value}}}]"#);
            read(&json).warranty_expiry
        };
        for text in [
            r#""2027-05-31""#,
            r#""2027-05-31T00:00:00Z""#,
            r#"" 2027-05-31 ""#,
        ] {
            assert_eq!(one(text), HeldDate::Day(day), "{text}");
        }
        for nothing in ["null", r#""""#, r#"" ""#, r#""1900-01-01""#] {
            assert_eq!(one(nothing), HeldDate::Empty, "{nothing}");
        }
        for (value, shown) in [
            (r#""Team plan until May""#, "Team plan until May"),
            (r#"{"day":1}"#, r#"{"day":1}"#),
            ("[]", "[]"),
            ("7", "7"),
        ] {
            assert_eq!(one(value), HeldDate::Unreadable(shown.to_owned()));
        }
        assert_eq!(read("[]"), AssetDates::default());
    }

    #[test]
    fn the_first_day_counts_and_what_is_beside_it_does_not() {
        let two = |first: &str, second: &str| {
            let field = |id, name, value| {
                format!(r#"{{"attributeId":"{id}","name":"{name}","value":{value}}}"#)
            };
            let (bought, date) = (
                field("a", "Bought", first),
                field("b", "Purchase Date", second),
            );
            let all = fields(&format!("[{bought},{date}]"));
            let reader = DateReader::new(DateTime::UNIX_EPOCH);
            let names = places();
            let found = day(&all, &names, TenantField::PurchaseDate, &reader);
            let place = found.map(|(held, _)| held.place.to_owned());
            (place, dates(&all, &names, &reader).purchase_date)
        };
        let first_day = NaiveDate::from_ymd_opt(2024, 5, 27).unwrap();
        let day = HeldDate::Day(first_day);
        for first in [r#""see invoice""#, r#""1900-01-01""#, "{}", "null"] {
            let (place, held) = two(first, r#""2024-05-27""#);
            assert_eq!(
                (place.as_deref(), &held),
                (Some("Purchase Date"), &day),
                "{first}"
            );
        }
        let (place, held) = two(r#""2024-05-27""#, r#""2025-01-01""#);
        assert_eq!((place.as_deref(), &held), (Some("Bought"), &day));
        // What is no day is the tenant's own, wherever it stands.
        let (_, held) = two(r#""1900-01-01""#, "{}");
        assert_eq!(held, HeldDate::Unreadable("{}".to_owned()));
    }

    #[test]
    fn a_date_without_a_place_cannot_be_written_and_an_id_is_no_name_for_a_new_field() {
        assert_eq!(DateFields::named_in(&places()), DateFields::ALL);
        let one = TenantFieldNames::new()
            .with(TenantField::PurchaseDate, [])
            .with(TenantField::WarrantyExpiry, ["Warranty"]);
        let only = DateFields::NONE.with(DateField::WarrantyExpiry);
        assert_eq!(DateFields::named_in(&one), only);
        let id = "9e98f3e0-a609-4258-be46-fa6a0ba963da";
        let named = TenantFieldNames::new()
            .with(TenantField::PurchaseDate, [id, "Bought"])
            .with(TenantField::WarrantyExpiry, [id]);
        assert_eq!(new_name(&named, DateField::PurchaseDate), Some("Bought"));
        assert_eq!(new_name(&named, DateField::WarrantyExpiry), None);
        assert_eq!(
            sought(&places(), &DateField::ALL),
            r#"purchase_date (by the name "Bought" or "Purchase Date") and warranty_expiry (by the name "Warranty")"#
        );
    }
}
