//! The parameters of an address or a form, and the rows that they select.

use std::collections::HashMap;

use serde_json::Value;
use url::form_urlencoded;

use super::written::text;

/// The parameters of an address or a form.
#[derive(Debug)]
pub(super) struct Query(HashMap<String, String>);

impl Query {
    pub(super) fn of(text: &str) -> Self {
        Self(
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// Tells whether rows have to be looked at to know which of them are selected.
    pub(super) fn filters(&self) -> bool {
        let filters = ["client_id", "site_id", "search"];
        filters.iter().any(|name| self.get(name).is_some())
    }

    /// Tells whether `row` is selected, by its customer, its site and a text in one of its `texts`.
    ///
    /// Assumed: letter case makes no difference to a text.
    pub(super) fn selects(&self, row: &Value, texts: &[&str]) -> bool {
        let is = |name: &str| self.get(name).is_none_or(|asked| asked == id(&row[name]));
        let wanted = self.get("search").unwrap_or_default().to_lowercase();
        let mut texts = texts.iter().map(|name| text(&row[*name]).to_lowercase());
        is("client_id") && is("site_id") && texts.any(|text| text.contains(&wanted))
    }
}

/// An id as text, whatever its form.
fn id(value: &Value) -> String {
    let text = text(value);
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_taken_off() {
        let query = Query::of("scope=read%3Aassets+all&assettypes=1%2C2&x");
        assert_eq!(query.get("scope"), Some("read:assets all"));
        assert_eq!(query.get("assettypes"), Some("1,2"));
        assert_eq!(query.number("x"), None);
    }
}
