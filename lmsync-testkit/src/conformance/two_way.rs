//! Dates are written once, to the right asset, and what became of them is named.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use futures_util::future::{join, join_all, poll_fn};
use lmsync_core::http::TransportErrorKind;
use lmsync_core::model::{AssetId, DateReader};
use lmsync_core::two_way::{
    AssetDates, AssetRef, Claim, ClaimSource, Claims, DateChange, DateField, DateFields,
    JournalEntry, PlanInput, PlanRules, Reason, WriteOutcome, WriteSource, apply, plan, plan_undo,
    recover_open,
};
use lmsync_core::{Check, CheckScope, Error, ErrorKind, TwoWaySync};

use super::secrets::{ECHOING_STATUSES, expect_no_secret};
use super::wire::{number_drawn, survive};
use super::{Stage, Treatment, TwoWaySubject, TwoWayVendor, Vendor};
use crate::dice::Dice;
use crate::{Fault, FaultyTransport, Latency, Log, MemoryJournal, Mutation, MutationKind};

type TwoWayStage<S> = Stage<S, dyn TwoWaySync>;

/// So many dates are written by the run that is killed.
const KILLED_RUN_DATES: usize = 1000;
/// So often it is killed.
const KILLS: usize = 20;

impl<S: TwoWaySubject> TwoWayStage<S> {
    /// A vendor with about `assets` assets that may be written to.
    #[must_use]
    fn two_way(assets: usize) -> Self {
        Self::connecting(assets, S::connect_two_way)
    }

    /// The first asset, with both dates empty.
    fn blank(&self) -> AssetId {
        let id = self.truth().into_iter().next().expect("an asset");
        self.hold(&id, AssetDates::default());
        id.into()
    }

    fn hold(&self, id: &str, dates: AssetDates) {
        let vendor = self.vendor.simulator();
        vendor.with(|vendor| vendor.hold_dates(id, dates));
    }

    fn held(&self, id: &AssetId) -> AssetDates {
        let vendor = self.vendor.simulator();
        vendor.with(|vendor| vendor.held_dates(&id.vendor_id))
    }

    /// Lets a person give asset `id` other dates just before request `number`.
    fn edit_before(&self, number: usize, id: &AssetId, dates: AssetDates) {
        let (vendor, id) = (self.vendor.simulator().clone(), id.vendor_id.clone());
        self.faults.before(number, move || {
            vendor.with(|vendor| vendor.hold_dates(&id, dates));
        });
    }

    fn neighbour(&self, id: &AssetId) -> Option<String> {
        let vendor = self.vendor.simulator();
        vendor.with(|vendor| vendor.neighbour(&id.vendor_id))
    }

    fn set_neighbour(&self, id: &AssetId, text: &str) {
        let vendor = self.vendor.simulator();
        vendor.with(|vendor| vendor.set_neighbour(&id.vendor_id, text));
    }

    fn date_writes(&self, id: &AssetId) -> usize {
        let vendor = self.vendor.simulator();
        vendor.with(|vendor| vendor.date_writes(&id.vendor_id))
    }

    fn treat(&self, treatment: Treatment) {
        let vendor = self.vendor.simulator();
        vendor.with(|vendor| vendor.treat_dates(treatment));
    }

    fn forbid_writing(&self) {
        self.vendor.simulator().with(TwoWayVendor::forbid_writing);
    }

    fn writes(&self) -> usize {
        self.vendor.simulator().with(|vendor| vendor.writes())
    }

    fn fields(&self) -> impl Iterator<Item = DateField> {
        let writable = self.connector.writable();
        DateField::ALL
            .iter()
            .copied()
            .filter(move |field| writable.contains(*field))
    }

    /// A new date in every field that can be written, from nothing.
    fn change(&self, id: &AssetId) -> DateChange {
        self.fields()
            .fold(DateChange::new(id.clone()), |change, field| {
                change.set(field, None, new_day(field), WriteSource::Lookup)
            })
    }

    /// What is held once that is written.
    fn changed(&self) -> AssetDates {
        self.fields().fold(AssetDates::default(), |dates, field| {
            dates.with(field, Some(new_day(field)))
        })
    }

