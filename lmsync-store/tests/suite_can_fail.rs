//! Every promise of the suite is broken by a store that breaks it.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod subject;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::DateTime;
use lmsync_core::Result;
use lmsync_core::model::Asset;
use lmsync_store::{
    AccountKey, Batch, Landed, Landing, PassId, PassReport, ReadStore, Records, SavedPass, Store,
    StreamName,
};
use lmsync_testkit::store::{ReadStoreSubject, StoreSubject, StoredPass, StoredRow};
use rusqlite::Connection;

use self::subject::Sqlite;

/// What is wrong with a store: by default nothing.
#[derive(Clone, Copy, Default)]
struct Flaw {
    account: Option<fn(&AccountKey) -> AccountKey>,
    asset: Option<fn(&mut Asset)>,
    batch: Option<fn(Batch) -> Vec<Batch>>,
    landed: Option<fn(&mut Landed)>,
    report: Option<fn(&mut PassReport)>,
    /// SQL when the store is opened, before and after each batch, and after the end of a pass; `PASS`
    /// is its name.
    opened: Option<&'static str>,
    before_put: Option<&'static str>,
    after_put: Option<&'static str>,
    after_finish: Option<&'static str>,
    lets_everybody_in: bool,
    forgets: bool,
    forgets_the_latest: bool,
    serials: Option<fn(Serials) -> Serials>,
}

/// Serial numbers, each with the id of its record.
type Serials = Vec<(String, String)>;

thread_local! {
    static IN_FORCE: Cell<Flaw> = Cell::default();
}

/// SQLite with the flaw that is in force.
#[derive(Debug)]
struct Flawed(Sqlite);

#[async_trait]
impl StoreSubject for Flawed {
    async fn empty() -> Self {
        Self(Sqlite::empty().await)
    }

    async fn open(&self) -> Arc<dyn Store> {
        let store = FlawedStore {
            sound: self.0.open().await,
            path: self.0.path(),
        };
        store.sql(IN_FORCE.get().opened, None);
        Arc::new(store)
    }

    async fn rows(&self, stream: StreamName) -> Vec<StoredRow> {
        self.0.rows(stream).await
    }

    async fn passes(&self) -> Vec<StoredPass> {
        self.0.passes().await
    }
}

#[async_trait]
impl ReadStoreSubject for Flawed {
    async fn open_to_read(&self) -> Arc<dyn ReadStore> {
        self.0.open_to_read().await
    }
}

#[derive(Debug, Clone)]
struct FlawedStore {
    sound: Arc<dyn Store>,
    path: PathBuf,
}

impl FlawedStore {
    fn sql(&self, statement: Option<&str>, pass: Option<PassId>) {
        if let Some(statement) = statement {
            let pass = pass.map(|pass| format!("'{pass}'")).unwrap_or_default();
            let statement = statement.replace("PASS", &pass);
            Connection::open(&self.path)
                .unwrap()
                .execute_batch(&statement)
                .unwrap();
        }
    }
}

#[async_trait]
impl Store for FlawedStore {
    async fn begin(&self, account: &AccountKey, stream: StreamName) -> Result<Box<dyn Landing>> {
        let flaw = IN_FORCE.get();
        let account = flaw
            .account
            .map_or_else(|| account.clone(), |change| change(account));
        match self.sound.begin(&account, stream).await {
            Ok(sound) => Ok(Box::new(FlawedLanding {
                sound,
                account,
                store: self.clone(),
            })),
            Err(_) if flaw.lets_everybody_in => Ok(Box::new(Nowhere)),
            Err(error) => Err(error),
        }
    }
}

#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Landing for Nowhere {
    async fn put(&mut self, _: &Arc<Batch>) -> Result<Landed> {
        Ok(Landed::default())
    }

    async fn finish(self: Box<Self>, report: &PassReport) -> Result<Landed> {
        Ok(report.landed)
    }
}

#[derive(Debug)]
struct FlawedLanding {
    sound: Box<dyn Landing>,
    account: AccountKey,
    store: FlawedStore,
}

#[async_trait]
impl Landing for FlawedLanding {
    fn unfinished(&self) -> Option<&SavedPass> {
        self.sound.unfinished().filter(|_| !IN_FORCE.get().forgets)
    }

    fn latest(&self) -> Option<PassId> {
        self.sound
            .latest()
            .filter(|_| !IN_FORCE.get().forgets_the_latest)
    }

    async fn landed_serials(&mut self) -> Result<Vec<(String, String)>> {
        let serials = self.sound.landed_serials().await?;
        Ok(match IN_FORCE.get().serials {
            Some(change) => change(serials),
            None => serials,
        })
    }

