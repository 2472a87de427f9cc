//! Configurations of accounts, whatever the vendor.

use std::fmt::Debug;
use std::sync::Arc;

use crate::connector::Connector;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::two_way::TwoWaySync;

/// The configuration of one account; each vendor has one of its own.
pub trait AccountConfig: Debug + Send + Sync + 'static {
    /// The account's connector on `environment`. Sends nothing yet.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    fn open(&self, environment: &Environment) -> Result<OpenedAccount>;

    /// The name of the request limit that the vendor counts this account's requests against; it
    /// holds no secret. Accounts whose limits have one name belong into one process, since each
    /// process keeps to the limit by itself. `None` where the account has a limit of its own.
    ///
    /// # Errors
    /// `config` when a value cannot work.
    fn limit_name(&self) -> Result<Option<String>> {
        Ok(None)
    }
}

/// The connector of an opened account, with two-way sync where it has that.
#[derive(Debug, Clone)]
pub struct OpenedAccount {
    connector: Arc<dyn Connector>,
    two_way: Option<Arc<dyn TwoWaySync>>,
}

impl OpenedAccount {
    /// A connector that reads.
    #[must_use]
    pub fn reading(connector: impl Connector) -> Self {
        Self {
            connector: Arc::new(connector),
            two_way: None,
        }
    }

    /// A connector that also writes dates.
    #[must_use]
    pub fn two_way(connector: impl TwoWaySync) -> Self {
        let connector = Arc::new(connector);
        Self {
            connector: connector.clone(),
            two_way: Some(connector),
        }
    }

    /// The connector, which stays here.
    #[must_use]
    pub fn connector(&self) -> &Arc<dyn Connector> {
        &self.connector
    }

    /// The connector.
    #[must_use]
    pub fn into_connector(self) -> Arc<dyn Connector> {
        self.connector
    }

    /// The connector, to write dates with.
    ///
    /// # Errors
    /// `unsupported` when it only reads.
    pub fn into_two_way(self) -> Result<Arc<dyn TwoWaySync>> {
        let product = self.connector.info().product.clone();
        self.two_way
            .ok_or_else(|| Error::unsupported(&product, "writing dates"))
    }
}
