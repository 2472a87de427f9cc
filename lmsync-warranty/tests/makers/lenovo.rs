//! Lenovo alone: several ways to be unknown, one serial number on two machine types.

use lmsync_testkit::conformance::run;
use lmsync_testkit::warranty::{NotFoundForm, RawAnswer};
use lmsync_warranty::{Answer, WarrantyQuery};

use super::stage::{ask, lenovo, require_truth, summary};

#[test]
fn an_unknown_machine_is_told_in_any_way() {
    for form in [
        NotFoundForm::LeftOut,
        NotFoundForm::Code,
        NotFoundForm::Status404,
    ] {
        run(async {
            let stage = lenovo(50);
            stage.change(|maker| maker.switches().not_found_form = form);
            let fleet = stage.change(|maker| maker.fleet().clone());
            let today = stage.clock.now().date_naive();
            let answers = ask(&stage.account, &fleet.queries()).await;
            require_truth(&answers, &fleet, today);
            // Alone, it is another form.
            let unknown = fleet.machine(0).query();
            let answers = ask(&stage.account, std::slice::from_ref(&unknown)).await;
            assert_eq!(
                summary(&answers, &unknown, today).0,
                "not_found",
                "{form:?}"
            );
        });
    }
}

#[test]
fn a_page_of_404_is_about_the_address() {
    run(async {
        let stage = lenovo(10);
        let page = RawAnswer::new(404, "text/html", "<html>Not Found</html>");
        stage.change(|maker| maker.switches().answer_with = Some(page));
        let query = WarrantyQuery::new("PF000001");
        let answers = ask(&stage.account, std::slice::from_ref(&query)).await;
        let Some(Answer::Failed(error)) = answers.get(&query.key()) else {
            panic!("{answers:?}");
        };
        assert!(error.hint().unwrap().contains("endpoint"));
    });
}

#[test]
fn a_machine_of_several_types_is_asked_once_more_with_its_type() {
    run(async {
        let stage = lenovo(10);
        let ambiguous = r#"[{"Serial":"PF000001","Code":"101","Message":"add the type"}]"#;
        let raw = RawAnswer::new(200, "application/json", ambiguous);
        stage.change(|maker| maker.switches().answer_with = Some(raw));
        let typed = WarrantyQuery::new("PF000001").product_number("21A1");
        let untyped = WarrantyQuery::new("PF000001").model("ThinkPad T14");
        let today = stage.clock.now().date_naive();
        for (query, requests) in [(&untyped, 1), (&typed, 3)] {
            let answers = ask(&stage.account, std::slice::from_ref(query)).await;
            assert_eq!(summary(&answers, query, today).0, "ambiguous");
            assert_eq!(stage.sent("warranty").len(), requests);
        }
        let bodies = stage.sent("warranty");
        assert_eq!(&bodies.last().unwrap().body[..], b"Serial=PF000001.21A1");
    });
}

#[test]
fn two_rows_of_one_serial_are_ambiguous() {
    run(async {
        let stage = lenovo(10);
        let row = |number: &str| {
            format!(
                r#"{{"Serial":"PF000001","Product":"A/B/C/{number}/{number}00ABUS/PF000001","Warranty":[
                {{"ID":"3EZ","Type":"BASE","Start":"2024-02-20","End":"2027-02-19"}}]}}"#
            )
        };
        let both = format!("[{},{}]", row("20XW"), row("21AH"));
        let raw = RawAnswer::new(200, "application/json", both);
        stage.change(|maker| maker.switches().answer_with = Some(raw));
        let query = WarrantyQuery::new("PF000001");
        let answers = ask(&stage.account, std::slice::from_ref(&query)).await;
        assert_eq!(
            summary(&answers, &query, stage.clock.now().date_naive()).0,
            "ambiguous"
        );
    });
}

#[test]
fn a_code_that_nobody_knows_is_an_error_and_not_a_machine_without_lines() {
    run(async {
        let stage = lenovo(10);
        for body in [
            r#"{"Serial":"PF000001","Code":102,"Message":"try again"}"#,
            r#"{"Code":"102","Message":"try again"}"#,
            r#"[{"Code":"102","Message":"try again"}]"#,
        ] {
            let raw = RawAnswer::new(200, "application/json", body);
            stage.change(|maker| maker.switches().answer_with = Some(raw));
            let query = WarrantyQuery::new("PF000001");
            let answers = ask(&stage.account, std::slice::from_ref(&query)).await;
            let today = stage.clock.now().date_naive();
            assert_eq!(summary(&answers, &query, today).0, "failed", "{body}");
        }
    });
}
