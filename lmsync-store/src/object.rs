//! JSON objects put together from the cells of a row.

use std::collections::BTreeMap;

/// A JSON object of pieces of JSON text. They are not read, since a vendor's numbers may be beyond any
/// that is kept.
#[derive(Default)]
pub(crate) struct Object<'p>(BTreeMap<&'p str, Member<'p>>);

enum Member<'p> {
    Text(String),
    Object(Object<'p>),
}

impl<'p> Object<'p> {
    /// Puts `json` at `path`, such as `os.version`.
    pub(crate) fn put(&mut self, path: &'p str, json: String) {
        let Some((first, rest)) = path.split_once('.') else {
            self.0.insert(path, Member::Text(json));
            return;
        };
        let member = self
            .0
            .entry(first)
            .or_insert_with(|| Member::Object(Object::default()));
        if let Member::Object(object) = member {
            object.put(rest, json);
        }
    }

    /// Its JSON text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        let mut comma = '{';
        for (name, member) in &self.0 {
            text.push(comma);
            comma = ',';
            text.push('"');
            text.push_str(name);
            text.push_str("\":");
            match member {
                Member::Text(json) => text.push_str(json),
                Member::Object(object) => object.write(text),
            }
        }
        text.push('}');
    }
}
