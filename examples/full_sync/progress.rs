//! One bar per account on a terminal; nothing elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lmsync::{ConnectorInfo, SyncSummary};

use crate::support::text::plain;

/// The bar is brought up to date once in so many records.
const STRIDE: u64 = 100;
const TICK: Duration = Duration::from_millis(120);

/// The bars of one run.
#[derive(Debug)]
pub(crate) struct Progress {
    bars: MultiProgress,
}

/// The bar of one account.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Progress {
    /// Bars on standard error; none when `quiet`, or when standard error is no terminal.
    pub(crate) fn new(quiet: bool) -> Self {
        let target = if quiet || !stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        Self {
            bars: MultiProgress::with_draw_target(target),
        }
    }

    /// A further bar: a spinner, until the vendor says how many assets there are.
    pub(crate) fn bar(&self, info: &ConnectorInfo) -> Bar {
        let bar = self.bars.add(ProgressBar::no_length());
        bar.set_style(style("{spinner} {prefix}: {pos} assets {msg}"));
        bar.set_prefix(plain(&format!("{} {}", info.product, info.instance)));
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Bar(bar)
    }

    /// Makes room for the summary.
    pub(crate) fn clear(&self) {
        // A terminal that went away needs no clearing.
        let _ = self.bars.clear();
    }
}

impl Bar {
    /// Shows how far a listing is that has handed out `count` assets.
    pub(crate) fn advance(&self, count: u64, summary: impl FnOnce() -> SyncSummary) {
        if self.0.is_hidden() || count % STRIDE != 1 {
            return;
        }
        let summary = summary();
        if let Some(total) = summary.reported_total {
            if self.0.length().is_none() {
                self.0.set_style(style(
                    "{spinner} {prefix}: {bar:30} {pos}/{len} assets {msg}",
                ));
            }
            self.0.set_length(total);
        }
        // What the window leaves out has been dealt with too.
        self.0.set_position(summary.seen);
    }

    /// Leaves the bar as it is, with `word` behind it.
    pub(crate) fn finish(&self, seen: u64, word: String) {
        self.0.set_position(seen);
        self.0.abandon_with_message(word);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
