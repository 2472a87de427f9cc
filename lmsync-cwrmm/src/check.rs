//! What the credentials can do, found out with a handful of reads.

use lmsync_core::http::Meter;
use lmsync_core::{Check, CheckReport, CheckScope, Error, Result};

use crate::api::{COMPANIES_AT_ONCE, Category, Wanted};
use crate::batch::{self, CheckIns};
use crate::connector::{Inner, PRODUCT};
use crate::scope::Scope;
use lmsync_core::wire::KeepRaw;

/// Whether heartbeats can be read.
const READ_CHECK_IN: &str = "read_check_in";
/// So many batches are looked at for a device.
const BATCHES: usize = 3;

const COUNT_HINT: &str = "a key sees only what it was made for: compare the count with the portal";

/// What a look at the first devices shows.
struct Seen {
    devices: u64,
    companies: usize,
    of: usize,
    /// Companies with a device, or the first ones.
    sample: Vec<String>,
}

pub(crate) async fn check(inner: &Inner, scope: CheckScope) -> CheckReport {
    let meter = Meter::default();
    let companies = companies(inner, &meter).await;
    let seen = match &companies {
        Ok(companies) => devices(inner, companies, &meter).await,
        Err(error) => Err(error.clone()),
    };
    let customers = companies.as_ref().map(|all| Some(all.len() as u64));
    let assets = seen
        .as_ref()
        .map(|seen| (seen.companies == seen.of).then_some(seen.devices));
    let customers = customers.map_err(Clone::clone);
    let assets = assets.map_err(Clone::clone);
    let mut report = CheckReport::of_reads(PRODUCT, &customers, &assets)
        .advise(Check::READ_CUSTOMERS, COUNT_HINT);
    if inner.api.scopes().lack(Scope::Sites) {
        let hint = format!("sites have no names: {}", Scope::Sites.hint());
        report = report.advise(Check::READ_CUSTOMERS, &hint);
    }
    if let Ok(seen) = &seen {
        tell_what_was_seen(&mut report, seen);
    }
    let check_in = check_in(inner, &seen, &meter).await;
    report = report.and(check_in);
    if !scope.two_way {
        return report;
    }
    report.and(Check::failed(
        Check::WRITE_DATES,
        &Error::unsupported(PRODUCT, "writing dates in this version"),
    ))
}

async fn companies(inner: &Inner, meter: &Meter) -> Result<Vec<String>> {
    let page = inner.api.companies(meter).await?;
    Ok(page
        .rows
        .iter()
        .filter_map(|row| row.record.as_ref().ok())
        .filter_map(|company| company.id.text())
        .map(|id| id.trim().to_owned())
        .collect())
}

/// Looks at companies, a batch at a time, until one has a device.
async fn devices(inner: &Inner, companies: &[String], meter: &Meter) -> Result<Seen> {
    let mut seen = Seen {
        devices: 0,
        companies: 0,
        of: companies.len(),
        sample: companies.iter().take(COMPANIES_AT_ONCE).cloned().collect(),
    };
    for batch in companies.chunks(COMPANIES_AT_ONCE).take(BATCHES) {
        let wanted = Wanted {
            category: Category::Platform,
            resource_type: "company",
            resources: batch,
            raw: KeepRaw::No,
        };
        let page = batch::devices(&inner.api, wanted, meter).await?;
        seen.companies += batch.len();
        seen.devices += page.map_or(0, |page| page.rows.len() as u64);
        if seen.devices > 0 {
            seen.sample = batch.to_vec();
            break;
        }
    }
    Ok(seen)
}

fn tell_what_was_seen(report: &mut CheckReport, seen: &Seen) {
    if seen.companies == seen.of {
        return;
    }
    for check in &mut report.checks {
        if check.name == Check::READ_ASSETS && check.ok {
            check.detail = format!(
                "{} assets visible in {} of {} customers",
                seen.devices, seen.companies, seen.of
            );
        }
    }
}

async fn check_in(inner: &Inner, seen: &Result<Seen>, meter: &Meter) -> Check {
    let seen = match seen {
        Ok(seen) => seen,
        Err(_) => return Check::not_tried(READ_CHECK_IN, Check::READ_ASSETS),
    };
    if seen.sample.is_empty() {
        return Check::passed(
            READ_CHECK_IN,
            "there is no customer whose devices could check in",
        );
    }
    let told = inner.api.heartbeat(&seen.sample, meter).await;
    match told.map(CheckIns::told) {
        Ok(told) => match told.failure() {
            None => Check::passed(READ_CHECK_IN, "check-in times can be read"),
            Some(why) => Check::failed(
                READ_CHECK_IN,
                &Error::vendor(format!("the heartbeat of a customer failed: {why}"))
                    .with_hint(Scope::Devices.hint()),
            ),
        },
        Err(error) => Check::failed(READ_CHECK_IN, &error),
    }
}
