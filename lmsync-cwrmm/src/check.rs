//! What the credentials can do, found out with a handful of reads.

use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::listing::read_all;
use lmsync_core::two_way::DateField;
use lmsync_core::{Check, CheckReport, CheckScope, Error, ErrorKind, Result};

use std::sync::Arc;

use crate::api::{Api, COMPANIES_AT_ONCE, Category};
use crate::lists::{DeviceRows, Directory};
use crate::product::PRODUCT;
use crate::quirks::check_ins::CheckIns;
use crate::quirks::device_pages::DevicePages;
use crate::quirks::scope::Scope;
use crate::tenant_fields::sought;

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
    /// The first device.
    device: Option<String>,
}

pub(crate) async fn check(api: &Arc<Api>, scope: CheckScope) -> CheckReport {
    let meter = Meter::default();
    let companies = Directory::of_companies(api, &meter).await;
    let companies = companies.map(|directory| directory.companies);
    let seen = match &companies {
        Ok(companies) => devices(api, companies, &meter).await,
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
    if api.scopes.lack(Scope::Sites) {
        let hint = format!("sites have no names: {}", Scope::Sites.hint());
        report = report.advise(Check::READ_CUSTOMERS, &hint);
    }
    if let Ok(seen) = &seen {
        tell_what_was_seen(&mut report, seen);
    }
    let check_in = check_in(api, &seen, &meter).await;
    report = report.and(check_in);
    if !scope.two_way {
        return report;
    }
    let write_dates = write_dates(api, &report, seen.ok(), &meter).await;
    report.and(write_dates)
}

/// Looks at companies, a batch at a time, until one has a device.
async fn devices(api: &Arc<Api>, companies: &[String], meter: &Meter) -> Result<Seen> {
    let mut seen = Seen {
        devices: 0,
        companies: 0,
        of: companies.len(),
        sample: companies.iter().take(COMPANIES_AT_ONCE).cloned().collect(),
        device: None,
    };
    for batch in companies.chunks(COMPANIES_AT_ONCE).take(BATCHES) {
        let pages = DevicePages::new(api, Category::Platform, batch, KeepRaw::No);
        let found = read_all(DeviceRows(pages), api.account.http(), meter)
            .await?
            .records;
        seen.companies += batch.len();
        seen.devices += found.len() as u64;
        if seen.devices > 0 {
            seen.device = found.first().map(|device| device.0.clone());
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

async fn check_in(api: &Arc<Api>, seen: &Result<Seen>, meter: &Meter) -> Check {
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
    let told = api.heartbeat(&seen.sample, meter).await;
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

/// Whether dates can be written, found out without writing: by a token to write with, and by
/// the custom fields of one device.
async fn write_dates(
    api: &Arc<Api>,
    report: &CheckReport,
    seen: Option<Seen>,
    meter: &Meter,
) -> Check {
    // A key that is refused once more may be locked.
    if let Some(failed) = report.first_failed(&[Check::REACHABLE, Check::AUTHENTICATED]) {
        return Check::not_tried(Check::WRITE_DATES, failed);
    }
    if api.account.info().capabilities.two_way.is_empty() {
        let error = Error::unsupported(PRODUCT, "writing dates without names in `fields`");
        return Check::failed(Check::WRITE_DATES, &error);
    }
    let outcome = match api.writer.sign_in(meter).await {
        Ok(()) => fields(api, seen.and_then(|seen| seen.device), meter).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(seen) => {
            let detail = format!(
                "the key has a token to write custom fields with, and {seen}; whether a device \
                 takes it, {PRODUCT} tells only on writing"
            );
            let needed = Scope::WriteCustomFields.hint();
            Check::passed(Check::WRITE_DATES, detail)
                .with_hint(format!("should a write be refused all the same: {needed}"))
        }
        Err(error) => Check::failed(Check::WRITE_DATES, &error),
    }
}

/// What is to be said of the custom fields for dates on `device`.
async fn fields(api: &Arc<Api>, device: Option<String>, meter: &Meter) -> Result<String> {
    let Some(device) = device else {
        return Ok("no device was seen to look for the custom fields on".to_owned());
    };
    let dates: Vec<DateField> = DateField::ALL
        .iter()
        .copied()
        .filter(|date| api.account.info().capabilities.two_way.contains(*date))
        .collect();
    let missing = api.missing_ids(&device, &dates, meter).await?;
    if missing.is_empty() {
        return Ok("the custom fields for the dates are there".to_owned());
    }
    if !api.options.create_custom_fields {
        return Err(api.no_field(&missing));
    }
    if api.writer.lacks(Scope::WriteDefinitions) {
        return Err(Error::new(
            ErrorKind::Permission,
            "the API key may not create custom fields",
        )
        .with_hint(Scope::WriteDefinitions.hint()));
    }
    let sought = sought(&api.options.fields, &missing);
    Ok(format!("the first write creates the one for {sought}"))
}
