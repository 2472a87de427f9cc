//! Who may write, and what the check says before anyone does.

use std::time::Duration;

use lmsync_core::model::AssetId;
use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_core::two_way::{TwoWaySync, WriteOutcome};
use lmsync_core::{Check, CheckScope, Connector, ErrorKind};
use lmsync_cwrmm::CwRmmConfig;
use lmsync_testkit::Fault;
use lmsync_testkit::check_named;
use lmsync_testkit::conformance::{TwoWayVendor, run};
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec, PURCHASE_DATE, WARRANTY_EXPIRY};

use super::{DatesStage, bare, bare_with, both, purchase};
use crate::stage::{CwRmmStage, config, hint, outcomes, stage_of};

fn assert_names_the_scopes(advice: &str) {
    for words in [
        "Integrations > API Access",
        "Platform - Custom Fields Values - Write",
        "platform.custom_fields_values.write",
        "Platform - Devices - Write",
        "platform.devices.write",
    ] {
        assert!(advice.contains(words), "{advice}");
    }
}

#[test]
fn a_key_that_may_not_write_reads_on_and_is_told_what_it_lacks() {
    run(async {
        for silently in [false, true] {
            let stage = bare();
            stage.change(CwRmmSimulator::forbid_writing);
            stage.misbehave(|faults| faults.scope_refused_silently = silently);
            let id = stage.first();
            let error = stage.write(&both(&id)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
            assert_names_the_scopes(error.hint().unwrap());
            let report = stage.check_two_way().await;
            let seen = outcomes(&report);
            assert!(seen["read_assets"] && seen["read_check_in"], "{report:?}");
            assert!(!seen["write_dates"]);
            assert_names_the_scopes(hint(&report, Check::WRITE_DATES));
            assert_eq!(stage.writes(), 0);
            stage.list_all().await;
        }
    });
}

#[test]
fn a_key_that_may_not_write_is_asked_about_once_a_minute() {
    run(async {
        let stage = bare();
        stage.change(CwRmmSimulator::forbid_writing);
        let ids = stage.ids();
        stage.write(&both(&ids[0])).await.unwrap_err();
        let asked = stage.scopes().len();
        for id in &ids {
            let error = stage.write(&both(id)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Permission);
            assert_names_the_scopes(error.hint().unwrap());
        }
        assert_eq!(stage.scopes().len(), asked);
        stage.change(|vendor| {
            let scope = "platform.custom_fields_values.write";
            vendor.key().scopes.insert(scope);
        });
        stage.clock.sleep(Duration::from_secs(60)).await;
        let report = stage.write(&both(&ids[0])).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
    });
}

#[test]
fn a_refusal_of_a_key_that_reads_is_one_of_the_scopes_unless_it_names_the_key() {
    run(async {
        let answer = |status, body: &'static str| Fault::Answer {
            status,
            headers: Vec::new(),
            body: body.into(),
        };
        let fewer = r#"{"access_token":"t0ken","scope":"platform.custom_fields_values.read"}"#;
        for (fault, kind) in [
            (answer(401, ""), ErrorKind::Permission),
            (answer(403, "{}"), ErrorKind::Permission),
            (answer(200, fewer), ErrorKind::Permission),
            (
                answer(401, r#"{"error":"invalid_client"}"#),
                ErrorKind::Authentication,
            ),
        ] {
            let stage = bare();
            let id = stage.first();
            // Token, dates, all fields; then up to two sign-ins to write.
            let sent = stage.faults.sent();
            stage.faults.inject(sent + 4, fault.clone());
            stage.faults.inject(sent + 5, fault.clone());
            let error = stage.write(&both(&id)).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{fault:?}");
            assert_eq!(stage.writes(), 0);
        }
    });
}

#[test]
fn a_token_that_the_write_is_refused_with_is_told_too_and_the_advice_helps() {
    run(async {
        let stage = bare();
        stage.misbehave(|faults| faults.writing_needs_devices = true);
        let id = stage.first();
        let report = stage.check_two_way().await;
        assert!(report.ok(), "{report:?}");
        let detail = &check_named(&report, Check::WRITE_DATES).detail;
        assert!(detail.contains("only on writing"), "{detail}");
        assert_names_the_scopes(hint(&report, Check::WRITE_DATES));
        let error = stage.write(&both(&id)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
        assert_names_the_scopes(error.hint().unwrap());
        assert_eq!(stage.date_writes(&id), 0);
        stage.change(|vendor| {
            vendor.key().scopes.insert("platform.devices.write");
        });
        let account = config().connect_in(&stage.environment).unwrap();
        let report = account.write_dates(&both(&id)).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
    });
}

#[test]
fn reading_and_writing_have_a_token_each_and_one_of_it() {
    run(async {
        let stage = bare();
        let report = stage.check_two_way().await;
        assert!(report.ok(), "{report:?}");
        assert_eq!(stage.writes(), 0);
        for id in stage.ids() {
            assert_eq!(stage.outcome(&both(&id)).await, WriteOutcome::Written);
        }
        assert!(stage.check_two_way().await.ok());
        let tokens = stage.vendor.simulator().with(|vendor| vendor.tokens());
        assert_eq!(tokens, 2);
        let scopes = stage.scopes();
        let values = "platform.custom_fields_values.read platform.custom_fields_values.write";
        assert!(!scopes[0].contains(".write"));
        // The key has no scope to write devices: refused once, not asked for again.
        assert_eq!(
            scopes[1..],
            [
                format!("{values} platform.devices.write"),
                values.to_owned()
            ]
        );
        stage.change(CwRmmSimulator::revoke_tokens);
        let id = stage.first();
        let change = purchase(&id, Some("2024-05-31"), "2024-06-01");
        assert_eq!(stage.outcome(&change).await, WriteOutcome::Written);
        assert_eq!(stage.date_writes(&id), 2);
        assert_eq!(stage.scopes().len(), scopes.len() + 2);
    });
}

#[test]
fn a_locked_key_is_waited_for_before_writing() {
    run(async {
        let stage = bare();
        let id = stage.first();
        stage.account.read_dates(&id.as_str().into()).await.unwrap();
        stage.misbehave(|faults| faults.lock_next = 2);
        assert_eq!(stage.outcome(&both(&id)).await, WriteOutcome::Written);
        assert!(stage.clock.elapsed() >= Duration::from_secs(120));
        assert_eq!(stage.date_writes(&id), 1);
    });
}

#[test]
fn the_check_finds_out_without_writing_whether_the_fields_are_there() {
    run(async {
        let stage = bare();
        let report = stage.check_two_way().await;
        let detail = &check_named(&report, Check::WRITE_DATES).detail;
        assert!(detail.contains("are there"), "{detail}");
        stage.define(|all| all.retain(|field| field.name != WARRANTY_EXPIRY));
        let report = stage.check_two_way().await;
        assert!(!outcomes(&report)["write_dates"]);
        let detail = &check_named(&report, Check::WRITE_DATES).detail;
        assert!(detail.contains("warranty_expiry") && !detail.contains("purchase_date"));
        assert!(hint(&report, Check::WRITE_DATES).contains("`fields`"));
        assert_eq!(stage.writes(), 0);
        let empty = stage_of(0, 2);
        let report = empty.check_two_way().await;
        assert!(report.ok(), "{report:?}");
    });
}

#[test]
fn a_check_with_a_wrong_secret_asks_for_no_token_to_write_with() {
    run(async {
        let stage = bare();
        let id = CwRmmSpec::new(lmsync_testkit::fleet::Fleet::demo(stage.clock.now())).client_id;
        let account = CwRmmConfig::new(id, "another-secret")
            .connect_in(&stage.environment)
            .unwrap();
        let report = account.check(CheckScope::two_way()).await;
        assert_eq!(
            check_named(&report, Check::WRITE_DATES).detail,
            "not tried: authenticated failed"
        );
        assert!(
            stage
                .scopes()
                .iter()
                .all(|scopes| !scopes.contains(".write"))
        );
    });
}

#[test]
fn the_scope_to_read_values_is_asked_for_where_fields_are_named() {
    run(async {
        let stage = bare();
        stage.misbehave(|faults| faults.values_have_a_scope = true);
        let id: AssetId = stage.first().as_str().into();
        let error = stage.account.read_dates(&id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission);
        let advice = error.hint().unwrap();
        assert!(advice.contains("Platform - Custom Fields Values - Read"));
        assert!(advice.contains("`fields`"), "{advice}");
        let places = TenantFieldNames::new().with(TenantField::PurchaseDate, [PURCHASE_DATE]);
        let stage = bare_with(config().fields(places));
        stage.misbehave(|faults| faults.values_have_a_scope = true);
        let id = stage.first();
        assert_eq!(stage.outcome(&both(&id)).await, WriteOutcome::Written);
    });
}
