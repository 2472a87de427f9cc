//! One account of any vendor, as configuration.

use std::sync::Arc;

use lmsync_core::{AccountConfig, Connector, Environment, OpenedAccount, Result, TwoWaySync};

/// One account of any vendor, as a configuration file names it: the key
/// `vendor` chooses, the others are that vendor's.
///
/// Read as such it knows the vendors that are compiled in; [`Vendors::read`](crate::Vendors::read) knows others, too.
///
/// ```
/// # #[cfg(feature = "superops")] {
/// let config: lmsync::ConnectorConfig = toml::from_str(
///     r#"
///     vendor = "superops"
///     subdomain = "acme"
///     api_token = { env = "SUPEROPS_TOKEN" }
///     "#,
/// )?;
/// assert_eq!(config.vendor(), "superops");
/// # }
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ConnectorConfig {
    vendor: String,
    /// The instance name that was given, where one was.
    name: Option<String>,
    account: Arc<dyn AccountConfig>,
}

impl ConnectorConfig {
    /// The account `config` of the vendor that configurations call `vendor`.
    #[must_use]
    pub fn new(vendor: impl Into<String>, config: impl AccountConfig) -> Self {
        Self::of(vendor.into(), None, Arc::new(config))
    }

    pub(crate) fn of(
        vendor: String,
        name: Option<String>,
        account: Arc<dyn AccountConfig>,
    ) -> Self {
        Self {
            vendor,
            name,
            account,
        }
    }

    /// The vendor's name, as the key `vendor` has it.
    #[must_use]
    pub fn vendor(&self) -> &str {
        &self.vendor
    }

    /// The key `name` that was read, where there was one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The name of the request limit that the vendor counts this account against, as
    /// [`AccountConfig::limit_name`] has it.
    ///
    /// # Errors
    /// `config` when a value cannot work.
    pub fn limit_name(&self) -> Result<Option<String>> {
        self.account.limit_name()
    }

    /// The account on `environment`, opened. Sends nothing yet.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn open_in(&self, environment: &Environment) -> Result<OpenedAccount> {
        self.account.open(environment)
    }

    /// A connector on the real network. Sends nothing yet.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect(&self) -> Result<Arc<dyn Connector>> {
        self.connect_in(&Environment::system()?)
    }

    /// A connector on `environment`; share one among all connectors of a process.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(&self, environment: &Environment) -> Result<Arc<dyn Connector>> {
        Ok(self.open_in(environment)?.into_connector())
    }

    /// A connector on `environment` that can also write dates. Whether the credentials
    /// allow it, [`check`](Connector::check) tells.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one; `unsupported` when
    /// the connector only reads.
    pub fn connect_two_way_in(&self, environment: &Environment) -> Result<Arc<dyn TwoWaySync>> {
        self.open_in(environment)?.into_two_way()
    }
}
