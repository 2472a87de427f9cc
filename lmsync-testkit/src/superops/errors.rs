//! The vendor's errors, word for word as they were seen.

use apollo_compiler::parser::LineColumn;
use serde_json::{Value, json};

/// Why a top-level field has no value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    /// Its entry in `errors`.
    pub(super) entry: Value,
    /// Whether `data` shows the field as null; otherwise it is not there at all.
    pub(super) shown_as_null: bool,
}

impl Refusal {
    fn shown_as_null(entry: Value) -> Self {
        Self {
            entry,
            shown_as_null: true,
        }
    }

    /// The user may not do this.
    pub(super) fn forbidden() -> Self {
        Self {
            entry: json!({ "extensions": { "clientError": [{ "code": "forbidden", "param": {} }] } }),
            shown_as_null: false,
        }
    }

    /// Too many requests.
    pub(super) fn rate_limited() -> Self {
        Self::shown_as_null(json!({
            "message": null,
            "extensions": {
                "clientError": [{ "code": "rate_limit_exceeded", "param": {} }],
                "classification": "DataFetchingException",
            },
        }))
    }

    /// The vendor's own code, about one attribute of the field `key`.
    pub(super) fn code(code: &str, attribute: &str, key: &str) -> Self {
        Self::shown_as_null(json!({
            "message": null,
            "path": [key],
            "extensions": {
                "clientError": [{ "code": code, "param": { "attributes": [attribute] } }],
                "classification": "DataFetchingException",
            },
        }))
    }

    /// No reason given, as for a sort that the vendor does not take.
    pub(super) fn unexplained(key: &str) -> Self {
        Self::shown_as_null(json!({
            "message": null,
            "path": [key],
            "extensions": { "classification": "DataFetchingException" },
        }))
    }

    /// The generic error that says nothing.
    pub(super) fn internal() -> Self {
        Self::shown_as_null(json!({ "message": "Internal Server Error(s) while executing query" }))
    }
}

/// The error that goes with a row which had to be null.
pub(super) fn null_row(key: &str, rows: &str, place: usize) -> Value {
    json!({
        "message": "Cannot return null for non-nullable type: 'String'",
        "path": [key, rows, place, "name"],
        "extensions": { "classification": "NullValueInNonNullableField" },
    })
}

/// What is wrong with a document, before anything of it is executed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Invalid(pub(super) Value);

impl Invalid {
    /// A rule of validation is broken at `path`.
    pub(super) fn rule(rule: &str, detail: &str, path: &str) -> Self {
        Self::request(&format!(
            "Validation error of type {rule}: {detail} @ '{path}'"
        ))
    }

    /// The request asks for no operation of the document, or has a variable of another type.
    pub(super) fn request(message: &str) -> Self {
        Self(json!({
            "message": message,
            "extensions": { "classification": "ValidationError" },
        }))
    }

    /// The same, with its place in the text.
    pub(super) fn at(mut self, place: Option<&LineColumn>) -> Self {
        if let Some(at) = place {
            self.0["locations"] = json!([{ "line": at.line, "column": at.column }]);
        }
        self
    }

    /// The words for it.
    pub(super) fn message(&self) -> &str {
        self.0["message"].as_str().unwrap_or_default()
    }

    /// The text is not a document at all.
    pub(super) fn syntax(detail: &str) -> Self {
        Self(json!({
            "message": format!("Invalid Syntax : {detail}"),
            "extensions": { "classification": "InvalidSyntax" },
        }))
    }
}
