//! From an answer's body to rows: typed, and row by row only where that fails.

use chrono::{DateTime, Utc};
use http::header::LINK;
use lmsync_core::http::Answer;
use lmsync_core::json::{KeepRaw, LenientObject, Scalar, WireRow};
use lmsync_core::{Error, ErrorKind, Result, RetryClass};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::answers;
use crate::link::{self, Parameters};
use crate::wire;

/// Where a device's or company's id may stand.
const ID_KEYS: [&str; 2] = ["endpointID", "id"];

/// Rows as they came.
#[derive(Debug)]
pub(crate) struct ListPage<R> {
    pub(crate) rows: Vec<R>,
    /// Where the next page is.
    pub(crate) next: Option<Parameters>,
    pub(crate) received_at: DateTime<Utc>,
    /// Why groups of rows could not be read: which rows were in them is not known.
    pub(crate) gaps: Vec<String>,
}

impl<R> ListPage<R> {
    /// Adds the rows of a later page.
    pub(crate) fn append(&mut self, later: Self) {
        self.rows.extend(later.rows);
        self.gaps.extend(later.gaps);
    }
}

/// One device of a list, with what its group says.
#[derive(Debug)]
pub(crate) struct DeviceRow {
    pub(crate) company: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) row: WireRow<wire::Endpoint>,
}

pub(crate) fn object<T: DeserializeOwned>(answer: &Answer<'_>) -> Result<T> {
    match answer.json::<LenientObject<T>>()? {
        LenientObject::Value(value) => Ok(value),
        _ => Err(unfamiliar(answer)),
    }
}

/// A success without the data that belongs there.
pub(crate) fn unfamiliar(answer: &Answer<'_>) -> Error {
    answers::refused_inside(answer).unwrap_or_else(|| {
        answer
            .error(
                ErrorKind::Decode,
                format!(
                    "the answer holds no data that is known: {}",
                    answer.excerpt()
                ),
            )
            .with_retry(RetryClass::OnlyIfIdempotent)
            .with_hint("try again later; if it stays, the vendor has changed its API")
    })
}

/// Reads a bare array typed; row by row only where that fails.
pub(crate) fn array<R: DeserializeOwned>(answer: &Answer<'_>) -> Result<ListPage<WireRow<R>>> {
    let rows = match answer.json::<Vec<LenientObject<R>>>() {
        Ok(rows) => rows.into_iter().map(WireRow::typed).collect(),
        Err(_) => match answer.json::<Vec<Box<RawValue>>>() {
            Ok(rows) => rows
                .into_iter()
                .map(|row| WireRow::untyped(row, &ID_KEYS, KeepRaw::No))
                .collect(),
            Err(error) => return Err(answers::refused_inside(answer).unwrap_or(error)),
        },
    };
    Ok(page(rows, answer))
}

/// Reads a page of devices typed; row by row only where that fails or the raw rows are wanted.
pub(crate) fn devices(answer: &Answer<'_>, raw: KeepRaw) -> Result<ListPage<DeviceRow>> {
    if raw == KeepRaw::No
        && let Ok(list) = object::<wire::DeviceList<LenientObject<wire::Endpoint>>>(answer)
    {
        return grouped(list, answer, WireRow::typed);
    }
    let list = object::<wire::DeviceList<Box<RawValue>>>(answer)?;
    grouped(list, answer, |row| WireRow::untyped(row, &ID_KEYS, raw))
}

fn grouped<E>(
    list: wire::DeviceList<E>,
    answer: &Answer<'_>,
    read: impl Fn(E) -> WireRow<wire::Endpoint>,
) -> Result<ListPage<DeviceRow>> {
    if list.is_silent()
        && let Some(error) = answers::refused_inside(answer)
    {
        return Err(error);
    }
    let mut rows = Vec::new();
    let mut gaps = Vec::new();
    let groups = [list.platform, list.network]
        .into_iter()
        .flatten()
        .flatten();
    for group in groups {
        match group {
            LenientObject::Value(group) => {
                let own = |id: &Scalar| id.text().map(|id| id.trim().to_owned());
                let (company, site) = (own(&group.company_id), own(&group.site_id));
                rows.extend(group.endpoints.into_iter().flatten().map(|row| DeviceRow {
                    company: company.clone(),
                    site: site.clone(),
                    row: read(row),
                }));
            }
            unreadable => gaps.push(match unreadable.unexpected() {
                Some(kind) => format!("a group of devices is not an object but {kind}"),
                None => "a group of devices is null".to_owned(),
            }),
        }
    }
    Ok(ListPage {
        gaps,
        ..page(rows, answer)
    })
}

