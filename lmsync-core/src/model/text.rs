//! Text as vendors send it: emptiness, blanks, invisible characters.

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
pub(crate) fn trimmed(text: &str) -> Option<&str> {
    let text = trim(text);
    (!trim_unseen(text).is_empty() && !text.eq_ignore_ascii_case("null")).then_some(text)
}

pub(super) fn trim(text: &str) -> &str {
    if has_plain_ends(text) {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control())
}

/// `text` without blanks, control and invisible characters around it.
pub(super) fn trim_unseen(text: &str) -> &str {
    if has_plain_ends(text) {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Says if there is nothing to trim, as of most texts: the first and the last byte are letters,
/// digits or punctuation of ASCII.
fn has_plain_ends(text: &str) -> bool {
    let ends = [text.as_bytes().first(), text.as_bytes().last()];
    ends.iter()
        .all(|byte| byte.is_some_and(u8::is_ascii_graphic))
}

/// `text` without blanks and control characters around it, and without invisible ones anywhere.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let text = trim_unseen(text);
    if !text.is_ascii() && text.contains(is_invisible) {
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
pub(super) fn collapse(text: &str) -> Cow<'_, str> {
    let text = trim(text);
    match text.contains(char::is_whitespace) {
        true => Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        false => Cow::Borrowed(text),
    }
}

/// The form in which a value is compared with filler text: its letters and digits in lower case.
///
/// Blanks, dots, underscores, brackets, invisible characters and dashes do not count; but a dash or
/// a slash between two digits does, since `12-345` may be a number of somebody's own.
pub(super) fn skeleton(text: &str) -> String {
    let mut skeleton = String::with_capacity(text.len());
    let mut separator = None;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphanumeric() && !is_invisible(c)) {
            if let Some(separator) = separator.take()
                && c.is_ascii_digit()
                && skeleton.ends_with(|before: char| before.is_ascii_digit())
            {
                skeleton.push(separator);
            }
            match c.is_ascii() {
                true => skeleton.push(c.to_ascii_lowercase()),
                false => skeleton.extend(c.to_lowercase()),
            }
        } else if matches!(c, '-' | '/') {
            separator = Some(c);
        }
    }
    skeleton
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

    proptest! {
        #[test]
        fn what_is_clean_stays(text in "\\PC*") {
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
