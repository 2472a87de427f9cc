//! The envelope that every GraphQL answer comes in.
//!
//! Data and errors may come together, and an error may be about one row of a list. So a connector
//! looks at both before it decides what the answer means.
//!
//! ```
//! use lmsync_core::graphql::Envelope;
//! use lmsync_core::json::Scalar;
//!
//! #[derive(serde::Deserialize)]
//! struct Data {
//!     assets: Vec<Option<Asset>>,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Asset {
//!     id: Scalar,
//! }
//!
//! let answer = r#"{
//!     "data": { "assets": [{ "id": 17 }, null] },
//!     "errors": [{ "message": "no access", "path": ["assets", 1] }]
//! }"#;
//! let answer: Envelope<Data, ()> = serde_json::from_str(answer)?;
//! let assets = answer.data.unwrap().assets;
//! assert_eq!(assets[0].as_ref().unwrap().id.id(), Some("17"));
//! assert_eq!(answer.errors[0].index(), Some(1));
//! assert_eq!(answer.errors[0].message(), Some("no access"));
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::{Deserialize, Deserializer, Serialize};

use crate::json::Rows;

/// A GraphQL request: one document and its variables.
///
/// Plain data: the members that GraphQL over HTTP names.
#[derive(Debug, Clone, Serialize)]
pub struct GraphQlRequest<'a, V> {
    /// The document.
    pub query: &'a str,
    /// The variables.
    pub variables: V,
}

/// A GraphQL answer. `data` and `errors` can both be there: part of the data
/// could be had.
///
/// `X` is the vendor's own `extensions`.
///
/// Plain data: the members that GraphQL names.
#[derive(Debug, Clone, Deserialize)]
pub struct Envelope<T, X> {
    /// What was asked for, as far as it could be had.
    #[serde(default = "Option::default")]
    pub data: Option<T>,
    /// What went wrong.
    #[serde(
        default = "Vec::new",
        deserialize_with = "null_as_empty",
        bound(deserialize = "X: Deserialize<'de>")
    )]
    pub errors: Vec<GraphQlError<X>>,
    /// What the vendor says about the whole answer.
    #[serde(default = "Option::default")]
    pub extensions: Option<X>,
}

/// One thing that went wrong.
///
/// Plain data: the members that GraphQL names and that connectors use.
#[derive(Debug, Clone, Deserialize)]
pub struct GraphQlError<X> {
    /// What happened; often null or empty.
    #[serde(default)]
    pub message: Option<String>,
    /// Where in the data it happened.
    #[serde(default, deserialize_with = "null_as_empty")]
    pub path: Vec<PathSegment>,
    /// What the vendor says about it.
    #[serde(default = "Option::default")]
    pub extensions: Option<X>,
}

/// A step into the data: a field's name or an index into a list.
///
/// Complete: GraphQL has no other.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum PathSegment {
    /// An index into a list.
    Index(usize),
    /// A field's name or alias.
    Field(String),
}

/// Reads a list that may come as null, bounded.
fn null_as_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Option::<Rows<T>>::deserialize(deserializer)?;
    Ok(list.unwrap_or_default().0)
}

impl<X> GraphQlError<X> {
    /// The message, where it says something.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message
            .as_deref()
            .map(str::trim)
            .filter(|message| !message.is_empty())
    }

    /// The index of the list element that the error is about.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.path.iter().find_map(|segment| match segment {
            PathSegment::Index(index) => Some(*index),
            PathSegment::Field(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_errors_can_come_together() {
        let envelope: Envelope<Vec<u8>, ()> = serde_json::from_str(
            r#"{"data":[1],"errors":[{"message":" ","path":["list","rows",3,"name"]},{"message":"no"}]}"#,
        )
        .unwrap();
        assert_eq!(envelope.data, Some(vec![1]));
        assert_eq!(envelope.errors[0].message(), None);
        assert_eq!(envelope.errors[0].index(), Some(3));
        assert_eq!(envelope.errors[1].message(), Some("no"));
        assert_eq!(envelope.errors[1].index(), None);
    }

    #[test]
    fn nulls_everywhere_are_an_empty_answer() {
        let envelope: Envelope<Vec<u8>, ()> =
            serde_json::from_str(r#"{"data":null,"errors":null,"extensions":null}"#).unwrap();
        assert!(envelope.data.is_none() && envelope.errors.is_empty());
    }
}
