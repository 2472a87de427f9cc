//! The command `singer`: a Singer tap.
//!
//! Documented: <https://hub.meltano.com/singer/spec>.

mod about;
mod catalog;
mod output;
mod read;
mod state;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, ValueEnum};
use lmsync::{Connector, Environment, Result, SharedClock, SystemClock, Vendors};

use self::output::Output;
use crate::platform::settings::{self, Settings};
use crate::support::problem::{Problem, refuse};
use crate::support::stdout;

/// Read an account as a Singer tap
///
/// Messages of the Singer specification on standard output, one a line; what there is to say to people is on standard
/// error. Called by the name `tap-lmsync`, the program is this command.
#[derive(Debug, Parser)]
#[command(version = env!("LMSYNC_VERSION"))]
pub(crate) struct Options {
    /// The configuration
    #[arg(long, value_name = "FILE", required_unless_present = "about")]
    config: Option<PathBuf>,

    /// The streams to read; all, where it is left away
    #[arg(long, visible_alias = "properties", value_name = "FILE")]
    catalog: Option<PathBuf>,

    /// The state that an earlier reading left
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Print the streams of the account; sends nothing
    #[arg(long)]
    discover: bool,

    /// Say what the tap can do, and what a configuration has
    #[arg(long)]
    about: bool,

    /// The form of --about
    #[arg(long, value_enum, default_value = "text", requires = "about")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Speaks the protocol.
pub(crate) async fn run(vendors: &Vendors, options: &Options) -> ExitCode {
    warn_people();
    if options.about {
        return stdout::print(about::about(options.format).as_bytes());
    }
    match read_or_discover(vendors, options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Its status is that of a wrong command line, which this is not to whoever runs taps.
            let _ = refuse(&[Problem::of("the tap", &error)]);
            ExitCode::FAILURE
        }
    }
}

/// Lets warnings of the libraries go to standard error.
fn warn_people() {
    let warnings = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .without_time()
        .with_target(false);
    // A program that embeds this one may have its own.
    let _ = warnings.try_init();
}

async fn read_or_discover(vendors: &Vendors, options: &Options) -> Result<bool> {
    let config = options.config.as_deref().unwrap_or(Path::new(""));
    let settings = Settings::read(vendors, settings::read_json(config)?, true)?;
    let connector = settings.account.connect_in(&Environment::system()?)?;
    let info = connector.info();
    let clock: SharedClock = Arc::new(SystemClock::new());
    let output = Arc::new(Output::new(
        stdout::open(),
        clock.clone(),
        settings.mirror_deletes,
    ));
    if options.discover {
        output.tell(&catalog::catalog(info));
        return Ok(output.end());
    }
    let selected = catalog::selected(options.catalog.as_deref(), info)?;
    let states = state::read(options.state.as_deref())?;
    let source = read::Source::new(settings, connector, selected, states, output, clock);
    Ok(source.read().await)
}
