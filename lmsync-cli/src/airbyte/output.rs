//! Messages on standard output.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lmsync::store::PassId;
use lmsync::{Error, Result, SharedClock};

use super::message::{Message, StreamStatus};
use crate::platform::lines::Lines;
use crate::platform::saved::SavedStream;
use crate::platform::store::Protocol;
use crate::platform::stream::PlatformStream;

/// Messages on standard output, one a line.
pub(super) struct Output {
    inner: Mutex<Inner>,
    clock: SharedClock,
}

struct Inner {
    lines: Lines,
    /// Records of each stream since its last state.
    since_state: BTreeMap<&'static str, u64>,
}

impl Output {
    pub(super) fn new(writer: Box<dyn Write + Send>, clock: SharedClock) -> Self {
        Self {
            inner: Mutex::new(Inner {
                lines: Lines::to(writer),
                since_state: BTreeMap::new(),
            }),
            clock,
        }
    }

    /// Writes `message`. Whether anybody reads it, [`end`](Self::end) tells.
    pub(super) fn tell(&self, message: &Message) {
        self.inner().lines.line(message);
    }

    /// Writes that `stream` has come to `status`.
    pub(super) fn status(&self, stream: PlatformStream, status: StreamStatus) {
        self.tell(&Message::status(stream.name(), status, self.now()));
    }

    /// Writes the vendor's count of records.
    pub(super) fn estimate(&self, stream: PlatformStream, records: u64) {
        self.tell(&Message::estimate(stream.name(), records, self.now()));
    }

    /// Writes `error`, of `stream` or of the whole.
    pub(super) fn error(&self, error: &Error, stream: Option<PlatformStream>) {
        let stream = stream.map(PlatformStream::name);
        self.tell(&Message::error(error, stream, self.now()));
    }

    /// Flushes, and tells whether everything was taken.
    pub(super) fn end(&self) -> bool {
        let mut inner = self.inner();
        inner.lines.flush();
        inner.lines.taken().is_ok()
    }

    fn now(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Protocol for Output {
    fn row(&self, stream: PlatformStream, _: PassId, row: &[u8]) -> Result<()> {
        let at = self.now();
        let mut inner = self.inner();
        inner
            .lines
            .write(|writer| write_row(writer, stream.name(), row, at));
        *inner.since_state.entry(stream.name()).or_default() += 1;
        inner.lines.taken()
    }

    fn state(&self, stream: PlatformStream, saved: &SavedStream) -> Result<()> {
        let name = stream.name();
        let mut inner = self.inner();
        let records = inner.since_state.remove(name).unwrap_or_default();
        inner.lines.line(&Message::state(name, saved, records));
        // A state is worth as much as it is known.
        inner.lines.flush();
        inner.lines.taken()
    }
}

/// Writes `row`, a JSON object, as a record of `stream`, whose name needs no escapes.
fn write_row(writer: &mut dyn Write, stream: &str, row: &[u8], at: i64) -> io::Result<()> {
    write!(
        writer,
        r#"{{"type":"RECORD","record":{{"stream":"{stream}","data":"#
    )?;
    writer.write_all(row)?;
    writeln!(writer, r#","emitted_at":{at}}}}}"#)
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").finish_non_exhaustive()
    }
}
