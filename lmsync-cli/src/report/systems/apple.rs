//! macOS, by its version, and by the name of the release where that is all there is.

use super::source::Source::MacOs;
use super::{Release, Told, by_version, on, release};

/// Assumed: Apple names no days. A release that the source calls ended gets no updates any more.
const RELEASES: &[(&str, Release)] = &[
    ("26", release("macOS 26 Tahoe", None, MacOs)),
    ("15", release("macOS 15 Sequoia", None, MacOs)),
    ("14", release("macOS 14 Sonoma", None, MacOs)),
    ("13", release("macOS 13 Ventura", on(2025, 9, 15), MacOs)),
    ("12", release("macOS 12 Monterey", on(2024, 9, 16), MacOs)),
    ("11", release("macOS 11 Big Sur", on(2026, 2, 2), MacOs)),
    (
        "10.15",
        release("macOS 10.15 Catalina", on(2026, 2, 2), MacOs),
    ),
    (
        "10.14",
        release("macOS 10.14 Mojave", on(2021, 10, 25), MacOs),
    ),
    (
        "10.13",
        release("macOS 10.13 High Sierra", on(2020, 12, 1), MacOs),
    ),
    (
        "10.12",
        release("macOS 10.12 Sierra", on(2019, 10, 1), MacOs),
    ),
    (
        "10.11",
        release("OS X 10.11 El Capitan", on(2018, 12, 1), MacOs),
    ),
    (
        "10.10",
        release("OS X 10.10 Yosemite", on(2017, 8, 1), MacOs),
    ),
    (
        "10.9",
        release("OS X 10.9 Mavericks", on(2016, 12, 1), MacOs),
    ),
    (
        "10.8",
        release("OS X 10.8 Mountain Lion", on(2015, 8, 13), MacOs),
    ),
    (
        "10.7",
        release("Mac OS X 10.7 Lion", on(2012, 10, 4), MacOs),
    ),
];

/// The release that is told.
pub(super) fn find(told: &Told) -> Option<&'static Release> {
    by_version(RELEASES, told).or_else(|| {
        // The longest name first: Sierra is a part of High Sierra.
        let named = RELEASES.iter().filter(|(version, release)| {
            let name = release.name.to_lowercase();
            let own = name.split_once(version).map(|(_, own)| own.trim());
            own.is_some_and(|own| told.name.contains(own))
        });
        named
            .map(|(_, release)| release)
            .max_by_key(|release| release.name.len())
    })
}
