use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use lmsync_core::Connector;
use lmsync_core::model::AssetId;
use lmsync_core::two_way::{
    ApplyReport, AssetDates, AssetRef, Attempt, DateChange, History, Journal, JournalEntry,
    WriteOutcome, apply, recover_open,
};
use lmsync_core::{Error, ErrorKind, Result, RetryClass, TwoWaySync};

use crate::ledger::{Answer, BOUGHT, EXPIRY, Ledger, day, fill, fill_both};

/// A journal in memory, which can run out of room.
#[derive(Debug)]
struct Notes {
    begun: Mutex<Vec<Attempt>>,
    entries: Mutex<Vec<JournalEntry>>,
    room: AtomicUsize,
}

impl Notes {
    fn with_room(lines: usize) -> Self {
        Self {
            begun: Mutex::default(),
            entries: Mutex::default(),
            room: AtomicUsize::new(lines),
        }
    }

    fn take_room(&self) -> Result<()> {
        let left = self.room.load(Ordering::Relaxed);
        let left = left.checked_sub(1).ok_or_else(|| Error::config("full"))?;
        self.room.store(left, Ordering::Relaxed);
        Ok(())
    }
}

#[async_trait]
impl Journal for Notes {
    async fn begin(&self, attempt: &Attempt) -> Result<()> {
        self.take_room()?;
        self.begun.lock().unwrap().push(attempt.clone());
        Ok(())
    }

    async fn finish(&self, entry: &JournalEntry) -> Result<()> {
        self.take_room()?;
        assert!(self.begun.lock().unwrap().contains(&entry.attempt));
        self.entries.lock().unwrap().push(entry.clone());
        Ok(())
    }
}

fn changes(count: usize) -> Vec<DateChange> {
    (0..count).map(|id| fill(&id.to_string(), 2027)).collect()
}