    async fn put(&mut self, batch: &Arc<Batch>) -> Result<Landed> {
        let flaw = IN_FORCE.get();
        let mut records = batch.records.clone();
        if let (Records::Assets(assets), Some(change)) = (&mut records, flaw.asset) {
            assets.iter_mut().for_each(change);
        }
        let changed = Batch::new(batch.pass_id, records, batch.saved.clone());
        let batches = match flaw.batch {
            Some(change) => change(changed),
            None => vec![changed],
        };
        self.store.sql(flaw.before_put, Some(batch.pass_id));
        let mut landed = Landed::default();
        for batch in batches {
            landed += self.sound.put(&Arc::new(batch)).await?;
            tokio::task::yield_now().await;
        }
        self.store.sql(flaw.after_put, Some(batch.pass_id));
        if let Some(change) = flaw.landed {
            change(&mut landed);
        }
        Ok(landed)
    }

    async fn finish(self: Box<Self>, report: &PassReport) -> Result<Landed> {
        let flaw = IN_FORCE.get();
        let mut report = report.clone();
        report.account = self.account;
        if let Some(change) = flaw.report {
            change(&mut report);
        }
        let landed = self.sound.finish(&report).await?;
        self.store.sql(flaw.after_finish, Some(report.pass_id));
        Ok(landed)
    }
}

/// One `#[test]` per promise: SQLite keeps it, and each flaw breaks it.
macro_rules! proofs {
    ($($group:ident: { $($promise:ident { $($what:literal: $flaw:expr),+ $(,)? })+ })+) => {
        const PROVEN: &[&str] = &[$($(concat!(stringify!($group), "::", stringify!($promise))),+),+];

        $($(
            #[test]
            fn $promise() {
                let promise = || lmsync_testkit::store::run(lmsync_testkit::store::$group::$promise::<Flawed>());
                IN_FORCE.set(Flaw::default());
                promise();
                $(
                    IN_FORCE.set($flaw);
                    lmsync_testkit::proof::is_broken(promise, "lmsync-testkit/src/store/", $what);
                )+
            }
        )+)+
    };
}

fn flaw(change: impl FnOnce(&mut Flaw)) -> Flaw {
    let mut flaw = Flaw::default();
    change(&mut flaw);
    flaw
}

fn asset(change: fn(&mut Asset)) -> Flaw {
    flaw(|flaw| flaw.asset = Some(change))
}

fn landed(change: fn(&mut Landed)) -> Flaw {
    flaw(|flaw| flaw.landed = Some(change))
}

fn report(change: fn(&mut PassReport)) -> Flaw {
    flaw(|flaw| flaw.report = Some(change))
}

fn account(change: fn(&AccountKey) -> AccountKey) -> Flaw {
    flaw(|flaw| flaw.account = Some(change))
}

fn after_finish(statement: &'static str) -> Flaw {
    flaw(|flaw| flaw.after_finish = Some(statement))
}

fn after_put(statement: &'static str) -> Flaw {
    flaw(|flaw| flaw.after_put = Some(statement))
}

fn without_the_last(batch: Batch) -> Vec<Batch> {
    let mut records = batch.records;
    if let Records::Assets(assets) = &mut records {
        assets.pop();
    }
    vec![Batch::new(batch.pass_id, records, batch.saved)]
}

fn in_halves(batch: Batch) -> Vec<Batch> {
    let Records::Assets(mut first) = batch.records else {
        return vec![batch];
    };
    let second = first.split_off(first.len() / 2);
    [first, second]
        .map(|half| Batch::new(batch.pass_id, Records::Assets(half), batch.saved.clone()))
        .into()
}

fn renamed(account: &AccountKey, name: impl Fn(&str) -> String) -> AccountKey {
    AccountKey::new(account.connector.clone(), name(&account.instance))
}

const MARK_EVERYBODYS: &str = "UPDATE assets SET deleted_at = PASS WHERE last_seen_at < PASS";

