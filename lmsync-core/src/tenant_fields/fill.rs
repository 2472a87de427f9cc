//! Filling an asset from its tenant's fields.

use super::dates::{DayText, read_days};
use super::index::{Field, FieldIndex};
use super::rule::{Rule, Sort};
use super::supported::TenantFields;
use super::value::FieldValue;
use crate::model::AssetDraft;

impl TenantFields {
    /// Fills what `draft` does not have yet from the fields in `index`, and notes in
    /// [`tenant_fields`](crate::model::Asset::tenant_fields) which of them answered.
    ///
    /// The names of each field are tried in order; the first field with a usable value is read.
    /// What is passed over in its favour is not worth an issue; where nothing usable comes, all
    /// that is odd is noted, of a day only what stands in its stead.
    pub fn fill<V: FieldValue>(&self, draft: &mut AssetDraft<'_>, index: &FieldIndex<'_, V>) {
        for field in self.fields() {
            let rule = Rule::of(field);
            if (rule.is_there)(&draft.asset) {
                continue;
            }
            let found = index.under(self.sought(field));
            let answered = match rule.sort {
                Sort::Day => fill_day(draft, &rule, found),
                Sort::Single | Sort::Several => fill_first(draft, &rule, found),
            };
            if let Some(name) = answered {
                draft.asset.tenant_fields.insert(field, name.to_owned());
            }
        }
    }
}

/// Puts in the first usable value, and gives the name of its field.
fn fill_first<'i, V: FieldValue + 'i>(
    draft: &mut AssetDraft<'_>,
    rule: &Rule,
    found: impl Iterator<Item = &'i Field<'i, V>>,
) -> Option<&'i str> {
    let noted_before = draft.asset.issues.len();
    for field in found {
        let passed_over = draft.asset.issues.len();
        if put(draft, rule, field) {
            draft.asset.issues.drain(noted_before..passed_over);
            return Some(field.name);
        }
    }
    None
}

/// Puts in the value of `field`, or notes why that cannot be.
fn put<V: FieldValue>(draft: &mut AssetDraft<'_>, rule: &Rule, field: &Field<'_, V>) -> bool {
    let mut texts = field.value.texts(rule.form).peekable();
    if texts.peek().is_none() {
        draft.unexpected_types([(rule.asset_field, field.value.unexpected())]);
    }
    let noted_before = draft.asset.issues.len();
    let mut is_usable = false;
    for text in texts {
        let passed_over = draft.asset.issues.len();
        is_usable |= (rule.put)(draft, field.name, &text);
        if is_usable && rule.sort == Sort::Single {
            draft.asset.issues.drain(noted_before..passed_over);
            break;
        }
    }
    is_usable
}

/// Puts in the day, or notes what stands in its stead.
fn fill_day<'i, V: FieldValue + 'i>(
    draft: &mut AssetDraft<'_>,
    rule: &Rule,
    found: impl Iterator<Item = &'i Field<'i, V>>,
) -> Option<&'i str> {
    let days = read_days(found, &draft.dates());
    let best = days.into_iter().min_by_key(|day| day.rank())?;
    let name = best.field.name;
    match best.text {
        DayText::Nothing => None,
        DayText::Text(text) => (rule.put)(draft, name, &text).then_some(name),
        DayText::Other(kind) => {
            draft.unexpected_types([(rule.asset_field, Some(kind))]);
            None
        }
    }
}
