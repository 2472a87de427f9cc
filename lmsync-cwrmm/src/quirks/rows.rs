//! From an answer's body to rows: devices in their groups, and plain lists.

use chrono::{DateTime, Utc};
use lmsync_core::http::Answer;
use lmsync_core::json::{
    KeepRaw, LenientObject, RowInList, Rows, Scalar, StrictObject, WireRow, read_rows,
};
use lmsync_core::listing::Next;
use lmsync_core::model::clean_id;
use lmsync_core::{ErrorKind, Result};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;
use url::Url;

use crate::answers;
use crate::wire;

/// The keys under which a device's or company's id may stand.
const ID_KEYS: [&str; 2] = ["endpointID", "id"];

/// Rows as they came.
#[derive(Debug)]
pub(crate) struct ListPage<R> {
    pub(crate) rows: Vec<R>,
    pub(crate) next: Next,
    pub(crate) received_at: DateTime<Utc>,
    /// Why groups of rows could not be read: which rows were in them is not known.
    pub(crate) gaps: Vec<String>,
}

impl<R> ListPage<R> {
    /// A page without rows, and without a next one.
    pub(crate) fn nothing(received_at: DateTime<Utc>) -> Self {
        Self {
            rows: Vec::new(),
            next: Next::End,
            received_at,
            gaps: Vec::new(),
        }
    }
}

/// The form of an id in which lists are compared: different services write it, in upper or lower case.
pub(crate) fn key(id: &str) -> String {
    clean_id(id).unwrap_or_default().to_ascii_lowercase()
}

/// One device of a list, with what its group says.
#[derive(Debug)]
pub(crate) struct DeviceRow {
    pub(crate) company: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) row: WireRow<Box<wire::Endpoint>>,
}

impl DeviceRow {
    /// The device's id, where it can be read.
    pub(crate) fn id(&self) -> Option<&str> {
        match &self.row.record {
            Ok(device) => device.endpoint_id.id(),
            Err(rejection) => rejection.vendor_id.as_deref(),
        }
    }
}

/// Reads a bare array.
pub(crate) fn array<R: DeserializeOwned>(answer: &Answer<'_>) -> Result<ListPage<WireRow<R>>> {
    read_rows(
        answer.body(),
        KeepRaw::No,
        || array_of::<R, LenientObject<R>>(answer),
        || array_of::<R, &RawValue>(answer),
    )
}

fn array_of<'a, R, L>(answer: &Answer<'a>) -> Result<ListPage<WireRow<R>>>
where
    L: RowInList<R> + Deserialize<'a>,
{
    let rows: Rows<L> = answer
        .json()
        .map_err(|error| answers::refused_inside(answer).unwrap_or(error))?;
    Ok(ListPage {
        rows: rows
            .into_iter()
            .map(|row| row.into_wire(&ID_KEYS, KeepRaw::No))
            .collect(),
        next: next(answer, "query", |url| url.query().map(ToOwned::to_owned)),
        received_at: answer.received_at(),
        gaps: Vec::new(),
    })
}

/// The next page by the `Link` header, of whose target `part` is taken alone: requests go to the
/// configured origin, whatever host a header names.
fn next(answer: &Answer<'_>, what: &str, part: impl Fn(&Url) -> Option<String>) -> Next {
    let target = match answer.link("next") {
        Ok(Some(target)) => target,
        Ok(None) => return Next::End,
        Err(error) => return Next::Unreadable(error.message().to_owned()),
    };
    // The base is only for relative targets; nothing is ever sent there.
    let base = Url::parse("https://next.invalid/");
    let target = base.and_then(|base| base.join(&target)).ok();
    match target
        .as_ref()
        .and_then(part)
        .filter(|part| !part.is_empty())
    {
        Some(part) => Next::Cursor(part),
        None => Next::Unreadable(format!(
            "the `Link` header names a next page without a {what}"
        )),
    }
}

fn cursor(url: &Url) -> Option<String> {
    let mut pairs = url.query_pairs();
    let (_, cursor) = pairs.find(|(name, _)| name == "cursor")?;
    Some(cursor.trim().to_owned())
}

/// Reads a page of devices.
pub(crate) fn devices(answer: &Answer<'_>, raw: KeepRaw) -> Result<ListPage<DeviceRow>> {
    read_rows(
        answer.body(),
        raw,
        || device_page::<ReadGroup>(answer, raw),
        || device_page::<&RawValue>(answer, raw),
    )
}

