//! A journal in a file.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::asset_ref::AssetRef;
use super::history::History;
use super::journal::{Attempt, Journal, JournalEntry};
use super::json_lines::{self, LineWriter, Lines};
use super::old_lines::name_connectors;
use crate::error::{Error, Result};
use crate::info::ConnectorInfo;

/// A journal in a file of JSON lines, one per attempted write.
///
/// The file is only ever added to, and a line is on the disk before the next write
/// is made. Attempts that are under way stand in a second file beside it, whose name
/// ends in `.pending`; a run that is killed leaves it behind, and the next one
/// [finds out their outcome](super::recover_open). Of a line that cannot be written whole, such
/// as on a full disk, nothing stays in either file. One run at a time can have it open; a
/// run that is dropped while it writes a line has it until that line is written.
///
/// Lines of earlier versions do not name the connector. They are taken for those of the
/// account at hand that has their instance name; if there are several, the journal is
/// refused.
pub struct FileJournal {
    files: Arc<Mutex<Files>>,
}

/// A [`FileJournal`] and its content so far.
#[derive(Debug)]
#[non_exhaustive]
pub struct OpenedJournal {
    /// The journal.
    pub journal: FileJournal,
    /// Its content.
    pub history: History,
    /// The end of a line that a crash cut off, taken out of the file.
    pub torn: Option<String>,
}

/// The files of a journal.
struct Files {
    path: PathBuf,
    journal: LineWriter,
    pending_path: PathBuf,
    pending: LineWriter,
    under_way: usize,
}

impl FileJournal {
    /// Opens the journal at `path`, or begins one. `accounts` are all those that are at
    /// hand.
    ///
    /// # Errors
    /// `config` when the file cannot be read and written or is none, such as a pipe, when another
    /// run has it open, when a line other than the last is no journal line, or when a line of an
    /// earlier version may be of several of `accounts`.
    pub fn open(path: impl AsRef<Path>, accounts: &[&ConnectorInfo]) -> Result<OpenedJournal> {
        let (path, pending_path) = (path.as_ref().to_owned(), Self::pending_path(path.as_ref()));
        let in_journal = |error| broken(&path, &error);
        let in_pending = |error| broken(&pending_path, &error);
        let mut journal = open_locked(&path).map_err(in_journal)?;
        let lines = Lines::read(&mut journal).and_then(|lines| entries(lines, accounts));
        let lines = lines.map_err(in_journal)?;
        let mut pending = json_lines::open(&pending_path).map_err(in_pending)?;
        let begun = Lines::read(&mut pending).and_then(|lines| attempts(lines, accounts));
        let begun = begun.map_err(in_pending)?;
        // Only a journal that can be read is mended.
        let journal = lines.mend(journal).map_err(in_journal)?;
        let pending = begun.mend(pending).map_err(in_pending)?;
        let open = without_entry(begun.records, &lines.records);
        let files = Files {
            under_way: open.len(),
            path,
            journal,
            pending_path,
            pending,
        };
        Ok(OpenedJournal {
            journal: Self {
                files: Arc::new(Mutex::new(files)),
            },
            history: History::new(&lines.records, open),
            torn: lines.torn,
        })
    }

    /// Reads the content of the journal at `path`, without opening it for writing or
    /// mending it; nothing if there is no such file. `accounts` are all those that are at
    /// hand.
    ///
    /// # Errors
    /// `config` when the file cannot be read, when a line other than the last is no
    /// journal line, or when a line of an earlier version may be of several of `accounts`.
    pub fn read(path: impl AsRef<Path>, accounts: &[&ConnectorInfo]) -> Result<History> {
        let path = path.as_ref();
        let lines = Lines::read_at(path).and_then(|lines| entries(lines, accounts));
        let lines = lines.map_err(|error| broken(path, &error))?;
        let pending_path = Self::pending_path(path);
        let begun = Lines::read_at(&pending_path).and_then(|lines| attempts(lines, accounts));
        let begun = begun.map_err(|error| broken(&pending_path, &error))?;
        let open = without_entry(begun.records, &lines.records);
        Ok(History::new(&lines.records, open))
    }

