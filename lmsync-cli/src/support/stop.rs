//! Ends of a program from outside: Ctrl-C, and the signals of a system that stops it.

use std::future::pending;

use futures_util::future::{BoxFuture, FutureExt, select_all};

/// Waits for the first of them from now on, and says which it was.
pub(crate) fn listen() -> BoxFuture<'static, &'static str> {
    let listeners = system::listeners();
    if listeners.is_empty() {
        // No handler, no interruption: the signal keeps its usual effect.
        return pending().boxed();
    }
    select_all(listeners).map(|(reason, ..)| reason).boxed()
}

#[cfg(unix)]
mod system {
    use std::fs;

    use futures_util::future::{BoxFuture, FutureExt, pending};
    use tokio::signal::unix::{SignalKind, signal};

    pub(super) fn listeners() -> Vec<BoxFuture<'static, &'static str>> {
        let signals = [
            (SignalKind::interrupt(), "interrupted"),
            (SignalKind::terminate(), "interrupted by SIGTERM"),
            (SignalKind::hangup(), "interrupted by SIGHUP"),
        ];
        let heeded = signals.into_iter().filter(|(kind, _)| !is_ignored(*kind));
        heeded
            .filter_map(|(kind, reason)| {
                let mut signals = signal(kind).ok()?;
                let waiting = async move {
                    match signals.recv().await {
                        Some(()) => reason,
                        None => pending().await,
                    }
                };
                Some(waiting.boxed())
            })
            .collect()
    }

    /// Tells whether whoever started the program wants it to go on in spite of the signal, as
    /// `nohup` does. Where the system does not tell, nobody does.
    fn is_ignored(kind: SignalKind) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mut lines = status.lines();
        let ignored = lines.find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        ignored.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
    }
}

#[cfg(windows)]
mod system {
    use futures_util::future::{BoxFuture, FutureExt, pending};
    use tokio::signal::windows;

    pub(super) fn listeners() -> Vec<BoxFuture<'static, &'static str>> {
        // Each has a type of its own, and they share no trait.
        macro_rules! listener {
            ($signals:expr, $reason:literal) => {
                $signals.ok().map(|mut signals| {
                    async move {
                        match signals.recv().await {
                            Some(()) => $reason,
                            None => pending().await,
                        }
                    }
                    .boxed()
                })
            };
        }
        [
            listener!(windows::ctrl_c(), "interrupted"),
            listener!(windows::ctrl_break(), "interrupted by Ctrl-Break"),
            listener!(windows::ctrl_close(), "interrupted: the window was closed"),
            listener!(windows::ctrl_logoff(), "interrupted: the user logs off"),
            listener!(
                windows::ctrl_shutdown(),
                "interrupted: the system shuts down"
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
