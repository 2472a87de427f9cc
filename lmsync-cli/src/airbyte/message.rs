//! Messages of the Airbyte protocol.
//!
//! Documented: <https://github.com/airbytehq/airbyte-protocol>, `v0/airbyte_protocol.yaml`.

use lmsync::{Error, ErrorKind};
use serde::Serialize;
use serde_json::{Value, json};

/// A message, but for records, which are written piece by piece.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Message(Value);

/// The course of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum StreamStatus {
    Started,
    Running,
    Complete,
    Incomplete,
}

/// Who can mend a failure: whoever configured the source, time, or its developers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum FailureType {
    #[serde(rename = "config_error")]
    Config,
    #[serde(rename = "transient_error")]
    Transient,
    #[serde(rename = "system_error")]
    System,
}

impl FailureType {
    pub(super) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Config | ErrorKind::Authentication | ErrorKind::Permission => Self::Config,
            ErrorKind::Network
            | ErrorKind::Tls
            | ErrorKind::Timeout
            | ErrorKind::RateLimited
            | ErrorKind::Vendor
            | ErrorKind::Decode
            | ErrorKind::Cancelled => Self::Transient,
            _ => Self::System,
        }
    }
}

impl Message {
    pub(super) fn spec(spec: Value) -> Self {
        Self(json!({ "type": "SPEC", "spec": spec }))
    }

    pub(super) fn catalog(catalog: Value) -> Self {
        Self(json!({ "type": "CATALOG", "catalog": catalog }))
    }

    /// The outcome of a check; `failure` says why it failed.
    pub(super) fn connection_status(failure: Option<&str>) -> Self {
        let status = match failure {
            None => json!({ "status": "SUCCEEDED" }),
            Some(message) => json!({ "status": "FAILED", "message": message }),
        };
        Self(json!({ "type": "CONNECTION_STATUS", "connectionStatus": status }))
    }

    pub(super) fn log(level: &str, message: &str) -> Self {
        Self(json!({ "type": "LOG", "log": { "level": level, "message": message } }))
    }

    /// The state of `stream`, after so many records since the one before.
    pub(super) fn state(stream: &str, state: &impl Serialize, records: u64) -> Self {
        Self(json!({
            "type": "STATE",
            "state": {
                "type": "STREAM",
                "stream": {
                    "stream_descriptor": { "name": stream },
                    "stream_state": state,
                },
                // A number with a point, as the protocol has it; no account has more than it counts.
                "sourceStats": { "recordCount": records as f64 },
            },
        }))
    }

    pub(super) fn status(stream: &str, status: StreamStatus, at: i64) -> Self {
        let status = json!({ "stream_descriptor": { "name": stream }, "status": status });
        Self::trace("STREAM_STATUS", "stream_status", status, at)
    }

    /// The number of records that `stream` will have.
    pub(super) fn estimate(stream: &str, records: u64, at: i64) -> Self {
        let estimate = json!({ "name": stream, "type": "STREAM", "row_estimate": records });
        Self::trace("ESTIMATE", "estimate", estimate, at)
    }

    /// `error`, of `stream` or of the whole.
    pub(super) fn error(error: &Error, stream: Option<&str>, at: i64) -> Self {
        let mut told = json!({
            "message": error.to_string(),
            "internal_message": format!("{}: {}", error.kind(), error.message()),
            "failure_type": FailureType::of(error.kind()),
        });
        if let Some(stream) = stream {
            told["stream_descriptor"] = json!({ "name": stream });
        }
        Self::trace("ERROR", "error", told, at)
    }

    fn trace(kind: &str, member: &str, content: Value, at: i64) -> Self {
        Self(json!({
            "type": "TRACE",
            "trace": { "type": kind, "emitted_at": at, member: content },
        }))
    }
}
