//! The simulated makers' own rules: keys, tokens, limits, sizes, jobs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use lmsync_testkit::Simulator;
use lmsync_testkit::warranty::{
    DellSimulator, HpSimulator, MakerSpec, MakersSimulator, WarrantyFleet,
};
use serde_json::Value;

const ID: &str = "simulated-id";
const SECRET: &str = "m4ker-5ecret-41c9-b7f2";

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn post(path: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::post(path).body(body.into()).unwrap()
}

fn get(path: &str, token: &str) -> Request<Bytes> {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    request.body(Bytes::new()).unwrap()
}

fn json(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

fn form() -> String {
    format!("grant_type=client_credentials&client_id={ID}&client_secret={SECRET}")
}

fn token(maker: &mut impl Simulator, path: &str, at: DateTime<Utc>) -> String {
    let answer = maker.respond(&post(path, form()), at);
    assert_eq!(answer.status(), 200);
    json(&answer)["access_token"].as_str().unwrap().to_owned()
}

fn dell() -> DellSimulator {
    DellSimulator::new(MakerSpec::new(WarrantyFleet::dell(200, now())))
}

const TOKENS: &str = "/auth/oauth/v2/token";

fn entitlements(tags: usize) -> String {
    let tags: Vec<String> = (0..tags).map(|tag| format!("T{tag:06}")).collect();
    format!(
        "/PROD/sbil/eapi/v5/asset-entitlements?servicetags={}",
        tags.join(",")
    )
}

#[test]
fn a_token_is_for_the_right_key_and_for_an_hour() {
    let mut dell = dell();
    let token = token(&mut dell, TOKENS, now());
    let hour = TimeDelta::seconds(3_600);
    for (token, at, status) in [
        (&*token, now(), 200),
        (&*token, now() + hour, 401),
        ("another", now(), 401),
    ] {
        let answer = dell.respond(&get(&entitlements(2), token), at);
        assert_eq!(answer.status(), status);
    }
    let wrong = form().replace(SECRET, "wrong");
    assert_eq!(dell.respond(&post(TOKENS, wrong), now()).status(), 401);
    // Basic and the form at once is refused.
    let mut both = post(TOKENS, form());
    both.headers_mut()
        .insert("authorization", "Basic aTpz".parse().unwrap());
    assert_eq!(dell.respond(&both, now()).status(), 400);
    assert_eq!(dell.minted(), 1);
}

#[test]
fn a_batch_has_an_end_and_so_has_a_minute() {
    let mut dell = dell();
    let token = token(&mut dell, TOKENS, now());
    assert_eq!(
        dell.respond(&get(&entitlements(100), &token), now())
            .status(),
        200
    );
    assert_eq!(
        dell.respond(&get(&entitlements(101), &token), now())
            .status(),
        400
    );
    assert_eq!((dell.lookups(), dell.oversized()), (1, 1));
    for _ in 0..57 {
        assert_eq!(
            dell.respond(&get(&entitlements(1), &token), now()).status(),
            200
        );
    }
    assert_eq!(
        dell.respond(&get(&entitlements(1), &token), now()).status(),
        429
    );
    assert_eq!(dell.over_limit(), 1);
    let later = now() + TimeDelta::seconds(60);
    assert_eq!(
        dell.respond(&get(&entitlements(1), &token), later).status(),
        200
    );
}

#[test]
fn a_row_is_about_its_tag_and_an_unknown_one_says_so() {
    let mut dell = dell();
    let token = token(&mut dell, TOKENS, now());
    let rows = json(&dell.respond(&get(&entitlements(2), &token), now()));
    assert_eq!(
        (&rows[0]["serviceTag"], &rows[0]["invalid"]),
        (&"T000000".into(), &true.into())
    );
    assert_eq!(
        (&rows[1]["serviceTag"], &rows[1]["invalid"]),
        (&"T000001".into(), &false.into())
    );
    assert_eq!(rows[1]["entitlements"].as_array().unwrap().len(), 2);
    dell.switches().turned = true;
    dell.switches().doubled = true;
    let rows = json(&dell.respond(&get(&entitlements(2), &token), now()));
    assert_eq!(rows.as_array().unwrap().len(), 4);
    assert_eq!(rows[0]["serviceTag"], "T000001");
}

#[test]
fn a_job_takes_its_time() {
    let mut hp = HpSimulator::new(MakerSpec::new(WarrantyFleet::hp(20, now())));
    let token = token(&mut hp, "/oauth/v1/token", now());
    let mut begin = post(
        "/productwarranty/v2/jobs",
        r#"[{"sn":"5CG0000001"},{"sn":"5CG0000000"}]"#,
    );
    let bearer = format!("Bearer {token}");
    begin
        .headers_mut()
        .insert("authorization", bearer.parse().unwrap());
    let begun = json(&hp.respond(&begin, now()));
    assert_eq!(begun["estimatedTime"], 120);
    let job = format!(
        "/productwarranty/v2/jobs/{}",
        begun["jobId"].as_str().unwrap()
    );
    let results = format!("{job}/results");
    assert_eq!(
        json(&hp.respond(&get(&job, &token), now()))["status"],
        "in progress"
    );
    assert_eq!(hp.respond(&get(&results, &token), now()).status(), 404);
    let later = now() + TimeDelta::seconds(120);
    assert_eq!(
        json(&hp.respond(&get(&job, &token), later))["status"],
        "completed"
    );
    let rows = json(&hp.respond(&get(&results, &token), later));
    assert_eq!(rows[0]["product"]["serialNumber"], "5CG0000001");
    assert_eq!(
        (&rows[1]["sn"], &rows[1]["product"]),
        (&"5CG0000000".into(), &Value::Null)
    );
    hp.switches().jobs.gzip = true;
    assert!(
        hp.respond(&get(&results, &token), later)
            .body()
            .starts_with(&[0x1f, 0x8b])
    );
}

#[test]
fn all_makers_answer_at_one_address() {
    let mut makers = MakersSimulator::new(10, now());
    for path in [TOKENS, "/oauth2/default/v1/token", "/oauth/v1/token"] {
        token(&mut makers, path, now());
    }
    let lenovo = |serial: &str| {
        let mut request = post("/v2.5/warranty", format!("Serial={serial}"));
        request
            .headers_mut()
            .insert("clientid", ID.parse().unwrap());
        request
    };
    let known = json(&makers.respond(&lenovo("PF000001"), now()));
    assert_eq!(known["Serial"], "PF000001");
    let unknown = json(&makers.respond(&lenovo("PF000000"), now()));
    assert_eq!(unknown, serde_json::json!({}));
    assert_eq!(makers.respond(&post("/elsewhere", ""), now()).status(), 404);
}
