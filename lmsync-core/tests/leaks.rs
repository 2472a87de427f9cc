//! Secrets of a sign-in stay in it, and odd answers to it are understood.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use lmsync_core::auth::{
    Authorizer, ClientAuth, Credential, Grant, HeaderAuth, OAuth, OAuthConfig, SignIn, TokenAuth,
    TokenSource,
};
use lmsync_core::http::{
    Answer, Budget, Call, Endpoint, HttpClient, HttpClientBuilder, Idempotency, Limiter, Meter,
    Redactor,
};
use lmsync_core::{Environment, Error, ErrorKind, Result, Secret, SharedClock};
use lmsync_testkit::{Line, Script, VirtualClock};
use url::Url;

struct Stage {
    script: Script,
    clock: SharedClock,
    environment: Environment,
    redactor: Redactor,
}

impl Stage {
    fn new(lines: impl IntoIterator<Item = Line>) -> Self {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let script = Script::new(clock.clone(), lines);
        Self {
            environment: Environment::new(Arc::new(script.clone()), clock.clone()),
            redactor: Redactor::default(),
            script,
            clock,
        }
    }

    fn builder(&self) -> HttpClientBuilder {
        let limiter = Limiter::new(Budget::per_minute(1000, 50).unwrap(), self.clock.clone());
        let origin = Endpoint::parse("https://vendor.example").unwrap();
        self.environment
            .client(limiter, &origin)
            .redactor(self.redactor.clone())
    }

    fn http(&self) -> HttpClient {
        self.builder().build()
    }

    /// The error of a read with tokens from `source`.
    async fn refused(&self, source: impl TokenSource) -> Error {
        let tokens = TokenAuth::new(Arc::new(source), self.clock.clone());
        let http = self.builder().authorizer(Arc::new(tokens)).build();
        read(&http, &url("/things")).await.unwrap_err()
    }
}

fn url(path: &str) -> Url {
    Url::parse("https://vendor.example")
        .unwrap()
        .join(path)
        .unwrap()
}

async fn read(http: &HttpClient, url: &Url) -> Result<u8> {
    let meter = Meter::default();
    let received = http.get_json("read", url, &meter).await?;
    Ok(received.value)
}

fn success(answer: &Answer<'_>) -> Result<()> {
    answer.require_success()
}

fn basic_client() -> OAuthConfig {
    OAuthConfig::new(url("/token"), Grant::ClientCredentials, "the-id")
        .client_secret(Secret::from("the-5ecret"))
        .client_auth(ClientAuth::Basic)
}

const TOKEN: &str = r#"{"access_token":"tok-5ecret"}"#;
const PAIR: &str = "dGhlLWlkOnRoZS01ZWNyZXQ=";

#[tokio::test(start_paused = true)]
async fn the_basic_header_of_a_client_is_sensitive() {
    let stage = Stage::new([Line::answer(200, TOKEN)]);
    let source = OAuth::new(basic_client(), stage.http()).explain(success);
    source.fetch(&Meter::default()).await.unwrap();
    let headers = stage.script.heard()[0].request.headers().clone();
    assert_eq!(headers["authorization"], format!("Basic {PAIR}"));
    assert!(!format!("{headers:?}").contains(PAIR), "{headers:?}");
}

