//! The page, read as text: its figures, its tables.

use std::collections::BTreeMap;

/// A page.
#[derive(Debug)]
pub(crate) struct Page(pub(crate) String);

/// A table by its rows, each with its cells; the first row is the header.
pub(crate) type Table = Vec<Vec<String>>;

impl Page {
    /// The number on the card called `name`, and the line below it.
    pub(crate) fn card(&self, name: &str) -> (usize, String) {
        let cards = between(&self.0, r#"<dl class="cards">"#, "</dl>");
        let card = cards.split("<dt>").skip(1).find(|card| {
            let title = card.split("</dt>").next().unwrap();
            text(title) == name
        });
        let value = between(
            card.unwrap_or_else(|| panic!("no card {name}")),
            "<dd>",
            "</dd>",
        );
        let (value, small) = value.split_once("<small>").unwrap();
        (number(value), text(small))
    }

    /// The number beside the heading with the name `id` for links.
    pub(crate) fn heading(&self, id: &str) -> usize {
        let heading = between(&self.0, &format!(r#"<h3 id="{id}">"#), "</h3>");
        number(&text(between(
            heading,
            r#"<span class="count">"#,
            "</span>",
        )))
    }

    /// The tables by their captions.
    pub(crate) fn tables(&self) -> BTreeMap<String, Table> {
        self.all_tables().collect()
    }

    /// The tables, each with its caption: two customers may have the same name.
    fn all_tables(&self) -> impl Iterator<Item = (String, Table)> {
        self.0.split("<table").skip(1).map(|table| {
            let table = table.split("</table>").next().unwrap();
            let caption = text(between(table, "<caption>", "</caption>"));
            let rows = table.split("<tr>").skip(1).map(cells);
            (caption, rows.collect())
        })
    }

    /// The number of records in the list called `title`, of all customers: a row has those of a machine.
    pub(crate) fn records(&self, title: &str) -> usize {
        let title = format!("{title}: ");
        let tables = self
            .all_tables()
            .filter(|(caption, _)| caption.starts_with(&title));
        let rows = tables.flat_map(|(_, rows)| rows.into_iter().skip(1));
        rows.map(|row| row[3].split(", ").count()).sum()
    }
}

fn cells(row: &str) -> Vec<String> {
    let cells = row.split("<th ").skip(1).flat_map(|rest| {
        let mut cells = rest.split("<td");
        let first = cells.next().unwrap();
        std::iter::once(first).chain(cells)
    });
    let inside = |cell: &str| text(cell.split_once('>').unwrap().1);
    cells.map(inside).collect()
}

/// The part of `text` between `from` and `to`.
pub(crate) fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let (_, rest) = text
        .split_once(from)
        .unwrap_or_else(|| panic!("no {from} in {text}"));
    rest.split(to).next().unwrap()
}

/// The text of `html`, without its elements.
pub(crate) fn text(html: &str) -> String {
    let pieces = html
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    let mut first = true;
    let text: String = pieces
        .map(|piece| {
            // Before the first element there is text alone.
            let own = std::mem::take(&mut first);
            if own {
                html.split('<').next().unwrap()
            } else {
                piece
            }
        })
        .collect();
    let text = text
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The number that `text` shows.
pub(crate) fn number(text: &str) -> usize {
    text.replace(',', "")
        .trim()
        .parse()
        .unwrap_or_else(|_| panic!("no number: {text}"))
}
