//! Tokens, scopes, and what the check says of them.

use std::sync::Arc;
use std::time::Duration;

use lmsync_core::{AssetQuery, CheckScope, Connector, Environment, ErrorKind, SharedClock};
use lmsync_cwrmm::{CwRmmConfig, Region};
use lmsync_testkit::conformance::run;
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec, Key};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{Fault, InMemory, VirtualClock};

use super::stage::{CwRmmStage, hint, outcomes, stage_of};

#[test]
fn one_token_serves_all_and_is_renewed_in_time() {
    run(async {
        let stage = stage_of(200, 40);
        stage.list_all().await;
        stage.list_all().await;
        assert_eq!(stage.sent("token").len(), 1);
        stage.clock.sleep(Duration::from_secs(3600)).await;
        stage.list_all().await;
        assert_eq!(stage.sent("token").len(), 2);
        stage.change(CwRmmSimulator::revoke_tokens);
        stage.list_all().await;
        assert_eq!(stage.sent("token").len(), 3);
    });
}

#[test]
fn a_locked_key_means_later_and_never_bad_credentials() {
    run(async {
        let stage = stage_of(20, 2);
        stage.misbehave(|faults| faults.lock_next = 2);
        let (_, summary) = stage.list(AssetQuery::new()).await;
        assert_eq!(summary.usage.rate_limited_waits, 2);
        assert!(stage.clock.elapsed() >= Duration::from_secs(120));

        let stage = stage_of(20, 2);
        stage.misbehave(|faults| faults.lock_next = u32::MAX);
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
        assert_eq!(error.status(), Some(423));
        assert!(error.hint().unwrap().contains("API key"));
    });
}

#[test]
fn a_key_without_the_optional_scope_works_and_is_not_asked_twice() {
    run(async {
        for silently in [false, true] {
            let stage = stage_of(20, 2);
            stage.change(|vendor| *vendor.key() = Key::without("platform.asset.read"));
            stage.misbehave(|faults| faults.scope_refused_silently = silently);
            stage.list_all().await;
            assert_eq!(stage.sent("token").len(), 2);
            stage.clock.sleep(Duration::from_secs(3600)).await;
            stage.list_all().await;
            assert_eq!(stage.sent("token").len(), 3);
            assert!(stage.check().await.ok());
        }
    });
}

#[test]
fn a_missing_scope_is_named_as_the_portal_names_it() {
    run(async {
        let without = |scope: &'static str| {
            let stage = stage_of(20, 2);
            stage.change(|vendor| *vendor.key() = Key::without(scope));
            stage
        };
        let stage = without("platform.devices.read");
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
        assert!(error.hint().unwrap().contains("Platform - Devices - Read"));
        let report = stage.check().await;
        let seen = outcomes(&report);
        assert!(
            seen["authenticated"] && seen["read_customers"],
            "{report:?}"
        );
        assert!(!seen["read_assets"] && !seen["read_check_in"]);
        assert!(hint(&report, "read_assets").contains("Platform - Devices - Read"));

        let stage = without("platform.companies.read");
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
        assert!(
            error
                .hint()
                .unwrap()
                .contains("Platform - Companies - Read")
        );
        assert!(outcomes(&stage.check().await)["authenticated"]);

        let stage = without("platform.sites.read");
        let assets = stage.list_all().await;
        assert!(
            assets
                .iter()
                .all(|asset| asset.site.as_ref().unwrap().name.is_none())
        );
        let report = stage.check().await;
        assert!(report.ok());
        assert!(hint(&report, "read_customers").contains("Platform - Sites - Read"));
    });
}

#[test]
fn a_refused_key_is_told_by_its_code_whatever_the_text_quotes() {
    run(async {
        for body in [
            r#"{"error":"invalid_client","error_description":"no permission for scope platform.asset.read"}"#,
            r#"{"error":"invalid_client","error_description":"rate limit: invalid_scope"}"#,
            r#"{"message":"unknown scope, permission denied"}"#,
            "scope",
        ] {
            let stage = stage_of(20, 2);
            stage.faults.inject_always(Fault::Answer {
                status: 401,
                headers: Vec::new(),
                body: body.into(),
            });
            let error = stage.failure().await;
            assert_eq!(error.kind(), ErrorKind::Authentication, "{body}: {error}");
            assert_eq!(stage.faults.sent(), 1, "{body}");
        }
    });
}

#[test]
fn the_check_tells_a_bad_secret_a_key_that_is_off_and_a_wrong_region() {
    run(async {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let fleet = Fleet::new(FleetSpec::new(5, clock.now()));
        let spec = CwRmmSpec::new(fleet);
        let (id, secret) = (spec.client_id.clone(), spec.client_secret.clone());
        let vendor = InMemory::new(CwRmmSimulator::new(spec), clock.clone());
        let check = |config: CwRmmConfig| {
            let environment = Environment::new(Arc::new(vendor.clone()), clock.clone());
            let account = config.connect_in(&environment).unwrap();
            async move { account.check(CheckScope::read()).await }
        };
        let report = check(CwRmmConfig::new(&id, "another-secret")).await;
        let seen = outcomes(&report);
        assert!(seen["reachable"] && !seen["authenticated"], "{report:?}");
        let advice = hint(&report, "authenticated");
        assert!(
            advice.contains("Integrations") && advice.contains("Regenerate"),
            "{advice}"
        );

        let report = check(CwRmmConfig::new(&id, "another-secret").region(Region::Eu)).await;
        let advice = hint(&report, "authenticated");
        assert!(
            advice.contains("`eu`") && advice.contains("`na`"),
            "{advice}"
        );

        assert!(check(CwRmmConfig::new(&id, secret.as_str())).await.ok());
        vendor
            .simulator()
            .with(|vendor| vendor.key().active = false);
        let report = check(CwRmmConfig::new(&id, secret.as_str())).await;
        assert!(!outcomes(&report)["authenticated"]);
        let failed = report.checks.iter().find(|check| !check.ok).unwrap();
        assert!(failed.detail.contains("toggled off"), "{failed:?}");
    });
}

#[test]
fn a_key_that_is_revoked_between_two_listings_is_told() {
    run(async {
        let stage = stage_of(20, 2);
        stage.list_all().await;
        stage.change(|vendor| vendor.replace_secret("regenerated"));
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.hint().unwrap().contains("Regenerate"));
    });
}
