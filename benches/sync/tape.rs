//! A vendor whose answers are kept: the same request gets the same bytes again, at no cost.

use std::collections::HashMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response, header};
use lmsync_testkit::Simulator;
use serde::{Deserialize, Serialize};

/// A simulator whose answers are kept.
pub(crate) struct Tape<S> {
    vendor: S,
    answers: HashMap<Recorded, Response<Bytes>>,
    /// The requests in the order in which they first came.
    order: Vec<Recorded>,
}

/// A request, as far as it decides about the answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// The headers that open the account or name the form of the body.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl<S> Tape<S> {
    pub(crate) fn new(vendor: S) -> Self {
        Self {
            vendor,
            answers: HashMap::new(),
            order: Vec::new(),
        }
    }

    /// The requests that came so far, each once.
    pub(crate) fn requests(&self) -> &[Recorded] {
        &self.order
    }

    /// The bodies of the answers, in the order of the requests.
    pub(crate) fn bodies(&self) -> Vec<Bytes> {
        let body = |request| self.answers[request].body().clone();
        self.order.iter().map(body).collect()
    }
}

impl Recorded {
    fn of(request: &Request<Bytes>) -> Self {
        let kept = |name: &str| {
            let is_left_out = [
                header::ACCEPT_ENCODING.as_str(),
                header::CONNECTION.as_str(),
                header::CONTENT_LENGTH.as_str(),
                header::HOST.as_str(),
                header::USER_AGENT.as_str(),
                // Another one in each run.
                "x-request-id",
            ];
            !is_left_out.contains(&name)
        };
        let headers = request.headers().iter();
        Self {
            method: request.method().to_string(),
            target: request.uri().to_string(),
            headers: headers
                .filter(|(name, _)| kept(name.as_str()))
                .map(|(name, value)| {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    (name.to_string(), value.into_owned())
                })
                .collect(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
        }
    }
}

impl<S: Simulator> Simulator for Tape<S> {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let recorded = Recorded::of(request);
        if let Some(answer) = self.answers.get(&recorded) {
            return answer.clone();
        }
        let answer = self.vendor.respond(request, now);
        self.order.push(recorded.clone());
        self.answers.insert(recorded, answer.clone());
        answer
    }
}
