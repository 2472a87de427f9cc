//! The store in a PostgreSQL database, on a real server: it keeps the promises of stores, refuses what is not its
//! own, and stands what goes wrong.
//!
//! A server takes seconds to start, so that a test runs all cases of its group, each in a database of its own.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod columns;
mod failures;
mod journal;
#[path = "../journals/mod.rs"]
mod journals;
mod opening;
mod server;
mod subject;
#[cfg(feature = "postgres-tls")]
mod tls;
mod vendors_json;
mod work;

use self::server::{cases, run_all};

/// One case per promise.
macro_rules! promises {
    ($($group:ident: [$($promise:ident),+ $(,)?])+) => {
        vec![$($(server::Case {
            name: stringify!($promise),
            run: || lmsync_testkit::store::run(
                lmsync_testkit::store::$group::$promise::<subject::Postgres>(),
            ),
        }),+),+]
    };
}

#[test]
fn it_keeps_the_promises_of_stores() {
    run_all(lmsync_testkit::conformance_store_promises!(promises!()));
    run_all(lmsync_testkit::conformance_read_store_promises!(
        promises!()
    ));
}

#[test]
fn it_opens_what_is_its_own() {
    run_all(cases!(
        opening::another_programs_tables_are_left_as_they_are,
        opening::tables_of_others_beside_ours_stay,
        opening::newer_tables_are_refused_and_it_says_what_to_do,
        opening::older_tables_get_what_is_missing,
        opening::many_open_an_empty_database_at_once,
        opening::each_schema_is_a_store_of_its_own,
        opening::a_schema_that_is_not_there_is_told,
        opening::a_user_who_may_make_nothing_uses_what_is_there,
        opening::a_user_who_may_make_nothing_is_told_so_where_something_is_missing,
        opening::a_database_that_cannot_hold_every_text_is_refused,
        opening::no_error_of_connecting_shows_a_secret,
        opening::a_server_without_tls_is_refused_where_that_is_required,
    ));
}

#[test]
fn it_stands_what_goes_wrong() {
    run_all(cases!(
        failures::a_statement_that_is_ended_costs_its_batch_and_nothing_else,
        failures::a_full_disk_costs_its_batch_and_nothing_else,
        failures::an_end_that_fails_marks_nothing,
        failures::a_connection_that_is_lost_in_a_batch_is_told_and_the_next_run_goes_on,
        failures::a_connection_that_is_lost_before_the_end_marks_nothing,
        failures::a_pass_whose_lock_was_lost_does_not_go_on,
        failures::a_write_that_is_given_up_keeps_its_lock_until_it_has_ended,
        failures::a_server_that_is_gone_is_told,
        failures::names_that_are_too_long_are_refused,
    ));
}

#[test]
fn it_keeps_journals() {
    run_all(cases!(
        journal::it_tells_what_was_written,
        journal::an_attempt_is_open_until_it_has_ended,
        journal::one_run_writes_to_an_account,
        journal::what_it_cannot_keep_is_refused,
        journal::odd_texts_are_texts,
        journal::a_journal_whose_lock_was_lost_takes_nothing,
        journal::a_row_is_on_the_disk,
    ));
}

#[test]
fn its_rows_hold_all_that_records_have() {
    run_all(cases!(
        columns::the_tables_have_the_columns_of_the_list,
        columns::rows_hold_what_records_have,
        columns::assets_come_back_as_what_they_were,
        columns::ids_that_are_one_without_nul_are_one_row,
        columns::a_reading_that_is_given_up_ends_its_connection,
        vendors_json::what_jsonb_does_not_take_costs_no_record,
        work::rows_are_found_by_their_index,
    ));
}

#[cfg(feature = "postgres-tls")]
#[test]
fn its_connections_are_secure() {
    run_all(cases!(
        tls::a_certificate_that_is_trusted_makes_a_secure_connection,
        tls::a_certificate_that_nobody_trusts_is_refused,
        tls::a_certificate_of_another_host_is_refused,
        tls::a_file_without_certificates_is_told,
    ));
}
