//! Tables for a terminal.

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
