//! The endpoints: one function each, from parameters to one page of wire types.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync_core::http::{Answer, Call, Endpoint, HttpClient, Idempotency, Meter};
use lmsync_core::json::{KeepRaw, LenientObject, RowInList, Rows, WireRow, read_rows};
use lmsync_core::model::AssetId;
use lmsync_core::tenant_fields::TenantFields;
use lmsync_core::{Account, Error, ErrorKind, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

use crate::answers::{self, Right};
use crate::quirks::merging::Merging;
use crate::quirks::owners::Owners;
use crate::quirks::raw;
use crate::wire;

const ASSETS: &str = "/api/v1/customer_assets";
const CUSTOMERS: &str = "/api/v1/customers";
const ME: &str = "/api/v1/me";

/// The installed applications to ask for at once.
const APPLICATIONS: u32 = 100;

/// The name in errors of reading one asset.
pub(crate) const READ_ASSET: &str = "reading an asset";

/// The calls of one account.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) account: Account,
    pub(crate) endpoint: Endpoint,
    /// The properties in which the tenant keeps what Syncro has no field for.
    pub(crate) fields: TenantFields,
    /// The customers that listings of assets gather.
    pub(crate) owners: Arc<Owners>,
    /// The fate of properties that a change does not send.
    pub(crate) merging: Merging,
}

/// One page as it came.
#[derive(Debug)]
pub(crate) struct ListPage<R> {
    pub(crate) rows: Vec<WireRow<R>>,
    pub(crate) meta: wire::Meta,
    pub(crate) received_at: DateTime<Utc>,
}

impl Api {
    fn http(&self) -> &HttpClient {
        self.account.http()
    }

    /// A page of assets; `per_page` is not documented for them, so the vendor may ignore it.
    pub(crate) async fn asset_list(
        &self,
        page: u32,
        per_page: Option<u32>,
        raw: KeepRaw,
        meter: &Meter,
    ) -> Result<ListPage<Box<wire::Asset>>> {
        let mut url = self.page(ASSETS, page)?;
        if let Some(size) = per_page {
            url.query_pairs_mut()
                .append_pair("per_page", &size.to_string());
        }
        let read = move |answer: &Answer<'_>| read_list(answer, raw);
        self.get("listing assets", &url, Right::ListAssets, meter, read)
            .await
    }

    pub(crate) async fn asset(
        &self,
        id: &str,
        meter: &Meter,
    ) -> Result<(wire::Asset, DateTime<Utc>)> {
        let url = self.asset_url(id)?;
        let read = |answer: &Answer<'_>| Ok((read_single(answer)?, answer.received_at()));
        self.get(READ_ASSET, &url, Right::ViewAsset, meter, read)
            .await
    }

    fn asset_url(&self, id: &str) -> Result<Url> {
        self.endpoint.path(ASSETS.split('/').skip(1).chain([id]))
    }

    /// A page of the programs that the agent found on an asset. Claimed: one public client asks so,
    /// with `per_page`; the vendor's document does not have it.
    pub(crate) async fn application_list(
        &self,
        id: &str,
        page: u32,
        meter: &Meter,
    ) -> Result<ListPage<wire::Application>> {
        let path = ASSETS.split('/').skip(1);
        let mut url = self
            .endpoint
            .path(path.chain([id, "installed_applications"]))?;
        url.query_pairs_mut()
            .append_pair("per_page", &APPLICATIONS.to_string())
            .append_pair("page", &page.to_string());
        let read = |answer: &Answer<'_>| read_list(answer, KeepRaw::No);
        self.get(
            "listing installed applications",
            &url,
            Right::ViewAsset,
            meter,
            read,
        )
        .await
    }

    /// Changes an asset's name and properties.
    pub(crate) async fn update_asset(
        &self,
        id: &str,
        update: &wire::AssetUpdate<'_>,
        repeats: Idempotency,
        meter: &Meter,
    ) -> Result<()> {
        let url = self.asset_url(id)?;
        let call = Call::put_json("changing an asset", &url, update, repeats)?;
        self.send(&call, Right::EditAsset, meter, answers::require_taken)
            .await
    }

