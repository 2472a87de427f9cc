//! Pages of a listing.

use http::Uri;
use serde_json::{Map, Value, json};

use super::SyncroSimulator;
use super::spec::Meta;

/// What a request asks for, by its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) page: usize,
    pub(super) per_page: Option<usize>,
}

impl Asked {
    pub(super) fn of(uri: &Uri) -> Self {
        let number = |name: &str| {
            uri.query()
                .unwrap_or_default()
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .and_then(|(_, value)| value.parse::<usize>().ok())
        };
        Self {
            page: number("page").unwrap_or(1).max(1),
            per_page: number("per_page"),
        }
    }
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
