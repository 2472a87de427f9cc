//! Reading streams.

use std::collections::BTreeMap;
use std::panic;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use lmsync::store::{PassReport, StreamName};
use lmsync::{Connector, Error, ErrorKind, Result, SharedClock, Vendors};

use super::catalog::{Selected, SyncMode, selected};
use super::message::{Message, StreamStatus};
use super::output::Output;
use super::{open, state};
use crate::platform::reading::{Reading, shortfall};
use crate::platform::saved::SavedStream;
use crate::platform::settings::Settings;
use crate::platform::store::{PlatformStore, Protocol};
use crate::platform::stream::PlatformStream;

/// The files of a reading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Files<'f> {
    pub(super) config: &'f Path,
    pub(super) catalog: &'f Path,
    pub(super) state: Option<&'f Path>,
}

/// Reads the streams that the catalogue selects, all at once, and tells whether each is as it has to be. One that
/// fails stops no other.
pub(super) async fn run(
    vendors: &Vendors,
    files: Files<'_>,
    output: &Arc<Output>,
    clock: SharedClock,
) -> bool {
    tell_of_panics(output);
    let source = match Source::open(vendors, files, output, clock) {
        Ok(source) => source,
        Err(error) => {
            output.error(&error, None);
            return false;
        }
    };
    source.read().await
}

/// Lets a defect be told to the platform, and not only to whoever reads standard error.
fn tell_of_panics(output: &Arc<Output>) {
    let output = Arc::downgrade(output);
    panic::set_hook(Box::new(move |about| {
        let Some(output) = output.upgrade() else {
            return;
        };
        let place = about.location().map(ToString::to_string);
        let message = format!(
            "a defect at {}",
            place.as_deref().unwrap_or("an unknown place")
        );
        output.error(&Error::new(ErrorKind::Unsupported, message), None);
    }));
}

/// An account, and what is to be read of it.
struct Source {
    settings: Settings,
    connector: Arc<dyn Connector>,
    selected: Vec<Selected>,
    /// The states that the platform handed over, by stream.
    states: BTreeMap<&'static str, SavedStream>,
    store: PlatformStore,
    output: Arc<Output>,
    clock: SharedClock,
}

impl Source {
    fn open(
        vendors: &Vendors,
        files: Files<'_>,
        output: &Arc<Output>,
        clock: SharedClock,
    ) -> Result<Self> {
        let (settings, connector) = open(vendors, files.config)?;
        let selected = selected(files.catalog, connector.info())?;
        let states = files
            .state
            .map(state::read)
            .transpose()?
            .unwrap_or_default();
        let protocol: Arc<dyn Protocol> = output.clone();
        Ok(Self {
            store: PlatformStore::new(protocol, clock.clone(), states.clone()),
            settings,
            connector,
            selected,
            states,
            output: output.clone(),
            clock,
        })
    }

    async fn read(&self) -> bool {
        let query = &self.settings.query;
        let reading = Reading::new(&*self.connector, &self.store, query, &self.clock);
        let streams = self
            .selected
            .iter()
            .filter_map(|selected| match selected.stream {
                PlatformStream::Records(stream) => {
                    Some(self.read_stream(&reading, *selected, stream))
                }
                PlatformStream::Passes => None,
            });
        let all_well = join_all(streams).await.into_iter().all(|is_well| is_well);
        let passes = self
            .selected
            .iter()
            .find(|it| it.stream == PlatformStream::Passes);
        match passes {
            Some(passes) => self.tell_passes(*passes) && all_well,
            None => all_well,
        }
    }

    /// Reads one stream, and tells whether it is as it has to be.
    async fn read_stream(
        &self,
        reading: &Reading<'_>,
        selected: Selected,
        stream: StreamName,
    ) -> bool {
        let (output, of) = (&self.output, selected.stream);
        output.status(of, StreamStatus::Started);
        if let Some(done) = self.done(selected) {
            return self.end(selected, done);
        }
        let is_running = AtomicBool::new(false);
        let first = |reported_total: Option<u64>| {
            is_running.store(true, Ordering::Relaxed);
            output.status(of, StreamStatus::Running);
            if let Some(records) = reported_total {
                output.estimate(of, records);
            }
        };
        let read = reading.read(stream, first).await;
        let ended = self.store.ended();
        let report = ended.iter().find(|report| report.stream == stream);
        match (read, report) {
            (Ok(()), Some(report)) => self.judge(selected, report),
            (Ok(()), None) => self.failed(selected, &Error::store("the pass did not end")),
            (Err(error), _) => self.failed(selected, &error),
        }
    }

    /// The state of a stream that ended in an earlier try of the platform's job: it is not read again.
    fn done(&self, selected: Selected) -> Option<&SavedStream> {
        let saved = self.states.get(selected.stream.name())?;
        let is_done = selected.mode == SyncMode::FullRefresh && saved.is_done_in(selected.sync_id);
        is_done.then_some(saved)
    }

    /// Ends a stream whose listing has ended: what is not everything must not replace what is there.
    fn judge(&self, selected: Selected, report: &PassReport) -> bool {
        let of = selected.stream;
        if let Some(reason) = shortfall(report, self.settings.accept_rejected) {
            let message = format!("{}: the pass is not complete: {reason}", of.name());
            if selected.mode == SyncMode::FullRefresh {
                let error = Error::new(ErrorKind::Vendor, message).with_hint(
                    "the table is left as it is; where the vendor's count is never right, take the sync mode Incremental | Append + Deduped",
                );
                return self.failed(selected, &error);
            }
            self.output.tell(&Message::log("WARN", &message));
        }
        let done = SavedStream::of(report, selected.sync_id);
        self.end(selected, &done)
    }

    /// Tells of the passes that ended, a row each.
    fn tell_passes(&self, selected: Selected) -> bool {
        let of = selected.stream;
        self.output.status(of, StreamStatus::Started);
        self.output.status(of, StreamStatus::Running);
        if self.store.tell_passes().is_err() {
            return false;
        }
        let done = SavedStream::without_pass(self.clock.now(), selected.sync_id);
        self.end(selected, &done)
    }

    fn end(&self, selected: Selected, state: &SavedStream) -> bool {
        let taken = self.output.state(selected.stream, state).is_ok();
        self.output.status(selected.stream, StreamStatus::Complete);
        taken
    }

    fn failed(&self, selected: Selected, error: &Error) -> bool {
        self.output.error(error, Some(selected.stream));
        self.output
            .status(selected.stream, StreamStatus::Incomplete);
        false
    }
}