fn device_page<'a, G: ListGroup + Deserialize<'a>>(
    answer: &Answer<'a>,
    raw: KeepRaw,
) -> Result<ListPage<DeviceRow>> {
    let list: wire::DeviceList<G> = answers::object(answer)?;
    // One in which no list is to be found is none without devices.
    if list.is_silent() {
        return Err(answers::unfamiliar(answer));
    }
    let mut page = ListPage {
        rows: Vec::new(),
        next: next(answer, "cursor", cursor),
        received_at: answer.received_at(),
        gaps: Vec::new(),
    };
    if list.failed_in_part() {
        let excerpt = answer.excerpt();
        page.gaps.push(format!(
            "ConnectWise RMM could not list all devices: {excerpt}"
        ));
    }
    let groups = [list.platform, list.network].into_iter().flatten();
    for group in groups.flatten() {
        if let Err(gap) = group.add_to(&mut page.rows, raw) {
            page.gaps.push(gap);
        }
        // Each group is bounded, and so are all of them.
        if page.rows.len() > Rows::<()>::MOST {
            let what = "the answer holds more devices than a page ever has";
            return Err(answer.without_data(ErrorKind::Decode, what));
        }
    }
    Ok(page)
}

/// A group of devices as it stands in a list.
trait ListGroup {
    /// Puts its devices behind `rows`.
    ///
    /// # Errors
    /// The reason why they are not known.
    fn add_to(self, rows: &mut Vec<DeviceRow>, raw: KeepRaw) -> Result<(), String>;
}

/// A group that is read with the list.
type ReadGroup = StrictObject<wire::Group<LenientObject<Box<wire::Endpoint>>>>;

impl<L: RowInList<Box<wire::Endpoint>>> ListGroup for StrictObject<wire::Group<L>> {
    fn add_to(self, rows: &mut Vec<DeviceRow>, raw: KeepRaw) -> Result<(), String> {
        let Self(group) = self;
        let Some(devices) = group.endpoints else {
            return Err("a group of devices has no list of them".to_owned());
        };
        let own = |id: &Scalar| id.id().map(ToOwned::to_owned);
        let (company, site) = (own(&group.company_id), own(&group.site_id));
        rows.extend(devices.into_iter().map(|row| DeviceRow {
            company: company.clone(),
            site: site.clone(),
            row: row.into_wire(&ID_KEYS, raw),
        }));
        Ok(())
    }
}

impl ListGroup for &RawValue {
    fn add_to(self, rows: &mut Vec<DeviceRow>, raw: KeepRaw) -> Result<(), String> {
        let group = serde_json::from_str::<StrictObject<wire::Group<&RawValue>>>(self.get());
        let group = group.map_err(|error| unreadable(self, &error))?;
        group.add_to(rows, raw)
    }
}

