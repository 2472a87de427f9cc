//! Whatever stands in a property: it costs that property at most, and nothing panics.

use lmsync_core::json::KeepRaw;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use lmsync_core::model::Rules;

use super::*;

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9]{0,4}-[0-9]{0,3}-[0-9]{0,3}T?[0-9:.]{0,9}".prop_map(Value::from),
        Just(json!("{\"id\":1}")),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("id|name|value|display|[a-z]{1,4}", inner, 0..4)
                .prop_map(|map| Value::from(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn in_any_property_costs_that_property_at_most(
        place in any::<proptest::sample::Index>(),
        value in any_value(),
    ) {
        let fixture = include_str!("../../../fixtures/asset.json");
        let mut record: Map<String, Value> = serde_json::from_str(fixture).unwrap();
        let key = place.get(&record.keys().cloned().collect::<Vec<_>>()).clone();
        record.insert(key.clone(), value);
        let json = serde_json::value::to_raw_value(&record).unwrap();
        let fields = TenantFields::new(TenantFieldNames::new(), SUPPORTED).unwrap();
        let origin = Origin::new("halo-psa", "acme", Rules::default());
        let reading = Reading { origin: &origin, fields: &fields, accept_update: true };
        let row = WireRow::read(&json, &["id"], KeepRaw::No);
        match asset(row, reading, DateTime::UNIX_EPOCH) {
            Ok(mut asset) => {
                asset.tenant_fields.clear();
                let text = serde_json::to_string(&asset).unwrap();
                prop_assert_eq!(serde_json::from_str::<Asset>(&text).unwrap(), asset);
            }
            Err(rejection) => prop_assert_eq!(key, "id", "{:?}", rejection),
        }
    }
}
