//! JSON texts of rows.

use std::fmt::Display;
use std::io::Write as _;

use lmsync_core::Result;

use crate::column::Column;

/// The form of the JSON objects that rows of some columns are.
///
/// They are put together from pieces of JSON text that are not read, since a vendor's numbers may be beyond any that
/// is kept.
pub(crate) struct Shape {
    columns: Vec<Column>,
    root: Object,
}

/// An object: each member's name as JSON, with its colon, and the member.
#[derive(Default)]
struct Object(Vec<(String, Member)>);

enum Member {
    /// The value of the column at this place.
    Cell(usize),
    Object(Object),
    /// Always the same JSON.
    Fixed(&'static str),
}

impl Shape {
    /// The form of rows of `columns`, each of which has its value at the path that `path` names, such as `os.version`.
    pub(crate) fn of(columns: &[Column], path: impl Fn(&Column) -> Option<String>) -> Self {
        let mut root = Object::default();
        for (place, column) in columns.iter().enumerate() {
            if let Some(path) = path(column) {
                root.put(&path, Member::Cell(place));
            }
        }
        Self {
            columns: columns.to_vec(),
            root,
        }
    }

    /// Lets every row have `json` at `path`, where no column has it.
    pub(crate) fn with(mut self, path: &str, json: &'static str) -> Self {
        self.root.put(path, Member::Fixed(json));
        self
    }

    /// The JSON of a row, of which `cell` appends the value at a place and of a column, as JSON. It returns `false`,
    /// and has appended nothing, where there is no value: then there is no member.
    pub(crate) fn json(
        &self,
        mut cell: impl FnMut(usize, &Column, &mut Vec<u8>) -> Result<bool>,
    ) -> Result<Vec<u8>> {
        let mut json = Vec::with_capacity(2048);
        let mut cell = |place: usize, json: &mut Vec<u8>| cell(place, &self.columns[place], json);
        self.root.write(&mut json, &mut cell)?;
        Ok(json)
    }
}

impl Object {
    /// Puts `member` at `path`, unless something is there.
    fn put(&mut self, path: &str, member: Member) {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let name = format!("\"{first}\":");
        let there = self.0.iter_mut().find(|(there, _)| *there == name);
        match (there, rest) {
            (None, "") => self.0.push((name, member)),
            (None, rest) => {
                let mut object = Self::default();
                object.put(rest, member);
                self.0.push((name, Member::Object(object)));
            }
            (Some((_, Member::Object(object))), rest) if !rest.is_empty() => {
                object.put(rest, member);
            }
            (Some(_), _) => {}
        }
    }

    /// Appends the object to `json`. Returns `false` where it has no members.
    fn write(
        &self,
        json: &mut Vec<u8>,
        cell: &mut impl FnMut(usize, &mut Vec<u8>) -> Result<bool>,
    ) -> Result<bool> {
        json.push(b'{');
        let mut has_members = false;
        for (name, member) in &self.0 {
            let before = json.len();
            if has_members {
                json.push(b',');
            }
            json.extend_from_slice(name.as_bytes());
            let is_there = match member {
                Member::Cell(place) => cell(*place, json)?,
                Member::Object(object) => object.write(json, cell)?,
                Member::Fixed(fixed) => {
                    json.extend_from_slice(fixed.as_bytes());
                    true
                }
            };
            if !is_there {
                json.truncate(before);
            }
            has_members |= is_there;
        }
        json.push(b'}');
        Ok(has_members)
    }
}

/// Appends the text `text` to `json`, as JSON.
pub(crate) fn push_text(json: &mut Vec<u8>, text: &str) {
    // Neither a text nor writing to memory can fail.
    let _ = serde_json::to_writer(json, text);
}

/// Appends the number `number`, or yes or no, to `json`.
pub(crate) fn push(json: &mut Vec<u8>, number: impl Display) {
    // Writing to memory cannot fail.
    let _ = write!(json, "{number}");
}

#[cfg(test)]
mod tests {
    use lmsync_core::Error;

    use super::*;
    use crate::columns::columns;
    use crate::stream::StreamName;

    fn json(known: &[&str]) -> String {
        let all = columns(StreamName::Assets);
        let shape = Shape::of(all, |column| match column.path {
            "" => None,
            path => Some(path.to_owned()),
        })
        .with("name", "\"never\"")
        .with("rules.are", "[]");
        let json = shape.json(|_, column, json| {
            let is_known = known.contains(&column.path);
            if is_known {
                push_text(json, column.name);
            }
            Ok(is_known)
        });
        String::from_utf8(json.unwrap()).unwrap()
    }

    #[test]
    fn a_row_is_an_object_of_what_is_known() {
        assert_eq!(json(&[]), r#"{"rules":{"are":[]}}"#);
        assert_eq!(
            json(&["name", "os.version", "site.address.city", "os.build"]),
            r#"{"site":{"address":{"city":"site_address_city"}},"name":"name","os":{"version":"os_version","build":"os_build"},"rules":{"are":[]}}"#
        );
    }

    #[test]
    fn a_value_that_cannot_be_read_is_an_error() {
        let shape = Shape::of(columns(StreamName::Assets), |it| Some(it.name.to_owned()));
        let read = shape.json(|place, column, _| match place {
            0 => Ok(false),
            _ => Err(Error::store(column.name)),
        });
        assert_eq!(read.unwrap_err().message(), "instance");
    }

    #[test]
    fn texts_are_escaped() {
        let mut json = Vec::new();
        push_text(&mut json, "a\"\u{1}é");
        assert_eq!(json, "\"a\\\"\\u0001é\"".as_bytes());
    }
}
