//! HP alone: jobs that take minutes, and outlive a run.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::{Either, select};
use lmsync_core::ErrorKind;
use lmsync_core::http::Meter;
use lmsync_testkit::conformance::run;
use lmsync_testkit::warranty::RawAnswer;
use lmsync_warranty::{
    Answer, Hp, Maker, MemoryCache, WarrantyCache, WarrantyQuery, WarrantySource,
};

use super::stage::{ask, hp, hp_with, key, require_truth, summary};

#[test]
fn one_job_answers_all_with_few_polls() {
    run(async {
        let stage = hp(5_000);
        stage.change(|maker| maker.switches().jobs.gzip = true);
        let fleet = stage.change(|maker| maker.fleet().clone());
        let answers = ask(&stage.account, &fleet.queries()).await;
        require_truth(&answers, &fleet, stage.clock.now().date_naive());
        assert_eq!(stage.change(|maker| maker.lookups()), 1);
        // A token, the job, one look at it after the time it was said to take, and the results.
        assert!(stage.vendor.requests() <= 5, "{}", stage.vendor.requests());
    });
}

#[test]
fn an_estimate_that_is_wrong_costs_few_polls() {
    run(async {
        let stage = hp(20);
        stage.change(|maker| {
            maker.switches().jobs.takes = Some(TimeDelta::seconds(600));
            maker.switches().jobs.estimate = Some(1);
        });
        let fleet = stage.change(|maker| maker.fleet().clone());
        let answers = ask(&stage.account, &fleet.queries()).await;
        require_truth(&answers, &fleet, stage.clock.now().date_naive());
        assert!(stage.vendor.requests() <= 14, "{}", stage.vendor.requests());
        // And one that is far too long is not waited for.
        let stage = hp(20);
        stage.change(|maker| maker.switches().jobs.estimate = Some(86_400));
        ask(&stage.account, &fleet.queries()).await;
        assert!(stage.clock.elapsed() <= Duration::from_secs(301));
    });
}

#[test]
fn a_job_that_never_ends_fails_after_a_quarter_of_an_hour_and_is_taken_up_later() {
    run(async {
        let cache: Arc<dyn WarrantyCache> = Arc::new(MemoryCache::new());
        let stage = hp_with(20, |environment| {
            Hp::connect_in(&key(), environment, cache.clone())
        });
        stage.change(|maker| maker.switches().jobs.takes = None);
        let fleet = stage.change(|maker| maker.fleet().clone());
        let queries = fleet.queries();
        let answers = ask(&stage.account, &queries).await;
        for (_, answer) in answers.iter() {
            let Answer::Failed(error) = answer else {
                panic!("{answer:?}");
            };
            assert_eq!(error.kind(), ErrorKind::Timeout);
        }
        let waited = stage.clock.elapsed().as_secs();
        assert!((900..960).contains(&waited), "{waited}");
        assert_eq!(cache.jobs(&Maker::HP).await.unwrap().len(), 1);
        // It ends between the runs.
        stage.change(|maker| maker.switches().jobs.takes = Some(TimeDelta::seconds(10)));
        let again = Hp::connect_in(&key(), &stage.environment, cache.clone()).unwrap();
        let answers = ask(&again, &queries).await;
        require_truth(&answers, &fleet, stage.clock.now().date_naive());
        assert_eq!(stage.change(|maker| maker.lookups()), 1);
    });
}

#[test]
fn a_run_that_is_ended_while_hp_works_asks_nothing_twice() {
    run(async {
        let cache: Arc<dyn WarrantyCache> = Arc::new(MemoryCache::new());
        let stage = hp_with(20, |environment| {
            Hp::connect_in(&key(), environment, cache.clone())
        });
        let fleet = stage.change(|maker| maker.fleet().clone());
        let queries = fleet.queries();
        let meter = Meter::default();
        let asking = stage.account.lookup(&queries, &meter);
        let ended = stage.clock.sleep(Duration::from_secs(30));
        assert!(matches!(select(asking, ended).await, Either::Right(_)));
        let again = Hp::connect_in(&key(), &stage.environment, cache.clone()).unwrap();
        let answers = ask(&again, &queries).await;
        require_truth(&answers, &fleet, stage.clock.now().date_naive());
        assert_eq!(stage.change(|maker| maker.lookups()), 1);
    });
}

#[test]
fn a_job_that_hp_forgot_is_begun_anew_and_one_of_yesterday_is_old_news() {
    run(async {
        let cache: Arc<dyn WarrantyCache> = Arc::new(MemoryCache::new());
        let stage = hp_with(20, |environment| {
            Hp::connect_in(&key(), environment, cache.clone())
        });
        let queries = stage.change(|maker| maker.fleet().queries());
        ask(&stage.account, &queries).await;
        let mut jobs = cache.jobs(&Maker::HP).await.unwrap();
        // HP knows no such job.
        let first = jobs.remove(0);
        cache.forget_job(&Maker::HP, &first.id).await.unwrap();
        let mut unknown = first.clone();
        unknown.id = "gone".to_owned();
        cache.keep_job(&unknown).await.unwrap();
        let answers = ask(&stage.account, &queries).await;
        assert!(
            answers.iter().all(|(_, answer)| answer.error().is_none()),
            "{answers:?}"
        );
        assert_eq!(stage.change(|maker| maker.lookups()), 2);
        stage.clock.sleep(Duration::from_secs(25 * 60 * 60)).await;
        ask(&stage.account, &queries).await;
        assert_eq!(stage.change(|maker| maker.lookups()), 3);
        let kept = cache.jobs(&Maker::HP).await.unwrap();
        assert_eq!(kept.len(), 1, "{kept:?}");
    });
}

#[test]
fn a_product_number_of_another_model_is_ambiguous() {
    run(async {
        let stage = hp(20);
        let machine = stage.change(|maker| maker.fleet().machine(9));
        let today = stage.clock.now().date_naive();
        let own = machine.query();
        let other = WarrantyQuery::new(&machine.serial)
            .product_number("6A2C1EA")
            .model(&machine.model);
        let far = WarrantyQuery::new(&machine.serial).model("HP ProBook 450 G7");
        for (query, word) in [(own, "covered"), (other, "ambiguous"), (far, "ambiguous")] {
            let answers = ask(&stage.account, std::slice::from_ref(&query)).await;
            assert_eq!(summary(&answers, &query, today).0, word, "{query:?}");
        }
    });
}

#[test]
fn a_job_without_an_id_is_an_error() {
    run(async {
        let stage = hp(20);
        let raw = RawAnswer::new(
            200,
            "application/json",
            r#"{"estimatedTime":3,"status":"in progress"}"#,
        );
        stage.change(|maker| maker.switches().answer_with = Some(raw));
        let query = WarrantyQuery::new("5CG0000001");
        let answers = ask(&stage.account, std::slice::from_ref(&query)).await;
        assert!(
            matches!(answers.get(&query.key()), Some(Answer::Failed(_))),
            "{answers:?}"
        );
    });
}
