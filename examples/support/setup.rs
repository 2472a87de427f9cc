//! From the command line's `--config` to connectors that are ready to be used.

use std::path::Path;
use std::sync::Arc;

use lmsync::{Connector, ConnectorConfig, Environment, Result as Connected, Vendors};

use super::config::{self, Account};
use super::problem::{Problem, tell};
use super::simulators::{self, Simulators};

/// The connectors of one run.
#[derive(Debug)]
pub(crate) struct Setup<C: ?Sized> {
    /// In the order of the file.
    pub(crate) connectors: Vec<Arc<C>>,
    warning: Option<String>,
    // They serve until they are dropped.
    _simulators: Option<Simulators>,
}

impl<C: Connector + ?Sized> Setup<C> {
    /// Connectors of the accounts of `vendors` in the file `config`, or of simulators where there is
    /// none, each made by `connect`.
    ///
    /// Nothing is sent yet. All that is wrong with the file is told at once.
    pub(crate) async fn new(
        vendors: &Vendors,
        config: Option<&Path>,
        connect: impl Fn(&ConnectorConfig, &Environment) -> Connected<Arc<C>>,
    ) -> Result<Self, Vec<Problem>> {
        match config {
            Some(path) => {
                let configuration = config::read(path, vendors)?;
                let environment = Environment::on_network(&configuration.network)
                    .map_err(|error| vec![Problem::of("[network]", &error)])?;
                Ok(Self {
                    connectors: connected(&configuration.accounts, &environment, connect)?,
                    warning: configuration.warning,
                    _simulators: None,
                })
            }
            None => {
                let simulators = simulators::start()
                    .await
                    .map_err(|error| vec![Problem::new("embedded simulators", error)])?;
                let environment = Environment::system()
                    .map_err(|error| vec![Problem::of("this machine", &error)])?;
                Ok(Self {
                    connectors: connected(&embedded(&simulators), &environment, connect)?,
                    warning: None,
                    _simulators: Some(simulators),
                })
            }
        }
    }
}

impl<C: ?Sized> Setup<C> {
    /// Tells what should be mended in the configuration. A quiet run leaves it to others: where it
    /// is on a schedule, the warning would come each time.
    pub(crate) fn warn(&self) {
        if let Some(warning) = &self.warning {
            tell("warning", warning);
        }
    }
}

fn embedded(simulators: &Simulators) -> Vec<Account> {
    simulators
        .accounts
        .iter()
        .map(|config| Account {
            label: format!("embedded simulator of {}", config.vendor()),
            is_named: true,
            config: config.clone(),
        })
        .collect()
}

/// The connectors of `accounts` on one environment: they share connections.
fn connected<C: Connector + ?Sized>(
    accounts: &[Account],
    environment: &Environment,
    connect: impl Fn(&ConnectorConfig, &Environment) -> Connected<Arc<C>>,
) -> Result<Vec<Arc<C>>, Vec<Problem>> {
    let mut connectors = Vec::new();
    let mut problems = Vec::new();
    for account in accounts {
        match connect(&account.config, environment) {
            Ok(connector) => connectors.push(connector),
            Err(error) => problems.push(Problem::of(&account.label, &error)),
        }
    }
    if problems.is_empty() {
        problems = namesakes(accounts, &connectors);
    }
    if problems.is_empty() {
        Ok(connectors)
    } else {
        Err(problems)
    }
}

/// A given name stands for one account of the file. A derived one may come up once
/// per vendor: a provider has the same subdomain in many products.
fn namesakes<C: Connector + ?Sized>(accounts: &[Account], connectors: &[Arc<C>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (place, (account, connector)) in accounts.iter().zip(connectors).enumerate() {
        let (info, earlier) = (
            connector.info(),
            accounts.iter().zip(connectors).take(place),
        );
        let mut namesakes = earlier.filter(|(other, connector)| {
            let is_mixed_up =
                account.is_named || other.is_named || connector.info().vendor == info.vendor;
            connector.info().instance == info.instance && is_mixed_up
        });
        if let Some((other, _)) = namesakes.next() {
            let message = format!(
                "the instance name `{}` is also that of {}",
                info.instance, other.label
            );
            problems.push(
                Problem::new(&account.label, message)
                    .hint("give each a `name` of its own; one account twice is one too many"),
            );
        }
    }
    problems
}
