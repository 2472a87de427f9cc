//! `PUT /customer_assets/{id}`.
//!
//! A body changes what it names and leaves the rest, of the properties too. Members that the
//! vendor's body does not have are not looked at.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::conformance::Treatment;

use super::{API, SyncroSimulator, answer, asset, not_found, settings};

/// The members of the vendor's body that are kept as they come.
const KEPT: [&str; 3] = ["name", "asset_serial", "properties"];

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
    let mut change = match read(account, request) {
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
        properties(account, index, &mut change);
        account.set_members(index, change);
    }
    answer(StatusCode::OK, &json!({ "asset": account.row(index) }))
}

/// The members that are to change, or why they cannot.
fn read(
    account: &SyncroSimulator,
    request: &Request<Bytes>,
) -> Result<Map<String, Value>, &'static str> {
    let of = request.headers().get(CONTENT_TYPE);
    let is_json = of.is_some_and(|of| of.as_bytes().starts_with(b"application/json"));
    let sent = serde_json::from_slice(request.body()).unwrap_or_default();
    let Value::Object(sent) = sent else {
        return Err("Body is invalid");
    };
    if !is_json {
        return Err("Body is invalid");
    }
    if let Some(name) = sent.get("name")
        && name.as_str().is_none_or(|name| name.trim().is_empty())
    {
        return Err("Name can't be blank");
    }
    if sent.get("properties").is_some_and(|sent| !sent.is_object()) {
        return Err("Properties is invalid");
    }
    let mut change = Map::new();
    if let Some(name) = asset_type(&sent)? {
        change.insert("asset_type".to_owned(), json!(name));
    }
    if let Some(id) = sent.get("customer_id") {
        let owner = account.customer_by_id(id).ok_or("Customer must exist")?;
        change.insert("customer_id".to_owned(), id.clone());
        change.insert("customer".to_owned(), asset::customer(&owner));
    }
    let kept = sent
        .into_iter()
        .filter(|(member, _)| KEPT.contains(&member.as_str()));
    change.extend(kept);
    Ok(change)
}

/// The asset type that is asked for, by its id or its name.
fn asset_type(sent: &Map<String, Value>) -> Result<Option<&str>, &'static str> {
    const UNKNOWN: &str = "Asset type can't be blank";
    let by_id = sent
        .get("asset_type_id")
        .map(|id| id.as_u64().and_then(settings::type_name));
    let by_name = sent.get("asset_type_name").map(|name| {
        let name = name.as_str()?;
        settings::type_id(name).map(|_| name)
    });
    by_id
        .or(by_name)
        .map(|name| name.ok_or(UNKNOWN))
        .transpose()
}

/// Puts new properties among those that the asset has, as the account treats them.
fn properties(account: &SyncroSimulator, index: usize, change: &mut Map<String, Value>) {
    let Some(Value::Object(sent)) = change.get_mut("properties") else {
        return;
    };
    let held = match account.row(index)["properties"].take() {
        Value::Object(held) => held,
        _ => Map::new(),
    };
    if account.misbehaviour.keeps_defined_properties_only {
        sent.retain(|key, _| held.contains_key(key));
    }
    if account.treatment == Treatment::Shift {
        for (key, value) in sent.iter_mut() {
            if held.get(key) != Some(value) {
                *value = day_before(value).unwrap_or_else(|| value.take());
            }
        }
    }
    if !account.misbehaviour.replaces_properties {
        let sent = std::mem::replace(sent, held);
        if let Some(Value::Object(merged)) = change.get_mut("properties") {
            merged.extend(sent);
        }
    }
}

fn day_before(value: &Value) -> Option<Value> {
    let day: NaiveDate = value.as_str()?.parse().ok()?;
    Some(json!(day.pred_opt()?.to_string()))
}
