//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Verify the credentials and permissions of every account; write nothing
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Accounts to check, as TOML; without it, embedded simulators
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Print JSON instead of tables
    #[arg(long)]
    pub(crate) json: bool,

    /// Also check what writing dates back needs
    #[arg(long)]
    pub(crate) two_way: bool,
}
