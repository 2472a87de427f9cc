//! The command `airbyte`: an Airbyte source.
//!
//! Documented: <https://docs.airbyte.com/understanding-airbyte/airbyte-protocol>.

mod catalog;
mod check;
mod log;
mod message;
mod output;
mod read;
mod spec;
mod state;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use lmsync::{Connector, Environment, Result, SharedClock, SystemClock, Vendors};

use self::output::Output;
use crate::platform::settings::{self, Settings};
use crate::support::stdout;

/// Read an account as an Airbyte source
///
/// Messages of the Airbyte protocol on standard output, one a line. Called by the name `source-lmsync`, the program
/// is this command.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print what a configuration has
    Spec,
    /// Say whether the account can be read; sends a few requests
    Check(Configured),
    /// Print the streams of the account; sends nothing
    Discover(Configured),
    /// Read streams
    Read {
        #[command(flatten)]
        configured: Configured,
        /// The streams to read, and how: a configured catalogue
        #[arg(long, value_name = "FILE")]
        catalog: PathBuf,
        /// The states that an earlier reading left
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct Configured {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Speaks the protocol.
pub(crate) async fn run(vendors: &Vendors, options: &Options) -> ExitCode {
    let clock: SharedClock = Arc::new(SystemClock::new());
    let output = Arc::new(Output::new(stdout::open(), clock.clone()));
    log::to(&output);
    let went_well = match &options.command {
        Command::Spec => {
            output.tell(&message::Message::spec(spec::spec()));
            true
        }
        Command::Check(configured) => check::run(vendors, &configured.config, &output).await,
        Command::Discover(configured) => match open(vendors, &configured.config) {
            Ok((_, connector)) => {
                output.tell(&message::Message::catalog(catalog::catalog(
                    connector.info(),
                )));
                true
            }
            Err(error) => {
                output.error(&error, None);
                false
            }
        },
        Command::Read {
            configured,
            catalog,
            state,
        } => {
            let files = read::Files {
                config: &configured.config,
                catalog,
                state: state.as_deref(),
            };
            read::run(vendors, files, &output, clock).await
        }
    };
    match output.end() && went_well {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The settings in the file `config`, and a connector to its account. Sends nothing.
fn open(vendors: &Vendors, config: &std::path::Path) -> Result<(Settings, Arc<dyn Connector>)> {
    let settings = Settings::read(vendors, settings::read_json(config)?, false)?;
    let environment = Environment::system()?;
    let connector = settings.account.connect_in(&environment)?;
    Ok((settings, connector))
}
