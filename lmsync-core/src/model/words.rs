//! Tests for whole words, and tables of phrases to look for.

use smallvec::SmallVec;

/// A text as lower-case words, for tests that must not find "mac" in "Machine".
pub(super) struct Words {
    /// The words, each with one blank before and behind.
    text: SmallVec<[u8; 64]>,
    /// Where each begins.
    starts: SmallVec<[usize; 8]>,
}

impl Words {
    /// The words of `text`: runs of letters and digits.
    pub(super) fn of(text: &str) -> Self {
        match text.is_ascii() {
            true => Self::of_ascii(text),
            false => Self::of_letters(text.chars().flat_map(char::to_lowercase)),
        }
    }

    fn of_ascii(text: &str) -> Self {
        let mut words = Self {
            text: SmallVec::from_elem(b' ', text.len() + 2),
            starts: SmallVec::new(),
        };
        let (mut end, mut is_between) = (1, true);
        for byte in text.bytes() {
            let is_letter = byte.is_ascii_alphanumeric();
            if is_letter {
                if is_between {
                    words.starts.push(end);
                }
                words.text[end] = byte.to_ascii_lowercase();
            }
            // A blank stands there already.
            end += usize::from(is_letter || !is_between);
            is_between = !is_letter;
        }
        words.text.truncate(end + usize::from(!is_between));
        words
    }

    fn of_letters(letters: impl Iterator<Item = char>) -> Self {
        let mut words = Self {
            text: SmallVec::from_slice(b" "),
            starts: SmallVec::new(),
        };
        let mut is_between = true;
        // A blank ends the last word.
        for c in letters.chain([' ']) {
            let is_letter = c.is_alphanumeric();
            if is_letter {
                if is_between {
                    words.starts.push(words.text.len());
                }
                let mut bytes = [0; 4];
                words
                    .text
                    .extend_from_slice(c.encode_utf8(&mut bytes).as_bytes());
            } else if !is_between {
                words.text.push(b' ');
            }
            is_between = !is_letter;
        }
        words
    }

    /// Whether the words of `phrase` stand in the text, in order and side by side.
    pub(super) fn has(&self, phrase: &str) -> bool {
        self.beginnings()
            .filter_map(|text| text.strip_prefix(phrase.as_bytes()))
            .any(ends_a_word)
    }

    /// Like [`has`](Self::has), and digits may follow: `tun` is in `tun0`.
    pub(super) fn has_numbered(&self, phrase: &str) -> bool {
        self.beginnings()
            .filter_map(|text| text.strip_prefix(phrase.as_bytes()))
            .any(ends_a_numbered_word)
    }

    pub(super) fn has_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }

    pub(super) fn has_any_numbered(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has_numbered(phrase))
    }

    /// Whether the text begins with the words of `phrase`.
    pub(super) fn start_with(&self, phrase: &str) -> bool {
        let first = self.beginnings().next();
        let rest = first.and_then(|text| text.strip_prefix(phrase.as_bytes()));
        rest.is_some_and(ends_a_word)
    }

    /// Whether the text is `phrase` and nothing else.
    pub(super) fn are(&self, phrase: &str) -> bool {
        self.text.trim_ascii() == phrase.as_bytes()
    }

    /// What stands in the text of `phrases`.
    pub(super) fn all_of<'p, T>(&'p self, phrases: &'p Phrases<T>) -> impl Iterator<Item = &'p T> {
        self.beginnings()
            .flat_map(|text| phrases.at(text, ends_a_word))
    }

    /// Like [`all_of`](Self::all_of), and digits may follow.
    pub(super) fn all_numbered_of<'p, T>(
        &'p self,
        phrases: &'p Phrases<T>,
    ) -> impl Iterator<Item = &'p T> {
        self.beginnings()
            .flat_map(|text| phrases.at(text, ends_a_numbered_word))
    }

    /// What of `phrases` the text begins with.
    pub(super) fn first_of<'p, T>(
        &'p self,
        phrases: &'p Phrases<T>,
    ) -> impl Iterator<Item = &'p T> {
        let first = self.beginnings().next().into_iter();
        first.flat_map(|text| phrases.at(text, ends_a_word))
    }

    /// The text from each word on.
    fn beginnings(&self) -> impl Iterator<Item = &[u8]> {
        self.starts.iter().map(|start| &self.text[*start..])
    }
}