    /// The user's right to change assets; `None` where Syncro does not say. What
    /// the key itself may do is not told.
    pub(crate) async fn may_edit_assets(&self, meter: &Meter) -> Result<Option<bool>> {
        let user = self.user(meter).await?;
        Ok(user.and_then(|user| user.may_edit_assets()))
    }

    /// A page of customers, those set aside included.
    pub(crate) async fn customer_list(
        &self,
        page: u32,
        meter: &Meter,
    ) -> Result<ListPage<wire::Customer>> {
        let mut url = self.page(CUSTOMERS, page)?;
        url.query_pairs_mut()
            .append_pair("include_disabled", "true");
        let read = |answer: &Answer<'_>| read_list(answer, KeepRaw::No);
        self.get("listing customers", &url, Right::ListCustomers, meter, read)
            .await
    }

    fn page(&self, path: &str, page: u32) -> Result<Url> {
        let mut url = self.endpoint.join(path)?;
        url.query_pairs_mut().append_pair("page", &page.to_string());
        Ok(url)
    }

    async fn get<T, F>(
        &self,
        operation: &'static str,
        url: &Url,
        right: Right,
        meter: &Meter,
        read: F,
    ) -> Result<T>
    where
        T: Send,
        F: Fn(&Answer<'_>) -> Result<T> + Send + Sync,
    {
        let call = Call::get(operation, url)?;
        let read = |answer: &Answer<'_>| {
            answers::require_success(answer, right)?;
            read(answer)
        };
        self.send(&call, right, meter, read).await
    }

    /// Sends `call`; a 401 without a reason is settled by asking whose key it is, for
    /// one that is somebody's lacks a permission.
    async fn send<T, F>(&self, call: &Call, right: Right, meter: &Meter, read: F) -> Result<T>
    where
        T: Send,
        F: Fn(&Answer<'_>) -> Result<T> + Send + Sync,
    {
        match self.http().send(call, meter, read).await {
            Err(error)
                if error.kind() == ErrorKind::Authentication && self.user(meter).await.is_ok() =>
            {
                let status = error.status().unwrap_or(401);
                Err(right.missing(status).with_operation(call.operation))
            }
            outcome => outcome,
        }
    }

    async fn user(&self, meter: &Meter) -> Result<Option<wire::Me>> {
        let url = self.endpoint.join(ME)?;
        let call = Call::get("asking whose key it is", &url)?;
        self.http().send(&call, meter, answers::user).await
    }
}

/// Reads a page.
fn read_list<R: DeserializeOwned>(answer: &Answer<'_>, raw: KeepRaw) -> Result<ListPage<R>> {
    read_rows(
        answer.body(),
        raw,
        || list_page::<R, LenientObject<R>>(answer, raw),
        || list_page::<R, &RawValue>(answer, raw),
    )
}

fn list_page<'a, R, L>(answer: &Answer<'a>, raw: KeepRaw) -> Result<ListPage<R>>
where
    L: RowInList<R> + Deserialize<'a>,
{
    let list: wire::List<L> = answer.object()?;
    let meta = match list.meta {
        LenientObject::Value(meta) => meta,
        _ => wire::Meta::default(),
    };
    let rows = match list.rows {
        Some(rows) => rows,
        None if meta.total_entries == Some(0) => Rows::default(),
        None => {
            let what = "Syncro sent a page without a list";
            return Err(answer.without_data(ErrorKind::Vendor, what));
        }
    };
    let rows = rows.into_iter().map(|row| {
        let mut row = row.into_wire(&["id"], raw);
        row.raw = row.raw.and_then(raw::record);
        row
    });
    Ok(ListPage {
        rows: rows.collect(),
        meta,
        received_at: answer.received_at(),
    })
}

/// The vendor's id of an asset; anything but a number would lead to another address.
pub(crate) fn asset_number(id: &AssetId) -> Result<&str> {
    let number = id.vendor_id.trim();
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(number);
    }
    Err(
        Error::new(ErrorKind::NotFound, "an asset's id in Syncro is a number")
            .with_operation(READ_ASSET)
            .with_hint("take the id from a listing of the same account"),
    )
}

