//! Answers that makers should not send, and might.

use lmsync_core::ErrorKind;
use lmsync_testkit::Stage;
use lmsync_testkit::conformance::run;
use lmsync_testkit::warranty::{MakerApi, MakerSimulator, RawAnswer};
use lmsync_warranty::{Answer, WarrantyQuery, WarrantySource};

use super::stage::{SECRET, ask, cisco, dell, hp, lenovo, summary};

/// Runs a check against each maker.
macro_rules! each_maker {
    ($check:ident) => {
        run($check(dell(20)));
        run($check(lenovo(20)));
        run($check(cisco(20)));
        run($check(hp(20)));
    };
}

/// The errors of a batch that must get no answer.
async fn errors<A: MakerApi, S: WarrantySource>(
    stage: &Stage<MakerSimulator<A>, S>,
) -> Vec<Answer> {
    let queries = stage.change(|maker| maker.fleet().queries());
    let answers = ask(&stage.account, &queries).await;
    assert_eq!(answers.iter().count(), queries.len());
    let answers: Vec<Answer> = answers.iter().map(|(_, answer)| answer.clone()).collect();
    assert!(
        answers.iter().all(|answer| answer.error().is_some()),
        "{answers:?}"
    );
    answers
}

#[test]
fn what_cannot_be_read_is_failed_and_never_not_found() {
    async fn check<A: MakerApi, S: WarrantySource>(stage: Stage<MakerSimulator<A>, S>) {
        for (status, content_type, body) in [
            (200, "text/html", "<html><body>Sign in</body></html>"),
            (200, "text/xml", "<?xml version=\"1.0\"?><assets/>"),
            (200, "application/json", ""),
            (200, "application/json", "null"),
            (200, "application/json", "7"),
            (200, "application/json", "[{\"serviceTag\":\"T00000"),
            (200, "application/json", "{\"message\":\"try again\"}"),
            (200, "application/json", "[{\"odd\":true}]"),
            (
                500,
                "text/xml",
                "<soapenv:Fault>Policy Falsified</soapenv:Fault>",
            ),
            (503, "text/html", "<html>maintenance</html>"),
            (302, "text/html", ""),
        ] {
            stage.change(|maker| {
                maker.switches().answer_with = Some(RawAnswer::new(status, content_type, body));
            });
            for answer in errors(&stage).await {
                assert!(
                    matches!(answer, Answer::Failed(_)),
                    "{status} {body}: {answer:?}"
                );
            }
        }
    }
    each_maker!(check);
}

#[test]
fn a_refused_key_is_denied() {
    async fn check<A: MakerApi, S: WarrantySource>(stage: Stage<MakerSimulator<A>, S>) {
        stage.change(|maker| maker.switches().forbidden = true);
        for answer in errors(&stage).await {
            assert!(matches!(answer, Answer::Denied(_)), "{answer:?}");
        }
        stage.change(|maker| {
            maker.switches().key_refused = true;
            maker.switches().echoes_secrets = true;
            maker.revoke_tokens();
        });
        for answer in errors(&stage).await {
            let Answer::Denied(error) = answer else {
                panic!("{answer:?}");
            };
            assert!(error.hint().is_some(), "{error}");
            let shown = format!("{error} {error:?}");
            assert!(
                !shown.contains(SECRET) && !shown.contains("simulated-id"),
                "{shown}"
            );
        }
    }
    each_maker!(check);
}

#[test]
fn an_expired_token_is_renewed_once() {
    async fn check<A: MakerApi, S: WarrantySource>(stage: Stage<MakerSimulator<A>, S>) {
        let queries = stage.change(|maker| maker.fleet().queries());
        for minted in 1..=3 {
            let answers = ask(&stage.account, &queries[..1]).await;
            assert!(
                answers.iter().all(|(_, answer)| answer.error().is_none()),
                "{answers:?}"
            );
            assert_eq!(stage.change(|maker| maker.minted()), minted);
            stage.change(|maker| maker.revoke_tokens());
        }
    }
    run(check(dell(20)));
    run(check(cisco(20)));
}

#[test]
fn too_many_requests_are_waited_out_whatever_the_status() {
    async fn check<A: MakerApi, S: WarrantySource>(stage: Stage<MakerSimulator<A>, S>) {
        let queries = stage.change(|maker| maker.fleet().queries());
        ask(&stage.account, &queries[..1]).await;
        let waited_from = stage.clock.elapsed();
        stage.change(|maker| maker.switches().throttle_next = 3);
        let answers = ask(&stage.account, &queries).await;
        assert!(
            answers.iter().all(|(_, answer)| answer.error().is_none()),
            "{answers:?}"
        );
        assert!((stage.clock.elapsed() - waited_from).as_secs() >= 5 + 10 + 20);
        // A maker that goes on refusing.
        stage.change(|maker| maker.switches().throttle_next = u32::MAX);
        // HP's answers of before are taken from its job; others are asked for here.
        let others: Vec<_> = ["X1234567", "X1234568"].map(WarrantyQuery::new).into();
        let answers = ask(&stage.account, &others).await;
        for (_, answer) in answers.iter() {
            let Answer::Failed(error) = answer else {
                panic!("{answer:?}");
            };
            assert_eq!(error.kind(), ErrorKind::RateLimited);
        }
    }
    each_maker!(check);
}

#[test]
fn a_passing_failure_is_asked_again() {
    async fn check<A: MakerApi, S: WarrantySource>(stage: Stage<MakerSimulator<A>, S>) {
        let queries = stage.change(|maker| maker.fleet().queries());
        stage.change(|maker| maker.switches().fail_next = 2);
        let answers = ask(&stage.account, &queries).await;
        assert!(
            answers.iter().all(|(_, answer)| answer.error().is_none()),
            "{answers:?}"
        );
    }
    each_maker!(check);
}

