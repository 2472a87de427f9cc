//! Hardware assets, with their fields wherever the account gives them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::listing::{ListChain, ListSource, Page, PageKey, Row};
use lmsync_core::model::Asset;
use lmsync_core::tenant_fields::TenantField;
use lmsync_core::{AssetQuery, CheckInWindow, Detail, Error, ErrorKind, Result};

use super::numbered;
use crate::api::{Api, AssetFilter, AssetOptions, ListPage};
use crate::map::{self, Reading};
use crate::quirks::asset_types::TenantTypes;
use crate::tenant_fields::INTUNE;
use crate::wire::{self, id};

/// The account's hardware assets.
///
/// Assets of every type are listed, and those that are not hardware skipped: a list
/// of the types of hardware would lose an asset whose type the agent cannot see.
pub(crate) struct HardwareLists(Arc<Listing>);

/// The settings and findings of one listing of assets.
struct Listing {
    api: Arc<Api>,
    detail: Detail,
    options: AssetOptions,
    /// A window is asked for and nobody said where check-ins are.
    seeks_check_in: bool,
    found_check_in: AtomicBool,
}

impl HardwareLists {
    pub(crate) fn new(api: Arc<Api>, query: &AssetQuery) -> Self {
        let is_configured = api.options.fields.is_configured(TenantField::LastCheckIn);
        let options = AssetOptions {
            raw: query.raw.into(),
            inactive: api.options.include_inactive,
            updates: query.accept_record_update,
        };
        Self(Arc::new(Listing {
            detail: query.detail,
            options,
            seeks_check_in: query.window != CheckInWindow::All && !is_configured,
            found_check_in: AtomicBool::new(false),
            api,
        }))
    }
}

#[async_trait]
impl ListChain for HardwareLists {
    type List = AssetList;

    /// The lists by which assets come with their fields: one of all types, or one for each
    /// type, or one whose assets are read alone.
    async fn lists(&self, meter: &Meter) -> Result<Vec<(String, AssetList)>> {
        let listing = &self.0;
        let types = Arc::new(listing.api.types(meter).await?);
        let all = AssetList::open(listing, AssetFilter::AnyType, &types, meter).await?;
        let lacks_fields = all.peek(lacks_fields);
        if !lacks_fields || !types.hardware_has_fields {
            return Ok(vec![all.labelled()]);
        }
        let total = all.peek(|page| page.total);
        if let Some(lists) = listing.by_type(&types, total, meter).await? {
            return Ok(lists);
        }
        let sample = all.peek(ListPage::ids_by_type);
        let reads_alone = listing.has_fields_alone(sample, meter).await?;
        Ok(vec![AssetList { reads_alone, ..all }.labelled()])
    }
}

impl Listing {
    /// One list for each type, if that brings the fields and no asset is missing.
    async fn by_type(
        self: &Arc<Self>,
        types: &Arc<TenantTypes>,
        total: Option<u64>,
        meter: &Meter,
    ) -> Result<Option<Vec<(String, AssetList)>>> {
        let mut lists = Vec::new();
        for type_id in types.all() {
            let of = AssetFilter::Type(type_id.clone());
            lists.push(AssetList::open(self, of, types, meter).await?);
        }
        let has_fields =
            |list: &AssetList| list.peek(|page| !page.rows.is_empty() && !lacks_fields(page));
        let listed: u64 = lists
            .iter()
            .filter_map(|list| list.peek(|page| page.total))
            .sum();
        let is_complete = total.is_none_or(|total| listed >= total);
        if !is_complete || !lists.iter().any(has_fields) {
            return Ok(None);
        }
        Ok(Some(lists.into_iter().map(AssetList::labelled).collect()))
    }

