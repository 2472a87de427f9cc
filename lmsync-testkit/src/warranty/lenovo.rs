//! Lenovo's Support API: machines with their lines, and several ways to say that one is unknown.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::{Request, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::fleet::{Cover, CoverKind, CoveredMachine};
use super::front::{MakerApi, MakerSimulator, MakerSpec, MakerState};
use super::reply;
use super::switches::NotFoundForm;

/// A simulated Lenovo.
pub type LenovoSimulator = MakerSimulator<LenovoApi>;

/// Lenovo's API.
#[derive(Debug, Default)]
pub struct LenovoApi(());

impl MakerApi for LenovoApi {
    const BATCH: usize = 50;
    const TOKEN_PATH: Option<&'static str> = None;

    fn bears_key(request: &Request<Bytes>, spec: &MakerSpec) -> bool {
        let key = request
            .headers()
            .get("ClientID")
            .and_then(|value| value.to_str().ok());
        key == Some(&*spec.client_id)
    }

    fn too_many() -> Response<Bytes> {
        reply::with_type(429, "text/plain", "Too Many Requests")
    }

    fn failure() -> Response<Bytes> {
        reply::with_type(500, "text/html", "<html><body>Server Error</body></html>")
    }

    fn unauthorised() -> Response<Bytes> {
        reply::json(
            401,
            &json!({ "Message": "Authorization has been denied for this request." }),
        )
    }

    fn forbidden() -> Response<Bytes> {
        reply::json(
            403,
            &json!({ "Message": "The key lacks the role for warranties." }),
        )
    }

    fn answer(
        &mut self,
        maker: &mut MakerState,
        request: &Request<Bytes>,
        _: DateTime<Utc>,
    ) -> Response<Bytes> {
        if request.uri().path() != "/v2.5/warranty" {
            return reply::with_type(404, "text/html", "<html><body>Not Found</body></html>");
        }
        let form: BTreeMap<String, String> = form_urlencoded::parse(request.body())
            .into_owned()
            .collect();
        let list = form.get("Serial").map(String::as_str).unwrap_or_default();
        let serials: Vec<String> = list.split(',').map(str::to_owned).collect();
        if !maker.asks(&serials, Self::BATCH) {
            return reply::json(400, &json!({ "Message": "too many serial numbers" }));
        }
        let alone = serials.len() == 1;
        let rows = maker.rows(&serials);
        let form = maker.switches.not_found_form;
        if form == NotFoundForm::Status404 && rows.iter().any(|(_, machine)| machine.is_none()) {
            return reply::json(404, &json!({ "Message": "not found" }));
        }
        let mut rows: Vec<Value> = rows
            .into_iter()
            .filter_map(|(serial, machine)| match machine {
                Some(machine) => Some(row(&serial, &machine)),
                None if form == NotFoundForm::Code => {
                    Some(json!({ "Serial": serial, "Code": 100, "Message": "not found" }))
                }
                None => None,
            })
            .collect();
        match (alone, rows.len()) {
            (true, 0) => reply::json(200, &json!({})),
            (true, 1) => reply::json(200, &rows.remove(0)),
            _ => reply::json(200, &Value::Array(rows)),
        }
    }
}

fn row(serial: &str, machine: &CoveredMachine) -> Value {
    let (contracts, lines): (Vec<&Cover>, Vec<&Cover>) = machine
        .covers
        .iter()
        .partition(|cover| matches!(cover.kind, CoverKind::Contract | CoverKind::Cancelled));
    let number = &machine.product_number;
    let name = machine.model.to_uppercase().replace([' ', '/'], "-");
    json!({
        "Serial": serial,
        "Product": format!("LAPTOPS-AND-NETBOOKS/THINKPAD-LAPTOPS/{name}/{number}/{number}00ABUS/{serial}"),
        "InWarranty": true, "Purchased": stamp(machine.purchased), "Shipped": stamp(machine.shipped), "Country": "US",
        "Warranty": lines.iter().map(|cover| line(cover)).collect::<Vec<_>>(),
        "Contract": contracts.iter().map(|cover| contract(cover)).collect::<Vec<_>>(),
    })
}

fn line(cover: &Cover) -> Value {
    let (id, name, kind) = match cover.kind {
        CoverKind::Base => ("3EZ", "3Y Depot", "BASE"),
        CoverKind::Other => ("1EZ", "1Y Battery", "BASE"),
        CoverKind::Lifetime => ("LTW", "Lifetime Warranty", "BASE"),
        _ => ("5WS", "5Y Premier Support Onsite", "UPGRADE"),
    };
    json!({ "ID": id, "Name": name, "Description": name, "Type": kind, "Start": stamp(cover.start), "End": day(cover.end) })
}

fn contract(cover: &Cover) -> Value {
    let status = match cover.kind {
        CoverKind::Cancelled => "CANCELLED",
        _ => "ACTIVE",
    };
    json!({ "Contract": "CN-1", "Quantity": 1, "SLA": "9x5 NBD", "Status": status, "Start": day(cover.start), "End": day(cover.end) })
}

fn stamp(day: NaiveDate) -> String {
    format!("{day}T00:00:00Z")
}

fn day(day: NaiveDate) -> String {
    day.to_string()
}
