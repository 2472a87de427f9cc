//! The vendor's ids: small numbers, each kind with its own.

/// Assets that are no machines come first, fewer than five hundred of each kind.
const SOFTWARE_ASSETS: u64 = 1;
const SERVICE_ASSETS: u64 = 501;
/// Before the first machine.
const ASSETS: u64 = 1_000;
const CUSTOMERS: u64 = 10;
const SITES: u64 = 200;
const LICENCES: u64 = 40;

pub(super) const LAPTOP: u64 = 101;
pub(super) const DESKTOP: u64 = 102;
pub(super) const SERVER: u64 = 103;
pub(super) const SOFTWARE: u64 = 110;
pub(super) const SERVICE: u64 = 111;

pub(super) fn asset(machine: u64) -> u64 {
    ASSETS + machine
}

/// The number of the machine that is the asset `id`.
pub(super) fn machine(id: &str) -> Option<u64> {
    id.parse::<u64>().ok()?.checked_sub(ASSETS)
}

pub(super) fn software_asset(place: usize) -> u64 {
    SOFTWARE_ASSETS + place as u64
}

pub(super) fn service_asset(place: usize) -> u64 {
    SERVICE_ASSETS + place as u64
}

/// The place of the asset `id` among those of a type "Software".
pub(super) fn software_place(id: &str) -> Option<usize> {
    let place = id.parse::<u64>().ok()?.checked_sub(SOFTWARE_ASSETS)?;
    usize::try_from(place).ok()
}

pub(super) fn customer(number: u64) -> u64 {
    CUSTOMERS + number
}

pub(super) fn site(number: u64) -> u64 {
    SITES + number
}

pub(super) fn licence(place: usize) -> u64 {
    LICENCES + place as u64
}
