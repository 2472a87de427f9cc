//! What was written to assets, over what they began with.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::schema;

/// What was written to an asset.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    pub(super) properties: BTreeMap<String, Value>,
    /// Values of asset fields, by the fields' ids.
    pub(super) fields: BTreeMap<u64, Value>,
}

impl Written {
    /// Puts it over what `asset` has; `alone` tells that it is not one of a list, which has less.
    pub(super) fn show(&self, asset: &mut Value, alone: bool) {
        for (name, value) in &self.properties {
            if alone || schema::property(name).is_some_and(|of| of.is_listed) {
                asset[name.as_str()] = value.clone();
            }
        }
        let fields = asset["fields"].as_array_mut();
        for field in fields.into_iter().flatten() {
            if let Some(value) = number(&field["id"]).and_then(|id| self.fields.get(&id)) {
                field["value"] = value.clone();
                field["display"] = json!(text(value));
            }
        }
    }
}

/// A whole number, which may come as text.
pub(super) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
