//! Readings of a text: what it says once its escapes and encodings are undone.

use std::ops::Range;

/// The most encodings that are undone one after the other, such as an address inside JSON inside an address.
const DEEPEST: usize = 3;
/// The letters that begin an escape: in addresses, JSON and HTML.
const EVERY_ESCAPE: &[u8] = b"%\\&";
/// A byte that no secret holds: it keeps parts apart that are not beside each other.
const GAP: u8 = 0;

/// One reading of a text, and where in that text each byte of it comes from.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Reading {
    /// Shows every reading of `text` to `look`, one at a time: as it is, and with escapes, base64 and
    /// hexadecimal digits undone.
    pub(super) fn each_of(text: &str, mut look: impl FnMut(&Self)) {
        unescape_by_and_by(Self::plain(text), EVERY_ESCAPE, |reading| {
            look(reading);
            for decoded in reading.decoded() {
                // What was encoded may itself hold escapes, as an OAuth client's id and secret in Basic do.
                unescape_by_and_by(decoded, EVERY_ESCAPE, &mut look);
            }
        });
        // What looks like an escape of one kind may be a part of what was escaped in another.
        let is_there = |begin: &&u8| text.as_bytes().contains(begin);
        if EVERY_ESCAPE.iter().filter(is_there).count() > 1 {
            for begin in EVERY_ESCAPE.iter().filter(is_there) {
                unescape_by_and_by(Self::plain(text), &[*begin], &mut look);
            }
        }
    }

    fn plain(text: &str) -> Self {
        Self {
            bytes: text.as_bytes().to_vec(),
            places: (0..text.len()).map(|at| at..at + 1).collect(),
        }
    }

    fn empty() -> Self {
        Self {
            bytes: Vec::new(),
            places: Vec::new(),
        }
    }

    /// The place in the text that `bytes` of this reading come from.
    pub(super) fn place(&self, bytes: Range<usize>) -> Range<usize> {
        match self.places.get(bytes) {
            Some([first, .., last]) => first.start..last.end,
            Some([only]) => only.clone(),
            _ => 0..0,
        }
    }

    fn push(&mut self, bytes: &[u8], place: Range<usize>) {
        self.bytes.extend(bytes);
        self.places.extend(bytes.iter().map(|_| place.clone()));
    }

    /// The reading with the escapes that one of `begins` begins undone once; `None` if it has none.
    fn unescaped(&self, begins: &[u8]) -> Option<Self> {
        let mut unescaped = Self::empty();
        let mut at = 0;
        while at < self.bytes.len() {
            let escape = match begins.contains(&self.bytes[at]) {
                true => escape(&self.bytes[at..]),
                false => None,
            };
            let (bytes, length) = escape.unwrap_or_else(|| (vec![self.bytes[at]], 1));
            unescaped.push(&bytes, self.place(at..at + length));
            at += length;
        }
        (unescaped.bytes.len() < self.bytes.len()).then_some(unescaped)
    }

    /// The readings of what may be base64 or hexadecimal digits, from each place where these may begin.
    fn decoded(&self) -> impl Iterator<Item = Self> {
        let base64 = (0..4).map(|skipped| self.digits(base64_value, 6, skipped));
        let hexadecimal = (0..2).map(|skipped| self.digits(hexadecimal_value, 4, skipped));
        base64.chain(hexadecimal)
    }

    /// The bytes that digits of so many `bits` stand for, where so many digits of each run are `skipped`.
    fn digits(&self, value: fn(u8) -> Option<u32>, bits: u32, skipped: usize) -> Self {
        let mut decoded = Self::empty();
        let (mut left_to_skip, mut held, mut number) = (skipped, 0, 0);
        // Of each byte, the digit that began it.
        let mut begun = 0;
        for (at, byte) in self.bytes.iter().enumerate() {
            let Some(value) = value(*byte) else {
                // Encoders break long lines.
                if !matches!(byte, b'\r' | b'\n') {
                    (left_to_skip, held) = (skipped, 0);
                    decoded.push(&[GAP], self.place(at..at + 1));
                }
                continue;
            };
            if left_to_skip > 0 {
                left_to_skip -= 1;
                continue;
            }
            if held == 0 {
                begun = at;
            }
            number = (number << bits | value) & 0xffff;
            held += bits;
            if held >= 8 {
                held -= 8;
                let byte = (number >> held & 0xff) as u8;
                decoded.push(&[byte], self.place(begun..at + 1));
                begun = at;
            }
        }
        decoded
    }
}

/// Shows `look` the `reading`, and what it is with the escapes that one of `begins` begins undone
/// once, twice and so on.
fn unescape_by_and_by(mut reading: Reading, begins: &[u8], mut look: impl FnMut(&Reading)) {
    for _ in 0..DEEPEST {
        look(&reading);
        match reading.unescaped(begins) {
            Some(next) => reading = next,
            None => return,
        }
    }
    look(&reading);
}