fn ends_a_word(rest: &[u8]) -> bool {
    rest.first() == Some(&b' ')
}

/// Digits, or none, and then the end of the word.
fn ends_a_numbered_word(rest: &[u8]) -> bool {
    let after = rest.iter().find(|byte| !byte.is_ascii_digit());
    after == Some(&b' ')
}

/// Phrases to look for, found by their first letter, each with what it stands for.
///
/// Most texts have few of many: one look at each of their words is enough.
pub(super) struct Phrases<T> {
    by_letter: Vec<Vec<(&'static str, T)>>,
}

impl<T: Copy> Phrases<T> {
    /// A table of `phrases`, which are words in lower case.
    pub(super) fn new<'t>(phrases: impl IntoIterator<Item = (T, &'t [&'static str])>) -> Self {
        let mut by_letter: Vec<Vec<_>> = vec![Vec::new(); usize::from(u8::MAX) + 1];
        for (meaning, phrases) in phrases {
            for phrase in phrases {
                let first = phrase.as_bytes().first().copied().unwrap_or_default();
                by_letter[usize::from(first)].push((*phrase, meaning));
            }
        }
        Self { by_letter }
    }
}

impl<T> Phrases<T> {
    /// The meanings of the phrases that `text` begins with, where what follows `ends` them.
    fn at<'p>(
        &'p self,
        text: &'p [u8],
        ends: impl Fn(&[u8]) -> bool + 'p,
    ) -> impl Iterator<Item = &'p T> {
        let first = text.first().copied().unwrap_or_default();
        self.by_letter[usize::from(first)]
            .iter()
            .filter(move |(phrase, _)| text.strip_prefix(phrase.as_bytes()).is_some_and(&ends))
            .map(|(_, meaning)| meaning)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_whole() {
        let words = Words::of("Microsoft® Windows-Server 2019 (Machine) tun0");
        assert!(words.has("windows server"));
        assert!(words.has("machine"));
        assert!(!words.has("mac"));
        assert!(!words.has("server windows"));
        assert!(!words.has("tun"));
        assert!(words.has_numbered("tun"));
        assert!(!words.has_numbered("mac"));
        assert!(words.start_with("microsoft windows"));
        assert!(!words.start_with("micro"));
        assert!(Words::of(" Mac ").are("mac"));
        assert!(!Words::of("").has("mac"));
    }

    const TABLE: &[(u8, &[&str])] = &[(1, &["a", "a b", "b"]), (2, &["b a", "ab"]), (3, &["ba b"])];

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*", phrase in "[a-z]{1,3}") {
            let words = Words::of(&text);
            if words.has(&phrase) {
                prop_assert!(words.has_numbered(&phrase));
            }
        }

        #[test]
        fn letters_of_ascii_are_words_as_others_are(text in "[ -~]*") {
            let other = Words::of(&format!("{text} é"));
            let plain = Words::of(&text);
            prop_assert_eq!(&plain.text, &Words::of_letters(text.to_lowercase().chars()).text);
            prop_assert_eq!([&*plain.text, "é ".as_bytes()].concat(), other.text.to_vec());
            prop_assert_eq!(&plain.starts[..], &other.starts[..plain.starts.len()]);
        }

        /// A table finds what its phrases find one by one.
        #[test]
        fn a_table_finds_what_its_phrases_find(text in "[ab0 ]{0,12}") {
            let words = Words::of(&text);
            let table = Phrases::new(TABLE.iter().copied());
            let found = |is_there: &dyn Fn(&&str) -> bool| -> Vec<u8> {
                let hits = TABLE.iter().filter(|(_, phrases)| phrases.iter().any(is_there));
                hits.map(|(meaning, _)| *meaning).collect()
            };
            let of = |meanings: &mut dyn Iterator<Item = &u8>| {
                let mut all: Vec<u8> = meanings.copied().collect();
                all.sort_unstable();
                all.dedup();
                all
            };
            prop_assert_eq!(of(&mut words.all_of(&table)), found(&|phrase| words.has(phrase)));
            prop_assert_eq!(
                of(&mut words.all_numbered_of(&table)),
                found(&|phrase| words.has_numbered(phrase))
            );
            prop_assert_eq!(of(&mut words.first_of(&table)), found(&|phrase| words.start_with(phrase)));
        }
    }
}
