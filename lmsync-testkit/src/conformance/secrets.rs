//! A secret never leaves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lmsync_core::{AssetQuery, CheckScope, Connector, ConnectorExt};

use super::profile::host;
use super::stage::Listing;
use super::wire::message;
use super::{Stage, Subject, Vendor, WRONG_SECRET, WRONG_SECRET_TO_ENCODE};
use crate::{Fault, Log};

/// A run of this many characters of a secret counts as a part of it.
const PART: usize = 8;
/// A run of this many bytes is a run of eight characters in base64, wherever it stands.
const PART_FOR_BASE64: usize = 6;

/// What a vendor may answer with when it sends a secret back.
pub(crate) const ECHOING_STATUSES: [u16; 8] = [200, 400, 401, 403, 404, 422, 429, 500];

pub(super) fn expect_no_secret<S: Subject>(what: &str, text: &str) {
    expect_none_of(&S::secrets(), what, text);
}

/// `text` holds no part of `secrets`, nor of those that no vendor knows.
pub(crate) fn expect_none_of(secrets: &[String], what: &str, text: &str) {
    let wrong = [WRONG_SECRET.to_owned(), WRONG_SECRET_TO_ENCODE.to_owned()];
    for secret in secrets.iter().chain(&wrong) {
        assert!(secret.len() >= PART, "a secret long enough to be found");
        for part in parts(secret) {
            assert!(!text.contains(&part), "{what} shows {part:?}: {text}");
        }
    }
}

/// Every part of `secret`, plain and in each form in which it may travel.
fn parts(secret: &str) -> Vec<String> {
    let windows = |length| {
        let starts = 0..secret.len();
        starts.filter_map(move |start| secret.get(start..start + length))
    };
    let mut parts = Vec::new();
    for part in windows(PART) {
        let percent = percent_encoded(part);
        parts.extend([part.to_owned(), percent.to_lowercase(), percent]);
        parts.push(part.replace('/', "\\/"));
    }
    for part in windows(PART_FOR_BASE64) {
        let base64 = base64(part.as_bytes());
        parts.extend([base64.replace('+', "-").replace('/', "_"), base64]);
    }
    parts
}

/// `text` as forms and addresses write it.
fn percent_encoded(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// `bytes` in base64; what does not fill four characters is left out.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (threes, _) = bytes.as_chunks::<3>();
    let letters = threes.iter().flat_map(|[first, second, third]| {
        let bits = u32::from_be_bytes([0, *first, *second, *third]);
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift & 63) as usize]))
    });
    letters.collect()
}

fn both<S: Subject>() -> [Stage<S>; 2] {
    [Stage::with(5), Stage::with_wrong_secret(5)]
}

/// The connector, its listings and what they give show no secret.
pub async fn no_debug_output_shows_a_secret<S: Subject>() {
    for stage in both::<S>() {
        let stream = stage.connector.assets(AssetQuery::new());
        expect_no_secret::<S>("the listing", &format!("{stream:?}"));
        let listing = Listing::of(stream).await;
        expect_no_secret::<S>("what it gave", &format!("{listing:?}"));
        expect_no_secret::<S>("the connector", &format!("{:?}", stage.connector));
        expect_no_secret::<S>("the connector", &format!("{:#?}", stage.connector));
        let report = stage.connector.check(CheckScope::two_way()).await;
        expect_no_secret::<S>("the report", &format!("{report:?}"));
    }
}

/// A connector that is in a panic's message shows no secret there.
pub async fn no_panic_shows_a_secret<S: Subject>() {
    for stage in both::<S>() {
        let _ = stage.list(AssetQuery::new()).await;
        let connector = stage.connector.clone();
        let panics = || panic!("no use for {connector:?}");
        let panic = catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
        let said = message(panic.as_ref());
        assert!(said.len() > "no use for ".len(), "{said}");
        expect_no_secret::<S>("a panic", said);
    }
}

/// What is written to files shows no secret: records with all that the vendor sent,
/// checkpoints, rejections, and the report of a check.
pub async fn no_report_shows_a_secret<S: Subject>() {
    for stage in both::<S>() {
        let mut stream = stage.connector.assets(AssetQuery::new().raw());
        let mut written = Vec::new();
        while let Some(Ok(asset)) = futures_util::StreamExt::next(&mut stream).await {
            written.push(serde_json::to_string(&asset).unwrap());
        }
        written.push(serde_json::to_string(&stream.checkpoint()).unwrap());
        written.push(serde_json::to_string(&stream.summary()).unwrap());
        if let Ok((customers, _)) = stage.connector.collect_customers().await {
            written.push(serde_json::to_string(&customers).unwrap());
        }
        let report = stage.connector.check(CheckScope::two_way()).await;
        written.push(serde_json::to_string(&report).unwrap());
        for status in ECHOING_STATUSES {
            stage.faults.inject_always(Fault::Echo(status));
            let report = stage.connector.check(CheckScope::two_way()).await;
            written.push(serde_json::to_string(&report).unwrap());
        }
        expect_no_secret::<S>("what is written", &written.join("\n"));
    }
}