    /// The path of the second file of the journal at `path`, with the attempts that are under way.
    #[must_use]
    pub fn pending_path(path: impl AsRef<Path>) -> PathBuf {
        let mut name: OsString = path.as_ref().as_os_str().to_owned();
        name.push(".pending");
        name.into()
    }

    /// Runs `act` on a thread that may block: a disk may take its time.
    async fn with(
        &self,
        act: impl FnOnce(&mut Files) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let files = Arc::clone(&self.files);
        tokio::task::spawn_blocking(move || {
            act(&mut files.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(|_| Error::config("the journal was not written: the runtime is shutting down"))?
    }
}

#[async_trait]
impl Journal for FileJournal {
    async fn begin(&self, attempt: &Attempt) -> Result<()> {
        let line = line(attempt)?;
        self.with(move |files| files.begin(&line)).await
    }

    async fn finish(&self, entry: &JournalEntry) -> Result<()> {
        let line = line(entry)?;
        self.with(move |files| files.finish(&line)).await
    }
}

impl fmt::Debug for FileJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("FileJournal")
            .field("path", &files.path)
            .finish_non_exhaustive()
    }
}

impl Files {
    fn begin(&mut self, line: &[u8]) -> Result<()> {
        let begun = self.pending.append(line);
        begun.map_err(|error| broken(&self.pending_path, &error))?;
        self.under_way += 1;
        Ok(())
    }

    fn finish(&mut self, line: &[u8]) -> Result<()> {
        let recorded = self.journal.append(line);
        recorded.map_err(|error| broken(&self.path, &error))?;
        self.under_way = self.under_way.saturating_sub(1);
        if self.under_way == 0 {
            let emptied = self.pending.clear();
            emptied.map_err(|error| broken(&self.pending_path, &error))?;
        }
        Ok(())
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if self.under_way == 0 {
            // An empty file that stays behind does no harm.
            let _ = fs::remove_file(&self.pending_path);
        }
    }
}

fn open_locked(path: &Path) -> io::Result<File> {
    let file = json_lines::open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            "another run has it open",
        )),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The lines of a journal, each with its connector.
fn entries(
    mut lines: Lines<JournalEntry>,
    accounts: &[&ConnectorInfo],
) -> io::Result<Lines<JournalEntry>> {
    let attempts = lines.records.iter_mut().map(|entry| &mut entry.attempt);
    name_connectors(attempts, accounts)?;
    Ok(lines)
}

/// The lines of a `.pending` file, each with its connector.
fn attempts(mut lines: Lines<Attempt>, accounts: &[&ConnectorInfo]) -> io::Result<Lines<Attempt>> {
    name_connectors(lines.records.iter_mut(), accounts)?;
    Ok(lines)
}

/// The attempts that have no entry.
fn without_entry(begun: Vec<Attempt>, entries: &[JournalEntry]) -> Vec<Attempt> {
    let recorded: HashSet<(DateTime<Utc>, &AssetRef)> = entries
        .iter()
        .map(|entry| (entry.attempt.at, &entry.attempt.asset))
        .collect();
    begun
        .into_iter()
        .filter(|attempt| !recorded.contains(&(attempt.at, &attempt.asset)))
        .collect()
}

fn line(record: &impl Serialize) -> Result<Vec<u8>> {
    let mut line = serde_json::to_vec(record)
        .map_err(|error| Error::config(format!("the journal line has no JSON form: {error}")))?;
    line.push(b'\n');
    Ok(line)
}

