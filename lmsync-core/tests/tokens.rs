//! Tokens that expire: one sign-in for all, in time, and none lost.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::{Either, join_all, select};
use lmsync_core::auth::{AccessToken, Authorizer, TokenAuth, TokenSource};
use lmsync_core::http::{
    Budget, Call, Endpoint, HttpClient, Idempotency, Limiter, Meter, TransportErrorKind,
};
use lmsync_core::{Error, ErrorKind, Result, Secret, SharedClock};
use lmsync_testkit::{Line, Script, VirtualClock};

fn origin() -> Endpoint {
    Endpoint::parse("https://vendor.example").unwrap()
}

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Debug)]
struct Desk {
    clock: SharedClock,
    sign_ins: AtomicUsize,
    closed: AtomicUsize,
    /// How long a token lives, in seconds.
    lifetime: AtomicU64,
}

impl Desk {
    fn new() -> (Arc<Self>, TokenAuth, SharedClock) {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let desk = Arc::new(Self {
            clock: clock.clone(),
            sign_ins: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            lifetime: AtomicU64::new(HOUR.as_secs()),
        });
        let auth = TokenAuth::new(desk.clone(), clock.clone());
        (desk, auth, clock)
    }

    fn sign_ins(&self) -> usize {
        self.sign_ins.load(Ordering::SeqCst)
    }

    /// Refuses the next `times` sign-ins.
    fn close(&self, times: usize) {
        self.closed.store(times, Ordering::SeqCst);
    }
}

#[async_trait]
impl TokenSource for Desk {
    async fn fetch(&self, _meter: &Meter) -> Result<AccessToken> {
        let number = self.sign_ins.fetch_add(1, Ordering::SeqCst) + 1;
        self.clock.sleep(Duration::from_secs(1)).await;
        let closed = self.closed.load(Ordering::SeqCst);
        if closed > 0 {
            self.closed.store(closed - 1, Ordering::SeqCst);
            return Err(Error::new(ErrorKind::Authentication, "closed"));
        }
        let lifetime = Duration::from_secs(self.lifetime.load(Ordering::SeqCst));
        Ok(AccessToken::new(format!("token-{number}"), Some(lifetime)))
    }
}

async fn token(auth: &TokenAuth) -> Result<String> {
    let credential = auth.credential(&Meter::default()).await?;
    Ok(format!("{credential:?}")).map(|shown| {
        assert!(!shown.contains("token-"), "{shown}");
        shown
    })
}

