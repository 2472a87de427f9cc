//! The account as a configuration names it. With this, every program of lmsync can read it:
//! `Vendors::built_in().with::<ShelfConfig>("shelf")`.

use lmsync::{AccountConfig, Environment, OpenedAccount, Result, SecretSource};
use serde::Deserialize;

use crate::connector::Shelf;

/// The settings of a Shelf account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShelfConfig {
    /// The account's name in reports.
    name: String,
    /// The address of Shelf.
    endpoint: String,
    /// The key, or the environment variable that holds it. `Debug` shows no secret.
    api_key: SecretSource,
}

impl AccountConfig for ShelfConfig {
    fn open(&self, environment: &Environment) -> Result<OpenedAccount> {
        let key = self.api_key.resolve()?;
        Shelf::connect_in(environment, &self.endpoint, key.expose(), &self.name)
            .map(OpenedAccount::two_way)
    }
}
