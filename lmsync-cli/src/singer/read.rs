//! Reading streams.

use std::sync::Arc;

use futures_util::future::join_all;
use lmsync::store::{PassReport, StreamName};
use lmsync::{Connector, Error, ErrorKind, SharedClock};

use super::catalog::Selected;
use super::output::Output;
use super::state::States;
use crate::platform::reading::{Reading, shortfall};
use crate::platform::saved::SavedStream;
use crate::platform::settings::Settings;
use crate::platform::store::{PlatformStore, Protocol};
use crate::platform::stream::PlatformStream;
use crate::support::problem::tell;

/// An account, and what is to be read of it.
pub(super) struct Source {
    settings: Settings,
    connector: Arc<dyn Connector>,
    selected: Vec<Selected>,
    store: PlatformStore,
    output: Arc<Output>,
    clock: SharedClock,
}

impl Source {
    pub(super) fn new(
        settings: Settings,
        connector: Arc<dyn Connector>,
        selected: Vec<Selected>,
        states: States,
        output: Arc<Output>,
        clock: SharedClock,
    ) -> Self {
        output.go_on_from(states.clone());
        let protocol: Arc<dyn Protocol> = output.clone();
        let left_out = selected
            .iter()
            .map(|it| (it.stream.name(), it.left_out.clone()));
        let store = PlatformStore::new(protocol, clock.clone(), states).without(left_out.collect());
        Self {
            settings,
            connector,
            selected,
            store,
            output,
            clock,
        }
    }

    /// Reads all streams at once, and tells whether each is everything that the vendor has. One that fails
    /// stops no other.
    pub(super) async fn read(&self) -> bool {
        for selected in &self.selected {
            self.output.schema(selected);
        }
        let query = &self.settings.query;
        let reading = Reading::new(&*self.connector, &self.store, query, &self.clock);
        let streams = self.selected.iter().filter_map(|it| match it.stream {
            PlatformStream::Records(stream) => Some(self.read_stream(&reading, stream)),
            PlatformStream::Passes => None,
        });
        let all_well = join_all(streams).await.into_iter().all(|is_well| is_well);
        let has_passes = self
            .selected
            .iter()
            .any(|it| it.stream == PlatformStream::Passes);
        let told = !has_passes || self.tell_passes();
        self.output.end() && told && all_well
    }

    async fn read_stream(&self, reading: &Reading<'_>, stream: StreamName) -> bool {
        let read = reading.read(stream, |_| ()).await;
        let ended = self.store.ended();
        let report = ended.iter().find(|report| report.stream == stream);
        match (read, report) {
            (Ok(()), Some(report)) => self.judge(report),
            (Ok(()), None) => failed(stream.as_str(), &Error::store("the pass did not end")),
            // Nobody is there any more to be told.
            (Err(error), _) if error.kind() == ErrorKind::Store && !self.output.end() => false,
            (Err(error), _) => failed(stream.as_str(), &error),
        }
    }

    /// Ends a stream whose listing has ended: what is not everything retires nothing.
    fn judge(&self, report: &PassReport) -> bool {
        let stream = PlatformStream::Records(report.stream);
        if let Some(reason) = shortfall(report, self.settings.accept_rejected) {
            let message = format!("the pass is not complete: {reason}");
            return failed(stream.name(), &Error::new(ErrorKind::Vendor, message));
        }
        if report.complete && !report.filtered {
            self.output.activate(stream, report.pass_id);
        }
        self.end(stream, &SavedStream::of(report, None))
    }

    /// Tells of the passes that ended, a row each.
    fn tell_passes(&self) -> bool {
        let done = SavedStream::without_pass(self.clock.now(), None);
        self.store.tell_passes().is_ok() && self.end(PlatformStream::Passes, &done)
    }

    fn end(&self, stream: PlatformStream, state: &SavedStream) -> bool {
        self.output.state(stream, state).is_ok()
    }
}

/// Tells people of `error`.
fn failed(stream: &str, error: &Error) -> bool {
    tell("error", &format!("{stream}: {error}"));
    false
}