/// The asset inside its wrapper; without one where the vendor leaves it away.
fn read_single(answer: &Answer<'_>) -> Result<wire::Asset> {
    if let LenientObject::Value(asset) = answer.object::<wire::Single>()?.asset {
        return Ok(asset);
    }
    let bare: wire::Asset = answer.object()?;
    if bare.id.text().is_some() {
        return Ok(bare);
    }
    Err(answer.without_data(ErrorKind::Decode, "the answer holds no asset"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lmsync_core::http::Redactor;

    use super::*;

    fn with<T>(body: &str, look: impl FnOnce(&Answer<'_>) -> T) -> T {
        let response = http::Response::new(Bytes::copy_from_slice(body.as_bytes()));
        look(&Answer::new(
            &response,
            Redactor::default(),
            DateTime::UNIX_EPOCH,
        ))
    }

    fn page(body: &str, raw: KeepRaw) -> Result<ListPage<Box<wire::Asset>>> {
        with(body, |answer| read_list(answer, raw))
    }

    #[test]
    fn one_bad_row_does_not_cost_the_page() {
        let body = r#"{"assets":[{"id":1},null,["x"],{"id":"4","properties":[]}],
            "meta":{"total_entries":"4","per_page":25,"total_pages":null}}"#;
        for raw in [KeepRaw::No, KeepRaw::Yes] {
            let page = page(body, raw).unwrap();
            let reasons: Vec<_> = page
                .rows
                .iter()
                .map(|row| row.record.as_ref().err().map(|bad| bad.reason.as_str()))
                .collect();
            assert_eq!(
                reasons,
                [
                    None,
                    Some("the row is null"),
                    Some("the row is not an object but array"),
                    None
                ]
            );
            assert_eq!(page.meta.total_entries, Some(4));
            assert_eq!(page.meta.per_page, Some(25));
            assert_eq!(page.meta.total_pages, None);
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_rejected_by_name() {
        let members: Vec<String> = (0..10_001).map(|n| format!("\"{n}\":0")).collect();
        let members = members.join(",");
        let body =
            format!(r#"{{"assets":[{{"id":1}},{{"id":2,"properties":{{{members}}}}}],"meta":[]}}"#);
        let page = page(&body, KeepRaw::No).unwrap();
        assert!(page.rows[0].record.is_ok());
        let unreadable = page.rows[1].record.as_ref().unwrap_err();
        assert_eq!(unreadable.vendor_id.as_deref(), Some("2"));
        assert!(unreadable.reason.contains("more than 10000 members"));
    }

    #[test]
    fn the_raw_row_is_kept_without_what_opens_a_device() {
        let body = r#"{"assets":[{"id":1, "device_info":{"snmp_config":{"community":"c0mm"}}}]}"#;
        let kept = page(body, KeepRaw::Yes).unwrap();
        let raw = kept.rows[0].raw.as_ref().unwrap().get();
        assert_eq!(raw, r#"{"id":1, "device_info":null}"#);
        assert!(page(body, KeepRaw::No).unwrap().rows[0].raw.is_none());
    }

    #[test]
    fn a_missing_list_is_an_error_unless_there_is_nothing() {
        let rows = |body| page(body, KeepRaw::No).map(|page| page.rows.len());
        assert_eq!(rows(r#"{"assets":[]}"#).unwrap(), 0);
        assert_eq!(
            rows(r#"{"assets":null,"meta":{"total_entries":0}}"#).unwrap(),
            0
        );
        for body in [r#"{"assets":null}"#, "{}", r#"{"error":"odd"}"#] {
            assert_eq!(rows(body).unwrap_err().kind(), ErrorKind::Vendor, "{body}");
        }
    }

    #[test]
    fn one_asset_comes_with_or_without_its_wrapper() {
        let id = |body: &str| {
            with(body, read_single).map(|asset| asset.id.text().map(ToOwned::to_owned))
        };
        assert_eq!(id(r#"{"asset":{"id":7}}"#).unwrap().as_deref(), Some("7"));
        assert_eq!(
            id(r#"{"id":7,"asset":null}"#).unwrap().as_deref(),
            Some("7")
        );
        for body in [r#"{"asset":null}"#, "{}", "[7]"] {
            assert_eq!(id(body).unwrap_err().kind(), ErrorKind::Decode, "{body}");
        }
    }
}
