//! Parts that all makers connect with: keys as people paste them, clients, refusals.

use http::StatusCode;
use lmsync_core::http::{Answer, Endpoint, HttpClient};
use lmsync_core::{Error, ErrorKind, Result, RetryClass, Secret, SecretSource, input};

/// The instance that requests of a lookup bear in spans and metrics: a maker has one key.
pub(crate) const INSTANCE: &str = "warranty";
/// Words by which a maker says that a budget is used up, whatever the status.
///
/// Seen: Cisco's gateway answers 403 with the first; HP's is of a kind that says the second two. Assumed: the
/// others, which gateways say.
const QUOTA_WORDS: [&str; 8] = [
    "over_qps",
    "over_rate",
    "over qps",
    "quotaviolation",
    "spikearrest",
    "quota exceeded",
    "rate limit",
    "too many requests",
];
/// The bytes of an answer that are looked at for them.
const LOOKED_AT: usize = 1024;

/// A client, and the origin that it sends to.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) http: HttpClient,
    pub(crate) endpoint: Endpoint,
}

/// The bare text of a key, as people paste it.
pub(crate) fn pasted(name: &str, source: &SecretSource) -> Result<Secret> {
    input::token(name, &source.resolve()?)
}

/// Refuses every answer but a success.
///
/// # Errors
/// The error that the status stands for; `rate_limited` where the answer says that a budget is used up, and `vendor`
/// for a page of 404, which is about the address and not about a machine.
pub(crate) fn require_success(answer: &Answer<'_>) -> Result<()> {
    let Err(error) = answer.require_success() else {
        return Ok(());
    };
    if says_quota(answer) {
        return Err(used_up(answer.error(ErrorKind::RateLimited, USED_UP)));
    }
    match answer.status() {
        StatusCode::NOT_FOUND if answer.is_html() => Err(answer
            .error(ErrorKind::Vendor, "there is no such API at this address")
            .with_hint("check `endpoint`")),
        _ => Err(error),
    }
}

/// The message of a budget that is used up.
pub(crate) const USED_UP: &str = "the maker says that its budget of requests is used up";

/// `error` with what the user does about a budget that is used up.
pub(crate) fn used_up(error: Error) -> Error {
    error
        .with_retry(RetryClass::Safe)
        .with_hint("lower `requests_per_minute`, or look up again later")
}

/// Tells whether `answer` says that a budget is used up.
pub(crate) fn says_quota(answer: &Answer<'_>) -> bool {
    let body = &answer.body()[..answer.body().len().min(LOOKED_AT)];
    let body = String::from_utf8_lossy(body);
    let headers = ["x-mashery-error-code", "x-error-detail-header"];
    let told = headers.into_iter().filter_map(|name| answer.header(name));
    let text = told
        .chain([&*body])
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    QUOTA_WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;
    use lmsync_core::http::Redactor;

    use super::*;

    fn failure(status: u16, header: &str, body: &'static str) -> Error {
        let response = http::Response::builder()
            .status(status)
            .header("x-mashery-error-code", header)
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap();
        let answer = Answer::new(&response, Redactor::default(), DateTime::UNIX_EPOCH);
        require_success(&answer).expect_err(body)
    }

    #[test]
    fn a_budget_that_is_used_up_is_told_from_a_key_that_may_not() {
        for (status, header, body) in [
            (
                403,
                "ERR_403_DEVELOPER_OVER_QPS",
                "<h1>Developer Over Qps</h1>",
            ),
            (403, "", "<h1>Developer Over Qps</h1>"),
            (403, "ERR_403_DEVELOPER_OVER_RATE", ""),
            (403, "", r#"{"message":"Rate limit reached for this key"}"#),
            (429, "", "429 Ratelimit Exceeded"),
            (
                500,
                "",
                r#"{"fault":{"detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}"#,
            ),
        ] {
            let error = failure(status, header, body);
            assert_eq!(error.kind(), ErrorKind::RateLimited, "{status} {body}");
            assert_eq!(error.retry(), RetryClass::Safe);
        }
        let other = failure(
            403,
            "",
            r#"{"ErrorResponse":{"APIError":[{"ErrorCode":"API_NOTAUTHORIZED"}]}}"#,
        );
        assert_eq!(other.kind(), ErrorKind::Permission);
        assert_eq!(failure(401, "", "").kind(), ErrorKind::Authentication);
    }
}
