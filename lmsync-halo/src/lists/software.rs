//! Software: assets of types that count as software, then licences.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::Result;
use lmsync_core::http::Meter;
use lmsync_core::listing::{ListChain, ListSource, Page, PageKey, Row};
use lmsync_core::model::Software;

use super::numbered;
use crate::answers::ReadKind;
use crate::api::{Api, AssetFilter, AssetOptions};
use crate::map::{self, Reading};
use crate::wire::{self, id};

/// The account's software.
pub(crate) struct SoftwareLists(pub(crate) Arc<Api>);

#[async_trait]
impl ListChain for SoftwareLists {
    type List = SoftwareList;

    async fn lists(&self, meter: &Meter) -> Result<Vec<(String, SoftwareList)>> {
        let types = self.0.types(meter).await?.software;
        let mut lists = Vec::new();
        if !types.is_empty() {
            let label = format!("assets of {}", types.join(", "));
            let api = Arc::clone(&self.0);
            lists.push((label, SoftwareList::Assets { api, types }));
        }
        let licences = SoftwareList::Licences(Arc::clone(&self.0));
        lists.push(("licences".to_owned(), licences));
        Ok(lists)
    }
}

/// One of the ways in which a tenant keeps software.
pub(crate) enum SoftwareList {
    /// Assets of these types.
    Assets {
        api: Arc<Api>,
        types: Vec<String>,
    },
    Licences(Arc<Api>),
}

#[async_trait]
impl ListSource for SoftwareList {
    type Record = Software;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Software>> {
        match self {
            Self::Assets { api, types } => assets(api, types, at.number(), meter).await,
            Self::Licences(api) => {
                let page = api.page(ReadKind::Software, at.number(), meter).await?;
                let origin = api.account.origin();
                Ok(numbered(page, |row, at| map::licence(row, origin, at)))
            }
        }
    }
}

async fn assets(api: &Api, types: &[String], number: u32, meter: &Meter) -> Result<Page<Software>> {
    let options = AssetOptions {
        inactive: api.options.include_inactive,
        ..AssetOptions::default()
    };
    let of = AssetFilter::Types(types.to_vec());
    let page = api.assets(&of, number, options, meter).await?;
    let reading = Reading {
        origin: api.account.origin(),
        fields: &api.options.fields,
        accept_update: false,
    };
    Ok(numbered(page, |row, at| {
        // Halo ignores a filter that it does not know, and says nothing.
        let asset = row.record.as_ref().ok();
        match asset.and_then(|wire| other_than(wire, types)) {
            Some(vendor_id) => Row::Skipped { vendor_id },
            None => map::asset(row, reading, at)
                .map(map::software_of_asset)
                .into(),
        }
    }))
}

/// The id of `asset` among the software, if it is of a type that was not asked for.
fn other_than(asset: &wire::Asset, types: &[String]) -> Option<String> {
    let type_id = id(&asset.assettype_id)?;
    let asset_id = id(&asset.id)?;
    (!types.contains(&type_id)).then(|| map::software_id(&asset_id))
}
