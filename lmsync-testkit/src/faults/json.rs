//! Where the values of a JSON text stand, so that one can be changed and the rest stays.

use std::ops::Range;

/// One value of a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) holder: Holder,
    /// Which place the object or array is that it stands in.
    pub(super) parent: usize,
    /// How many objects and arrays are around it.
    pub(super) depth: usize,
    /// The value.
    pub(super) value: Range<usize>,
    /// The value with its key, where it has one.
    pub(super) whole: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Boolean,
    Number,
    Text,
    Array,
    Object,
}

/// What a value stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Nothing,
    Array,
    Object,
}

impl Place {
    pub(super) fn text<'t>(&self, json: &'t str) -> &'t str {
        &json[self.value.clone()]
    }

    /// Whether `other` is inside this value.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.value.start < other.value.start && other.value.end <= self.value.end
    }

    /// The value with its key and one comma beside it.
    pub(super) fn with_comma(&self, json: &str) -> Range<usize> {
        let after = json[self.whole.end..].trim_start();
        if after.starts_with(',') {
            return self.whole.start..json.len() - after.len() + 1;
        }
        let before = json[..self.whole.start].trim_end();
        let start = before.strip_suffix(',').map_or(self.whole.start, str::len);
        start..self.whole.end
    }

    /// Where and how to put `new` before all that the object or array holds.
    pub(super) fn insert_first(&self, json: &str, new: &str) -> (Range<usize>, String) {
        let start = self.value.start + 1;
        let is_empty = json[start..self.value.end - 1].trim().is_empty();
        let comma = if is_empty { "" } else { "," };
        (start..start, format!("{new}{comma}"))
    }
}

/// Every value of `json`, which must be valid, from the outside in.
pub(super) fn places(json: &str) -> Vec<Place> {
    let mut scan = Scan {
        json: json.as_bytes(),
        at: 0,
        parent: 0,
        depth: 0,
        places: Vec::new(),
    };
    scan.value(Holder::Nothing, None);
    scan.places
}

struct Scan<'t> {
    json: &'t [u8],
    at: usize,
    parent: usize,
    depth: usize,
    places: Vec<Place>,
}

impl Scan<'_> {
    fn value(&mut self, holder: Holder, key_start: Option<usize>) {
        self.skip_space();
        let start = self.at;
        let index = self.places.len();
        let kind = match self.json.get(self.at) {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::Text,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        };
        self.places.push(Place {
            kind,
            holder,
            parent: self.parent,
            depth: self.depth,
            value: start..start,
            whole: key_start.unwrap_or(start)..start,
        });
        match kind {
            Kind::Object => self.list(index, Holder::Object),
            Kind::Array => self.list(index, Holder::Array),
            Kind::Text => self.string(),
            _ => self.skip_until(|byte| b",]} \t\r\n".contains(&byte)),
        }
        self.places[index].value.end = self.at;
        self.places[index].whole.end = self.at;
    }

    /// The object or array at place `index`, with the brackets.
    fn list(&mut self, index: usize, holder: Holder) {
        self.at += 1;
        let outer = std::mem::replace(&mut self.parent, index);
        self.depth += 1;
        loop {
            self.skip_until(|byte| !b", \t\r\n".contains(&byte));
            match self.json.get(self.at) {
                None | Some(b']' | b'}') => break,
                Some(_) if holder == Holder::Object => self.member(),
                Some(_) => self.value(holder, None),
            }
        }
        self.depth -= 1;
        self.parent = outer;
        self.at += 1;
    }

    fn member(&mut self) {
        let start = self.at;
        self.string();
        self.skip_until(|byte| byte == b':');
        self.at += 1;
        self.value(Holder::Object, Some(start));
    }

    /// A text, with the quotes.
    fn string(&mut self) {
        self.at += 1;
        while self.json.get(self.at).is_some_and(|byte| *byte != b'"') {
            self.at += if self.json[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
    }

    fn skip_space(&mut self) {
        self.skip_until(|byte| !byte.is_ascii_whitespace());
    }

    fn skip_until(&mut self, found: impl Fn(u8) -> bool) {
        while self.json.get(self.at).is_some_and(|byte| !found(*byte)) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_kind_and_depth() {
        let json = r#"{"a":[1,[true]],"b":{"c":false,"d":null},"e":"x"}"#;
        let found: Vec<(&str, Kind, usize)> = places(json)
            .iter()
            .skip(1)
            .map(|place| (&json[place.value.clone()], place.kind, place.depth))
            .collect();
        let outer = places(json)[0].depth + 1;
        assert_eq!(
            found,
            [
                ("[1,[true]]", Kind::Array, outer),
                ("1", Kind::Number, outer + 1),
                ("[true]", Kind::Array, outer + 1),
                ("true", Kind::Boolean, outer + 2),
                (r#"{"c":false,"d":null}"#, Kind::Object, outer),
                ("false", Kind::Boolean, outer + 1),
                ("null", Kind::Null, outer + 1),
                (r#""x""#, Kind::Text, outer),
            ]
        );
    }

    #[test]
    fn every_value_is_found_where_it_stands() {
        let json = r#" { "a" : [1, "x\"]", {} ] , "b":null,"c":-2.5e3 } "#;
        let places = places(json);
        let found: Vec<(usize, Kind, &str, &str)> = places
            .iter()
            .map(|place| {
                let whole = &json[place.whole.clone()];
                (place.parent, place.kind, place.text(json), whole)
            })
            .collect();
        let list = r#"[1, "x\"]", {} ]"#;
        let member = r#""a" : [1, "x\"]", {} ]"#;
        let text = r#""x\"]""#;
        assert_eq!(
            found[1..],
            [
                (0, Kind::Array, list, member),
                (1, Kind::Number, "1", "1"),
                (1, Kind::Text, text, text),
                (1, Kind::Object, "{}", "{}"),
                (0, Kind::Null, "null", r#""b":null"#),
                (0, Kind::Number, "-2.5e3", r#""c":-2.5e3"#),
            ]
        );
        assert_eq!(found[0].2, json.trim());
    }
}
