//! Text and tables for a terminal.

use comfy_table::{LineStyle, Table, TableStyle};

/// An empty table with a line below its header, and none that only costs room.
pub(crate) fn table(header: Vec<&str>) -> Table {
    let line = LineStyle::none().fill('─').junction('─');
    let mut table = Table::new();
    table
        .load_style(TableStyle::new().header_separator(line))
        .set_header(header);
    table
}

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
