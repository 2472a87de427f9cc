//! `updateAsset`.

use chrono::{NaiveDate, TimeDelta};
use lmsync_core::two_way::DateField;
use serde_json::{Map, Value};

use crate::fleet::Machine;

use super::document::Selected;
use super::errors::Refusal;
use super::state::Account;
use super::switches::Writes;
use super::{asset, ids, listing, organisation};

/// What is to become of an asset; what was not sent stays.
#[derive(Debug, Default)]
struct Change {
    name: Option<String>,
    /// `None` clears the date.
    dates: Vec<(DateField, Option<NaiveDate>)>,
    /// Customer and site.
    place: Option<(usize, usize)>,
    custom_fields: Map<String, Value>,
}

/// Changes the asset and answers with what it is now, without the dates.
pub(super) fn update_asset(account: &mut Account, asked: &Selected) -> Result<Value, Refusal> {
    if !account.permissions.edit {
        return Err(Refusal::forbidden());
    }
    let key = &asked.key;
    let input = listing::input(&asked.arguments);
    let index = ids::given(&input["assetId"])
        .and_then(|id| account.visible_index(&id))
        .ok_or_else(|| Refusal::code("entity_does_not_exist", "assetId", key))?;
    let change = read(account, index, input, key)?;
    if !change.dates.is_empty() {
        *account.date_writes.entry(index).or_default() += 1;
    }
    let writes = account.misbehaviour.writes;
    if writes != Writes::Ignored {
        make(account, index, change, writes);
    }
    if writes == Writes::MadeThenFailed {
        return Err(Refusal::internal());
    }
    let machine = account.population.machine(index);
    let machine = machine.ok_or_else(|| Refusal::code("entity_does_not_exist", "assetId", key))?;
    Ok(asset::asset(
        account,
        &machine,
        "UpdatedAsset",
        &asked.fields,
    ))
}

fn read(account: &Account, index: usize, input: &Value, key: &str) -> Result<Change, Refusal> {
    let mut change = Change::default();
    let Value::Object(given) = input else {
        return Ok(change);
    };
    for (attribute, value) in given {
        match attribute.as_str() {
            "name" => change.name = Some(name(value, key)?),
            "purchasedDate" => {
                let day = date(attribute, value, key)?;
                change.dates.push((DateField::PurchaseDate, day));
            }
            "warrantyExpiryDate" => {
                let day = date(attribute, value, key)?;
                change.dates.push((DateField::WarrantyExpiry, day));
            }
            "client" | "department" if !value.is_null() && given.get("site").is_none() => {
                let id = value.get("accountId").or_else(|| value.get("departmentId"));
                let found = id.and_then(ids::given);
                let found = found.and_then(|id| organisation::customer_by_id(account, &id));
                change.place = Some((found.ok_or_else(|| unknown(attribute, key))?, 0));
            }
            "site" if !value.is_null() => {
                let id = ids::given(&value["id"]);
                let found = id.and_then(|id| organisation::site_by_id(account, &id));
                change.place = Some(found.ok_or_else(|| unknown(attribute, key))?);
            }
            "requester" if !value.is_null() => requester(account, index, value, key)?,
            "customFields" => change.custom_fields = value.as_object().cloned().unwrap_or_default(),
            _ => {}
        }
    }
    Ok(change)
}

fn unknown(attribute: &str, key: &str) -> Refusal {
    Refusal::code("referred_value_does_not_exist", attribute, key)
}

fn name(value: &Value, key: &str) -> Result<String, Refusal> {
    value
        .as_str()
        .filter(|name| !name.trim().is_empty())
        .map(str::to_owned)
        .ok_or_else(|| Refusal::code("mandatory_validation_failed", "name", key))
}

/// A day written as the vendor does; null clears, anything else is refused.
fn date(attribute: &str, value: &Value, key: &str) -> Result<Option<NaiveDate>, Refusal> {
    let Some(text) = value.as_str() else {
        return Ok(None);
    };
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|day| text.len() == "YYYY-MM-DD".len() && asset::day(*day) == text)
        .map(Some)
        .ok_or_else(|| Refusal::code("value_pattern_validation_failed", attribute, key))
}

/// Only the requester it has can be given: the account has no list of others.
fn requester(account: &Account, index: usize, value: &Value, key: &str) -> Result<(), Refusal> {
    let own = account
        .population
        .machine(index)
        .and_then(|machine| machine.last_user)
        .map(|user| ids::user(user.id).to_string());
    if own.is_some() && own == ids::given(&value["userId"]) {
        return Ok(());
    }
    Err(unknown("requester", key))
}

fn make(account: &mut Account, index: usize, change: Change, writes: Writes) {
    let Change {
        name,
        dates,
        place,
        custom_fields,
    } = change;
    let stored = |day: Option<NaiveDate>| match writes {
        Writes::DatesShifted(days) => {
            day.and_then(|day| day.checked_add_signed(TimeDelta::try_days(days)?))
        }
        _ => day,
    };
    account.population.change(index, |machine: &mut Machine| {
        if let Some(name) = name {
            machine.name = name;
        }
        if let Some((customer, site)) = place {
            machine.customer = customer;
            machine.site = site;
        }
    });
    for (field, day) in dates {
        account.hold_date(index, field, &stored(day).into());
    }
    if !custom_fields.is_empty() {
        let written = account.custom_fields.entry(index).or_default();
        written.extend(custom_fields);
    }
}
