//! Events of the libraries as LOG messages.

use std::fmt::{self, Write};
use std::sync::{Arc, Weak};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use super::message::Message;
use super::output::Output;

/// Warnings and errors as messages of an output, as long as that is there.
struct Messages(Weak<Output>);

/// Lets warnings and errors go to `output`.
pub(super) fn to(output: &Arc<Output>) {
    let messages = Messages(Arc::downgrade(output));
    // A program that embeds this one may have its own.
    let _ = tracing_subscriber::registry().with(messages).try_init();
}

impl<S: Subscriber> Layer<S> for Messages {
    fn enabled(&self, about: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        *about.level() <= Level::WARN
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Some(output) = self.0.upgrade() else {
            return;
        };
        let mut text = Text::default();
        event.record(&mut text);
        let level = match *event.metadata().level() {
            Level::ERROR => "ERROR",
            _ => "WARN",
        };
        output.tell(&Message::log(
            level,
            &format!("{}{}", text.message, text.fields),
        ));
    }
}

/// The text of an event: its message, and then its fields.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
