//! A pass that lands in a new Parquet file.

use std::fmt;
use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use lmsync_core::{Error, Result};
use tokio::sync::Mutex;

use super::account::Account;
use super::cells;
use super::input::Input;
use super::known::{Known, Times};
use super::output::{Output, Part};
use super::work::work;
use crate::columns::{PASS_COLUMNS, columns};
use crate::landed::Landed;
use crate::pass_id::PassId;
use crate::pass_report::PassReport;
use crate::record::Row;
use crate::store::{Batch, Landing};
use crate::value::Value;

/// A pass that lands in a new Parquet file.
#[derive(Debug)]
pub(super) struct ParquetLanding {
    latest: Option<PassId>,
    state: Arc<Mutex<State>>,
}

/// The state of a pass.
#[derive(Debug)]
struct State {
    file: File,
    known: Known,
    /// The file that tells what there was before.
    before: Option<Input>,
    latest: Option<PassId>,
    // The last: its lock is given back when the rest is cleared away.
    account: Account,
}

/// The file of the pass.
enum File {
    /// Nothing has landed.
    None,
    /// It has the rows that landed so far.
    Begun(PassId, Box<Output>),
    /// Something failed, and nobody knows what it has.
    Broken,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Begun(..) => "Begun",
            Self::Broken => "Broken",
        })
    }
}

impl ParquetLanding {
    /// Begins a pass over `account`, and tells the columns of the newest file that the next one will
    /// lack, since this lmsync does not know them.
    pub(super) fn begin(account: Account) -> Result<(Self, Vec<String>)> {
        account.tidy()?;
        let latest = account.latest()?;
        let columns = columns(account.stream());
        let mut unknown = Vec::new();
        let (before, known) = match account.newest()? {
            None => (None, Known::default()),
            Some((pass, input)) => {
                unknown = input.others(columns);
                let known = Known::of(&input, pass, columns)?;
                (Some(input), known)
            }
        };
        let state = State {
            file: File::None,
            known,
            before,
            latest,
            account,
        };
        let state = Arc::new(Mutex::new(state));
        Ok((Self { latest, state }, unknown))
    }
}

#[async_trait]
impl Landing for ParquetLanding {
    fn latest(&self) -> Option<PassId> {
        self.latest
    }

    async fn put(&mut self, batch: &Arc<Batch>) -> Result<Landed> {
        let batch = Arc::clone(batch);
        let mut state = Arc::clone(&self.state).lock_owned().await;
        work(move || state.put(&batch)).await
    }

    async fn finish(self: Box<Self>, report: &PassReport) -> Result<Landed> {
        let report = report.clone();
        let mut state = Arc::clone(&self.state).lock_owned().await;
        work(move || state.finish(&report)).await
    }
}

impl State {
    fn put(&mut self, batch: &Batch) -> Result<Landed> {
        self.check(batch.pass_id)?;
        let mut output = self.take_file(batch.pass_id)?;
        let mut landed = Landed::default();
        let rows = self.rows(batch, &mut landed)?;
        output.write(&rows)?;
        self.file = File::Begun(batch.pass_id, output);
        Ok(landed)
    }

    /// Nothing, if `pass` is the one under way, or can be.
    fn check(&self, pass: PassId) -> Result<()> {
        match &self.file {
            File::Broken => {
                let error = Error::store("the pass failed before, and cannot go on");
                Err(error.with_hint("begin another one"))
            }
            File::Begun(begun, _) if *begun != pass => Err(Error::store(format!(
                "the pass {begun} is under way, not {pass}"
            ))),
            File::None if self.latest.is_some_and(|latest| latest >= pass) => Err(Error::store(
                format!("the pass {pass} is not later than those that ended"),
            )),
            File::None | File::Begun(..) => Ok(()),
        }
    }

    /// The file of `pass`. It counts as broken until it is put back.
    fn take_file(&mut self, pass: PassId) -> Result<Box<Output>> {
        match std::mem::replace(&mut self.file, File::Broken) {
            File::Begun(_, output) => Ok(output),
            File::None | File::Broken => Ok(Box::new(self.account.rows_of(pass, false)?)),
        }
    }

