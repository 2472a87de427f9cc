//! The promises of a connector, as tests that anyone can run.
//!
//! Implement [`Subject`] for a connector and [`Vendor`] for a simulator of its
//! vendor, then let [`conformance!`](crate::conformance!) make one `#[test]` per
//! promise; a list of the test names reads as a table of what holds:
//!
//! ```text
//! mod superops {
//!     lmsync_testkit::conformance!(super::SuperOpsSubject);
//! }
//! ```
//!
//! The subject's [`Profile`] says what its vendor is like; no promise takes for granted what that
//! does not say. Where the kind of vendor makes a promise mean something else, such as an order of
//! pages where all comes in one export, its text says what holds instead. What is of some vendors
//! only stands apart: [`conformance_pointers!`](crate::conformance_pointers!) for those whose pages
//! say where the next one is, [`conformance_two_way!`](crate::conformance_two_way!) for connectors
//! that write.
//!
//! Everything runs in memory and virtual time.
//!
//! Each promise is a function, too, so that one alone can be run:
//!
//! ```
//! use std::sync::Arc;
//!
//! use chrono::{DateTime, Utc};
//! use lmsync_core::{Connector, Environment, Result};
//! use lmsync_syncro::SyncroConfig;
//! use lmsync_testkit::conformance::{self, Profile, Subject};
//! use lmsync_testkit::fleet::{Fleet, FleetSpec};
//! use lmsync_testkit::syncro::SyncroSimulator;
//!
//! const KEY: &str = "simulated-syncro-key";
//!
//! struct SyncroSubject;
//!
//! impl Subject for SyncroSubject {
//!     type Vendor = SyncroSimulator;
//!
//!     fn profile() -> Profile {
//!         Profile::numbered(50)
//!     }
//!
//!     fn vendor(assets: usize, now: DateTime<Utc>) -> SyncroSimulator {
//!         SyncroSimulator::new(Fleet::new(FleetSpec::new(assets, now)))
//!     }
//!
//!     fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
//!         Self::connect_with_secret(environment, KEY)
//!     }
//!
//!     fn connect_with_secret(environment: &Environment, key: &str) -> Result<Arc<dyn Connector>> {
//!         Ok(Arc::new(SyncroConfig::new("acmemsp", key).connect_in(environment)?))
//!     }
//!
//!     fn secrets() -> Vec<String> {
//!         vec![KEY.to_owned()]
//!     }
//! }
//!
//! conformance::run(conformance::read::every_asset_arrives_once::<SyncroSubject>());
//! conformance::run(conformance::throttle::the_budget_is_never_exceeded::<SyncroSubject>());
//! ```

// A test may panic; that is how it fails.
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, clippy::expect_used)]

pub mod auth;
pub mod cancel;
pub mod faults;
pub mod observe;
pub mod paging;
pub mod pointers;
mod profile;
pub mod read;
pub mod secrets;
pub mod shapes;
mod stage;
pub mod throttle;
pub mod two_way;
pub mod vendor;
pub mod wire;

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync_core::two_way::AssetDates;
use lmsync_core::{Connector, Environment, Result, TwoWaySync};

use crate::Simulator;

pub use self::profile::Profile;
pub use self::stage::{Listing, Stage};

/// A connector to be tested, with its vendor.
pub trait Subject: 'static {
    /// The simulator of its vendor.
    type Vendor: Vendor;

    /// What the vendor is like: how it is paged, and what is not as with most, such as
    /// `Profile::numbered(50)`.
    fn profile() -> Profile;

    /// A vendor with about `assets` assets in a few customers, at `now`.
    ///
    /// Some of a hundred assets have never checked in, and the others last did
    /// anything from now to a year ago; some share a serial number.
    fn vendor(assets: usize, now: DateTime<Utc>) -> Self::Vendor;

    /// A connector with the right credentials and the vendor's documented budget.
    ///
    /// # Errors
    /// Never, if it is to pass.
    fn connect(environment: &Environment) -> Result<Arc<dyn Connector>>;

    /// The same connector with `secret` in place of the right token, key or client secret.
    ///
    /// # Errors
    /// Never, if it is to pass.
    fn connect_with_secret(environment: &Environment, secret: &str) -> Result<Arc<dyn Connector>>;

    /// The secrets of [`connect`](Self::connect), those that the vendor hands out
    /// included, each of at least eight characters. No part of them may show up anywhere.
    fn secrets() -> Vec<String>;
}

/// What the suite needs to know of a simulated vendor, and to do to it.
pub trait Vendor: Simulator {
    /// The ids of the assets that the account sees now.
    fn asset_ids(&self) -> BTreeSet<String>;

    /// The ids of the customers that the account sees now.
    fn customer_ids(&self) -> BTreeSet<String>;