    /// Writes `change`, which must become `outcome`.
    async fn expect(&self, change: &DateChange, outcome: WriteOutcome) {
        let report = self.connector.write_dates(change).await.expect("a report");
        assert_eq!(report.outcome, outcome, "{report:?}");
        if let Some(held) = report.held {
            assert_eq!(held, self.held(&change.asset));
        }
    }

    async fn refusal(&self, change: &DateChange) -> Error {
        let refused = self.connector.write_dates(change).await;
        refused.expect_err("the write is refused")
    }
}

/// The day that is written to `field`.
fn new_day(field: DateField) -> NaiveDate {
    let (year, month, day) = match field {
        DateField::PurchaseDate => (2024, 3, 1),
        _ => (2027, 2, 28),
    };
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

/// Which request of writing dates to a fresh account is the write.
async fn number_of_the_write<S: TwoWaySubject>() -> usize {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage
        .expect(&stage.change(&id), WriteOutcome::Written)
        .await;
    let numbers = 1..=stage.faults.sent();
    for number in numbers.rev() {
        let stage = TwoWayStage::<S>::two_way(5);
        let id = stage.blank();
        let vendor = stage.vendor.simulator().clone();
        let probe = id.vendor_id.clone();
        let (count, counted) = tokio::sync::oneshot::channel();
        stage.faults.before(number, move || {
            let _ = count.send(vendor.with(|vendor| vendor.date_writes(&probe)));
        });
        stage
            .expect(&stage.change(&id), WriteOutcome::Written)
            .await;
        if counted.await == Ok(0) {
            return number;
        }
    }
    panic!("no request is the write");
}

/// What goes wrong with the write, and how often the vendor then accepted one.
async fn written_once_despite<S: TwoWaySubject>(fault: Fault) {
    let number = number_of_the_write::<S>().await;
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage.faults.inject(number, fault);
    stage
        .expect(&stage.change(&id), WriteOutcome::Written)
        .await;
    assert_eq!(stage.held(&id), stage.changed());
    assert_eq!(stage.date_writes(&id), 1);
}

/// What is written arrives, and what is reported is what is held.
pub async fn a_date_is_written_and_read_back<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage
        .expect(&stage.change(&id), WriteOutcome::Written)
        .await;
    assert_eq!(stage.held(&id), stage.changed());
    assert_eq!(
        stage.connector.read_dates(&id).await.unwrap(),
        stage.changed()
    );
    assert!(stage.writes() > 0);
}

/// All dates of an asset cost one write.
pub async fn the_dates_of_an_asset_go_in_one_request<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage
        .expect(&stage.change(&id), WriteOutcome::Written)
        .await;
    assert_eq!(stage.date_writes(&id), 1);
}

/// What is written is what a sync reads afterwards.
pub async fn what_is_written_is_what_a_sync_reads<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage
        .expect(&stage.change(&id), WriteOutcome::Written)
        .await;
    let asset = stage.connector.asset(&id).await.unwrap();
    let read = AssetDates::new(asset.purchase_date, asset.warranty_expiry);
    for field in stage.fields() {
        assert_eq!(read.get(field).day(), Some(new_day(field)));
    }
}

/// A date that is not written keeps what it was, and so does everything else.
pub async fn nothing_else_is_touched<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage.hold(&id.vendor_id, stage.changed());
    let others: Vec<AssetId> = stage
        .truth()
        .into_iter()
        .skip(1)
        .map(AssetId::from)
        .collect();
    let all_held = || -> Vec<AssetDates> { others.iter().map(|other| stage.held(other)).collect() };
    let (asset, others_before) = (stage.connector.asset(&id).await.unwrap(), all_held());
    let field = stage.fields().last().expect("a field");
    let (old, new) = (new_day(field), new_day(field) + Days::new(100));
    let change = DateChange::new(id.clone()).set(field, Some(old), new, WriteSource::Manual);
    stage.expect(&change, WriteOutcome::Written).await;
    assert_eq!(stage.held(&id), stage.changed().with(field, Some(new)));
    assert_eq!(all_held(), others_before);
    let mut written = stage.connector.asset(&id).await.unwrap();
    // Nothing but the date, the fields that hold it and the record's own stamps may differ.
    match field {
        DateField::PurchaseDate => written.purchase_date = asset.purchase_date,
        _ => written.warranty_expiry = asset.warranty_expiry,
    }
    written.source = asset.source.clone();
    written.custom_fields.clone_from(&asset.custom_fields);
    written.last_check_in = asset.last_check_in;
    assert_eq!(written, asset);
}

