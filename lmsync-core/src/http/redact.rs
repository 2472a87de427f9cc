//! What of an answer may be shown.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use memchr::memmem::Finder;
use secrecy::zeroize::Zeroizing;

use super::reading::Reading;
use crate::secret::Secret;

const EXCERPT_CHARS: usize = 200;
/// The most bytes of a text that are looked at together, so that memory is bounded whatever its length.
const WINDOW: usize = 64 * 1024;
/// Windows overlap by so many bytes: no secret is longer, whatever encodes it.
const LONGEST_ECHO: usize = 32 * 1024;
const MASK: &str = "[REDACTED]";
/// A fragment of a letter or two would blank out ordinary words.
const SHORTEST: usize = 4;
/// In other letter case, a secret of fewer letters may be an ordinary word.
const SHORTEST_IN_ANY_CASE: usize = 8;
/// Credentials that were used so recently may still turn up in an answer.
const REMEMBERED: usize = 16;

/// Removes known secrets from text that comes from outside.
///
/// Clones share what they know: a token that one client of an account used is masked
/// in what every other one of them is answered.
#[derive(Debug, Clone, Default)]
pub struct Redactor(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    lasting: Vec<Secret>,
    learned: VecDeque<Secret>,
}

impl Redactor {
    /// Also removes `secret`, here and in every clone, for good.
    #[must_use]
    pub fn and(self, secret: &Secret) -> Self {
        self.keep(secret);
        self
    }

    pub(crate) fn keep(&self, secret: &Secret) {
        let lasting = &mut self.known().lasting;
        if !holds(&*lasting, secret) {
            lasting.push(secret.clone());
        }
    }

    /// Also removes `credential`, here and in every clone, until many others were used.
    pub fn learn(&self, credential: &Secret) {
        let learned = &mut self.known().learned;
        if holds(&*learned, credential) {
            return;
        }
        learned.push_back(credential.clone());
        if learned.len() > REMEMBERED {
            learned.pop_front();
        }
    }

    /// `text` with every known secret masked: as it is, in other letter case, and as addresses, forms,
    /// JSON, HTML, base64 and hexadecimal digits write it, one inside the other, too. Where several are
    /// inside each other, letters that look like an escape of another kind may hide it.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        self.masked(text, text.len())
    }

    /// The first so many bytes of `text`, masked; a secret that goes beyond them is one that is found.
    fn masked(&self, text: &str, length: usize) -> String {
        let mut masked = String::new();
        let mut shown = 0;
        for place in self.places_of_secrets(text) {
            let start = boundary_before(text, place.start);
            if start >= length {
                break;
            }
            masked.push_str(&text[shown.min(start)..start]);
            masked.push_str(MASK);
            shown = boundary_after(text, place.end);
        }
        masked.push_str(text.get(shown..length).unwrap_or_default());
        masked
    }

    /// The beginning of `text`, masked; all of it unless it is very long, for that would cost time.
    pub(super) fn beginning(&self, text: &str) -> String {
        if text.len() <= WINDOW {
            return self.mask(text);
        }
        // At the end of what is looked at, a secret may have been cut.
        let start = &text[..boundary_before(text, WINDOW)];
        self.masked(start, boundary_before(start, WINDOW - LONGEST_ECHO))
    }

    /// The places of secrets in `text`, in order and none upon another.
    fn places_of_secrets(&self, text: &str) -> Vec<Range<usize>> {
        let wanted = self.wanted();
        let mut places = Vec::new();
        if wanted.is_empty() {
            return places;
        }
        let (in_any_case, exact): (Vec<&Wanted>, _) =
            wanted.iter().partition(|wanted| wanted.in_any_case);
        for (start, window) in windows(text) {
            Reading::each_of(window, |reading| {
                let mut add = |bytes: &[u8], wanted| {
                    let found = find(bytes, wanted).map(|found| reading.place(found));
                    places.extend(found.map(|place| start + place.start..start + place.end));
                };
                add(&reading.bytes, &exact);
                add(&reading.bytes.to_ascii_lowercase(), &in_any_case);
            });
        }
        places.sort_by_key(|place| (place.start, place.end));
        places.dedup_by(|next, place| {
            let is_upon = next.start < place.end;
            if is_upon {
                place.end = place.end.max(next.end);
            }
            is_upon
        });
        places
    }

    fn wanted(&self) -> Vec<Wanted> {
        let known = self.known();
        let secrets = known.lasting.iter().chain(&known.learned);
        let secrets = secrets
            .map(Secret::expose)
            .filter(|text| text.len() >= SHORTEST);
        secrets.flat_map(Wanted::forms_of).collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The beginning of `body` on one line, masked.
    ///
    /// Masking comes before cutting, so that no part of a secret is left at the edge.
    #[must_use]
    pub fn excerpt(&self, body: &[u8]) -> String {
        // Enough, as letters: a byte that is none becomes one of three bytes.
        let start = &body[..body.len().min(WINDOW + 1)];
        let text = self.beginning(&String::from_utf8_lossy(start));
        let words: Vec<&str> = text.split_whitespace().collect();
        let line = words.join(" ");
        match line.char_indices().nth(EXCERPT_CHARS) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }
}

