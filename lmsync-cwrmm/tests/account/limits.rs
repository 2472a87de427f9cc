//! Quotas, and what the vendor refuses with.

use std::time::Duration;

use chrono::TimeDelta;
use lmsync_core::{AssetQuery, Detail, ErrorKind};
use lmsync_testkit::conformance::run;
use lmsync_testkit::cwrmm::{ErrorShape, Key, ThrottleWord};

use super::stage::Stage;

#[test]
fn what_the_vendor_says_is_left_is_used_up_and_then_waited_for() {
    run(async {
        let stage = Stage::new(200, 40);
        stage.misbehave(|faults| faults.device_bucket = Some((5, 90)));
        stage.list_all().await;
        assert!(stage.clock.elapsed() >= Duration::from_secs(89));
        assert!(stage.clock.elapsed() < Duration::from_secs(100));
        assert_eq!(stage.sent("rate_limits").len(), 1);
        stage.list_all().await;
        assert_eq!(stage.sent("rate_limits").len(), 1);

        let stage = Stage::new(20, 4);
        stage.misbehave(|faults| faults.no_rate_limits = true);
        stage.list_all().await;
    });
}

#[test]
fn a_refusal_is_waited_out_as_long_as_the_vendor_says() {
    run(async {
        for (word, least) in [
            (ThrottleWord::Reset, 5),
            (ThrottleWord::RetryAfter, 5),
            (ThrottleWord::Nothing, 5),
        ] {
            let stage = Stage::new(20, 4);
            stage.misbehave(|faults| {
                faults.throttle_next = 1;
                faults.throttle_word = word;
            });
            let (_, summary) = stage.list(AssetQuery::new()).await;
            assert_eq!(summary.usage.rate_limited_waits, 1);
            let elapsed = stage.clock.elapsed();
            assert!(
                elapsed >= Duration::from_secs(least),
                "{word:?}: {elapsed:?}"
            );
            assert!(
                elapsed < Duration::from_secs(least + 3),
                "{word:?}: {elapsed:?}"
            );
        }
    });
}

#[test]
fn more_requests_than_the_quota_are_spread_and_never_refused() {
    run(async {
        let stage = Stage::new(600, 10);
        let query = AssetQuery::new().detail(Detail::NONE.software());
        let (assets, summary) = stage.list(query).await;
        assert_eq!(assets.len(), 600);
        assert_eq!(summary.usage.rate_limited_waits, 0);
        assert!(summary.usage.requests > 600);
        let elapsed = TimeDelta::from_std(stage.clock.elapsed()).unwrap();
        assert!(elapsed >= TimeDelta::minutes(5) && elapsed < TimeDelta::minutes(6));
    });
}

#[test]
fn every_shape_of_an_error_is_told_in_its_own_words() {
    run(async {
        for shape in ErrorShape::ALL {
            let stage = Stage::new(20, 2);
            stage.change(|vendor| *vendor.key() = Key::without("platform.devices.read"));
            stage.misbehave(|faults| faults.error_shape = shape);
            let error = stage.failure().await;
            assert_eq!(error.kind(), ErrorKind::Permission, "{shape:?}");
            assert!(
                error.message().contains("client has no access"),
                "{shape:?}: {error}"
            );
            assert!(error.request_id().is_some(), "{shape:?}");
        }
    });
}