    /// When the asset last checked in.
    fn checked_in_at(&self, id: &str) -> Option<DateTime<Utc>>;

    /// Deletes an asset.
    fn remove_asset(&mut self, id: &str);

    /// Adds an asset before all others in the vendor's order, and returns its id.
    fn insert_asset(&mut self) -> String;

    /// Answers the next `requests` requests with the vendor's own "too many requests".
    fn refuse_next(&mut self, requests: usize);

    /// Takes the right to read assets from the account.
    fn forbid_reading_assets(&mut self);

    /// How many requests the vendor allows in which time.
    fn budget(&self) -> (usize, Duration);

    /// Requests so far that could change something at the vendor.
    fn writes(&self) -> usize;
}

/// A [`Subject`] whose connector writes dates back.
pub trait TwoWaySubject: Subject<Vendor: TwoWayVendor> {
    /// A connector with the right credentials, allowed to write.
    ///
    /// # Errors
    /// Never, if it is to pass.
    fn connect_two_way(environment: &Environment) -> Result<Arc<dyn TwoWaySync>>;
}

/// What the suite needs to know of a vendor that dates are written to, and to do to it.
///
/// The account may be written to at first.
pub trait TwoWayVendor: Vendor {
    /// The dates that the vendor holds for an asset.
    fn held_dates(&self, id: &str) -> AssetDates;

    /// Lets the vendor hold `dates` for an asset, as if a person had typed them.
    fn hold_dates(&mut self, id: &str, dates: AssetDates);

    /// How many requests to write dates of this asset the vendor accepted, those it
    /// ignored included.
    fn date_writes(&self, id: &str) -> usize;

    /// Sets what becomes of dates that are written from now on.
    fn treat_dates(&mut self, treatment: Treatment);

    /// Takes the right to write dates from the account.
    fn forbid_writing(&mut self);

    /// A value of an asset that the connector has to send back with a date, since the vendor
    /// replaces both together; `None` where dates are sent alone.
    fn neighbour(&self, _id: &str) -> Option<String> {
        None
    }

    /// Sets that value, as if a person had typed it.
    fn set_neighbour(&mut self, _id: &str, _text: &str) {}
}

/// What a vendor does with a date that is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Treatment {
    /// It keeps it.
    #[default]
    Keep,
    /// It says yes and does nothing.
    Ignore,
    /// It keeps the day before.
    Shift,
}

/// A secret that no vendor knows.
pub const WRONG_SECRET: &str = "wr0ng-5ecret-canary-7f3a9c";

/// A secret that no vendor knows, of characters that forms and addresses write differently.
pub const WRONG_SECRET_TO_ENCODE: &str = "wr0ng+5ecret/canary=7f3a9c~b61d";

/// No test takes this long, in virtual time.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Runs one test in virtual time; one that waits for ever fails.
///
/// # Panics
/// When the test does, or no runtime can be made.
#[allow(clippy::future_not_send, clippy::disallowed_methods)]
pub fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime for the test")
        .block_on(async { tokio::time::timeout(FOR_EVER, test).await })
        .expect("the test ends");
}

/// Makes one `#[test]` per promise for a [`Subject`](crate::conformance::Subject).
#[macro_export]
macro_rules! conformance {
    ($subject:ty) => {
        type ConformanceSubject = $subject;
        $crate::conformance_promises!($crate::conformance_groups!(ConformanceSubject:));
    };
}

/// Makes one `#[test]` per promise of two-way sync for a
/// [`TwoWaySubject`](crate::conformance::TwoWaySubject).
///
/// Stands beside [`conformance!`](crate::conformance!), in the same module:
///
/// ```text
/// mod superops {
///     lmsync_testkit::conformance!(super::SuperOpsSubject);
///     lmsync_testkit::conformance_two_way!(super::SuperOpsSubject);
/// }
/// ```
#[macro_export]
macro_rules! conformance_two_way {
    ($subject:ty) => {
        type TwoWayConformanceSubject = $subject;
        $crate::conformance_two_way_promises!(
            $crate::conformance_groups!(TwoWayConformanceSubject:)
        );
    };
}

/// Makes one `#[test]` per promise about cursors and links to the next page, for a
/// [`Subject`](crate::conformance::Subject) whose profile says where they stand.
///
/// Stands beside [`conformance!`](crate::conformance!), in the same module. A vendor whose pages
/// are numbered has no pointer that could lead astray: its promises are those of
/// [`paging`](crate::conformance::paging) alone.
#[macro_export]
macro_rules! conformance_pointers {
    ($subject:ty) => {
        type PointersConformanceSubject = $subject;
        $crate::conformance_pointers_promises!(
            $crate::conformance_groups!(PointersConformanceSubject:)
        );
    };
}

