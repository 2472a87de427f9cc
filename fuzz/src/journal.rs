//! Journals in files that anything may have happened to.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use lmsync::two_way::{
    Attempt, DateChange, DateField, FileJournal, History, Journal, OpenedJournal, WriteOutcome,
    WriteReport, WriteSource,
};
use lmsync::{Capabilities, ConnectorInfo, Result};
use lmsync_testkit::conformance::run;

use crate::model::NOW;

/// What parts the journal from the attempts under way.
const PART: &[u8] = b"\n---\n";

/// A journal's file; after a line of three dashes, that of the attempts under way.
///
/// # Panics
/// When a promise is broken.
pub fn journal(data: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    let path = folder.path().join("journal.jsonl");
    let pending = folder.path().join("journal.jsonl.pending");
    let (lines, begun) = split(data);
    if fs::write(&path, lines).is_err() || fs::write(&pending, begun).is_err() {
        return;
    }
    let file = JournalFile { path, lines };
    let read = FileJournal::read(&file.path, &[&account()]);
    match (read, FileJournal::open(&file.path, &[&account()])) {
        (Ok(read), Ok(opened)) => file.opened(&read, opened),
        (Err(_), Err(_)) => assert!(file.now().starts_with(lines), "an error changes the file"),
        (read, opened) => panic!("read and open disagree: {read:?}, {opened:?}"),
    }
}

struct JournalFile<'d> {
    path: PathBuf,
    lines: &'d [u8],
}

impl JournalFile<'_> {
    fn opened(&self, read: &History, opened: OpenedJournal) {
        assert_same(read, &opened.history);
        let mended = self.now();
        self.assert_mended(&mended, opened.torn.is_some());
        assert_same(read, &must(FileJournal::read(&self.path, &[&account()])));
        drop(opened);
        let again = must(FileJournal::open(&self.path, &[&account()]));
        assert_same(read, &again.history);
        assert_eq!((again.torn, self.now()), (None, mended.clone()));
        record(&again.journal);
        assert!(self.now().starts_with(&mended), "a line is lost");
        drop(again.journal);
        let history = must(FileJournal::read(&self.path, &[&account()]));
        let attempts = history.of(&attempt().asset);
        let outcome = attempts.outcome_of(DateField::PurchaseDate, attempt().changes[0].new);
        assert_eq!(
            outcome,
            Some(WriteOutcome::Written),
            "the new line is not read"
        );
    }

    /// Every whole line is there, and nothing but the end of the last has changed.
    fn assert_mended(&self, mended: &[u8], is_torn: bool) {
        let end = self.lines.iter().rposition(|byte| *byte == b'\n');
        let whole = &self.lines[..end.map_or(0, |end| end + 1)];
        if is_torn {
            assert_eq!(mended, whole, "more than the torn line is gone");
        } else {
            let rest = mended.strip_prefix(self.lines);
            assert!(matches!(rest, Some(b"" | b"\n")), "a whole line is lost");
        }
        assert!(mended.is_empty() || mended.ends_with(b"\n"));
    }

    fn now(&self) -> Vec<u8> {
        content(&self.path)
    }
}

fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match data.windows(PART.len()).position(|bytes| bytes == PART) {
        // The line break before the dashes belongs to the journal.
        Some(at) => (&data[..=at], &data[at + PART.len()..]),
        None => (data, b""),
    }
}

fn content(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_default()
}

fn assert_same(left: &History, right: &History) {
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
}

fn must<T>(result: Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("what was read cannot be read again: {error}"),
    }
}

/// The account that the journal is of.
pub(crate) fn account() -> ConnectorInfo {
    ConnectorInfo::new("vendor", "Vendor", "acme", Capabilities::new())
}

fn attempt() -> Attempt {
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap_or_default();
    let change = DateChange::new("written-after-mending");
    let change = change.set(DateField::PurchaseDate, None, day, WriteSource::Manual);
    Attempt::new(NOW, &account(), &change)
}

fn record(journal: &FileJournal) {
    let report = WriteReport::new(WriteOutcome::Written, None);
    run(async {
        must(journal.begin(&attempt()).await);
        must(journal.finish(&attempt().ended(&report)).await);
    });
}
