//! The README lists every column, and no other.
#![allow(clippy::unwrap_used)]

use lmsync_store::{JOURNAL_COLUMNS, StreamName, columns};

#[test]
fn the_readme_lists_every_column() {
    let readme = include_str!("../README.md");
    for stream in [
        StreamName::Assets,
        StreamName::Software,
        StreamName::Customers,
    ] {
        let heading = format!("### `{stream}`\n");
        let section = readme.split_once(&heading).unwrap().1;
        let section = section.split("\n### ").next().unwrap();
        let told: Vec<&str> = section
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        let own = columns(stream)
            .iter()
            .filter(|column| !column.path.is_empty());
        let known: Vec<String> = own
            .map(|column| {
                let notes = [
                    (column.is_required, "always there"),
                    (column.is_moving, "no change"),
                ];
                let notes: Vec<&str> = notes
                    .iter()
                    .filter(|(holds, _)| *holds)
                    .map(|(_, note)| *note)
                    .collect();
                let (name, kind, path) = (column.name, column.kind, column.path);
                format!("| `{name}` | {kind} | `{path}` | {} |", notes.join(", "))
            })
            .collect();
        assert_eq!(told, known, "{stream}");
        for column in columns(stream)
            .iter()
            .filter(|column| column.path.is_empty())
        {
            assert!(
                readme.contains(&format!("`{}`", column.name)),
                "{}",
                column.name
            );
        }
    }
}

#[test]
fn the_readme_names_every_column_of_a_journal() {
    let readme = include_str!("../README.md");
    let section = readme.split_once("### `lmsync_journal`\n").unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    for column in JOURNAL_COLUMNS {
        assert!(
            section.contains(&format!("`{}`", column.name)),
            "{}",
            column.name
        );
    }
}

#[test]
fn what_moves_by_itself_is_no_change() {
    let moving = lmsync_store::core::model::Fingerprint::LEAVES_OUT;
    // When a record was fetched is not stored.
    for path in moving.iter().filter(|path| **path != "source.fetched_at") {
        let mut own = columns(StreamName::Assets)
            .iter()
            .filter(|column| !column.path.is_empty());
        let column = own.find(|column| path.starts_with(column.path)).unwrap();
        assert!(column.is_moving, "{path}");
    }
}