/// The promises by group, handed to a macro after what it is given:
/// `conformance_promises!(my_macro!(given))` is `my_macro!(given read: [..] paging: [..] ..)`.
#[macro_export]
macro_rules! conformance_promises {
    ($($name:ident)::+!($($given:tt)*)) => {
        $($name)::+! {
            $($given)*
            read: [
                every_asset_arrives_once,
                every_asset_says_where_it_comes_from,
                every_asset_has_a_json_form,
                every_customer_arrives_once,
                an_empty_account_is_empty_and_complete,
                reading_twice_gives_the_same,
                one_asset_can_be_read_alone,
                an_unknown_asset_is_an_error,
                an_id_is_never_shortened_into_another,
                a_window_keeps_what_checked_in_within_it,
                the_edge_of_a_window_is_inside,
                assets_that_never_checked_in_are_counted_and_included_on_request,
                every_asset_is_accounted_for,
                a_serial_number_that_comes_twice_is_flagged,
                the_summary_counts_assets_by_customer,
                the_raw_record_comes_on_request_only,
                detail_comes_on_request_only,
                what_is_not_offered_is_unsupported,
                nothing_is_written,
            ]
            paging: [
                nothing_is_sent_before_the_first_poll,
                no_page_is_asked_for_twice,
                pages_come_without_delay,
                assets_come_in_the_vendors_order_whatever_the_overlap,
                an_asset_removed_between_pages_hides_no_other,
                an_asset_inserted_between_pages_repeats_no_other,
                assets_that_come_and_go_between_pages_hide_and_repeat_no_other,
                an_asset_deleted_before_its_detail_came_costs_no_other,
                a_listing_resumes_after_any_asset,
                a_listing_read_in_small_steps_skips_nothing,
                a_resumed_listing_skips_nothing_when_the_account_changed,
                a_checkpoint_of_another_query_is_refused,
                the_caller_may_ask_for_more_in_the_middle_of_a_listing,
            ]
            auth: [
                the_right_secret_passes_the_check,
                a_wrong_secret_fails_the_check_with_advice,
                a_wrong_secret_is_an_authentication_error_and_not_an_empty_account,
                a_missing_permission_is_a_permission_error_with_advice,
                a_missing_permission_fails_its_own_check_only,
                every_request_carries_a_credential,
                fifty_callers_at_once_sign_in_once,
                a_credential_refused_in_the_middle_is_renewed_once_and_costs_nothing,
                a_caller_that_gives_up_while_signing_in_blocks_no_other,
                a_late_refusal_of_the_old_credential_keeps_the_new_one,
            ]
            throttle: [
                the_vendors_refusal_is_waited_out,
                a_429_is_waited_out,
                retry_after_in_seconds_is_obeyed,
                retry_after_as_a_date_is_obeyed,
                retry_after_that_makes_no_sense_is_no_obstacle,
                a_refusal_holds_back_every_request_of_the_account,
                a_refusal_of_one_caller_holds_back_all_others,
                a_refusal_without_end_is_a_rate_limited_error,
                a_refusal_longer_than_patience_ends_every_call_at_once,
                the_budget_is_never_exceeded,
                the_budget_is_never_exceeded_whatever_the_latency,
            ]
            faults: [
                any_single_lost_answer_costs_nothing,
                any_single_cut_answer_costs_nothing,
                any_single_server_error_costs_nothing,
                any_single_refused_connection_costs_nothing,
                any_single_web_page_costs_nothing,
                no_answer_ever_is_a_timeout_error,
                no_connection_ever_is_a_network_error,
                no_trusted_connection_is_a_tls_error,
                server_errors_without_end_are_a_vendor_error,
                cut_answers_without_end_are_a_decode_error,
                web_pages_without_end_are_a_decode_error,
                an_answer_too_large_is_an_error,
                a_redirect_is_an_error_and_is_not_followed,
                a_failure_in_the_middle_ends_an_incomplete_listing,
                an_unreachable_vendor_fails_the_check_as_such,
            ]
            wire: [
                no_mutated_answer_breaks_a_listing,
                no_mutated_answer_breaks_another_listing,
                no_mutated_answer_breaks_a_call,
                a_listing_of_mutated_answers_is_whole_or_says_why_not,
                a_key_never_heard_of_changes_no_other_record,
                one_spoilt_record_never_costs_the_rest_of_its_page,
                one_spoilt_customer_never_costs_the_others,
                a_null_costs_neither_the_record_nor_another,
                numbers_as_text_mean_the_same,
                what_is_handed_out_has_a_json_form,
            ]
            shapes: [
                a_byte_order_mark_costs_nothing,
                what_is_written_wrongly_costs_no_record,
                an_answer_of_unknown_shape_is_no_empty_list,
                rows_without_an_id_leave_the_listing_incomplete,
                records_that_are_listed_and_counted_twice_are_complete,
                a_flood_of_empty_rows_is_no_flood_of_memory,
            ]
            secrets: [
                no_debug_output_shows_a_secret,
                no_panic_shows_a_secret,
                no_report_shows_a_secret,
                no_error_shows_a_secret,
                no_error_shows_what_a_request_carried,
                no_log_shows_a_secret,
                no_address_holds_a_secret,
                nothing_is_sent_to_another_host,
            ]
            cancel: [
                a_listing_dropped_at_any_point_leaves_the_connector_usable,
                a_detailed_listing_dropped_at_any_point_leaves_the_connector_usable,
                a_call_dropped_at_any_point_leaves_the_connector_usable,
                a_dropped_listing_sends_nothing_more,
            ]
            observe: [
                every_request_is_counted_under_its_account,
                every_line_stands_in_the_callers_span,
            ]
            vendor: [
                an_account_has_what_it_is_made_with,
                the_vendor_is_as_its_profile_says,
                what_is_deleted_is_gone,
                what_is_added_is_there,
                so_many_requests_are_refused_as_are_to_be,
                the_budget_allows_something,
            ]
        }
    };
}