proofs! {
    changes: {
        every_record_lands {
            "the last of a batch is lost": flaw(|flaw| flaw.batch = Some(without_the_last)),
            "it counts more than there is": landed(|landed| landed.inserted += 1),
        }
        a_second_pass_over_the_same_changes_nothing {
            "what is unchanged counts as changed": landed(|landed| {
                landed.changed += landed.unchanged;
                landed.unchanged = 0;
            }),
            "it notes a change where there is none":
                after_put("UPDATE assets SET changed_at = PASS"),
            "it forgets when it met a row first":
                after_put("UPDATE assets SET first_seen_at = PASS"),
            "it does not note that it met the rows":
                after_put("UPDATE assets SET last_seen_at = first_seen_at"),
        }
        what_moves_by_itself_is_written_and_no_change {
            "a check-in is not written": asset(|asset| asset.last_check_in = None),
            "a check-in is a change": after_put("UPDATE assets SET changed_at = PASS"),
        }
        what_changes_is_counted_and_dated {
            "a change counts as none": landed(|landed| {
                landed.unchanged += landed.changed;
                landed.changed = 0;
            }),
            "a change is not dated": after_put("UPDATE assets SET changed_at = first_seen_at"),
            "a change is not written": asset(|asset| asset.name = "machine".to_owned()),
        }
        streams_and_accounts_are_apart {
            "letter case makes no account": account(|account| renamed(account, str::to_lowercase)),
            "connectors make no account":
                account(|account| AccountKey::new("fake", &account.instance)),
        }
    }
    deletion: {
        a_complete_pass_deletes_what_it_did_not_meet {
            "it never deletes": report(|report| report.filtered = true),
        }
        an_incomplete_pass_deletes_nothing {
            "every pass is complete to it": report(|report| report.complete = true),
        }
        a_pass_over_a_part_deletes_nothing {
            "no pass is one over a part to it": report(|report| report.filtered = false),
        }
        a_pass_that_is_dropped_deletes_nothing {
            "it marks what is gone with each batch": after_put(MARK_EVERYBODYS),
        }
        a_record_that_could_not_be_read_keeps_its_row {
            "it knows no rejections": report(|report| {
                report.totals.rejected.clear();
                report.totals.rejected_total = 0;
            }),
            "a rejection keeps every row": report(|report| {
                report.filtered = report.totals.rejected_total > 0;
            }),
        }
        an_unknown_record_that_could_not_be_read_keeps_every_row {
            "rejections without an id are nothing to it": report(|report| {
                report.totals.rejected.retain(|rejection| rejection.vendor_id.is_some());
                report.totals.rejected_total = report.totals.rejected.len() as u64;
            }),
        }
        more_rejections_than_are_told_keep_every_row {
            "it believes that all rejections are told": report(|report| {
                report.totals.rejected_total = report.totals.rejected.len() as u64;
            }),
        }
        another_accounts_rows_stay {
            "it marks rows of all accounts": after_finish(MARK_EVERYBODYS),
        }
        another_streams_rows_stay {
            "it marks rows of all streams": after_finish(MARK_EVERYBODYS),
        }
        half_of_an_account_is_not_believed_to_be_gone {
            "it believes everything": report(|report| report.accept_shrink = true),
            "it believes nothing": report(|report| report.filtered = true),
        }
        half_of_an_account_goes_when_that_is_accepted {
            "it does not ask what is accepted": report(|report| report.accept_shrink = false),
        }
        an_accepted_shrink_overrides_nothing_else {
            "who accepts a shrink accepts everything": report(|report| {
                if report.accept_shrink {
                    report.complete = true;
                    report.filtered = false;
                    report.totals.rejected_total = 0;
                    report.totals.rejected.clear();
                }
            }),
        }
        a_few_may_all_go {
            "an empty account is not believed": report(|report| {
                report.filtered = report.totals.kept == 0;
            }),
            "it believes everything": report(|report| report.accept_shrink = true),
        }
        what_comes_back_is_the_same_row {
            "what is deleted is forgotten": flaw(|flaw| {
                flaw.before_put = Some("DELETE FROM assets WHERE deleted_at IS NOT NULL");
            }),
            "what is deleted stays deleted": after_put(
                "UPDATE assets SET deleted_at = PASS WHERE vendor_id = '7' AND last_seen_at > first_seen_at",
            ),
        }
        a_complete_pass_over_nothing_deletes {
            "an empty account is not believed": report(|report| {
                report.filtered = report.totals.kept == 0;
            }),
        }
    }
    passes: {
        every_pass_that_ended_has_a_row {
            "it notes complete ones alone": after_finish("DELETE FROM passes WHERE complete = 0"),
            "it does not say why": report(|report| report.incomplete_reason = None),
            "it counts without the rejected": report(|report| report.totals.rejected_total = 0),
        }
        a_pass_that_was_dropped_has_none {
            "it notes passes that begin": after_put(
                "INSERT INTO passes VALUES ('fake', 'acme', 'assets', PASS, PASS, 0, 0, 0, 0, 0, 0, NULL, NULL, 0)",
            ),
        }
        a_stream_of_an_account_is_landed_by_one_run_at_a_time {
            "it lets everybody in": flaw(|flaw| flaw.lets_everybody_in = true),
            "it lets nobody in beside": account(|account| renamed(account, |_| "acme".to_owned())),
        }
        an_interrupted_pass_is_gone_on_with {
            "it forgets": flaw(|flaw| flaw.forgets = true),
            "it counts nothing that landed": landed(|landed| *landed = Landed::default()),
        }
        serial_numbers_that_landed_are_known_to_who_goes_on {
            "it tells none": flaw(|flaw| flaw.serials = Some(|_| Vec::new())),
            "it tells those of other passes, too": flaw(|flaw| {
                flaw.serials = Some(|mut serials| {
                    serials.push(("OLD".to_owned(), "9".to_owned()));
                    serials
                });
            }),
        }
        a_pass_that_ended_is_not_gone_on_with {
            "it never forgets": flaw(|flaw| {
                flaw.opened = Some(
                    "CREATE TRIGGER never BEFORE DELETE ON lmsync_unfinished BEGIN SELECT RAISE(IGNORE); END",
                );
            }),
        }
        passes_follow_each_other_though_the_clock_does_not {
            "it knows of no pass before": flaw(|flaw| flaw.forgets_the_latest = true),
        }
        passes_of_many_accounts_land_at_once {
            "long names are cut":
                account(|account| renamed(account, |name| name.chars().take(9).collect())),
        }
        a_dropped_write_leaves_everything_usable {
            "a batch is written in two parts": flaw(|flaw| flaw.batch = Some(in_halves)),
        }
    }
    reading: {
        what_landed_is_read_back {
            "what is deleted comes back": after_finish("UPDATE assets SET deleted_at = NULL"),
            "all accounts are one to it": after_finish("UPDATE assets SET instance = 'acme'"),
            "it forgets when it met a row first":
                after_put("UPDATE assets SET first_seen_at = last_seen_at"),
            "a change is not dated": after_put("UPDATE assets SET changed_at = first_seen_at"),
            "it does not note that it met the rows":
                after_put("UPDATE assets SET last_seen_at = first_seen_at"),
            "a part is lost": asset(|asset| asset.last_check_in = None),
            "what tells machines apart is lost": asset(|asset| asset.identity.clear()),
        }
        the_last_pass_of_each_stream_is_told {
            "it tells complete ones alone": after_finish("DELETE FROM passes WHERE complete = 0"),
            "it tells one of each account":
                after_finish("DELETE FROM passes WHERE stream <> 'assets'"),
            "it does not say why": report(|report| report.incomplete_reason = None),
            "it does not say that only a part was asked for":
                report(|report| report.filtered = false),
            "it counts without the rejected": report(|report| report.totals.rejected_total = 0),
        }
    }
    texts: {
        names_that_are_commands_are_names {
            "quotes are taken away": asset(|asset| asset.name = asset.name.replace('\'', "")),
            "slashes are taken away":
                account(|account| renamed(account, |name| name.replace('/', ""))),
        }
        nul_is_replaced {
            "NUL is taken away": asset(|asset| asset.name = asset.name.replace('\0', "")),
        }
        long_ids_are_told_apart {
            "long ids are cut": asset(|asset| asset.source.vendor_id.truncate(1_000)),
        }
        times_that_no_database_holds_are_left_out {
            "they are moved": asset(|asset| asset.last_check_in = Some(DateTime::UNIX_EPOCH)),
            "their records are lost": flaw(|flaw| flaw.batch = Some(without_the_last)),
        }
        one_id_in_two_letter_cases_is_two_records {
            "letter case makes no id": asset(|asset| {
                asset.source.vendor_id = asset.source.vendor_id.to_lowercase();
            }),
        }
    }
}

/// The promises of the suite, as it hands them out.
macro_rules! names {
    ($($group:ident: [$($promise:ident),+ $(,)?])+) => {
        &[$($(concat!(stringify!($group), "::", stringify!($promise))),+),+]
    };
}

#[test]
fn every_promise_is_shown_to_be_able_to_fail() {
    let all: &[&str] = lmsync_testkit::conformance_store_promises!(names!());
    let of_reading: &[&str] = lmsync_testkit::conformance_read_store_promises!(names!());
    let all: BTreeSet<&str> = all.iter().chain(of_reading).copied().collect();
    assert_eq!(all, PROVEN.iter().copied().collect());
}
