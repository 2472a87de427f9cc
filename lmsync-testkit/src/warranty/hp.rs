//! HP's product warranty: jobs that take minutes.

use std::io::Write;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::fleet::{Cover, CoverKind, CoveredMachine};
use super::front::{MakerApi, MakerSimulator, MakerState};
use super::reply;

const JOBS: &str = "/productwarranty/v2/jobs";

/// A simulated HP.
pub type HpSimulator = MakerSimulator<HpApi>;

/// HP's API, and the jobs that it works on.
#[derive(Debug, Default)]
pub struct HpApi {
    jobs: Vec<Job>,
}

#[derive(Debug)]
struct Job {
    id: String,
    machines: Vec<(String, Option<String>)>,
    begun_at: DateTime<Utc>,
}

impl MakerApi for HpApi {
    const BATCH: usize = 5_000;
    const TOKEN_PATH: Option<&'static str> = Some("/oauth/v1/token");

    fn too_many() -> Response<Bytes> {
        reply::json(
            500,
            &json!({ "fault": { "faultstring": "Rate limit quota violation",
            "detail": { "errorcode": "policies.ratelimit.QuotaViolation" } } }),
        )
    }

    fn failure() -> Response<Bytes> {
        reply::json(500, &json!({ "message": "An error has occurred." }))
    }

    fn unauthorised() -> Response<Bytes> {
        reply::json(
            401,
            &json!({ "fault": { "faultstring": "Invalid Access Token",
            "detail": { "errorcode": "oauth.v2.InvalidAccessToken" } } }),
        )
    }

    fn forbidden() -> Response<Bytes> {
        reply::json(403, &json!({ "message": "the app may not do this" }))
    }

    fn answer(
        &mut self,
        maker: &mut MakerState,
        request: &Request<Bytes>,
        now: DateTime<Utc>,
    ) -> Response<Bytes> {
        let path = request
            .uri()
            .path()
            .strip_prefix(JOBS)
            .map(|path| path.trim_matches('/'));
        match (request.method(), path) {
            (&Method::POST, Some("")) => self.begin(maker, request, now),
            (&Method::GET, Some(path)) => {
                let (id, is_results) = match path.strip_suffix("/results") {
                    Some(id) => (id, true),
                    None => (path, false),
                };
                let job = self.jobs.iter().find(|job| job.id == id);
                match job.filter(|_| !maker.switches.jobs.forgets) {
                    Some(job) if is_results => job.results(maker, now),
                    Some(job) => reply::json(200, &job.progress(maker, now)),
                    None => reply::json(404, &json!({ "message": "no such job" })),
                }
            }
            _ => reply::json(404, &json!({ "message": "no such resource" })),
        }
    }
}

impl HpApi {
    fn begin(
        &mut self,
        maker: &mut MakerState,
        request: &Request<Bytes>,
        now: DateTime<Utc>,
    ) -> Response<Bytes> {
        let asked: Vec<Value> = serde_json::from_slice(request.body()).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let machines: Vec<_> = asked
            .iter()
            .filter_map(|machine| Some((text(&machine["sn"])?, text(&machine["pn"]))))
            .collect();
        let serials: Vec<String> = machines.iter().map(|(serial, _)| serial.clone()).collect();
        if serials.is_empty() || !maker.asks(&serials, Self::BATCH) {
            return reply::json(400, &json!({ "message": "no machines, or too many" }));
        }
        let job = Job {
            id: format!("00000000-0000-4000-8000-{:012}", self.jobs.len() + 1),
            machines,
            begun_at: now,
        };
        let mut begun = job.progress(maker, now);
        if let Some(begun) = begun.as_object_mut() {
            begun.remove("status");
        }
        self.jobs.push(job);
        reply::json(200, &begun)
    }
}

impl Job {
    fn left(&self, maker: &MakerState, now: DateTime<Utc>) -> Option<TimeDelta> {
        let takes = maker.switches.jobs.takes?;
        Some((self.begun_at + takes - now).max(TimeDelta::zero()))
    }

    fn progress(&self, maker: &MakerState, now: DateTime<Utc>) -> Value {
        let left = self.left(maker, now);
        let honest = left.map_or(3_600, |left| left.num_seconds().unsigned_abs());
        let is_over = left == Some(TimeDelta::zero());
        json!({
            "jobId": self.id,
            "status": if is_over { "completed" } else { "in progress" },
            "estimatedTime": maker.switches.jobs.estimate.unwrap_or(honest),
        })
    }

    fn results(&self, maker: &MakerState, now: DateTime<Utc>) -> Response<Bytes> {
        if self.left(maker, now) != Some(TimeDelta::zero()) {
            return reply::json(404, &json!({ "message": "the job is not completed" }));
        }
        let serials: Vec<String> = self
            .machines
            .iter()
            .map(|(serial, _)| serial.clone())
            .collect();
        let rows = maker
            .rows(&serials)
            .into_iter()
            .map(|(serial, machine)| match machine {
                Some(machine) => row(&serial, &machine),
                None => json!({ "sn": serial, "pn": null, "product": null, "offers": null }),
            });
        let body = maker.list(rows.collect()).to_string();
        match maker.switches.jobs.gzip {
            true => reply::with_type(200, "application/json", packed(body.as_bytes())),
            false => reply::with_type(200, "application/json", body),
        }
    }
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = packed.write_all(body);
    packed.finish().unwrap_or_default()
}

fn row(serial: &str, machine: &CoveredMachine) -> Value {
    json!({
        "product": { "serialNumber": serial, "productDescription": format!("{} (MADE-UP)", machine.model),
            "productNumber": machine.product_number, "countryCode": "US" },
        "offers": machine.covers.iter().map(offer).collect::<Vec<_>>(),
    })
}

fn offer(cover: &Cover) -> Value {
    let (code, words) = match cover.kind {
        CoverKind::Base => ("W", "Wty: HP HW Maintenance Onsite Support"),
        CoverKind::Other => ("W", "Wty: HP Support for Initial Setup"),
        CoverKind::Cancelled => ("C", "HP 9x5 SW phone support"),
        CoverKind::Lifetime => ("W", "Wty: Limited Lifetime HW Replacement"),
        CoverKind::Extension | CoverKind::Contract => ("C", "HP HWM Onsite"),
    };
    json!({
        "offerDescription": words, "offerProductIdentifier": "HA151AC", "serviceObligationIdentifier": "MADEUP-1",
        "serviceObligationTypeCode": code, "serviceObligationLineItemStartDate": cover.start.to_string(),
        "serviceObligationLineItemEndDate": cover.end.to_string(),
    })
}
