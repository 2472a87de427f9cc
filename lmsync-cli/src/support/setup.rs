//! From the command line's `--config` to accounts that are ready to be used.

use std::path::Path;

use lmsync::warranty::WarrantyConfig;
use lmsync::{Accounts, Environment, Vendors};

use super::config::{self, Configuration};
use super::problem::{Problem, all, tell};
use super::simulators::Simulators;

/// The accounts of one run, and the hardware makers.
#[derive(Debug)]
pub struct Setup {
    /// In the order of the file.
    pub accounts: Accounts,
    /// The tables of makers to ask.
    pub(crate) warranty: Vec<WarrantyConfig>,
    pub(crate) environment: Environment,
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
            Some(path) => Self::of_file(config::read(path, vendors)?),
            None => Self::of_simulators().await,
        }
    }

    /// The same for who reads no accounts: the file may name makers alone.
    ///
    /// # Errors
    /// The problems to mend.
    pub(crate) async fn of_makers(
        vendors: &Vendors,
        config: Option<&Path>,
    ) -> Result<Self, Vec<Problem>> {
        match config {
            Some(path) => Self::of_file(config::read_makers(path, vendors)?),
            None => Self::of_simulators().await,
        }
    }

    fn of_file(configuration: Configuration) -> Result<Self, Vec<Problem>> {
        let environment = Environment::on_network(&configuration.network)
            .map_err(|error| vec![Problem::of("[network]", &error)])?;
        Ok(Self {
            accounts: Accounts::open(&configuration.accounts, &environment).map_err(all)?,
            warranty: configuration.warranty,
            environment,
            warning: configuration.warning,
            _simulators: None,
        })
    }

    async fn of_simulators() -> Result<Self, Vec<Problem>> {
        let simulators = Simulators::start()
            .await
            .map_err(|error| vec![Problem::new("embedded simulators", error)])?;
        let environment =
            Environment::system().map_err(|error| vec![Problem::of("this machine", &error)])?;
        Ok(Self {
            accounts: Accounts::open(&simulators.accounts, &environment).map_err(all)?,
            warranty: simulators.warranty.clone(),
            environment,
            warning: None,
            _simulators: Some(simulators),
        })
    }

    /// Tells what should be mended in the configuration. A quiet run leaves it to others: where it
    /// is on a schedule, the warning would come each time.
    pub fn warn(&self) {
        if let Some(warning) = &self.warning {
            tell("warning", warning);
        }
    }
}
