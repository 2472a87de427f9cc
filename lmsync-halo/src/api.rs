//! The endpoints: one function each, from parameters to one page of wire types.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync_core::auth::Authorizer;
use lmsync_core::http::{Answer, Call, HttpClient, Idempotency, Meter};
use lmsync_core::json::{
    KeepRaw, LenientObject, Members, OneOrMany, RowInList, Rows, Scalar, WireRow, read_rows,
};
use lmsync_core::tenant_fields::TenantFields;
use lmsync_core::{Account, Error, ErrorKind, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

use crate::answers::{self, ReadKind, SIGN_IN};
use crate::product::HaloProduct;
use crate::quirks::asset_types::{AssetTypes, TenantTypes};
use crate::wire::{self, id};

/// The rows to ask for. Halo grants fewer without a word and says how many it granted.
pub(crate) const PAGE_SIZE: u32 = 100;
const ID_KEYS: [&str; 1] = ["id"];

/// The calls of one account.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) account: Account,
    pub(crate) clients: Clients,
    pub(crate) base: Url,
    pub(crate) product: HaloProduct,
    pub(crate) options: Options,
}

/// The user's choices about the meaning of the account's records.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) fields: TenantFields,
    pub(crate) types: AssetTypes,
    pub(crate) include_inactive: bool,
}

/// The clients that send requests, one for each set of rights.
#[derive(Debug, Clone)]
pub(crate) struct Clients {
    /// To read assets and customers.
    pub(crate) assets: HttpClient,
    /// To read software.
    pub(crate) software: HttpClient,
    /// To write dates.
    pub(crate) dates: HttpClient,
    /// The token of `dates`.
    pub(crate) write_token: Arc<dyn Authorizer>,
}

/// One page as it came.
#[derive(Debug)]
pub(crate) struct ListPage<R> {
    pub(crate) rows: Vec<WireRow<R>>,
    /// The number of records on all pages.
    pub(crate) total: Option<u64>,
    /// The number of rows that Halo puts on a page.
    pub(crate) size: u32,
    pub(crate) received_at: DateTime<Utc>,
}

/// The assets to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AssetFilter {
    /// Those of every type.
    AnyType,
    /// Those of these types.
    Types(Vec<String>),
    /// Those of this type, which brings fields where a list of several types does not.
    Type(String),
}

/// The way to list assets.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AssetOptions {
    pub(crate) raw: KeepRaw,
    /// Inactive ones too.
    pub(crate) inactive: bool,
    /// When each was last changed, too.
    pub(crate) updates: bool,
}

impl Api {
    fn http(&self) -> &HttpClient {
        &self.clients.assets
    }

