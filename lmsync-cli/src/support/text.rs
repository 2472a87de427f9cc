//! Other people's text, made fit for a terminal.

use std::ops::RangeInclusive;

/// Characters that a terminal does not show as what they are: marks that turn the direction of
/// writing or join letters, have no width, or hide text as tags.
///
/// Documented: <https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings>, and the categories
/// Cf, Zl and Zp of <https://www.unicode.org/Public/16.0.0/ucd/extracted/DerivedGeneralCategory.txt>, with
/// what else is ignorable by <https://www.unicode.org/Public/16.0.0/ucd/DerivedCoreProperties.txt>.
const UNSHOWN: [RangeInclusive<char>; 23] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{600}'..='\u{605}',
    '\u{61c}'..='\u{61c}',
    '\u{6dd}'..='\u{6dd}',
    '\u{70f}'..='\u{70f}',
    '\u{890}'..='\u{891}',
    '\u{8e2}'..='\u{8e2}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{110bd}'..='\u{110cd}',
    '\u{13430}'..='\u{1343f}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

/// `text` on one line, without what could steer a terminal or make it show something else than what is
/// there: customers' names and vendors' messages are other people's text.
///
/// It is for people. Records and reports keep it as it came.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| if is_unshown(letter) { ' ' } else { letter })
        .collect()
}

fn is_unshown(letter: char) -> bool {
    letter.is_control()
        || !letter.is_ascii() && UNSHOWN.iter().any(|unshown| unshown.contains(&letter))
}
