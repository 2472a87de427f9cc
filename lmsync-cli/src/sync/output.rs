//! The file of `--output`: JSON lines that take the place of the last run's when they are whole.

use std::path::Path;
use std::time::Duration;

use futures_util::future::{self, Either};
use lmsync::{Clock, JsonLines, JsonLinesEnd, SystemClock};

use crate::support::problem::Problem;
use crate::support::whole_file::WholeFile;

/// Longest time that a run that was stopped waits for whoever reads the other end of a pipe.
const PATIENCE: Duration = Duration::from_secs(1);

/// The output as a whole.
#[derive(Debug)]
pub(crate) struct Output(Option<Written>);

#[derive(Debug)]
struct Written {
    name: String,
    end: JsonLinesEnd<WholeFile>,
}

impl Output {
    /// Opens `path`, where `-` is standard output; nothing is written without one.
    pub(crate) fn open(path: Option<&Path>) -> Result<(Option<JsonLines>, Self), Problem> {
        let Some(path) = path else {
            return Ok((None, Self(None)));
        };
        let file = WholeFile::create(path)?;
        let name = file.name().to_owned();
        let (lines, end) = JsonLines::to(file);
        Ok((Some(lines), Self(Some(Written { name, end }))))
    }

    /// Waits until every line is written, and puts the file in its place; call it when none of its
    /// lines is open.
    pub(crate) async fn finish(self) -> Result<(), String> {
        let Some(Written { name, end }) = self.0 else {
            return Ok(());
        };
        let saved = end.await.and_then(WholeFile::put_in_place);
        saved.map_err(|error| format!("cannot write to {name}: {error}"))
    }

    /// Leaves the file that is there as it is, because of `reason`.
    pub(crate) async fn leave(self, reason: &str) -> Result<(), String> {
        let Some(Written { name, end }) = self.0 else {
            return Ok(());
        };
        let clock = SystemClock::new();
        match future::select(end, clock.sleep(PATIENCE)).await {
            Either::Left((Ok(file), _)) => file.leave(reason),
            Either::Left((Err(error), _)) => Err(format!("cannot write to {name}: {error}")),
            Either::Right(_) => Err(format!("nobody reads {name} to the end: {reason}")),
        }
    }
}
