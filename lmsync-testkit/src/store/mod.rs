//! The promises of a store, as tests that anyone can run.
//!
//! Implement [`StoreSubject`] for a store and let [`conformance_store!`](crate::conformance_store!) make one
//! `#[test]` per promise:
//!
//! ```text
//! mod my_store {
//!     lmsync_testkit::conformance_store!(super::MyStoreSubject);
//! }
//! ```
//!
//! Each promise gets an empty store and plays nights in it: passes over streams of made-up accounts,
//! which end well or badly. Time is real, and nothing waits for it.

// A test may panic; that is how it fails.
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, clippy::expect_used)]

pub mod changes;
pub mod deletion;
mod night;
pub mod passes;
pub mod reading;
pub mod texts;

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_store::{AccountKey, ReadStore, Store, StreamName};

pub use self::night::{Night, account, asset, customer};

/// A store to be tested.
#[async_trait]
pub trait StoreSubject: Debug + Send + Sync + Sized + 'static {
    /// Set if the store tells rows that changed from those that did not; else all count as inserted.
    const COUNTS_CHANGES: bool = true;
    /// Set if a pass that was interrupted can be gone on with.
    const RESUMES: bool = true;

    /// An empty store.
    async fn empty() -> Self;

    /// The store, as another run of a program would open it.
    async fn open(&self) -> Arc<dyn Store>;

    /// The rows of `stream`, of all accounts, deleted ones where it keeps them.
    async fn rows(&self, stream: StreamName) -> Vec<StoredRow>;

    /// The rows of `passes`.
    async fn passes(&self) -> Vec<StoredPass>;
}

/// A store that can be read back, to be tested.
#[async_trait]
pub trait ReadStoreSubject: StoreSubject {
    /// The store, as another run of a program would open it to read.
    async fn open_to_read(&self) -> Arc<dyn ReadStore>;
}

/// A row of a store.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct StoredRow {
    /// Its account.
    pub account: AccountKey,
    /// Its id.
    pub vendor_id: String,
    /// Its name.
    pub name: String,
    /// When the machine last reported; of assets.
    pub last_check_in: Option<DateTime<Utc>>,
    /// The pass that met it first.
    pub first_seen_at: DateTime<Utc>,
    /// The pass that met it last.
    pub last_seen_at: DateTime<Utc>,
    /// The pass in which it changed last.
    pub changed_at: DateTime<Utc>,
    /// The pass in which it went.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A row of `passes`.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct StoredPass {
    /// The account that was read.
    pub account: AccountKey,
    /// The stream that was read.
    pub stream: String,
    /// Its name.
    pub pass_id: DateTime<Utc>,
    /// Set if everything was seen.
    pub complete: bool,
    /// Set if only a part was asked for.
    pub filtered: bool,
    /// Records that the vendor listed.
    pub seen: u64,
    /// Records handed out.
    pub kept: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Why it is not complete.
    pub incomplete_reason: Option<String>,
}

/// Runs one test.
///
/// # Panics
/// When the test does, or no runtime can be made.
#[allow(clippy::future_not_send)]
pub fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime for the test")
        .block_on(test);
}

/// Makes one `#[test]` per promise for a [`StoreSubject`](crate::store::StoreSubject).
#[macro_export]
macro_rules! conformance_store {
    ($subject:ty) => {
        type ConformanceStore = $subject;
        $crate::conformance_store_promises!($crate::conformance_store_groups!(ConformanceStore:));
    };
}

/// The promises of stores by group, handed to a macro after what it is given.
#[macro_export]
macro_rules! conformance_store_promises {
    ($($name:ident)::+!($($given:tt)*)) => {
        $($name)::+! {
            $($given)*
            changes: [
                every_record_lands,
                a_second_pass_over_the_same_changes_nothing,
                what_moves_by_itself_is_written_and_no_change,
                what_changes_is_counted_and_dated,
                streams_and_accounts_are_apart,
            ]
            deletion: [
                a_complete_pass_deletes_what_it_did_not_meet,
                an_incomplete_pass_deletes_nothing,
                a_pass_over_a_part_deletes_nothing,
                a_pass_that_is_dropped_deletes_nothing,
                a_record_that_could_not_be_read_keeps_its_row,
                an_unknown_record_that_could_not_be_read_keeps_every_row,
                more_rejections_than_are_told_keep_every_row,
                another_accounts_rows_stay,
                another_streams_rows_stay,
                half_of_an_account_is_not_believed_to_be_gone,
                half_of_an_account_goes_when_that_is_accepted,
                an_accepted_shrink_overrides_nothing_else,
                a_few_may_all_go,
                what_comes_back_is_the_same_row,
                a_complete_pass_over_nothing_deletes,
            ]
            passes: [
                every_pass_that_ended_has_a_row,
                a_pass_that_was_dropped_has_none,
                a_stream_of_an_account_is_landed_by_one_run_at_a_time,
                an_interrupted_pass_is_gone_on_with,
                serial_numbers_that_landed_are_known_to_who_goes_on,
                a_pass_that_ended_is_not_gone_on_with,
                passes_follow_each_other_though_the_clock_does_not,
                passes_of_many_accounts_land_at_once,
                a_dropped_write_leaves_everything_usable,
            ]
            texts: [
                names_that_are_commands_are_names,
                nul_is_replaced,
                long_ids_are_told_apart,
                times_that_no_database_holds_are_left_out,
                one_id_in_two_letter_cases_is_two_records,
            ]
        }
    };
}

/// Makes one `#[test]` per promise for a [`ReadStoreSubject`](crate::store::ReadStoreSubject), beside those
/// of [`conformance_store!`].
#[macro_export]
macro_rules! conformance_read_store {
    ($subject:ty) => {
        type ConformanceReadStore = $subject;
        $crate::conformance_read_store_promises!($crate::conformance_store_groups!(ConformanceReadStore:));
    };
}

/// The promises of stores that can be read back by group, handed to a macro after what it is given.
#[macro_export]
macro_rules! conformance_read_store_promises {
    ($($name:ident)::+!($($given:tt)*)) => {
        $($name)::+! {
            $($given)*
            reading: [
                what_landed_is_read_back,
                the_last_pass_of_each_stream_is_told,
            ]
        }
    };
}

/// One `#[test]` per promise.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_store_groups {
    ($subject:ident: $($group:ident: [$($promise:ident),+ $(,)?])+) => {$(
        mod $group {
            use super::$subject;

            $(
                #[test]
                fn $promise() {
                    $crate::store::run($crate::store::$group::$promise::<$subject>());
                }
            )+
        }
    )+};
}
