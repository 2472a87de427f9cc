//! Tables of what a connector makes of each field of the vendor's schema.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// The deepest object that is looked into; what is below is part of it.
const DEPTH: usize = 5;

/// The marks between which a README has its table.
const MARKS: [&str; 2] = ["<!-- fields -->\n", "<!-- end of fields -->"];

/// The members of an asset that say nothing of their own: keys are made of other members, issues are about them.
const ABOUT_OTHERS: [&str; 3] = ["identity", "issues", "source.raw"];

/// A connector's mapping: the JSON form of the asset that it makes of a record.
type Mapping<'m> = Box<dyn Fn(&Value) -> Option<Value> + 'm>;

/// A table of a vendor's fields and of what becomes of each in an asset.
///
/// Nobody writes it: each field is given to the connector's mapping and taken away again, in a full record and in a bare one, and the
/// members of the asset that are then others are what it is read for. A field that changes nothing needs a reason, and one with a
/// reason may change nothing. So a field that the vendor adds to the schema, or one that is read newly, fails the test until it is told.
///
/// ```
/// use lmsync_testkit::FieldTable;
/// use serde_json::{Value, json};
///
/// let map = |record: &Value| {
///     let source = json!({ "vendor_id": record.get("id")? });
///     Some(json!({ "source": source, "name": record.get("hostname") }))
/// };
/// let table = FieldTable::new(json!({ "id": 1 }), map)
///     .with_fields([("id", json!(1)), ("hostname", json!("PC1")), ("colour", json!("red"))])
///     .with_unread(&[("colour", "no asset has one")]);
/// let shown = table.markdown().unwrap();
/// assert!(shown.contains("| `hostname` | `name` |"));
/// assert!(shown.contains("| `colour` | not read: no asset has one |"));
/// ```
pub struct FieldTable<'m> {
    bare: Value,
    map: Mapping<'m>,
    fields: BTreeMap<String, Value>,
    order: Vec<String>,
    unread: &'m [(&'m str, &'m str)],
}

impl<'m> FieldTable<'m> {
    /// A table of what `map` makes of records: the JSON form of an asset, none where a record is refused. `bare` is a record that
    /// has no more than is needed.
    #[must_use]
    pub fn new(bare: Value, map: impl Fn(&Value) -> Option<Value> + 'm) -> Self {
        Self {
            bare,
            map: Box::new(map),
            fields: BTreeMap::new(),
            order: Vec::new(),
            unread: &[],
        }
    }

    /// The fields, each with a value that it may have. A field within an object is named `object.field`, one within the objects of
    /// a list `list[].field`.
    #[must_use]
    pub fn with_fields<N: Into<String>>(
        mut self,
        fields: impl IntoIterator<Item = (N, Value)>,
    ) -> Self {
        for (name, value) in fields {
            let name = name.into();
            if self.fields.insert(name.clone(), value).is_none() {
                self.order.push(name);
            }
        }
        self
    }

    /// The fields of the type `name` of an OpenAPI document, with values made from their types.
    ///
    /// # Panics
    /// When the document has no such type.
    #[must_use]
    pub fn with_type(self, document: &str, name: &str) -> Self {
        let document: Value = match serde_json::from_str(document) {
            Ok(document) => document,
            Err(error) => panic!("no JSON: {error}"),
        };
        let kind = &document["components"]["schemas"][name];
        assert!(kind.is_object(), "no type {name}");
        let mut found = Vec::new();
        leaves(&document, kind, "", 0, &mut found);
        self.with_fields(found)
    }

    /// Values of `record` in place of those made from types, where a field needs a certain one, such as a date or a word.
    #[must_use]
    pub fn with_values(mut self, record: &Value) -> Self {
        for (name, value) in &mut self.fields {
            if let Some(given) = at(record, name) {
                *value = given.clone();
            }
        }
        self
    }

