//! The partner's custom fields: their definitions, their values, and writing both.

use bytes::Bytes;
use chrono::Days;
use http::{Response, StatusCode};
use lmsync_core::model::DateReader;
use lmsync_core::two_way::{AssetDates, HeldDate};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::conformance::Treatment;
use crate::fleet::Machine;

use super::answer;
use super::fields::{AttributeKind, DATES, Definition, day};
use super::listing::Account;
use super::query::Query;
use super::switches::Saved;

/// The most values in one request.
const VALUES_AT_ONCE: usize = 25;

/// One value of a request; every member is needed and no other is known.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewValue {
    entity_id: String,
    attribute_id: String,
    value: String,
}

/// A definition of a request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewDefinition {
    entity_type: String,
    name: String,
    attribute_type: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    default_value: Option<String>,
    #[serde(default)]
    is_editable: bool,
}

impl Account {
    /// The custom fields of a device: its own values, with defaults those of all definitions.
    pub(super) fn custom_fields(&self, id: &str, query: &Query) -> Response<Bytes> {
        let Some(machine) = self.machine(id) else {
            return self.refuse(404, "resource not found");
        };
        let with_defaults = query.get("withDefaults") == Some("true");
        let wanted = query.list("attributeIDs");
        if wanted.len() > VALUES_AT_ONCE {
            return self.refuse(400, "invalid number of attributes");
        }
        let told: Vec<Value> = self
            .fields
            .definitions
            .iter()
            .filter(|definition| wanted.is_empty() || wanted.contains(&definition.id))
            .filter_map(|definition| {
                let own = self.fields.own(&machine, definition);
                let is_told = own.is_some() || with_defaults;
                let value = own.or_else(|| definition.default.clone());
                is_told.then(|| self.attribute(&machine, definition, value))
            })
            .collect();
        answer::ok(&told)
    }

    /// Every other device spells the id in the schema's other way.
    fn attribute(
        &self,
        machine: &Machine,
        definition: &Definition,
        value: Option<String>,
    ) -> Value {
        let is_capital = (machine.index % 2 == 1) != self.misbehaviour.capital_attribute_id;
        let key = if is_capital {
            "attributeID"
        } else {
            "attributeId"
        };
        let kind = definition.kind.name();
        json!({ key: definition.id, "name": definition.name, "type": kind, "value": value })
    }

    /// Sets values of a device: all of them, or none where one is refused. What is not named
    /// stays.
    pub(super) fn set_custom_fields(&mut self, id: &str, body: &[u8]) -> Response<Bytes> {
        let Some(machine) = self.machine(id) else {
            return self.refuse(404, "resource not found");
        };
        let kept = match self.judged(id, body) {
            Ok(kept) => kept,
            Err(why) => return self.refuse(400, why),
        };
        if kept.iter().any(|(id, _)| self.fields.is_date(id)) {
            *self.fields.date_writes.entry(machine.index).or_default() += 1;
        }
        let answered = self.confirmation(&machine, &kept);
        for (attribute, value) in kept {
            self.keep(machine.index, attribute, value);
        }
        answered
    }