fn page<R>(rows: Vec<R>, answer: &Answer<'_>) -> ListPage<R> {
    ListPage {
        rows,
        next: answer.header(LINK.as_str()).and_then(link::next),
        received_at: answer.received_at(),
        gaps: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lmsync_core::http::Redactor;

    use super::*;

    fn devices(body: &str, link: Option<&str>, raw: KeepRaw) -> Result<ListPage<DeviceRow>> {
        let mut response = http::Response::new(Bytes::copy_from_slice(body.as_bytes()));
        if let Some(link) = link {
            response.headers_mut().insert(LINK, link.parse().unwrap());
        }
        let answer = Answer::new(&response, Redactor::default(), DateTime::UNIX_EPOCH);
        super::devices(&answer, raw)
    }

    #[test]
    fn one_bad_row_does_not_cost_the_page() {
        let body = r#"{"platform":[{"companyID":"c","siteID":"s","endpoints":
            [{"endpointID":"1"},null,["x"],{"endpointID":"2","os":[],"deviceName":{}}]},"odd"]}"#;
        for raw in [KeepRaw::No, KeepRaw::Yes] {
            let page = devices(body, None, raw).unwrap();
            let reasons: Vec<_> = page
                .rows
                .iter()
                .map(|device| {
                    device
                        .row
                        .record
                        .as_ref()
                        .err()
                        .map(|bad| bad.reason.as_str())
                })
                .collect();
            assert_eq!(
                reasons,
                [
                    None,
                    Some("the row is null"),
                    Some("the row is not an object but array"),
                    None,
                ]
            );
            assert_eq!(page.gaps, ["a group of devices is not an object but text"]);
            assert_eq!(page.rows[0].company.as_deref(), Some("c"));
            assert_eq!(page.rows[0].row.raw.is_some(), raw == KeepRaw::Yes);
        }
    }

    #[test]
    fn a_group_that_cannot_be_read_is_a_gap_and_a_row_is_none() {
        for (groups, gaps) in [
            (r#"{"endpoints":[null,7]}"#, &[][..]),
            (r#"{"endpoints":null}"#, &[]),
            ("null", &["a group of devices is null"]),
            (
                r#"7,{"endpoints":[]},null"#,
                &[
                    "a group of devices is not an object but number",
                    "a group of devices is null",
                ],
            ),
        ] {
            let body = format!(r#"{{"platform":[{groups}]}}"#);
            let page = devices(&body, None, KeepRaw::No).unwrap();
            assert_eq!(page.gaps, gaps, "{groups}");
        }
    }

    #[test]
    fn a_row_that_repeats_a_key_is_rejected_by_name() {
        let body = r#"{"platform":[{"companyID":"c","siteID":"s","endpoints":
            [{"endpointID":"1"},{"endpointID":"2","deviceName":"a","deviceName":"b"}]}]}"#;
        let page = devices(body, None, KeepRaw::No).unwrap();
        assert!(page.rows[0].row.record.is_ok());
        let bad = page.rows[1].row.record.as_ref().unwrap_err();
        assert_eq!(bad.vendor_id.as_deref(), Some("2"));
        assert!(bad.reason.contains("duplicate field `deviceName`"));
    }

    #[test]
    fn an_error_in_place_of_devices_is_no_empty_list() {
        for body in [
            r#"{"code":"E1","message":"busy"}"#,
            r#"{"error":{"message":"busy"}}"#,
        ] {
            let error = devices(body, None, KeepRaw::No).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Vendor);
            assert!(error.message().ends_with("busy"), "{error}");
        }
        assert!(devices("[]", None, KeepRaw::No).is_err());
        assert!(devices("{}", None, KeepRaw::No).unwrap().rows.is_empty());
        let empty = devices(r#"{"platform":null,"cloud":[]}"#, None, KeepRaw::No).unwrap();
        assert!(empty.rows.is_empty());
    }

    #[test]
    fn of_the_link_only_the_parameters_are_taken() {
        let link = "<https://evil.example/x?limit=500&cursor=9>; rel=\"next\"";
        let page = devices("{}", Some(link), KeepRaw::No).unwrap();
        assert_eq!(link::value(&page.next.unwrap(), "cursor"), Some("9"));
    }
}
