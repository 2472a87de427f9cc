//! What a vendor says of itself in an answer, in whichever of the usual shapes.

use serde_json::{Map, Value};

/// Members that explain; the first of them that says anything counts.
const EXPLANATIONS: [&str; 8] = [
    "message",
    "errorMessage",
    "error_description",
    "description",
    "detail",
    "title",
    ERROR,
    "errors",
];
const ERROR: &str = "error";
/// Members beside them that explain nothing: flags, and what was sent.
const NO_EXPLANATIONS: [&str; 7] = [
    "success", "status", "params", "record", "asset", "code", "type",
];
const CODES: [&str; 3] = ["code", "error_code", "errorCode"];
/// The most characters of an explanation.
const SHOWN: usize = 300;
/// The most bytes of a body that explains; a longer one is a list or a page.
const LONGEST_BODY: usize = 256 * 1024;

/// What a vendor says in an answer's JSON: a code, and an explanation for people.
///
/// Both are fit to be shown: every known secret is masked, and the text is one line of at most
/// 300 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said {
    /// The vendor's own code.
    pub code: Option<String>,
    /// The explanation; several are joined by `; `, each with the field that it is about.
    pub text: Option<String>,
}

impl Said {
    /// Reads `body`; in a refusal any member is taken for the field that its text is about.
    pub(super) fn of(body: &[u8], is_refusal: bool, mask: impl Fn(&str) -> String) -> Self {
        let body = match short_json(body) {
            Some(Value::Array(mut all)) if !all.is_empty() => all.swap_remove(0),
            Some(body) => body,
            None => return Self::default(),
        };
        let Value::Object(members) = &body else {
            let text = body.as_str().filter(|text| !text.trim().is_empty());
            return Self {
                code: None,
                text: text.map(|text| shown(&mask(text))),
            };
        };
        let (explained_by, mut texts) = explanation(members).unwrap_or_default();
        if texts.is_empty() && is_refusal {
            texts = by_field(members);
        }
        Self {
            code: code(members, explained_by).map(|code| mask(&code)),
            // Masking comes first, so that no part of a secret is left at the cut.
            text: (!texts.is_empty()).then(|| shown(&mask(&texts.join("; ")))),
        }
    }

    /// Tells whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.code.is_none() && self.text.is_none()
    }
}

/// The JSON of a body that may be an explanation. Values take far more memory than their text: a long
/// body is none.
pub(super) fn short_json(body: &[u8]) -> Option<Value> {
    let is_short = body.len() <= LONGEST_BODY;
    is_short.then(|| serde_json::from_slice(body).ok())?
}

/// The first member that explains, and its texts.
fn explanation(members: &Map<String, Value>) -> Option<(&'static str, Vec<String>)> {
    EXPLANATIONS.into_iter().find_map(|name| {
        let mut all = members.iter();
        let (_, value) = all.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        let texts = told(None, value);
        (!texts.is_empty()).then_some((name, texts))
    })
}

/// The texts of all members that may be about a field, each with its name.
fn by_field(members: &Map<String, Value>) -> Vec<String> {
    let is_about_a_field = |name: &&String| {
        let mut others = EXPLANATIONS.iter().chain(&NO_EXPLANATIONS);
        !others.any(|other| other.eq_ignore_ascii_case(name))
    };
    let fields = members.iter().filter(|(name, _)| is_about_a_field(name));
    fields
        .flat_map(|(name, value)| told(Some(name), value))
        .collect()
}

/// The texts in `value`, each with the innermost field that it is about.
fn told(field: Option<&str>, value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => vec![match field {
            Some(field) => format!("{field} {text}"),
            None => text.clone(),
        }],
        Value::Array(texts) => texts.iter().flat_map(|text| told(field, text)).collect(),
        Value::Object(members) => match explanation(members) {
            Some((_, texts)) => texts,
            None => by_field(members),
        },
        _ => Vec::new(),
    }
}

/// The code: a member of that name, also inside `error`. Beside an explanation a text under
/// `error` is one, as in OAuth.
fn code(members: &Map<String, Value>, explained_by: &str) -> Option<String> {
    let text = |value: &Value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let own = |members: &Map<String, Value>| {
        let mut names = CODES.into_iter();
        names.find_map(|name| text(members.get(name)?))
    };
    let error = members.get(ERROR);
    own(members)
        .or_else(|| own(error?.as_object()?))
        .or_else(|| text(error?).filter(|_| !["", ERROR, "errors"].contains(&explained_by)))
}