    /// What the values of a request are kept as, by definition.
    fn judged(&self, id: &str, body: &[u8]) -> Result<Vec<(String, String)>, &'static str> {
        let values: Vec<NewValue> =
            serde_json::from_slice(body).map_err(|_| "invalid request body")?;
        if values.is_empty() || values.len() > VALUES_AT_ONCE {
            return Err("invalid number of attributes");
        }
        values
            .into_iter()
            .map(|value| {
                if value.entity_id != id {
                    return Err("entityId does not match the endpoint");
                }
                let mut known = self.fields.definitions.iter();
                let known = known.find(|known| known.id == value.attribute_id);
                let known = known.ok_or("attribute definition not found")?;
                let kept = known.kind.keep(&value.value).ok_or("invalid value")?;
                Ok((value.attribute_id, kept))
            })
            .collect()
    }

    /// Says yes, whatever becomes of the values.
    fn confirmation(&self, machine: &Machine, kept: &[(String, String)]) -> Response<Bytes> {
        if self.misbehaviour.saved == Saved::NoContent {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::NO_CONTENT;
            return response;
        }
        let saved: Vec<Value> = kept
            .iter()
            .filter_map(|(id, value)| {
                let mut known = self.fields.definitions.iter();
                let known = known.find(|known| known.id == *id)?;
                Some(self.attribute(machine, known, Some(value.clone())))
            })
            .collect();
        answer::ok(&saved)
    }

    fn keep(&mut self, machine: usize, attribute: String, value: String) {
        let is_date = self.fields.is_date(&attribute);
        let value = match self.fields.treatment {
            Treatment::Ignore if is_date => return,
            Treatment::Shift if is_date => the_day_before(&value),
            _ => value,
        };
        let written = &mut self.fields.written;
        written.insert((machine, attribute), Some(value));
    }

    /// Every definition: all are the partner's, and of devices.
    pub(super) fn definitions(&self, query: &Query) -> Response<Bytes> {
        let fits =
            |name: &str, own: &[&str]| query.get(name).is_none_or(|asked| own.contains(&asked));
        let asked_for =
            fits("originType", &["partner"]) && fits("entityType", &["device", "endpoint"]);
        let all = self.fields.definitions.iter().filter(|_| asked_for);
        answer::ok(&all.map(described).collect::<Vec<Value>>())
    }

    /// Makes a definition.
    pub(super) fn define(&mut self, body: &[u8]) -> Response<Bytes> {
        let Ok(asked) = serde_json::from_slice::<NewDefinition>(body) else {
            return self.refuse(400, "invalid request body");
        };
        let kind = match asked.attribute_type.as_str() {
            "string" => AttributeKind::Text,
            "datetime" => AttributeKind::DateTime,
            _ => return self.refuse(400, "invalid attributeType"),
        };
        if asked.entity_type != "endpoint" || asked.name.trim().is_empty() {
            return self.refuse(400, "invalid entityType or name");
        }
        if self.fields.of_name(&asked.name).is_some() {
            return self.refuse(409, "attribute definition already exists");
        }
        self.fields.created += 1;
        let definition = Definition {
            kind,
            default: asked.default_value,
            ..Definition::new(self.fields.created, asked.name)
        };
        let mut told = described(&definition);
        told["description"] = json!(asked.description);
        told["isEditable"] = json!(asked.is_editable);
        self.fields.definitions.push(definition);
        answer::with_status(StatusCode::CREATED, &told)
    }

    /// The dates that a device itself holds.
    pub(super) fn held_dates(&self, id: &str) -> AssetDates {
        let reader = DateReader::new(self.population.fleet().spec().now);
        let held = |name: &str| {
            let definition = self.fields.of_name(name)?;
            self.fields.own(&self.machine(id)?, definition)
        };
        DATES
            .into_iter()
            .fold(AssetDates::default(), |dates, (field, name)| {
                dates.with(field, HeldDate::read(&reader, held(name).as_deref()))
            })
    }

    /// Lets a device hold `dates`, whoever typed them.
    pub(super) fn hold_dates(&mut self, id: &str, dates: &AssetDates) {
        let Some(machine) = self.machine(id) else {
            return;
        };
        for (field, name) in DATES {
            let Some(definition) = self.fields.of_name(name) else {
                continue;
            };
            let text = match dates.get(field) {
                HeldDate::Empty => None,
                HeldDate::Day(day) => definition.kind.keep(&day.to_string()),
                HeldDate::Unreadable(text) => Some(text.clone()),
            };
            let key = (machine.index, definition.id.clone());
            self.fields.written.insert(key, text);
        }
    }

    /// The value that a device itself has in the field called `name`.
    pub(super) fn value(&self, id: &str, name: &str) -> Option<String> {
        let definition = self.fields.of_name(name)?;
        self.fields.own(&self.machine(id)?, definition)
    }
}

fn described(definition: &Definition) -> Value {
    json!({
        "id": definition.id,
        "entityType": "endpoint",
        "name": definition.name,
        "attributeType": definition.kind.name(),
        "defaultValue": definition.default,
    })
}

/// The day before, in the same words; other text stays.
fn the_day_before(text: &str) -> String {
    let before = text
        .get(..10)
        .and_then(day)
        .and_then(|day| day.checked_sub_days(Days::new(1)));
    match (before, text.get(10..)) {
        (Some(day), Some(rest)) => format!("{day}{rest}"),
        _ => text.to_owned(),
    }
}
