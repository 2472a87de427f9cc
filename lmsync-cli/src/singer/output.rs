//! Messages on standard output.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::SecondsFormat;
use lmsync::store::PassId;
use lmsync::{Result, SharedClock};
use serde::Serialize;
use serde_json::json;

use super::catalog::Selected;
use super::state::States;
use crate::platform::lines::Lines;
use crate::platform::saved::SavedStream;
use crate::platform::store::Protocol;
use crate::platform::stream::PlatformStream;

/// Messages on standard output, one a line.
pub(super) struct Output {
    inner: Mutex<Inner>,
    clock: SharedClock,
    /// Set if rows say of which pass they are, so that a target can tell those that are gone.
    has_versions: bool,
}

struct Inner {
    lines: Lines,
    /// States of all streams, which a state message has at once.
    states: States,
}

/// The version of rows of `pass`: it grows from pass to pass, and stays when one is gone on with.
fn version(pass: PassId) -> i64 {
    pass.began().timestamp_millis()
}

impl Output {
    pub(super) fn new(
        writer: Box<dyn Write + Send>,
        clock: SharedClock,
        has_versions: bool,
    ) -> Self {
        Self {
            inner: Mutex::new(Inner {
                lines: Lines::to(writer),
                states: States::new(),
            }),
            clock,
            has_versions,
        }
    }

    /// Goes on from `states`, which later ones replace one by one.
    pub(super) fn go_on_from(&self, states: States) {
        self.inner().states = states;
    }

    /// Writes `message`. Whether anybody reads it, [`end`](Self::end) tells.
    pub(super) fn tell(&self, message: &impl Serialize) {
        self.inner().lines.line(message);
    }

    /// Writes which rows a stream has.
    pub(super) fn schema(&self, selected: &Selected) {
        let stream = selected.stream;
        self.tell(&json!({
            "type": "SCHEMA",
            "stream": stream.name(),
            "schema": selected.schema(),
            "key_properties": stream.key(),
            "bookmark_properties": [stream.cursor()],
        }));
    }

    /// Writes that all rows of `stream` are those of `pass`: what is older is gone.
    pub(super) fn activate(&self, stream: PlatformStream, pass: PassId) {
        if self.has_versions && stream != PlatformStream::Passes {
            self.tell(&json!({
                "type": "ACTIVATE_VERSION",
                "stream": stream.name(),
                "version": version(pass),
            }));
        }
    }

    /// Flushes, and tells whether everything was taken.
    pub(super) fn end(&self) -> bool {
        let mut inner = self.inner();
        inner.lines.flush();
        inner.lines.taken().is_ok()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Protocol for Output {
    fn row(&self, stream: PlatformStream, pass: PassId, row: &[u8]) -> Result<()> {
        let at = self
            .clock
            .now()
            .to_rfc3339_opts(SecondsFormat::Millis, true);
        let has_version = self.has_versions && stream != PlatformStream::Passes;
        let version = has_version.then(|| version(pass));
        let mut inner = self.inner();
        inner
            .lines
            .write(|writer| write_row(writer, stream.name(), row, version, &at));
        inner.lines.taken()
    }

    fn state(&self, stream: PlatformStream, saved: &SavedStream) -> Result<()> {
        let mut inner = self.inner();
        inner.states.insert(stream.name(), saved.clone());
        let state = json!({ "type": "STATE", "value": { "bookmarks": inner.states } });
        inner.lines.line(&state);
        // A state is worth as much as it is known.
        inner.lines.flush();
        inner.lines.taken()
    }
}

/// Writes `row`, a JSON object, as a record of `stream`; neither its name nor `at` needs escapes.
fn write_row(
    writer: &mut dyn Write,
    stream: &str,
    row: &[u8],
    version: Option<i64>,
    at: &str,
) -> io::Result<()> {
    write!(writer, r#"{{"type":"RECORD","stream":"{stream}","record":"#)?;
    writer.write_all(row)?;
    if let Some(version) = version {
        write!(writer, r#","version":{version}"#)?;
    }
    writeln!(writer, r#","time_extracted":"{at}"}}"#)
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").finish_non_exhaustive()
    }
}
