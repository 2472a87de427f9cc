//! What is written, and what is not.

use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_core::two_way::{
    AssetDates, DateChange, DateField, DateFields, HeldDate, TwoWaySync, WriteOutcome, WriteSource,
};
use lmsync_core::{Connector, ErrorKind};
use lmsync_testkit::conformance::run;
use lmsync_testkit::cwrmm::{CwRmmSpec, PURCHASE_DATE, RACK};
use serde_json::json;

use super::{DatesStage, bare, bare_with, both, day, expiry, purchase};
use crate::stage::{config, outcomes, stage_with};

#[test]
fn both_dates_can_be_written_and_none_cleared() {
    run(async {
        let stage = bare();
        let account = &stage.account;
        assert_eq!(account.writable(), DateFields::ALL);
        assert_eq!(account.info().capabilities.two_way, account.writable());
        assert_eq!(account.clearable(), DateFields::NONE);
        let clearing = DateChange::new(stage.first().as_str()).clear(
            DateField::PurchaseDate,
            day("2024-05-31"),
            WriteSource::Undo,
        );
        let error = stage.write(&clearing).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let nowhere = TenantFieldNames::new().with(TenantField::PurchaseDate, []);
        let nothing = nowhere.clone().with(TenantField::WarrantyExpiry, []);
        let report = bare_with(config().fields(nothing)).check_two_way().await;
        assert!(!outcomes(&report)["write_dates"]);
        let stage = bare_with(config().fields(nowhere));
        let only = DateFields::NONE.with(DateField::WarrantyExpiry);
        assert_eq!(stage.account.writable(), only);
        let error = stage.write(&both(&stage.first())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(stage.vendor.requests(), 0);
    });
}

#[test]
fn both_dates_go_in_one_request_and_are_read_back_and_synced() {
    run(async {
        let stage = bare();
        for id in stage.ids().into_iter().take(2) {
            let report = stage.write(&both(&id)).await.unwrap();
            assert_eq!(report.outcome, WriteOutcome::Written);
            let dates = AssetDates::new(Some(day("2024-05-31")), Some(day("2027-05-31")));
            assert_eq!(report.held, Some(dates.clone()));
            assert_eq!(stage.held(&id), dates);
            assert_eq!(stage.date_writes(&id), 1);
            let read = stage.account.read_dates(&id.as_str().into()).await;
            assert_eq!(read.unwrap(), dates);
            let synced = stage.account.asset(&id.as_str().into()).await.unwrap();
            assert_eq!(synced.purchase_date, Some(day("2024-05-31")));
            assert_eq!(synced.warranty_expiry, Some(day("2027-05-31")));
            let value = |number: u8, value: &str| {
                let attribute = format!("9e98f3e0-a609-4258-be46-{number:012x}");
                json!({ "entityId": id, "attributeId": attribute, "value": value })
            };
            let body = json!([value(1, "2024-05-31"), value(2, "2027-05-31")]);
            assert_eq!(stage.bodies().last(), Some(&body));
        }
        assert_eq!(stage.bodies().len(), 2);
    });
}

#[test]
fn a_change_of_one_date_touches_no_other_value() {
    run(async {
        let adjust = |spec: &mut CwRmmSpec| spec.custom_fields = true;
        let stage = stage_with(10, 2, adjust, config());
        let id = stage.first();
        let held = AssetDates::new(Some(day("2020-02-29")), Some(day("2023-02-28")));
        stage.hold(&id, held.clone());
        let rack = stage.text(&id, RACK);
        assert!(rack.is_some());
        let change = expiry(&id, Some("2023-02-28"), "2027-05-31");
        assert_eq!(stage.outcome(&change).await, WriteOutcome::Written);
        let now = held.with(DateField::WarrantyExpiry, Some(day("2027-05-31")));
        assert_eq!(stage.held(&id), now);
        assert_eq!(stage.text(&id, RACK), rack);
        let bodies = stage.bodies();
        assert_eq!((bodies.len(), bodies[0].as_array().unwrap().len()), (1, 1));
        // Where the date was held is known: no look at all fields.
        assert_eq!(stage.sent("custom-fields").len(), 3);
    });
}

#[test]
fn of_two_dates_only_the_one_that_differs_is_sent() {
    run(async {
        let stage = bare();
        let id = stage.first();
        stage.hold(&id, AssetDates::new(Some(day("2024-05-31")), None));
        assert_eq!(stage.outcome(&both(&id)).await, WriteOutcome::Written);
        let bodies = stage.bodies();
        assert_eq!(bodies[0].as_array().unwrap().len(), 1);
        assert_eq!(bodies[0][0]["value"], "2027-05-31");
    });
}

#[test]
fn what_is_held_already_or_no_longer_is_not_sent() {
    run(async {
        let stage = bare();
        let id = stage.first();
        stage.hold(&id, AssetDates::new(Some(day("2024-05-31")), None));
        let same = purchase(&id, None, "2024-05-31");
        assert_eq!(stage.outcome(&same).await, WriteOutcome::Unchanged);
        let stale = purchase(&id, None, "2025-01-01");
        let report = stage.write(&stale).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Refused);
        assert!(report.detail.unwrap().contains("2024-05-31"));
        let text = HeldDate::Unreadable("Team plan until May".to_owned());
        let dates = AssetDates::default().with(DateField::PurchaseDate, text);
        stage.hold(&id, dates.clone());
        assert_eq!(stage.outcome(&same).await, WriteOutcome::Refused);
        assert_eq!(stage.held(&id), dates);
        let read = stage.account.read_dates(&id.as_str().into()).await;
        assert_eq!(read.unwrap(), dates);
        assert_eq!((stage.writes(), stage.scopes().len()), (0, 1));
    });
}

#[test]
fn a_sentinel_counts_as_empty_and_is_replaced_where_it_is() {
    run(async {
        let stage = bare();
        let id = stage.first();
        let sentinel = HeldDate::Unreadable("1900-01-01".to_owned());
        stage.hold(
            &id,
            AssetDates::default().with(DateField::PurchaseDate, sentinel),
        );
        let report = stage
            .write(&purchase(&id, None, "2024-05-31"))
            .await
            .unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(
            stage.text(&id, PURCHASE_DATE).as_deref(),
            Some("2024-05-31")
        );
    });
}
