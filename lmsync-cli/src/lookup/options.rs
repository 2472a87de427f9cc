//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::support::same_file::OptionFile;

/// Look purchase and warranty dates up at the hardware makers
///
/// A serial number tells a company who owns what: only makers with a [[warranty]] table are asked. --dry-run says what each
/// would be told. `two-way --dates` takes the output as it is.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Makers to ask and accounts to read, as TOML; without it, embedded simulators of both
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Records as sync writes them, instead of reading the accounts; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) assets: Option<PathBuf>,

    /// Write the dates as JSON lines, of assets that have one; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Write what was found as JSON lines, one for each asset
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Say which serial numbers would go to which maker, as JSON lines; sends nothing to makers
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Keep answers here, and ask for none that is still good
    #[arg(long, value_name = "FILE")]
    pub(crate) cache: Option<PathBuf>,
}

impl Options {
    /// The files that are named.
    pub(crate) fn files(&self) -> Vec<OptionFile<'_>> {
        let assets = self.assets.as_deref();
        let files = [
            OptionFile::input("--config", self.config.as_deref()),
            OptionFile::input("--assets", assets.filter(|path| path.as_os_str() != "-")),
            OptionFile::input("--cache", self.cache.as_deref()),
            OptionFile::output("--output", self.output.as_deref()),
            OptionFile::output("--report", self.report.as_deref()),
        ];
        files.into_iter().flatten().collect()
    }
}