/// What the vendor holds already costs no write.
pub async fn what_is_held_already_is_not_sent<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage.hold(&id.vendor_id, stage.changed());
    stage
        .expect(&stage.change(&id), WriteOutcome::Unchanged)
        .await;
    assert_eq!(stage.writes(), 0);
}

/// A date that somebody changed since the plan is left alone.
pub async fn what_changed_since_the_plan_is_not_overwritten<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    let field = stage.fields().next().expect("a field");
    let theirs = stage
        .changed()
        .with(field, Some(new_day(field) + Days::new(1)));
    stage.hold(&id.vendor_id, theirs.clone());
    stage
        .expect(&stage.change(&id), WriteOutcome::Refused)
        .await;
    assert_eq!(stage.held(&id), theirs);
    assert_eq!(stage.writes(), 0);
}

/// Faults of a write that has to be waited for before it is sent again.
fn failures_to_wait_for() -> [Fault; 7] {
    [
        Fault::status(503),
        Fault::status_with_retry_after(502, "30"),
        Fault::status(429),
        Fault::status_with_retry_after(429, "2"),
        Fault::Fail(TransportErrorKind::Connect),
        Fault::Fail(TransportErrorKind::ConnectTimeout),
        Fault::Fail(TransportErrorKind::Timeout),
    ]
}

/// A date that somebody edits while a write that failed is waited for is left alone.
pub async fn an_edit_while_a_failed_write_waits_is_not_overwritten<S: TwoWaySubject>() {
    let number = number_of_the_write::<S>().await;
    for fault in failures_to_wait_for() {
        let stage = TwoWayStage::<S>::two_way(5);
        let id = stage.blank();
        let field = stage.fields().next().expect("a field");
        let theirs = new_day(field) + Days::new(1);
        let theirs = AssetDates::default().with(field, Some(theirs));
        stage.faults.inject(number, fault.clone());
        stage.edit_before(number, &id, theirs.clone());
        let report = stage.connector.write_dates(&stage.change(&id)).await;
        assert_eq!(stage.held(&id), theirs, "{fault:?}");
        assert_eq!(stage.date_writes(&id), 0, "{fault:?}");
        let outcome = report.expect("a report").outcome_of(field);
        assert_eq!(outcome, WriteOutcome::Refused, "{fault:?}");
    }
}

/// A value that the vendor replaces together with a date, and that somebody edits while a write that failed
/// is waited for, survives. Where dates are sent alone, there is nothing to lose.
pub async fn an_edit_of_a_neighbour_while_a_failed_write_waits_survives<S: TwoWaySubject>() {
    let number = number_of_the_write::<S>().await;
    for fault in failures_to_wait_for() {
        let stage = TwoWayStage::<S>::two_way(5);
        let id = stage.blank();
        stage.set_neighbour(&id, "mine");
        let (simulator, edited) = (stage.vendor.simulator().clone(), id.vendor_id.clone());
        stage.faults.inject(number, fault.clone());
        stage.faults.before(number, move || {
            simulator.with(|vendor| vendor.set_neighbour(&edited, "theirs"));
        });
        stage
            .expect(&stage.change(&id), WriteOutcome::Written)
            .await;
        assert_eq!(stage.held(&id), stage.changed(), "{fault:?}");
        if let Some(kept) = stage.neighbour(&id) {
            assert_eq!(kept, "theirs", "{fault:?}");
        }
    }
}

