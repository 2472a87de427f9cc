//! What of an answer may be shown.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::form_urlencoded::byte_serialize;

use crate::secret::Secret;

const EXCERPT_CHARS: usize = 200;
const MASK: &str = "[REDACTED]";
/// A fragment of a letter or two would blank out ordinary words.
const SHORTEST: usize = 4;
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

    /// `text` with every known secret masked, as it is and as forms, addresses and JSON write it.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let known = self.known();
        let secrets = known.lasting.iter().chain(&known.learned);
        let secrets = secrets
            .map(Secret::expose)
            .filter(|text| text.len() >= SHORTEST);
        // The longest first: of one that begins with another nothing may be left.
        let forms: BTreeSet<(usize, Cow<'_, str>)> = secrets
            .flat_map(written_forms)
            .map(|form| (form.len(), form))
            .collect();
        let forms = forms.into_iter().rev();
        forms.fold(text.to_owned(), |text, (_, form)| {
            text.replace(&*form, MASK)
        })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The beginning of `body` on one line, masked.
    ///
    /// Masking comes before cutting, so that no part of a secret is left at the edge.
    #[must_use]
    pub fn excerpt(&self, body: &[u8]) -> String {
        let text = self.mask(&String::from_utf8_lossy(body));
        let words: Vec<&str> = text.split_whitespace().collect();
        let line = words.join(" ");
        match line.char_indices().nth(EXCERPT_CHARS) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }
}

fn holds<'s>(secrets: impl IntoIterator<Item = &'s Secret>, secret: &Secret) -> bool {
    secrets
        .into_iter()
        .any(|known| known.expose() == secret.expose())
}

/// `secret` as it is, and as forms, addresses and JSON write it.
fn written_forms(secret: &str) -> [Cow<'_, str>; 5] {
    let form: String = byte_serialize(secret.as_bytes()).collect();
    let address = form.replace('+', "%20").replace("%7E", "~");
    [
        secret.into(),
        secret.replace('/', "\\/").into(),
        lower_case_escapes(&address).into(),
        address.into(),
        form.into(),
    ]
}

/// `text` with `%2b` for `%2B`.
fn lower_case_escapes(text: &str) -> String {
    let (plain, escaped) = text.split_once('%').unwrap_or((text, ""));
    let escapes = escaped.split('%').filter(|escape| !escape.is_empty());
    escapes.fold(plain.to_owned(), |text, escape| {
        let (digits, rest) = escape.split_at(escape.len().min(2));
        text + "%" + &digits.to_lowercase() + rest
    })
}

#[cfg(test)]
mod tests {
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
}
