//! Spans, events and metrics: what a program that runs many accounts sees of each.
//!
//! # Spans
//!
//! They come through [`tracing`](https://docs.rs/tracing) and bear OpenTelemetry's names where it has
//! some. Work that goes on in tasks stays in the span of whoever asked for it, so that an
//! application that enters a span for each account finds that span around every line.
//!
//! | span | level | around | fields |
//! |---|---|---|---|
//! | `lmsync.listing` | info | a stream, from its first poll to its end | `connector`, `instance`, `operation` |
//! | `lmsync.write` | info | the writing of one asset's dates, read back | `connector`, `instance`, `operation`, `asset` |
//! | `lmsync.call` | debug | one request, with all its tries | `connector`, `instance`, `operation`, `http.request.method`, `server.address`; at its end `http.response.status_code`, `http.request.resend_count` and, where it failed, `error.type` |
//!
//! The fields `otel.name` and `otel.kind` are for exporters of OpenTelemetry. An application that filters lets
//! its own spans through as well, such as by `RUST_LOG=my_app=info,lmsync_core=debug`: what is filtered out is
//! around no line. Operations are the vendors' requests as their connectors call them, a few dozen in all.
//!
//! # Events
//!
//! | event | level |
//! |---|---|
//! | a listing ended complete | info |
//! | a listing ended incomplete or with an error, or has a gap | warn |
//! | the vendor wants a pause; a request is sent again; a token could not be renewed early; a write has ended | info |
//! | a sign-in; a wait for the budget; a try that failed; a listing that is resumed, read again or dropped | debug |
//! | a page that was read | trace |
//!
//! No secret is in any of them, at any level.
//!
//! # Metrics
//!
//! [`Metrics`] is told of each request, wait and listing; the example program `metrics` passes them on to
//! OpenTelemetry.

mod metrics;
mod observer;

pub use self::metrics::{
    AccountLabels, ListingOutcome, ListingSample, Metrics, RequestSample, WaitReason, WaitSample,
};
pub(crate) use self::observer::{ObservedCall, Observer, Tried};