/// A date that somebody edits while a write waits for its turn among other requests of the
/// account is left alone.
pub async fn an_edit_while_a_write_waits_for_its_turn_is_not_overwritten<S: TwoWaySubject>() {
    /// More requests than any connector has in flight, and how long each takes.
    const OTHERS: usize = 40;
    const SLOW: Duration = Duration::from_secs(60);
    let number = number_of_the_write::<S>().await;
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    let field = stage.fields().next().expect("a field");
    let theirs = new_day(field) + Days::new(1);
    let theirs = AssetDates::default().with(field, Some(theirs));
    let is_slow = move |sent| (number..number + OTHERS).contains(&sent);
    stage
        .faults
        .slow_down(stage.clock.clone(), move |sent| Latency {
            there: if is_slow(sent) { SLOW } else { Duration::ZERO },
            back: Duration::ZERO,
        });
    let change = stage.change(&id);
    let others = async {
        // The last request before the write is under way.
        while stage.faults.sent() + 1 < number {
            stage.clock.sleep(Duration::from_millis(1)).await;
        }
        let other = stage.truth().into_iter().nth(1).expect("another asset");
        let other = AssetId::from(other);
        let reads = (0..OTHERS).map(|_| stage.connector.read_dates(&other));
        let edit = async {
            stage.clock.sleep(SLOW / 2).await;
            stage.hold(&id.vendor_id, theirs.clone());
        };
        join(join_all(reads), edit).await;
    };
    let (report, ()) = join(stage.connector.write_dates(&change), others).await;
    assert_eq!(stage.held(&id), theirs);
    let outcome = report.expect("a report").outcome_of(field);
    assert_eq!(outcome, WriteOutcome::Refused);
}

/// Of dates of which the vendor keeps the first alone, that one is named written, the others are
/// not, and only that one is taken back.
pub async fn each_date_has_an_outcome_of_its_own<S: TwoWaySubject>() {
    let number = number_of_the_write::<S>().await;
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    let kept = stage.fields().next().expect("a field");
    let held = AssetDates::default().with(kept, Some(new_day(kept)));
    stage.edit_before(number + 1, &id, held.clone());
    let journal = MemoryJournal::default();
    let (connector, changes) = (stage.connector.as_ref(), vec![stage.change(&id)]);
    let report = apply(connector, changes, &journal, stage.clock.as_ref(), 1).await;
    let entry = &report.expect("a report").attempted[0].entry;
    for field in stage.fields() {
        let outcome = match field == kept {
            true => WriteOutcome::Written,
            false => WriteOutcome::Ignored,
        };
        assert_eq!(entry.outcome_of(field), outcome, "{field}: {entry:?}");
    }
    let asset = AssetRef::of(connector.info(), &id);
    let undo = plan_undo(connector, &id, &held, &journal.history().of(&asset));
    let taken_back = undo
        .fields
        .iter()
        .filter(|field| field.reason != Reason::Equal);
    let taken_back: Vec<DateField> = taken_back.map(|field| field.field).collect();
    assert_eq!(taken_back, [kept]);
    assert_eq!(stage.date_writes(&id), 1);
}

/// Of dates of which the vendor kept the first before it failed, only the others are sent again.
pub async fn after_a_failure_only_the_missing_date_is_sent<S: TwoWaySubject>() {
    let number = number_of_the_write::<S>().await;
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    let kept = stage.fields().next().expect("a field");
    let held = AssetDates::default().with(kept, Some(new_day(kept)));
    stage.faults.inject(number, Fault::Spoil(502));
    stage.edit_before(number + 1, &id, held);
    // From now on, each date that is sent is kept as the day before.
    let vendor = stage.vendor.simulator().clone();
    stage.faults.before(number + 1, move || {
        vendor.with(|vendor| vendor.treat_dates(Treatment::Shift));
    });
    let report = stage.connector.write_dates(&stage.change(&id)).await;
    let report = report.expect("a report");
    for field in stage.fields() {
        let (outcome, day) = match field == kept {
            true => (WriteOutcome::Written, Some(new_day(field))),
            false => (WriteOutcome::Altered, new_day(field).pred_opt()),
        };
        assert_eq!(report.outcome_of(field), outcome, "{field}: {report:?}");
        assert_eq!(stage.held(&id).get(field).day(), day);
    }
    assert_eq!(stage.date_writes(&id), stage.fields().count());
}

