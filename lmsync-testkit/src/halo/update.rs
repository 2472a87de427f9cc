//! `POST Asset`, which changes what it names and makes what it does not know, and `DELETE`.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use lmsync_core::model::DateReader;
use lmsync_core::two_way::{AssetDates, HeldDate};
use serde_json::{Map, Value, json};

use crate::conformance::Treatment;

use super::account::Account;
use super::schema::{self, Kind};
use super::written::{Written, number, text};
use super::{answers, ids, render};

const PURCHASED: &str = "supplier_purchasedate";
const EXPIRY: &str = "warranty_end";
/// What is to become of one asset; what is not named stays.
struct Change {
    /// Without one, a new asset is made.
    id: Option<u64>,
    days: BTreeMap<String, NaiveDateTime>,
    /// Properties that are no days.
    others: BTreeMap<String, Value>,
    /// All asset fields: those that are not here lose their value.
    fields: Option<BTreeMap<u64, Value>>,
}

impl Account {
    /// Changes assets, and makes those that have no id, or one that is not known.
    pub(super) fn post_assets(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        let of = request.headers().get(CONTENT_TYPE);
        let is_json = of.is_some_and(|of| of.as_bytes().starts_with(b"application/json"));
        if !is_json {
            return answers::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let assets: Vec<Value> = match serde_json::from_slice(request.body()) {
            Ok(Value::Array(assets)) if !assets.is_empty() => assets,
            _ => return unbound("id", "The input was not a list of assets."),
        };
        let mut changes = Vec::new();
        for (place, asset) in assets.iter().enumerate() {
            match read(asset) {
                Ok(change) => changes.push(change),
                Err(name) => {
                    let name = format!("[{place}].{name}");
                    return unbound(&name, "The input was not valid.");
                }
            }
        }
        let changed: Vec<u64> = changes
            .into_iter()
            .map(|change| self.make(change))
            .collect();
        let first = changed.first().and_then(|id| self.record(&id.to_string()));
        // However many were sent, one comes back.
        answers::json(StatusCode::CREATED, &json!(first))
    }

    /// Deletes asset `id`. Those that are no machines stay.
    pub(super) fn delete_asset(&mut self, id: &str) -> Response<Bytes> {
        let status = match self.index(id) {
            Some(index) if self.population.remove(index) => StatusCode::OK,
            _ if self.record(id).is_some() => StatusCode::FORBIDDEN,
            _ => StatusCode::NOT_FOUND,
        };
        answers::empty(status)
    }

    fn make(&mut self, change: Change) -> u64 {
        let known = change
            .id
            .filter(|id| self.record(&id.to_string()).is_some());
        match known.filter(|_| !self.misbehaviour.copies_changed) {
            Some(id) => {
                self.update(id, change);
                id
            }
            None => {
                let index = self.population.insert_at(usize::MAX);
                let id = ids::asset(self.population.id_of(index));
                self.made.insert(id);
                self.update(id, change);
                id
            }
        }
    }

    fn update(&mut self, id: u64, change: Change) {
        if !change.days.is_empty() || change.fields.is_some() {
            *self.date_writes.entry(id).or_default() += 1;
        }
        let treatment = self.misbehaviour.dates;
        let held = self.record(&id.to_string()).unwrap_or_default();
        let names = self.names(&change.others);
        let written = self.written.entry(id).or_default();
        if treatment == Treatment::Ignore {
            return;
        }
        let days = change.days.into_iter();
        let days = days.map(|(name, day)| (name, json!(stored(day, treatment))));
        let others = change.others.into_iter().chain(names);
        written.properties.extend(days.chain(others));
        let Some(new) = change.fields else {
            return;
        };
        for field in held["fields"].as_array().into_iter().flatten() {
            let Some(field_id) = number(&field["id"]) else {
                continue;
            };
            let value = match new.get(&field_id) {
                Some(value) if *value == field["value"] => continue,
                Some(value) => match moment(&text(value)) {
                    Some(day) => json!(stored(day, treatment)),
                    None => value.clone(),
                },
                None => json!(""),
            };
            written.fields.insert(field_id, value);
        }
    }

    /// The names that go with the ids among `properties`.
    fn names(&self, properties: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
        let fleet = self.population.fleet();
        let customers = || (0..fleet.customers()).map(|index| fleet.customer(index));
        let type_name = |id| render::type_name(id).map(ToOwned::to_owned);
        let customer = |id| {
            let mut customers = customers();
            let found = customers.find(|customer| ids::customer(customer.id) == id);
            found.map(|customer| customer.name)
        };
        let site = |id| {
            let mut sites = self.sites().into_iter();
            let found = sites.find(|site| ids::site(site.id) == id);
            found.map(|site| site.name.to_owned())
        };
        let mut names = BTreeMap::new();
        for (name, value) in properties {
            let id = number(value).unwrap_or_default();
            let (name, found) = match name.as_str() {
                "client_id" => ("client_name", customer(id)),
                "site_id" => ("site_name", site(id)),
                "assettype_id" => ("assettype_name", type_name(id)),
                _ => continue,
            };
            names.insert(name.to_owned(), json!(found.unwrap_or_default()));
        }
        names
    }

    /// Sets an asset field behind the back of the API; false when there is none of that name.
    pub(super) fn set_field(&mut self, id: &str, name: &str, value: Value) -> bool {
        let record = self.record(id).unwrap_or_default();
        let field = field(&record, |field| field["name"] == name);
        let field = field.and_then(|field| number(&field["id"]));
        match (self.written_of(id), field) {
            (Some(written), Some(field)) => {
                written.fields.insert(field, value);
                true
            }
            _ => false,
        }
    }

    /// The text in an asset field; `None` when there is none of that name.
    pub(super) fn field_text(&self, id: &str, name: &str) -> Option<String> {
        let record = self.record(id)?;
        let field = field(&record, |field| field["name"] == name)?;
        Some(text(&field["value"]))
    }

    pub(super) fn held_dates(&self, id: &str) -> AssetDates {
        let record = self.record(id).unwrap_or_default();
        let field = field(&record, |field| {
            number(&field["id"]) == Some(render::PURCHASE_FIELD)
        });
        let in_field = field.map(|field| text(&field["value"]));
        AssetDates {
            purchase_date: held([text(&record[PURCHASED]), in_field.unwrap_or_default()]),
            warranty_expiry: held([text(&record[EXPIRY])]),
        }
    }

    /// Only the asset field takes what is no day, so a purchase date of that kind is put there.
    pub(super) fn hold_dates(&mut self, id: &str, dates: &AssetDates) {
        let Some(written) = self.written_of(id) else {
            return;
        };
        let (own, field) = match &dates.purchase_date {
            HeldDate::Unreadable(text) => (Value::Null, json!(text)),
            held => (typed(held), json!("")),
        };
        written.properties.insert(PURCHASED.to_owned(), own);
        written.fields.insert(render::PURCHASE_FIELD, field);
        let expiry = typed(&dates.warranty_expiry);
        written.properties.insert(EXPIRY.to_owned(), expiry);
    }

    pub(super) fn date_writes(&self, id: &str) -> usize {
        let id = id.parse::<u64>().ok();
        let writes = id.and_then(|id| self.date_writes.get(&id));
        writes.copied().unwrap_or_default()
    }

    fn written_of(&mut self, id: &str) -> Option<&mut Written> {
        self.record(id)?;
        Some(self.written.entry(id.parse().ok()?).or_default())
    }
}

/// The first asset field of `asset` that `is` the one.
fn field(asset: &Value, is: impl Fn(&Value) -> bool) -> Option<&Value> {
    let fields = asset["fields"].as_array();
    fields.into_iter().flatten().find(|field| is(field))
}

/// The change that `asset` asks for, or the name of what is wrong with it.
fn read(asset: &Value) -> Result<Change, String> {
    let Value::Object(asset) = asset else {
        return Err("id".to_owned());
    };
    let id = match asset.get("id") {
        None | Some(Value::Null) => None,
        Some(id) => Some(number(id).ok_or("id")?),
    };
    let mut change = Change {
        id,
        days: BTreeMap::new(),
        others: BTreeMap::new(),
        fields: fields(asset)?,
    };
    for (name, value) in asset {
        // What null does is not known; here it does nothing. Names of no property do nothing, nor
        // do those that tell how to go about a change.
        let is_apart = ["id", "fields"].contains(&name.as_str()) || name.starts_with('_');
        let of = schema::property(name).filter(|_| !is_apart && !value.is_null());
        let Some(of) = of else { continue };
        let fits = match of.kind {
            Kind::Moment => {
                let day = value
                    .as_str()
                    .and_then(moment)
                    .ok_or_else(|| name.clone())?;
                change.days.insert(name.clone(), day);
                continue;
            }
            Kind::Number => value.is_number() || number(value).is_some(),
            Kind::Text => value.is_string(),
            Kind::Flag => value.is_boolean(),
            Kind::Other => true,
        };
        if !fits {
            return Err(name.clone());
        }
        let value = match (of.kind, number(value)) {
            (Kind::Number, Some(number)) => json!(number),
            _ => value.clone(),
        };
        change.others.insert(name.clone(), value);
    }
    Ok(change)
}

fn fields(asset: &Map<String, Value>) -> Result<Option<BTreeMap<u64, Value>>, &'static str> {
    let fields = match asset.get("fields") {
        None | Some(Value::Null) => return Ok(None),
        Some(fields) => fields.as_array().ok_or("fields")?,
    };
    fields
        .iter()
        .map(|field| {
            let id = field.get("id").and_then(number).ok_or("fields")?;
            let value = field.get("value").cloned().unwrap_or_default();
            Ok((id, value))
        })
        .collect::<Result<_, _>>()
        .map(Some)
}

