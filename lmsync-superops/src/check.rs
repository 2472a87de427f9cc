//! The check of what the token can do.

use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::{Check, CheckReport, CheckScope, Result};

use crate::answers::EDIT_HINT;
use crate::api::Api;
use crate::product::Product;

const ROLE_HINT: &str = "a technician's token sees only what its role allows, without saying so: \
     compare the count with SuperOps, or choose All Clients under Settings > Roles and Groups > \
     Technician Roles";

/// Checks what the token can do; one check per capability.
pub(crate) async fn check(api: &Api, scope: CheckScope) -> CheckReport {
    let meter = Meter::default();
    let customers = visible_customers(api, &meter).await;
    let assets = visible_assets(api, &meter).await;
    CheckReport::of_reads(&api.account.info().product, &customers, &assets)
        .advise(Check::READ_CUSTOMERS, ROLE_HINT)
        .advise(Check::READ_ASSETS, ROLE_HINT)
        .and_untold_writing(scope, EDIT_HINT)
}

async fn visible_customers(api: &Api, meter: &Meter) -> Result<Option<u64>> {
    let page = match api.product {
        Product::Msp => api.client_list(1, 1, meter).await?,
        Product::It => api.department_list(meter).await?,
    };
    Ok(page.info.total_count)
}

async fn visible_assets(api: &Api, meter: &Meter) -> Result<Option<u64>> {
    let page = api.asset_list(1, 1, KeepRaw::No, meter).await?;
    Ok(page.info.total_count)
}