/// A write that the vendor seemed to ignore, and that it holds later, is known as written to the
/// next run, and as something to take back.
pub async fn what_lands_late_is_noticed_by_the_next_run<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage.treat(Treatment::Ignore);
    let journal = MemoryJournal::default();
    let (connector, changes) = (stage.connector.as_ref(), vec![stage.change(&id)]);
    let report = apply(connector, changes, &journal, stage.clock.as_ref(), 1).await;
    let outcome = report.expect("a report").attempted[0].entry.outcome;
    assert_eq!(outcome, WriteOutcome::Ignored);
    stage.hold(&id.vendor_id, stage.changed());
    for found in [1, 0] {
        let mut history = journal.history();
        let entries = recover_open(connector, &journal, &mut history).await;
        let entries = entries.expect("it can be read");
        assert_eq!(entries.len(), found);
        let is_written = |entry: &JournalEntry| entry.outcome == WriteOutcome::Written;
        assert!(entries.iter().all(is_written), "{entries:?}");
        let attempts = history.of(&AssetRef::of(connector.info(), &id));
        assert_eq!(attempts.left(), stage.changed());
    }
    assert_eq!(stage.date_writes(&id), 1);
}

/// A vendor that refuses a write for longer than patience lasts gets no further request; the
/// rest of the run is left, and can be made once the pause is over.
pub async fn a_refusal_longer_than_patience_ends_the_run<S: TwoWaySubject>() {
    const HOUR: Duration = Duration::from_secs(3600);
    let number = number_of_the_write::<S>().await;
    let stage = TwoWayStage::<S>::two_way(5);
    let ids: Vec<AssetId> = stage.truth().into_iter().map(AssetId::from).collect();
    for id in &ids {
        stage.hold(&id.vendor_id, AssetDates::default());
    }
    let fault = Fault::status_with_retry_after(429, HOUR.as_secs().to_string());
    stage.faults.inject(number, fault);
    let changes: Vec<DateChange> = ids.iter().map(|id| stage.change(id)).collect();
    let (journal, connector) = (MemoryJournal::default(), stage.connector.as_ref());
    let report = apply(connector, changes, &journal, stage.clock.as_ref(), 1).await;
    let report = report.expect("a report");
    let error = report.rate_limited.as_ref().expect("the refusal");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(
        (report.attempted.len(), report.left.len()),
        (1, ids.len() - 1)
    );
    assert_eq!(journal.entries().len(), 1);
    assert_eq!(stage.faults.sent(), number);
    stage.clock.sleep(HOUR).await;
    let report = apply(connector, report.left, &journal, stage.clock.as_ref(), 1).await;
    assert!(report.expect("a report").is_done());
    assert_eq!(stage.held(&ids[0]), AssetDates::default());
    assert_eq!(stage.held(&ids[1]), stage.changed());
}

/// A vendor that says yes and does nothing is found out.
pub async fn a_write_that_the_vendor_ignores_is_named<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage.treat(Treatment::Ignore);
    stage
        .expect(&stage.change(&id), WriteOutcome::Ignored)
        .await;
    assert_eq!(stage.date_writes(&id), 1);
}

/// A vendor that keeps another day is found out.
pub async fn a_write_that_the_vendor_shifts_is_named<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage.treat(Treatment::Shift);
    stage
        .expect(&stage.change(&id), WriteOutcome::Altered)
        .await;
    assert_eq!(stage.date_writes(&id), 1);
}

/// An answer that is lost on the way is looked up, not repeated.
pub async fn a_lost_answer_writes_nothing_twice<S: TwoWaySubject>() {
    written_once_despite::<S>(Fault::LoseAnswer).await;
}

/// A server error after the write is looked up, not repeated.
pub async fn an_error_after_the_write_writes_nothing_twice<S: TwoWaySubject>() {
    written_once_despite::<S>(Fault::Spoil(500)).await;
}

/// An answer that is cut off is looked up, not repeated.
pub async fn a_cut_answer_writes_nothing_twice<S: TwoWaySubject>() {
    written_once_despite::<S>(Fault::Halve).await;
}

/// A server error instead of the write is followed by the write.
pub async fn an_error_instead_of_the_write_is_made_up_for<S: TwoWaySubject>() {
    written_once_despite::<S>(Fault::status(503)).await;
}

/// "Too many requests" instead of the write is waited out.
pub async fn a_429_instead_of_the_write_is_waited_out<S: TwoWaySubject>() {
    written_once_despite::<S>(Fault::status_with_retry_after(429, "7")).await;
}

