//! Software: assets of types that count as software, then licences.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync_core::Result;
use lmsync_core::http::Meter;
use lmsync_core::listing::{ListSource, Page, PageKey, Row};
use lmsync_core::model::Software;
use tokio::sync::OnceCell;

use super::numbered;
use crate::api::{AssetFilter, AssetOptions};
use crate::connector::Inner;
use crate::map;
use crate::sections::{Section, Sections};
use crate::wire::{self, id};

/// The account's software.
pub(crate) struct SoftwarePages {
    inner: Arc<Inner>,
    sections: OnceCell<Sections<SoftwareSection>>,
}

impl SoftwarePages {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self {
            inner,
            sections: OnceCell::new(),
        }
    }

    async fn lay_out(&self, meter: &Meter) -> Result<Sections<SoftwareSection>> {
        let types = self.inner.types(meter).await?;
        let section = |kept_as| SoftwareSection {
            inner: Arc::clone(&self.inner),
            kept_as,
        };
        let mut sections = Vec::new();
        if !types.software.is_empty() {
            sections.push(section(KeptAs::AssetsOf(types.software)));
        }
        sections.push(section(KeptAs::Licences));
        Ok(Sections::new(sections))
    }
}

#[async_trait]
impl ListSource for SoftwarePages {
    type Record = Software;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Software>> {
        let number = at.number();
        self.sections
            .get_or_try_init(|| self.lay_out(meter))
            .await?
            .page(number, meter)
            .await
    }
}

/// What a tenant keeps software as.
enum KeptAs {
    /// Assets of these types.
    AssetsOf(Vec<String>),
    Licences,
}

struct SoftwareSection {
    inner: Arc<Inner>,
    kept_as: KeptAs,
}

impl SoftwareSection {
    async fn assets(&self, types: &[String], number: u32, meter: &Meter) -> Result<Page<Software>> {
        let inner = &self.inner;
        let options = AssetOptions {
            inactive: inner.options.include_inactive,
            ..AssetOptions::default()
        };
        let of = AssetFilter::Types(types.to_vec());
        let page = inner.api.assets(&of, number, options, meter).await?;
        let origin = inner.origin(false);
        Ok(numbered(page, |row, at| {
            // Halo ignores a filter that it does not know, and says nothing.
            match row
                .record
                .as_ref()
                .ok()
                .and_then(|wire| other_than(wire, types))
            {
                Some(vendor_id) => Row::Skipped { vendor_id },
                None => map::asset(row, origin, at)
                    .map(map::software_of_asset)
                    .into(),
            }
        }))
    }
}

/// The id of `asset` among the software, if it is of a type that was not asked for.
fn other_than(asset: &wire::Asset, types: &[String]) -> Option<String> {
    let type_id = id(&asset.assettype_id)?;
    let asset_id = id(&asset.id)?;
    (!types.contains(&type_id)).then(|| map::software_id(&asset_id))
}

#[async_trait]
impl Section for SoftwareSection {
    type Record = Software;

    async fn page(&self, number: u32, meter: &Meter) -> Result<Page<Software>> {
        let inner = &self.inner;
        match &self.kept_as {
            KeptAs::AssetsOf(types) => self.assets(types, number, meter).await,
            KeptAs::Licences => {
                let inactive = inner.options.include_inactive;
                let page = inner.api.licences(number, inactive, meter).await?;
                let origin = inner.origin(false);
                Ok(numbered(page, |row, at| map::licence(row, origin, at)))
            }
        }
    }
}
