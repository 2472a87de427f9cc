//! Cisco's SN2INFO: coverage summaries in pages, with ends alone.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::fleet::{CoverKind, CoveredMachine};
use super::front::{MakerApi, MakerSimulator, MakerState};
use super::reply;

const SUMMARY: &str = "/sn2info/v2/coverage/summary/serial_numbers/";

/// A simulated Cisco.
pub type CiscoSimulator = MakerSimulator<CiscoApi>;

/// Cisco's API.
#[derive(Debug, Default)]
pub struct CiscoApi(());

impl MakerApi for CiscoApi {
    const BATCH: usize = 75;
    const TOKEN_PATH: Option<&'static str> = Some("/oauth2/default/v1/token");

    fn too_many() -> Response<Bytes> {
        let page = reply::with_type(403, "text/xml", "<h1>Developer Over Qps</h1>");
        reply::with_header(page, "x-mashery-error-code", "ERR_403_DEVELOPER_OVER_QPS")
    }

    fn failure() -> Response<Bytes> {
        reply::json(500, &json!({ "message": "an internal error" }))
    }

    fn unauthorised() -> Response<Bytes> {
        reply::json(
            401,
            &json!({ "errorCode": "invalid_token", "errorSummary": "the token is not valid" }),
        )
    }

    fn forbidden() -> Response<Bytes> {
        reply::json(403, &error("API_NOTAUTHORIZED"))
    }

    fn answer(
        &mut self,
        maker: &mut MakerState,
        request: &Request<Bytes>,
        _: DateTime<Utc>,
    ) -> Response<Bytes> {
        let Some(list) = request.uri().path().strip_prefix(SUMMARY) else {
            return reply::json(404, &json!({ "message": "no such resource" }));
        };
        let serials: Vec<String> = list.split(',').map(str::to_owned).collect();
        let query = request.uri().query().unwrap_or_default();
        let mut parameters = form_urlencoded::parse(query.as_bytes());
        let page = parameters
            .find_map(|(name, value)| (name == "page_index").then(|| value.parse::<usize>()));
        let page = page.and_then(Result::ok).unwrap_or(1).max(1);
        if !maker.asks(&serials, Self::BATCH) {
            return reply::json(400, &error("EXCEEDED_INPUTS"));
        }
        let rows = maker.rows(&serials);
        if rows.iter().all(|(_, machine)| machine.is_none()) {
            return reply::json(404, &error("NO_RECORDS_FOUND"));
        }
        let size = maker.switches.page_size.unwrap_or(Self::BATCH * 4).max(1);
        let last = rows.len().div_ceil(size).max(1);
        let rows: Vec<Value> = rows
            .iter()
            .enumerate()
            .skip((page - 1) * size)
            .take(size)
            .map(|(place, (serial, machine))| row(place, serial, machine.as_ref()))
            .collect();
        reply::json(
            200,
            &json!({
                "pagination_response_record": {
                    "last_index": last, "page_index": page, "page_records": rows.len(), "total_records": rows.len(),
                },
                "serial_numbers": maker.list(rows),
            }),
        )
    }
}

fn error(code: &str) -> Value {
    json!({ "ErrorResponse": { "APIError": [
        { "ErrorCode": code, "ErrorDescription": "made-up words", "SuggestedAction": "" },
    ] } })
}

/// One machine; one that is unknown is a row of blanks, or an error of its own.
fn row(place: usize, serial: &str, machine: Option<&CoveredMachine>) -> Value {
    let Some(machine) = machine else {
        return match place % 2 {
            0 => {
                json!({ "sr_no": serial, "is_covered": "NO", "base_pid_list": [{ "base_pid": "" }],
                "orderable_pid_list": [{ "orderable_pid": "", "item_description": "" }],
                "warranty_end_date": "", "covered_product_line_end_date": "", "warranty_type": "" })
            }
            _ => {
                let mut row = error("NO_RECORDS_FOUND");
                row["sr_no"] = serial.into();
                row
            }
        };
    };
    let end = |kinds: &[CoverKind]| {
        let covers = machine
            .covers
            .iter()
            .filter(|cover| kinds.contains(&cover.kind));
        let ends = covers
            .filter(|cover| cover.end > cover.start)
            .map(|cover| cover.end);
        ends.max().map(|end| end.to_string()).unwrap_or_default()
    };
    let is_lifetime = machine
        .covers
        .iter()
        .any(|cover| cover.kind == CoverKind::Lifetime);
    let number = &machine.product_number;
    json!({
        "sr_no": serial, "is_covered": "YES", "contract_site_customer_name": "MADE-UP CUSTOMER LTD",
        "warranty_type": if is_lifetime { "WARR-ELTD-LIFE-HW" } else { "WARR-3YR-HW" },
        "warranty_end_date": end(&[CoverKind::Base, CoverKind::Lifetime]),
        "covered_product_line_end_date": end(&[CoverKind::Contract]),
        "service_line_descr": "SNTC-8X5XNBD", "base_pid_list": [{ "base_pid": number }],
        // An object where a list belongs.
        "orderable_pid_list": { "orderable_pid": number, "item_description": "Made-up switch" },
    })
}
