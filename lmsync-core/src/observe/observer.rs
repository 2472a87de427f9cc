//! Who is told of the requests of an account, and under which names.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use tracing::field::Empty;
use tracing::{Span, debug, debug_span, info};

use super::metrics::{AccountLabels, Metrics, RequestSample, WaitReason, WaitSample};
use crate::error::Error;

/// A wait that is shorter is none: it is the time that asking takes.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// The names of an account, and who counts what it costs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observer {
    account: Arc<(String, String)>,
    metrics: Option<Arc<dyn Metrics>>,
}

impl Observer {
    /// This observer, for the account `instance` of `connector`.
    pub(crate) fn for_account(&self, connector: &str, instance: &str) -> Self {
        Self {
            account: Arc::new((connector.to_owned(), instance.to_owned())),
            metrics: self.metrics.clone(),
        }
    }

    /// This observer, which tells `metrics`.
    pub(crate) fn telling(&self, metrics: Arc<dyn Metrics>) -> Self {
        Self {
            account: Arc::clone(&self.account),
            metrics: Some(metrics),
        }
    }

    pub(crate) fn metrics(&self) -> Option<&Arc<dyn Metrics>> {
        self.metrics.as_ref()
    }

    /// The call `operation`, which is about to be made to `server`.
    pub(crate) fn call<'a>(
        &'a self,
        operation: &'static str,
        method: &'a Method,
        server: &'a str,
    ) -> ObservedCall<'a> {
        let (connector, instance) = &*self.account;
        let span = debug_span!(
            "lmsync.call",
            otel.name = operation,
            otel.kind = "client",
            connector,
            instance,
            operation,
            http.request.method = method.as_str(),
            server.address = server,
            http.response.status_code = Empty,
            http.request.resend_count = Empty,
            error.type = Empty,
        );
        ObservedCall {
            observer: self,
            span,
            operation,
            method: method.as_str(),
            server,
            resend_count: 0,
            status: None,
        }
    }

    fn labels(&self) -> AccountLabels<'_> {
        AccountLabels::new(&self.account.0, &self.account.1)
    }
}

/// A call that is under way.
pub(crate) struct ObservedCall<'a> {
    observer: &'a Observer,
    span: Span,
    operation: &'static str,
    method: &'a str,
    pub(crate) server: &'a str,
    resend_count: u32,
    status: Option<u16>,
}

/// The sizes and the status of one try.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tried {
    status: Option<u16>,
    sent_bytes: u64,
    received_bytes: u64,
    duration: Duration,
}

impl Tried {
    /// The try that sends `request`.
    pub(crate) fn of(request: &Request<Bytes>) -> Self {
        Self {
            sent_bytes: request.body().len() as u64,
            ..Self::default()
        }
    }

    /// It has ended with `answer` after `duration`.
    pub(crate) fn ended<E>(&mut self, answer: &Result<Response<Bytes>, E>, duration: Duration) {
        self.duration = duration;
        if let Ok(answer) = answer {
            self.status = Some(answer.status().as_u16());
            self.received_bytes = answer.body().len() as u64;
        }
    }
}

impl ObservedCall<'_> {
    /// The span to make the call in.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// One try has ended.
    pub(crate) fn tried(&mut self, tried: Tried, error: Option<&Error>) {
        self.status = tried.status;
        if let Some(error) = error {
            debug!(
                operation = self.operation,
                error.type = error.kind().as_str(),
                http.response.status_code = tried.status,
                "a try failed"
            );
        }
        if let Some(metrics) = &self.observer.metrics {
            let request = RequestSample {
                operation: self.operation,
                method: self.method,
                server: self.server,
                status: tried.status,
                error: error.map(Error::kind),
                resend_count: self.resend_count,
                sent_bytes: tried.sent_bytes,
                received_bytes: tried.received_bytes,
                duration: tried.duration,
            };
            metrics.request(self.observer.labels(), &request);
        }
    }

    /// It is about to be sent again.
    pub(crate) fn again(&mut self) {
        self.resend_count += 1;
        info!(
            operation = self.operation,
            http.request.resend_count = self.resend_count,
            "a request is sent again"
        );
    }

    /// It has waited for `duration`.
    pub(crate) fn waited(&self, reason: WaitReason, duration: Duration) {
        if duration < SHORTEST_WAIT {
            return;
        }
        debug!(
            operation = self.operation,
            reason = reason.as_str(),
            seconds = duration.as_secs_f64(),
            "a request waited"
        );
        if let Some(metrics) = &self.observer.metrics {
            let wait = WaitSample {
                operation: self.operation,
                reason,
                duration,
            };
            metrics.wait(self.observer.labels(), &wait);
        }
    }

    /// It has ended; `error` is why it failed.
    pub(crate) fn ended(self, error: Option<&Error>) {
        self.span
            .record("http.request.resend_count", self.resend_count);
        if let Some(status) = self.status {
            self.span.record("http.response.status_code", status);
        }
        if let Some(error) = error {
            self.span.record("error.type", error.kind().as_str());
        }
    }
}
