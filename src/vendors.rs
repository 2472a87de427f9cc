//! The one table of vendors, and those that an application adds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use lmsync_core::{AccountConfig, Error, Result};
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::config::ConnectorConfig;

/// The crates of vendors: the feature that brings each, and the configurations that it reads by
/// the vendor's name in them, which may stand for one of their keys.
macro_rules! vendors {
    ($($feature:literal: $package:ident as $module:ident {
        $($name:literal => $config:ident $(with $key:literal = $value:literal)?,)*
    })*) => {
        $(
            #[cfg(feature = $feature)]
            pub use $package as $module;
        )*

        /// Every vendor that there is, with the feature that brings it.
        const BUILT_IN: &[(&str, &str)] = &[$($(($name, $feature)),*),*];

        impl Vendors {
            /// The vendors that are compiled in: those whose features are enabled.
            #[must_use]
            // Without a feature, nothing is added.
            #[allow(unused_mut)]
            pub fn built_in() -> Self {
                let mut vendors = Self::default();
                $($(
                    #[cfg(feature = $feature)]
                    vendors.insert($name, |keys| {
                        $(let keys = with_key(keys, $name, $key, $value)?;)?
                        Ok(Arc::new(read::<$package::$config>(keys)?))
                    });
                )*)*
                vendors
            }
        }

        /// The schema of each vendor's keys, by the name of the vendor, and the keys for which that
        /// name stands.
        #[cfg(feature = "schema")]
        // Without a vendor, there is nothing to make.
        #[allow(unused_variables)]
        pub(crate) fn schemas(
            generator: &mut lmsync_core::schemars::SchemaGenerator,
        ) -> Vec<(&'static str, &'static [&'static str], lmsync_core::schemars::Schema)> {
            [$($(
                #[cfg(feature = $feature)]
                (
                    $name,
                    &[$($key)?][..],
                    <$package::$config as lmsync_core::schemars::JsonSchema>::json_schema(generator),
                ),
            )*)*]
            .into()
        }
    };
}

vendors! {
    "cwrmm": lmsync_cwrmm as cwrmm {
        "cwrmm" => CwRmmConfig,
    }
    "halo": lmsync_halo as halo {
        "halo-itsm" => HaloConfig with "product" = "itsm",
        "halo-psa" => HaloConfig with "product" = "psa",
    }
    "superops": lmsync_superops as superops {
        "superops" => SuperOpsConfig,
    }
    "syncro": lmsync_syncro as syncro {
        "syncro" => SyncroConfig,
    }
}

type Keys = Map<String, Value>;
type Read = dyn Fn(Keys) -> std::result::Result<Arc<dyn AccountConfig>, String> + Send + Sync;

/// The vendors that a configuration may name.
///
/// ```
/// use lmsync::{AccountConfig, Environment, OpenedAccount, Result, Vendors};
///
/// /// An account of a vendor of your own.
/// #[derive(Debug, serde::Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct ShelfConfig {
///     api_key: lmsync::SecretSource,
/// }
///
/// impl AccountConfig for ShelfConfig {
///     fn open(&self, environment: &Environment) -> Result<OpenedAccount> {
/// #       let _ = environment;
/// #       Err(lmsync::Error::config("a connector is made here"))
///         // Ok(OpenedAccount::reading(Shelf::new(self, environment)?))
///     }
/// }
///
/// let vendors = Vendors::built_in().with::<ShelfConfig>("shelf")?;
/// let account = vendors.read(serde_json::json!({ "vendor": "shelf", "api_key": "k" }))?;
/// assert_eq!(account.vendor(), "shelf");
/// # Ok::<(), lmsync::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Vendors {
    readers: BTreeMap<String, Arc<Read>>,
}

impl fmt::Debug for Vendors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Vendors {
    /// Adds a vendor of the application's own, called `name` in configurations.
    ///
    /// # Errors
    /// `config` when there is a vendor of that name, or the name is empty.
    pub fn with<C: AccountConfig + DeserializeOwned>(mut self, name: &str) -> Result<Self> {
        let refuse = |why| Err(Error::config(why).with_hint("give the vendor a name of its own"));
        if name.trim().is_empty() {
            return refuse("the vendor has no name".to_owned());
        }
        if self.readers.contains_key(name) || feature_of(name).is_some() {
            return refuse(format!("there is a vendor called `{name}` already"));
        }
        self.insert(name, |keys| Ok(Arc::new(read::<C>(keys)?)));
        Ok(self)
    }

    fn insert(
        &mut self,
        name: &str,
        read: impl Fn(Keys) -> std::result::Result<Arc<dyn AccountConfig>, String>
        + Send
        + Sync
        + 'static,
    ) {
        self.readers.insert(name.to_owned(), Arc::new(read));
    }

