//! What an answer says of the next page, changed.

use bytes::Bytes;
use http::uri::Authority;
use http::{HeaderName, HeaderValue, Response, Uri, header};
use serde_json::{Value, json};

/// Where an answer says what the next page is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PointerPlace {
    /// In the body, at this JSON pointer, such as `/meta/next`.
    Body(String),
    /// In this header; in `link`, the address of `rel="next"`.
    Header(HeaderName),
}

/// What becomes of a cursor or a link to the next page.
///
/// A cursor that is no address is made one where the change is of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PointerChange {
    /// It leads to another host.
    AnotherHost,
    /// It leads to another host, and the vendor's stands before that as a user name.
    HostAsUser,
    /// It has a user name and a password in it.
    UserInfo,
    /// It leads to the same host, in the clear.
    AnotherScheme,
    /// It leads to another port of the same host.
    AnotherPort,
    /// It is relative to the page.
    Relative,
    /// It is the one that led to this page.
    Repeat,
    /// It is the first that there was.
    Back,
    /// It is an object.
    Object,
    /// It is empty text.
    Empty,
}

impl PointerPlace {
    /// The pointer in `answer`, where it holds one.
    pub(super) fn pointer(&self, answer: &Response<Bytes>) -> Option<Value> {
        let pointer = match self {
            Self::Body(path) => {
                let body: Value = serde_json::from_slice(answer.body()).ok()?;
                body.pointer(path)?.clone()
            }
            Self::Header(name) => {
                let text = answer.headers().get(name)?.to_str().ok()?;
                let (start, end) = in_header(name, text)?;
                text[start..end].into()
            }
        };
        let is_one = match &pointer {
            Value::String(text) => !text.trim().is_empty(),
            Value::Number(_) => true,
            _ => false,
        };
        is_one.then_some(pointer)
    }

    /// `answer` with `new` for its pointer.
    pub(super) fn replace(&self, mut answer: Response<Bytes>, new: &Value) -> Response<Bytes> {
        match self {
            Self::Body(path) => {
                answer.headers_mut().remove(header::CONTENT_LENGTH);
                answer.map(|body| match serde_json::from_slice::<Value>(&body) {
                    Ok(mut json) => {
                        if let Some(old) = json.pointer_mut(path) {
                            *old = new.clone();
                        }
                        json.to_string().into()
                    }
                    Err(_) => body,
                })
            }
            Self::Header(name) => {
                let replaced = answer.headers().get(name).and_then(|value| {
                    let text = value.to_str().ok()?;
                    let (start, end) = in_header(name, text)?;
                    let text = format!("{}{}{}", &text[..start], plain(new), &text[end..]);
                    HeaderValue::from_str(&text).ok()
                });
                if let Some(value) = replaced {
                    answer.headers_mut().insert(name, value);
                }
                answer
            }
        }
    }
}

/// Where in the text of a header the pointer stands.
fn in_header(name: &HeaderName, text: &str) -> Option<(usize, usize)> {
    if *name != header::LINK {
        return Some((0, text.len()));
    }
    let mut start = 0;
    for link in text.split(',') {
        let rel = link.to_ascii_lowercase();
        let is_next = rel.contains("rel=\"next\"") || rel.contains("rel=next");
        if let (true, Some(open), Some(close)) = (is_next, link.find('<'), link.find('>')) {
            return Some((start + open + 1, start + close));
        }
        start += link.len() + 1;
    }
    None
}

impl PointerChange {
    /// What `pointer` becomes, which came from the host `home` after those `before` it; `None`
    /// where it has no place to lead back to.
    pub(super) fn apply(self, pointer: &Value, home: &Uri, before: &[Value]) -> Option<Value> {
        let address = Address::of(pointer, home);
        Some(match self {
            Self::AnotherHost => address.at("https", "elsewhere.example"),
            Self::HostAsUser => address.at("https", &format!("{}@elsewhere.example", address.host)),
            Self::UserInfo => address.at("https", &format!("ann:pa55@{}", address.host)),
            Self::AnotherScheme => address.at("http", &address.host),
            Self::AnotherPort => address.at("https", &format!("{}:8443", address.host)),
            Self::Relative => address.path.into(),
            Self::Repeat => before.iter().rfind(|other| *other != pointer)?.clone(),
            Self::Back => before.first().filter(|first| *first != pointer)?.clone(),
            Self::Object => json!({ "href": pointer }),
            Self::Empty => "".into(),
        })
    }
}

