//! From the command line's `--config` to accounts that are ready to be used.

use std::path::Path;

use lmsync::{Accounts, Environment, Vendors};

use super::config;
use super::problem::{Problem, all, tell};
use super::simulators::Simulators;

/// The accounts of one run.
#[derive(Debug)]
pub struct Setup {
    /// In the order of the file.
    pub accounts: Accounts,
    warning: Option<String>,
    // They serve until they are dropped.
    _simulators: Option<Simulators>,
}

impl Setup {
    /// The accounts of `vendors` in the file `config`, or of simulators where there is none.
    ///
    /// Nothing is sent yet. All that is wrong with the file is told at once.
    ///
    /// # Errors
    /// The problems to mend.
    pub async fn new(vendors: &Vendors, config: Option<&Path>) -> Result<Self, Vec<Problem>> {
        match config {
            Some(path) => {
                let configuration = config::read(path, vendors)?;
                let environment = Environment::on_network(&configuration.network)
                    .map_err(|error| vec![Problem::of("[network]", &error)])?;
                Ok(Self {
                    accounts: Accounts::open(&configuration.accounts, &environment).map_err(all)?,
                    warning: configuration.warning,
                    _simulators: None,
                })
            }
            None => {
                let simulators = Simulators::start()
                    .await
                    .map_err(|error| vec![Problem::new("embedded simulators", error)])?;
                let environment = Environment::system()
                    .map_err(|error| vec![Problem::of("this machine", &error)])?;
                Ok(Self {
                    accounts: Accounts::open(&simulators.accounts, &environment).map_err(all)?,
                    warning: None,
                    _simulators: Some(simulators),
                })
            }
        }
    }

    /// Tells what should be mended in the configuration. A quiet run leaves it to others: where it
    /// is on a schedule, the warning would come each time.
    pub fn warn(&self) {
        if let Some(warning) = &self.warning {
            tell("warning", warning);
        }
    }
}