    /// Fields that are not read, each with the reason. The name of an object or a list stands for all within it.
    #[must_use]
    pub fn with_unread(mut self, unread: &'m [(&'m str, &'m str)]) -> Self {
        self.unread = unread;
        self
    }

    /// The table as Markdown.
    ///
    /// # Errors
    /// Each field that has neither an effect nor a reason, or both; each reason about no field.
    pub fn markdown(&self) -> Result<String, String> {
        let mut wrong = Vec::new();
        let mut rows = Vec::new();
        let mut told = BTreeSet::new();
        let full = self.full();
        for name in &self.order {
            let members = self.members(&full, name);
            match (members.is_empty(), self.reason(name)) {
                (false, None) => rows.push(format!("| `{name}` | {} |", listed(&members))),
                (true, Some((of, reason))) => {
                    if told.insert(of) {
                        rows.push(format!("| `{of}` | not read: {reason} |"));
                    }
                }
                (true, None) => {
                    wrong.push(format!("`{name}` changes nothing, and no reason is given"))
                }
                (false, Some((of, _))) => wrong.push(format!(
                    "`{name}` is read for {}, though `{of}` is said not to be read",
                    listed(&members)
                )),
            }
        }
        let unknown = self.unread.iter().filter(|(of, _)| !told.contains(of));
        wrong.extend(
            unknown.map(|(of, _)| {
                format!("`{of}` is said not to be read, and is no field that is not")
            }),
        );
        match wrong.is_empty() {
            true => Ok(format!(
                "| field | of the asset |\n|---|---|\n{}\n",
                rows.join("\n")
            )),
            false => Err(wrong.join("\n")),
        }
    }

    /// Requires that the README at `path` has this table between `<!-- fields -->` and `<!-- end of fields -->`. With
    /// `UPDATE_FIELDS=1` in the environment, it is written there first.
    ///
    /// # Panics
    /// When it has not, or there is no table.
    pub fn require_in(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        let table = self.markdown().unwrap_or_else(|wrong| panic!("{wrong}"));
        let readme = fs::read_to_string(path).unwrap_or_default();
        let parts = readme
            .split_once(MARKS[0])
            .and_then(|(before, rest)| Some((before, rest.split_once(MARKS[1])?)));
        let Some((before, (present, after))) = parts else {
            panic!("{} has no place for the table: {MARKS:?}", path.display());
        };
        if env::var_os("UPDATE_FIELDS").is_some() {
            let readme = [before, MARKS[0], &table, MARKS[1], after].concat();
            let written = fs::write(path, readme);
            assert!(written.is_ok(), "{written:?}");
        } else {
            let how = "run the test with UPDATE_FIELDS=1 and read what changed";
            assert_eq!(
                present,
                table,
                "the table of {} is old: {how}",
                path.display()
            );
        }
    }

    /// A record with all fields.
    fn full(&self) -> Value {
        let mut record = self.bare.clone();
        for (name, value) in &self.fields {
            put(&mut record, name, Some(value));
        }
        record
    }

    /// The members of the asset for which the field `name` is read.
    fn members(&self, full: &Value, name: &str) -> BTreeSet<String> {
        let value = self.fields.get(name);
        let mut members = BTreeSet::new();
        for record in [full, &self.bare] {
            let [with, without] = [value, None].map(|value| {
                let mut record = record.clone();
                put(&mut record, name, value);
                (self.map)(&record)
            });
            match (with, without) {
                (Some(with), Some(without)) => differing(&with, &without, "", &mut members),
                (Some(_), None) => drop(members.insert("source.vendor_id".to_owned())),
                _ => {}
            }
        }
        let is_own = |member: &String| {
            let mut about = ABOUT_OTHERS.iter();
            !about.any(|other| is_within(member, other))
        };
        members.retain(is_own);
        members
    }

    fn reason(&self, name: &str) -> Option<(&'m str, &'m str)> {
        let mut unread = self.unread.iter();
        unread.find(|(of, _)| is_within(name, of)).copied()
    }
}

