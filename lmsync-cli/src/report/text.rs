//! Other people's text, for a page.

use std::borrow::Cow;

use crate::support::text::plain;

/// Most letters of a text that are shown: a name of ten thousand is nobody's.
const MOST_SHOWN: usize = 200;

/// `text` as a page shows it: on one line, without what steers the direction of writing, and not longer than people read.
pub(crate) fn shown(text: &str) -> String {
    // More than is shown need not be looked through.
    let beginning = match text.char_indices().nth(4 * MOST_SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}\u{2026}", &text[..end])),
        None => Cow::Borrowed(text),
    };
    let plain = plain(&beginning);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}\u{2026}", text[..end].trim_end_matches('\u{2026}')),
        None => text,
    }
}

/// `text` for comparing names: spellings that differ in letter case or in blanks around and between words are one.
pub(crate) fn key(text: &str) -> String {
    let plain = plain(text);
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// The address `text`, where a browser may be sent there: `https`, and whole.
pub(crate) fn link(text: &str) -> Option<String> {
    const LONGEST: usize = 2_000;
    let url = url::Url::parse(text).ok()?;
    let is_fit = url.scheme() == "https" && url.has_host() && url.password().is_none();
    (is_fit && url.as_str().len() <= LONGEST).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(shown("PC 1"), "PC 1");
        assert_eq!(shown(&"a".repeat(200)).chars().count(), 200);
        for length in [201, 799, 800, 801, 10_000] {
            let text = shown(&"ü".repeat(length));
            assert_eq!(text.chars().count(), 201, "{length}");
            assert!(text.ends_with("ü\u{2026}"));
        }
    }

    #[test]
    fn marks_of_direction_and_control_characters_are_not_shown() {
        assert_eq!(shown("a\u{202e}b\u{0}\r\n c "), "a b c");
        assert_eq!(key(" ACME\u{a0} Ltd\u{200f}"), "acme ltd");
        assert_eq!(key("\u{feff}"), "");
    }

    #[test]
    fn a_link_leads_to_a_page_over_https() {
        assert_eq!(
            link("https://a.example/b?c=1#d").unwrap(),
            "https://a.example/b?c=1#d"
        );
        for text in [
            "javascript:alert(1)",
            "http://a.example",
            "//a.example",
            "",
            "https://",
            "data:text/html,x",
            "https://user:secret@a.example",
            "file:///etc/passwd",
        ] {
            assert_eq!(link(text), None, "{text}");
        }
        assert_eq!(
            link(&format!("https://a.example/{}", "b".repeat(3_000))),
            None
        );
    }
}
