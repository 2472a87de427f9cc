//! A two-way run, and what must hold of the vendor's books and the journal after it.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{Either, select};
use lmsync::TwoWaySync;
use lmsync::model::{AssetId, DateReader};
use lmsync::two_way::{
    AssetDates, AssetRef, Claim, ClaimSource, Claims, DateChange, DateField, DateFields, History,
    JournalEntry, PlanInput, PlanRules, Policy, WriteOutcome, apply, plan, recover_open,
};

use crate::account::Account;

/// What the vendor's books have of each asset: its dates, and how often they were written.
type Books = BTreeMap<String, (AssetDates, usize)>;

impl Account {
    pub(crate) async fn two_way_run(&mut self, connector: &dyn TwoWaySync) {
        self.tally.two_way_runs += 1;
        let mut history = self.journal.history();
        self.recover(connector, &mut history).await;
        let changes = self.plan(connector, &history).await;
        let (before, written) = (self.books(), self.journal.entries().len());
        let concurrency = 1 + self.dice.below(4);
        let run = apply(
            connector,
            changes,
            &self.journal,
            self.clock.as_ref(),
            concurrency,
        );
        let lifetime = match self.dice.below(4) {
            0 => Duration::from_millis(self.dice.below(1_500) as u64),
            _ => Duration::from_secs(3_600),
        };
        let clock = self.clock.clone();
        let report = match select(Box::pin(run), clock.sleep(lifetime)).await {
            Either::Left((report, _)) => Some(report.expect("each asset once")),
            Either::Right(_) => None,
        };
        let entries = self.journal.entries().split_off(written);
        match report {
            Some(report) => {
                assert_eq!(report.attempted.len(), entries.len());
                assert!(report.left.is_empty() && report.journal_error.is_none());
                for error in report.attempted.iter().filter_map(|one| one.error.as_ref()) {
                    self.fault(error);
                }
            }
            None => self.tally.killed_runs += 1,
        }
        self.audit(connector, &before, &entries);
    }

    /// What a killed run left open is found out as it is in the books, and so is what the journal
    /// does not know, once more.
    async fn recover(&mut self, connector: &dyn TwoWaySync, history: &mut History) {
        let known = self.journal.entries().len();
        if let Err(error) = recover_open(connector, &self.journal, history).await {
            self.fault(&error);
        }
        for entry in self.journal.entries().split_off(known) {
            let id = &entry.attempt.asset.vendor_id;
            let Some(before) = self.open.remove(id) else {
                self.audit_looked_at_again(&entry);
                continue;
            };
            let made = self.look(|vendor| vendor.date_writes(id)) - before;
            let outcome = match made {
                0 => WriteOutcome::Unknown,
                _ => WriteOutcome::Written,
            };
            assert_eq!(entry.outcome, outcome, "{entry:?}");
            self.tally.settled += 1;
            self.outcome(outcome);
        }
        assert_eq!(history.open(connector.info()).len(), self.open.len());
    }

    fn audit_looked_at_again(&mut self, entry: &JournalEntry) {
        let held = self.look(|vendor| vendor.held_dates(&entry.attempt.asset.vendor_id));
        for change in &entry.attempt.changes {
            let outcome = entry.outcome_of(change.field);
            let is_written = outcome == WriteOutcome::Written;
            assert_eq!(is_written, change.is_done(&held), "{entry:?}, {held:?}");
        }
        self.tally.looked_at_again += 1;
    }

    fn outcome(&mut self, outcome: WriteOutcome) {
        *self.tally.outcomes.entry(outcome.as_str()).or_default() += 1;
    }

    async fn plan(&mut self, connector: &dyn TwoWaySync, history: &History) -> Vec<DateChange> {
        let rules = PlanRules::new()
            .enable(DateFields::ALL)
            .policy(
                self.dice
                    .pick(&[Policy::FillEmpty, Policy::NeverShorten, Policy::Replace]),
            );
        let dates = DateReader::new(self.clock.now());
        let mut changes = Vec::new();
        for vendor_id in self.some_assets(8) {
            let id = AssetId::from(vendor_id.as_str());
            let held = match connector.read_dates(&id).await {
                Ok(held) => held,
                Err(error) => {
                    self.fault(&error);
                    continue;
                }
            };
            let attempts = history.of(&AssetRef::of(connector.info(), &id));
            let claims = self.claims();
            changes.extend(
                plan(&PlanInput {
                    asset: &id,
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
        changes
    }

    fn claims(&mut self) -> Claims {
        let source = self.dice.pick(&[ClaimSource::Manual, ClaimSource::Lookup]);
        let dates = self.dice.dates();
        let fields = DateField::ALL.iter().copied().filter_map(|field| {
            Some(Claim {
                field,
                day: dates.get(field).day()?,
                source: source.clone(),
                observed_at: self.clock.now(),
            })
        });
        fields.fold(Claims::new(), Claims::and)
    }

    /// The books changed as the journal says, and nowhere else.
    fn audit(&mut self, connector: &dyn TwoWaySync, before: &Books, entries: &[JournalEntry]) {
        let after = self.books();
        let history = self.journal.history();
        let open = history.open(connector.info());
        let is_open = |id: &String| open.iter().any(|attempt| attempt.asset.vendor_id == *id);
        for (id, (held, writes)) in &after {
            let (held_before, writes_before) = &before[id];
            let made = writes - writes_before;
            assert!(made <= 1, "{id} was written {made} times");
            assert_eq!(
                made == 1,
                held != held_before,
                "{id}: {held_before:?}, {held:?}"
            );
            self.tally.books += made;
            let mut own = entries
                .iter()
                .filter(|entry| entry.attempt.asset.vendor_id == *id);
            match own.next() {
                Some(entry) => self.audit_entry(entry, held, made),
                None if is_open(id) => {
                    self.open.entry(id.clone()).or_insert(*writes_before);
                }
                None => assert_eq!(made, 0, "{id} was written and is not in the journal"),
            }
            assert_eq!(own.next(), None);
        }
    }

    fn audit_entry(&mut self, entry: &JournalEntry, held: &AssetDates, made: usize) {
        let is_held = entry
            .attempt
            .changes
            .iter()
            .all(|change| change.is_done(held));
        match entry.outcome {
            WriteOutcome::Written => assert!(is_held && made == 1, "{entry:?}"),
            WriteOutcome::Unknown => self.tally.unknown_made += made,
            WriteOutcome::Refused => assert!(!is_held && made == 0, "{entry:?}"),
            outcome => panic!("{outcome}: {entry:?}"),
        }
        self.outcome(entry.outcome);
    }

    fn books(&self) -> Books {
        self.look(|vendor| {
            let ids = vendor.asset_ids().into_iter();
            ids.map(|id| {
                let line = (vendor.held_dates(&id), vendor.date_writes(&id));
                (id, line)
            })
            .collect()
        })
    }
}
