//! The rows of a GraphQL list, with what the vendor says about single ones.

use chrono::{DateTime, Utc};
use lmsync_core::http::Answer;
use lmsync_core::json::{
    KeepRaw, LenientObject, RowInList, Rows, StrictObject, WireRow, read_rows,
};
use lmsync_core::{ErrorKind, Rejection, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::answers::{self, FieldErrors};
use crate::wire;

const ID_KEYS: [&str; 3] = ["assetId", "accountId", "departmentId"];

/// One page as it came.
#[derive(Debug)]
pub(crate) struct ListPage<R> {
    pub(crate) rows: Vec<ListRow<R>>,
    pub(crate) info: wire::ListInfo,
    pub(crate) received_at: DateTime<Utc>,
}

/// One row as it came, and what the vendor says about it.
#[derive(Debug)]
pub(crate) struct ListRow<R> {
    pub(crate) row: WireRow<R>,
    pub(crate) notes: Vec<String>,
}

impl<R> ListRow<R> {
    /// The record, or why it cannot be read.
    pub(crate) fn record(&self) -> Result<&R, Rejection> {
        self.row
            .record
            .as_ref()
            .map_err(|bad| self.with_notes(bad.clone()))
    }

    /// `rejection` with what the vendor says about the row.
    pub(crate) fn with_notes(&self, mut rejection: Rejection) -> Rejection {
        for note in &self.notes {
            rejection.reason += ": ";
            rejection.reason += note;
        }
        rejection
    }
}

/// Reads a page.
pub(crate) fn read_list<R: DeserializeOwned>(
    answer: &Answer<'_>,
    raw: KeepRaw,
) -> Result<ListPage<R>> {
    read_rows(
        answer.body(),
        raw,
        || listed::<R, LenientObject<R>>(answer, raw),
        || listed::<R, &RawValue>(answer, raw),
    )
}

fn listed<'a, R, L>(answer: &Answer<'a>, raw: KeepRaw) -> Result<ListPage<R>>
where
    L: RowInList<R> + Deserialize<'a>,
{
    let (StrictObject(list), errors) = answers::read::<StrictObject<wire::List<L>>>(answer)?;
    let info = list
        .list_info
        .map(|StrictObject(info)| info)
        .unwrap_or_default();
    let rows = match list.rows {
        Some(rows) => rows,
        None if info.total_count == Some(0) => Rows::default(),
        // A list that is missing is empty only where the vendor counts none.
        None => {
            let what = "SuperOps sent a page without a list";
            return Err(answer.without_data(ErrorKind::Vendor, what));
        }
    };
    Ok(list_page(rows, raw, info, &errors, answer))
}

/// Reads all departments, which come without pages.
pub(crate) fn read_departments(answer: &Answer<'_>) -> Result<ListPage<wire::Customer>> {
    let (rows, errors) = answers::read::<Rows<&RawValue>>(answer)?;
    let info = wire::ListInfo {
        total_count: Some(rows.0.len() as u64),
        has_more: Some(false),
        page_size: None,
    };
    Ok(list_page(rows, KeepRaw::No, info, &errors, answer))
}

