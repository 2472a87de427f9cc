//! The findings at a gate, until somebody is told.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};

use super::violation::Violation;
use crate::Simulator;

/// The findings at the gate of one simulator. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<BTreeSet<Violation>>>);

impl Watch {
    /// The answer of `simulator`, which is held against its schema, as is the request.
    pub(crate) fn respond(
        &self,
        simulator: &mut impl Simulator,
        request: &Request<Bytes>,
        now: DateTime<Utc>,
    ) -> Response<Bytes> {
        let gate = simulator.gate().filter(|_| cfg!(debug_assertions));
        let keeps_to_it = simulator.answers_by_its_schema();
        let answer = simulator.respond(request, now);
        if let Some(gate) = gate {
            let mut found = gate.request(request);
            if keeps_to_it {
                found.extend(gate.answer(request, &answer));
            }
            self.found().extend(found);
        }
        answer
    }

    /// Requires that nothing was found.
    ///
    /// # Panics
    /// When something was, unless the thread panics already.
    #[track_caller]
    pub(crate) fn require_nothing(&self) {
        let found = self.found();
        if found.is_empty() || thread::panicking() {
            return;
        }
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        drop(found);
        panic!("the vendor's schema is broken:\n{}", lines.join("\n"));
    }

    fn found(&self) -> std::sync::MutexGuard<'_, BTreeSet<Violation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
