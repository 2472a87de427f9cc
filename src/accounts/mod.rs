//! Many accounts at once.

mod check;
mod events;
mod options;
mod report;
mod shard;
mod sync;
mod tasks;

use std::fmt;
use std::sync::Arc;

use lmsync_core::{
    Connector, ConnectorInfo, Environment, Error, OpenedAccount, SharedClock, SystemClock,
};

pub use self::check::AccountCheck;
pub use self::events::SyncEvent;
pub use self::options::SyncOptions;
pub use self::report::{SyncFailure, SyncReport};
pub use self::shard::Shard;
use crate::config::ConnectorConfig;
use crate::problem::{Problem, Problems};

/// Many accounts, checked and read at once: each as fast as its vendor allows, and none stopped
/// by another that fails.
///
/// ```
/// use std::sync::Arc;
///
/// use lmsync::{Accounts, CheckScope, Discard, Error, ErrorKind, OpenedAccount, SyncOptions};
/// use lmsync_testkit::FakeConnector;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// // With a configuration: `Accounts::open(configs, &Environment::system()?)?`.
/// let (acme, broken) = (FakeConnector::new("acme"), FakeConnector::new("broken"));
/// broken.fail(Error::new(ErrorKind::Network, "the line is dead"));
/// let accounts = Accounts::from_opened([
///     OpenedAccount::two_way(acme.with_asset("1", |_| {})),
///     OpenedAccount::two_way(broken),
/// ])?;
///
/// let checks = accounts.check(CheckScope::read()).await;
/// assert!(checks[0].ok && !checks[1].ok);
///
/// // In earnest, `lmsync::store::StoreLocation::open` gives a store, or `JsonLines` writes a file.
/// let reports = accounts.sync(&SyncOptions::new(), Arc::new(Discard)).await;
/// assert!(reports[0].is_ok() && reports[0].assets == 1);
/// assert_eq!(reports[1].error.as_ref().unwrap().kind, ErrorKind::Network);
/// # Ok::<(), Error>(())
/// # }).unwrap();
/// ```
///
/// [`two_way`](Self::two_way) is for the accounts to write dates to.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// In the order given.
    accounts: Vec<OneAccount>,
    clock: SharedClock,
}

/// One of the accounts.
#[derive(Clone)]
struct OneAccount {
    opened: OpenedAccount,
    /// The name of the request limit that it is counted against.
    limit: String,
}

impl fmt::Debug for OneAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.opened.connector().info().fmt(f)
    }
}

impl Accounts {
    /// The accounts that `configs` describe, on one `environment`: they share connections, and
    /// those that a vendor counts together share their request budget. Sends nothing yet.
    ///
    /// # Errors
    /// All that is wrong with them; also accounts of one name, which could not be told apart. A name
    /// that was given stands for one account; one that was derived may come up once for each vendor.
    pub fn open<'c>(
        configs: impl IntoIterator<Item = &'c ConnectorConfig>,
        environment: &Environment,
    ) -> Result<Self, Problems> {
        let (mut entries, mut problems) = (Vec::new(), Vec::new());
        for (number, config) in (1..).zip(configs) {
            let label = label(number, config.vendor(), config.name());
            match OneAccount::open(config, environment) {
                Ok(account) => entries.push(Entry {
                    label,
                    is_named: config.name().is_some(),
                    account,
                }),
                Err(error) => problems.push(Problem::new(label, error)),
            }
        }
        if problems.is_empty() {
            problems = namesakes(&entries);
        }
        let accounts = Self {
            accounts: entries.into_iter().map(|entry| entry.account).collect(),
            clock: Arc::clone(&environment.clock),
        };
        Problems::none_in(problems, accounts)
    }

    /// The accounts `opened`, such as those of connectors that are at hand:
    /// `OpenedAccount::reading(connector)`.
    ///
    /// # Errors
    /// All accounts that have the vendor and the instance name of one before.
    pub fn from_opened(opened: impl IntoIterator<Item = OpenedAccount>) -> Result<Self, Problems> {
        let numbered = (1..).zip(opened);
        let entries: Vec<Entry> = numbered
            .map(|(number, opened)| {
                let account = OneAccount::new(opened, None);
                let info = account.info();
                Entry {
                    label: label(number, &info.vendor, Some(&info.instance)),
                    is_named: false,
                    account,
                }
            })
            .collect();
        let problems = namesakes(&entries);
        let accounts = Self {
            accounts: entries.into_iter().map(|entry| entry.account).collect(),
            clock: Arc::new(SystemClock::new()),
        };
        Problems::none_in(problems, accounts)
    }

    /// Measures and stamps with `clock`, in place of that of the environment or the machine.
    #[must_use]
    pub fn clock(self, clock: SharedClock) -> Self {
        Self { clock, ..self }
    }

    /// The accounts of one of several processes that share the work.
    #[must_use]
    pub fn of_shard(mut self, shard: Shard) -> Self {
        self.accounts.retain(|account| shard.holds(&account.limit));
        self
    }

    /// Number of accounts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// The connectors, in the order given.
    pub fn connectors(&self) -> impl Iterator<Item = &Arc<dyn Connector>> {
        self.opened().map(OpenedAccount::connector)
    }

    /// The connector of the account `instance` of `vendor`.
    #[must_use]
    pub fn connector(&self, vendor: &str, instance: &str) -> Option<&Arc<dyn Connector>> {
        self.connectors().find(|connector| {
            let info = connector.info();
            (&*info.vendor, info.instance.as_str()) == (vendor, instance)
        })
    }

    pub(crate) fn opened(&self) -> impl Iterator<Item = &OpenedAccount> {
        self.accounts.iter().map(|account| &account.opened)
    }

    pub(crate) fn shared_clock(&self) -> &SharedClock {
        &self.clock
    }
}

impl OneAccount {
    fn open(config: &ConnectorConfig, environment: &Environment) -> lmsync_core::Result<Self> {
        Ok(Self::new(
            config.open_in(environment)?,
            config.limit_name()?,
        ))
    }

    /// The account `opened`, counted by `limit`, or else by itself.
    fn new(opened: OpenedAccount, limit: Option<String>) -> Self {
        let info = opened.connector().info();
        let limit = limit.unwrap_or_else(|| format!("{} {}", info.vendor, info.instance));
        Self { opened, limit }
    }

    fn info(&self) -> &ConnectorInfo {
        self.opened.connector().info()
    }
}

/// An account, and how it was given.
struct Entry {
    label: String,
    is_named: bool,
    account: OneAccount,
}

/// Which account is meant, such as `connector 2 (superops, head office)`.
fn label(number: usize, vendor: &str, name: Option<&str>) -> String {
    let known: Vec<&str> = std::iter::once(vendor).chain(name).collect();
    format!("connector {number} ({})", known.join(", "))
}

/// A given name stands for one account. A derived one may come up once per vendor: a provider has
/// the same subdomain in many products.
fn namesakes(entries: &[Entry]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let info = entry.account.info();
        let mut earlier = entries.iter().take(place);
        let namesake = earlier.find(|other| {
            let known = other.account.info();
            let is_mixed_up = entry.is_named || other.is_named || known.vendor == info.vendor;
            known.instance == info.instance && is_mixed_up
        });
        if let Some(other) = namesake {
            let message = format!(
                "the instance name `{}` is also that of {}",
                info.instance, other.label
            );
            let error = Error::config(message)
                .with_hint("give each a `name` of its own; one account twice is one too many");
            problems.push(Problem::new(&entry.label, error));
        }
    }
    problems
}
