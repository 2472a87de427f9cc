//! Text as vendors send it: emptiness, blanks, invisible characters, and tests for whole words.

use std::borrow::Cow;

/// `text` without surrounding blanks and control characters; `None` for nothing that can be seen
/// and for the word "null".
///
/// Invisible characters that stand inside or around visible text stay, since names of people and
/// of right-to-left languages need some of them. Keys are made without them.
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

/// An id without blanks, control and invisible characters around it; `None` for nothing and for
/// the word "null".
///
/// Characters inside an id stay: they could be part of it.
///
/// ```
/// # use lmsync_core::model::clean_id;
/// assert_eq!(clean_id("\u{feff}17\u{200e} "), Some("17"));
/// assert_eq!(clean_id("\u{200b}"), None);
/// ```
#[must_use]
pub fn clean_id(text: &str) -> Option<&str> {
    let id = trim_unseen(text);
    (!id.is_empty() && !id.eq_ignore_ascii_case("null")).then_some(id)
}

/// What [`clean`] keeps, without a copy.
pub(super) fn trimmed(text: &str) -> Option<&str> {
    let text = trim(text);
    (!trim_unseen(text).is_empty() && !text.eq_ignore_ascii_case("null")).then_some(text)
}

pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control())
}

/// `text` without blanks, control and invisible characters around it.
pub(super) fn trim_unseen(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// `text` without blanks and control characters around it, and without invisible ones anywhere.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let text = trim_unseen(text);
    if text.contains(is_invisible) {
        Cow::Owned(text.replace(is_invisible, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// A character that shows nothing and takes no room: marks of byte order, of width nought, of
/// direction, variation selectors, tags.
///
/// Documented: <https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt>,
/// `Default_Ignorable_Code_Point`, and the annotation marks U+FFF9 to U+FFFB.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// `text` with every run of blanks made one, and none at the ends.
pub(super) fn collapse(text: &str) -> String {
    trim(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The form in which a value is compared with filler text: its letters and digits in lower case.
///
/// Blanks, dots, underscores, brackets, invisible characters and dashes do not count; but a dash or
/// a slash between two digits does, since `12-345` may be a number of somebody's own.
pub(super) fn skeleton(text: &str) -> String {
    let mut skeleton = String::with_capacity(text.len());
    let mut separator = None;
    for c in text.chars() {
        if c.is_alphanumeric() && !is_invisible(c) {
            if let Some(separator) = separator.take()
                && c.is_ascii_digit()
                && skeleton.ends_with(|before: char| before.is_ascii_digit())
            {
                skeleton.push(separator);
            }
            skeleton.extend(c.to_lowercase());
        } else if matches!(c, '-' | '/') {
            separator = Some(c);
        }
    }
    skeleton
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
        self.ends_of(phrase).any(is_number_then_end)
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

/// Digits, or none, and then the end of the word.
fn is_number_then_end(rest: &str) -> bool {
    rest.trim_start_matches(|c: char| c.is_ascii_digit())
        .starts_with(' ')
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
    fn invisible_characters_alone_are_nothing_and_stay_in_a_name() {
        for text in ["\u{feff}", " \u{200b}\u{200e} ", "\u{ad}\u{2060}"] {
            assert_eq!(clean(text), None, "{text:?}");
            assert_eq!(clean_id(text), None, "{text:?}");
            assert_eq!(visible(text), "", "{text:?}");
        }
        let family = "\u{1f468}\u{200d}\u{1f469}";
        assert_eq!(clean(family).as_deref(), Some(family));
    }

    #[test]
    fn invisible_characters_around_an_id_are_no_part_of_it() {
        for around in [
            "\u{feff}",
            "\u{200e}",
            "\u{200b}",
            "\u{2066}",
            "\u{e0041}",
            "\u{a0}",
            "\u{fe0f}",
            "\0",
        ] {
            assert_eq!(clean_id(&format!("{around}1 7{around}")), Some("1 7"));
        }
        assert_eq!(clean_id("1\u{200b}7"), Some("1\u{200b}7"));
        assert_eq!(visible(" 1\u{200b}7\u{feff}"), "17");
    }

    #[test]
    fn a_skeleton_is_letters_and_digits_and_separators_between_digits() {
        for (text, expected) in [
            ("To Be Filled By O.E.M.", "tobefilledbyoem"),
            ("Default_string", "defaultstring"),
            ("\u{200e}N/A\u{feff}", "na"),
            ("SN-12345", "sn12345"),
            ("12-345", "12-345"),
            ("1.2", "12"),
            ("1 - 2", "1-2"),
            ("-1-", "1"),
            ("<BAD INDEX>", "badindex"),
            ("--", ""),
        ] {
            assert_eq!(skeleton(text), expected, "{text}");
        }
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
        fn the_skeleton_of_a_skeleton_is_itself(text in "[ -~]*") {
            let once = skeleton(&text);
            prop_assert_eq!(skeleton(&once), once);
        }
    }
}
