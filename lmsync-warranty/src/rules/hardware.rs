//! Lines that are no hardware cover, told by lists that are data.
//!
//! Makers have thousands of codes, so that the lists say what is denied; a code that is on none of them
//! is hardware.

use crate::line::WarrantyLine;
use crate::maker::Maker;

/// A maker's codes of lines that are no hardware cover.
///
/// Dell's `D`, `DL` (Digital Delivery), `PJ` and `PR`. Seen:
/// <https://github.com/KelvinTegelaar/PSWarranty/issues/48>, by word from Dell. `KK` is Keep Your Hard
/// Drive. Seen: the same.
pub const CODES: &[(Maker, &[&str])] = &[(Maker::DELL, &["D", "DL", "KK", "PJ", "PR"])];

/// Words of lines that are no hardware cover, whatever else they say.
///
/// Seen: descriptions of Dell, HP and Lenovo in public clients' issues.
pub const OTHER_COVER: &[&str] = &[
    "data protection",
    "defective media retention",
    "digital delivery",
    "initial setup",
    "keep your drive",
    "keep your hard drive",
    "media retention",
    "parts only",
    "phone support",
    "software support",
    "software technical support",
    "sw phone",
    "sw support",
    "tech support only",
    "technical support only",
    "telephone support",
];

/// Words of lines that cover a part or an accident, unless the line names [`SERVICE`], too.
pub const PART_OF_COVER: &[&str] = &[
    "accidental damage",
    "adp",
    "battery",
    "complete care",
    "completecare",
];

/// Words by which a line is a repair of the machine.
pub const SERVICE: &[&str] = &[
    "advanced exchange",
    "carry in",
    "courier",
    "depot",
    "hardware",
    "hw",
    "mail in",
    "nbd",
    "next business day",
    "on site",
    "onsite",
    "return to depot",
];

/// Tells whether `line` of `maker` is hardware cover, as far as its code and its words tell.
///
/// ```
/// use lmsync_warranty::rules::hardware::is_hardware;
/// use lmsync_warranty::{LineKind, Maker, WarrantyLine};
///
/// let line = |words: &str| WarrantyLine::new(LineKind::Base).description(Some(words.to_owned()));
/// assert!(is_hardware(&Maker::HP, &line("Wty: HP HW Maintenance Onsite Support")));
/// assert!(!is_hardware(&Maker::HP, &line("Wty: HP Support for Initial Setup")));
/// assert!(!is_hardware(&Maker::LENOVO, &line("1Y Battery")));
/// ```
#[must_use]
pub fn is_hardware(maker: &Maker, line: &WarrantyLine) -> bool {
    let code = line.code.as_deref().unwrap_or_default();
    let is_denied = |codes: &[&str]| codes.iter().any(|denied| code.eq_ignore_ascii_case(denied));
    if CODES
        .iter()
        .any(|(of, codes)| of == maker && is_denied(codes))
    {
        return false;
    }
    let words = words(line.description.as_deref().unwrap_or_default());
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| has(&words, phrase));
    !says(OTHER_COVER) && (!says(PART_OF_COVER) || says(SERVICE))
}

/// `text` as lower-case words, each with one blank before and behind.
pub(super) fn words(text: &str) -> String {
    let mut words = String::from(" ");
    for letter in text.chars() {
        match letter.is_alphanumeric() {
            true => words.extend(letter.to_lowercase()),
            false if words.ends_with(' ') => {}
            false => words.push(' '),
        }
    }
    if !words.ends_with(' ') {
        words.push(' ');
    }
    words
}

/// Tells whether the words of `phrase` stand in `words`, side by side.
pub(super) fn has(words: &str, phrase: &str) -> bool {
    words.contains(&format!(" {phrase} "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::LineKind;

    fn line(code: &str, words: &str) -> WarrantyLine {
        WarrantyLine::new(LineKind::Base)
            .code(Some(code.to_owned()))
            .description(Some(words.to_owned()))
    }

    #[test]
    fn denied_codes_are_those_of_their_maker() {
        for code in ["D", "DL", "dl", "KK", "PJ", "PR"] {
            assert!(!is_hardware(&Maker::DELL, &line(code, "")), "{code}");
            assert!(is_hardware(&Maker::LENOVO, &line(code, "")), "{code}");
        }
        for code in ["ND", "NU", "4P", "", "XYZZY"] {
            assert!(is_hardware(&Maker::DELL, &line(code, "")), "{code}");
        }
    }

    #[test]
    fn words_tell_hardware_from_other_cover() {
        for (words, expected) in [
            ("Next Business Day Onsite After Remote Diagnosis", true),
            ("3Y Depot", true),
            ("HP HWM Onsite", true),
            ("Wty: HP HW Maintenance Onsite Support", true),
            ("HP 3y NextBusDay Onsite/ADP NB SVC", true),
            ("ProSupport Plus", true),
            ("SNTC-8X5XNBD", true),
            ("", true),
            ("1Y Battery (made-up)", false),
            ("Battery replacement, Onsite", true),
            ("Complete Care / Accidental Damage", false),
            ("Keep Your Hard Drive, Onsite", false),
            ("Dell Digital Delivery", false),
            ("Wty: HP Support for Initial Setup", false),
            ("9x5 SW phone support", false),
            ("Data-Protection", false),
        ] {
            assert_eq!(
                is_hardware(&Maker::HP, &line("X", words)),
                expected,
                "{words}"
            );
        }
    }
}
