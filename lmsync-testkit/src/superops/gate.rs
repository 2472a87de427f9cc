//! Requests and answers held against the types of the vendor's schema.

use std::sync::LazyLock;

use apollo_compiler::ast::Type;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value};

use crate::gate::{Exception, Gate, Schema, Side, Violation};

use super::Body;
use super::document::{self, Operation, Selected};
use super::errors::Invalid;
use super::schema::Schema as Types;
use super::spec::Product;

/// Known to be otherwise than the schema says.
const EXCEPTIONS: &[Exception] = &[
    count_as_text("body getAssetList/listInfo/totalCount"),
    count_as_text("body getAssetSoftwareList/listInfo/totalCount"),
    count_as_text("body getClientList/listInfo/totalCount"),
];

const fn count_as_text(place: &'static str) -> Exception {
    Exception {
        side: Side::Answer,
        call: "",
        place,
        evidence: "CONFIRMED: the vendor's own example has the count as text, though typed Int",
    }
}

static MSP: LazyLock<Gate> = LazyLock::new(|| Gate::new(Product::Msp, EXCEPTIONS));
static IT: LazyLock<Gate> = LazyLock::new(|| Gate::new(Product::It, EXCEPTIONS));

pub(super) fn gate(product: Product) -> &'static Gate {
    match product {
        Product::Msp => &MSP,
        Product::It => &IT,
    }
}

impl Schema for Product {
    fn request(&self, request: &Request<Bytes>) -> Vec<Violation> {
        let violation =
            |place: &str, what: &str| Violation::new(Side::Request, call(request), place, what);
        let required = ["authorization", "customersubdomain", "content-type"].into_iter();
        let missing = required.filter(|name| !request.headers().contains_key(*name));
        let mut found: Vec<Violation> = missing
            .map(|name| violation(&format!("header {name}"), "is not there"))
            .collect();
        match operation(*self, request) {
            Ok(_) => {}
            Err(messages) => {
                found.extend(messages.iter().map(|what| violation("document", what)));
            }
        }
        found
    }

    fn answer(&self, request: &Request<Bytes>, answer: &Response<Bytes>) -> Vec<Violation> {
        let Ok(operation) = operation(*self, request) else {
            return Vec::new();
        };
        if answer.status() != StatusCode::OK {
            return Vec::new();
        }
        let found = match serde_json::from_slice::<Map<String, Value>>(answer.body()) {
            Ok(members) => broken_envelope(*self, &operation, &members),
            Err(error) => vec![("body".to_owned(), format!("is no object: {error}"))],
        };
        let told = |(place, what)| Violation::new(Side::Answer, call(request), place, what);
        found.into_iter().map(told).collect()
    }
}

fn call(request: &Request<Bytes>) -> String {
    format!("{} {}", request.method(), request.uri().path())
}

/// What `request` asks for, or what is wrong with it.
fn operation(product: Product, request: &Request<Bytes>) -> Result<Operation, Vec<String>> {
    let body: Body =
        serde_json::from_slice(request.body()).map_err(|error| vec![error.to_string()])?;
    document::read(product, body.asked()).map_err(|invalid| {
        let messages = invalid.iter().map(Invalid::message);
        messages.map(ToOwned::to_owned).collect()
    })
}

fn broken_envelope(
    product: Product,
    operation: &Operation,
    members: &Map<String, Value>,
) -> Vec<(String, String)> {
    let has_errors = members.contains_key("errors");
    let mut found = Vec::new();
    for name in members.keys() {
        if !matches!(name.as_str(), "data" | "errors") {
            found.push((format!("body {name}"), "is not known".to_owned()));
        }
    }
    match members.get("data") {
        Some(Value::Object(data)) => {
            for field in &operation.fields {
                // A field that was refused need not be there.
                if data.contains_key(&field.key) || !has_errors {
                    broken_field(product, field, data, "body ", &mut found);
                }
            }
        }
        _ if has_errors => {}
        other => found.push(("body data".to_owned(), format!("is {other:?}"))),
    }
    found
}

/// What is wrong with `field` of `object`, as places and reasons.
fn broken_field(
    product: Product,
    field: &Selected,
    object: &Map<String, Value>,
    path: &str,
    found: &mut Vec<(String, String)>,
) {
    let place = format!("{path}{}", field.name);
    match object.get(&field.key) {
        Some(value) => broken_value(product, field, &field.of, value, &place, found),
        None => found.push((place, "is not there".to_owned())),
    }
}

fn broken_value(
    product: Product,
    field: &Selected,
    of: &Type,
    value: &Value,
    place: &str,
    found: &mut Vec<(String, String)>,
) {
    let mut wrong = |what: &str| found.push((place.to_owned(), what.to_owned()));
    match (of, value) {
        (_, Value::Null) if of.is_non_null() => wrong("is null"),
        (_, Value::Null) => {}
        (Type::List(item) | Type::NonNullList(item), Value::Array(items)) => {
            for element in items {
                broken_value(product, field, item, element, place, found);
            }
        }
        (Type::List(_) | Type::NonNullList(_), _) => wrong("is no list"),
        (_, Value::Object(members)) if !field.fields.is_empty() => {
            if members.len() > field.fields.len() {
                wrong("has members that were not asked for");
            }
            let path = format!("{place}/");
            for part in &field.fields {
                broken_field(product, part, members, &path, found);
            }
        }
        (Type::Named(name) | Type::NonNullNamed(name), value) => {
            let fits = match name.as_str() {
                _ if !field.fields.is_empty() => false,
                "Int" => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
                "Boolean" => value.is_boolean(),
                "ID" | "String" => value.is_string(),
                name => Types::of(product).allows(name, value),
            };
            if !fits {
                wrong(&format!("is no {name}"));
            }
        }
    }
}
