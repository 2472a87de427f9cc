//! A journal in a file.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::journal::{AssetRef, Attempt, History, Journal, JournalEntry};
use crate::error::{Error, Result};

/// A journal in a file of JSON lines, one per attempted write.
///
/// The file is only ever added to, and a line is on the disk before the next write
/// is made. Attempts that are under way stand in a second file beside it, whose name
/// ends in `.pending`; a run that is killed leaves it behind, and the next one finds
/// out [what became of them](super::settle). One run at a time can have it open; a run that
/// is dropped while it writes a line has it until that line is written.
pub struct FileJournal {
    files: Arc<Mutex<Files>>,
}

/// A [`FileJournal`] and what it has so far.
#[derive(Debug)]
#[non_exhaustive]
pub struct OpenedJournal {
    /// The journal.
    pub journal: FileJournal,
    /// What it has.
    pub history: History,
    /// The end of a line that a crash cut off, taken out of the file.
    pub torn: Option<String>,
}

struct Files {
    path: PathBuf,
    journal: File,
    pending_path: PathBuf,
    pending: File,
    under_way: usize,
}

impl FileJournal {
    /// Opens the journal at `path`, or begins one.
    ///
    /// # Errors
    /// `config` when the file cannot be read and written, when another run has it
    /// open, or when a line other than the last is no journal line.
    pub fn open(path: impl AsRef<Path>) -> Result<OpenedJournal> {
        let path = path.as_ref().to_owned();
        let opened = open_file(&path).and_then(|mut file| {
            file.try_lock().map_err(|error| match error {
                TryLockError::WouldBlock => {
                    io::Error::new(io::ErrorKind::WouldBlock, "another run has it open")
                }
                TryLockError::Error(error) => error,
            })?;
            let lines = read_and_mend::<JournalEntry>(&mut file)?;
            Ok((file, lines))
        });
        let (journal, lines) = opened.map_err(|error| broken(&path, &error))?;
        let pending_path = beside(&path);
        let opened = open_file(&pending_path).and_then(|mut file| {
            let lines = read_and_mend::<Attempt>(&mut file)?;
            Ok((file, lines))
        });
        let (pending, begun) = opened.map_err(|error| broken(&pending_path, &error))?;
        let open = without_entry(begun.records, &lines.records);
        let files = Files {
            path,
            journal,
            pending_path,
            pending,
            under_way: open.len(),
        };
        Ok(OpenedJournal {
            journal: Self {
                files: Arc::new(Mutex::new(files)),
            },
            history: History::new(&lines.records, open),
            torn: lines.torn,
        })
    }

    /// What the journal at `path` has, without opening it for writing or mending it;
    /// nothing where there is no such file.
    ///
    /// # Errors
    /// `config` when the file cannot be read, or when a line other than the last is no
    /// journal line.
    pub fn read(path: impl AsRef<Path>) -> Result<History> {
        let path = path.as_ref();
        let entries = read_only::<JournalEntry>(path).map_err(|error| broken(path, &error))?;
        let pending_path = beside(path);
        let begun = read_only::<Attempt>(&pending_path);
        let begun = begun.map_err(|error| broken(&pending_path, &error))?;
        let open = without_entry(begun, &entries);
        Ok(History::new(&entries, open))
    }

