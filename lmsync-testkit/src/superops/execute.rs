//! Runs what a document asks for.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::fleet::Machine;

use super::condition::Condition;
use super::document::{Operation, Selected};
use super::errors::{Invalid, Refusal, null_row};
use super::listing::{self, Page};
use super::state::Account;
use super::switches::RowFault;
use super::{asset, detail, ids, organisation, update};

/// What every answer is wrapped in.
#[derive(Debug, Serialize)]
pub(super) struct Envelope {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Map<String, Value>>,
}

impl Envelope {
    /// Nothing was executed: the document is not valid.
    pub(super) fn invalid(errors: Vec<Invalid>) -> Self {
        Self {
            errors: errors.into_iter().map(|Invalid(entry)| entry).collect(),
            data: None,
        }
    }

    /// Nothing was executed, for one and the same reason everywhere.
    pub(super) fn refused(operation: &Operation, refusal: &Refusal) -> Self {
        let keys = operation.fields.iter().map(|field| field.key.clone());
        Self {
            errors: vec![refusal.entry.clone()],
            data: Some(keys.map(|key| (key, Value::Null)).collect()),
        }
    }
}

/// Executes each top-level field in turn; one that fails does not stop the others.
pub(super) fn execute(account: &mut Account, operation: &Operation) -> Envelope {
    let mut errors = Vec::new();
    let mut data = Map::new();
    for field in &operation.fields {
        let outcome = match field.name.as_str() {
            "__typename" => Ok(Value::String(operation.root.to_string())),
            "__schema" | "__type" => Ok(operation
                .introspected
                .get(&field.key)
                .cloned()
                .unwrap_or_default()),
            "updateAsset" => update::update_asset(account, field),
            _ => query(account, field, &mut errors),
        };
        match outcome {
            Ok(value) => {
                data.insert(field.key.clone(), value);
            }
            Err(refusal) => {
                errors.push(refusal.entry);
                if refusal.shown_as_null {
                    data.insert(field.key.clone(), Value::Null);
                }
            }
        }
    }
    Envelope {
        errors,
        data: Some(data),
    }
}

fn query(account: &Account, field: &Selected, errors: &mut Vec<Value>) -> Result<Value, Refusal> {
    let about_assets = field.name.starts_with("getAsset");
    let allowed = if about_assets {
        account.permissions.assets
    } else {
        account.permissions.clients
    };
    if !allowed {
        return Err(Refusal::forbidden());
    }
    match field.name.as_str() {
        "getAssetList" => asset_list(account, field, errors),
        "getAsset" => {
            let machine = one(account, field)?;
            Ok(asset::asset(account, &machine, "Asset", &field.fields))
        }
        "getAssetSummary" => Ok(detail::summary(account, &one(account, field)?, field)),
        "getAssetSoftwareList" => detail::software(account, &one(account, field)?, field),
        "getClientList" => organisation::clients(account, field),
        "getClientSiteList" => organisation::client_sites(account, field),
        "getDepartmentList" => Ok(organisation::departments(account, field)),
        "getSiteList" => organisation::it_sites(account, field),
        _ => Err(Refusal::internal()),
    }
}

/// The machine whose asset id the input names.
fn one(account: &Account, field: &Selected) -> Result<Machine, Refusal> {
    ids::given(&listing::input(&field.arguments)["assetId"])
        .and_then(|id| account.visible_index(&id))
        .and_then(|index| account.population.machine(index))
        .ok_or_else(|| Refusal::code("entity_does_not_exist", "assetId", &field.key))
}

fn asset_list(
    account: &Account,
    field: &Selected,
    errors: &mut Vec<Value>,
) -> Result<Value, Refusal> {
    // As the live service: it cannot count what it does not fetch.
    if field.fields.iter().all(|part| part.name != "assets") {
        return Err(Refusal::internal());
    }
    let input = listing::input(&field.arguments);
    let condition = Condition::read(&input["condition"]);
    let condition = condition.ok_or_else(|| Refusal::unexplained(&field.key))?;
    let mut all = account.visible();
    if condition != Condition::Anything {
        all.to_mut().retain(|index| {
            let machine = account.population.machine(*index);
            machine.is_some_and(|machine| condition.holds(account, &machine))
        });
    }
    let page = Page::asked_for(account, input, all.len(), &field.key)?;
    let row = |place: usize, index: &usize, list: &Selected| {
        let fault = account.row_faults.get(index);
        if fault == Some(&RowFault::Null) {
            errors.push(null_row(&field.key, &list.key, place));
            return Value::Null;
        }
        let machine = account.population.machine(*index);
        let row = machine.map(|machine| asset::asset(account, &machine, "Asset", &list.fields));
        match fault {
            Some(RowFault::WrongTypes) => with_wrong_types(row.unwrap_or_default(), list),
            _ => row.unwrap_or_default(),
        }
    };
    Ok(listing::page(account, field, &page, &all, row))
}

fn with_wrong_types(mut row: Value, list: &Selected) -> Value {
    for field in &list.fields {
        let Some(value) = row.get_mut(&field.key) else {
            continue;
        };
        match field.name.as_str() {
            "name" => *value = json!({ "text": value }),
            "client" | "site" => *value = json!([value]),
            _ => {}
        }
    }
    row
}
