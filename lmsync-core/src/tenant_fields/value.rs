//! The values of a vendor's fields.

use std::borrow::Cow;

use crate::json::{Scalar, read_mended};
use crate::model::RawJson;

/// The form in which a value is wanted, where a vendor keeps two.
///
/// Complete: there is no third.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// As people read it: the label of a choice, not its number.
    Shown,
    /// As it is stored: dates and numbers.
    Stored,
}

crate::words!(Form {
    Shown => "shown",
    Stored => "stored",
});

/// The texts of a value: none, one, or those of a list.
#[derive(Debug, Default)]
pub struct Texts<'v> {
    first: Option<Cow<'v, str>>,
    more: std::vec::IntoIter<Cow<'v, str>>,
}

impl<'v> From<Option<Cow<'v, str>>> for Texts<'v> {
    fn from(text: Option<Cow<'v, str>>) -> Self {
        Self {
            first: text,
            more: Vec::new().into_iter(),
        }
    }
}

impl<'v> FromIterator<Cow<'v, str>> for Texts<'v> {
    fn from_iter<I: IntoIterator<Item = Cow<'v, str>>>(texts: I) -> Self {
        let mut texts = texts.into_iter();
        Self {
            first: texts.next(),
            more: texts.collect::<Vec<_>>().into_iter(),
        }
    }
}

impl<'v> Iterator for Texts<'v> {
    type Item = Cow<'v, str>;

    fn next(&mut self) -> Option<Cow<'v, str>> {
        self.first.take().or_else(|| self.more.next())
    }
}

/// A value of one of a vendor's fields.
///
/// Implemented for [`Scalar`] and [`RawJson`]; a vendor whose fields are more than a JSON value
/// implements it for its own type.
pub trait FieldValue {
    /// The usable texts, without blanks around them: none for nothing, several for a list.
    ///
    /// A vendor that keeps one form alone takes no notice of `form`; one that keeps both falls
    /// back to the other where one is empty.
    fn texts(&self, form: Form) -> Texts<'_>;

    /// The type of what is stored, where that is not one single value: `array`, `object`.
    ///
    /// Such a value is no date, and never overwritten.
    fn unexpected(&self) -> Option<&'static str>;
}

impl<T: FieldValue + ?Sized> FieldValue for &T {
    fn texts(&self, form: Form) -> Texts<'_> {
        (**self).texts(form)
    }

    fn unexpected(&self) -> Option<&'static str> {
        (**self).unexpected()
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    fn texts(&self, form: Form) -> Texts<'_> {
        self.as_ref()
            .map_or_else(Texts::default, |value| value.texts(form))
    }

    fn unexpected(&self) -> Option<&'static str> {
        self.as_ref().and_then(FieldValue::unexpected)
    }
}

impl FieldValue for Scalar {
    fn texts(&self, _: Form) -> Texts<'_> {
        self.trimmed().map(Cow::Borrowed).into()
    }

    fn unexpected(&self) -> Option<&'static str> {
        Self::unexpected(self)
    }
}

/// A single value, or a list of single ones.
impl FieldValue for RawJson {
    fn texts(&self, _: Form) -> Texts<'_> {
        match Scalar::from(self) {
            Scalar::Unexpected("array") => {
                let all: Vec<Scalar> =
                    read_mended(self.get(), |json| serde_json::from_str(json)).unwrap_or_default();
                let texts = all.iter().filter_map(Scalar::clean);
                texts.map(Cow::Owned).collect()
            }
            scalar => scalar.clean().map(Cow::Owned).into(),
        }
    }

    fn unexpected(&self) -> Option<&'static str> {
        Scalar::from(self).unexpected()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_one_text_several_or_something_else() {
        for (json, texts, unexpected) in [
            (r#"" a\r\n""#, vec!["a"], None),
            ("16.5", vec!["16.5"], None),
            ("true", vec!["true"], None),
            ("null", vec![], None),
            (r#"" ""#, vec![], None),
            (r#""NULL""#, vec![], None),
            (r#"["a", 1, " ", null, {}]"#, vec!["a", "1"], Some("array")),
            ("[]", vec![], Some("array")),
            (r#"{"a":1}"#, vec![], Some("object")),
            (r#""PC-\ud83d""#, vec!["PC-\u{fffd}"], None),
            ("98765432109876543210", vec!["98765432109876543210"], None),
            (
                "[98765432109876543210,1e999]",
                vec!["98765432109876543210", "1e999"],
                Some("array"),
            ),
            (r#"["a"]"#, vec!["a"], Some("array")),
        ] {
            let value: RawJson = serde_json::from_str(json).unwrap();
            assert!(value.texts(Form::Stored).eq(texts.clone()), "{json}");
            assert_eq!(FieldValue::unexpected(&value), unexpected, "{json}");
            assert!(Some(&value).texts(Form::Shown).eq(texts), "{json}");
        }
        assert!(None::<RawJson>.texts(Form::Shown).next().is_none());
        assert_eq!(FieldValue::unexpected(&None::<RawJson>), None);
    }
}
