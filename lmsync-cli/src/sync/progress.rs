//! One bar per account on a terminal; nothing elsewhere.

use std::collections::HashMap;
use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lmsync::store::StreamName;
use lmsync::{Accounts, ConnectorInfo, SyncEvent, SyncOptions};

use super::table::status;
use crate::support::text::plain;

const TICK: Duration = Duration::from_millis(120);

/// The bars of one run.
#[derive(Debug)]
pub(crate) struct Progress {
    bars: MultiProgress,
}

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

    /// `options` with a bar for each of `accounts`, where there are any.
    pub(crate) fn of(&self, accounts: &Accounts, options: SyncOptions) -> SyncOptions {
        if self.bars.is_hidden() {
            return options;
        }
        let bars: HashMap<_, _> = accounts
            .connectors()
            .map(|connector| (key(connector.info()), self.bar(connector.info())))
            .collect();
        options.on_event(move |account, event| {
            if let Some(bar) = bars.get(&key(account)) {
                show(bar, event);
            }
        })
    }

    /// A further bar: a spinner, until the vendor says how many assets there are.
    fn bar(&self, info: &ConnectorInfo) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::no_length());
        bar.set_style(style("{spinner} {prefix}: {pos} assets {msg}"));
        bar.set_prefix(plain(&format!("{} {}", info.product, info.instance)));
        bar.enable_steady_tick(TICK);
        bar
    }

    /// Makes room for the summary.
    pub(crate) fn clear(&self) {
        // A terminal that went away needs no clearing.
        let _ = self.bars.clear();
    }
}

fn key(info: &ConnectorInfo) -> (String, String) {
    (info.vendor.to_string(), info.instance.clone())
}

fn show(bar: &ProgressBar, event: SyncEvent<'_>) {
    match event {
        SyncEvent::Records {
            stream: StreamName::Assets,
            seen,
            reported_total,
            ..
        } => {
            if let Some(total) = reported_total {
                if bar.length().is_none() {
                    bar.set_style(style(
                        "{spinner} {prefix}: {bar:30} {pos}/{len} assets {msg}",
                    ));
                }
                bar.set_length(total);
            }
            // What the window leaves out has been dealt with too.
            bar.set_position(seen);
        }
        SyncEvent::Finished { report, .. } => {
            bar.set_position(report.seen);
            bar.abandon_with_message(status(report));
        }
        _ => {}
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
