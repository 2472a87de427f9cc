//! What all simulators of vendors share.

mod in_memory;
mod rolling;
mod shared;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};

use crate::gate::Gate;

pub use self::in_memory::{InMemory, Recorded};
pub use self::rolling::RollingLimit;
pub use self::shared::Shared;

/// One vendor, in memory: what it answers depends on its state, the request and the time alone.
///
/// Runs in memory behind [`InMemory`], or on a loopback socket through [`serve`](crate::serve).
pub trait Simulator: Send + 'static {
    /// Answers `request` as the vendor would at `now`.
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes>;

    /// The vendor's schema, against which requests and answers are held; `None` where there is none.
    fn gate(&self) -> Option<&'static Gate> {
        None
    }

    /// Tells whether answers are held against it, too: not while a test has told the simulator to answer in forms that
    /// the schema does not have.
    fn answers_by_its_schema(&self) -> bool {
        true
    }
}

impl<S: Simulator + ?Sized> Simulator for Box<S> {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        (**self).respond(request, now)
    }

    fn gate(&self) -> Option<&'static Gate> {
        (**self).gate()
    }

    fn answers_by_its_schema(&self) -> bool {
        (**self).answers_by_its_schema()
    }
}