/// The promises of two-way sync, handed to a macro as
/// [`conformance_promises!`](crate::conformance_promises!) does.
#[macro_export]
macro_rules! conformance_two_way_promises {
    ($($name:ident)::+!($($given:tt)*)) => {
        $($name)::+! {
            $($given)*
            two_way: [
                a_date_is_written_and_read_back,
                the_dates_of_an_asset_go_in_one_request,
                what_is_written_is_what_a_sync_reads,
                nothing_else_is_touched,
                what_is_held_already_is_not_sent,
                what_changed_since_the_plan_is_not_overwritten,
                an_edit_while_a_failed_write_waits_is_not_overwritten,
                an_edit_of_a_neighbour_while_a_failed_write_waits_survives,
                an_edit_while_a_write_waits_for_its_turn_is_not_overwritten,
                each_date_has_an_outcome_of_its_own,
                after_a_failure_only_the_missing_date_is_sent,
                what_lands_late_is_noticed_by_the_next_run,
                a_refusal_longer_than_patience_ends_the_run,
                a_write_that_the_vendor_ignores_is_named,
                a_write_that_the_vendor_shifts_is_named,
                a_lost_answer_writes_nothing_twice,
                an_error_after_the_write_writes_nothing_twice,
                a_cut_answer_writes_nothing_twice,
                an_error_instead_of_the_write_is_made_up_for,
                a_429_instead_of_the_write_is_waited_out,
                an_outcome_that_cannot_be_known_is_not_called_written,
                a_missing_permission_is_a_permission_error_with_advice,
                the_check_tells_what_writing_needs_and_writes_nothing,
                the_declared_fields_are_the_writable_ones,
                an_unknown_asset_is_not_written,
                a_date_is_cleared_only_where_that_is_offered,
                a_write_dropped_at_any_point_leaves_the_connector_usable,
                what_is_not_declared_writable_is_unsupported,
                no_mutated_answer_breaks_a_reading_of_dates,
                no_mutated_answer_writes_twice_or_misreports,
                no_write_shows_a_secret,
                no_journal_shows_a_secret,
                a_run_killed_again_and_again_writes_every_date_once,
            ]
        }
    };
}

/// The promises about cursors and links, handed to a macro as
/// [`conformance_promises!`](crate::conformance_promises!) does.
#[macro_export]
macro_rules! conformance_pointers_promises {
    ($($name:ident)::+!($($given:tt)*)) => {
        $($name)::+! {
            $($given)*
            pointers: [
                a_pointer_to_elsewhere_is_not_followed,
                a_relative_pointer_leads_nowhere_else,
                a_pointer_that_repeats_or_leads_back_ends_the_listing,
                a_pointer_that_is_no_text_is_not_the_end,
                an_empty_pointer_hides_nothing_that_is_counted,
                resuming_costs_no_page_that_was_read,
            ]
        }
    };
}

/// One `#[test]` per promise of the groups.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_groups {
    ($subject:ident: $($group:ident: [$($promise:ident),* $(,)?])*) => {
        $(
            mod $group {
                $crate::conformance_group!($group of $subject: [$($promise),*]);
            }
        )*
    };
}

/// The tests of one group.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_group {
    ($group:ident of $subject:ident: [$($promise:ident),*]) => {
        $(
            #[test]
            fn $promise() {
                $crate::conformance::run(
                    $crate::conformance::$group::$promise::<super::$subject>(),
                );
            }
        )*
    };
}
