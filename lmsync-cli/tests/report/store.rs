//! A store is read as the lines are.

use crate::fleets::Folder;
use crate::page::Page;
use crate::support::run;

#[test]
fn a_store_makes_the_same_page_as_the_lines_of_the_same_sync() {
    for kind in ["sqlite", "parquet"] {
        let folder = Folder::new();
        let (lines, report, page) = (
            folder.file("fleet.jsonl"),
            folder.file("sync.json"),
            folder.file("report.html"),
        );
        let store = format!("{kind}:{}", folder.file("store"));
        run(&[
            "sync", "--quiet", "--output", &lines, "--report", &report, "--store", &store,
        ])
        .expect(0);
        folder.report(&["--sync-report", &report]).expect(0);
        let of_lines = Page(folder.page());
        run(&[
            "report",
            "--store",
            &store,
            "--output",
            &page,
            "--as-of",
            crate::TODAY,
        ])
        .expect(0);
        let of_store = Page(folder.page());
        let counts = |page: &Page| {
            let mut tables = page.tables();
            // When a record was read is not stored; when its pass began is.
            tables.remove("What each account came to");
            tables
        };
        let (mut one, mut other) = (counts(&of_lines), counts(&of_store));
        // Rows have the order in which records came.
        one.values_mut()
            .chain(other.values_mut())
            .for_each(|rows| rows.sort());
        assert_eq!(one, other, "{kind}");
        let accounts = |page: &Page| {
            let rows = page.tables()["What each account came to"].clone();
            let rows = rows.into_iter().map(|mut row| {
                row.remove(6);
                row
            });
            rows.collect::<Vec<_>>()
        };
        assert_eq!(accounts(&of_lines), accounts(&of_store), "{kind}");
        assert_eq!(accounts(&of_store).len(), 6);
    }
}
