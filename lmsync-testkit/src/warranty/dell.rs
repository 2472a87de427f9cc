//! Dell's TechDirect: rows of service tags with entitlements, ends at midnight in Chicago.

use bytes::Bytes;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use http::{Request, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::fleet::{Cover, CoverKind, CoveredMachine};
use super::front::{MakerApi, MakerSimulator, MakerState};
use super::reply;

const FAULT: &str = "<soapenv:Envelope><soapenv:Body><soapenv:Fault><faultstring>Policy Falsified\
     </faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>";

/// A simulated Dell.
pub type DellSimulator = MakerSimulator<DellApi>;

/// Dell's API.
#[derive(Debug, Default)]
pub struct DellApi(());

impl MakerApi for DellApi {
    const BATCH: usize = 100;
    const TOKEN_PATH: Option<&'static str> = Some("/auth/oauth/v2/token");

    fn too_many() -> Response<Bytes> {
        reply::with_type(429, "text/plain", "429 Ratelimit Exceeded")
    }

    fn failure() -> Response<Bytes> {
        reply::with_type(500, "text/xml", FAULT)
    }

    fn unauthorised() -> Response<Bytes> {
        reply::json(401, &json!({ "error": "invalid_token" }))
    }

    fn forbidden() -> Response<Bytes> {
        reply::json(403, &json!({ "error": "the key may not do this" }))
    }

    fn answer(
        &mut self,
        maker: &mut MakerState,
        request: &Request<Bytes>,
        _: DateTime<Utc>,
    ) -> Response<Bytes> {
        if request.uri().path() != "/PROD/sbil/eapi/v5/asset-entitlements" {
            return reply::json(404, &json!({ "error": "no such resource" }));
        }
        let query = request.uri().query().unwrap_or_default();
        let mut parameters = form_urlencoded::parse(query.as_bytes());
        let tags = parameters.find_map(|(name, value)| (name == "servicetags").then_some(value));
        let tags: Vec<String> = tags
            .unwrap_or_default()
            .split(',')
            .map(str::to_owned)
            .collect();
        if !maker.asks(&tags, Self::BATCH) {
            return reply::json(400, &json!({ "error": "too many service tags" }));
        }
        let rows = maker.rows(&tags);
        let rows = rows
            .iter()
            .map(|(tag, machine)| row(maker, tag, machine.as_ref()))
            .collect();
        reply::json(200, &maker.list(rows))
    }
}

fn row(maker: &MakerState, tag: &str, machine: Option<&CoveredMachine>) -> Value {
    let Some(machine) = machine else {
        let dates = maker.switches.dates_of_unknown;
        return json!({
            "serviceTag": tag, "invalid": true, "shipDate": dates.then_some("2001-01-01T06:00:00Z"),
            "entitlements": if dates { json!([{
                "startDate": "2001-01-01T06:00:00Z", "endDate": "2031-01-02T05:59:59.999Z",
                "entitlementType": "INITIAL", "serviceLevelCode": "ND",
            }]) } else { json!([]) },
        });
    };
    json!({
        "id": 900_000_001, "serviceTag": tag, "orderBuid": 11, "invalid": false, "duplicated": false,
        "shipDate": midnight(machine.shipped), "productLineDescription": machine.model.to_uppercase(),
        "systemDescription": machine.model, "countryCode": "US",
        "entitlements": machine.covers.iter().map(line).collect::<Vec<_>>(),
    })
}

fn line(cover: &Cover) -> Value {
    let (kind, code, words) = match cover.kind {
        CoverKind::Base => (
            "INITIAL",
            "ND",
            "Next Business Day Onsite After Remote Diagnosis",
        ),
        CoverKind::Other => ("INITIAL", "DL", "Dell Digital Delivery"),
        CoverKind::Cancelled => ("EXTENDED", "KK", "Keep Your Hard Drive"),
        CoverKind::Lifetime => ("INITIAL", "LL", "Limited Lifetime Hardware Service"),
        CoverKind::Extension | CoverKind::Contract => ("EXTENDED", "PN", "ProSupport Onsite"),
    };
    json!({
        "itemNumber": "997-0001", "startDate": midnight(cover.start), "endDate": last_minute(cover.end),
        "entitlementType": kind, "serviceLevelCode": code, "serviceLevelDescription": words,
        "serviceLevelGroup": 5,
    })
}

/// The hour of UTC at which a day begins in Chicago, near enough for a simulator.
fn hour(day: NaiveDate) -> u32 {
    if (4..=10).contains(&day.month()) {
        5
    } else {
        6
    }
}

fn midnight(day: NaiveDate) -> String {
    format!("{day}T{:02}:00:00Z", hour(day))
}

/// The end of `day` in Chicago; the fraction varies, as the maker's does.
fn last_minute(day: NaiveDate) -> String {
    let fraction = ["", ".9", ".14", ".999", ".000001", ".1234567"];
    let fraction = fraction[day.ordinal() as usize % fraction.len()];
    match day
        .checked_add_days(Days::new(1))
        .filter(|next| next.year() < 10_000)
    {
        Some(next) => format!("{next}T{:02}:59:59{fraction}Z", hour(day) - 1),
        None => format!("{day}T00:00:00Z"),
    }
}
