//! Hardware assets, with their fields wherever the account gives them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::listing::{ListSource, Page, PageKey, Row};
use lmsync_core::model::Asset;
use lmsync_core::{AssetQuery, CheckInWindow, Detail, Error, ErrorKind, Result};
use tokio::sync::OnceCell;

use super::numbered;
use crate::api::{AssetFilter, AssetOptions, ListPage};
use crate::asset_types::TenantTypes;
use crate::connector::Inner;
use crate::map;
use crate::places;
use crate::sections::{Section, Sections};
use crate::wire::{self, id};

/// The account's hardware assets.
///
/// Assets of every type are listed, and those that are not hardware skipped: a list
/// of the types of hardware would lose an asset whose type the agent cannot see.
pub(crate) struct AssetPages {
    inner: Arc<Inner>,
    detail: Detail,
    options: AssetOptions,
    /// A window is asked for and nobody said where check-ins are.
    seeks_check_in: bool,
    found_check_in: AtomicBool,
    plan: OnceCell<Plan>,
    /// The page that the plan was made by, until it is handed out.
    first: Mutex<Option<(u32, ListPage<wire::Asset>)>>,
}

struct Plan {
    types: Arc<TenantTypes>,
    layout: Layout,
}

/// How the account's assets can be listed with their fields.
enum Layout {
    /// All types in one list, which has the fields.
    Together,
    /// One list for each type: only those have the fields.
    ByType(Sections<TypeSection>),
    /// Each asset alone: no list has the fields.
    OneByOne,
}

impl AssetPages {
    pub(crate) fn new(inner: Arc<Inner>, query: &AssetQuery) -> Self {
        let (_, is_configured) = places::check_in(&inner.options.places);
        let options = AssetOptions {
            raw: query.raw.into(),
            inactive: inner.options.include_inactive,
            updates: query.accept_record_update,
        };
        Self {
            detail: query.detail,
            options,
            seeks_check_in: query.window != CheckInWindow::All && !is_configured,
            found_check_in: AtomicBool::new(false),
            plan: OnceCell::new(),
            first: Mutex::new(None),
            inner,
        }
    }

    fn first(&self) -> MutexGuard<'_, Option<(u32, ListPage<wire::Asset>)>> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds out how to list, by page `number`.
    async fn make_plan(&self, number: u32, meter: &Meter) -> Result<Plan> {
        let types = Arc::new(self.inner.types(meter).await?);
        let page = self.listed(number, meter).await?;
        let layout = self.lay_out(&types, &page, meter).await?;
        if !matches!(layout, Layout::ByType(_)) {
            *self.first() = Some((number, page));
        }
        Ok(Plan { types, layout })
    }

    async fn lay_out(
        &self,
        types: &Arc<TenantTypes>,
        page: &ListPage<wire::Asset>,
        meter: &Meter,
    ) -> Result<Layout> {
        if !lacks_fields(page) || !types.hardware_has_fields {
            return Ok(Layout::Together);
        }
        if let Some(sections) = self.by_type(types, page.total, meter).await? {
            return Ok(Layout::ByType(sections));
        }
        Ok(if self.has_fields_alone(page, meter).await? {
            Layout::OneByOne
        } else {
            Layout::Together
        })
    }

    /// One section for each type, if that brings the fields and no asset is missing.
    async fn by_type(
        &self,
        types: &Arc<TenantTypes>,
        total: Option<u64>,
        meter: &Meter,
    ) -> Result<Option<Sections<TypeSection>>> {
        let sections = types
            .all()
            .map(|type_id| TypeSection {
                inner: Arc::clone(&self.inner),
                options: self.options,
                of: AssetFilter::Type(type_id.clone()),
                types: Arc::clone(types),
                has_fields: AtomicBool::new(false),
            })
            .collect();
        let sections = Sections::new(sections);
        let listed = sections.plan(meter).await?;
        let has_fields = sections
            .sections()
            .iter()
            .any(|section| section.has_fields.load(Ordering::Relaxed));
        let is_whole = total.is_none_or(|total| listed >= total);
        Ok((has_fields && is_whole).then_some(sections))
    }