/// A secret as it is looked for in a [`Reading`].
struct Wanted {
    text: Zeroizing<Vec<u8>>,
    /// Set if it is in small letters, and so is to be what it is looked for in.
    in_any_case: bool,
}

impl Wanted {
    /// `secret`, and as forms write blanks in it.
    fn forms_of(secret: &str) -> Vec<Self> {
        let in_any_case = secret.len() >= SHORTEST_IN_ANY_CASE;
        let wanted = |mut text: Zeroizing<Vec<u8>>| {
            if in_any_case {
                text.make_ascii_lowercase();
            }
            Self { text, in_any_case }
        };
        let plain = Zeroizing::new(secret.as_bytes().to_vec());
        let mut forms = vec![wanted(plain)];
        if secret.contains(' ') {
            let form = secret.replace(' ', "+").into_bytes();
            forms.push(wanted(Zeroizing::new(form)));
        }
        forms
    }
}

/// The places in `bytes` at which one of `wanted` stands.
fn find(bytes: &[u8], wanted: &[&Wanted]) -> impl Iterator<Item = Range<usize>> {
    wanted.iter().flat_map(move |Wanted { text, .. }| {
        let finder = Finder::new(text.as_slice());
        let found: Vec<usize> = finder.find_iter(bytes).collect();
        found.into_iter().map(|at| at..at + text.len())
    })
}

/// Parts of `text` that overlap, each with its place.
fn windows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_needed = move |start: usize| start == 0 || start + LONGEST_ECHO < text.len();
    let starts = (0..).step_by(WINDOW - LONGEST_ECHO);
    starts
        .take_while(move |start| is_needed(*start))
        .map(|start| {
            let start = boundary_before(text, start);
            let end = boundary_before(text, text.len().min(start + WINDOW));
            (start, &text[start..end])
        })
}

/// The last end of a letter in `text` up to `at`.
fn boundary_before(text: &str, at: usize) -> usize {
    let mut ends = (0..=at).rev();
    ends.find(|end| text.is_char_boundary(*end))
        .unwrap_or_default()
}

/// The first end of a letter in `text` from `at` on.
fn boundary_after(text: &str, at: usize) -> usize {
    let mut ends = at..text.len();
    ends.find(|end| text.is_char_boundary(*end))
        .unwrap_or(text.len())
}

