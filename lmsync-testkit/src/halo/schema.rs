//! The properties of an asset, as the vendor's document has them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

/// The values that an asset's property may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Moment,
    Number,
    Text,
    Flag,
    /// Lists, objects, and what the document says nothing of.
    Other,
}

/// A property of an asset.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property {
    pub(super) kind: Kind,
    /// Set if assets of a list have it, too.
    pub(super) is_listed: bool,
}

static PROPERTIES: LazyLock<BTreeMap<String, Property>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(super::gate::SCHEMA).unwrap_or_default();
    let schemas = &document["components"]["schemas"];
    let listed = &schemas["Device_List"]["properties"];
    let all = schemas["Device"]["properties"].as_object();
    let property = |(name, of): (&String, &Value)| {
        let is_listed = listed.get(name).is_some();
        let kind = kind(of);
        (name.clone(), Property { kind, is_listed })
    };
    all.into_iter().flatten().map(property).collect()
});

/// The property of an asset called `name`, where there is one.
pub(super) fn property(name: &str) -> Option<Property> {
    PROPERTIES.get(name).copied()
}

fn kind(of: &Value) -> Kind {
    match (of["type"].as_str(), of["format"].as_str()) {
        (Some("string"), Some("date-time")) => Kind::Moment,
        (Some("string"), _) => Kind::Text,
        (Some("integer" | "number"), _) => Kind::Number,
        (Some("boolean"), _) => Kind::Flag,
        _ => Kind::Other,
    }
}