/// `text` on one line of bearable length.
fn shown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(status: u16, body: &str) -> Said {
        let mask = |text: &str| text.replace("k3y-canary", "***");
        Said::of(body.as_bytes(), status >= 300, mask)
    }

    #[test]
    fn a_code_and_an_explanation_are_found_in_every_shape() {
        for (body, code, text) in [
            (
                r#"{"code":"E1","message":"it broke"}"#,
                Some("E1"),
                "it broke",
            ),
            (
                r#"{"code":17,"Message":"it broke"}"#,
                Some("17"),
                "it broke",
            ),
            (
                r#"{"error":"bad","description":"it broke"}"#,
                Some("bad"),
                "it broke",
            ),
            (
                r#"{"error":"x","error_description":"it broke"}"#,
                Some("x"),
                "it broke",
            ),
            (
                r#"{"error":{"code":"E1","description":"it broke"}}"#,
                Some("E1"),
                "it broke",
            ),
            (
                r#"{"id":"7","message":"","error":{"message":"it broke"}}"#,
                None,
                "it broke",
            ),
            (
                r#"[{"code":"E1","message":"it broke"},{"code":"E2"}]"#,
                Some("E1"),
                "it broke",
            ),
            (r#""it broke""#, None, "it broke"),
            (r#"{"errors":[{"message":"it broke"}]}"#, None, "it broke"),
            (r#"{"error":"it broke"}"#, None, "it broke"),
            (r#"{"errorMessage":"it broke"}"#, None, "it broke"),
            (r#"{"title":"it broke","status":400}"#, None, "it broke"),
            (
                r#"{"success":false,"message":["a","b"],"params":{"name":"x"}}"#,
                None,
                "a; b",
            ),
            (
                r#"{"errors":{"dates":{"summary":["is odd"]}}}"#,
                None,
                "summary is odd",
            ),
            (
                r#"{"name":["is odd"],"date":["a\n b"]}"#,
                None,
                "date a b; name is odd",
            ),
            (r#"{"record":{"name":"x"},"errors":"no"}"#, None, "no"),
            (
                r#"{"message":[],"errors":[null," "],"item":"no"}"#,
                None,
                "item no",
            ),
        ] {
            let said = said(400, body);
            assert_eq!(said.code.as_deref(), code, "{body}");
            assert_eq!(said.text.as_deref(), Some(text), "{body}");
        }
    }

    #[test]
    fn data_is_no_explanation_and_nothing_is_nothing() {
        for body in [
            "",
            "null",
            "{}",
            "[]",
            "[1]",
            "7",
            "<html>",
            r#"{"error":[]}"#,
            "{",
        ] {
            assert!(said(400, body).is_empty(), "{body}");
        }
        assert!(said(200, r#"{"name":"PC-1","type":"x"}"#).is_empty());
        assert_eq!(said(200, r#"{"error":"no"}"#).text.as_deref(), Some("no"));
    }

    #[test]
    fn what_is_shown_is_short_and_shows_no_secret() {
        let long = format!(r#"{{"error":"{} k3y-canary"}}"#, "x".repeat(SHOWN - 5));
        let text = said(400, &long).text.unwrap();
        assert!(
            text.chars().count() <= SHOWN + 1 && !text.contains("k3y"),
            "{text}"
        );
        let code = said(400, r#"{"code":"k3y-canary","message":"a"}"#)
            .code
            .unwrap();
        assert!(!code.contains("k3y"), "{code}");
    }

    #[test]
    fn a_body_of_many_values_says_nothing() {
        let of = |rows: usize| format!("[{}]", vec![r#"{"error":"no"}"#; rows].join(","));
        assert_eq!(said(400, &of(1_000)).text.as_deref(), Some("no"));
        assert!(said(400, &of(LONGEST_BODY / 10)).is_empty());
    }

    proptest! {
        #[test]
        fn any_body_is_read(body in "\\PC*|[{}\\[\\]\":,a-z]*", status in 200_u16..600) {
            let _ = said(status, &body);
        }
    }
}
