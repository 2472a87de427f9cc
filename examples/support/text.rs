//! Text from elsewhere, made fit for a terminal.

/// `text` on one line, without what could steer a terminal or reverse what is read.
///
/// Customers' names and vendors' messages are other people's text.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| if is_steering(letter) { ' ' } else { letter })
        .collect()
}

fn is_steering(letter: char) -> bool {
    let is_direction = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    letter.is_control() || is_direction
}
