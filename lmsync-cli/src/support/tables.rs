//! Tables that fit the terminal.

use comfy_table::{
    Cell, Color, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width,
};
use console::measure_text_width;

use super::screen::Screen;

/// The room before each column.
const PADDING: u16 = 1;
/// The room before each column, and the line between columns that is left out.
const GAP: u16 = PADDING + 1;

/// An empty table with a line below its header, and none that only costs room.
pub(crate) fn table(header: Vec<&str>) -> Table {
    let line = LineStyle::none().fill('─').junction('─');
    let mut table = Table::new();
    table
        .load_style(TableStyle::new().header_separator(line))
        .set_header(header);
    table
}

/// A cell that says that something is well, or that it is not.
pub(crate) fn verdict(text: impl ToString, is_well: bool) -> Cell {
    Cell::new(text).fg(match is_well {
        true => Color::Green,
        false => Color::Red,
    })
}

/// The lines of `table` as `screen` has room for them; words are broken only where it has none.
pub(crate) fn laid_out(mut table: Table, screen: Screen) -> String {
    if screen == Screen::Stderr {
        table.use_stderr();
    }
    let width = screen.width();
    table
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width);
    let least = least_widths(&longest_words(&mut table), width);
    for (column, least) in table.column_iter_mut().zip(least) {
        let least = Width::Fixed(least + PADDING);
        column
            .set_padding((PADDING, 0))
            .set_constraint(ColumnConstraint::LowerBoundary(least));
    }
    table.trim_fmt()
}

/// The width of the longest word of each column.
fn longest_words(table: &mut Table) -> Vec<u16> {
    let mut longest = vec![1; table.column_count()];
    let rows = table.header().into_iter().chain(table.row_iter());
    for row in rows {
        for (longest, cell) in longest.iter_mut().zip(row.cell_iter()) {
            let text = cell.content();
            let words = text.split([' ', '\n']).map(measure_text_width);
            let word = words.max().unwrap_or_default();
            *longest = u16::try_from(word).unwrap_or(u16::MAX).max(*longest);
        }
    }
    longest
}

/// The least width of each column by its longest word. Where there is no room for all of them, the longest
/// give way first.
fn least_widths(words: &[u16], width: u16) -> Vec<u16> {
    let capped = |most: u16| words.iter().map(move |word| *word.min(&most));
    let fits = |most: &u16| {
        let widths = capped(*most).map(|word| u32::from(word + GAP));
        widths.sum::<u32>() <= width.into()
    };
    let most = (1..=width).rev().find(fits).unwrap_or(1);
    capped(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_words_give_way_first() {
        assert_eq!(least_widths(&[5, 10, 20], 80), [5, 10, 20]);
        assert_eq!(least_widths(&[5, 10, 20], 41), [5, 10, 20]);
        assert_eq!(least_widths(&[5, 10, 20], 36), [5, 10, 15]);
        assert_eq!(least_widths(&[5, 10, 20], 30), [5, 9, 9]);
        assert_eq!(least_widths(&[5, 10, 20], 2), [1, 1, 1]);
        assert_eq!(least_widths(&[], 80), [0; 0]);
    }
}
