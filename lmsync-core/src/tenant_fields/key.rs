//! Names as they are compared: by their letters and digits.

/// A name's letters and digits in lower case, as a number; different names may share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NameKey(u64);

impl NameKey {
    /// The key of `name`: FNV-1a, for it is made of every name of every asset.
    pub(super) fn of(name: &str) -> Self {
        if name.is_ascii() {
            let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
            return letters.fold(Self::NOTHING, |key, letter| {
                key.and(u64::from(letter.to_ascii_lowercase()))
            });
        }
        letters(name).fold(Self::NOTHING, |key, letter| key.and(u64::from(letter)))
    }

    const NOTHING: Self = Self(0xcbf2_9ce4_8422_2325);

    const fn and(self, letter: u64) -> Self {
        Self((self.0 ^ letter).wrapping_mul(0x0000_0100_0000_01b3))
    }
}

/// A name to look for, with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SoughtName {
    pub(super) text: String,
    pub(super) key: NameKey,
}

impl SoughtName {
    /// `None` for a name without a letter or digit: it would be the same as any other such.
    pub(super) fn new(text: &str) -> Option<Self> {
        text.chars().any(char::is_alphanumeric).then(|| Self {
            text: text.to_owned(),
            key: NameKey::of(text),
        })
    }
}

/// Tells whether two names mean the same field: case, blanks and separators do not count.
pub(super) fn is_same_name(left: &str, right: &str) -> bool {
    left == right || letters(left).eq(letters(right))
}

fn letters(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_blanks_and_separators_do_not_count() {
        for (left, right, is_same) in [
            ("Serial Number", "serial_number", true),
            ("Model No.:", "model no", true),
            ("Garantie-Ende (Jahr)", "GARANTIE ENDE JAHR", true),
            ("\u{c4}nderung", "\u{e4}nderung", true),
            ("\u{212a}", "k", true),
            ("Serial", "Serial 2", false),
            ("ab", "ba", false),
        ] {
            assert_eq!(is_same_name(left, right), is_same, "{left} {right}");
            let has_same_key = NameKey::of(left) == NameKey::of(right);
            assert_eq!(has_same_key, is_same, "{left} {right}");
        }
    }

    #[test]
    fn a_name_without_a_letter_or_digit_cannot_be_looked_for() {
        for name in ["", " ", "--", ":"] {
            assert_eq!(SoughtName::new(name), None);
        }
        assert!(SoughtName::new("5").is_some());
    }

    proptest! {
        #[test]
        fn the_same_name_has_the_same_key(name in "\\PC{0,12}", blank in "[ _.:-]{0,2}") {
            let other: String = name.chars().map(|letter| format!("{blank}{letter}")).collect();
            prop_assert!(is_same_name(&name, &other));
            prop_assert_eq!(NameKey::of(&name), NameKey::of(&other));
        }

        #[test]
        fn keys_tell_names_apart(left in "[aAbB -]{0,6}", right in "[aAbB -]{0,6}") {
            let has_same_key = NameKey::of(&left) == NameKey::of(&right);
            prop_assert_eq!(has_same_key, is_same_name(&left, &right));
        }
    }
}
