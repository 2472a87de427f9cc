//! What is installed on a machine.

use chrono::{DateTime, TimeDelta, Utc};

use super::machine::{Installed, OsFamily};
use crate::dice::Dice;

/// Name, publisher, first part of the version, and how many of a hundred machines have it.
type Entry = (&'static str, &'static str, &'static str, usize);

const WINDOWS: [Entry; 18] = [
    (
        "Microsoft 365 Apps for business - en-us",
        "Microsoft Corporation",
        "16.0.17628",
        88,
    ),
    ("Microsoft Edge", "Microsoft Corporation", "125.0.2535", 99),
    ("Google Chrome", "Google LLC", "125.0.6422", 86),
    ("Mozilla Firefox (x64 en-US)", "Mozilla", "126.0", 34),
    ("Adobe Acrobat (64-bit)", "Adobe", "24.002", 61),
    ("7-Zip 23.01 (x64)", "Igor Pavlov", "23.01", 45),
    ("Microsoft Teams", "Microsoft Corporation", "24102.2223", 74),
    ("Zoom Workplace (64-bit)", "Zoom", "6.0.11", 42),
    (
        "Microsoft Visual C++ 2015-2022 Redistributable (x64)",
        "Microsoft Corporation",
        "14.38.33135",
        97,
    ),
    ("Dell Command | Update", "Dell Inc.", "5.3.0", 31),
    ("Notepad++ (64-bit x64)", "Notepad++ Team", "8.6.7", 22),
    ("VLC media player", "VideoLAN", "3.0.20", 18),
    ("Sentinel Agent", "SentinelOne", "23.4.4", 66),
    ("QuickBooks Desktop Pro 2023", "Intuit Inc.", "33.0.4011", 9),
    ("AutoCAD LT 2024", "Autodesk", "30.0.47", 6),
    ("FortiClient VPN", "Fortinet Technologies Inc", "7.2.4", 28),
    ("PuTTY release 0.81 (64-bit)", "Simon Tatham", "0.81", 11),
    (
        "Veeam Agent for Microsoft Windows",
        "Veeam Software Group GmbH",
        "6.1.0",
        15,
    ),
];

const MAC: [Entry; 8] = [
    ("Safari", "Apple", "17.5", 100),
    ("Keynote", "Apple", "14.0", 70),
    ("Microsoft Word", "Microsoft Corporation", "16.85", 82),
    ("Google Chrome", "Google LLC", "125.0.6422", 77),
    ("Slack", "Slack Technologies, Inc.", "4.38.125", 51),
    ("Figma", "Figma, Inc.", "124.0", 19),
    ("zoom.us", "Zoom Video Communications, Inc.", "6.0.11", 58),
    ("1Password", "AgileBits", "8.10.33", 27),
];

const LINUX: [Entry; 5] = [
    ("openssh-server", "Ubuntu Developers", "1:8.9p1", 100),
    ("nginx", "Ubuntu Developers", "1.18.0", 48),
    ("postgresql-14", "Ubuntu Developers", "14.11", 31),
    ("docker-ce", "Docker", "5:26.1.1", 40),
    ("curl", "Ubuntu Developers", "7.81.0", 97),
];

pub(super) fn installed(family: OsFamily, dice: &mut Dice, now: DateTime<Utc>) -> Vec<Installed> {
    let (first_id, entries): (u64, &[Entry]) = match family {
        OsFamily::Windows | OsFamily::WindowsServer => (1, &WINDOWS),
        OsFamily::MacOs => (101, &MAC),
        OsFamily::Linux => (201, &LINUX),
    };
    (first_id..)
        .zip(entries)
        .filter_map(|(id, entry)| {
            // Always the same number of rolls, so that one program does not depend on another.
            let (present, patch, age) = (
                dice.chance(entry.3),
                dice.below(40),
                dice.between(3_600, 900 * 86_400),
            );
            present.then(|| Installed {
                id,
                name: entry.0,
                publisher: entry.1,
                version: format!("{}.{patch}", entry.2),
                at: (now - TimeDelta::seconds(age)).naive_utc(),
                path: path(family, entry.0),
            })
        })
        .collect()
}

fn path(family: OsFamily, name: &str) -> String {
    match family {
        OsFamily::Windows | OsFamily::WindowsServer => format!("C:\\Program Files\\{name}"),
        OsFamily::MacOs => format!("/Applications/{name}.app"),
        OsFamily::Linux => format!("/usr/share/{name}"),
    }
}