/// No error shows a secret, not even one that the vendor sends back: neither the one that
/// the request carried nor one before it.
pub async fn no_error_shows_a_secret<S: Subject>() {
    for secret in S::secrets() {
        for status in ECHOING_STATUSES {
            for is_signed_in in [false, true] {
                let stage = Stage::<S>::with(5);
                if is_signed_in {
                    let _ = stage.list_all().await;
                    // Where there are tokens, the next one is another.
                    let next = stage.faults.sent() + 1;
                    stage.faults.inject(next, Fault::status(401));
                    let _ = stage.list(AssetQuery::new()).await;
                }
                expect_masked(&stage, quoting(&secret, status)).await;
            }
        }
    }
}

/// An answer with `secret` in its headers and its body.
pub(super) fn quoting(secret: &str, status: u16) -> Fault {
    Fault::Answer {
        status,
        headers: vec![("x-request-id", secret.to_owned())],
        body: format!("{{\"error\":\"bad token {secret}!\"}}").into(),
    }
}

/// Nor what the vendor sends back of a request, in whatever form the secret travelled.
pub async fn no_error_shows_what_a_request_carried<S: Subject>() {
    for secret in [WRONG_SECRET, WRONG_SECRET_TO_ENCODE] {
        for status in ECHOING_STATUSES {
            let connect = |environment: &_| S::connect_with_secret(environment, secret);
            let stage = Stage::<S>::connecting(5, connect);
            expect_masked(&stage, Fault::Echo(status)).await;
        }
    }
    for status in ECHOING_STATUSES {
        let stage = Stage::<S>::with(5);
        // Signed in, so that what the vendor handed out travels too.
        let _ = stage.list_all().await;
        expect_masked(&stage, Fault::Echo(status)).await;
    }
}

/// Lets `fault` answer everything; nothing that comes of it shows a secret.
async fn expect_masked<S: Subject>(stage: &Stage<S>, fault: Fault) {
    stage.faults.inject_always(fault);
    let listing = stage.list(AssetQuery::new()).await;
    let error = listing.error.expect("an error");
    let mut shown = format!("{error} {error:?} {:?}", listing.summary);
    shown += &serde_json::to_string(&(error.to_report(), &listing.summary)).unwrap();
    let mut cause = std::error::Error::source(&error);
    while let Some(source) = cause {
        shown += &format!(" {source} {source:?}");
        cause = source.source();
    }
    let report = stage.connector.check(CheckScope::read()).await;
    shown += &format!(" {report:?}");
    expect_no_secret::<S>("an error", &shown);
}

/// Nothing logged at TRACE shows a secret.
pub async fn no_log_shows_a_secret<S: Subject>() {
    let log = Log::start();
    for stage in both::<S>() {
        stage
            .vendor
            .simulator()
            .with(|vendor| vendor.refuse_next(1));
        stage.faults.inject(2, Fault::status(500));
        let _ = stage.list(AssetQuery::new()).await;
        let _ = stage.connector.collect_customers().await;
        let _ = stage.connector.check(CheckScope::two_way()).await;
    }
    let text = log.finish();
    assert!(text.contains("a try failed"), "failures are logged: {text}");
    expect_no_secret::<S>("the log", &text);
}

/// No address holds a secret: addresses are logged by everything on the way.
pub async fn no_address_holds_a_secret<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let _ = stage.list_all().await;
    let _ = stage.connector.collect_customers().await;
    for request in stage.vendor.recorded() {
        expect_no_secret::<S>("an address", &request.uri.to_string());
    }
}

/// All requests of a connector go to the vendor's hosts, over TLS. Where a vendor has hosts to sign
/// in at, sign-ins go to these and all else to the others.
pub async fn nothing_is_sent_to_another_host<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let first = stage.list_all().await.remove(0).id();
    let _ = stage.connector.asset(&first).await;
    let _ = stage.connector.collect_customers().await;
    let _ = stage.connector.check(CheckScope::read()).await;
    expect_at_home(&stage);
}

/// Asserts that all requests so far went to the vendor's hosts, over TLS.
pub(super) fn expect_at_home<S: Subject, C: Connector + ?Sized>(stage: &Stage<S, C>) {
    let (profile, sent) = (S::profile(), stage.vendor.recorded());
    for request in &sent {
        assert_eq!(request.uri.scheme_str(), Some("https"), "{}", request.uri);
        let hosts = profile.hosts_for(profile.is_sign_in(request), &sent);
        assert!(
            hosts.contains(&host(request)),
            "{} is not one of {hosts:?}",
            request.uri
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_each_form() {
        let secret = WRONG_SECRET_TO_ENCODE;
        let hides = |text: &str| !parts(secret).iter().any(|part| text.contains(part));
        assert!(hides("nothing of it"));
        let last = &secret[secret.len() - PART..];
        assert!(!hides(last) && hides(&last[1..]));
        assert!(!hides(&secret[..PART]) && hides(&secret[..PART - 1]));
        for padding in ["", "i", "id", "id:"] {
            let whole = format!("{padding}{secret}xx");
            assert!(!hides(&base64(whole.as_bytes())), "{whole}");
        }
        assert!(!hides(&format!(
            "client_secret={}",
            percent_encoded(secret)
        )));
        assert_eq!(percent_encoded("a+/ é"), "a%2B%2F%20%C3%A9");
        assert_eq!(percent_encoded("azAZ09-._~"), "azAZ09-._%7E");
        assert_eq!(
            parts("12345678").first().map(String::as_str),
            Some("12345678")
        );
        assert_eq!(base64(b"Man"), "TWFu");
    }
}