/// A failure with every request: the outcome is an error or unknown, never "written".
pub async fn an_outcome_that_cannot_be_known_is_not_called_written<S: TwoWaySubject>() {
    let number = number_of_the_write::<S>().await;
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    let faults = stage.faults.clone();
    // What follows the write fails.
    stage.faults.before(number, move || {
        faults.inject_always(Fault::status(500));
    });
    stage
        .expect(&stage.change(&id), WriteOutcome::Unknown)
        .await;
    assert_eq!(stage.date_writes(&id), 1);
}

/// Without the right to write, nothing is written and the error says what to add.
pub async fn a_missing_permission_is_a_permission_error_with_advice<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    stage.forbid_writing();
    let error = stage.refusal(&stage.change(&id)).await;
    assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
    assert!(error.hint().is_some_and(|hint| !hint.is_empty()));
    assert_eq!(stage.held(&id), AssetDates::default());
    assert_eq!(stage.date_writes(&id), 0);
    // Reading goes on.
    stage.expect_usable().await;
}

/// The check says what is needed to write, and writes nothing.
pub async fn the_check_tells_what_writing_needs_and_writes_nothing<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let report = stage.connector.check(CheckScope::two_way()).await;
    assert!(report.ok(), "{report:?}");
    assert!(
        report
            .checks
            .iter()
            .any(|check| check.name == Check::WRITE_DATES)
    );
    let read = stage.connector.check(CheckScope::read()).await;
    assert!(
        read.checks
            .iter()
            .all(|check| check.name != Check::WRITE_DATES)
    );
    stage.forbid_writing();
    let report = stage.connector.check(CheckScope::two_way()).await;
    let check = report
        .checks
        .iter()
        .find(|check| check.name == Check::WRITE_DATES)
        .expect("the check");
    assert!(check.hint.is_some(), "{check:?}");
    assert_eq!(stage.writes(), 0);
}

/// What the connector declares is what it writes.
pub async fn the_declared_fields_are_the_writable_ones<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(1);
    let connector = &stage.connector;
    assert!(!connector.writable().is_empty());
    assert_eq!(connector.info().capabilities.two_way, connector.writable());
}

/// An asset that the vendor does not know is an error; nothing is written or created.
pub async fn an_unknown_asset_is_not_written<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let error = stage
        .refusal(&stage.change(&AssetId::from("404404404")))
        .await;
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert_eq!(stage.writes(), 0);
    stage.expect_usable().await;
}

/// A date is cleared where that is offered, and refused before anything is sent where not.
pub async fn a_date_is_cleared_only_where_that_is_offered<S: TwoWaySubject>() {
    for &field in DateField::ALL {
        let stage = TwoWayStage::<S>::two_way(5);
        let id = stage.blank();
        stage.hold(&id.vendor_id, stage.changed());
        let change = DateChange::new(id.clone()).clear(field, new_day(field), WriteSource::Undo);
        if stage.connector.clearable().contains(field) {
            stage.expect(&change, WriteOutcome::Written).await;
            assert_eq!(stage.held(&id), stage.changed().with(field, None));
        } else {
            let error = stage.refusal(&change).await;
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert_eq!(stage.faults.sent(), 0);
        }
    }
}

/// A write dropped at any await point leaves the connector usable, and the date can
/// still be written.
pub async fn a_write_dropped_at_any_point_leaves_the_connector_usable<S: TwoWaySubject>() {
    for requests in 1..20 {
        let stage = TwoWayStage::<S>::two_way(5);
        let id = stage.blank();
        let change = stage.change(&id);
        let work = stage.connector.write_dates(&change);
        let ended = killed_after(requests, work, || stage.faults.sent()).await;
        let report = stage.connector.write_dates(&change).await.unwrap();
        assert!(report.outcome.is_done(), "{report:?}");
        assert_eq!(stage.held(&id), stage.changed());
        if ended {
            return;
        }
    }
    panic!("the write never ended");
}

/// A date that the connector does not declare is refused before anything is sent.
pub async fn what_is_not_declared_writable_is_unsupported<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(5);
    let id = stage.blank();
    let writable = stage.connector.writable();
    let undeclared = |field: &DateField| !writable.contains(*field);
    for field in DateField::ALL.iter().copied().filter(undeclared) {
        let change = DateChange::new(id.clone());
        let change = change.set(field, None, new_day(field), WriteSource::Lookup);
        assert_eq!(stage.refusal(&change).await.kind(), ErrorKind::Unsupported);
    }
    assert_eq!(stage.faults.sent(), 0);
}

