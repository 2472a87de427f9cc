//! What the configurations of all vendors have, written once.

/// Gives the configuration of a vendor's account what all have:
/// [`AccountConfig`](crate::AccountConfig), `connect` on the real network, and a method for each of
/// the settings named, out of `name`, `endpoint`, `requests_per_minute`, `concurrency`, `rules` and
/// `fields`.
///
/// The configuration has a field for each of them, and a method `connect_in`. One that shares a
/// request limit with others has a method for the limit's name, too, and says so:
/// `account_config!(ShelfConfig opens Shelf, counted by limit_of: name)`.
///
/// ```
/// use lmsync_core::model::Rules;
/// use lmsync_core::{Environment, Error, Result};
/// # use lmsync_core::{model::*, two_way::*, *};
/// # #[derive(Debug)]
/// # struct Shelf;
/// # #[async_trait::async_trait]
/// # impl Connector for Shelf {
/// #     fn info(&self) -> &ConnectorInfo { unimplemented!() }
/// #     async fn check(&self, _: CheckScope) -> CheckReport { unimplemented!() }
/// #     fn assets(&self, _: AssetQuery) -> AssetStream { unimplemented!() }
/// #     fn customers(&self) -> CustomerStream { unimplemented!() }
/// #     async fn asset(&self, _: &AssetId) -> Result<Asset> { unimplemented!() }
/// # }
/// # #[async_trait::async_trait]
/// # impl DateAccess for Shelf {
/// #     type Record = ();
/// #     fn clock(&self) -> &SharedClock { unimplemented!() }
/// #     async fn fetch(&self, _: &AssetId) -> Result<(AssetDates, ())> { unimplemented!() }
/// #     async fn send(&self, _: &DateChange, _: &()) -> Result<()> { unimplemented!() }
/// # }
///
/// #[derive(Debug, Default)]
/// struct ShelfConfig {
///     name: Option<String>,
///     rules: Rules,
/// }
///
/// impl ShelfConfig {
///     fn connect_in(&self, environment: &Environment) -> Result<Shelf> {
///         # let _ = environment;
///         self.name.as_ref().map(|_| Shelf).ok_or_else(|| Error::config("it has no name"))
///     }
/// }
///
/// lmsync_core::account_config!(ShelfConfig opens Shelf: name, rules);
///
/// assert!(ShelfConfig::default().connect().is_err());
/// assert!(ShelfConfig::default().name("top").connect().is_ok());
/// ```
#[macro_export]
macro_rules! account_config {
    ($config:ident opens $connector:ty $(, counted by $limit:ident)?: $($setting:ident),+) => {
        impl $crate::AccountConfig for $config {
            fn open(
                &self,
                environment: &$crate::Environment,
            ) -> $crate::Result<$crate::OpenedAccount> {
                self.connect_in(environment).map($crate::OpenedAccount::two_way)
            }

            $(
                fn limit_name(&self) -> $crate::Result<Option<String>> {
                    self.$limit().map(Some)
                }
            )?
        }

        impl $config {
            /// A connector on the real network. Sends nothing yet.
            ///
            /// # Errors
            /// `config` when a value cannot work, with where to find the right one.
            pub fn connect(&self) -> $crate::Result<$connector> {
                self.connect_in(&$crate::Environment::system()?)
            }

            $($crate::account_setting!($setting);)+
        }
    };
}

/// The method for one setting of [`account_config!`](crate::account_config!).
#[doc(hidden)]
#[macro_export]
macro_rules! account_setting {
    (name) => {
        /// Sets the account's name for reports.
        #[must_use]
        pub fn name(mut self, name: impl Into<String>) -> Self {
            self.name = Some(name.into());
            self
        }
    };
    (endpoint) => {
        /// Sends requests to another origin; plain http only to loopback.
        #[must_use]
        pub fn endpoint(mut self, origin: impl Into<String>) -> Self {
            self.endpoint = Some(origin.into());
            self
        }
    };
    (requests_per_minute) => {
        /// Sets the request budget per minute.
        #[must_use]
        pub fn requests_per_minute(mut self, requests: u32) -> Self {
            self.requests_per_minute = Some(requests);
            self
        }
    };
    (concurrency) => {
        /// Sets the most requests in flight.
        #[must_use]
        pub fn concurrency(mut self, requests: u32) -> Self {
            self.concurrency = Some(requests);
            self
        }
    };
    (rules) => {
        /// Sets the rules by which values are read, such as further placeholder serial numbers.
        #[must_use]
        pub fn rules(mut self, rules: $crate::model::Rules) -> Self {
            self.rules = rules;
            self
        }
    };
    (fields) => {
        /// Sets the names of the fields in which the tenant keeps what the vendor has none for;
        /// those not named here keep their default names.
        #[must_use]
        pub fn fields(mut self, names: $crate::tenant_fields::TenantFieldNames) -> Self {
            self.fields = names;
            self
        }
    };
}
