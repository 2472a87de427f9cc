//! JSON that is carried along unread.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A piece of the vendor's JSON, kept exactly as sent.
///
/// It follows JSON's grammar, which lets a text hold half of a surrogate pair (`"\ud83d"`).
/// Readers that turn texts into Unicode, such as [`serde_json::Value`], refuse such a text.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// The JSON text.
    #[must_use]
    pub fn get(&self) -> &str {
        self.0.get()
    }

    /// A JSON string with the content `text`.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(serde_json::value::to_raw_value(text).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl From<Box<RawValue>> for RawJson {
    fn from(value: Box<RawValue>) -> Self {
        Self(value)
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get())
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}