/// Tells whether `name` is `of` or something within it.
fn is_within(name: &str, of: &str) -> bool {
    let rest = name.strip_prefix(of);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn listed(members: &BTreeSet<String>) -> String {
    let quoted: Vec<String> = members.iter().map(|member| format!("`{member}`")).collect();
    quoted.join(", ")
}

/// The parts of a field's name; a list is told by `[]`.
fn steps(name: &str) -> impl Iterator<Item = (&str, bool)> {
    name.split('.').map(|part| match part.strip_suffix("[]") {
        Some(list) => (list, true),
        None => (part, false),
    })
}

fn at<'r>(record: &'r Value, name: &str) -> Option<&'r Value> {
    steps(name).try_fold(record, |record, (part, is_list)| {
        let value = record.get(part)?;
        if is_list { value.get(0) } else { Some(value) }
    })
}

/// Puts `value` into the place of the field `name`, or takes away what is there.
fn put(record: &mut Value, name: &str, value: Option<&Value>) {
    let steps: Vec<_> = steps(name).collect();
    let Some(((last, is_list), above)) = steps.split_last() else {
        return;
    };
    let mut place = record;
    for (part, is_list) in above {
        if !place.is_object() {
            *place = json!({});
        }
        if place.get(*part).is_none() && value.is_none() {
            return;
        }
        place = &mut place[*part];
        if *is_list {
            if !place.is_array() {
                *place = json!([{}]);
            }
            place = &mut place[0];
        }
    }
    match value {
        Some(value) if *is_list => place[*last] = json!([value]),
        Some(value) => place[*last] = value.clone(),
        None => {
            if let Some(members) = place.as_object_mut() {
                members.remove(*last);
            }
        }
    }
}

/// The places in which two JSON values differ, without the numbers of elements.
fn differing(one: &Value, other: &Value, place: &str, found: &mut BTreeSet<String>) {
    match (one, other) {
        _ if one == other => {}
        (Value::Object(_) | Value::Null, Value::Object(_) | Value::Null)
            if one.is_object() || other.is_object() =>
        {
            let keys = [one, other].into_iter().filter_map(Value::as_object);
            let keys: BTreeSet<&String> = keys.flat_map(|members| members.keys()).collect();
            for key in keys {
                let inner = match place {
                    "" => key.clone(),
                    place => format!("{place}.{key}"),
                };
                differing(&one[key.as_str()], &other[key.as_str()], &inner, found);
            }
        }
        (Value::Array(_) | Value::Null, Value::Array(_) | Value::Null) => {
            let [one, other] =
                [one, other].map(|list| list.as_array().map_or(&[][..], Vec::as_slice));
            let longest = one.len().max(other.len());
            for index in 0..longest {
                let [one, other] = [one, other].map(|list| list.get(index).unwrap_or(&Value::Null));
                differing(one, other, place, found);
            }
        }
        _ => {
            found.insert(place.to_owned());
        }
    }
}

/// The fields of a type, with a value for each.
fn leaves(
    document: &Value,
    kind: &Value,
    name: &str,
    depth: usize,
    found: &mut Vec<(String, Value)>,
) {
    let kind = match kind["$ref"].as_str() {
        Some(reference) => match document.pointer(reference.trim_start_matches('#')) {
            Some(kind) => kind,
            None => return,
        },
        None => kind,
    };
    let joined = kind["allOf"].as_array().into_iter().flatten();
    for part in joined {
        leaves(document, part, name, depth, found);
    }
    if let Some(members) = kind["properties"].as_object().filter(|_| depth < DEPTH) {
        for (member, kind) in members {
            let inner = match name {
                "" => member.clone(),
                name => format!("{name}.{member}"),
            };
            leaves(document, kind, &inner, depth + 1, found);
        }
    } else if kind["items"].is_object() && depth < DEPTH {
        leaves(
            document,
            &kind["items"],
            &format!("{name}[]"),
            depth + 1,
            found,
        );
    } else if !name.is_empty() && kind.get("allOf").is_none() {
        found.push((name.to_owned(), made(kind, name)));
    }
}

