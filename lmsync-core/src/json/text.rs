//! A text that is short, as most are.

use std::fmt;
use std::ops::Deref;

use smol_str::SmolStr;

/// A text of a vendor's answer. One of up to 23 bytes takes no memory of its own.
///
/// ```
/// use lmsync_core::json::{Scalar, Text};
///
/// let id = Scalar::Text(Text::from("17"));
/// assert_eq!(id.text(), Some("17"));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(SmolStr);

impl Text {
    /// The digits of `number`.
    pub(super) fn of_number(number: impl itoa::Integer) -> Self {
        Self::from(itoa::Buffer::new().format(number))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(SmolStr::new(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(SmolStr::from(text))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
