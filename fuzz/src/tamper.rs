//! An input, read as what happens to a vendor's answers.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use lmsync_testkit::Distortion;

/// Stands for the token of the request that is answered.
pub(crate) const ECHO: &str = "t0ken-canary-9d07ae";

/// More empty rows take time and reach nothing new.
const MOST_ROWS: usize = 1_000;

/// What happens to a vendor's answers.
///
/// Written like an answer: a first line `<which> <status> <at> <cut>`, headers, a blank
/// line, the body. `which` is `every`, `sign-in`, or the number of a request within a call;
/// `status` 0 keeps the vendor's. With a number `at`, the body replaces `cut` bytes of the
/// vendor's from there; without, something in between answers and the vendor is not asked.
/// A word in that place is a [`Distortion`] of the vendor's answer, after which the body is not used.
/// What cannot be read is left away. Where the body has the words of [`ECHO`], the token
/// that came with the request is repeated.
#[derive(Debug)]
pub(crate) struct Tamper {
    which: Which,
    status: Option<StatusCode>,
    change: Change,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

/// What becomes of the vendor's answer.
#[derive(Debug)]
enum Change {
    /// The body stands in its place.
    Instead,
    /// The body replaces so many bytes of it from a place on.
    Splice(usize, usize),
    Distort(Distortion),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Every,
    SignIn,
    Number(usize),
}

impl Tamper {
    pub(crate) fn read(data: &[u8]) -> Self {
        let (first, rest) = cut_at(data, b"\n").unwrap_or((data, b""));
        let (head, body) = match rest.strip_prefix(b"\n") {
            Some(body) => (&b""[..], body),
            None => cut_at(rest, b"\n\n").unwrap_or((b"", rest)),
        };
        let first = String::from_utf8_lossy(first);
        let mut words = first.split_whitespace();
        let which = words.next().map_or(Which::Every, Which::read);
        let code = words.next().and_then(|word| word.parse::<u16>().ok());
        let status = code.and_then(|code| StatusCode::from_u16(code).ok());
        Self {
            which,
            status,
            change: Change::read(words),
            headers: headers(head),
            body: body.to_vec(),
        }
    }

    /// A header of every answer but sign-ins.
    pub(crate) fn header(name: HeaderName, value: HeaderValue) -> Self {
        Self {
            which: Which::Every,
            status: None,
            change: Change::Splice(0, 0),
            headers: vec![(name, value)],
            body: Vec::new(),
        }
    }

    /// Whether the vendor is not asked at all.
    pub(crate) fn is_in_between(&self) -> bool {
        matches!(self.change, Change::Instead)
    }

    pub(crate) fn of_sign_in(&self) -> bool {
        self.which == Which::SignIn
    }

    pub(crate) fn of_request(&self, number: usize) -> bool {
        match self.which {
            Which::Every => true,
            Which::SignIn => false,
            Which::Number(wanted) => wanted == number,
        }
    }

    pub(crate) fn apply(
        &self,
        mut response: Response<Bytes>,
        token: Option<&str>,
    ) -> Response<Bytes> {
        if let Some(status) = self.status {
            *response.status_mut() = status;
        }
        for (name, value) in &self.headers {
            response.headers_mut().insert(name, value.clone());
        }
        response.headers_mut().remove(header::CONTENT_LENGTH);
        let body = match token {
            Some(token) => echo(&self.body, token),
            None => self.body.clone(),
        };
        response.map(|vendors| self.over(&vendors, body))
    }

    fn over(&self, vendors: &[u8], body: Vec<u8>) -> Bytes {
        let (at, cut) = match &self.change {
            Change::Instead => return body.into(),
            Change::Splice(at, cut) => (*at, *cut),
            Change::Distort(distortion) => return distortion.apply(&vendors.to_vec().into()),
        };
        let at = at.min(vendors.len());
        let end = at.saturating_add(cut).min(vendors.len());
        [&vendors[..at], &body, &vendors[end..]].concat().into()
    }

    /// Whether the vendor's answers repeat `token`.
    pub(crate) fn repeats(&self, token: &str) -> bool {
        self.says(token) || (token.starts_with(ECHO) && self.says(ECHO))
    }

    /// Whether `text` stands in the input.
    pub(crate) fn says(&self, text: &str) -> bool {
        let values = self.headers.iter().map(|(_, value)| value.as_bytes());
        values
            .chain([&*self.body])
            .any(|part| cut_at(part, text.as_bytes()).is_some())
    }
}

impl Change {
    fn read<'w>(mut words: impl Iterator<Item = &'w str>) -> Self {
        let Some(word) = words.next() else {
            return Self::Instead;
        };
        let mut number = || words.next().and_then(|word| word.parse::<usize>().ok());
        Self::Distort(match word {
            "bom" => Distortion::ByteOrderMark,
            "wrong" => Distortion::WrittenWrongly,
            "renamed" => Distortion::RenamedLists,
            "null" => Distortion::NullLists,
            "twice" => Distortion::ListedTwice(number().unwrap_or(0) as u64),
            "flood" => Distortion::Flood(number().unwrap_or(0).min(MOST_ROWS)),
            "without" => Distortion::WithoutIds(words.map(str::to_owned).collect()),
            _ => match word.parse() {
                Ok(at) => return Self::Splice(at, number().unwrap_or(0)),
                Err(_) => return Self::Instead,
            },
        })
    }
}

impl Which {
    fn read(word: &str) -> Self {
        match word {
            "sign-in" => Self::SignIn,
            _ => word.parse().map_or(Self::Every, Self::Number),
        }
    }
}

fn echo(body: &[u8], token: &str) -> Vec<u8> {
    match cut_at(body, ECHO.as_bytes()) {
        Some((before, after)) => [before, token.as_bytes(), &echo(after, token)].concat(),
        None => body.to_vec(),
    }
}

fn headers(head: &[u8]) -> Vec<(HeaderName, HeaderValue)> {
    head.split(|byte| *byte == b'\n')
        .filter_map(|line| {
            let (name, value) = cut_at(line, b":")?;
            let name = HeaderName::from_bytes(name.trim_ascii()).ok()?;
            Some((name, HeaderValue::from_bytes(value.trim_ascii()).ok()?))
        })
        .collect()
}

fn cut_at<'d>(data: &'d [u8], mark: &[u8]) -> Option<(&'d [u8], &'d [u8])> {
    let at = data.windows(mark.len()).position(|bytes| bytes == mark)?;
    Some((&data[..at], &data[at + mark.len()..]))
}