/// A pointer as an address.
struct Address {
    host: String,
    path: String,
}

impl Address {
    fn of(pointer: &Value, home: &Uri) -> Self {
        let text = plain(pointer);
        let uri = text.parse::<Uri>().ok().filter(|uri| uri.host().is_some());
        let path = match uri.as_ref().and_then(Uri::path_and_query) {
            Some(path) => path.to_string(),
            None => format!("/{}", text.trim_start_matches('/')),
        };
        let host = uri.as_ref().and_then(Uri::authority).or(home.authority());
        Self {
            host: host.map(Authority::host).unwrap_or_default().to_owned(),
            path,
        }
    }

    fn at(&self, scheme: &str, authority: &str) -> Value {
        format!("{scheme}://{authority}{}", self.path).into()
    }
}

/// `pointer` without the quotes of JSON.
fn plain(pointer: &Value) -> String {
    match pointer {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: PointerChange, pointer: &str) -> Option<String> {
        let home = Uri::from_static("https://api.example/v1/devices");
        let before = ["first", "second"].map(Value::from);
        let new = change.apply(&pointer.into(), &home, &before)?;
        Some(plain(&new))
    }

    #[test]
    fn a_link_is_changed_where_it_is_to_be() {
        use PointerChange as C;
        let link = "https://api.example:443/v1/devices?after=7";
        for (change, new) in [
            (
                C::AnotherHost,
                "https://elsewhere.example/v1/devices?after=7",
            ),
            (
                C::HostAsUser,
                "https://api.example@elsewhere.example/v1/devices?after=7",
            ),
            (
                C::UserInfo,
                "https://ann:pa55@api.example/v1/devices?after=7",
            ),
            (C::AnotherScheme, "http://api.example/v1/devices?after=7"),
            (
                C::AnotherPort,
                "https://api.example:8443/v1/devices?after=7",
            ),
            (C::Relative, "/v1/devices?after=7"),
            (C::Repeat, "second"),
            (C::Back, "first"),
            (C::Empty, ""),
        ] {
            assert_eq!(changed(change, link).as_deref(), Some(new), "{change:?}");
        }
        assert_eq!(
            changed(C::AnotherHost, "ab=").as_deref(),
            Some("https://elsewhere.example/ab=")
        );
        assert_eq!(
            changed(C::UserInfo, "?after=7").as_deref(),
            Some("https://ann:pa55@api.example/?after=7")
        );
        assert_eq!(changed(C::Repeat, "second").as_deref(), Some("first"));
        assert_eq!(changed(C::Back, "first"), None);
    }

    #[test]
    fn a_pointer_is_found_and_replaced_where_it_stands() {
        let body = PointerPlace::Body("/meta/next".to_owned());
        let answer = |text: &'static str| Response::new(Bytes::from_static(text.as_bytes()));
        let page = || answer(r#"{"meta":{"next":"ab"},"rows":[1]}"#);
        assert_eq!(body.pointer(&page()), Some("ab".into()));
        let new = body.replace(page(), &json!({ "href": 1 }));
        assert_eq!(
            new.body(),
            r#"{"meta":{"next":{"href":1}},"rows":[1]}"#.as_bytes()
        );
        for none in [
            r#"{"meta":{"next":null}}"#,
            r#"{"meta":{"next":""}}"#,
            "{}",
            "<p>",
        ] {
            assert_eq!(body.pointer(&answer(none)), None, "{none}");
        }
        let header = PointerPlace::Header(header::LINK);
        let mut page = page();
        let links = HeaderValue::from_static("</a?b=1>; rel=\"prev\", </a?b=3>; rel=\"next\"");
        page.headers_mut().insert(header::LINK, links);
        assert_eq!(header.pointer(&page), Some("/a?b=3".into()));
        let new = header.replace(page, &"/c".into());
        assert_eq!(
            new.headers()[header::LINK],
            "</a?b=1>; rel=\"prev\", </c>; rel=\"next\""
        );
        assert_eq!(header.pointer(&answer("{}")), None);
        let plain = PointerPlace::Header(HeaderName::from_static("x-next"));
        let mut page = answer("");
        page.headers_mut()
            .insert("x-next", HeaderValue::from_static("7"));
        let new = plain.replace(page, &"8".into());
        assert_eq!(plain.pointer(&new), Some("8".into()));
    }
}