    /// The tenant's asset types, sorted. Where they may not be read, nothing is left out.
    pub(crate) async fn types(&self, meter: &Meter) -> Result<TenantTypes> {
        match self.asset_types(meter).await {
            Ok(types) => Ok(TenantTypes::sort(&types, &self.options.types)),
            Err(error)
                if matches!(error.kind(), ErrorKind::Permission | ErrorKind::NotFound)
                    && error.operation() != Some(SIGN_IN) =>
            {
                Ok(TenantTypes::default())
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn assets(
        &self,
        of: &AssetFilter,
        page: u32,
        options: AssetOptions,
        meter: &Meter,
    ) -> Result<ListPage<Box<wire::Asset>>> {
        let mut url = self.list_url(ReadKind::Assets, page, PAGE_SIZE, options.inactive);
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("includeassetfields", "true")
                .append_pair("noicon", "true");
            match of {
                AssetFilter::AnyType => {}
                AssetFilter::Types(ids) => {
                    query.append_pair("assettypes", &ids.join(","));
                }
                AssetFilter::Type(id) => {
                    query.append_pair("assettype_id", id);
                }
            }
            if options.updates {
                query.append_pair("includechangehistorylastupdated", "true");
            }
        }
        self.read(ReadKind::Assets, &url, options.raw, PAGE_SIZE, meter)
            .await
    }

    /// The number of assets.
    pub(crate) async fn asset_count(&self, of: &AssetFilter, meter: &Meter) -> Result<Option<u64>> {
        let mut url = self.list_url(ReadKind::Assets, 1, 1, false);
        url.query_pairs_mut().append_pair("noicon", "true");
        if let AssetFilter::Types(ids) = of {
            url.query_pairs_mut()
                .append_pair("assettypes", &ids.join(","));
        }
        let page = self.read::<Scalar>(ReadKind::Assets, &url, KeepRaw::No, 1, meter);
        Ok(page.await?.total)
    }

    /// The number of records of a kind.
    pub(crate) async fn count(&self, reads: ReadKind, meter: &Meter) -> Result<Option<u64>> {
        let url = self.list_url(reads, 1, 1, false);
        let page = self.read::<Scalar>(reads, &url, KeepRaw::No, 1, meter);
        Ok(page.await?.total)
    }

    /// A page of the list of a kind.
    pub(crate) async fn page<R: DeserializeOwned + Send>(
        &self,
        reads: ReadKind,
        number: u32,
        meter: &Meter,
    ) -> Result<ListPage<R>> {
        let inactive = self.options.include_inactive;
        let url = self.list_url(reads, number, PAGE_SIZE, inactive);
        self.read(reads, &url, KeepRaw::No, PAGE_SIZE, meter).await
    }

    /// One asset with everything Halo has of it.
    pub(crate) async fn asset(
        &self,
        asset_id: &str,
        raw: KeepRaw,
        meter: &Meter,
    ) -> Result<(WireRow<Box<wire::Asset>>, DateTime<Utc>)> {
        // Halo's ids are numbers of 32 bits; anything else would change the address, or be refused.
        let is_number = asset_id.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || asset_id.parse::<u32>().is_err() {
            return Err(no_such_asset(Error::new(
                ErrorKind::NotFound,
                "Halo has no asset with such an id",
            )));
        }
        let mut url = self.url(&["Asset", asset_id]);
        url.query_pairs_mut().append_pair("includedetails", "true");
        let call = Call::get("GET /Asset/{id}", &url)?;
        self.http()
            .send(&call, meter, |answer| self.read_asset(answer, raw))
            .await
    }

    /// The tenant's asset types; no paging here.
    async fn asset_types(&self, meter: &Meter) -> Result<Vec<LenientObject<wire::AssetType>>> {
        let call = Call::get("GET /AssetType", &self.url(&["AssetType"]))?;
        self.http()
            .send(&call, meter, |answer| {
                self.read_array(answer, ReadKind::Assets)
            })
            .await
    }

    /// The programs installed on an asset; no paging here.
    pub(crate) async fn asset_software(
        &self,
        asset_id: &str,
        meter: &Meter,
    ) -> Result<Vec<LenientObject<wire::Program>>> {
        let mut url = self.url(&["AssetSoftware"]);
        url.query_pairs_mut().append_pair("device_id", asset_id);
        let call = Call::get("GET /AssetSoftware", &url)?;
        self.clients
            .software
            .send(&call, meter, |answer| {
                self.read_array(answer, ReadKind::Software)
            })
            .await
    }

    /// Changes an asset, once. The id must be one that was just read: for one that Halo does
    /// not know it may make a new asset.
    pub(crate) async fn change_asset(
        &self,
        change: &wire::AssetChange,
        meter: &Meter,
    ) -> Result<()> {
        let url = self.url(&["Asset"]);
        let call = Call::post_json("POST /Asset", &url, &[change], Idempotency::Once)?;
        self.clients
            .dates
            .send(&call, meter, |answer| self.read_changed(answer, change.id))
            .await
    }

    /// Signs in with the right to change assets, which changes nothing.
    pub(crate) async fn sign_in_to_write(&self, meter: &Meter) -> Result<()> {
        self.clients.write_token.credential(meter).await.map(drop)
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        // An address with a host always has segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        url
    }

    fn list_url(&self, reads: ReadKind, page: u32, size: u32, inactive: bool) -> Url {
        let mut url = self.url(&[reads.path()]);
        // Halo's own spelling; without it the other two are ignored.
        url.query_pairs_mut()
            .append_pair("pageinate", "true")
            .append_pair("page_no", &page.to_string())
            .append_pair("page_size", &size.to_string())
            .append_pair("order", "id")
            .append_pair("orderdesc", "false");
        if inactive {
            url.query_pairs_mut().append_pair("includeinactive", "true");
        }
        url
    }

    /// The page at `url`, for which `asked` rows were asked.
    async fn read<R: DeserializeOwned + Send>(
        &self,
        reads: ReadKind,
        url: &Url,
        raw: KeepRaw,
        asked: u32,
        meter: &Meter,
    ) -> Result<ListPage<R>> {
        let http = match reads {
            ReadKind::Software => &self.clients.software,
            ReadKind::Assets | ReadKind::Customers | ReadKind::Sites => self.http(),
        };
        let call = Call::get(reads.operation(), url)?;
        http.send(&call, meter, |answer| {
            self.read_list(answer, reads, raw, asked)
        })
        .await
    }

    /// Reads a page.
    fn read_list<R: DeserializeOwned>(
        &self,
        answer: &Answer<'_>,
        reads: ReadKind,
        raw: KeepRaw,
        asked: u32,
    ) -> Result<ListPage<R>> {
        answers::require_success(answer, self.product, reads)?;
        read_rows(
            answer.body(),
            raw,
            || page(self.view::<LenientObject<R>>(answer)?, answer, asked, raw),
            || page(self.view::<&RawValue>(answer)?, answer, asked, raw),
        )
    }

    /// The list in its envelope, or bare.
    fn view<'a, L: Deserialize<'a>>(&self, answer: &Answer<'a>) -> Result<wire::View<L>> {
        // A struct would take an array for its fields, by position.
        if is_array(answer) {
            let rows: Rows<L> = answers::json(answer, self.product)?;
            return Ok(wire::View {
                page_size: None,
                record_count: Some(rows.0.len() as u64),
                rows: Some(rows),
                warning: Scalar::Absent,
            });
        }
        answers::json(answer, self.product)
    }

    /// A list without pages: bare, or the only list in an envelope.
    fn read_array<R: DeserializeOwned>(
        &self,
        answer: &Answer<'_>,
        reads: ReadKind,
    ) -> Result<Vec<R>> {
        answers::require_success(answer, self.product, reads)?;
        if is_array(answer) {
            return answers::json(answer, self.product).map(|rows: Rows<R>| rows.0);
        }
        let envelope: Members = answers::json(answer, self.product)?;
        let mut lists = envelope
            .0
            .iter()
            .filter(|(name, value)| *name != "columns" && value.get().starts_with('['));
        match (lists.next(), lists.next()) {
            (Some((_, list)), None) => {
                let rows = serde_json::from_str(list.get()).map(|rows: Rows<R>| rows.0);
                rows.map_err(|error| answer.undecodable(&error))
            }
            _ => Err(no_list(answer, None)),
        }
    }

    fn read_asset(
        &self,
        answer: &Answer<'_>,
        raw: KeepRaw,
    ) -> Result<(WireRow<Box<wire::Asset>>, DateTime<Utc>)> {
        if answer.status().as_u16() == 404 {
            return Err(unknown_asset(answer));
        }
        answers::require_success(answer, self.product, ReadKind::Assets)?;
        let row: &RawValue = answers::json(answer, self.product)?;
        let row = WireRow::<Box<wire::Asset>>::read(row, &ID_KEYS, raw);
        match &row.record {
            Ok(asset) if id(&asset.id).is_none() => Err(unknown_asset(answer)),
            _ => Ok((row, answer.received_at())),
        }
    }

    /// The answer to a change of asset `asked`: the asset, or a list of it.
    fn read_changed(&self, answer: &Answer<'_>, asked: u64) -> Result<()> {
        if answer.status().as_u16() == 404 {
            return Err(unknown_asset(answer));
        }
        answers::require_changed(answer, self.product)?;
        let changed: OneOrMany<LenientObject<wire::Changed>> = answers::json(answer, self.product)?;
        let asked_id = asked.to_string();
        let mut ids = changed.0.iter().filter_map(|asset| id(&asset.value()?.id));
        match ids.find(|id| *id != asked_id) {
            Some(other) => Err(another_asset(answer, asked, &other)),
            None => Ok(()),
        }
    }
}

/// Halo changed an asset that it was not told to, or made one.
fn another_asset(answer: &Answer<'_>, asked: u64, answered: &str) -> Error {
    let answered = answer.mask(answered);
    let error = answer
        .error(
            ErrorKind::Vendor,
            format!("Halo was told to change asset {asked} and answered with asset {answered}"),
        )
        .with_hint(format!(
            "look at asset {answered} in Halo: it may be new and a copy, to be deleted, or have \
             taken the dates of asset {asked}; then report it to the vendor"
        ));
    // Whatever reading asset `asked` back shows, this has to be heard of.
    tracing::error!(%error, "a change may have reached another asset");
    error
}

fn is_array(answer: &Answer<'_>) -> bool {
    answer.body().trim_ascii_start().first() == Some(&b'[')
}

fn page<R, L: RowInList<R>>(
    view: wire::View<L>,
    answer: &Answer<'_>,
    asked: u32,
    raw: KeepRaw,
) -> Result<ListPage<R>> {
    let warning = view.warning.text().filter(|text| !text.trim().is_empty());
    let rows = match view.rows {
        Some(rows) if !rows.0.is_empty() => rows,
        // Nothing at all with a warning is not the same as nothing.
        Some(_) | None if view.record_count == Some(0) && warning.is_none() => Rows::default(),
        Some(rows) if warning.is_none() => rows,
        _ => return Err(no_list(answer, warning)),
    };
    let granted = view
        .page_size
        .and_then(|size| u32::try_from(size).ok())
        .filter(|size| *size > 0);
    let came = u32::try_from(rows.0.len()).unwrap_or(u32::MAX);
    Ok(ListPage {
        rows: rows
            .into_iter()
            .map(|row| row.into_wire(&ID_KEYS, raw))
            .collect(),
        total: view.record_count,
        size: granted.unwrap_or(asked).max(came),
        received_at: answer.received_at(),
    })
}

fn no_list(answer: &Answer<'_>, warning: Option<&str>) -> Error {
    let message = match warning {
        Some(warning) => format!("Halo sent no list, and a warning: {}", answer.mask(warning)),
        None => "Halo sent no list".to_owned(),
    };
    answer.without_data(ErrorKind::Vendor, message)
}

fn unknown_asset(answer: &Answer<'_>) -> Error {
    no_such_asset(answer.error(ErrorKind::NotFound, "Halo does not know the asset"))
}

fn no_such_asset(error: Error) -> Error {
    error.with_hint("it may have been deleted, or the agent's role may not see it")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lmsync_core::auth::{Credential, HeaderAuth};
    use lmsync_core::http::{Budget, Endpoint, Limiter, Redactor, ReqwestTransport};
    use lmsync_core::tenant_fields::TenantFieldNames;
    use lmsync_core::{Capabilities, ConnectorInfo, RetryClass, SystemClock};

    use super::*;
    use crate::tenant_fields::SUPPORTED;

    fn api() -> Api {
        let clock: lmsync_core::SharedClock = Arc::new(SystemClock::new());
        let limiter = Limiter::new(Budget::per_minute(1, 1).unwrap(), clock.clone());
        let transport = Arc::new(ReqwestTransport::new().unwrap());
        let origin = Endpoint::parse("https://acme.halopsa.com").unwrap();
        let http = HttpClient::builder(transport, limiter, clock, &origin).build();
        let credential = Credential::bearer("token".into()).unwrap();
        let clients = Clients {
            assets: http.clone(),
            software: http.clone(),
            dates: http,
            write_token: Arc::new(HeaderAuth::new(credential)),
        };
        let info = ConnectorInfo::new("halo-psa", "Halo PSA", "acme", Capabilities::new());
        Api {
            account: Account::new(info, clients.assets.clone()),
            clients,
            base: Url::parse("https://acme.halopsa.com/api").unwrap(),
            product: HaloProduct::Psa,
            options: Options {
                fields: TenantFields::new(TenantFieldNames::new(), SUPPORTED).unwrap(),
                types: AssetTypes::default(),
                include_inactive: false,
            },
        }
    }

    fn with<T>(body: &str, look: impl FnOnce(&Answer<'_>) -> T) -> T {
        with_status(200, body, look)
    }

    fn with_status<T>(status: u16, body: &str, look: impl FnOnce(&Answer<'_>) -> T) -> T {
        let response = http::Response::builder()
            .status(status)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        look(&Answer::new(
            &response,
            Redactor::default(),
            DateTime::UNIX_EPOCH,
        ))
    }

    fn page_of(body: &str, raw: KeepRaw) -> Result<ListPage<Box<wire::Asset>>> {
        with(body, |answer| {
            api().read_list(answer, ReadKind::Assets, raw, PAGE_SIZE)
        })
    }

    #[test]
    fn one_bad_row_does_not_cost_the_page() {
        let fields = vec!["{}"; 10_001].join(",");
        let body = format!(
            r#"{{"page_size":"50.0","record_count":"5","assets":
            [{{"id":1}},null,["x"],{{"id":"4","inactive":{{}}}},{{"id":5,"fields":[{fields}]}}]}}"#
        );
        for raw in [KeepRaw::No, KeepRaw::Yes] {
            let page = page_of(&body, raw).unwrap();
            let reasons: Vec<_> = page
                .rows
                .iter()
                .map(|row| row.record.as_ref().err().map(|bad| bad.reason.as_str()))
                .collect();
            assert_eq!(
                reasons[..4],
                [
                    None,
                    Some("the row is null"),
                    Some("the row is not an object but array"),
                    None
                ]
            );
            let bad = page.rows[4].record.as_ref().unwrap_err();
            assert_eq!(bad.vendor_id.as_deref(), Some("5"));
            assert!(bad.reason.contains("more than 10000 elements"));
            assert_eq!((page.total, page.size), (Some(5), 50));
        }
    }

    #[test]
    fn the_raw_row_is_kept_to_the_letter_on_request() {
        let body = r#"{"record_count":1,"assets":[{"id":1, "x" : [ 1 ]}]}"#;
        let kept = page_of(body, KeepRaw::Yes).unwrap();
        assert_eq!(
            kept.rows[0].raw.as_ref().unwrap().get(),
            r#"{"id":1, "x" : [ 1 ]}"#
        );
        assert!(page_of(body, KeepRaw::No).unwrap().rows[0].raw.is_none());
    }

    #[test]
    fn a_missing_list_is_an_error_unless_there_is_nothing() {
        for empty in [
            r#"{"record_count":0,"assets":null}"#,
            r#"{"record_count":0,"assets":[]}"#,
            r#"{"record_count":7,"assets":[]}"#,
            "[]",
        ] {
            assert!(
                page_of(empty, KeepRaw::No).unwrap().rows.is_empty(),
                "{empty}"
            );
        }
        for missing in [
            "{}",
            r#"{"record_count":3}"#,
            r#"{"record_count":0,"assets":[],"_warning":"cut"}"#,
        ] {
            assert_eq!(
                page_of(missing, KeepRaw::No).unwrap_err().kind(),
                ErrorKind::Vendor,
                "{missing}"
            );
        }
        let warned = r#"{"record_count":1,"assets":[{"id":1}],"_warning":"slow"}"#;
        assert_eq!(page_of(warned, KeepRaw::No).unwrap().rows.len(), 1);
        assert_eq!(page_of("[1]", KeepRaw::No).unwrap().rows.len(), 1);
        assert_eq!(
            page_of("<html>", KeepRaw::No).unwrap_err().kind(),
            ErrorKind::Decode
        );
        assert_eq!(
            page_of("7", KeepRaw::No).unwrap_err().kind(),
            ErrorKind::Decode
        );
    }

    #[test]
    fn a_list_without_pages_may_be_bare_or_in_an_envelope_of_any_name() {
        let read = |body: &str| {
            with(body, |answer| {
                api().read_array::<LenientObject<wire::AssetType>>(answer, ReadKind::Assets)
            })
        };
        for body in [
            r#"[{"id":1},{"id":2}]"#,
            r#"{"record_count":2,"columns":[],"types":[{"id":1},{"id":2}]}"#,
        ] {
            assert_eq!(read(body).unwrap().len(), 2, "{body}");
        }
        assert!(read("{}").is_err());
        assert!(read(r#"{"a":[],"b":[]}"#).is_err());
    }

    fn changed(status: u16, body: &str) -> Result<()> {
        with_status(status, body, |answer| api().read_changed(answer, 32))
    }

    #[test]
    fn a_change_is_confirmed_by_an_asset_or_a_list_of_it() {
        for body in [
            r#"{"id":32,"warranty_end":"2027-06-04T12:00:00"}"#,
            r#"{"id":"32"}"#,
            r#"{"id":32.0}"#,
            r#"[{"id":32}]"#,
            // What is not said is read back.
            r#"{"id":-1}"#,
            "{}",
            "[]",
            "null",
        ] {
            for status in [200, 201] {
                assert!(changed(status, body).is_ok(), "{status} {body}");
            }
        }
    }

    #[test]
    fn a_change_that_made_another_asset_is_told_and_not_repeated() {
        for body in [r#"{"id":33}"#, r#"[{"id":32},{"id":"33"}]"#] {
            let error = changed(201, body).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Vendor);
            assert_eq!(error.retry(), RetryClass::Never);
            assert!(error.message().contains("asset 33"), "{error}");
            assert!(error.hint().unwrap().contains("copy"), "{error}");
        }
    }

    #[test]
    fn whether_halo_may_have_changed_something_is_told_by_the_retry_class() {
        use ErrorKind as K;
        use RetryClass as R;
        for (status, body, kind, retry) in [
            (201, r#"{"id":3"#, K::Decode, R::OnlyIfIdempotent),
            (201, "", K::Decode, R::OnlyIfIdempotent),
            (200, "<html>", K::Decode, R::OnlyIfIdempotent),
            (500, r#"{"Message":"x"}"#, K::Vendor, R::OnlyIfIdempotent),
            (502, "<html>", K::Vendor, R::OnlyIfIdempotent),
            (400, r#"{"[0].id":["no"]}"#, K::Vendor, R::Never),
            (302, "", K::Vendor, R::Never),
            (401, "", K::Authentication, R::Never),
            (403, "", K::Permission, R::Never),
            (404, "", K::NotFound, R::Never),
            (429, "", K::RateLimited, R::Safe),
        ] {
            let error = changed(status, body).expect_err(body);
            assert_eq!(
                (error.kind(), error.retry()),
                (kind, retry),
                "{status} {body}"
            );
        }
        let unknown = changed(404, "").unwrap_err();
        assert!(unknown.message().contains("does not know the asset"));
        let denied = changed(403, "").unwrap_err();
        assert!(denied.hint().unwrap().contains("edit:assets"), "{denied}");
    }

    #[test]
    fn an_id_never_changes_the_address() {
        let url = api().url(&["Asset", "1/../x"]);
        assert_eq!(
            url.as_str(),
            "https://acme.halopsa.com/api/Asset/1%2F..%2Fx"
        );
    }
}