/// The reason why a group cannot be read.
fn unreadable(group: &RawValue, error: &serde_json::Error) -> String {
    match serde_json::from_str::<LenientObject<IgnoredAny>>(group.get()) {
        Ok(LenientObject::Unexpected(kind)) => {
            format!("a group of devices is not an object but {kind}")
        }
        Ok(LenientObject::Null | LenientObject::Absent) => "a group of devices is null".to_owned(),
        _ => format!("a group of devices cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::header::LINK;
    use lmsync_core::ErrorKind;
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
    fn an_id_is_the_same_in_another_case_or_beside_what_nobody_sees() {
        for id in ["A1-b2", " a1-B2 ", "\u{feff}a1-b2\u{200b}"] {
            assert_eq!(key(id), "a1-b2");
        }
        assert_ne!(key("a1 b2"), key("a1-b2"));
        assert_ne!(key("a1"), key("a1-b2"));
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
            (r#"{"endpoints":[]}"#, &[]),
            (
                r#"{"endpoints":null}"#,
                &["a group of devices has no list of them"],
            ),
            (
                r#"{"companyID":"c","devices":[{}]}"#,
                &["a group of devices has no list of them"],
            ),
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
    fn a_row_that_cannot_be_read_is_rejected_by_name() {
        let processors = vec!["{}"; 10_001].join(",");
        let body = format!(
            r#"{{"platform":[{{"companyID":"c","siteID":"s","endpoints":
            [{{"endpointID":"1"}},{{"endpointID":"2","processors":[{processors}]}}]}}]}}"#
        );
        let page = devices(&body, None, KeepRaw::No).unwrap();
        assert!(page.rows[0].row.record.is_ok());
        let bad = page.rows[1].row.record.as_ref().unwrap_err();
        assert_eq!(bad.vendor_id.as_deref(), Some("2"));
        assert!(bad.reason.contains("more than 10000 elements"));
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
        let empty = devices(r#"{"platform":null,"cloud":[]}"#, None, KeepRaw::No).unwrap();
        assert!(empty.rows.is_empty());
    }

    #[test]
    fn an_answer_of_unknown_shape_is_no_empty_list() {
        for body in [
            "{}",
            r#"{"platform":null}"#,
            r#"{"endpoints":[{"endpointID":"1"}]}"#,
            r#"{"data":[]}"#,
            r#"{"Platform":[]}"#,
            r#"{"platforms":[{"companyID":"c","endpoints":[]}]}"#,
            r#"{"status":"failed","failedRecords":[{"error":"Forbidden"}]}"#,
            r#"{"total":0}"#,
            "null",
            r#""platform""#,
        ] {
            let error = devices(body, None, KeepRaw::No).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Decode | ErrorKind::Vendor),
                "{body}: {error}"
            );
        }
        for body in [
            r#"{"platform":[]}"#,
            r#"{"network":[]}"#,
            r#"{"status":"success","platform":[],"failedRecords":[]}"#,
        ] {
            let page = devices(body, None, KeepRaw::No).unwrap();
            assert!(page.rows.is_empty() && page.gaps.is_empty(), "{body}");
        }
    }

    #[test]
    fn a_list_of_which_a_part_failed_has_a_gap() {
        for told in [
            r#""failedRecords":[{"resource":"c2","error":"Forbidden"}]"#,
            r#""status":"partial_success""#,
            r#""status":"failed""#,
        ] {
            let body = format!(
                r#"{{"platform":[{{"companyID":"c","endpoints":[{{"endpointID":"1"}}]}}],{told}}}"#
            );
            let page = devices(&body, None, KeepRaw::No).unwrap();
            assert_eq!((page.rows.len(), page.gaps.len()), (1, 1), "{told}");
        }
    }

    #[test]
    fn of_the_link_only_the_cursor_is_taken() {
        let link = "<https://evil.example/x?limit=500&cursor=9>; rel=\"next\"";
        let page = devices(r#"{"platform":[]}"#, Some(link), KeepRaw::No).unwrap();
        assert_eq!(page.next, Next::Cursor("9".to_owned()));
    }

    fn link(header: &str) -> [Next; 2] {
        let mut response = http::Response::new(Bytes::from_static(b"[]"));
        response.headers_mut().insert(LINK, header.parse().unwrap());
        let answer = Answer::new(&response, Redactor::default(), DateTime::UNIX_EPOCH);
        let query = array::<wire::Site>(&answer).unwrap().next;
        [next(&answer, "cursor", cursor), query]
    }

    #[test]
    fn of_a_link_only_cursor_or_query_are_taken_whatever_host_it_names() {
        for header in [
            "<https://openapi.service.itsupport247.net/api/x?limit=5&cursor=7>; rel=\"next\"",
            "<https://evil.example/steal?limit=5&cursor=7>; rel=\"next\"",
            "</api/x?limit=5&cursor=7>; rel=next",
            "<?limit=5&cursor=7>; rel=next",
        ] {
            let expected = ["7", "limit=5&cursor=7"].map(|next| Next::Cursor(next.to_owned()));
            assert_eq!(link(header), expected, "{header}");
        }
        for header in [
            "<https://h/x?cursor=7>",
            "<https://h/x?cursor=7>; rel=\"last\"",
        ] {
            assert_eq!(link(header), [Next::End, Next::End], "{header}");
        }
    }

    #[test]
    fn a_next_page_whose_place_is_not_told_is_not_the_end() {
        for (target, has_query) in [
            ("https://h/x", false),
            ("?", false),
            ("?cursor=", true),
            ("?limit=5", true),
        ] {
            let [cursor, query] = link(&format!("<{target}>; rel=\"next\""));
            assert!(matches!(cursor, Next::Unreadable(_)), "{target}");
            assert_eq!(matches!(query, Next::Cursor(_)), has_query, "{target}");
        }
    }
}