#[test]
fn one_odd_row_costs_no_other() {
    run(async {
        let stage = dell(20);
        // More lines than a record may have, which costs it alone; lines that are none; a list that is an
        // object; an object in the place of a date.
        let too_many = vec!["{}"; 10_001].join(",");
        let body = format!(
            r#"[{{"serviceTag":"T000001","shipDate":{{"odd":1}},"entitlements":[]}},
            {{"serviceTag":"T000002","entitlements":[{too_many}]}},
            {{"serviceTag":"T000005","entitlements":"none"}},
            {{"serviceTag":["T000004"],"shipDate":"2024-01-02T06:00:00Z","invalid":"false",
             "entitlements":{{"entitlementType":"INITIAL","startDate":"2024-01-02T06:00:00Z",
             "endDate":"2027-01-02T05:59:59.999Z"}}}}]"#
        );
        stage.change(|maker| {
            maker.switches().answer_with = Some(RawAnswer::new(200, "application/json", body));
        });
        let queries =
            ["T000001", "T000002", "T000003", "T000004", "T000005"].map(WarrantyQuery::new);
        let answers = ask(&stage.account, &queries).await;
        let today = stage.clock.now().date_naive();
        let words = queries
            .each_ref()
            .map(|query| summary(&answers, query, today).0);
        assert_eq!(
            words,
            ["no_lines", "failed", "not_found", "covered", "failed"]
        );
    });
}

#[test]
fn cisco_is_read_page_by_page() {
    run(async {
        let stage = cisco(75);
        stage.change(|maker| maker.switches().page_size = Some(20));
        let fleet = stage.change(|maker| maker.fleet().clone());
        let answers = ask(&stage.account, &fleet.queries()).await;
        super::stage::require_truth(&answers, &fleet, stage.clock.now().date_naive());
        assert_eq!(stage.sent("serial_numbers").len(), 4);
        assert!(stage.sent("page_index=4").len() == 1);
    });
}

#[test]
fn one_serial_that_cisco_refuses_costs_no_other_its_answer() {
    run(async {
        let stage = cisco(20);
        let body = r#"{"ErrorResponse":{"APIError":[{"ErrorCode":"API_INVALID_INPUT","ErrorDescription":"x"}]}}"#;
        stage.change(|maker| {
            maker.switches().answer_with = Some(RawAnswer::new(400, "application/json", body));
        });
        let queries = ["AAAA1", "BBBB2", "CCCC3"].map(WarrantyQuery::new);
        let answers = ask(&stage.account, &queries).await;
        assert!(
            answers
                .iter()
                .all(|(_, answer)| matches!(answer, Answer::Failed(_)))
        );
        // All three, one and two, one and one.
        assert_eq!(stage.sent("serial_numbers").len(), 5);
    });
}

#[test]
fn nothing_of_a_contracts_site_is_kept() {
    run(async {
        let stage = cisco(20);
        let queries = stage.change(|maker| maker.fleet().queries());
        let answers = ask(&stage.account, &queries).await;
        let kept: Vec<_> = answers.iter().collect();
        assert!(!format!("{kept:?}").contains("CUSTOMER"));
    });
}

#[test]
fn a_service_code_of_dells_is_asked_as_its_tag() {
    run(async {
        let stage = dell(20);
        let tag = stage.change(|maker| maker.fleet().machine(1).serial);
        let code = u64::from_str_radix(&tag, 36).unwrap().to_string();
        let query = WarrantyQuery::new(&code);
        let answers = ask(&stage.account, std::slice::from_ref(&query)).await;
        assert!(
            matches!(answers.get(&query.key()), Some(Answer::Known(_))),
            "{answers:?}"
        );
    });
}

#[test]
fn a_key_that_is_quoted_in_an_answer_is_masked() {
    async fn check<A: MakerApi, S: WarrantySource>(
        stage: Stage<MakerSimulator<A>, S>,
        secret: &str,
    ) {
        let too_many = vec!["{}"; 10_001].join(",");
        for body in [
            format!(r#"{{"Code":"7","Message":"no: {secret}"}}"#),
            format!(r#"[{{"Serial":"PF000001","Code":"{secret}","Message":"no: {secret}"}}]"#),
            format!(
                r#"{{"ErrorResponse":{{"APIError":{{"ErrorCode":"{secret}","ErrorDescription":"{secret}"}}}}}}"#
            ),
            format!(
                r#"{{"serial_numbers":[{{"sr_no":"FOC20000001","ErrorResponse":{{"APIError":[{{"ErrorCode":"{secret}","ErrorDescription":"{secret}"}}]}}}}]}}"#
            ),
            format!(
                r#"[{{"serviceTag":"T000001","{secret}":"{secret}","entitlements":[{too_many}]}}]"#
            ),
            format!(r#"{{"message":"{secret}"}}"#),
            format!("\"{secret}\""),
        ] {
            let raw = RawAnswer::new(200, "application/json", body);
            stage.change(|maker| maker.switches().answer_with = Some(raw));
            let queries = stage.change(|maker| maker.fleet().queries());
            let answers = ask(&stage.account, &queries).await;
            let shown: Vec<_> = answers.iter().collect();
            let shown = format!("{shown:?}");
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    run(check(dell(3), SECRET));
    run(check(lenovo(3), "simulated-id"));
    run(check(cisco(3), SECRET));
    run(check(hp(3), SECRET));
}
