//! The account as a configuration names it: `Vendors::built_in().with::<HarborConfig>("harbor")`.

use lmsync::{AccountConfig, Environment, OpenedAccount, Result, SecretSource};
use serde::Deserialize;

use crate::connector::Harbor;

/// The settings of a Harbor account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HarborConfig {
    /// The account's name in reports.
    name: String,
    /// The id of the API client.
    client_id: String,
    /// Its secret, or the environment variable that holds it.
    client_secret: SecretSource,
}

impl AccountConfig for HarborConfig {
    fn open(&self, environment: &Environment) -> Result<OpenedAccount> {
        let secret = self.client_secret.resolve()?;
        Harbor::connect_in(environment, &self.client_id, &secret, &self.name)
            .map(OpenedAccount::two_way)
    }
}