/// No change to the answers makes reading dates panic or wait for ever, and a key that
/// nobody knows changes no date.
pub async fn no_mutated_answer_breaks_a_reading_of_dates<S: TwoWaySubject>() {
    for seed in 0..40 {
        for kinds in [&MutationKind::ALL[..], &[MutationKind::UnknownKey]] {
            let stage = TwoWayStage::<S>::two_way(5);
            let id = stage.blank();
            stage.hold(&id.vendor_id, stage.changed());
            let mutation = Mutation::seeded(seed).of_kinds(kinds);
            stage.faults.inject_always(Fault::Mutate(mutation));
            let read = stage.connector.read_dates(&id);
            let read = survive(&stage.clock, "reading dates", seed, read).await;
            if kinds.len() == 1 {
                assert_eq!(read.unwrap(), stage.changed(), "seed {seed}");
            }
        }
    }
}

/// One changed answer on the way of a write, once or for good, leads to no second write, to
/// none of another asset, and to no report of something that did not happen.
pub async fn no_mutated_answer_writes_twice_or_misreports<S: TwoWaySubject>() {
    let requests = {
        let stage = TwoWayStage::<S>::two_way(5);
        let change = stage.change(&stage.blank());
        stage.expect(&change, WriteOutcome::Written).await;
        stage.faults.sent()
    };
    for seed in 0..60 {
        // Once, so that asking again helps, or for as often as that is asked.
        for inject in [FaultyTransport::inject, FaultyTransport::inject_for_good] {
            let stage = TwoWayStage::<S>::two_way(5);
            let number = number_drawn(seed, requests);
            let fault = Fault::Mutate(Mutation::seeded(seed));
            inject(&stage.faults, number, fault);
            expect_honest_write(&stage, seed).await;
        }
    }
}

/// Writes dates to an asset, which may fail, and must tell what became of it.
async fn expect_honest_write<S: TwoWaySubject>(stage: &TwoWayStage<S>, seed: u64) {
    let id = stage.blank();
    let change = stage.change(&id);
    let write = stage.connector.write_dates(&change);
    let report = survive(&stage.clock, "the write", seed, write).await;
    let written = stage.date_writes(&id);
    assert!(written <= 1, "seed {seed}: written {written} times");
    for other in stage.truth().iter().skip(1).cloned().map(AssetId::from) {
        assert_eq!(stage.date_writes(&other), 0, "seed {seed}: {other:?}");
    }
    match report.map(|report| report.outcome) {
        Ok(WriteOutcome::Written) => {
            assert_eq!(stage.held(&id), stage.changed(), "seed {seed}");
        }
        Ok(WriteOutcome::Unchanged | WriteOutcome::Refused) => {
            assert_eq!(written, 0, "seed {seed}");
        }
        Ok(_) => {}
        Err(error) => assert_eq!(written, 0, "seed {seed}: {error}"),
    }
}

/// Neither a write nor a refused one shows a secret: not in logs, reports or errors.
pub async fn no_write_shows_a_secret<S: TwoWaySubject>() {
    for forbidden in [false, true] {
        let (stage, log) = (TwoWayStage::<S>::two_way(5), Log::start());
        let id = stage.blank();
        if forbidden {
            stage.forbid_writing();
        }
        let outcome = stage.connector.write_dates(&stage.change(&id)).await;
        expect_no_secret::<S>("the outcome", &format!("{outcome:?}"));
        expect_no_secret::<S>("the connector", &format!("{:#?}", stage.connector));
        expect_no_secret::<S>("the log", &log.finish());
    }
}

/// A journal of writes that fail with the secret in the vendor's answer does not keep it.
pub async fn no_journal_shows_a_secret<S: TwoWaySubject>() {
    let number = number_of_the_write::<S>().await;
    let mut kept = 0;
    for status in ECHOING_STATUSES {
        let stage = TwoWayStage::<S>::two_way(5);
        let changes = vec![stage.change(&stage.blank())];
        let faults = stage.faults.clone();
        stage.faults.before(number - 1, move || {
            faults.inject_always(Fault::Echo(status))
        });
        let journal = MemoryJournal::default();
        let connector = stage.connector.as_ref();
        let report = apply(connector, changes, &journal, stage.clock.as_ref(), 1).await;
        let entries = journal.entries();
        kept += entries
            .iter()
            .filter(|entry| entry.detail.is_some())
            .count();
        let json = serde_json::to_string(&entries).unwrap();
        expect_no_secret::<S>("the journal", &format!("{json} {journal:?}"));
        expect_no_secret::<S>("the report", &format!("{report:?}"));
    }
    assert!(kept > 0, "no failure was journalled");
}

