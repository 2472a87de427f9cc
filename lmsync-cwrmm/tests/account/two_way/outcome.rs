//! What becomes of a write.

use lmsync_core::ErrorKind;
use lmsync_core::two_way::{TwoWaySync, WriteOutcome};
use lmsync_testkit::Fault;
use lmsync_testkit::conformance::{Treatment, TwoWayVendor, run};
use lmsync_testkit::cwrmm::Saved;

use super::{DatesStage, bare, both};
use crate::stage::CwRmmStage;

#[test]
fn a_vendor_that_ignores_or_alters_a_date_is_told_of() {
    run(async {
        for (treatment, outcome) in [
            (Treatment::Ignore, WriteOutcome::Ignored),
            (Treatment::Shift, WriteOutcome::Altered),
        ] {
            let stage = bare();
            let id = stage.first();
            stage.change(|vendor| vendor.treat_dates(treatment));
            let report = stage.write(&both(&id)).await.unwrap();
            assert_eq!(report.outcome, outcome);
            assert_eq!(report.held, Some(stage.held(&id)));
            assert!(report.detail.unwrap().contains("2027-05-31"));
            assert_eq!(stage.date_writes(&id), 1);
        }
    });
}

#[test]
fn a_write_that_is_confirmed_with_nothing_is_read_back_too() {
    run(async {
        let stage = bare();
        let id = stage.first();
        stage.misbehave(|faults| faults.saved = Saved::NoContent);
        assert_eq!(stage.outcome(&both(&id)).await, WriteOutcome::Written);
    });
}

#[test]
fn a_write_whose_answer_does_not_come_is_looked_up_and_not_repeated() {
    run(async {
        for fault in [
            Fault::Spoil(500),
            Fault::Spoil(504),
            Fault::LoseAnswer,
            Fault::Truncate(9),
        ] {
            let stage = bare();
            let id = stage.first();
            // The dates, all fields, then the write.
            stage.inject(3, fault.clone()).await;
            let report = stage.write(&both(&id)).await.unwrap();
            assert_eq!(report.outcome, WriteOutcome::Written, "{fault:?}");
            assert_eq!(stage.date_writes(&id), 1, "{fault:?}");
            assert_eq!(stage.bodies().len(), 1, "{fault:?}");
        }
    });
}

#[test]
fn a_write_that_was_not_made_is_sent_again() {
    run(async {
        let stage = bare();
        let id = stage.first();
        stage.inject(3, Fault::status(500)).await;
        let report = stage.write(&both(&id)).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(stage.date_writes(&id), 1);
    });
}

#[test]
fn an_unknown_device_is_not_found() {
    run(async {
        let stage = bare();
        for id in ["", "..", "404", "0e30-1"] {
            let read = stage.account.read_dates(&id.into()).await;
            assert_eq!(read.unwrap_err().kind(), ErrorKind::NotFound, "{id}");
            let error = stage.write(&both(id)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
            assert!(error.hint().is_some());
        }
        assert_eq!(stage.writes(), 0);
    });
}