#[tokio::test(start_paused = true)]
async fn fifty_callers_sign_in_once() {
    let (desk, auth, _) = Desk::new();
    let results = join_all((0..50).map(|_| token(&auth))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(desk.sign_ins(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_shown_of_it_counts_tokens_and_holds_none() {
    let (_, auth, _) = Desk::new();
    token(&auth).await.unwrap();
    let shown = format!("{auth:?}");
    assert!(shown.contains("generations: 1"), "{shown}");
    assert!(!shown.contains("token-"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_sign_in_is_told_to_all_and_tried_anew() {
    let (desk, auth, _) = Desk::new();
    desk.close(1);
    let results = join_all((0..50).map(|_| token(&auth))).await;
    assert!(results.iter().all(Result::is_err));
    assert_eq!(desk.sign_ins(), 1);
    token(&auth).await.unwrap();
    assert_eq!(desk.sign_ins(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_before_it_ends() {
    let (desk, auth, clock) = Desk::new();
    token(&auth).await.unwrap();
    clock.sleep(HOUR - Duration::from_secs(70)).await;
    token(&auth).await.unwrap();
    assert_eq!(desk.sign_ins(), 1);
    clock.sleep(Duration::from_secs(20)).await;
    token(&auth).await.unwrap();
    assert_eq!(desk.sign_ins(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_may_last_for_ever() {
    let (desk, auth, clock) = Desk::new();
    desk.lifetime.store(u64::MAX, Ordering::SeqCst);
    clock.sleep(HOUR).await;
    token(&auth).await.unwrap();
    clock.sleep(HOUR * 24).await;
    token(&auth).await.unwrap();
    assert_eq!(desk.sign_ins(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_valid_token_outlives_a_failed_early_refresh() {
    let (desk, auth, clock) = Desk::new();
    token(&auth).await.unwrap();
    clock.sleep(HOUR - Duration::from_secs(50)).await;
    desk.close(1);
    for _ in 0..10 {
        token(&auth).await.unwrap();
    }
    assert_eq!(
        desk.sign_ins(),
        2,
        "a failed refresh is not repeated at once"
    );
    clock.sleep(Duration::from_secs(31)).await;
    token(&auth).await.unwrap();
    assert_eq!(desk.sign_ins(), 3);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_during_a_sign_in_blocks_nobody() {
    let (desk, auth, clock) = Desk::new();
    let impatient = async {
        let patience = clock.sleep(Duration::from_millis(500));
        assert!(matches!(
            select(Box::pin(token(&auth)), patience).await,
            Either::Right(_)
        ));
    };
    let ((), patient) = futures_util::join!(impatient, token(&auth));
    patient.unwrap();
    assert_eq!(desk.sign_ins(), 1, "the others carry the sign-in on");
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_everybody_left_is_started_anew() {
    let (desk, auth, clock) = Desk::new();
    let patience = clock.sleep(Duration::from_millis(500));
    drop(select(Box::pin(token(&auth)), patience).await);
    token(&auth).await.unwrap();
    assert_eq!(desk.sign_ins(), 2);
}

#[tokio::test(start_paused = true)]
async fn only_the_refused_token_is_dropped() {
    let (desk, auth, _) = Desk::new();
    let meter = Meter::default();
    let old = auth.credential(&meter).await.unwrap();
    assert!(auth.renew(&old));
    let new = auth.credential(&meter).await.unwrap();
    // A second caller hears of the old token's end only now.
    assert!(auth.renew(&old));
    let kept = auth.credential(&meter).await.unwrap();
    assert_eq!(desk.sign_ins(), 2);
    assert_eq!(format!("{new:?}"), format!("{kept:?}"));
}

fn client(auth: TokenAuth, clock: &SharedClock, lines: Vec<Line>) -> (HttpClient, Script) {
    let script = Script::new(clock.clone(), lines);
    let limiter = Limiter::new(Budget::per_minute(1000, 50).unwrap(), clock.clone());
    let http = HttpClient::builder(Arc::new(script.clone()), limiter, clock.clone(), &origin())
        .authorizer(Arc::new(auth))
        .build();
    (http, script)
}

async fn get(http: &HttpClient) -> Result<()> {
    let url = "https://vendor.example/".parse().unwrap();
    let call = Call::post_json("get", &url, &(), Idempotency::Idempotent).unwrap();
    http.send(&call, &Meter::default(), |answer| answer.require_success())
        .await
}

fn bearers(script: &Script) -> Vec<String> {
    let text = |heard: &lmsync_testkit::Heard| {
        heard.request.headers()["authorization"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    script.heard().iter().map(text).collect()
}

#[tokio::test(start_paused = true)]
async fn a_401_renews_the_token_once() {
    let (desk, auth, clock) = Desk::new();
    let (http, script) = client(
        auth,
        &clock,
        vec![Line::answer(401, ""), Line::answer(200, "")],
    );
    get(&http).await.unwrap();
    assert_eq!(bearers(&script), ["Bearer token-1", "Bearer token-2"]);
    assert_eq!(desk.sign_ins(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_second_401_is_the_answer() {
    let (_, auth, clock) = Desk::new();
    let (http, script) = client(auth, &clock, vec![Line::answer(401, ""); 9]);
    assert_eq!(
        get(&http).await.unwrap_err().kind(),
        ErrorKind::Authentication
    );
    assert_eq!(script.heard().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn fifty_refused_at_once_renew_once() {
    let (desk, auth, clock) = Desk::new();
    let mut lines = vec![Line::answer(401, ""); 50];
    lines.extend(vec![Line::answer(200, ""); 50]);
    let (http, _) = client(auth, &clock, lines);
    let results = join_all((0..50).map(|_| get(&http))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(desk.sign_ins(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_while_waiting_for_a_turn_is_not_sent() {
    let (_, auth, clock) = Desk::new();
    let script = Script::new(clock.clone(), vec![Line::answer(200, ""); 2]);
    let limiter = Limiter::new(Budget::new(1, HOUR + HOUR, 1).unwrap(), clock.clone());
    let http = HttpClient::builder(Arc::new(script.clone()), limiter, clock.clone(), &origin())
        .authorizer(Arc::new(auth))
        .build();
    get(&http).await.unwrap();
    get(&http).await.unwrap();
    assert_eq!(bearers(&script), ["Bearer token-1", "Bearer token-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_lives_no_time_at_all_is_used_until_refused_and_not_fetched_for_each_call() {
    let (desk, auth, clock) = Desk::new();
    desk.lifetime.store(0, Ordering::SeqCst);
    let lines = std::iter::repeat_n(Line::answer(200, ""), 20).chain([Line::answer(401, "")]);
    let script = Script::new(clock.clone(), lines.chain([Line::answer(200, "")]));
    let limiter = Limiter::new(Budget::per_minute(100, 1).unwrap(), clock.clone());
    let http = HttpClient::builder(Arc::new(script.clone()), limiter, clock.clone(), &origin())
        .authorizer(Arc::new(auth))
        .build();
    for _ in 0..20 {
        get(&http).await.unwrap();
    }
    assert_eq!(desk.sign_ins(), 1);
    get(&http).await.unwrap();
    assert_eq!(bearers(&script)[20..], ["Bearer token-1", "Bearer token-2"]);
    assert_eq!(desk.sign_ins(), 2);
}

mod oauth {
    use lmsync_core::auth::{ClientAuth, Grant, OAuth, OAuthConfig};

    use super::*;

    fn config(grant: Grant) -> OAuthConfig {
        let url = "https://vendor.example/auth/token?tenant=acme";
        OAuthConfig::new(url.parse().unwrap(), grant, "the-id")
            .client_secret(Secret::from("the-5ecret&more"))
            .scopes(["read:assets", "read:customers"])
    }

    fn source_of(config: OAuthConfig, lines: Vec<Line>) -> (OAuth, Script) {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let script = Script::new(clock.clone(), lines);
        let limiter = Limiter::new(Budget::per_minute(100, 1).unwrap(), clock.clone());
        let transport = Arc::new(script.clone());
        let http = HttpClient::builder(transport, limiter, clock, &origin()).build();
        let source = OAuth::new(config, http);
        (source, script)
    }

    fn source(lines: Vec<Line>) -> (OAuth, Script) {
        source_of(config(Grant::ClientCredentials), lines)
    }

    /// The form of the request number `number`.
    fn form(script: &Script, number: usize) -> Vec<(String, String)> {
        let heard = &script.heard()[number];
        url::form_urlencoded::parse(heard.request.body())
            .into_owned()
            .collect()
    }

    fn value<'f>(form: &'f [(String, String)], name: &str) -> Option<&'f str> {
        let found = form.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    const TOKEN: &str = r#"{"access_token":"t0ken-1","expires_in":60}"#;

    #[tokio::test(start_paused = true)]
    async fn a_password_goes_into_the_form_and_a_public_client_has_no_secret() {
        let grant = Grant::Password {
            username: "me@example.com".to_owned(),
            password: Secret::from("pa55word"),
        };
        let config = config(grant)
            .client_auth(ClientAuth::None)
            .parameter("audience", "api");
        let (source, script) = source_of(config, vec![Line::answer(200, TOKEN)]);
        let token = source.fetch(&Meter::default()).await.unwrap();
        assert_eq!(token.secret.expose(), "t0ken-1");
        let form = form(&script, 0);
        for (name, sent) in [
            ("grant_type", Some("password")),
            ("username", Some("me@example.com")),
            ("password", Some("pa55word")),
            ("client_id", Some("the-id")),
            ("client_secret", None),
            ("scope", Some("read:assets read:customers")),
            ("audience", Some("api")),
        ] {
            assert_eq!(value(&form, name), sent, "{name}");
        }
        let shown = format!("{source:?}");
        assert!(
            !shown.contains("pa55") && !shown.contains("5ecret"),
            "{shown}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_may_be_named_in_a_basic_header() {
        let config = config(Grant::ClientCredentials).client_auth(ClientAuth::Basic);
        let (source, script) = source_of(config, vec![Line::answer(200, TOKEN)]);
        source.fetch(&Meter::default()).await.unwrap();
        let headers = script.heard()[0].request.headers().clone();
        let basic = headers["authorization"].to_str().unwrap();
        assert!(basic.starts_with("Basic "), "{basic}");
        assert_eq!(value(&form(&script, 0), "client_secret"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refresh_token_is_replaced_by_the_one_that_comes_and_told() {
        let told: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
        let hear = Arc::clone(&told);
        let next = r#"{"access_token":"a","refresh_token":"refresh-2"}"#;
        let lines = vec![Line::answer(200, next), Line::answer(200, TOKEN)];
        let grant = Grant::RefreshToken(Secret::from("refresh-1"));
        let (source, script) = source_of(config(grant), lines);
        let source = source.on_new_refresh_token(move |token| {
            hear.lock().unwrap().push(token.expose().to_owned());
        });
        for _ in 0..2 {
            source.fetch(&Meter::default()).await.unwrap();
        }
        assert_eq!(value(&form(&script, 0), "refresh_token"), Some("refresh-1"));
        assert_eq!(value(&form(&script, 1), "refresh_token"), Some("refresh-2"));
        assert_eq!(*told.lock().unwrap(), ["refresh-2"]);
        assert!(!format!("{source:?}").contains("refresh-"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_address_at_an_undeclared_host_is_asked_for_nothing() {
        let mut config = config(Grant::ClientCredentials);
        config.token_url = "https://evil.example/token".parse().unwrap();
        let (source, script) = source_of(config, vec![Line::answer(200, TOKEN)]);
        let error = source.fetch(&Meter::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("evil.example"), "{error}");
        assert!(script.heard().is_empty());
    }

    async fn fetch(lines: Vec<Line>) -> Result<AccessToken> {
        source(lines).0.fetch(&Meter::default()).await
    }

    #[tokio::test(start_paused = true)]
    async fn the_request_is_a_form_with_the_secret_in_the_body() {
        let (source, script) = source(vec![Line::answer(
            200,
            r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#,
        )]);
        let token = source.fetch(&Meter::default()).await.unwrap();
        assert_eq!(token.secret.expose(), "t");
        assert_eq!(token.lifetime, Some(HOUR));
        let request = &script.heard()[0].request;
        assert_eq!(request.uri().query(), Some("tenant=acme"));
        assert!(request.headers().get("authorization").is_none());
        let form: Vec<(String, String)> = url::form_urlencoded::parse(request.body())
            .into_owned()
            .collect();
        let value = |name: &str| {
            let pair = form.iter().find(|(key, _)| key == name);
            pair.map(|(_, value)| value.as_str())
        };
        assert_eq!(value("grant_type"), Some("client_credentials"));
        assert_eq!(value("client_id"), Some("the-id"));
        assert_eq!(value("client_secret"), Some("the-5ecret&more"));
        assert_eq!(value("scope"), Some("read:assets read:customers"));
    }

    #[tokio::test(start_paused = true)]
    async fn odd_token_answers_are_understood() {
        for (body, lifetime) in [
            (
                r#"{"access_token":"t","token_type":"bearer","expires_in":"3600"}"#,
                Some(HOUR),
            ),
            (r#"{"access_token":"t","expires_in":3600.0}"#, Some(HOUR)),
            (
                r#"{"access_token":"t","token_type":"Bearer","expires_in":null}"#,
                None,
            ),
            (
                r#"{"access_token":"t","scope":"all","id_token":"x","expires_in":"soon"}"#,
                None,
            ),
        ] {
            let token = fetch(vec![Line::answer(200, body)]).await.expect(body);
            assert_eq!(token.secret.expose(), "t");
            assert_eq!(token.lifetime, lifetime, "{body}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_of_an_unreadable_answer_is_shown() {
        for body in [
            r#"{"access_token":5,"secret_part":"tok-5ecret"}"#,
            r#"{"access_tokem":"tok-5ecret"}"#,
            r#""tok-5ecret""#,
        ] {
            let error = fetch(vec![Line::answer(200, body)]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            let mut shown = format!("{error} {error:?}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                shown += &format!(" {cause} {cause:?}");
                source = cause.source();
            }
            assert!(!shown.contains("5ecret"), "{shown}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_and_a_passing_failure_are_told_apart() {
        let refused = fetch(vec![Line::answer(401, r#"{"error":"invalid_client"}"#)]).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Authentication);
        let passing = vec![
            Line::failure(TransportErrorKind::Connect),
            Line::answer(503, ""),
            Line::answer(200, r#"{"access_token":"tok-5ec"#),
            Line::answer(200, "<html>busy</html>"),
            Line::answer(200, r#"{"access_token":"t","token_type":"Bearer"}"#),
        ];
        fetch(passing).await.unwrap();
    }
}

mod sign_in {
    use lmsync_core::auth::SignIn;

    use super::*;

    fn source(lines: Vec<Line>) -> (SignIn, Script) {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let script = Script::new(clock.clone(), lines);
        let limiter = Limiter::new(Budget::per_minute(100, 1).unwrap(), clock.clone());
        let transport = Arc::new(script.clone());
        let http = HttpClient::builder(transport, limiter, clock, &origin()).build();
        let steps = SignIn::new(http, |client| async move {
            let login = "https://vendor.example/login".parse().unwrap();
            let form = [("user", "me"), ("password", "pa55&word")];
            let session = client.post_form(&login, &form).await?;
            let cookie = session.secret_header("x-session").unwrap();
            let exchange = "https://vendor.example/jwt".parse().unwrap();
            let answer = client.post_json(&exchange, cookie.expose()).await?;
            assert_eq!(format!("{answer:?}"), "SignInAnswer { .. }");
            answer.token_at("/data/jwt", "/data/expires_in")
        });
        (steps, script)
    }

    fn session() -> Line {
        Line::answer(200, "").header("x-session", "5ession-1")
    }

    #[tokio::test(start_paused = true)]
    async fn steps_of_ones_own_lead_to_a_token() {
        let token = r#"{"data":{"jwt":"j.w.t","expires_in":"90"}}"#;
        let (source, script) = source(vec![session(), Line::answer(200, token)]);
        let token = source.fetch(&Meter::default()).await.unwrap();
        assert_eq!(token.secret.expose(), "j.w.t");
        assert_eq!(token.lifetime, Some(Duration::from_secs(90)));
        let bodies: Vec<_> = script
            .heard()
            .iter()
            .map(|heard| heard.request.body().clone())
            .collect();
        assert_eq!(bodies, ["user=me&password=pa55%26word", "\"5ession-1\""]);
    }

    #[tokio::test(start_paused = true)]
    async fn of_an_answer_nothing_is_shown_and_a_refusal_is_told_from_a_failure() {
        for (line, kind) in [
            (
                Line::answer(401, "s3cr3t in a body"),
                ErrorKind::Authentication,
            ),
            (
                Line::answer(400, "s3cr3t in a body"),
                ErrorKind::Authentication,
            ),
            (Line::answer(404, "s3cr3t in a body"), ErrorKind::NotFound),
            (Line::answer(200, "<html>s3cr3t</html>"), ErrorKind::Decode),
            (
                Line::answer(200, r#"{"data":{"token":"s3cr3t"}}"#),
                ErrorKind::Decode,
            ),
        ] {
            let (source, _) = source(vec![
                session(),
                line.clone(),
                line.clone(),
                line.clone(),
                line.clone(),
                line,
            ]);
            let error = source.fetch(&Meter::default()).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.hint().is_some(), "{error}");
            assert!(
                !format!("{error:?} {error}").contains("s3cr3t"),
                "{error:?}"
            );
        }
    }
}