#[tokio::test(start_paused = true)]
async fn the_basic_header_of_a_client_is_masked_in_an_echo() {
    let stage = Stage::new([
        Line::answer(200, TOKEN),
        Line::answer(400, format!("x {PAIR}")),
    ]);
    let source = OAuth::new(basic_client(), stage.http()).explain(success);
    let error = stage.refused(source).await;
    assert!(!error.to_string().contains("dGhlLWlk"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_a_sign_in_quotes_nothing() {
    let stage = Stage::new([
        Line::answer(400, r#"{"error":"not tok-5ecret"}"#).header("x-request-id", "tok-5ecret")
    ]);
    let source = OAuth::new(basic_client(), stage.http());
    let error = source.fetch(&Meter::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.hint().unwrap().starts_with("check the credentials"));
    let report = serde_json::to_string(&error.to_report()).unwrap();
    let shown = format!("{error} {error:?} {report}");
    assert!(!shown.contains("5ecret"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn basic_is_masked_without_its_padding_too() {
    let stage = Stage::new([Line::answer(400, "x YW5uOnRvay01ZWNyZXQ")]);
    let credential = Credential::basic("ann", &Secret::from("tok-5ecret")).unwrap();
    let http = stage
        .builder()
        .authorizer(Arc::new(HeaderAuth::new(credential)))
        .build();
    let error = read(&http, &url("/things")).await.unwrap_err();
    assert!(!error.to_string().contains("YW5u"), "{error}");
}

#[test]
fn what_is_shown_of_a_call_holds_no_body() {
    let fields = [("password", "pw-5ecret")];
    let call = Call::post_form("sign-in", &url("/"), &fields, Idempotency::Idempotent).unwrap();
    let shown = format!("{call:?}");
    assert!(!shown.contains("5ecret"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_a_step_was_given_is_masked_in_an_echo() {
    let stage = Stage::new([
        Line::answer(200, "").header("x-session", "session-5ecret"),
        Line::answer(200, r#"{"t":"tok-5ecret"}"#),
        Line::answer(400, "x session-5ecret"),
    ]);
    let source = SignIn::new(stage.http(), |client| async move {
        let session = client.post_form(&url("/login"), &[]).await?;
        let session = session.secret_header("x-session").unwrap();
        let answer = client.post_json(&url("/jwt"), session.expose()).await?;
        answer.token_at("/t", "/ttl")
    });
    let error = stage.refused(source).await;
    assert!(!error.to_string().contains("5ecret"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_client_secret_is_masked_however_many_tokens_came_since() {
    let stage = Stage::new([Line::answer(200, TOKEN), Line::answer(400, "x the-5ecret")]);
    let config = basic_client().client_auth(ClientAuth::Body);
    let source = OAuth::new(config, stage.http()).explain(success);
    let tokens = TokenAuth::new(Arc::new(source), stage.clock.clone());
    let http = stage.builder().authorizer(Arc::new(tokens.clone())).build();
    tokens.credential(&Meter::default()).await.unwrap();
    for number in 0..16 {
        stage
            .redactor
            .learn(&Secret::from(format!("other-{number}")));
    }
    let error = read(&http, &url("/things")).await.unwrap_err();
    assert!(!error.to_string().contains("5ecret"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_that_is_no_text_is_none() {
    for body in [
        r#"{"access_token":"t","refresh_token":false}"#,
        r#"{"access_token":"t","refresh_token":""}"#,
    ] {
        let stage = Stage::new(vec![Line::answer(200, body), Line::answer(200, TOKEN)]);
        let config = OAuthConfig::new(
            url("/token"),
            Grant::RefreshToken(Secret::from("refresh-1")),
            "the-id",
        );
        let source = OAuth::new(config, stage.http()).explain(success);
        source.fetch(&Meter::default()).await.expect(body);
        source.fetch(&Meter::default()).await.expect(body);
        let heard = &stage.script.heard()[1].request;
        let sent = String::from_utf8_lossy(heard.body()).into_owned();
        assert!(sent.contains("refresh_token=refresh-1"), "{sent}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_answer_of_201_holds_a_token() {
    let stage = Stage::new([Line::answer(201, TOKEN)]);
    let source = OAuth::new(basic_client(), stage.http()).explain(success);
    source.fetch(&Meter::default()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_a_step_that_is_cut_is_asked_for_again() {
    let stage = Stage::new([
        Line::answer(200, r#"{"t":"tok-5e"#),
        Line::answer(200, r#"{"t":"tok-5ecret"}"#),
    ]);
    let source = SignIn::new(stage.http(), |client| async move {
        client
            .post_form(&url("/login"), &[])
            .await?
            .token_at("/t", "/ttl")
    });
    source.fetch(&Meter::default()).await.unwrap();
}

#[test]
fn a_blob_is_no_address_of_the_vendors() {
    let stage = Stage::new([]);
    let link = "blob:https://vendor.example/x";
    assert!(stage.http().next_link(&url("/"), link).is_err());
    assert!(
        Endpoint::parse("https://vendor.example")
            .unwrap()
            .join(link)
            .is_err()
    );
}

#[test]
fn a_link_of_nothing_is_no_link() {
    let stage = Stage::new([]);
    assert!(stage.http().next_link(&url("/"), " ").is_err());
}

#[tokio::test(start_paused = true)]
async fn an_address_with_a_user_is_not_asked() {
    let stage = Stage::new([Line::answer(200, "1")]);
    let address = Url::parse("https://user:5ecret@vendor.example/").unwrap();
    let http = stage.http();
    assert!(read(&http, &address).await.is_err());
    assert!(stage.script.heard().is_empty());
}
