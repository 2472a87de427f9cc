//! The check of what the application can do.

use lmsync_core::http::Meter;
use lmsync_core::{Check, CheckReport, CheckScope, Error, ErrorKind, Result};

use crate::answers::{self, ReadKind, SIGN_IN};
use crate::api::{Api, AssetFilter};

const READ_SOFTWARE: &str = "read_software";
const ROLE_HINT: &str = "an agent sees only what its role allows, without saying so: compare the \
     count with Halo; the role's permissions are under Configuration > Teams & Agents > Roles";
const NONE_HINT: &str = "if Halo shows assets, the agent may not see their types: under \
     Configuration > Teams & Agents > Roles > Permissions give its role Allow use of all Asset \
     Types and of all Asset Fields";

/// Checks what the application can do; one check per capability.
pub(crate) async fn check(api: &Api, scope: CheckScope) -> CheckReport {
    let meter = Meter::default();
    let product = api.product.label();
    let customers = api.count(ReadKind::Customers, &meter).await;
    let assets = visible_assets(api, &meter).await;
    let assets_hint = match assets {
        Ok(Some(0)) => NONE_HINT,
        _ => ROLE_HINT,
    };
    let report = reads(product, &customers, &assets)
        .advise(Check::READ_CUSTOMERS, ROLE_HINT)
        .advise(Check::READ_ASSETS, assets_hint);
    let failed = report.first_failed(&[Check::REACHABLE, Check::AUTHENTICATED]);
    let failed = failed.map(ToOwned::to_owned);
    let software = match &failed {
        Some(failed) => Check::not_tried(READ_SOFTWARE, failed),
        None => match api.count(ReadKind::Software, &meter).await {
            Ok(Some(count)) => {
                Check::passed(READ_SOFTWARE, format!("{count} software licences visible"))
            }
            Ok(None) => Check::passed(READ_SOFTWARE, "software licences can be listed"),
            Err(error) => Check::failed(READ_SOFTWARE, &error),
        },
    };
    let report = report.and(software);
    if !scope.two_way {
        return report;
    }
    report.and(match &failed {
        Some(failed) => Check::not_tried(Check::WRITE_DATES, failed),
        None => check_writing(api, &meter).await,
    })
}

async fn visible_assets(api: &Api, meter: &Meter) -> Result<Option<u64>> {
    let types = api.types(meter).await?;
    let of = match types.filter() {
        None => AssetFilter::AnyType,
        Some([]) => return Ok(Some(0)),
        Some(ids) => AssetFilter::Types(ids.to_vec()),
    };
    api.asset_count(&of, meter).await
}

/// The check of writing, as far as signing in tells.
async fn check_writing(api: &Api, meter: &Meter) -> Check {
    let product = api.product;
    match api.sign_in_to_write(meter).await {
        Ok(()) => {
            let detail = format!(
                "nothing was written: {} lets the application sign in to change assets; whether \
                 the agent's role allows it shows only on writing",
                product.label()
            );
            Check::passed(Check::WRITE_DATES, detail).with_hint(answers::writing_hint(product))
        }
        Err(error) => Check::failed(Check::WRITE_DATES, &error),
    }
}

/// The report of the two reads. Where the sign-in worked and both addresses lead to
/// something else than an API, the Resource Server is wrong.
fn reads(
    product: &str,
    customers: &Result<Option<u64>>,
    assets: &Result<Option<u64>>,
) -> CheckReport {
    match (customers, assets) {
        (Err(first), Err(second)) if is_elsewhere(first) && is_elsewhere(second) => {
            CheckReport::new(vec![
                Check::failed(Check::REACHABLE, first),
                Check::passed(
                    Check::AUTHENTICATED,
                    format!("{product} accepts the credentials"),
                ),
                Check::not_tried(Check::READ_CUSTOMERS, Check::REACHABLE),
                Check::not_tried(Check::READ_ASSETS, Check::REACHABLE),
            ])
        }
        _ => CheckReport::of_reads(product, customers, assets),
    }
}

fn is_elsewhere(error: &Error) -> bool {
    error.operation() != Some(SIGN_IN)
        && matches!(error.kind(), ErrorKind::Decode | ErrorKind::NotFound)
}
