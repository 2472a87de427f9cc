use lmsync_core::two_way::{AssetDates, DateField, HeldDate};

use super::*;
use crate::conformance::{Treatment, TwoWayVendor};

/// The custom fields of a device.
fn fields_of(id: &str) -> String {
    format!("/api/platform/v2/device/endpoints/{id}/custom-fields")
}

const EXPIRY: &str = "9e98f3e0-a609-4258-be46-000000000002";

#[test]
fn values_are_set_together_or_not_at_all() {
    let mut caller = Caller::new();
    let id = caller.account.asset_ids().remove(0);
    let value = |entity: &str, attribute: &str, value: Value| json!({ "entityId": entity, "attributeId": attribute, "value": value });
    let good = || value(&id, EXPIRY, json!("2027-05-31"));
    let extra = json!({ "entityId": id, "attributeId": EXPIRY, "value": "x", "name": "y" });
    for (body, status) in [
        (good(), 400),
        (json!([]), 400),
        (json!([good(), value(&id, "unknown", json!("1"))]), 400),
        (json!([good(), value("another", EXPIRY, json!("1"))]), 400),
        (json!([good(), value(&id, EXPIRY, Value::Null)]), 400),
        (json!([good(), extra]), 400),
        (json!(vec![good(); 26]), 400),
    ] {
        let (answered, _, _) = caller.send(Method::PUT, &fields_of(&id), &body);
        assert_eq!(answered.as_u16(), status, "{body}");
    }
    assert_eq!(caller.account.custom_field(&id, WARRANTY_EXPIRY), None);
    assert_eq!(caller.account.date_writes(&id), 0);
    let (status, saved, _) = caller.send(Method::PUT, &fields_of(&id), &json!([good()]));
    assert_eq!(
        (status.as_u16(), &saved[0]["value"]),
        (200, &json!("2027-05-31"))
    );
    assert_eq!(caller.account.date_writes(&id), 1);
    assert_eq!(caller.account.writes, 8);
    let (status, _, _) = caller.send(Method::PUT, &fields_of("x"), &json!([good()]));
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[test]
fn a_field_without_a_value_is_told_with_defaults_only_and_its_id_in_either_spelling() {
    let mut caller = Caller::new();
    caller.account.definitions()[0].default = Some("1999".to_owned());
    let mut spelled = std::collections::BTreeSet::new();
    for id in caller.account.asset_ids().into_iter().take(2) {
        let (_, own, _) = caller.send(Method::GET, &fields_of(&id), &Value::Null);
        assert_eq!(own, json!([]));
        let all = format!("{}?withDefaults=true", fields_of(&id));
        let (_, all, _) = caller.send(Method::GET, &all, &Value::Null);
        assert_eq!(all.as_array().unwrap().len(), 3);
        assert_eq!(
            (&all[0]["value"], &all[1]["value"]),
            (&json!("1999"), &Value::Null)
        );
        let keys = all[0].as_object().unwrap().keys();
        spelled.extend(keys.filter(|key| key.starts_with("attribute")).cloned());
    }
    assert_eq!(spelled.len(), 2);
}

#[test]
fn a_definition_is_made_once_by_a_key_that_may() {
    let mut caller = Caller::new();
    let path = "/api/platform/v1/custom-field/definitions";
    let body = json!({ "entityType": "endpoint", "name": "Bought", "attributeType": "string" });
    assert_eq!(caller.send(Method::POST, path, &body).0.as_u16(), 403);
    let scope = "platform.custom_fields_definitions.write";
    caller.account.key().scopes.insert(scope);
    let (_, token) = caller.sign_in(scope);
    token["access_token"]
        .as_str()
        .unwrap()
        .clone_into(&mut caller.token);
    let odd = json!({ "entityType": "device", "name": "Bought", "attributeType": "string" });
    assert_eq!(caller.send(Method::POST, path, &odd).0.as_u16(), 400);
    assert_eq!(caller.send(Method::POST, path, &body).0.as_u16(), 201);
    assert_eq!(caller.send(Method::POST, path, &body).0.as_u16(), 409);
    assert_eq!(caller.account.definitions().len(), 4);
}

#[test]
fn writing_is_taken_away_by_the_scope() {
    let mut caller = Caller::new();
    let id = caller.account.asset_ids().remove(0);
    let body = json!([{ "entityId": id, "attributeId": EXPIRY, "value": "2027-05-31" }]);
    caller.account.forbid_writing();
    let (status, _, _) = caller.send(Method::PUT, &fields_of(&id), &body);
    assert_eq!(status, StatusCode::FORBIDDEN);
    let scopes = "platform.custom_fields_values.read platform.custom_fields_values.write";
    assert_eq!(caller.sign_in(scopes).0, StatusCode::BAD_REQUEST);
}

#[test]
fn held_dates_are_what_the_fields_say() {
    let mut caller = Caller::new();
    let id = caller.account.asset_ids().remove(0);
    assert_eq!(caller.account.held_dates(&id), AssetDates::default());
    let dates = AssetDates::default()
        .with(
            DateField::PurchaseDate,
            HeldDate::Unreadable("lease".to_owned()),
        )
        .with(
            DateField::WarrantyExpiry,
            chrono::NaiveDate::from_ymd_opt(2027, 5, 31),
        );
    caller.account.hold_dates(&id, dates.clone());
    assert_eq!(caller.account.held_dates(&id), dates);
    caller.account.treat_dates(Treatment::Shift);
    let body = json!([{ "entityId": id, "attributeId": EXPIRY, "value": "2028-03-01" }]);
    caller.send(Method::PUT, &fields_of(&id), &body);
    let held = caller.account.custom_field(&id, WARRANTY_EXPIRY);
    assert_eq!(held.as_deref(), Some("2028-02-29"));
    caller.account.treat_dates(Treatment::Ignore);
    caller.send(Method::PUT, &fields_of(&id), &body);
    assert_eq!(caller.account.custom_field(&id, WARRANTY_EXPIRY), held);
    assert_eq!(caller.account.date_writes(&id), 2);
}

const RACK_ID: &str = "9e98f3e0-a609-4258-be46-000000000003";

#[test]
fn only_dates_are_counted_and_treated_as_dates() {
    let mut caller = Caller::new();
    let id = caller.account.asset_ids().remove(0);
    for (treatment, text) in [
        (Treatment::Keep, "2028-03-01"),
        (Treatment::Shift, "2028-03-02"),
        (Treatment::Ignore, "2028-03-03"),
    ] {
        caller.account.treat_dates(treatment);
        let body = json!([{ "entityId": id, "attributeId": RACK_ID, "value": text }]);
        let (status, _, _) = caller.send(Method::PUT, &fields_of(&id), &body);
        assert_eq!(status, StatusCode::OK);
        let rack = caller.account.custom_field(&id, RACK);
        assert_eq!(rack.as_deref(), Some(text));
    }
    assert_eq!(caller.account.date_writes(&id), 0);
}

#[test]
fn what_is_saved_is_told_field_by_field() {
    let mut caller = Caller::new();
    let ids = caller.account.asset_ids();
    for (id, is_capital, key) in [
        (&ids[0], false, "attributeId"),
        (&ids[1], false, "attributeID"),
        (&ids[0], true, "attributeID"),
        (&ids[1], true, "attributeId"),
    ] {
        caller.account.misbehaviour().capital_attribute_id = is_capital;
        let value = |attribute: &str, value: &str| json!({ "entityId": id, "attributeId": attribute, "value": value });
        let mut body = vec![value(EXPIRY, "2027-05-31"); 24];
        body.insert(0, value(RACK_ID, "7"));
        let (status, saved, _) = caller.send(Method::PUT, &fields_of(id), &json!(body));
        assert_eq!(status, StatusCode::OK, "25 values are not too many");
        let rack = json!({ key: RACK_ID, "name": RACK, "type": "string", "value": "7" });
        let expiry = json!({ key: EXPIRY, "name": WARRANTY_EXPIRY, "type": "string", "value": "2027-05-31" });
        assert_eq!((&saved[0], &saved[24]), (&rack, &expiry));
    }
}

#[test]
fn a_new_definition_is_told_as_it_is_and_takes_what_its_type_says() {
    let mut caller = Caller::new();
    caller.account.key().scopes.extend([
        "platform.custom_fields_definitions.read",
        "platform.custom_fields_definitions.write",
    ]);
    caller.enter("");
    let path = "/api/platform/v1/custom-field/definitions";
    let (id, other) = (
        "9e98f3e0-a609-4258-be46-000000000004",
        "9e98f3e0-a609-4258-be46-000000000005",
    );
    let body = json!({
        "entityType": "endpoint", "name": "Bought", "attributeType": "datetime",
        "description": "when", "defaultValue": "1999-01-01", "isEditable": true,
    });
    let mut made = body.clone();
    made["id"] = json!(id);
    let (status, told, _) = caller.send(Method::POST, path, &body);
    assert_eq!((status, &told), (StatusCode::CREATED, &made));
    let second = json!({ "entityType": "endpoint", "name": "Shelf", "attributeType": "string" });
    assert_eq!(
        caller.send(Method::POST, path, &second).1["id"],
        json!(other)
    );
    let odd = json!({ "entityType": "endpoint", "name": "Sum", "attributeType": "number" });
    assert_eq!(caller.send(Method::POST, path, &odd).0.as_u16(), 400);
    let device = caller.account.asset_ids().remove(0);
    for (value, status) in [("2027-05-31", 200), ("soon", 400)] {
        let body = json!([{ "entityId": device, "attributeId": id, "value": value }]);
        let (answered, _, _) = caller.send(Method::PUT, &fields_of(&device), &body);
        assert_eq!(answered.as_u16(), status);
    }
    let kept = caller.account.custom_field(&device, "Bought");
    assert_eq!(kept.as_deref(), Some("2027-05-31T00:00:00.000Z"));
    let (_, all, _) = caller.send(Method::GET, path, &Value::Null);
    let names: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(
        names,
        [PURCHASE_DATE, WARRANTY_EXPIRY, RACK, "Bought", "Shelf"]
    );
}