/// The refusal of a body that does not fit, as the framework words it.
fn unbound(name: &str, message: &str) -> Response<Bytes> {
    answers::json(StatusCode::BAD_REQUEST, &json!({ name: [message] }))
}

fn moment(text: &str) -> Option<NaiveDateTime> {
    let plain = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let zoned = || DateTime::parse_from_rfc3339(text).ok();
    let day = || text.parse::<NaiveDate>().ok();
    plain
        .or_else(|| zoned().map(|moment| moment.naive_utc()))
        .or_else(|| day().map(|day| day.and_time(NaiveTime::MIN)))
}

/// The text that is kept of a day, without a zone.
fn stored(day: NaiveDateTime, treatment: Treatment) -> String {
    let kept = match treatment {
        Treatment::Shift => day - TimeDelta::days(1),
        Treatment::Keep | Treatment::Ignore => day,
    };
    kept.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// What a person typed.
fn typed(held: &HeldDate) -> Value {
    match held {
        HeldDate::Empty => Value::Null,
        HeldDate::Day(day) => json!(render::day(*day)),
        HeldDate::Unreadable(text) => json!(text),
    }
}

/// What the first of `texts` that is not empty holds, days first.
fn held<const N: usize>(texts: [String; N]) -> HeldDate {
    let dates = DateReader::new(DateTime::UNIX_EPOCH);
    let held = texts.map(|text| HeldDate::read(&dates, text.as_str()));
    let day = held.iter().find(|held| held.day().is_some());
    let any = || held.iter().find(|held| **held != HeldDate::Empty);
    day.or_else(any).cloned().unwrap_or_default()
}