fn broken(path: &Path, error: &io::Error) -> Error {
    let error = Error::config(format!("the journal {}: {error}", path.display()));
    error.with_hint("no date is written without a journal; mend it, or name another file")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::change::{DateChange, WriteSource};
    use super::super::claim::tests::{account, day, moment};
    use super::super::dates::DateField;
    use super::super::outcome::{WriteOutcome, WriteReport};
    use super::*;
    use crate::error::ErrorKind;

    struct Desk {
        _dir: tempfile::TempDir,
        path: PathBuf,
    }

    impl Desk {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("journal.jsonl");
            Self { _dir: dir, path }
        }

        fn open(&self) -> OpenedJournal {
            FileJournal::open(&self.path, &[&acme()]).unwrap()
        }

        fn text(&self) -> String {
            fs::read_to_string(&self.path).unwrap()
        }

        fn cut(&self, bytes: usize) {
            let text = self.text();
            fs::write(&self.path, &text[..text.len() - bytes]).unwrap();
        }
    }

    fn acme() -> ConnectorInfo {
        account("superops")
    }

    fn attempt(vendor_id: &str) -> Attempt {
        let new: NaiveDate = day(2027, 5, 31);
        let change = DateChange::new(vendor_id);
        let change = change.set(DateField::WarrantyExpiry, None, new, WriteSource::Lookup);
        Attempt::new(moment(0), &acme(), &change)
    }

    fn written(vendor_id: &str) -> JournalEntry {
        attempt(vendor_id).ended(&WriteReport::new(WriteOutcome::Written, None))
    }

    async fn record(journal: &FileJournal, vendor_id: &str) {
        journal.begin(&attempt(vendor_id)).await.unwrap();
        journal.finish(&written(vendor_id)).await.unwrap();
    }

    fn is_written(history: &History, vendor_id: &str) -> bool {
        let attempts = history.of(&AssetRef::new("superops", "acme", vendor_id));
        let new = Some(day(2027, 5, 31));
        attempts.outcome_of(DateField::WarrantyExpiry, new) == Some(WriteOutcome::Written)
    }

    #[test]
    fn a_journal_is_shown_by_where_it_is() {
        let desk = Desk::new();
        let shown = format!("{:?}", desk.open().journal);
        assert!(shown.contains("journal.jsonl"), "{shown}");
    }

    #[tokio::test]
    async fn what_is_recorded_is_there_the_next_time() {
        let desk = Desk::new();
        let opened = desk.open();
        for id in ["1", "2"] {
            record(&opened.journal, id).await;
        }
        drop(opened);
        let again = desk.open();
        assert!(is_written(&again.history, "1") && is_written(&again.history, "2"));
        assert_eq!(again.torn, None);
        record(&again.journal, "3").await;
        drop(again);
        assert_eq!(desk.text().lines().count(), 3);
        assert!(!FileJournal::pending_path(&desk.path).exists());
    }

    #[tokio::test]
    async fn an_attempt_that_was_begun_and_not_finished_is_open_the_next_time() {
        let desk = Desk::new();
        let opened = desk.open();
        record(&opened.journal, "1").await;
        opened.journal.begin(&attempt("2")).await.unwrap();
        drop(opened);
        let again = desk.open();
        assert_eq!(again.history.open(&acme()), [attempt("2")]);
        again.journal.finish(&written("2")).await.unwrap();
        drop(again);
        assert!(desk.open().history.open(&acme()).is_empty());
        assert_eq!(desk.text().lines().count(), 2);
    }

    #[tokio::test]
    async fn a_last_line_that_was_cut_is_taken_out_and_told() {
        let desk = Desk::new();
        let opened = desk.open();
        for id in ["1", "2"] {
            record(&opened.journal, id).await;
        }
        drop(opened);
        let line = desk.text().len() / 2;
        for cut in [2, 20, line - 1] {
            let desk_text = desk.text();
            desk.cut(cut);
            let torn = desk.open();
            assert!(torn.torn.is_some());
            assert!(is_written(&torn.history, "1") && !is_written(&torn.history, "2"));
            drop(torn);
            assert_eq!(desk.text().lines().count(), 1);
            fs::write(&desk.path, desk_text).unwrap();
        }
        // Only the line's end is missing.
        desk.cut(1);
        let whole = desk.open();
        assert!(is_written(&whole.history, "2") && whole.torn.is_none());
        assert!(desk.text().ends_with('\n'));
    }

    #[tokio::test]
    async fn reading_alone_changes_nothing() {
        let desk = Desk::new();
        assert_eq!(
            FileJournal::read(&desk.path, &[&acme()])
                .unwrap()
                .assets()
                .count(),
            0
        );
        assert!(!desk.path.exists());
        let opened = desk.open();
        for id in ["1", "2"] {
            record(&opened.journal, id).await;
        }
        opened.journal.begin(&attempt("3")).await.unwrap();
        drop(opened);
        desk.cut(9);
        let before = desk.text();
        let history = FileJournal::read(&desk.path, &[&acme()]).unwrap();
        assert!(is_written(&history, "1") && !is_written(&history, "2"));
        assert_eq!(history.open(&acme()), [attempt("3")]);
        assert_eq!(desk.text(), before);
    }

    #[tokio::test]
    async fn a_damaged_line_in_the_middle_is_refused_by_its_number() {
        let desk = Desk::new();
        record(&desk.open().journal, "1").await;
        fs::write(&desk.path, format!("{}oops\n{}", desk.text(), desk.text())).unwrap();
        let error = FileJournal::open(&desk.path, &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[tokio::test]
    async fn one_run_at_a_time_in_a_file_that_can_be_read() {
        let desk = Desk::new();
        let first = desk.open();
        let error = FileJournal::open(&desk.path, &[]).unwrap_err();
        assert!(error.to_string().contains("another run"), "{error}");
        drop(first);
        desk.open();
        // What is there and cannot be read is not an empty journal.
        let folder = desk.path.parent().unwrap();
        assert_eq!(
            FileJournal::read(folder, &[]).unwrap_err().kind(),
            ErrorKind::Config
        );
        let nowhere = FileJournal::open(desk.path.join("below"), &[]).unwrap_err();
        assert_eq!(nowhere.kind(), ErrorKind::Config);
    }

    /// Writes a journal of an earlier version: asset 1 written, the attempt on 2 open.
    async fn record_without_connector(desk: &Desk) {
        let opened = desk.open();
        record(&opened.journal, "1").await;
        opened.journal.begin(&attempt("2")).await.unwrap();
        drop(opened);
        for path in [desk.path.clone(), FileJournal::pending_path(&desk.path)] {
            let text = fs::read_to_string(&path).unwrap();
            let old = text.replace(r#""connector":"superops","#, "");
            assert_ne!(old, text);
            fs::write(path, old).unwrap();
        }
    }

    #[tokio::test]
    async fn lines_without_a_connector_are_those_of_the_account_with_their_name() {
        let desk = Desk::new();
        record_without_connector(&desk).await;
        // A line of another version in between, and one of another vendor's account.
        record(&desk.open().journal, "3").await;
        let elsewhere = ConnectorInfo {
            instance: "elsewhere".to_owned(),
            ..account("syncro")
        };
        let opened = FileJournal::open(&desk.path, &[&elsewhere, &acme()]).unwrap();
        assert!(is_written(&opened.history, "1") && is_written(&opened.history, "3"));
        assert_eq!(opened.history.open(&acme()), [attempt("2")]);
        opened.journal.finish(&written("2")).await.unwrap();
        drop(opened);
        assert!(desk.open().history.open(&acme()).is_empty());
        // The account of another vendor does not have what it is not told of.
        let other = FileJournal::read(&desk.path, &[&elsewhere]).unwrap();
        let connectors: Vec<&str> = other.assets().map(|one| &*one.connector).collect();
        assert_eq!(connectors, ["", "superops", "superops"]);
    }

    #[tokio::test]
    async fn lines_that_may_be_of_two_accounts_are_refused() {
        let desk = Desk::new();
        record_without_connector(&desk).await;
        let before = desk.text();
        let accounts = [&acme(), &account("syncro")];
        let opened = FileJournal::open(&desk.path, &accounts).map(|_| ());
        for refused in [opened, FileJournal::read(&desk.path, &accounts).map(|_| ())] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            let told = error.to_string();
            let names = r#"superops and syncro each have an account called "acme""#;
            assert!(told.contains(names) && told.contains("asset 1"), "{told}");
        }
        assert_eq!(desk.text(), before);
        // An attempt under way is refused like a line.
        fs::write(&desk.path, "").unwrap();
        let error = FileJournal::open(&desk.path, &accounts).unwrap_err();
        assert!(error.to_string().contains("asset 2"), "{error}");
        // Lines that name it are told apart.
        fs::remove_file(FileJournal::pending_path(&desk.path)).unwrap();
        record(&desk.open().journal, "1").await;
        let history = FileJournal::read(&desk.path, &accounts).unwrap();
        let theirs = history.of(&AssetRef::new("syncro", "acme", "1"));
        assert!(is_written(&history, "1") && theirs == Default::default());
    }
}
