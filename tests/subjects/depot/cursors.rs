//! Devices by cursors that come in a header, with all there is to know and a count.

use async_trait::async_trait;
use lmsync::http::{Answer, Call, Meter, Received};
use lmsync::json::KeepRaw;
use lmsync::listing::{ListSource, Next, Page, PageKey};
use lmsync::model::Asset;
use lmsync::{AssetQuery, AssetStream, Environment, Result};

use super::connector::{Api, Depot, List, Way, assets, key_header};

/// A connector to the account that `key` opens.
pub(super) fn connect_in(environment: &Environment, key: &str) -> Result<Depot<Cursors>> {
    let api = Api::with_key(environment, key, key_header(key)?, |none| none)?;
    Ok(Depot { api, way: Cursors })
}

#[derive(Debug)]
pub(super) struct Cursors;

impl Way for Cursors {
    const DEVICES: &str = "/v2/devices";

    fn assets(&self, api: &Api, query: AssetQuery) -> AssetStream {
        let (api, raw) = (api.clone(), query.raw.into());
        let account = api.account.clone();
        account.list(Devices { api, raw }, query, "devices by cursor")
    }
}

struct Devices {
    api: Api,
    raw: KeepRaw,
}

#[async_trait]
impl ListSource for Devices {
    type Record = Asset;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let mut url = self.api.endpoint.join(Cursors::DEVICES)?;
        if let Some(cursor) = at.cursor() {
            url.query_pairs_mut().append_pair("after", cursor);
        }
        let read = |answer: &Answer<'_>| {
            answer.require_success()?;
            let list: List = answer.json()?;
            let next = match answer.header(super::CURSOR_HEADER) {
                Some(cursor) if !cursor.is_empty() => Next::Cursor(cursor.to_owned()),
                _ => Next::End,
            };
            let at = answer.received_at();
            Ok((Received { value: list, at }, next))
        };
        let call = Call::get("list devices", &url)?;
        let http = self.api.http();
        let (list, next) = http.send(&call, meter, read).await?;
        let page = assets(&list, next, self.raw, self.api.account.origin());
        Ok(page.with_total(list.value.total))
    }
}
