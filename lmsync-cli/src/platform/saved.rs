//! The state of a stream between runs, as a platform keeps it.

use chrono::{DateTime, Utc};
use lmsync::store::{PassId, PassReport, SavedPass};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The state of a stream: a pass that was interrupted, or the last one that ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SavedStream {
    /// A pass that ended.
    Done {
        /// Its name; none where the stream has no passes of its own.
        pass_id: Option<PassId>,
        /// Its end.
        done: Done,
    },
    /// A pass to go on with.
    Pass(Box<SavedPass>),
}

/// The end of a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// The moment it ended.
    pub(crate) at: DateTime<Utc>,
    /// The platform's job that it was part of; none where the platform names none.
    pub(crate) sync_id: Option<i64>,
}

impl SavedStream {
    /// The state that `json` is. What is none is told, and a new pass begins; nothing and an empty object
    /// are no state.
    pub(crate) fn read(stream: &str, json: &Value) -> Option<Self> {
        if json.is_null() || json.as_object().is_some_and(serde_json::Map::is_empty) {
            return None;
        }
        match Self::deserialize(json) {
            Ok(saved) => Some(saved),
            Err(_) => {
                tracing::warn!(stream, "the state is none of lmsync's: a new pass begins");
                None
            }
        }
    }

    /// The state of the pass that ended as `report` says, in the platform's job `sync_id`.
    pub(crate) fn of(report: &PassReport, sync_id: Option<i64>) -> Self {
        let at = report.finished_at;
        Self::Done {
            pass_id: Some(report.pass_id),
            done: Done { at, sync_id },
        }
    }

    /// The state of a stream without passes of its own that ended at `at`, in the platform's job `sync_id`.
    pub(crate) fn without_pass(at: DateTime<Utc>, sync_id: Option<i64>) -> Self {
        Self::Done {
            pass_id: None,
            done: Done { at, sync_id },
        }
    }

    /// The pass to go on with.
    pub(crate) fn unfinished(&self) -> Option<&SavedPass> {
        match self {
            Self::Pass(pass) => Some(pass),
            Self::Done { .. } => None,
        }
    }

    /// The last pass that is known.
    pub(crate) fn latest(&self) -> Option<PassId> {
        match self {
            Self::Pass(pass) => Some(pass.pass_id),
            Self::Done { pass_id, .. } => *pass_id,
        }
    }

    /// Tells whether it ended in the platform's job `sync_id`, which is tried once more.
    pub(crate) fn is_done_in(&self, sync_id: Option<i64>) -> bool {
        match self {
            Self::Done { done, .. } => sync_id.is_some() && done.sync_id == sync_id,
            Self::Pass(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_state_begins_a_new_pass() {
        let done = json!({ "pass_id": "2026-03-31T12:00:00Z", "done": { "at": "2026-03-31T12:01:00Z", "sync_id": 7 } });
        let read = SavedStream::read("assets", &done).unwrap();
        assert!(read.is_done_in(Some(7)) && read.unfinished().is_none());
        assert!(read.latest().is_some());
        for (sync_id, other) in [(7, None), (7, Some(8))] {
            assert!(!read.is_done_in(other), "{sync_id}");
        }
        for nothing in [
            json!(null),
            json!({}),
            json!({ "cursor": "7" }),
            json!([]),
            json!(7),
        ] {
            assert_eq!(SavedStream::read("assets", &nothing), None, "{nothing}");
        }
        let without =
            json!({ "pass_id": null, "done": { "at": "2026-03-31T12:01:00Z", "sync_id": null } });
        let without = SavedStream::read("customers", &without).unwrap();
        assert!(!without.is_done_in(None));
    }
}