    /// The names of the vendors, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.readers.keys().map(String::as_str)
    }

    /// The account that `keys` configure: the key `vendor`, and those of that vendor.
    ///
    /// # Errors
    /// `config` when the vendor is not known or not compiled in, or a key is wrong.
    pub fn read(&self, keys: Value) -> Result<ConnectorConfig> {
        self.deserialize(keys)
            .map_err(|error| Error::config(error.to_string()))
    }

    fn account(&self, mut keys: Keys) -> std::result::Result<ConnectorConfig, String> {
        let vendor = keys.remove("vendor").ok_or("missing field `vendor`")?;
        let vendor = String::deserialize(vendor).map_err(|error| format!("`vendor`: {error}"))?;
        let name = keys.get("name").and_then(Value::as_str).map(str::to_owned);
        match self.readers.get(&vendor) {
            Some(read) => Ok(ConnectorConfig::of(vendor, name, read(keys)?)),
            None => Err(self.unknown(&vendor)),
        }
    }

    fn unknown(&self, vendor: &str) -> String {
        if let Some(feature) = feature_of(vendor) {
            return format!(
                "`vendor`: `{vendor}` is not compiled in: enable the feature `{feature}` of lmsync"
            );
        }
        let known: Vec<String> = self.names().map(|name| format!("`{name}`")).collect();
        format!(
            "`vendor`: `{vendor}` is not known, only {}; an application adds its own with \
             `Vendors::with`",
            known.join(", ")
        )
    }
}

/// The feature that brings the vendor `name`.
fn feature_of(name: &str) -> Option<&'static str> {
    let found = BUILT_IN.iter().find(|(vendor, _)| *vendor == name);
    found.map(|(_, feature)| *feature)
}

impl<'de> DeserializeSeed<'de> for &Vendors {
    type Value = ConnectorConfig;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        let keys = Keys::deserialize(deserializer)?;
        self.account(keys).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for ConnectorConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Vendors::built_in().deserialize(deserializer)
    }
}

/// `keys` with the one that the vendor's name stands for, which nobody else may set.
#[cfg(feature = "halo")]
fn with_key(
    mut keys: Keys,
    vendor: &str,
    key: &str,
    value: &str,
) -> std::result::Result<Keys, String> {
    match keys.insert(key.to_owned(), value.into()) {
        Some(_) => Err(format!(
            "`{key}`: it is said by `vendor = \"{vendor}\"`; leave it out"
        )),
        None => Ok(keys),
    }
}

/// One vendor's keys; an error says which of them it is about.
fn read<T: DeserializeOwned>(keys: Keys) -> std::result::Result<T, String> {
    serde_path_to_error::deserialize(Value::Object(keys)).map_err(|error| {
        let message = error.inner().to_string();
        let path = error.path().to_string();
        // Keys that are no texts to serde have no name in the path.
        let key = format!("`{}`", path.trim_end_matches(".?"));
        match error.path().iter().next() {
            Some(_) if !message.contains(&key) => format!("{key}: {message}"),
            _ => message,
        }
    })
}

#[cfg(test)]
mod tests {
    use lmsync_core::{Environment, ErrorKind, OpenedAccount};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Own {
        key: String,
    }

    impl AccountConfig for Own {
        fn open(&self, _environment: &Environment) -> Result<OpenedAccount> {
            Err(Error::config(format!("{} opens nothing", self.key)))
        }
    }

    #[test]
    fn a_vendor_of_ones_own_is_read_like_any_other() {
        let vendors = Vendors::built_in().with::<Own>("own").unwrap();
        let account = vendors
            .read(json!({ "vendor": "own", "key": "k" }))
            .unwrap();
        assert_eq!(account.vendor(), "own");
        let error = vendors
            .read(json!({ "vendor": "own", "kye": "k" }))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("`kye`"), "{error}");
    }

    #[cfg(feature = "halo")]
    #[test]
    fn the_vendors_name_says_which_product_of_halo_it_is() {
        let keys = |vendor| {
            json!({
                "vendor": vendor,
                "resource_server_url": "acme.example.com/api",
                "authorisation_server_url": "acme.example.com/auth",
                "client_id": "c",
                "client_secret": "d",
                "asset_types": { "neither": ["Furniture"] },
                "include_inactive": true,
                "scopes": "all",
            })
        };
        for (vendor, product) in [("halo-psa", "psa"), ("halo-itsm", "itsm")] {
            let account = Vendors::built_in().read(keys(vendor)).unwrap();
            assert_eq!(account.connect().unwrap().info().vendor, vendor);
            let mut twice = keys(vendor);
            twice["product"] = product.into();
            let error = Vendors::built_in().read(twice).unwrap_err();
            assert!(error.message().contains("`product`"), "{error}");
        }
    }

    #[test]
    fn a_name_stands_for_one_vendor() {
        let own = Vendors::default().with::<Own>("own").unwrap();
        // One that is not compiled in is taken as well.
        for taken in ["own", "superops", "halo-psa", "", " "] {
            let error = own.clone().with::<Own>(taken).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{taken}");
        }
    }

    #[test]
    fn what_is_not_there_is_told_with_what_to_do() {
        let none = Vendors::default();
        let error = none.read(json!({ "vendor": "syncro" })).unwrap_err();
        assert!(error.message().contains("feature `syncro`"), "{error}");
        let error = none.read(json!({ "vendor": "halo-itsm" })).unwrap_err();
        assert!(error.message().contains("feature `halo`"), "{error}");
        let own = none.with::<Own>("own").unwrap();
        let error = own.read(json!({ "vendor": "superhero" })).unwrap_err();
        assert!(error.message().contains("`own`"), "{error}");
        for keys in [json!({}), json!({ "vendor": 7 })] {
            let error = own.read(keys).unwrap_err();
            assert!(error.message().contains("`vendor`"), "{error}");
        }
        assert!(own.read(json!([])).is_err());
    }
}
