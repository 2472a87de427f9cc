//! Choose your way in: one vendor, any vendor, a connector of your own, a test.
//!
//! | you | depend on | begin with |
//! |---|---|---|
//! | read the accounts of one vendor | that vendor's crate, such as `lmsync-syncro` | its configuration, [`SyncroConfig`](crate::syncro::SyncroConfig) |
//! | read accounts of several vendors, chosen by a configuration file | `lmsync`, with a feature for each vendor | [`ConnectorConfig`](crate::ConnectorConfig) |
//! | read many accounts at once into a database, files or a pipe | `lmsync`, with a feature for each kind of store | [`Accounts`](crate::Accounts), [`store`](crate::store) |
//! | write dates to many accounts | `lmsync` | [`dates`](crate::dates) |
//! | run a service: metrics, spans, plans to approve | `lmsync` | [`Environment`](crate::Environment), [`observe`](crate::observe), [`AccountPlan`](crate::two_way::AccountPlan) |
//! | have a vendor that is not here | `lmsync-core`, and `lmsync` to read it from the same file | [`Connector`](crate::Connector), [`Vendors::with`](crate::Vendors::with) |
//! | test a program or a connector | `lmsync-testkit`, as a development dependency | its `FakeConnector`, `Stage` and conformance suite |
//!
//! All of them share one model: an [`Asset`](crate::model::Asset) is the same struct whoever it came from.
//! Each example below runs against a simulated account; leave the `_in(&environment)` away for the real network.
//!
//! # One vendor
//!
//! The smallest dependency. A vendor's crate has everything that its accounts need, and core as `core`;
//! in this crate it is the module of the vendor's name.
//!
//! ```
//! # lmsync_testkit::conformance::run(async { example().await.unwrap() });
//! # fn simulated() -> lmsync::Environment {
//! #     use std::sync::Arc;
//! #     use lmsync::Clock;
//! #     use lmsync_testkit::fleet::{Fleet, FleetSpec};
//! #     let clock: lmsync::SharedClock = Arc::new(lmsync_testkit::VirtualClock::default());
//! #     let fleet = Fleet::new(FleetSpec::new(60, clock.now()));
//! #     let vendor = lmsync_testkit::syncro::SyncroSimulator::new(fleet);
//! #     lmsync::Environment::new(Arc::new(lmsync_testkit::InMemory::new(vendor, clock.clone())), clock)
//! # }
//! # async fn example() -> lmsync::Result<()> {
//! # let environment = simulated();
//! use futures_util::StreamExt;
//! use lmsync::syncro::SyncroConfig; // or `lmsync_syncro::SyncroConfig`
//! use lmsync::{AssetQuery, Connector};
//!
//! let account = SyncroConfig::new("acmemsp", "simulated-syncro-key").connect_in(&environment)?;
//! let mut assets = account.assets(AssetQuery::new());
//! while let Some(asset) = assets.next().await {
//!     assert!(!asset?.name.is_empty());
//! }
//! assert!(assets.summary().complete);
//! # Ok(())
//! # }
//! ```
//!
//! # Any vendor
//!
//! The keys of a configuration say which vendor it is; the program does not care.
//!
//! ```
//! # lmsync_testkit::conformance::run(async { example().await.unwrap() });
//! # fn simulated() -> lmsync::Environment {
//! #     use std::sync::Arc;
//! #     use lmsync::Clock;
//! #     use lmsync_testkit::fleet::{Fleet, FleetSpec};
//! #     let clock: lmsync::SharedClock = Arc::new(lmsync_testkit::VirtualClock::default());
//! #     let fleet = Fleet::new(FleetSpec::new(60, clock.now()));
//! #     let vendor = lmsync_testkit::syncro::SyncroSimulator::new(fleet);
//! #     lmsync::Environment::new(Arc::new(lmsync_testkit::InMemory::new(vendor, clock.clone())), clock)
//! # }
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # let environment = simulated();
//! use lmsync::{AssetQuery, CheckScope, Connector, ConnectorConfig, ConnectorExt};
//!
//! let config: ConnectorConfig = toml::from_str(
//!     r#"
//!     vendor = "syncro"
//!     hostname = "acmemsp"
//!     api_key = "simulated-syncro-key"   # better: { env = "SYNCRO_KEY" }
//!     "#,
//! )?;
//! let account = config.connect_in(&environment)?;
//! let report = account.check(CheckScope::read()).await;
//! assert!(report.ok());
//! let (assets, summary) = account.collect_assets(AssetQuery::new()).await?;
//! assert_eq!((assets.len(), summary.complete), (60, true));
//! # Ok(())
//! # }
//! ```
//!
//! # A connector of your own
//!
//! Implement [`listing::ListSource`](crate::listing::ListSource) for one page of the vendor's list, and
//! [`Connector`](crate::Connector) with an [`Account`](crate::Account), which does the rest. `examples/own_connector`
//! in the repository is one to copy, `examples/cursor_connector` another; the README of `lmsync-core` has
//! the outline. Programs take it from the same configuration file through [`Vendors::with`](crate::Vendors::with):
//! its documentation has an example that runs.
//!
//! # A test
//!
//! `lmsync-testkit` simulates the vendors, lets things go wrong, and lets time pass at once. A connector of your own
//! is held to the same promises as those here by its conformance suite.
//!
//! ```
//! use lmsync::syncro::SyncroConfig;
//! use lmsync_testkit::fleet::{Fleet, FleetSpec};
//! use lmsync_testkit::syncro::SyncroSimulator;
//! use lmsync_testkit::{Fault, Stage, conformance};
//!
//! conformance::run(async {
//!     let stage = Stage::new(
//!         |now| SyncroSimulator::new(Fleet::new(FleetSpec::new(60, now))),
//!         |environment| SyncroConfig::new("acmemsp", "simulated-syncro-key").connect_in(environment),
//!     );
//!     stage.faults.inject(1, Fault::status(503));
//!     assert_eq!(stage.list_all().await.len(), 60);
//! });
//! ```