fn list_page<R, L: RowInList<R>>(
    rows: Rows<L>,
    raw: KeepRaw,
    info: wire::ListInfo,
    errors: &FieldErrors,
    answer: &Answer<'_>,
) -> ListPage<R> {
    let notes_on = |index: usize| -> Vec<String> {
        errors
            .iter()
            .filter(|error| error.index() == Some(index))
            .map(|error| answer.mask(error.message().unwrap_or("no reason given")))
            .collect()
    };
    let rows = rows.into_iter().enumerate().map(|(index, row)| ListRow {
        row: row.into_wire(&ID_KEYS, raw),
        notes: notes_on(index),
    });
    ListPage {
        rows: rows.collect(),
        info,
        received_at: answer.received_at(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lmsync_core::http::Redactor;

    use super::*;

    fn page(body: &str, raw: KeepRaw) -> Result<ListPage<Box<wire::Asset>>> {
        let response = http::Response::new(Bytes::copy_from_slice(body.as_bytes()));
        let answer = Answer::new(&response, Redactor::default(), DateTime::UNIX_EPOCH);
        read_list(&answer, raw)
    }

    fn list(rows: &str) -> String {
        format!(
            r#"{{"data":{{"getAssetList":{{"assets":{rows},
                "listInfo":{{"page":1,"pageSize":"100","hasMore":null,"totalCount":"4"}}}}}}}}"#
        )
    }

    #[test]
    fn one_bad_row_does_not_cost_the_page() {
        let body = list(r#"[{"assetId":1},null,["x"],{"assetId":"4","platformFamily":{}}]"#);
        for raw in [KeepRaw::No, KeepRaw::Yes] {
            let page = page(&body, raw).unwrap();
            let reasons: Vec<_> = page
                .rows
                .iter()
                .map(|row| {
                    row.row
                        .record
                        .as_ref()
                        .err()
                        .map(|rejection| rejection.reason.as_str())
                })
                .collect();
            assert_eq!(
                reasons,
                [
                    None,
                    Some("the row is null"),
                    Some("the row is not an object but array"),
                    None
                ]
            );
            assert_eq!(page.info.total_count, Some(4));
            assert_eq!(page.info.page_size, Some(100));
        }
    }

    #[test]
    fn nothing_is_filled_from_an_array_by_position() {
        let info = r#"{"page":1,"pageSize":100,"hasMore":null,"totalCount":0}"#;
        for body in [
            format!(r#"{{"data":{{"getAssetList":[[],{info}]}}}}"#),
            format!(r#"{{"data":[{{"assets":[],"listInfo":{info}}}]}}"#),
            format!(r#"[{{"getAssetList":{{"assets":[],"listInfo":{info}}}}}]"#),
            r#"{"data":{"getAssetList":{"assets":[],"listInfo":[100,null,0]}}}"#.to_owned(),
        ] {
            for raw in [KeepRaw::No, KeepRaw::Yes] {
                let error = page(&body, raw).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
            }
        }
    }

    #[test]
    fn one_bad_department_does_not_cost_the_others() {
        let body = r#"{"data":{"getDepartmentList":[{"departmentId":"1","name":"a"},
            ["2"],{"departmentId":"3","name":"c"}]}}"#;
        let response = http::Response::new(Bytes::from(body));
        let answer = Answer::new(&response, Redactor::default(), DateTime::UNIX_EPOCH);
        let page = read_departments(&answer).unwrap();
        let is_read: Vec<bool> = page.rows.iter().map(|row| row.row.record.is_ok()).collect();
        assert_eq!(is_read, [true, false, true]);
    }

    #[test]
    fn a_row_that_cannot_be_read_is_rejected_by_name() {
        let members: Vec<String> = (0..10_001).map(|n| format!("\"{n}\":0")).collect();
        let members = members.join(",");
        let body = list(&format!(
            r#"[{{"assetId":"1"}},{{"assetId":"2","customFields":{{{members}}}}}]"#
        ));
        let page = page(&body, KeepRaw::No).unwrap();
        assert!(page.rows[0].row.record.is_ok());
        let unreadable = page.rows[1].row.record.as_ref().unwrap_err();
        assert_eq!(unreadable.vendor_id.as_deref(), Some("2"));
        assert!(unreadable.reason.contains("more than 10000 members"));
    }

    #[test]
    fn the_raw_row_is_kept_to_the_letter_on_request() {
        let body = list(r#"[{"assetId":1, "x" : [ 1 ]}]"#);
        let kept = page(&body, KeepRaw::Yes).unwrap();
        assert_eq!(
            kept.rows[0].row.raw.as_ref().unwrap().get(),
            r#"{"assetId":1, "x" : [ 1 ]}"#
        );
        assert!(page(&body, KeepRaw::No).unwrap().rows[0].row.raw.is_none());
    }

    #[test]
    fn a_missing_list_is_an_error_unless_there_is_nothing() {
        let empty = r#"{"data":{"getAssetList":{"assets":null,"listInfo":{"totalCount":0}}}}"#;
        assert!(page(empty, KeepRaw::No).unwrap().rows.is_empty());
        let missing = r#"{"data":{"getAssetList":{"assets":null,"listInfo":{"totalCount":3}}}}"#;
        assert!(page(missing, KeepRaw::No).is_err());
        assert!(page(r#"{"data":{"getAssetList":{}}}"#, KeepRaw::No).is_err());
    }

    #[test]
    fn what_is_said_about_a_row_stays_with_it() {
        let body = r#"{"data":{"getAssetList":{"assets":[{"assetId":"1"},null]}},
            "errors":[{"message":"Cannot return null","path":["getAssetList","assets",1,"client"]}]}"#;
        let page = page(body, KeepRaw::No).unwrap();
        assert!(page.rows[0].notes.is_empty());
        assert_eq!(page.rows[1].notes, ["Cannot return null"]);
    }
}
