//! What a thread logs.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::MakeWriter;

/// Everything that this thread logs, at TRACE, from [`Log::start`] to [`Log::finish`].
///
/// ```
/// let log = lmsync_testkit::Log::start();
/// tracing::trace!("a try failed");
/// assert!(log.finish().contains("a try failed"));
/// ```
#[derive(Debug)]
pub struct Log {
    written: Written,
    _listening: DefaultGuard,
}

impl Log {
    /// Listens to this thread until finished or dropped, in place of any other subscriber.
    #[must_use]
    pub fn start() -> Self {
        ask_every_subscriber();
        let written = Written::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(written.clone())
            .finish();
        Self {
            written,
            _listening: tracing::subscriber::set_default(subscriber),
        }
    }

    /// What was logged.
    #[must_use]
    pub fn finish(self) -> String {
        String::from_utf8_lossy(&self.written.bytes()).into_owned()
    }
}

/// Keeps a second subscriber alive. With one alone, tracing lets whichever thread
/// reaches an event first decide for all threads whether anyone listens to it.
fn ask_every_subscriber() {
    static SECOND: OnceLock<Dispatch> = OnceLock::new();
    SECOND.get_or_init(|| Dispatch::new(NoSubscriber::new()));
}

#[derive(Debug, Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Written {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}
