//! `PUT /customer_assets/{id}`.
//!
//! It takes the name, the serial number and the properties, these as a whole: what is
//! not sent again is gone. The other members of the vendor's body are not looked at.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::conformance::Treatment;

use super::{API, SyncroSimulator, answer, not_found};

/// Changes the asset and answers with what it is now.
pub(super) fn asset(
    account: &mut SyncroSimulator,
    request: &Request<Bytes>,
    now: DateTime<Utc>,
) -> Response<Bytes> {
    let path = request.uri().path().strip_prefix(API).unwrap_or_default();
    let Some(id) = path.strip_prefix("customer_assets/") else {
        return not_found(&json!({ "message": "Not found" }));
    };
    if !account.permissions.edits() {
        return account.refused();
    }
    let Some(index) = account.visible_index(id) else {
        return not_found(&json!({ "error": "Asset not found" }));
    };
    let mut change = match read(request) {
        Ok(change) => change,
        Err(reason) => {
            let refusal = json!({ "success": false, "message": [reason] });
            return answer(StatusCode::UNPROCESSABLE_ENTITY, &refusal);
        }
    };
    if change.contains_key("properties") {
        *account.date_writes.entry(index).or_default() += 1;
    }
    if account.treatment != Treatment::Ignore {
        let updated_at = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        change.insert("updated_at".to_owned(), json!(updated_at));
        treat(account, index, &mut change);
        account.set_members(index, change);
    }
    answer(StatusCode::OK, &json!({ "asset": account.row(index) }))
}

/// The members that are to change, or why they cannot.
fn read(request: &Request<Bytes>) -> Result<Map<String, Value>, &'static str> {
    let is_json = request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|of| of.as_bytes().starts_with(b"application/json"));
    let sent = serde_json::from_slice(request.body()).unwrap_or_default();
    let Value::Object(mut change) = sent else {
        return Err("Name can't be blank");
    };
    change.retain(|member, _| ["name", "asset_serial", "properties"].contains(&member.as_str()));
    let name = change.get("name").and_then(Value::as_str);
    if !is_json || name.is_none_or(|name| name.trim().is_empty()) {
        return Err("Name can't be blank");
    }
    match change.get("properties") {
        None | Some(Value::Object(_)) => Ok(change),
        Some(_) => Err("Properties is invalid"),
    }
}

/// Does to new properties what the account does to them.
fn treat(account: &SyncroSimulator, index: usize, change: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = change.get_mut("properties") else {
        return;
    };
    let row = account.row(index);
    let before = |key: &String| row["properties"].get(key);
    if account.misbehaviour.keeps_defined_properties_only {
        properties.retain(|key, _| before(key).is_some());
    }
    if account.treatment == Treatment::Shift {
        for (key, value) in properties {
            if before(key) != Some(value) {
                *value = day_before(value).unwrap_or_else(|| value.take());
            }
        }
    }
}

fn day_before(value: &Value) -> Option<Value> {
    let day: NaiveDate = value.as_str()?.parse().ok()?;
    Some(json!(day.pred_opt()?.to_string()))
}
