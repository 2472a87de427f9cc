//! One simulator with several owners.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};

use super::Simulator;
use crate::gate::Gate;

/// A simulator that a test and the transports it gave it to hold together.
///
/// Cloning shares the state, it does not copy it. It is a simulator itself, so that one account
/// can be behind several transports.
pub struct Shared<S>(Arc<Mutex<S>>);

impl<S> Shared<S> {
    /// Shares `simulator`.
    #[must_use]
    pub fn new(simulator: S) -> Self {
        Self(Arc::new(Mutex::new(simulator)))
    }

    /// Looks at the simulator or changes it. No request is answered meanwhile.
    pub fn with<R>(&self, act: impl FnOnce(&mut S) -> R) -> R {
        // A test that panicked in here has failed already; the others go on.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Simulator> Simulator for Shared<S> {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        self.with(|simulator| simulator.respond(request, now))
    }

    fn gate(&self) -> Option<&'static Gate> {
        self.with(|simulator| simulator.gate())
    }

    fn answers_by_its_schema(&self) -> bool {
        self.with(|simulator| simulator.answers_by_its_schema())
    }
}

impl<S> fmt::Debug for Shared<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