/// A value of a type, which differs from field to field.
fn made(kind: &Value, name: &str) -> Value {
    let number = name.bytes().fold(7_u32, |sum, byte| {
        (sum.wrapping_mul(31).wrapping_add(byte.into())) % 9_000 + 1
    });
    if let Some(word) = kind["enum"].get(0) {
        return word.clone();
    }
    match (kind["type"].as_str(), kind["format"].as_str()) {
        (Some("integer" | "number"), _) => json!(number),
        (Some("boolean"), _) => json!(true),
        (_, Some("date-time")) => json!(format!("2024-03-{:02}T10:00:00Z", number % 28 + 1)),
        (_, Some("date")) => json!(format!("2024-03-{:02}", number % 28 + 1)),
        (Some("array"), _) => json!([]),
        (Some("object"), _) => json!({ "a": number }),
        _ => json!(format!("{name} {number}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r##"{"components":{"schemas":{
        "Device":{"properties":{
            "id":{"type":"integer"},
            "system":{"properties":{"serial":{"type":"string"},"owner":{"$ref":"#/components/schemas/Owner"}}},
            "disks":{"type":"array","items":{"properties":{"size":{"type":"integer"}}}},
            "tags":{"type":"array","items":{"type":"string"}},
            "parent":{"$ref":"#/components/schemas/Device"}}},
        "Owner":{"properties":{"name":{"type":"string"}}}}}}"##;

    fn map(record: &Value) -> Option<Value> {
        let serial = at(record, "system.serial").or_else(|| at(record, "tags[]"));
        Some(json!({
            "source": { "vendor_id": record.get("id")? },
            "serial": serial,
            "disks": record.get("disks").and_then(Value::as_array).map(|disks| {
                disks.iter().map(|disk| json!({ "bytes": disk.get("size") })).collect::<Vec<_>>()
            }),
            "issues": record.get("parent"),
        }))
    }

    const UNREAD: &[(&str, &str)] = &[("system.owner", "a person"), ("parent", "another record")];

    fn table() -> FieldTable<'static> {
        FieldTable::new(json!({ "id": 1 }), map).with_type(DOCUMENT, "Device")
    }

    #[test]
    fn each_field_is_told_with_what_it_is_read_for() {
        let shown = table().with_unread(UNREAD).markdown().unwrap();
        let rows: Vec<&str> = shown.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| `disks[].size` | `disks.bytes` |",
                "| `id` | `source.vendor_id` |",
                "| `parent` | not read: another record |",
                "| `system.owner` | not read: a person |",
                "| `system.serial` | `serial` |",
                // Read only where the other is missing.
                "| `tags[]` | `serial` |",
            ]
        );
    }

    #[test]
    fn what_is_not_told_and_what_is_told_wrongly_is_an_error() {
        let wrong = table().with_unread(&UNREAD[..1]).markdown().unwrap_err();
        assert!(wrong.contains("`parent.id` changes nothing"), "{wrong}");
        let unread = [UNREAD[0], UNREAD[1], ("tags", "none"), ("colour", "none")];
        let wrong = table().with_unread(&unread).markdown().unwrap_err();
        assert!(wrong.contains("`tags[]` is read for `serial`"), "{wrong}");
        assert!(wrong.contains("`colour` is said not to be read"), "{wrong}");
    }

    #[test]
    fn values_that_are_given_take_the_place_of_made_ones() {
        let table = table().with_values(&json!({ "disks": [{ "size": 55 }], "tags": [] }));
        assert_eq!(table.fields["disks[].size"], json!(55));
        assert_ne!(table.fields["tags[]"], Value::Null);
    }
}
