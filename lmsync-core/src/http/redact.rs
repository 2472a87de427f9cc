//! What of an answer may be shown.

use crate::secret::Secret;

const EXCERPT_CHARS: usize = 200;
const MASK: &str = "[REDACTED]";

/// Removes known secrets from text that comes from outside.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    secrets: Vec<Secret>,
}

impl Redactor {
    /// Also removes `secret`.
    #[must_use]
    pub fn and(mut self, secret: &Secret) -> Self {
        // A fragment of a letter or two would blank out ordinary words.
        if secret.expose().len() >= 4 {
            self.secrets.push(secret.clone());
        }
        self
    }

    /// `text` with every known secret masked.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| {
            text.replace(secret.expose(), MASK)
        })
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
