//! Distributions of Linux, by name and version.

use super::source::Source::{CentOs, CentOsStream, Debian, RedHat, Ubuntu};
use super::{Release, Told, by_version, on, release};

const UBUNTU: &[(&str, Release)] = &[
    (
        "26.04",
        release("Ubuntu 26.04 LTS", on(2031, 4, 30), Ubuntu),
    ),
    ("25.10", release("Ubuntu 25.10", on(2026, 7, 1), Ubuntu)),
    ("25.04", release("Ubuntu 25.04", on(2026, 1, 17), Ubuntu)),
    ("24.10", release("Ubuntu 24.10", on(2025, 7, 10), Ubuntu)),
    (
        "24.04",
        release("Ubuntu 24.04 LTS", on(2029, 5, 31), Ubuntu),
    ),
    ("23.10", release("Ubuntu 23.10", on(2024, 7, 12), Ubuntu)),
    ("23.04", release("Ubuntu 23.04", on(2024, 1, 20), Ubuntu)),
    ("22.10", release("Ubuntu 22.10", on(2023, 7, 20), Ubuntu)),
    ("22.04", release("Ubuntu 22.04 LTS", on(2027, 4, 1), Ubuntu)),
    (
        "20.04",
        release("Ubuntu 20.04 LTS", on(2025, 5, 31), Ubuntu),
    ),
    (
        "18.04",
        release("Ubuntu 18.04 LTS", on(2023, 5, 31), Ubuntu),
    ),
    ("16.04", release("Ubuntu 16.04 LTS", on(2021, 4, 2), Ubuntu)),
    ("14.04", release("Ubuntu 14.04 LTS", on(2019, 4, 2), Ubuntu)),
    (
        "12.04",
        release("Ubuntu 12.04 LTS", on(2017, 4, 28), Ubuntu),
    ),
];

/// The end of Debian's LTS, which costs nothing, where there is one.
const DEBIAN: &[(&str, Release)] = &[
    ("13", release("Debian 13", on(2030, 6, 30), Debian)),
    ("12", release("Debian 12", on(2028, 6, 30), Debian)),
    ("11", release("Debian 11", on(2026, 8, 31), Debian)),
    ("10", release("Debian 10", on(2024, 6, 30), Debian)),
    ("9", release("Debian 9", on(2022, 7, 1), Debian)),
    ("8", release("Debian 8", on(2020, 6, 30), Debian)),
    ("7", release("Debian 7", on(2018, 5, 31), Debian)),
];

const RED_HAT: &[(&str, Release)] = &[
    (
        "10",
        release("Red Hat Enterprise Linux 10", on(2035, 5, 31), RedHat),
    ),
    (
        "9",
        release("Red Hat Enterprise Linux 9", on(2032, 5, 31), RedHat),
    ),
    (
        "8",
        release("Red Hat Enterprise Linux 8", on(2029, 5, 31), RedHat),
    ),
    (
        "7",
        release("Red Hat Enterprise Linux 7", on(2024, 6, 30), RedHat),
    ),
    (
        "6",
        release("Red Hat Enterprise Linux 6", on(2020, 11, 30), RedHat),
    ),
    (
        "5",
        release("Red Hat Enterprise Linux 5", on(2017, 3, 31), RedHat),
    ),
];

const CENTOS: &[(&str, Release)] = &[
    ("8", release("CentOS Linux 8", on(2021, 12, 31), CentOs)),
    ("7", release("CentOS Linux 7", on(2024, 6, 30), CentOs)),
    ("6", release("CentOS Linux 6", on(2020, 11, 30), CentOs)),
    ("5", release("CentOS Linux 5", on(2017, 3, 31), CentOs)),
];

const CENTOS_STREAM: &[(&str, Release)] = &[
    (
        "10",
        release("CentOS Stream 10", on(2030, 5, 31), CentOsStream),
    ),
    (
        "9",
        release("CentOS Stream 9", on(2027, 5, 31), CentOsStream),
    ),
    (
        "8",
        release("CentOS Stream 8", on(2024, 5, 31), CentOsStream),
    ),
];

/// The release that is told.
pub(super) fn find(told: &Told) -> Option<&'static Release> {
    let table = match () {
        () if told.has("ubuntu") => UBUNTU,
        () if told.has("debian") => DEBIAN,
        () if told.has("rhel") || (told.has("red") && told.has("hat")) || told.has("redhat") => {
            RED_HAT
        }
        () if told.has("centos") && told.has("stream") => CENTOS_STREAM,
        () if told.has("centos") => CENTOS,
        () => return None,
    };
    by_version(table, told)
}
