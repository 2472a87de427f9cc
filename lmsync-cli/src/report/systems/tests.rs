//! Texts as tools write them, and the releases that they name.

use chrono::NaiveDate;
use lmsync::model::{OperatingSystem, OsFamily};

use super::System;

fn system(name: &str, version: &str, build: &str) -> System {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut os = OperatingSystem::default();
    os.family = OsFamily::from_text(name);
    os.name = some(name);
    os.version = some(version);
    os.build = some(build);
    System::of(&os)
}

#[test]
fn releases_are_known_by_what_tools_tell() {
    for (name, version, build, release) in [
        (
            "Microsoft Windows 11 Pro",
            "10.0.22631",
            "",
            "Windows 11, 23H2, Home and Pro",
        ),
        (
            "Microsoft Windows 11 Pro",
            "23H2",
            "22631",
            "Windows 11, 23H2, Home and Pro",
        ),
        (
            "Microsoft Windows 11 Pro",
            "23H2",
            "",
            "Windows 11, 23H2, Home and Pro",
        ),
        (
            "Windows 11 Pro 24H2",
            "",
            "",
            "Windows 11, 24H2, Home and Pro",
        ),
        (
            "Win11 Enterprise",
            "10.0.26100.4061",
            "",
            "Windows 11, 24H2, Enterprise and Education",
        ),
        (
            "Microsoft Windows 11 Pro Education",
            "10.0.22621",
            "",
            "Windows 11, 22H2, Home and Pro",
        ),
        // Of an edition that is not told, the longest support counts.
        (
            "Windows",
            "10.0.22631",
            "",
            "Windows 11, 23H2, Enterprise and Education",
        ),
        (
            "Microsoft Windows 10 Home Single Language",
            "10.0.19045",
            "19045",
            "Windows 10, 22H2, Home and Pro",
        ),
        (
            "Microsoft Windows 10 Enterprise",
            "21H2",
            "19044",
            "Windows 10, 21H2, Enterprise and Education",
        ),
        (
            "Microsoft Windows 10 Enterprise LTSC",
            "10.0.19044",
            "",
            "Windows 10, 21H2, Enterprise LTSC",
        ),
        (
            "Microsoft Windows 10 IoT Enterprise LTSC",
            "10.0.19044",
            "",
            "Windows 10, 21H2, IoT Enterprise LTSC",
        ),
        (
            "Microsoft Windows 10 Enterprise 2016 LTSB",
            "10.0.14393",
            "",
            "Windows 10, 1607, Enterprise LTSC",
        ),
        ("Windows 10 Pro", "", "", "Windows 10, release not told"),
        ("Microsoft Windows 8.1 Pro", "6.3.9600", "", "Windows 8.1"),
        (
            "Windows 7 Professional",
            "6.1.7601 Service Pack 1",
            "7601",
            "Windows 7",
        ),
        ("Windows XP", "", "", "Windows XP"),
        (
            "Microsoft Windows Server 2016 Standard",
            "1607",
            "14393",
            "Windows Server 2016",
        ),
        (
            "Microsoft Windows Server 2012 R2 Datacenter",
            "6.3.9600",
            "",
            "Windows Server 2012 R2",
        ),
        (
            "Windows Server 2012 Standard",
            "",
            "",
            "Windows Server 2012",
        ),
        (
            "Windows Server Datacenter",
            "10.0.20348",
            "",
            "Windows Server 2022",
        ),
        (
            "Microsoft Hyper-V Server 2019",
            "",
            "",
            "Windows Server 2019",
        ),
        ("macOS Sequoia", "15.1", "24B83", "macOS 15 Sequoia"),
        ("macOS Ventura", "", "22G720", "macOS 13 Ventura"),
        (
            "macOS 10.13.6 High Sierra",
            "",
            "",
            "macOS 10.13 High Sierra",
        ),
        ("macOS High Sierra", "", "", "macOS 10.13 High Sierra"),
        ("Mac OS X", "10.11.6", "", "OS X 10.11 El Capitan"),
        (
            "Ubuntu 22.04.4 LTS",
            "",
            "5.15.0-105-generic",
            "Ubuntu 22.04 LTS",
        ),
        ("Ubuntu", "20.04", "", "Ubuntu 20.04 LTS"),
        ("Debian GNU/Linux 12 (bookworm)", "", "", "Debian 12"),
        (
            "Red Hat Enterprise Linux Server 7.9 (Maipo)",
            "",
            "",
            "Red Hat Enterprise Linux 7",
        ),
        ("CentOS Linux 7 (Core)", "", "", "CentOS Linux 7"),
        ("CentOS Stream 9", "", "", "CentOS Stream 9"),
        ("VMware ESXi", "7.0.3", "18644231", "ESXi 7.0"),
    ] {
        match system(name, version, build) {
            System::Known(known) => assert_eq!(known.name, release, "{name} {version} {build}"),
            other => panic!("{other:?} for {name} {version} {build}"),
        }
    }
}

#[test]
fn what_is_not_told_well_enough_is_no_release() {
    for (name, version, build) in [
        ("Windows", "", ""),
        ("Windows 11 Pro", "", ""),
        ("Windows 10 Enterprise LTSC", "", ""),
        ("Windows 10 Pro", "10.0.99999", ""),
        ("Windows Server", "", ""),
        ("macOS", "99.1", ""),
        ("Linux", "6.1", ""),
        ("Ubuntu", "", ""),
        ("Rocky Linux", "9.3", ""),
        ("iOS", "15.8", ""),
        ("FortiOS 7.2", "", ""),
        ("TempleOS", "", ""),
    ] {
        assert_eq!(
            system(name, version, build),
            System::Unlisted,
            "{name} {version} {build}"
        );
    }
    assert_eq!(system("", "", ""), System::Untold);
}

#[test]
fn the_last_day_of_support_still_counts() {
    let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
    let windows = system("Microsoft Windows 10 Pro", "10.0.19045", "");
    assert_eq!(windows.past_support(day("2025-10-14")), None);
    assert!(windows.past_support(day("2025-10-15")).is_some());
    let mac = system("macOS Sequoia", "15.1", "");
    assert_eq!(mac.past_support(day("2099-01-01")), None);
}
