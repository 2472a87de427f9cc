//! Listings: what a request asks for, which rows it selects, and its page of them.

use std::borrow::Cow;

use http::Uri;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::SyncroSimulator;
use super::settings;
use super::spec::Meta;

/// What a request asks for, by its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    pub(super) fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The parameter called `name`; an empty one is none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter().filter(|(key, _)| key == name);
        let (_, value) = pairs.next()?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    pub(super) fn page(&self) -> usize {
        self.number("page").unwrap_or(1).max(1)
    }

    pub(super) fn per_page(&self) -> Option<usize> {
        self.number("per_page")
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// Tells whether `row` of a listing of assets is selected.
    ///
    /// Assumed: a text is looked for in names and serial numbers, whatever the case.
    fn selects(&self, row: &Value) -> bool {
        let is = |name: &str, held: &Value| {
            self.get(name).is_none_or(|asked| match held {
                Value::Bool(held) => asked == held.to_string(),
                Value::Number(held) => asked == held.to_string(),
                _ => false,
            })
        };
        let type_id = settings::type_id(row["asset_type"].as_str().unwrap_or_default());
        is("customer_id", &row["customer_id"])
            && is("asset_type_id", &json!(type_id))
            && is("snmp_enabled", &row["snmp_enabled"])
            && self.mentions([&row["name"], &row["asset_serial"]])
    }

    /// Tells whether one of `texts` has the text that is looked for.
    pub(super) fn mentions<const N: usize>(&self, texts: [&Value; N]) -> bool {
        let Some(wanted) = self.get("query").map(str::to_lowercase) else {
            return true;
        };
        let mut texts = texts.into_iter().filter_map(Value::as_str);
        texts.any(|text| text.to_lowercase().contains(&wanted))
    }

    fn filters_assets(&self) -> bool {
        let filters = ["customer_id", "asset_type_id", "snmp_enabled", "query"];
        filters.iter().any(|name| self.get(name).is_some())
    }
}

/// The indices of the machines that the key's user sees and the request selects.
pub(super) fn assets<'a>(account: &'a SyncroSimulator, asked: &Asked) -> Cow<'a, [usize]> {
    let visible = account.visible();
    if !asked.filters_assets() {
        return visible;
    }
    let selected = |index: &usize| asked.selects(&account.row(*index));
    visible.iter().copied().filter(selected).collect()
}

/// Page `number` of `all`, `size` to a page, under the key `rows`.
pub(super) fn page<T>(
    account: &SyncroSimulator,
    rows: &str,
    all: &[T],
    number: usize,
    size: usize,
    row: impl Fn(&T) -> Value,
) -> Value {
    let pages = all.len().div_ceil(size);
    let shown = match account.misbehaviour.endless_last_page {
        true => number.min(pages.max(1)),
        false => number,
    };
    let start = (shown - 1).saturating_mul(size).min(all.len());
    let end = start.saturating_add(size).min(all.len());
    let mut body = Map::new();
    let list = all[start..end].iter().map(row).collect();
    body.insert(rows.to_owned(), Value::Array(list));
    if let Some(meta) = meta(account.spec.meta, pages, all.len(), size, number) {
        body.insert("meta".to_owned(), meta);
    }
    Value::Object(body)
}

fn meta(kind: Meta, pages: usize, entries: usize, size: usize, number: usize) -> Option<Value> {
    Some(match kind {
        Meta::Whole => json!({
            "total_pages": pages, "total_entries": entries, "per_page": size, "page": number,
        }),
        Meta::Text => json!({
            "total_pages": pages.to_string(), "total_entries": entries.to_string(),
            "per_page": size.to_string(), "page": number.to_string(),
        }),
        Meta::PagesOnly => json!({ "total_pages": pages, "page": number }),
        Meta::EntriesOnly => json!({ "total_entries": entries }),
        Meta::Absent => return None,
    })
}
