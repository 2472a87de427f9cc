//! Arguments and variables: from the document to JSON, checked against the schema.

use graphql_parser::query::{Type, Value as Literal};
use serde_json::{Map, Number, Value};

use super::schema;
use super::spec::Product;

/// The literal as JSON, with variables filled in.
pub(super) fn json<'a>(literal: &Literal<'a, &'a str>, variables: &Map<String, Value>) -> Value {
    match literal {
        Literal::Variable(name) => variables.get(*name).cloned().unwrap_or_default(),
        Literal::Int(number) => number.as_i64().map(Value::from).unwrap_or_default(),
        Literal::Float(number) => Number::from_f64(*number)
            .map(Value::Number)
            .unwrap_or_default(),
        Literal::String(text) => Value::String(text.clone()),
        Literal::Boolean(flag) => Value::Bool(*flag),
        Literal::Null => Value::Null,
        Literal::Enum(name) => Value::String((*name).to_owned()),
        Literal::List(items) => items.iter().map(|item| json(item, variables)).collect(),
        Literal::Object(members) => members
            .iter()
            // A member whose variable was not given is as if it were not there.
            .filter(|(_, value)| !matches!(value, Literal::Variable(name) if !variables.contains_key(*name)))
            .map(|(name, value)| ((*name).to_owned(), json(value, variables)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// The variables that `literal` names.
pub(super) fn variables_in<'a>(literal: &Literal<'a, &'a str>, found: &mut Vec<&'a str>) {
    match literal {
        Literal::Variable(name) => found.push(name),
        Literal::List(items) => items.iter().for_each(|item| variables_in(item, found)),
        Literal::Object(members) => {
            for value in members.values() {
                variables_in(value, found);
            }
        }
        _ => {}
    }
}

/// The type as GraphQL writes it.
pub(super) fn type_text<'a>(of: &Type<'a, &'a str>) -> String {
    match of {
        Type::NamedType(name) => (*name).to_owned(),
        Type::ListType(inner) => format!("[{}]", type_text(inner)),
        Type::NonNullType(inner) => format!("{}!", type_text(inner)),
    }
}

/// What keeps `value` from being an input of type `of`.
pub(super) fn check(product: Product, of: &str, value: &Value) -> Result<(), String> {
    if value.is_null() {
        return match of.strip_suffix('!') {
            Some(_) => Err(format!("coerced Null value for NonNull type '{of}'")),
            None => Ok(()),
        };
    }
    let of = of.trim_end_matches('!');
    if let Some(inner) = of.strip_prefix('[').and_then(|of| of.strip_suffix(']')) {
        // A single value stands for a list of one.
        let items = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        return items
            .iter()
            .try_for_each(|item| check(product, inner, item));
    }
    match schema::input(product, of) {
        Some(members) => check_members(product, of, members, value),
        None => check_scalar(of, value),
    }
}

fn check_members(
    product: Product,
    of: &str,
    members: &[schema::Argument],
    value: &Value,
) -> Result<(), String> {
    let Value::Object(given) = value else {
        return Err(format!("Expected type 'Map' for input object type '{of}'"));
    };
    let unknown = |name: &&String| members.iter().all(|(member, _)| member != *name);
    if let Some(name) = given.keys().find(unknown) {
        return Err(format!(
            "The variables input contains a field name '{name}' that is not defined for input object type '{of}'"
        ));
    }
    members.iter().try_for_each(|(name, member)| {
        check(product, member, given.get(*name).unwrap_or(&Value::Null))
            .map_err(|detail| format!("Field '{name}' has {detail}"))
    })
}

fn check_scalar(of: &str, value: &Value) -> Result<(), String> {
    let fits = match of {
        "ID" => value.is_string() || value.is_i64() || value.is_u64(),
        "Int" => value
            .as_i64()
            .is_some_and(|number| i32::try_from(number).is_ok()),
        "Boolean" => value.is_boolean(),
        "SortOrder" => matches!(value.as_str(), Some("ASC" | "DESC")),
        "JSON" => true,
        _ => value.is_string(),
    };
    fits.then_some(())
        .ok_or_else(|| format!("Expected a value that can be converted to type '{of}'"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn update(value: Value) -> Result<(), String> {
        check(Product::Msp, "UpdateAssetInput!", &value)
    }

    #[test]
    fn what_fits_passes() {
        assert_eq!(
            update(json!({ "assetId": "1", "purchasedDate": null })),
            Ok(())
        );
        assert_eq!(
            update(json!({ "assetId": 1, "requester": { "userId": 4 } })),
            Ok(())
        );
        let listing = json!({ "page": 1, "sort": { "attribute": "name", "order": "ASC" } });
        assert_eq!(check(Product::Msp, "ListInfoInput!", &listing), Ok(()));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let detail = |value| update(value).unwrap_err();
        assert!(detail(Value::Null).contains("NonNull type 'UpdateAssetInput!'"));
        assert!(detail(json!({})).contains("'assetId'"));
        assert!(detail(json!({ "assetId": "1", "purchaseDate": "x" })).contains("'purchaseDate'"));
        assert!(detail(json!({ "assetId": "1", "name": 5 })).contains("'String'"));
        assert!(detail(json!([])).contains("input object type"));
    }
}