    /// Says if one of `assets` has fields when it is read alone.
    async fn has_fields_alone(&self, assets: Vec<String>, meter: &Meter) -> Result<bool> {
        for asset_id in assets {
            match self.api.asset(&asset_id, KeepRaw::No, meter).await {
                Ok((row, _)) if row.record.as_ref().is_ok_and(|wire| wire.has_fields()) => {
                    return Ok(true);
                }
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(false)
    }

    /// Refuses a window that cannot work, by the first page that is seen.
    fn require_check_in(&self, page: &Page<Asset>) -> Result<()> {
        if !self.seeks_check_in || self.found_check_in.load(Ordering::Relaxed) {
            return Ok(());
        }
        let has_check_in =
            |row: &Row<Asset>| matches!(row, Row::Record(asset) if asset.last_check_in.is_some());
        if page.rows.iter().any(has_check_in) {
            self.found_check_in.store(true, Ordering::Relaxed);
            return Ok(());
        }
        Err(Error::config(format!(
            "{} has no check-in of its own, so a window needs a field that holds one",
            self.api.product.label()
        ))
        .with_hint(format!(
            "name the asset field in which your RMM leaves its last check-in as \
             `fields.last_check_in`; or `{}` there, if some assets come from Intune; \
             or ask for all assets",
            INTUNE
        )))
    }
}

impl ListPage<Box<wire::Asset>> {
    /// The id of one asset of each type on the page.
    fn ids_by_type(&self) -> Vec<String> {
        let mut tried = Vec::new();
        let mut ids = Vec::new();
        for wire in self.rows.iter().filter_map(|row| row.record.as_ref().ok()) {
            let type_id = id(&wire.assettype_id);
            if let Some(asset_id) = id(&wire.id).filter(|_| !tried.contains(&type_id)) {
                tried.push(type_id);
                ids.push(asset_id);
            }
        }
        ids
    }
}

/// Says if none of the rows has its fields.
fn lacks_fields(page: &ListPage<Box<wire::Asset>>) -> bool {
    let mut records = page.rows.iter().filter_map(|row| row.record.as_ref().ok());
    !page.rows.is_empty() && !records.any(|wire| wire.has_fields())
}

/// One list of assets.
pub(crate) struct AssetList {
    listing: Arc<Listing>,
    of: AssetFilter,
    types: Arc<TenantTypes>,
    /// Each asset is read alone: no list has the fields.
    reads_alone: bool,
    /// The first page, until it is handed out.
    first: Mutex<Option<ListPage<Box<wire::Asset>>>>,
}

impl AssetList {
    /// The list of the assets `of`, whose first page was read.
    async fn open(
        listing: &Arc<Listing>,
        of: AssetFilter,
        types: &Arc<TenantTypes>,
        meter: &Meter,
    ) -> Result<Self> {
        let page = listing.api.assets(&of, 1, listing.options, meter).await?;
        Ok(Self {
            listing: Arc::clone(listing),
            of,
            types: Arc::clone(types),
            reads_alone: false,
            first: Mutex::new(Some(page)),
        })
    }

    /// The list with the label that names it.
    fn labelled(self) -> (String, Self) {
        (format!("{:?}", self.of), self)
    }

    /// Looks at the first page while it is kept.
    fn peek<T: Default>(&self, look: impl FnOnce(&ListPage<Box<wire::Asset>>) -> T) -> T {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.as_ref().map(look).unwrap_or_default()
    }

    /// Page `number`, from `first` if it is there.
    async fn listed(&self, number: u32, meter: &Meter) -> Result<ListPage<Box<wire::Asset>>> {
        let kept = match number {
            1 => self
                .first
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
            _ => None,
        };
        match kept {
            Some(page) => Ok(page),
            None => {
                let Listing { api, options, .. } = &*self.listing;
                api.assets(&self.of, number, *options, meter).await
            }
        }
    }

    /// `page` with each hardware asset as it is read alone; one that is gone meanwhile
    /// stays as listed.
    async fn alone(
        &self,
        mut page: ListPage<Box<wire::Asset>>,
        meter: &Meter,
    ) -> Result<ListPage<Box<wire::Asset>>> {
        let Listing { api, options, .. } = &*self.listing;
        for row in &mut page.rows {
            let hardware = row.record.as_ref().ok();
            let hardware = hardware.filter(|wire| !self.types.excludes(wire));
            let Some(asset_id) = hardware.and_then(|wire| id(&wire.id)) else {
                continue;
            };
            match api.asset(&asset_id, options.raw, meter).await {
                Ok((alone, _)) => *row = alone,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(page)
    }

    /// The hardware on `page`; what is of another type is skipped.
    fn hardware(&self, page: ListPage<Box<wire::Asset>>) -> Page<Asset> {
        let Listing { api, options, .. } = &*self.listing;
        let reading = Reading {
            origin: api.account.origin(),
            fields: &api.options.fields,
            accept_update: options.updates,
        };
        numbered(page, |row, at| {
            let other = row.record.as_ref().ok();
            let other = other.filter(|wire| self.types.excludes(wire));
            match other.and_then(|wire| id(&wire.id)) {
                Some(vendor_id) => Row::Skipped { vendor_id },
                None => map::asset(row, reading, at).into(),
            }
        })
    }
}

#[async_trait]
impl ListSource for AssetList {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let mut page = self.listed(at.number(), meter).await?;
        if self.reads_alone {
            page = self.alone(page, meter).await?;
        }
        let page = self.hardware(page);
        self.listing.require_check_in(&page)?;
        Ok(page)
    }

    async fn complete(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        if self.listing.detail.software {
            self.listing.api.add_software(asset, meter).await
        } else {
            Ok(asset)
        }
    }
}
