//! Text as vendors send it: emptiness, blanks, and tests for whole words.

/// `text` without surrounding blanks and control characters; `None` for nothing and for the word "null".
///
/// ```
/// # use lmsync_core::model::clean;
/// assert_eq!(clean(" Dell Inc.\r\n").as_deref(), Some("Dell Inc."));
/// assert_eq!(clean("  NULL "), None);
/// ```
#[must_use]
pub fn clean(text: &str) -> Option<String> {
    trimmed(text).map(str::to_owned)
}

/// What [`clean`] keeps, without a copy.
pub(super) fn trimmed(text: &str) -> Option<&str> {
    let text = trim(text);
    (!text.is_empty() && !text.eq_ignore_ascii_case("null")).then_some(text)
}

pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control())
}

/// The form in which two texts are compared: no outer blanks, single inner ones, lower case.
pub(super) fn fold(text: &str) -> String {
    collapse(text).to_lowercase()
}

/// `text` with every run of blanks made one, and none at the ends.
pub(super) fn collapse(text: &str) -> String {
    trim(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as lower-case words, for tests that must not find "mac" in "Machine".
pub(super) struct Words {
    /// The words, each with one blank before and behind.
    text: String,
    /// Where each begins.
    starts: Vec<usize>,
}

impl Words {
    /// The words of `text`: runs of letters and digits.
    pub(super) fn of(text: &str) -> Self {
        let mut words = String::with_capacity(text.len() + 2);
        words.push(' ');
        let mut starts = Vec::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            if c.is_alphanumeric() {
                if words.ends_with(' ') {
                    starts.push(words.len());
                }
                words.push(c);
            } else if !words.ends_with(' ') {
                words.push(' ');
            }
        }
        if !words.ends_with(' ') {
            words.push(' ');
        }
        Self {
            text: words,
            starts,
        }
    }

    /// Whether the words of `phrase` stand in the text, in order and side by side.
    pub(super) fn has(&self, phrase: &str) -> bool {
        self.ends_of(phrase).any(|rest| rest.starts_with(' '))
    }

    /// Like [`has`](Self::has), and digits may follow: `tun` is in `tun0`.
    pub(super) fn has_numbered(&self, phrase: &str) -> bool {
        self.ends_of(phrase).any(|rest| {
            rest.trim_start_matches(|c: char| c.is_ascii_digit())
                .starts_with(' ')
        })
    }

    pub(super) fn has_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }

    pub(super) fn has_any_numbered(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has_numbered(phrase))
    }

    /// Whether the text begins with the words of `phrase`.
    pub(super) fn start_with(&self, phrase: &str) -> bool {
        self.text
            .trim_start()
            .strip_prefix(phrase)
            .is_some_and(|rest| rest.starts_with(' '))
    }

    /// Whether the text is `phrase` and nothing else.
    pub(super) fn are(&self, phrase: &str) -> bool {
        self.text.trim() == phrase
    }

    /// What follows each place where a word begins and the text reads `phrase`.
    fn ends_of<'a>(&'a self, phrase: &'a str) -> impl Iterator<Item = &'a str> {
        let bytes = self.text.as_bytes();
        self.starts
            .iter()
            // Most phrases end here: the tables of words are long.
            .filter(move |start| bytes.get(**start) == phrase.as_bytes().first())
            .filter_map(move |start| self.text[*start..].strip_prefix(phrase))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_none() {
        for text in ["", " ", "\t\r\n", "\0", "null", " NULL ", "Null\n"] {
            assert_eq!(clean(text), None, "{text:?}");
        }
        assert_eq!(clean(" a  b\n").as_deref(), Some("a  b"));
        assert_eq!(clean("nullable").as_deref(), Some("nullable"));
    }

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

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*", phrase in "[a-z]{1,3}") {
            let words = Words::of(&text);
            if words.has(&phrase) {
                prop_assert!(words.has_numbered(&phrase));
            }
            if let Some(kept) = clean(&text) {
                prop_assert_eq!(clean(&kept), Some(kept));
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in "[ -~]*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
