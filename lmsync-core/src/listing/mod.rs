//! Listings that are complete or say why not.
//!
//! A connector supplies one page at a time ([`ListSource`]); this module does
//! what is the same for all: pages fetched ahead and handed out in order,
//! records dropped when they come twice and looked for when they went missing,
//! detail added, windows, counts, and checkpoints.
//!
//! # Requests side by side
//!
//! The first page comes alone. Where it says how many pages or records there are, the numbered pages after it
//! are asked for ahead, as many at once as the connector may have in flight. A vendor that says neither is
//! asked for one page after the other, and so is one whose pages lead to each other by a cursor. The next page is under way
//! while the caller works on the one before. With [detail](crate::Detail), pages come one at a time,
//! and the detail of as many records as may be in flight is read at once. Records are always handed out in the
//! vendor's order.
//!
//! # When the counts do not agree
//!
//! Records move to other pages while an account is read and changed at once. A record that comes twice in one
//! reading is dropped and counted in [`SyncSummary::duplicates`](crate::SyncSummary::duplicates). If the vendor
//! counts more records than came, or its count changed meanwhile, the account is read again from the first page, up to
//! three readings in all; a later reading hands out only what no earlier one did. A reading that brings nothing
//! new ends it early. Then the listing is complete, or
//! [`SyncSummary::incomplete_reason`](crate::SyncSummary::incomplete_reason) says what is missing. A vendor that
//! counts nothing is believed.
//!
//! A listing ends with an error, and is not complete, when a page cannot be had, or when the
//! vendor repeats itself without end.
//!
//! # Checkpoints
//!
//! A [`Checkpoint`] holds the page that the listing stands on, the ids of that page which were handed out, how many records came
//! before, and the reason for records that are missing so far. It holds no credential. It fits the listing of the same connector, account
//! name, kind of record and query (window, detail and all); [`RecordStream::accepts`] tells, and
//! any other listing refuses it with a `config` error. Resuming costs the page that it stands on, and what follows. If one of
//! the ids is no longer on its page, or the vendor's count is another, the listing starts over: it may repeat
//! records, and skips none.
//!
//! ```
//! use std::sync::Arc;
//!
//! use async_trait::async_trait;
//! use futures_util::StreamExt;
//! use lmsync_core::http::Meter;
//! use lmsync_core::listing::{ListSource, Listed, ListingScope, Next, Page, PageKey, RecordStream};
//! use lmsync_core::{AssetQuery, Capabilities, ConnectorInfo, Result, SharedClock};
//! use lmsync_testkit::{VirtualClock, conformance};
//!
//! struct Device(String);
//!
//! impl Listed for Device {
//!     fn vendor_id(&self) -> &str {
//!         &self.0
//!     }
//! }
//!
//! /// Three devices on pages of two; the second moved to the next page while they were read.
//! struct Devices;
//!
//! #[async_trait]
//! impl ListSource for Devices {
//!     type Record = Device;
//!
//!     async fn page(&self, at: &PageKey, _meter: &Meter) -> Result<Page<Device>> {
//!         let ids = match at.number() {
//!             1 => ["7", "8"],
//!             _ => ["8", "9"],
//!         };
//!         let page = Page::of(ids, Next::numbered(2), |id| Ok(Device(id.to_owned())));
//!         Ok(page.with_total(3))
//!     }
//! }
//!
//! # async fn example() -> Result<()> {
//! let clock: SharedClock = Arc::new(VirtualClock::default());
//! let account = ConnectorInfo::new("example", "Example", "acme", Capabilities::new());
//! let scope = ListingScope::new(&account, "devices by 2");
//! let list = |query| RecordStream::new(Devices, query, scope.clone(), clock.clone(), 4);
//!
//! let mut devices = list(AssetQuery::new());
//! assert_eq!(devices.next().await.unwrap()?.0, "7");
//! let checkpoint = devices.checkpoint();
//! assert_eq!(devices.next().await.unwrap()?.0, "8");
//! assert_eq!(devices.next().await.unwrap()?.0, "9");
//! assert!(devices.next().await.is_none());
//! let summary = devices.summary();
//! assert!(summary.complete);
//! assert_eq!(summary.duplicates, 1);
//!
//! // Later, perhaps in another process.
//! let mut rest = list(AssetQuery::new().resume(checkpoint));
//! assert_eq!(rest.next().await.unwrap()?.0, "8");
//! # Ok(())
//! # }
//! # conformance::run(async { example().await.unwrap() });
//! ```

mod chain;
mod checkpoint;
mod detail;
mod fetches;
mod from_records;
mod key;
mod listed;
mod machine;
mod page;
mod programs;
mod read_all;
mod seen;
mod source;
mod stream;
mod walk;
mod watch;

pub(crate) use self::chain::OnlyList;
pub use self::checkpoint::{Checkpoint, ListingScope};
pub use self::key::PageKey;
pub use self::listed::Listed;
pub use self::page::{Next, Page, Row};
pub use self::programs::Program;
pub use self::read_all::{CompleteList, read_all};
pub use self::source::{ListChain, ListSource};
pub use self::stream::RecordStream;
