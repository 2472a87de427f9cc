//! The end of a run, from outside.

use std::fmt;
use std::future::{Future, pending};
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt, Shared};

/// The end of a run from outside, such as a signal: what it was, once it has come.
///
/// Clones are about the same end.
///
/// ```
/// use lmsync::Stop;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let (end, ended) = tokio::sync::oneshot::channel::<String>();
/// let stop = Stop::when(async { ended.await.unwrap_or_default() });
/// assert_eq!(stop.reason(), None);
/// end.send("a newer version is there".to_owned()).unwrap();
/// assert_eq!(stop.reason().as_deref(), Some("a newer version is there"));
/// # });
/// ```
#[derive(Clone)]
pub struct Stop(Shared<BoxFuture<'static, Arc<str>>>);

impl Stop {
    /// An end that never comes.
    #[must_use]
    pub fn never() -> Self {
        Self::when(pending::<String>())
    }

    /// The end that comes when `end` returns, with its reason for people.
    #[must_use]
    pub fn when<R: Into<String>>(end: impl Future<Output = R> + Send + 'static) -> Self {
        Self(end.map(|reason| Arc::from(reason.into())).boxed().shared())
    }

    /// The reason, if the end has come.
    #[must_use]
    pub fn reason(&self) -> Option<Arc<str>> {
        self.0.clone().now_or_never()
    }

    /// Waits for the end, and says why.
    pub fn wait(&self) -> impl Future<Output = Arc<str>> + Send + Unpin + 'static {
        self.0.clone()
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::never()
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stop").field(&self.reason()).finish()
    }
}
