//! The check of what the key can do.

use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::{Check, CheckReport, CheckScope, Error, ErrorKind, Result};

use crate::answers::Right;
use crate::api::{Api, ListPage};
use crate::product::PRODUCT;
use crate::wire;

/// The check of reading one asset by itself.
const READ_ASSET_DETAILS: &str = "read_asset_details";
const SIGHT_HINT: &str = "a single-customer user's token sees only the assets of that customer, and Syncro does not \
     say that there are more: compare the count with Syncro; make the token as Master User and \
     with a full-time agent";
const GATHERED: &str = "gathered from the assets: the API key may not list customers";
const GATHERED_HINT: &str = "a customer without assets is not seen this way; to see all, add \
     \"Customers - List/Search\" to the token under Profile/Password > API Tokens";

/// Checks what the key can do; one check per capability.
pub(crate) async fn check(api: &Api, scope: CheckScope) -> CheckReport {
    let meter = Meter::default();
    let assets = api.asset_list(1, None, KeepRaw::No, &meter).await;
    let customers = api.customer_list(1, &meter).await;
    // What the assets tell is no failure: the prebuilt token may do no more.
    let gathered =
        assets.is_ok() && matches!(&customers, Err(error) if error.kind() == ErrorKind::Permission);
    let customers = match customers {
        Err(_) if gathered => Ok(None),
        customers => customers.map(|page| page.meta.total_entries),
    };
    let counted = match &assets {
        Ok(page) => Ok(page.meta.total_entries),
        Err(error) => Err(error.clone()),
    };
    let mut report = CheckReport::of_reads(PRODUCT, &customers, &counted)
        .advise(Check::READ_CUSTOMERS, SIGHT_HINT)
        .advise(Check::READ_ASSETS, SIGHT_HINT);
    if gathered {
        for check in &mut report.checks {
            if check.name == Check::READ_CUSTOMERS {
                GATHERED.clone_into(&mut check.detail);
                check.hint = Some(GATHERED_HINT.to_owned());
            }
        }
    }
    if let Some(check) = reads_details(api, &assets, &meter).await {
        report = report.and(check);
    }
    if !scope.two_way {
        return report;
    }
    let writing = check_writing(api, &report, &meter).await;
    report.and(writing)
}

/// The check of reading one of the assets listed by itself; `None` when there is none to try.
async fn reads_details(
    api: &Api,
    assets: &Result<ListPage<Box<wire::Asset>>>,
    meter: &Meter,
) -> Option<Check> {
    let Ok(page) = assets else {
        return Some(Check::not_tried(READ_ASSET_DETAILS, Check::READ_ASSETS));
    };
    let id = page
        .rows
        .iter()
        .find_map(|row| row.record.as_ref().ok()?.id.text())?;
    Some(match api.asset(id, meter).await {
        Ok(_) => Check::passed(READ_ASSET_DETAILS, "single assets can be read"),
        Err(error) => Check::failed(READ_ASSET_DETAILS, &error),
    })
}

/// The check of writing, as far as it is told without doing it; `report` is of reading.
///
/// Syncro tells what the key's user may do. Of the key itself it tells only on writing.
async fn check_writing(api: &Api, report: &CheckReport, meter: &Meter) -> Check {
    // Writing reads the asset; customers play no part in it.
    let is_needed = |check: &&Check| check.name != Check::READ_CUSTOMERS;
    if let Some(failed) = report.checks.iter().filter(is_needed).find(|one| !one.ok) {
        return Check::not_tried(Check::WRITE_DATES, &failed.name);
    }
    if api.fields.dates().is_empty() {
        let nameless = Error::config("no property is named for either date")
            .with_hint("name them under `fields`");
        return Check::failed(Check::WRITE_DATES, &nameless);
    }
    let (ok, detail) = match api.may_edit_assets(meter).await {
        Ok(Some(true)) => (
            true,
            "the key's user may edit assets; whether the key may, Syncro tells only on writing",
        ),
        Ok(Some(false)) => (false, "the key's user may not edit assets"),
        Ok(None) => (
            true,
            "not known before the first write: Syncro does not say what the key's user may do",
        ),
        Err(error) => return Check::failed(Check::WRITE_DATES, &error),
    };
    let mut check = Check::passed(Check::WRITE_DATES, detail).with_hint(Right::EditAsset.hint());
    check.ok = ok;
    check
}
