//! Answers as they are read, and their meaning on a day.

use lmsync_testkit::conformance::run;
use lmsync_testkit::warranty::{MakerApi, MakerSimulator};
use lmsync_testkit::{Fault, Stage};
use lmsync_warranty::rules::{judge, left_out};
use lmsync_warranty::{Answer, WarrantyQuery, WarrantySource};
use serde_json::{Value, json};

use super::stage::{ask, cisco, dell, hp, lenovo};

/// Each machine of `serials`: the record, the lines that do not count, and the outcome on 31 March 2026. The
/// request `number` is answered with `body`.
async fn read<A: MakerApi, S: WarrantySource>(
    stage: Stage<MakerSimulator<A>, S>,
    number: usize,
    body: &'static str,
    serials: &[&str],
) -> Value {
    let answer = Fault::Answer {
        status: 200,
        headers: Vec::new(),
        body: body.into(),
    };
    stage.faults.inject(number, answer);
    let queries: Vec<_> = serials
        .iter()
        .map(|serial| WarrantyQuery::new(serial))
        .collect();
    let answers = ask(&stage.account, &queries).await;
    let today = stage.clock.now().date_naive();
    let machines = queries.iter().map(|query| {
        let Some(Answer::Known(record)) = answers.get(&query.key()) else {
            return json!({ "serial": query.serial, "answer": answers.get(&query.key()) });
        };
        let outcome = judge(record, query, today);
        let left_out: Vec<_> = record
            .lines
            .iter()
            .filter_map(|line| left_out(&record.maker, line, today))
            .collect();
        json!({
            "serial": query.serial,
            "record": record,
            "left_out": left_out,
            "outcome": outcome.word(),
            "dates": outcome.dates().map(|dates| json!({
                "purchase": dates.purchase, "start": dates.start, "expiry": dates.expiry,
                "flags": dates.flags, "line": dates.line.title(),
            })),
        })
    });
    Value::Array(machines.collect())
}

#[test]
fn dells_answers() {
    run(async {
        let body = include_str!("../fixtures/dell.json");
        let serials = ["ZZ7TST1", "ZZ8TST2", "ZZZZZZ9", "ZZEMPT1", "ZZOTHER"];
        insta::assert_json_snapshot!(read(dell(1), 2, body, &serials).await);
    });
}

#[test]
fn lenovos_answers() {
    run(async {
        let body = include_str!("../fixtures/lenovo.json");
        let serials = ["PFTEST01", "PFTEST02", "PFOTHER1"];
        insta::assert_json_snapshot!(read(lenovo(1), 1, body, &serials).await);
    });
}

#[test]
fn ciscos_answers() {
    run(async {
        let body = include_str!("../fixtures/cisco.json");
        let serials = ["FOC2601T0T1", "FCH2301T0T2", "XXX0000XXXX", "XXX1111XXXX"];
        insta::assert_json_snapshot!(read(cisco(1), 2, body, &serials).await);
    });
}

#[test]
fn hps_answers() {
    run(async {
        // After the token, the job and a look at it.
        let body = include_str!("../fixtures/hp.json");
        let serials = ["5CGTEST001", "5CGNOPE999"];
        insta::assert_json_snapshot!(read(hp(1), 4, body, &serials).await);
    });
}
