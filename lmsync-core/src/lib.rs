#![doc = include_str!("../README.md")]
//!
//! # Stored forms
//!
//! Records, questions, reports, plans, errors and what journals hold are read as they were written, and
//! read with the rules of their constructors: an id is one, a date is one, a field is planned once.
//! A word that is not known here, such as one of a newer version, is an error that names it; it is
//! never read as another. Members that are not known are left out of records and reports, and
//! refused in plans and checkpoints, which lead to more than a look. A member that is missing has its default
//! where there is one.

mod account;
mod account_config;
mod account_settings;
pub mod auth;
mod check;
mod clock;
mod connector;
mod deletion;
mod detail;
mod diff;
mod environment;
mod error;
mod error_report;
pub mod graphql;
pub mod http;
mod info;
pub mod input;
pub mod json;
pub mod listing;
pub mod model;
pub mod observe;
mod query;
#[cfg(feature = "schema")]
pub mod schema;
mod secret;
mod summary;
mod task;
pub mod tenant_fields;
pub mod two_way;
mod window;
mod words;

pub use self::account::Account;
pub use self::account_config::{AccountConfig, OpenedAccount};
pub use self::check::{Check, CheckReport, CheckScope};
pub use self::clock::{Clock, SharedClock, SystemClock};
pub use self::connector::{AssetStream, Connector, ConnectorExt, CustomerStream, SoftwareStream};
pub use self::deletion::{DeletionGround, NotDeleted, Unread};
pub use self::detail::Detail;
pub use self::diff::{ChangedAsset, FleetDiff, diff};
pub use self::environment::Environment;
pub use self::error::{Error, ErrorKind, Result, RetryClass};
pub use self::error_report::ErrorReport;
pub use self::info::{Capabilities, CheckInSupport, ConnectorInfo};
pub use self::query::AssetQuery;
pub use self::secret::{EnvironmentVariable, Secret, SecretSource};
pub use self::summary::{CustomerCount, Rejection, SyncSummary};
pub use self::two_way::{TwoWaySync, TwoWaySyncExt};
pub use self::window::{CheckInWindow, NeverCheckedIn, WindowFilter, WindowVerdict};
#[doc(hidden)]
pub use self::words::support as __words;
/// The crate of JSON Schemas, in the version that the records and configurations implement.
#[cfg(feature = "schema")]
pub use schemars;