    fn rows(&mut self, batch: &Batch, landed: &mut Landed) -> Result<RecordBatch> {
        let pass = batch.pass_id;
        let account = self.account.key();
        let known = &mut self.known;
        let rows = batch.records.rows().into_iter().map(|row| {
            let times = known.meet(&row.vendor_id, row.fingerprint, pass);
            landed.inserted += u64::from(!times.is_again);
            let mut values = vec![
                Value::text(&account.connector),
                Value::text(&account.instance),
            ];
            values.extend(noted(row, times, pass));
            values
        });
        cells::batch(columns(self.account.stream()), rows)
    }

    fn finish(&mut self, report: &PassReport) -> Result<Landed> {
        self.check(report.pass_id)?;
        let verdict = self.verdict(report);
        let mut landed = report.landed;
        landed.deleted = verdict.deleted;
        landed.kept_back = verdict.kept_back;
        // Where nothing landed and nothing goes, the newest file is the truth as it is.
        let is_needed = match &self.file {
            File::None => self.before.is_none() || verdict.deleted > 0,
            File::Begun(..) | File::Broken => true,
        };
        let rows = match is_needed {
            true => Some(self.whole_file(report.pass_id, verdict.keep)?),
            false => None,
        };
        // The rows first: the row of a pass whose rows are there follows, by the next run at the latest, and
        // one whose rows are missing would say what is not so.
        let pass = self.row_of_pass(report)?.kept();
        rows.map_or(Ok(()), Part::put_in_place)?;
        pass.put_in_place()?;
        Ok(landed)
    }

    /// The fate of the rows of before that the pass did not meet.
    fn verdict<'r>(&self, report: &'r PassReport) -> Verdict<'r> {
        let all_stay = Verdict {
            keep: None,
            deleted: 0,
            kept_back: 0,
        };
        let Ok(rejected) = report.deletes() else {
            return all_stay;
        };
        let unmet = self.known.unmet(&rejected);
        match report.lets_go(unmet.going, unmet.live) {
            true => Verdict {
                keep: Some(rejected),
                deleted: unmet.going,
                kept_back: 0,
            },
            false => Verdict {
                kept_back: unmet.going,
                ..all_stay
            },
        }
    }

    /// The file of `pass` with its rows, and those of before that it did not meet: all of them, or of
    /// these ids alone.
    fn whole_file(&mut self, pass: PassId, keep: Option<Vec<&str>>) -> Result<Part> {
        let output = self.take_file(pass)?;
        let mut output = match self.known.latest() {
            Some(latest) => self.rewritten(pass, *output, latest)?,
            None => *output,
        };
        if let Some(before) = &self.before {
            let carried = self.known.carried(before.rows(), keep.as_deref());
            output.copy(before, carried)?;
        }
        output.close()
    }

    /// The file of `pass` written once more, with those rows of `first` that are the `latest`.
    fn rewritten(&self, pass: PassId, first: Output, latest: Vec<bool>) -> Result<Output> {
        let first = first.close()?;
        let mut output = self.account.rows_of(pass, true)?;
        output.copy(&Input::open(first.path())?, latest)?;
        Ok(output)
    }

    fn row_of_pass(&self, report: &PassReport) -> Result<Part> {
        let mut output = self.account.row_of_pass(report.pass_id)?;
        let row = std::iter::once(report.values());
        output.write(&cells::batch(PASS_COLUMNS, row)?)?;
        output.close()
    }
}

/// The fate of the rows of before that a pass did not meet.
struct Verdict<'r> {
    /// The ids that stay; `None` where all do.
    keep: Option<Vec<&'r str>>,
    deleted: u64,
    kept_back: u64,
}

/// The values of `row` after those of its account.
fn noted(row: Row<'_>, times: Times, pass: PassId) -> impl Iterator<Item = Value<'_>> {
    let before = [
        row.vendor_id,
        Value::instant(times.first_seen),
        Value::instant(pass.began()),
        Value::instant(times.changed),
        Value::Null,
        Value::Text(row.fingerprint.to_string().into()),
    ];
    before.into_iter().chain(row.own)
}
