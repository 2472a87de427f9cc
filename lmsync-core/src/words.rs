//! Enums that are closed lists of words: one word for each variant, the same everywhere.

/// Gives an enum its words: `ALL`, `as_str`, `Display`, `FromStr`, `Serialize` and `Deserialize`, and
/// with the feature `schema` its JSON Schema.
///
/// A word that is not on the list, such as one of a newer version, is an error that names it and
/// the words that are known.
///
/// ```
/// use lmsync_core::Error;
///
/// /// A side of a coin.
/// #[derive(Debug, Clone, Copy, PartialEq)]
/// pub enum Side {
///     /// The one with the number.
///     Tails,
///     /// The other.
///     Heads,
/// }
///
/// lmsync_core::words!(Side { Tails => "tails", Heads => "heads" });
///
/// assert_eq!(Side::ALL, [Side::Tails, Side::Heads]);
/// assert_eq!(Side::Tails.to_string(), "tails");
/// assert_eq!("heads".parse::<Side>()?, Side::Heads);
/// let error = "edge".parse::<Side>().unwrap_err();
/// assert!(error.message().contains("`edge`") && error.message().contains("`tails`"));
/// # Ok::<(), Error>(())
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $name {
            /// Every one of them, each once.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it, the same in JSON, in configurations and for people.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        const _: () = {
            use ::std::{fmt, result::Result, str::FromStr};
            use $crate::__words::serde::{Deserialize, Deserializer, Serialize, Serializer};

            const WORDS: &[&str] = &[$($word),+];

            fn find(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.as_str() == word)
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.pad(self.as_str())
                }
            }

            impl FromStr for $name {
                type Err = $crate::Error;

                /// Reads the word.
                ///
                /// # Errors
                /// `config` when it is none of the list; it names the word and the list.
                fn from_str(word: &str) -> Result<Self, $crate::Error> {
                    find(word).ok_or_else(|| {
                        $crate::Error::config($crate::__words::unknown(word, WORDS))
                    })
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    $crate::__words::read(deserializer, WORDS, find)
                }
            }

            #[cfg(feature = "schema")]
            impl $crate::schemars::JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    stringify!($name).into()
                }

                fn schema_id() -> ::std::borrow::Cow<'static, str> {
                    concat!(module_path!(), "::", stringify!($name)).into()
                }

                fn json_schema(
                    _: &mut $crate::schemars::SchemaGenerator,
                ) -> $crate::schemars::Schema {
                    $crate::schemars::json_schema!({ "type": "string", "enum": WORDS })
                }
            }
        };
    };
}

/// The parts of [`words!`](crate::words!) that are no macro.
#[doc(hidden)]
pub mod support {
    use std::fmt;

    pub use serde;
    use serde::de::{self, Deserializer, Visitor};

    /// The message about a `word` that is none of `words`.
    #[must_use]
    pub fn unknown(word: &str, words: &'static [&'static str]) -> String {
        format!("`{word}` is not known, only {}", Listed(words))
    }

    /// Reads a word that `find` knows.
    ///
    /// # Errors
    /// When it is none of `words`, or no text.
    pub fn read<'de, T, D: Deserializer<'de>>(
        deserializer: D,
        words: &'static [&'static str],
        find: fn(&str) -> Option<T>,
    ) -> Result<T, D::Error> {
        deserializer.deserialize_str(WordVisitor { words, find })
    }

    struct WordVisitor<T> {
        words: &'static [&'static str],
        find: fn(&str) -> Option<T>,
    }

    impl<T> Visitor<'_> for WordVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "one of {}", Listed(self.words))
        }

        fn visit_str<E: de::Error>(self, word: &str) -> Result<T, E> {
            (self.find)(word).ok_or_else(|| E::unknown_variant(word, self.words))
        }
    }

    struct Listed(&'static [&'static str]);

    impl fmt::Display for Listed {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            for (place, word) in self.0.iter().enumerate() {
                let comma = if place == 0 { "" } else { ", " };
                write!(f, "{comma}`{word}`")?;
            }
            Ok(())
        }
    }
}