    /// Runs `act` where blocking is allowed: a disk may take its time.
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
        append(&mut self.pending, line).map_err(|error| broken(&self.pending_path, &error))?;
        self.under_way += 1;
        Ok(())
    }

    fn finish(&mut self, line: &[u8]) -> Result<()> {
        append(&mut self.journal, line).map_err(|error| broken(&self.path, &error))?;
        self.under_way = self.under_way.saturating_sub(1);
        if self.under_way == 0 {
            let emptied = self.pending.set_len(0);
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

/// The records of a file of JSON lines.
struct Lines<T> {
    records: Vec<T>,
    /// A last line that was cut off.
    torn: Option<String>,
    /// How many bytes the lines before it take.
    whole: u64,
    /// Whether the last line lacks only its end.
    is_unended: bool,
}

fn read_lines<T: DeserializeOwned>(content: &[u8]) -> io::Result<Lines<T>> {
    let end = content.iter().rposition(|byte| *byte == b'\n');
    let (whole, last) = content.split_at(end.map_or(0, |end| end + 1));
    let mut lines = Lines {
        records: Vec::new(),
        torn: None,
        whole: whole.len() as u64,
        is_unended: false,
    };
    for (number, line) in (1..).zip(whole.split(|byte| *byte == b'\n')) {
        if !line.trim_ascii().is_empty() {
            lines
                .records
                .push(serde_json::from_slice(line).map_err(|error| {
                    let message = format!("line {number} is damaged: {error}");
                    io::Error::new(io::ErrorKind::InvalidData, message)
                })?);
        }
    }
    match serde_json::from_slice(last) {
        Ok(record) => {
            lines.records.push(record);
            lines.is_unended = true;
        }
        Err(_) if last.is_empty() => {}
        Err(_) => lines.torn = Some(String::from_utf8_lossy(last).into_owned()),
    }
    Ok(lines)
}

/// Reads every line, takes a last one that was cut off out of the file, and leaves
/// the file ready for the next line.
fn read_and_mend<T: DeserializeOwned>(file: &mut File) -> io::Result<Lines<T>> {
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    let lines = read_lines(&content)?;
    if lines.is_unended {
        append(file, b"\n")?;
    }
    if lines.torn.is_some() {
        file.set_len(lines.whole)?;
    }
    Ok(lines)
}

fn read_only<T: DeserializeOwned>(path: &Path) -> io::Result<Vec<T>> {
    match fs::read(path) {
        Ok(content) => Ok(read_lines(&content)?.records),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
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

fn open_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
}

fn append(file: &mut File, line: &[u8]) -> io::Result<()> {
    file.write_all(line)?;
    file.sync_data()
}

fn line(record: &impl Serialize) -> Result<Vec<u8>> {
    let mut line = serde_json::to_vec(record)
        .map_err(|error| Error::config(format!("the journal line has no JSON form: {error}")))?;
    line.push(b'\n');
    Ok(line)
}

fn beside(path: &Path) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".pending");
    name.into()
}

fn broken(path: &Path, error: &io::Error) -> Error {
    let error = Error::config(format!("the journal {}: {error}", path.display()));
    error.with_hint("no date is written without a journal; mend it, or name another file")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::change::{DateChange, WriteSource};
    use super::super::claim::tests::{day, moment};
    use super::super::dates::DateField;
    use super::super::write::{WriteOutcome, WriteReport};
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
            FileJournal::open(&self.path).unwrap()
        }

        fn text(&self) -> String {
            fs::read_to_string(&self.path).unwrap()
        }

        fn cut(&self, bytes: usize) {
            let text = self.text();
            fs::write(&self.path, &text[..text.len() - bytes]).unwrap();
        }
    }

    fn attempt(vendor_id: &str) -> Attempt {
        let new: NaiveDate = day(2027, 5, 31);
        let change = DateChange::new(vendor_id);
        let change = change.set(DateField::WarrantyExpiry, None, new, WriteSource::Lookup);
        Attempt::new(moment(0), "acme", &change)
    }

    fn written(vendor_id: &str) -> JournalEntry {
        attempt(vendor_id).ended(&WriteReport::new(WriteOutcome::Written, None))
    }

    async fn record(journal: &FileJournal, vendor_id: &str) {
        journal.begin(&attempt(vendor_id)).await.unwrap();
        journal.finish(&written(vendor_id)).await.unwrap();
    }

    fn is_written(history: &History, vendor_id: &str) -> bool {
        let attempts = history.of(&AssetRef::new("acme", vendor_id));
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
        assert!(!beside(&desk.path).exists());
    }

    #[tokio::test]
    async fn an_attempt_that_was_begun_and_not_finished_is_open_the_next_time() {
        let desk = Desk::new();
        let opened = desk.open();
        record(&opened.journal, "1").await;
        opened.journal.begin(&attempt("2")).await.unwrap();
        drop(opened);
        let again = desk.open();
        assert_eq!(again.history.open("acme"), [attempt("2")]);
        again.journal.finish(&written("2")).await.unwrap();
        drop(again);
        assert!(desk.open().history.open("acme").is_empty());
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
        assert_eq!(FileJournal::read(&desk.path).unwrap().assets().count(), 0);
        assert!(!desk.path.exists());
        let opened = desk.open();
        for id in ["1", "2"] {
            record(&opened.journal, id).await;
        }
        opened.journal.begin(&attempt("3")).await.unwrap();
        drop(opened);
        desk.cut(9);
        let before = desk.text();
        let history = FileJournal::read(&desk.path).unwrap();
        assert!(is_written(&history, "1") && !is_written(&history, "2"));
        assert_eq!(history.open("acme"), [attempt("3")]);
        assert_eq!(desk.text(), before);
    }

    #[tokio::test]
    async fn a_damaged_line_in_the_middle_is_refused_by_its_number() {
        let desk = Desk::new();
        record(&desk.open().journal, "1").await;
        fs::write(&desk.path, format!("{}oops\n{}", desk.text(), desk.text())).unwrap();
        let error = FileJournal::open(&desk.path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[tokio::test]
    async fn one_run_at_a_time_in_a_file_that_can_be_read() {
        let desk = Desk::new();
        let first = desk.open();
        let error = FileJournal::open(&desk.path).unwrap_err();
        assert!(error.to_string().contains("another run"), "{error}");
        drop(first);
        desk.open();
        // What is there and cannot be read is not an empty journal.
        let folder = desk.path.parent().unwrap();
        assert_eq!(
            FileJournal::read(folder).unwrap_err().kind(),
            ErrorKind::Config
        );
        let nowhere = FileJournal::open(desk.path.join("below")).unwrap_err();
        assert_eq!(nowhere.kind(), ErrorKind::Config);
    }
}
