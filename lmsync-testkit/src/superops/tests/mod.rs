//! The answers held against the vendor's schema.

use std::collections::BTreeSet;

use apollo_compiler::ast::Type;
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use serde_json::json;

use super::schema::Schema;
use super::*;
use crate::fleet::{Fleet, FleetSpec};

/// Fields that are null in every answer: nothing that the kit's machines have goes there.
const NEVER_TOLD: [&str; 21] = [
    "Address.line2",
    "Address.line3",
    "AssetDisk.activeTime",
    "AssetDisk.indexed",
    "AssetDisk.pageFile",
    "AssetDisk.readSpeed",
    "AssetDisk.responseTime",
    "AssetDisk.writeSpeed",
    "AssetInterface.ipv6Address",
    "Client.accountManager",
    "Client.primaryContact",
    "Client.secondaryContact",
    "ClientSite.contactNumber",
    "ClientSite.line2",
    "ClientSite.line3",
    "Department.head",
    "ListInfo.condition",
    "ListInfo.sort",
    "Site.contactNumber",
    "Sort.attribute",
    "Sort.order",
];

/// All that can be asked of `of`, as a selection.
fn everything(schema: &Schema, of: &str) -> String {
    let Some(ExtendedType::Object(object)) = schema.types.types.get(of) else {
        return String::new();
    };
    let fields = object.fields.values();
    let fields = fields.map(|field| {
        let part = everything(schema, field.ty.inner_named_type());
        format!("{} {part}", field.name)
    });
    format!("{{ {} }}", fields.collect::<Vec<_>>().join(" "))
}

/// Holds `value` against type `of`, and notes which fields were told.
fn hold(schema: &Schema, of: &Type, value: &Value, path: &str, told: &mut BTreeSet<String>) {
    match (of, value) {
        (_, Value::Null) => assert!(!of.is_non_null(), "{path} is null"),
        (Type::List(item) | Type::NonNullList(item), Value::Array(items)) => {
            for element in items {
                hold(schema, item, element, path, told);
            }
        }
        (Type::List(_) | Type::NonNullList(_), other) => panic!("{path} is no list: {other}"),
        (Type::Named(name) | Type::NonNullNamed(name), value) => {
            match (&schema.types.types[name], value) {
                (ExtendedType::Object(object), Value::Object(members)) => {
                    let fields: BTreeSet<&str> =
                        object.fields.keys().map(|name| name.as_str()).collect();
                    let members: BTreeSet<&str> = members.keys().map(String::as_str).collect();
                    assert_eq!(members, fields, "{path}");
                    for field in object.fields.values() {
                        hold_field(schema, name, field, value, told);
                    }
                }
                (ExtendedType::Scalar(_), value) => {
                    let fits = match name.as_str() {
                        "Int" => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
                        "Boolean" => value.is_boolean(),
                        "ID" | "String" => value.is_string(),
                        _ => true,
                    };
                    assert!(fits, "{path} is no {name}: {value}");
                }
                (_, other) => panic!("{path} is no {name}: {other}"),
            }
        }
    }
}

fn hold_field(
    schema: &Schema,
    parent: &str,
    field: &FieldDefinition,
    object: &Value,
    told: &mut BTreeSet<String>,
) {
    let path = format!("{parent}.{}", field.name);
    let value = &object[field.name.as_str()];
    if !value.is_null() {
        told.insert(path.clone());
    }
    hold(schema, &field.ty, value, &path, told);
}

/// The input that asks for something: an asset where the field takes one.
fn input(field: &FieldDefinition, id: &str) -> Value {
    match field
        .arguments
        .first()
        .map(|argument| argument.ty.inner_named_type().as_str())
    {
        Some("AssetIdentifierInput" | "AssetDetailsListInput") => json!({ "assetId": id }),
        _ => json!({}),
    }
}

#[test]
fn every_answer_is_of_the_types_of_the_schema() {
    let now = DateTime::from_timestamp(1_767_225_600, 0).unwrap();
    let mut told = BTreeSet::new();
    let mut all = BTreeSet::new();
    for product in [Product::Msp, Product::It] {
        let schema = Schema::of(product);
        let mut simulator = SuperOpsSimulator::new(SuperOpsSpec {
            product,
            requests_per_minute: None,
            page_cap: 50,
            ..SuperOpsSpec::new(Fleet::new(FleetSpec::new(60, now)))
        });
        let ids = simulator.asset_ids();
        let mut ask = |query: &str, input: &Value| -> Value {
            let variables = json!({ "input": input });
            let asked = Asked {
                text: query,
                operation: None,
                variables: variables.as_object(),
            };
            let operation = document::read(product, asked).unwrap();
            let answer = simulator.run(&operation, true);
            let answer = serde_json::to_value(&answer).unwrap();
            assert_eq!(answer.get("errors"), None, "{query}: {answer}");
            answer["data"].clone()
        };
        for (root, word) in [("Query", "query"), ("Mutation", "mutation")] {
            let Some(ExtendedType::Object(object)) = schema.types.types.get(root) else {
                panic!("{root} is no type");
            };
            for field in object.fields.values() {
                let selection = everything(schema, field.ty.inner_named_type());
                let name = &field.name;
                let query = match field.arguments.first() {
                    Some(argument) => {
                        let of = &argument.ty;
                        format!("{word} ($input: {of}) {{ {name}(input: $input) {selection} }}")
                    }
                    None => format!("{{ {name} {selection} }}"),
                };
                for id in &ids {
                    let input = match root {
                        "Query" => input(field, id),
                        _ => json!({ "assetId": id, "name": "new" }),
                    };
                    let data = ask(&query, &input);
                    hold_field(schema, root, field, &data, &mut told);
                    if input == json!({}) {
                        break;
                    }
                }
            }
        }
        for (name, of) in &schema.types.types {
            if let (ExtendedType::Object(object), false) = (of, of.is_built_in()) {
                all.extend(object.fields.keys().map(|field| format!("{name}.{field}")));
            }
        }
    }
    let never: Vec<&str> = all.difference(&told).map(String::as_str).collect();
    assert_eq!(never, NEVER_TOLD);
}