    /// Whether an asset has fields when it is read alone; one of each type is tried.
    async fn has_fields_alone(&self, page: &ListPage<wire::Asset>, meter: &Meter) -> Result<bool> {
        let mut tried = Vec::new();
        for wire in page.rows.iter().filter_map(|row| row.record.as_ref().ok()) {
            let type_id = id(&wire.assettype_id);
            let Some(asset_id) = id(&wire.id).filter(|_| !tried.contains(&type_id)) else {
                continue;
            };
            tried.push(type_id);
            match self.inner.api.asset(&asset_id, KeepRaw::No, meter).await {
                Ok((row, _)) if row.record.as_ref().is_ok_and(wire::Asset::has_fields) => {
                    return Ok(true);
                }
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(false)
    }

    /// The page of the list of all types, from `first` if it is there.
    async fn listed(&self, number: u32, meter: &Meter) -> Result<ListPage<wire::Asset>> {
        let kept = self.first().take_if(|(kept, _)| *kept == number);
        match kept {
            Some((_, page)) => Ok(page),
            None => {
                let api = &self.inner.api;
                api.assets(&AssetFilter::AnyType, number, self.options, meter)
                    .await
            }
        }
    }

    /// `page` with each hardware asset as it is read alone; one that is gone meanwhile
    /// stays as listed.
    async fn alone(
        &self,
        mut page: ListPage<wire::Asset>,
        types: &TenantTypes,
        meter: &Meter,
    ) -> Result<ListPage<wire::Asset>> {
        for row in &mut page.rows {
            let hardware = row.record.as_ref().ok();
            let hardware = hardware.filter(|wire| !types.excludes(wire));
            let Some(asset_id) = hardware.and_then(|wire| id(&wire.id)) else {
                continue;
            };
            match self
                .inner
                .api
                .asset(&asset_id, self.options.raw, meter)
                .await
            {
                Ok((alone, _)) => *row = alone,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(page)
    }

    /// Whether a window can work, by the first page that is seen.
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
            self.inner.info.product
        ))
        .with_hint(format!(
            "name the asset field in which your RMM leaves its last check-in as \
             `fields.last_check_in`; or `{}` there, if some assets come from Intune; \
             or ask for all assets",
            places::INTUNE
        )))
    }
}

/// Whether none of the rows has its fields.
fn lacks_fields(page: &ListPage<wire::Asset>) -> bool {
    let mut records = page.rows.iter().filter_map(|row| row.record.as_ref().ok());
    !page.rows.is_empty() && !records.any(wire::Asset::has_fields)
}

#[async_trait]
impl ListSource for AssetPages {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let number = at.number();
        let plan = self.plan.get_or_try_init(|| self.make_plan(number, meter));
        let Plan { types, layout } = plan.await?;
        let hardware = |page| self.inner.hardware(page, types, self.options);
        let page = match layout {
            Layout::Together => hardware(self.listed(number, meter).await?),
            Layout::OneByOne => {
                let page = self.listed(number, meter).await?;
                hardware(self.alone(page, types, meter).await?)
            }
            Layout::ByType(sections) => sections.page(number, meter).await?,
        };
        self.require_check_in(&page)?;
        Ok(page)
    }

    async fn complete(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        if !self.detail.software {
            return Ok(asset);
        }
        self.inner.add_software(asset, meter).await
    }
}

/// The assets of one type.
struct TypeSection {
    inner: Arc<Inner>,
    options: AssetOptions,
    of: AssetFilter,
    types: Arc<TenantTypes>,
    has_fields: AtomicBool,
}

#[async_trait]
impl Section for TypeSection {
    type Record = Asset;

    async fn page(&self, number: u32, meter: &Meter) -> Result<Page<Asset>> {
        let page = self
            .inner
            .api
            .assets(&self.of, number, self.options, meter)
            .await?;
        let has_fields = !page.rows.is_empty() && !lacks_fields(&page);
        self.has_fields.fetch_or(has_fields, Ordering::Relaxed);
        Ok(self.inner.hardware(page, &self.types, self.options))
    }
}

impl Inner {
    /// The hardware on `page`; what is of another type is skipped.
    fn hardware(
        &self,
        page: ListPage<wire::Asset>,
        types: &TenantTypes,
        options: AssetOptions,
    ) -> Page<Asset> {
        let origin = self.origin(options.updates);
        numbered(page, |row, at| {
            let other = row.record.as_ref().ok().filter(|wire| types.excludes(wire));
            match other.and_then(|wire| id(&wire.id)) {
                Some(vendor_id) => Row::Skipped { vendor_id },
                None => map::asset(row, origin, at).into(),
            }
        })
    }
}
