//! Where a page is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a page is: what the vendor counts by.
///
/// Its JSON form is the number or the text itself.
///
/// Complete: vendors count pages, or name them by a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PageKey {
    /// The page's number, or an offset.
    Number(u32),
    /// What the vendor gave to ask for this page with: a cursor, a token, a link.
    Cursor(String),
}

impl PageKey {
    /// The place of a first page for which the vendor wants no cursor: an empty one.
    #[must_use]
    pub fn start() -> Self {
        Self::Cursor(String::new())
    }

    /// The number; 1 for a cursor, which core never hands to a source of numbered pages.
    #[must_use]
    pub fn number(&self) -> u32 {
        match self {
            Self::Number(number) => *number,
            Self::Cursor(_) => 1,
        }
    }

    /// The cursor, unless this is the [`start`](Self::start) or a number.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        match self {
            Self::Cursor(cursor) if !cursor.is_empty() => Some(cursor),
            Self::Cursor(_) | Self::Number(_) => None,
        }
    }

    /// Whether both are numbers or both are cursors.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "page {number}"),
            Self::Cursor(cursor) if cursor.is_empty() => f.write_str("the first page"),
            Self::Cursor(_) => f.write_str("the page at a cursor"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_as_the_number_or_the_text() {
        for (key, json) in [
            (PageKey::Number(7), "7"),
            (PageKey::Cursor("7".to_owned()), "\"7\""),
            (PageKey::start(), "\"\""),
        ] {
            assert_eq!(serde_json::to_string(&key).unwrap(), json);
            assert_eq!(serde_json::from_str::<PageKey>(json).unwrap(), key);
        }
        assert_eq!(PageKey::start().cursor(), None);
        assert_eq!(PageKey::Cursor("x".to_owned()).cursor(), Some("x"));
    }
}
