//! A fifth maker, as somebody else would write it: the source, its simulator, and the kit's promises.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::{HeaderName, Request, Response};
use lmsync_core::auth::Credential;
use lmsync_core::http::{Budget, Call, Endpoint, HttpClient, Idempotency, Meter, Redactor};
use lmsync_core::{Environment, ErrorKind, Result, Secret};
use lmsync_testkit::warranty::conformance::WarrantySubject;
use lmsync_testkit::warranty::{
    CoverKind, MakerApi, MakerSimulator, MakerSpec, MakerState, WarrantyFleet,
};
use lmsync_warranty::rules::day;
use lmsync_warranty::{
    Answer, Answers, LineKind, Maker, WarrantyLine, WarrantyQuery, WarrantyRecord, WarrantySource,
    answers_by_serial,
};
use serde::Deserialize;
use serde_json::{Value, json};

fn acme() -> Maker {
    Maker::named("acme")
}

const ORIGIN: &str = "https://warranty.acme.example";
const KEY: HeaderName = HeaderName::from_static("x-acme-key");

/// Acme, which takes twenty serial numbers in a list and gives one object.
#[derive(Debug)]
struct Acme {
    http: HttpClient,
    endpoint: Endpoint,
}

#[derive(Deserialize)]
struct Row {
    serial: Option<String>,
    sold: Option<String>,
    covered: Vec<Cover>,
}

#[derive(Deserialize)]
struct Cover {
    from: String,
    to: String,
    what: String,
    kind: LineKind,
}

impl Acme {
    fn connect(environment: &Environment, key: &str) -> Result<Self> {
        let endpoint = Endpoint::parse(ORIGIN)?;
        let key = Secret::from(key);
        let advice = "ask Acme for a key";
        let http = environment
            .client(
                environment.limiter("acme", Budget::per_minute(60, 2)?),
                &endpoint,
            )
            .credential(Credential::header(KEY, key.clone())?)
            .redactor(Redactor::default().and(&key))
            .hint(ErrorKind::Authentication, advice)
            .hint(ErrorKind::Permission, advice)
            .build();
        Ok(Self { http, endpoint })
    }

    async fn ask(&self, batch: &[WarrantyQuery], meter: &Meter) -> Result<Answers> {
        let serials: Vec<&str> = batch.iter().map(|query| &*query.serial).collect();
        let url = self.endpoint.join("/lookup")?;
        let call = Call::post_json("lookup", &url, &serials, Idempotency::Idempotent)?;
        let rows: Vec<Row> = self
            .http
            .send(&call, meter, |answer| {
                answer.require_success()?;
                answer.json()
            })
            .await?;
        Ok(answers_by_serial(
            batch,
            rows.into_iter()
                .map(|row| (row.serial.clone(), answer(&row))),
        ))
    }
}

fn answer(row: &Row) -> Answer {
    let mut record = WarrantyRecord::new(acme());
    record.purchased = row.sold.as_deref().and_then(day);
    let lines = row.covered.iter().map(|cover| {
        WarrantyLine::new(cover.kind)
            .description(Some(cover.what.clone()))
            .days(day(&cover.from), day(&cover.to))
    });
    record.lines = lines.collect();
    Answer::Known(record)
}

#[async_trait]
impl WarrantySource for Acme {
    fn maker(&self) -> Maker {
        acme()
    }

    fn batch_size(&self) -> usize {
        20
    }

    async fn lookup(&self, batch: &[WarrantyQuery], meter: &Meter) -> Answers {
        if batch.is_empty() {
            return Answers::default();
        }
        let answers = self.ask(batch, meter).await;
        answers.unwrap_or_else(|error| Answers::all_failed(batch, &error))
    }
}

/// Its simulator: what the kit has for all makers, and Acme's words.
#[derive(Debug, Default)]
struct AcmeApi;

impl MakerApi for AcmeApi {
    const BATCH: usize = 20;
    const TOKEN_PATH: Option<&'static str> = None;

    fn bears_key(request: &Request<Bytes>, spec: &MakerSpec) -> bool {
        request
            .headers()
            .get(KEY)
            .is_some_and(|key| key == spec.client_secret.as_str())
    }

    fn too_many() -> Response<Bytes> {
        with(429, &json!({ "message": "slow down" }))
    }

    fn failure() -> Response<Bytes> {
        with(503, &json!({ "message": "try again" }))
    }

    fn unauthorised() -> Response<Bytes> {
        with(401, &json!({ "message": "who are you?" }))
    }

    fn forbidden() -> Response<Bytes> {
        with(403, &json!({ "message": "not you" }))
    }

    fn answer(
        &mut self,
        maker: &mut MakerState,
        request: &Request<Bytes>,
        _: DateTime<Utc>,
    ) -> Response<Bytes> {
        let serials: Vec<String> = serde_json::from_slice(request.body()).unwrap_or_default();
        if !maker.asks(&serials, Self::BATCH) {
            return with(400, &json!({ "message": "too many machines" }));
        }
        let rows = maker.rows(&serials).into_iter().filter_map(|(serial, machine)| {
            let machine = machine?;
            let covers = machine.covers.iter().map(|cover| {
                let (kind, what) = match cover.kind {
                    CoverKind::Other | CoverKind::Cancelled => ("base", "software support"),
                    CoverKind::Lifetime => ("base", "lifetime"),
                    CoverKind::Base => ("base", "depot"),
                    _ => ("extension", "depot"),
                };
                let (from, to) = (text(cover.start), text(cover.end));
                json!({ "from": from, "to": to, "what": what, "kind": kind })
            });
            Some(json!({ "serial": serial, "sold": text(machine.shipped), "covered": covers.collect::<Vec<_>>() }))
        });
        with(200, &Value::Array(rows.collect()))
    }
}

fn text(day: NaiveDate) -> String {
    day.to_string()
}

fn with(status: u16, body: &Value) -> Response<Bytes> {
    let response = Response::builder().status(status);
    response.body(Bytes::from(body.to_string())).unwrap()
}

/// Acme, as the suite wants it.
struct AcmeSubject;

impl WarrantySubject for AcmeSubject {
    type Maker = MakerSimulator<AcmeApi>;

    fn maker(machines: usize, now: DateTime<Utc>) -> Self::Maker {
        MakerSimulator::new(MakerSpec::new(WarrantyFleet::of(acme(), machines, now)))
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn WarrantySource>> {
        Self::connect_with_secret(environment, "m4ker-5ecret-41c9-b7f2")
    }

    fn connect_with_secret(
        environment: &Environment,
        secret: &str,
    ) -> Result<Arc<dyn WarrantySource>> {
        Ok(Arc::new(Acme::connect(environment, secret)?))
    }

    fn secrets() -> Vec<String> {
        vec!["m4ker-5ecret-41c9-b7f2".to_owned()]
    }
}

mod promises {
    lmsync_testkit::conformance_warranty!(crate::AcmeSubject);
}