async fn applied(ledger: &Ledger, notes: &Notes, count: usize, concurrency: usize) -> ApplyReport {
    let clock = ledger.clock.clone();
    apply(ledger, changes(count), notes, clock.as_ref(), concurrency)
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_change_is_made_and_recorded() {
    let (ledger, notes) = (Ledger::new(50), Notes::with_room(100));
    let report = applied(&ledger, &notes, 50, 4).await;
    assert!(report.is_done());
    assert_eq!(report.attempted.len(), 50);
    assert_eq!(notes.entries.lock().unwrap().len(), 50);
    assert!((0..50).all(|id| ledger.expiry(&id.to_string()).is_some()));
    assert_eq!(ledger.state().most_in_flight, 4);
}

#[tokio::test(start_paused = true)]
async fn one_lane_sends_one_at_a_time() {
    let (ledger, notes) = (Ledger::new(5), Notes::with_room(100));
    applied(&ledger, &notes, 5, 0).await;
    assert_eq!(ledger.state().most_in_flight, 1);
}

#[tokio::test(start_paused = true)]
async fn one_failure_stops_neither_the_rest_nor_is_forgotten() {
    let (ledger, notes) = (Ledger::new(3), Notes::with_room(100));
    ledger.answers([
        Answer::Make,
        Answer::Refuse(ErrorKind::Permission, RetryClass::Never),
        Answer::Shift,
    ]);
    let report = applied(&ledger, &notes, 3, 1).await;
    assert!(!report.is_done() && report.left.is_empty());
    let outcomes: Vec<WriteOutcome> = report
        .attempted
        .iter()
        .map(|attempted| attempted.entry.outcome)
        .collect();
    assert_eq!(
        outcomes,
        [
            WriteOutcome::Written,
            WriteOutcome::Refused,
            WriteOutcome::Altered
        ]
    );
    let refused = &report.attempted[1];
    assert_eq!(
        refused.error.as_ref().unwrap().kind(),
        ErrorKind::Permission
    );
    let detail = refused.entry.detail.as_ref().unwrap();
    assert!(detail.contains("ask for the right"), "{detail}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_that_cannot_be_recorded() {
    // Two attempts, and the beginning of a third.
    let (ledger, notes) = (Ledger::new(10), Notes::with_room(5));
    let report = applied(&ledger, &notes, 10, 1).await;
    assert!(report.journal_error.is_some() && !report.is_done());
    assert_eq!(ledger.state().sent, 3);
    assert_eq!((report.attempted.len(), report.left.len()), (2, 7));
    let full = Notes::with_room(0);
    let report = applied(&ledger, &full, 10, 4).await;
    assert_eq!(ledger.state().sent, 3);
    assert!(report.attempted.is_empty() && report.journal_error.is_some());
    assert_eq!(report.left.len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_refuses_more_requests_ends_the_run_and_the_rest_is_left() {
    let (ledger, notes) = (Ledger::new(30), Notes::with_room(100));
    let refused = Answer::Refuse(ErrorKind::RateLimited, RetryClass::Exhausted);
    ledger.answers([Answer::Make, refused]);
    let report = applied(&ledger, &notes, 30, 1).await;
    assert_eq!((report.attempted.len(), report.left.len()), (2, 28));
    assert_eq!(report.rate_limited.unwrap().kind(), ErrorKind::RateLimited);
    assert!(report.journal_error.is_none());
    assert_eq!(ledger.state().sent, 2);
    // What was not attempted is not in the journal.
    assert_eq!(notes.begun.lock().unwrap().len(), 2);
    let entries = notes.entries.lock().unwrap().clone();
    let outcomes: Vec<_> = entries.iter().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, [WriteOutcome::Written, WriteOutcome::Refused]);
}

/// A journal that loses one outcome and would take the next.
#[derive(Debug, Default)]
struct Lapse(AtomicUsize);

#[async_trait]
impl Journal for Lapse {
    async fn begin(&self, _attempt: &Attempt) -> Result<()> {
        Ok(())
    }

    async fn finish(&self, _entry: &JournalEntry) -> Result<()> {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            1 => Err(Error::config("the disk hiccups")),
            _ => Ok(()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn after_an_outcome_that_was_not_recorded_nothing_more_is_written() {
    let ledger = Ledger::new(9);
    let lapse = Lapse::default();
    let report = apply(&ledger, changes(9), &lapse, ledger.clock.as_ref(), 1).await;
    let report = report.unwrap();
    assert_eq!((report.attempted.len(), report.left.len()), (1, 7));
    assert!(!report.is_done());
    assert_eq!(ledger.state().sent, 2);
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_last_outcome_was_not_recorded_is_not_done() {
    let ledger = Ledger::new(2);
    let lapse = Lapse::default();
    let report = apply(&ledger, changes(2), &lapse, ledger.clock.as_ref(), 1).await;
    let report = report.unwrap();
    assert_eq!((report.attempted.len(), report.left.len()), (1, 0));
    assert!(!report.is_done());
}

#[tokio::test(start_paused = true)]
async fn an_asset_has_one_change_at_a_time() {
    let (ledger, notes) = (Ledger::new(1), Notes::with_room(9));
    let twice = vec![fill("0", 2027), fill("0", 2028)];
    let error = apply(&ledger, twice, &notes, ledger.clock.as_ref(), 4).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(ledger.state().reads, 0);
}

/// The outcomes of the entries that looking at an attempt on asset 0 adds.
async fn found_out(ledger: &Ledger, notes: &Notes) -> Vec<WriteOutcome> {
    let entries = notes.entries.lock().unwrap().clone();
    let mut history = History::new(&entries, Vec::new());
    let found = recover_open(ledger, notes, &mut history).await.unwrap();
    found.iter().map(|entry| entry.outcome).collect()
}

#[tokio::test(start_paused = true)]
async fn what_lands_after_it_was_read_back_is_noticed_by_the_next_run() {
    use WriteOutcome as W;
    let late = Duration::from_secs(600);
    for (answers, outcome) in [
        (vec![Answer::MakeLate(late)], W::Ignored),
        (vec![Answer::FailAndMakeLate(late); 3], W::Unknown),
    ] {
        let (ledger, notes) = (Ledger::new(1), Notes::with_room(100));
        ledger.answers(answers);
        let report = applied(&ledger, &notes, 1, 1).await;
        assert_eq!(report.attempted[0].entry.outcome, outcome);
        ledger.clock.sleep(late).await;
        assert_eq!(found_out(&ledger, &notes).await, [W::Written]);
        let entries = notes.entries.lock().unwrap().clone();
        // The same attempt, whose last entry counts.
        assert_eq!(entries[0].attempt, entries[1].attempt);
        let detail = entries[1].detail.as_ref().unwrap();
        assert!(detail.contains("landed late, or somebody else wrote the same"));
        let asset = AssetRef::of(ledger.info(), &AssetId::from("0"));
        let attempts = History::new(&entries, Vec::new()).of(&asset);
        assert_eq!(
            attempts.outcome_of(EXPIRY, Some(day(2027))),
            Some(W::Written)
        );
        assert_eq!(attempts.left(), AssetDates::new(None, Some(day(2027))));
        // Nothing is left to be looked at.
        let reads = ledger.state().reads;
        assert!(found_out(&ledger, &notes).await.is_empty());
        assert_eq!(ledger.state().reads, reads);
    }
}

#[tokio::test(start_paused = true)]
async fn what_never_lands_is_looked_at_once() {
    use WriteOutcome as W;
    for (answers, outcome) in [
        (vec![Answer::Ignore], W::Ignored),
        (vec![Answer::Fail; 3], W::Unknown),
    ] {
        for held in [
            AssetDates::default(),
            AssetDates::new(None, Some(day(2030))),
        ] {
            let (ledger, notes) = (Ledger::new(1), Notes::with_room(100));
            ledger.answers(answers.clone());
            applied(&ledger, &notes, 1, 1).await;
            // Somebody else's date is not taken for ours.
            ledger.state().dates.insert("0".to_owned(), held);
            assert_eq!(found_out(&ledger, &notes).await, [outcome]);
            assert!(found_out(&ledger, &notes).await.is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_dates_the_one_that_lands_late_is_noticed_and_the_other_stays_as_it_was() {
    let (ledger, notes) = (Ledger::new(1), Notes::with_room(100));
    ledger.answers([Answer::MakeOne(BOUGHT)]);
    let clock = ledger.clock.clone();
    let report = apply(&ledger, vec![fill_both("0")], &notes, clock.as_ref(), 1).await;
    assert_eq!(
        report.unwrap().attempted[0].entry.outcome,
        WriteOutcome::Ignored
    );
    // Since then the expiry has landed, and somebody has edited the purchase.
    let held = AssetDates::new(Some(day(2020)), Some(day(2027)));
    ledger.state().dates.insert("0".to_owned(), held);
    assert_eq!(found_out(&ledger, &notes).await, [WriteOutcome::Written]);
    let entry = notes.entries.lock().unwrap()[1].clone();
    assert_eq!(entry.outcome_of(BOUGHT), WriteOutcome::Written);
    let detail = entry.detail.unwrap();
    assert!(detail.contains("again: warranty_expiry:"), "{detail}");
}

#[tokio::test(start_paused = true)]
async fn what_an_interrupted_run_left_open_is_found_out() {
    let ledger = Ledger::new(3);
    let now = ledger.clock.now();
    let open = |id: &str| Attempt::new(now, ledger.info(), &fill(id, 2027));
    ledger.write_dates(&fill("0", 2027)).await.unwrap();
    let unread = open("2");
    // One that was made, one whose asset has gone since, one that cannot be looked up.
    let attempts = vec![open("0"), open("9"), unread.clone()];
    let mut history = History::new(&[], attempts.clone());
    let notes = Notes::with_room(9);
    notes.begun.lock().unwrap().extend(attempts);
    ledger.state().reads_that_fail.extend([false, true, false]);
    let error = recover_open(&ledger, &notes, &mut history)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(history.open(ledger.info()), [unread]);
    let entries = notes.entries.lock().unwrap().clone();
    let outcomes: Vec<_> = entries.iter().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, [WriteOutcome::Written, WriteOutcome::Unknown]);
    assert!(
        entries[1]
            .detail
            .as_ref()
            .unwrap()
            .contains("no such asset")
    );
}
