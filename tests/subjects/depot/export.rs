//! Devices by an export that is ordered, waited for and fetched; tokens from a host apart.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lmsync::auth::{ClientAuth, Grant, OAuth, OAuthConfig, TokenAuth};
use lmsync::http::{Call, Endpoint, Idempotency, Meter, Received, Redactor};
use lmsync::json::{KeepRaw, Scalar};
use lmsync::listing::{ListSource, Next, Page, PageKey};
use lmsync::model::Asset;
use lmsync::{AssetQuery, AssetStream, Environment, Error, ErrorKind, Result, Secret};
use serde::Deserialize;
use serde_json::json;

use super::connector::{Api, CONNECTOR, Depot, INSTANCE, List, Way, advising, assets, limiter};

const BETWEEN_LOOKS: Duration = Duration::from_secs(10);
/// An export that takes longer never comes.
const MOST_LOOKS: u32 = 180;

/// A connector to the account that the client secret `secret` opens.
pub(super) fn connect_in(environment: &Environment, secret: &str) -> Result<Depot<Export>> {
    let (limiter, redactor) = (limiter(environment, secret)?, Redactor::default());
    let login = Endpoint::parse(&format!("https://{}", super::LOGIN_HOST))?;
    let account = environment.for_account(CONNECTOR, INSTANCE);
    let sign_in = advising(account.client(limiter.clone(), &login))
        .redactor(redactor.clone())
        .build();
    let grant = Grant::ClientCredentials;
    let config = OAuthConfig::new(login.join("/token")?, grant, super::CLIENT_ID)
        .client_secret(Secret::from(secret))
        .client_auth(ClientAuth::Basic);
    let oauth = OAuth::new(config, sign_in);
    let tokens = TokenAuth::new(Arc::new(oauth), environment.clock.clone());
    let api = Api::new(environment, limiter, redactor, Arc::new(tokens), |none| {
        none
    })?;
    Ok(Depot { api, way: Export })
}

#[derive(Debug)]
pub(super) struct Export;

impl Way for Export {
    fn assets(&self, api: &Api, query: AssetQuery) -> AssetStream {
        let (api, raw) = (api.clone(), query.raw.into());
        let account = api.account.clone();
        account.list(Devices { api, raw }, query, "devices exported")
    }
}

struct Devices {
    api: Api,
    raw: KeepRaw,
}

#[derive(Deserialize)]
struct Job {
    id: Scalar,
    #[serde(default)]
    ready: Scalar,
}

impl Devices {
    /// The id of a new export.
    async fn order(&self, meter: &Meter) -> Result<String> {
        let url = self.api.endpoint.join("/v1/exports")?;
        // An export that nobody fetches costs nothing: it may be ordered again.
        let order = Call::post_json("order export", &url, &json!({}), Idempotency::Idempotent)?;
        let http = self.api.http();
        http.send(&order, meter, |answer| {
            answer.require_success()?;
            let job: Job = answer.json()?;
            let none = || Error::new(ErrorKind::Decode, "the export has no id");
            job.id.clean().ok_or_else(none)
        })
        .await
    }

    async fn wait_for(&self, id: &str, meter: &Meter) -> Result<()> {
        let url = self.api.endpoint.path(["v1", "exports", id])?;
        for _ in 0..MOST_LOOKS {
            let job: Received<Job> = self.api.get("look at export", &url, meter).await?;
            if job.value.ready.text() == Some("true") {
                return Ok(());
            }
            self.api.http().clock().sleep(BETWEEN_LOOKS).await;
        }
        let late = Error::new(
            ErrorKind::Timeout,
            "the export is not ready after half an hour",
        );
        Err(late.with_hint("run the sync again"))
    }
}

#[async_trait]
impl ListSource for Devices {
    type Record = Asset;

    async fn page(&self, _at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let id = self.order(meter).await?;
        self.wait_for(&id, meter).await?;
        let url = self.api.endpoint.path(["v1", "exports", &id, "rows"])?;
        let list: Received<List> = self.api.get("fetch export", &url, meter).await?;
        let origin = self.api.account.origin();
        Ok(assets(&list, Next::End, self.raw, origin))
    }
}
