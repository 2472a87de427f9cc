//! [`Metrics`] as OpenTelemetry wants them: its names, units and attributes.

use std::fmt;

use lmsync::observe::{AccountLabels, ListingSample, Metrics, RequestSample, WaitSample};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};

/// Documented: <https://opentelemetry.io/docs/specs/semconv/http/http-metrics/>.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// An adapter that any application can copy. Attributes are of fixed sets: no id of a record, no
/// address, so that the number of series stays small.
pub(crate) struct OpenTelemetry {
    request_duration: Histogram<f64>,
    request_size: Histogram<u64>,
    response_size: Histogram<u64>,
    wait_duration: Histogram<f64>,
    records: Counter<u64>,
    listings: Counter<u64>,
}

impl OpenTelemetry {
    /// Instruments of `meter`.
    ///
    /// Documented: <https://opentelemetry.io/docs/specs/semconv/http/http-metrics/>, for the names that begin
    /// with `http.client`.
    pub(crate) fn new(meter: &Meter) -> Self {
        let seconds = |name| {
            let histogram = meter.f64_histogram(name).with_unit("s");
            histogram.with_boundaries(SECONDS.to_vec()).build()
        };
        let bytes = |name| meter.u64_histogram(name).with_unit("By").build();
        Self {
            request_duration: seconds("http.client.request.duration"),
            request_size: bytes("http.client.request.body.size"),
            response_size: bytes("http.client.response.body.size"),
            wait_duration: seconds("lmsync.wait.duration"),
            records: meter.u64_counter("lmsync.records").build(),
            listings: meter.u64_counter("lmsync.listings").build(),
        }
    }
}

fn of_account(account: AccountLabels<'_>) -> Vec<KeyValue> {
    vec![
        KeyValue::new("lmsync.connector", account.connector.to_owned()),
        KeyValue::new("lmsync.instance", account.instance.to_owned()),
    ]
}

impl Metrics for OpenTelemetry {
    fn request(&self, account: AccountLabels<'_>, request: &RequestSample<'_>) {
        let mut attributes = of_account(account);
        attributes.extend([
            KeyValue::new("lmsync.operation", request.operation.to_owned()),
            KeyValue::new("http.request.method", request.method.to_owned()),
            KeyValue::new("server.address", request.server.to_owned()),
        ]);
        let status = request.status.map(i64::from);
        attributes.extend(status.map(|status| KeyValue::new("http.response.status_code", status)));
        let error = request.error.map(|kind| kind.as_str());
        attributes.extend(error.map(|kind| KeyValue::new("error.type", kind)));
        let seconds = request.duration.as_secs_f64();
        self.request_duration.record(seconds, &attributes);
        self.request_size.record(request.sent_bytes, &attributes);
        self.response_size
            .record(request.received_bytes, &attributes);
    }

    fn wait(&self, account: AccountLabels<'_>, wait: &WaitSample<'_>) {
        let mut attributes = of_account(account);
        attributes.push(KeyValue::new("lmsync.reason", wait.reason.as_str()));
        self.wait_duration
            .record(wait.duration.as_secs_f64(), &attributes);
    }

    fn listing(&self, account: AccountLabels<'_>, listing: &ListingSample<'_>) {
        let mut attributes = of_account(account);
        attributes.push(KeyValue::new("lmsync.listing", listing.listing.to_owned()));
        let summary = listing.summary;
        for (outcome, number) in [
            ("kept", summary.kept),
            ("filtered_out", summary.filtered_out),
            (
                "never_checked_in_excluded",
                summary.never_checked_in_excluded,
            ),
            ("rejected", summary.rejected_total),
            ("skipped", summary.skipped),
            ("duplicate", summary.duplicates),
        ] {
            let outcome = KeyValue::new("lmsync.outcome", outcome);
            self.records
                .add(number, &[&attributes[..], &[outcome]].concat());
        }
        attributes.push(KeyValue::new("lmsync.outcome", listing.outcome.as_str()));
        self.listings.add(1, &attributes);
    }
}

impl fmt::Debug for OpenTelemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenTelemetry").finish_non_exhaustive()
    }
}
