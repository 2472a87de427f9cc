//! What follows from an asset's values once all of them are in.

use super::asset::Asset;
use super::hardware::{Disk, DiskMedia};
use super::identity::identity_keys;
use super::issue::{Issue, IssueCode};
use super::kind::AssetKind;
use super::os::OsFamily;
use super::serial::SerialStatus;
use super::text::{clean, trimmed};
use super::virtualization::{Virtualization, guest_hypervisor};

pub(super) fn finish(mut asset: Asset) -> Asset {
    tidy(&mut asset);
    name(&mut asset);
    virtualization(&mut asset);
    storage(&mut asset);
    asset.issues.extend(remaining_issues(&asset));
    asset.issues.sort_by_key(|issue| issue.code);
    asset.issues.dedup();
    asset.identity = identity_keys(&asset);
    asset
}

/// Blanks in the fields that connectors set directly.
fn tidy(asset: &mut Asset) {
    for field in [
        &mut asset.hostname,
        &mut asset.domain,
        &mut asset.asset_tag,
        &mut asset.kind_raw,
        &mut asset.hypervisor,
        &mut asset.product_number,
        &mut asset.last_user,
        &mut asset.state_raw,
        &mut asset.os.display_version,
        &mut asset.bios.version,
        &mut asset.tpm.version,
        &mut asset.agent_version,
        &mut asset.patch_status,
        &mut asset.warranty_note,
        &mut asset.supplier,
        &mut asset.order,
    ] {
        if let Some(text) = field.as_deref()
            && trimmed(text) != Some(text)
        {
            *field = clean(text);
        }
    }
    asset.memory_bytes = asset.memory_bytes.filter(|bytes| *bytes > 0);
    asset.storage_total_bytes = asset.storage_total_bytes.filter(|bytes| *bytes > 0);
}

fn name(asset: &mut Asset) {
    if asset.name.is_empty() {
        let hostname = asset.hostname.clone();
        asset.name = hostname.unwrap_or_else(|| asset.source.vendor_id.clone());
    }
}

/// Evidence of a guest outweighs "physical"; a host may well be a guest itself and stays one.
fn virtualization(asset: &mut Asset) {
    if asset.kind == AssetKind::Hypervisor || asset.os.family == OsFamily::Esxi {
        if asset.virtualization == Virtualization::Unknown {
            asset.virtualization = Virtualization::Host;
        }
    } else if let Some(hypervisor) = evidence(asset)
        && !matches!(
            asset.virtualization,
            Virtualization::Host | Virtualization::Container
        )
    {
        asset.virtualization = Virtualization::Guest;
        asset
            .hypervisor
            .get_or_insert_with(|| hypervisor.to_owned());
    }
    let is_virtual = matches!(
        asset.virtualization,
        Virtualization::Guest | Virtualization::Container
    );
    if is_virtual && asset.serial.status == SerialStatus::Valid {
        asset.serial.status = SerialStatus::Virtual;
    }
}

fn evidence(asset: &Asset) -> Option<&'static str> {
    guest_hypervisor(
        asset
            .manufacturer_raw
            .as_deref()
            .or(asset.manufacturer.as_deref()),
        asset.model.as_deref(),
        asset.serial.value.as_deref(),
    )
}

/// The sum of the disks, when each of them tells its size.
fn storage(asset: &mut Asset) {
    if asset.storage_total_bytes.is_none() {
        let is_built_in = |disk: &&Disk| disk.media != DiskMedia::Removable;
        asset.storage_total_bytes = asset
            .disks
            .iter()
            .filter(is_built_in)
            .try_fold(0_u64, |sum, disk| sum.checked_add(disk.total_bytes?))
            .filter(|sum| *sum > 0);
    }
}

fn remaining_issues(asset: &Asset) -> Vec<Issue> {
    let issue = |code, field, raw: Option<&str>| {
        let issue = Issue::new(code, field);
        match raw {
            Some(raw) => issue.with_raw(raw),
            None => issue,
        }
    };
    let mut issues = Vec::new();
    match asset.serial.status {
        SerialStatus::Placeholder => {
            let raw = asset.serial.raw.as_deref();
            issues.push(issue(IssueCode::PlaceholderSerial, "serial", raw));
        }
        SerialStatus::Missing => issues.push(issue(IssueCode::MissingSerial, "serial", None)),
        SerialStatus::Valid | SerialStatus::Virtual => {}
    }
    if asset.kind == AssetKind::Unknown && asset.kind_raw.is_some() {
        issues.push(issue(
            IssueCode::UnknownKind,
            "kind",
            asset.kind_raw.as_deref(),
        ));
    }
    if asset.manufacturer.is_none() && asset.manufacturer_raw.is_some() {
        let raw = asset.manufacturer_raw.as_deref();
        issues.push(issue(IssueCode::UnknownManufacturer, "manufacturer", raw));
    }
    let dates = asset.purchase_date.zip(asset.warranty_expiry);
    if dates.is_some_and(|(purchase, expiry)| purchase > expiry) {
        issues.push(issue(IssueCode::DateOrder, "purchase_date", None));
    }
    issues
}
