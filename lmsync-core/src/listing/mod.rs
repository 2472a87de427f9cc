//! Listings that are complete or say why not.
//!
//! A connector supplies one page at a time ([`ListSource`]); this module does
//! what is the same for all: pages fetched ahead and handed out in order,
//! records dropped when they come twice and looked for when they went missing,
//! detail added, windows, counts, and checkpoints.

mod chain;
mod checkpoint;
mod detail;
mod fetches;
mod from_records;
mod key;
mod listed;
mod machine;
mod page;
mod read_all;
mod seen;
mod source;
mod stream;
mod walk;

pub use self::checkpoint::{Checkpoint, ListingScope};
pub use self::key::PageKey;
pub use self::listed::Listed;
pub use self::page::{Next, Page, Row};
pub use self::read_all::{CompleteList, read_all};
pub use self::source::{ListChain, ListSource};
pub use self::stream::RecordStream;
