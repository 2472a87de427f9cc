//! VMware ESXi, by its version. The day is the end of general support.

use super::source::Source::Esxi;
use super::{Release, Told, by_version, on, release};

const RELEASES: &[(&str, Release)] = &[
    ("9.1", release("ESXi 9.1", on(2028, 8, 12), Esxi)),
    ("9.0", release("ESXi 9.0", on(2027, 9, 17), Esxi)),
    ("8.0", release("ESXi 8.0", on(2027, 10, 11), Esxi)),
    ("7.0", release("ESXi 7.0", on(2025, 10, 2), Esxi)),
    ("6.7", release("ESXi 6.7", on(2022, 10, 15), Esxi)),
    ("6.5", release("ESXi 6.5", on(2022, 10, 15), Esxi)),
    ("6.0", release("ESXi 6.0", on(2020, 3, 12), Esxi)),
    ("5.5", release("ESXi 5.5", on(2018, 9, 19), Esxi)),
    ("5.1", release("ESXi 5.1", on(2016, 8, 24), Esxi)),
    ("5.0", release("ESXi 5.0", on(2016, 8, 24), Esxi)),
];

/// The release that is told.
pub(super) fn find(told: &Told) -> Option<&'static Release> {
    by_version(RELEASES, told)
}