/// The bytes that the escape at the beginning of `text` stands for, and its length.
fn escape(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    match text {
        [b'%', high, low, ..] => Some((vec![byte_of(*high, *low)?], 3)),
        [b'\\', b'u', ..] => utf16(text),
        [b'\\', b'x', high, low, ..] => Some((vec![byte_of(*high, *low)?], 4)),
        [b'\\', letter, ..] => Some((vec![single(*letter)?], 2)),
        [b'&', ..] => entity(text),
        _ => None,
    }
}

fn byte_of(high: u8, low: u8) -> Option<u8> {
    let byte = hexadecimal_value(high)? << 4 | hexadecimal_value(low)?;
    u8::try_from(byte).ok()
}

/// The letter of `\u00e9`, or of the two halves in `\ud83d\ude00`.
fn utf16(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let unit = |at: usize| match text.get(at..at + 6)? {
        [b'\\', b'u', digits @ ..] => u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok(),
        _ => None,
    };
    let first = unit(0)?;
    let single = [first];
    let mut letters = char::decode_utf16(single);
    if let Some(Ok(letter)) = letters.next() {
        return Some((letter.to_string().into_bytes(), 6));
    }
    let letter = char::decode_utf16([first, unit(6)?]).next()?.ok()?;
    Some((letter.to_string().into_bytes(), 12))
}

/// The letter of a JSON escape such as `\/`.
fn single(letter: u8) -> Option<u8> {
    Some(match letter {
        b'"' | b'\'' | b'\\' | b'/' => letter,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'f' => 0x0c,
        _ => return None,
    })
}

/// The letter of an HTML entity, by name or by number.
fn entity(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    const LONGEST: usize = 12;
    let start = &text[..text.len().min(LONGEST)];
    let end = start.iter().position(|byte| *byte == b';')?;
    let name = str::from_utf8(&start[1..end]).ok()?;
    let letter = match name.strip_prefix('#') {
        Some(number) => char::from_u32(match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        })?,
        None => match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "sol" => '/',
            "plus" => '+',
            "equals" => '=',
            _ => return None,
        },
    };
    Some((letter.to_string().into_bytes(), end + 1))
}

/// The value of a digit of base64, in the standard alphabet or in that for addresses.
fn base64_value(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

fn hexadecimal_value(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place in `text` of which a reading has `said`.
    fn place_of(text: &str, said: &str) -> Option<Range<usize>> {
        let mut found = None;
        Reading::each_of(text, |reading| {
            let windows = &mut reading.bytes.windows(said.len());
            let at = windows.position(|window| window == said.as_bytes());
            found = found
                .take()
                .or(at.map(|at| reading.place(at..at + said.len())));
        });
        found
    }

    #[test]
    fn what_is_escaped_is_read_and_its_place_is_known() {
        for (text, said, place) in [
            ("<a/b>", "a/b", 1..4),
            ("<a%2Fb>", "a/b", 1..6),
            ("<a%2fb>", "a/b", 1..6),
            ("<a%252Fb>", "a/b", 1..8),
            (r"<a\/b>", "a/b", 1..5),
            (r"<a\u002Fb>", "a/b", 1..9),
            (r"<a\\u002fb>", "a/b", 1..10),
            (r"<\u00e9t\u00E9>", "été", 1..14),
            (r"<\ud83d\ude00>", "😀", 1..13),
            (r"<a\x2fb>", "a/b", 1..7),
            ("<a&#47;b>", "a/b", 1..8),
            ("<a&#x2F;b>", "a/b", 1..9),
            ("<a&amp;b>", "a&b", 1..8),
            ("<a&amp;#47;b>", "a/b", 1..12),
            ("<a%26%2347%3Bb>", "a/b", 1..14),
            // What looks like an escape of another kind is a part of what was escaped.
            (r"%aAb\\c", r"aAb\c", 1..7),
            (r"<a%41\\b>", r"a%41\b", 1..8),
            ("<a&amp;#47%2F>", "a&#47/", 1..13),
        ] {
            assert_eq!(place_of(text, said), Some(place), "{text}");
        }
        // What looks like the beginning of an escape and is none.
        for text in [
            "100%",
            "%zz",
            "a\\",
            r"\u12",
            r"\ud83d",
            "&",
            "&;",
            "&nothing;",
            "&#xffffffff;",
        ] {
            assert_eq!(place_of(text, text), Some(0..text.len()), "{text}");
        }
    }

    #[test]
    fn digits_are_read_wherever_they_begin() {
        for (text, said, place) in [
            // "secret", and behind "a", "ab" and "abc".
            ("<c2VjcmV0>", "secret", 1..9),
            ("<YXNlY3JldA==>", "secret", 2..11),
            ("<YWJzZWNyZXQ=>", "secret", 3..12),
            ("<xc2VjcmV0>", "secret", 2..10),
            ("<c2Vj\r\ncmV0>", "secret", 1..11),
            ("<736563726574>", "secret", 1..13),
            ("<0736563726574>", "secret", 2..14),
            ("<c2VjcmV0%3D>", "secret", 1..9),
        ] {
            assert_eq!(place_of(text, said), Some(place), "{text}");
        }
        assert_eq!(place_of("c2Vj cmV0", "secret"), None);
    }
}