fn holds<'s>(secrets: impl IntoIterator<Item = &'s Secret>, secret: &Secret) -> bool {
    secrets
        .into_iter()
        .any(|known| known.expose() == secret.expose())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::form_urlencoded::byte_serialize;

    use super::*;

    #[test]
    fn a_secret_echoed_by_the_vendor_is_masked_even_at_the_cut() {
        let redactor = Redactor::default().and(&Secret::from("tok-4f9a"));
        let body = format!("{}tok-4f9a rest", "x".repeat(EXCERPT_CHARS - 3));
        let shown = redactor.excerpt(body.as_bytes());
        assert!(!shown.contains("tok"), "{shown}");
        assert_eq!(redactor.mask("a tok-4f9a b"), "a [REDACTED] b");
    }

    #[test]
    fn a_secret_is_masked_in_every_form_that_it_travels_in() {
        let redactor = Redactor::default().and(&Secret::from("p+s/w d~1=é"));
        for form in [
            "p+s/w d~1=é",
            "p+s\\/w d~1=é",
            "p%2Bs%2Fw+d%7E1%3D%C3%A9",
            "p%2Bs%2Fw%20d~1%3D%C3%A9",
            "p%2bs%2fw%20d~1%3d%c3%a9",
        ] {
            assert_eq!(
                redactor.mask(&format!("<{form}>")),
                "<[REDACTED]>",
                "{form}"
            );
        }
        let plain = Redactor::default().and(&Secret::from("tok-4f9a"));
        assert_eq!(plain.mask("tok-4f9a"), MASK);
    }

    #[test]
    fn a_secret_that_comes_back_encoded_is_masked() {
        let redactor = Redactor::default().and(&Secret::from("p+s/w d~1=é&<x>"));
        for echo in [
            // In base64, behind nothing, "u:" and "me:".
            "cCtzL3cgZH4xPcOpJjx4Pg==",
            "dTpwK3MvdyBkfjE9w6kmPHg-",
            "bWU6cCtzL3cgZH4xPcOpJjx4Pg",
            "cCtzL3cgZH4x%50cOpJjx4Pg%3D%3D",
            "702b732f7720647e313dc3a9263c783e",
            "702B732F7720647E313DC3A9263C783E",
            r"p+s\/w d~1=\u00e9\u0026\u003Cx\u003E",
            r"\u0070\u002b\u0073/w d~1=\u00E9&<x>",
            "p+s&#x2F;w d~1=&#233;&amp;&lt;x&gt;",
            "p%252Bs%252Fw%2520d~1%253D%25C3%25A9%2526%253Cx%253E",
            "p%2Bs%2Fw+d%7E1%3D%C3%A9%26%3Cx%3E",
            "P+S/W D~1=é&<X>",
        ] {
            let shown = redactor.mask(&format!("<{echo}>"));
            assert!(shown.contains(MASK), "{echo}: {shown}");
            let left = shown.replace(MASK, "");
            assert!(left.len() <= 8, "{echo}: {shown}");
        }
    }

    #[test]
    fn ordinary_words_are_no_secrets() {
        let redactor = Redactor::default()
            .and(&Secret::from("Test"))
            .and(&Secret::from("k3y-of-the-account"));
        for text in [
            "a test, the TESTS",
            "the key of the account",
            "k3y of the account",
            "dGVzdA",
            "100% of 12 & 7 \\ done; %41",
            "é ü \u{fffd} 你好 \\ud83d",
        ] {
            assert_eq!(redactor.mask(text), text);
        }
        assert_eq!(redactor.mask("a Test"), "a [REDACTED]");
    }

    #[test]
    fn a_secret_at_the_end_of_what_an_excerpt_looks_at_is_not_shown_in_part() {
        let redactor = Redactor::default().and(&Secret::from("tok-4f9a-canary"));
        for blanks in [WINDOW - 8, WINDOW - LONGEST_ECHO - 8] {
            let body = format!(
                "{}tok-4f9a-canary{}",
                " ".repeat(blanks),
                " ".repeat(100_000)
            );
            let shown = redactor.excerpt(body.as_bytes());
            assert!(!shown.contains("tok"), "{shown}");
        }
    }

    #[test]
    fn a_secret_is_masked_anywhere_in_a_long_text() {
        let redactor = Redactor::default().and(&Secret::from("tok-4f9a-canary"));
        for length in [
            1,
            100,
            WINDOW - LONGEST_ECHO - 5,
            WINDOW - 5,
            WINDOW,
            3 * WINDOW,
        ] {
            for letter in ["x ", "é "] {
                let filling = letter.repeat(length / letter.len());
                let shown = redactor.mask(&format!("{filling}tok-4f9a-canary{filling}"));
                assert_eq!(shown, format!("{filling}{MASK}{filling}"), "{length}");
            }
        }
    }

    #[test]
    fn of_a_secret_that_begins_with_another_nothing_is_left() {
        let short = Redactor::default().and(&Secret::from("token"));
        let both = short.and(&Secret::from("token-and-more"));
        assert_eq!(both.mask("token token-and-more"), "[REDACTED] [REDACTED]");
        let too_short = Redactor::default().and(&Secret::from("abc"));
        assert_eq!(too_short.mask("abc abcd"), "abc abcd");
        let long_enough = Redactor::default().and(&Secret::from("abcd"));
        assert_eq!(long_enough.mask("abc abcd"), "abc [REDACTED]");
    }

    #[test]
    fn what_one_clone_learns_all_mask_for_a_while() {
        let redactor = Redactor::default().and(&Secret::from("client-secret"));
        let other = redactor.clone();
        for number in 0..REMEMBERED {
            redactor.learn(&Secret::from(format!("token-{number}-")));
            // Used again and again: it is remembered once.
            redactor.learn(&Secret::from("token-0-"));
        }
        assert_eq!(
            other.mask("token-0- client-secret"),
            "[REDACTED] [REDACTED]"
        );
        redactor.learn(&Secret::from("one-more"));
        assert_eq!(other.mask("token-0- token-1-"), "token-0- [REDACTED]");
        assert_eq!(
            other.mask("client-secret one-more"),
            "[REDACTED] [REDACTED]"
        );
    }

    #[test]
    fn an_excerpt_is_one_short_line_whatever_the_bytes() {
        let shown = Redactor::default().excerpt(&[b'a', b'\n', 0xff, b'\n', b' ', b'b']);
        assert_eq!(shown, "a \u{fffd} b");
        let long = "é".repeat(1000);
        assert_eq!(
            Redactor::default().excerpt(long.as_bytes()).chars().count(),
            EXCERPT_CHARS + 1
        );
    }

    /// `text` as a vendor may write it, by number.
    fn encoded(text: &str, how: u8) -> String {
        use base64::Engine;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
        let each = |write: fn(char) -> String| text.chars().map(write).collect::<String>();
        match how {
            0 => byte_serialize(text.as_bytes()).collect(),
            1 => STANDARD.encode(text),
            2 => URL_SAFE_NO_PAD.encode(text),
            3 => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            4 => text.bytes().map(|byte| format!("{byte:02X}")).collect(),
            5 => each(|letter| {
                let mut units = [0; 2];
                let units = letter.encode_utf16(&mut units).iter();
                units.map(|unit| format!("\\u{unit:04x}")).collect()
            }),
            6 => each(|letter| format!("&#{};", u32::from(letter))),
            7 => serde_json::to_string(text).unwrap(),
            _ => text.to_owned(),
        }
    }

    fn masks(secret: &str, echo: &str) -> bool {
        let redactor = Redactor::default().and(&Secret::from(secret));
        redactor.mask(echo).contains(MASK)
    }

    proptest! {
        #[test]
        fn no_encoding_of_a_secret_shows_it(
            secret in "[!-~]{8,40}",
            (before, after) in ("[ -~]{0,5}", "[ -~]{0,5}"),
            how in 0_u8..=8,
        ) {
            let echo = encoded(&format!("{before}{secret}{after}"), how);
            prop_assert!(masks(&secret, &echo), "{how}: {echo}");
        }

        /// Without what looks like an escape, for where several kinds are to be undone it is one; base64
        /// or digits are undone once.
        #[test]
        fn no_encoding_inside_another_shows_a_secret(
            secret in "[!-$'-\\[\\]-~]{8,40}",
            (before, after) in ("[ -$'-\\[\\]-~]{0,5}", "[ -$'-\\[\\]-~]{0,5}"),
            how in prop::collection::vec(5_u8..=8, 0..=2),
            digits in 0_u8..=4,
            at in 0_usize..=2,
        ) {
            let mut how = how;
            how.insert(at.min(how.len()), digits);
            let quoted = format!("{before}{secret}{after}");
            let echo = how.iter().fold(quoted, |text, how| encoded(&text, *how));
            prop_assert!(masks(&secret, &echo), "{how:?}: {echo}");
        }

        #[test]
        fn text_without_a_secret_stays_as_it_is(text in "\\PC{0,60}|[%&#;x0-9a-fA-F\\\\u+/=]{0,60}") {
            let redactor = Redactor::default().and(&Secret::from("k3y-0f-the-account"));
            prop_assert_eq!(redactor.mask(&text), text);
        }
    }
}