/// A run over a thousand dates, killed again and again and started again with its
/// journal, writes each exactly once and accounts for every attempt.
pub async fn a_run_killed_again_and_again_writes_every_date_once<S: TwoWaySubject>() {
    let stage = TwoWayStage::<S>::two_way(KILLED_RUN_DATES);
    let ids: Vec<AssetId> = stage.truth().into_iter().map(AssetId::from).collect();
    for id in &ids {
        stage.hold(&id.vendor_id, AssetDates::default());
    }
    let journal = MemoryJournal::default();
    let mut dice = Dice::seeded(1);
    for _ in 0..KILLS {
        let on_average = 4 * KILLED_RUN_DATES / KILLS;
        let kill_at = stage.faults.sent() + 1 + dice.below(2 * on_average);
        let run = Box::pin(run(&stage, &ids, &journal));
        killed_after(kill_at, run, || stage.faults.sent()).await;
    }
    run(&stage, &ids, &journal).await;

    let entries = journal.entries();
    for id in &ids {
        assert_eq!(stage.held(id), stage.changed());
        assert_eq!(
            stage.date_writes(id),
            1,
            "{} was written twice",
            id.vendor_id
        );
        let own = |entry: &&_| is_of(entry, id);
        let done = entries.iter().filter(own);
        let done = done.filter(|entry| entry.outcome.is_done()).count();
        assert_eq!(done, 1, "the journal has {done} writes of {}", id.vendor_id);
    }
    assert!(journal.history().open(stage.connector.info()).is_empty());
}

fn is_of(entry: &JournalEntry, id: &AssetId) -> bool {
    entry.attempt.asset.vendor_id == id.vendor_id
}

/// Polls `work` until `sent` has reached `requests`, then drops it; says whether it had ended.
async fn killed_after<T>(
    requests: usize,
    work: impl Future<Output = T> + Send,
    sent: impl Fn() -> usize + Send + Sync,
) -> bool {
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending if sent() >= requests => Poll::Ready(false),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// Recovers, plans and applies both dates for every asset, some assets at a time.
async fn run<S: TwoWaySubject>(stage: &TwoWayStage<S>, ids: &[AssetId], journal: &MemoryJournal) {
    const AT_A_TIME: usize = 25;
    let connector = stage.connector.as_ref();
    let mut history = journal.history();
    recover_open(connector, journal, &mut history)
        .await
        .expect("what is open is found out");
    let rules = PlanRules::new().enable(DateFields::ALL);
    let dates = DateReader::new(stage.clock.now());
    let claims: Claims = stage
        .fields()
        .map(|field| Claim {
            field,
            day: new_day(field),
            source: ClaimSource::Lookup,
            observed_at: stage.clock.now(),
        })
        .collect();
    for some in ids.chunks(AT_A_TIME) {
        let mut changes = Vec::new();
        for id in some {
            let asset = AssetRef::of(connector.info(), id);
            let attempts = history.of(&asset);
            let is_done = |field| attempts.outcome_of(field, Some(new_day(field))).is_some();
            if stage.fields().all(is_done) {
                continue;
            }
            let held = connector.read_dates(id).await.expect("the dates");
            changes.extend(
                plan(&PlanInput {
                    asset: id,
                    held: &held,
                    claims: &claims,
                    writable: connector.writable(),
                    rules: &rules,
                    attempts: &attempts,
                    dates: &dates,
                })
                .change(),
            );
        }
        let applied = apply(connector, changes, journal, stage.clock.as_ref(), 4).await;
        assert!(applied.expect("a report").is_done());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_are_mixed_up_would_be_noticed() {
        assert!(new_day(DateField::PurchaseDate) < new_day(DateField::WarrantyExpiry));
    }
}
