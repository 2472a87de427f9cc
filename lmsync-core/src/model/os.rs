//! Operating systems.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::date_json;
use super::text::trimmed;
use super::words::{Phrases, Words};

/// The operating system of an asset.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OperatingSystem {
    /// The family.
    #[serde(default, skip_serializing_if = "OsFamily::is_unknown")]
    pub family: OsFamily,
    /// The full name, in the vendor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The release that people know, such as `22H2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_version: Option<String>,
    /// The processor architecture it is made for.
    #[serde(default, skip_serializing_if = "Architecture::is_unknown")]
    pub arch: Architecture,
    /// The day it was installed.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "date_json::option::serialize"
    )]
    pub installed_on: Option<NaiveDate>,
}

impl OperatingSystem {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Sets version, build and release from a vendor's text, such as `10.0.19044 Build 19044 (21H2)`.
    pub(super) fn set_version(&mut self, text: &str) {
        let Some(text) = trimmed(text) else { return };
        let (version, build) = split_version(text);
        self.version = (!version.is_empty()).then(|| version.to_owned());
        if let Some(build) = build {
            self.build = Some(build.to_owned());
        }
        if self.display_version.is_none() {
            self.display_version = release(text).map(str::to_owned);
        }
    }
}

/// The family of an operating system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OsFamily {
    /// Windows on a client.
    Windows,
    /// Windows Server.
    WindowsServer,
    /// macOS, OS X.
    MacOs,
    /// Any Linux distribution.
    Linux,
    /// The iPhone's.
    Ios,
    /// The iPad's.
    IpadOs,
    /// Android.
    Android,
    /// ChromeOS.
    ChromeOs,
    /// VMware ESXi.
    Esxi,
    /// FreeBSD and its kin.
    Bsd,
    /// A switch's, router's or firewall's.
    NetworkOs,
    /// Another one that is known.
    Other,
    /// Not told, or in words that are not known.
    #[default]
    Unknown,
}

crate::words!(OsFamily {
    Windows => "windows",
    WindowsServer => "windows_server",
    MacOs => "macos",
    Linux => "linux",
    Ios => "ios",
    IpadOs => "ipados",
    Android => "android",
    ChromeOs => "chromeos",
    Esxi => "esxi",
    Bsd => "bsd",
    NetworkOs => "network_os",
    Other => "other",
    Unknown => "unknown",
});

/// Windows servers that are not called so: Azure Stack HCI, renamed Azure Local in 2024.
///
/// Documented: <https://learn.microsoft.com/azure/azure-local/rename-to-azure-local>
const WINDOWS_SERVERS: &[&str] = &[
    "azure stack hci",
    "azurestackhci",
    "azurestack hci",
    "azure local",
];

/// The first that fits counts: "Cisco IOS XE" names Apple's system too.
const FAMILIES: &[(OsFamily, &[&str])] = &[
    (OsFamily::Esxi, &["esxi", "esx"]),
    (
        OsFamily::NetworkOs,
        &[
            "ios xe", "ios xr", "cisco", "nx os", "fortios", "junos", "arubaos", "routeros",
            "pan os", "sonicos", "edgeos", "unifi os", "fireware",
        ],
    ),
    (OsFamily::IpadOs, &["ipados", "ipad os"]),
    (OsFamily::Ios, &["ios", "iphone os"]),
    (OsFamily::Android, &["android"]),
    (
        OsFamily::ChromeOs,
        &["chromeos", "chrome os", "chromium os"],
    ),
    (
        OsFamily::MacOs,
        &["macos", "mac os", "os x", "osx", "darwin"],
    ),
    (
        OsFamily::Other,
        &["tvos", "watchos", "solaris", "aix", "hp ux", "dsm", "qts"],
    ),
    (OsFamily::Bsd, &["freebsd", "openbsd", "netbsd"]),
    (
        OsFamily::Linux,
        &[
            "linux",
            "ubuntu",
            "debian",
            "red hat",
            "redhat",
            "rhel",
            "centos",
            "rocky",
            "almalinux",
            "fedora",
            "suse",
            "opensuse",
            "sles",
            "raspbian",
            "gentoo",
            "photon os",
        ],
    ),
];

/// The words of [`FAMILIES`], each with its family's place there.
static TABLE: LazyLock<Phrases<usize>> = LazyLock::new(|| {
    let families = FAMILIES.iter().enumerate();
    Phrases::new(families.map(|(place, (_, phrases))| (place, *phrases)))
});

impl OsFamily {
    /// The family that an operating system's name gives away; unknown for words that are not known.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let words = Words::of(text);
        if words.has_any(WINDOWS_SERVERS) {
            return Self::WindowsServer;
        }
        if is_windows(&words) {
            return windows(&words);
        }
        if words.are("mac") {
            return Self::MacOs;
        }
        let place = words.all_of(&TABLE).min();
        match place.map(|place| FAMILIES[*place].0) {
            Some(Self::Ios) if has_cisco_version(text) => Self::NetworkOs,
            family => family.unwrap_or_default(),
        }
    }

    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

fn is_windows(words: &Words) -> bool {
    words.has_any_numbered(&["windows", "win", "hyper v server"])
}

fn windows(words: &Words) -> OsFamily {
    if words.has_any(&["windows phone", "windows mobile"]) {
        OsFamily::Other
    } else if words.has_any(&["server", "sbs"]) {
        OsFamily::WindowsServer
    } else {
        OsFamily::Windows
    }
}

/// Cisco's IOS has versions such as `15.2(4)E8`; Apple's has no brackets inside one.
fn has_cisco_version(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('(') && word.contains('.')
    }) || Words::of(text).has("ios software")
}

/// The processor architecture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Architecture {
    /// 32-bit x86.
    X86,
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM.
    Arm64,
    /// Another one that is known.
    Other,
    /// Not told.
    #[default]
    Unknown,
}

crate::words!(Architecture {
    X86 => "x86",
    X86_64 => "x86_64",
    Arm64 => "arm64",
    Other => "other",
    Unknown => "unknown",
});

impl Architecture {
    /// The architecture that free text names. A bare "64-bit" is x86, unless ARM is named.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let words = Words::of(text);
        let is_64_bit = words.has_any(&["64 bit", "64bit", "64"]);
        if words.has_any(&["arm64", "aarch64", "apple silicon"]) || (words.has("arm") && is_64_bit)
        {
            Self::Arm64
        } else if words.has_any(&[
            "arm", "armv7", "armv7l", "armhf", "ia64", "itanium", "ppc64", "ppc64le", "s390x",
            "riscv64", "mips",
        ]) {
            Self::Other
        } else if words.has_any(&["x64", "amd64", "x86 64", "em64t"]) || is_64_bit {
            Self::X86_64
        } else if words.has_any(&[
            "x86", "i386", "i486", "i586", "i686", "32 bit", "32bit", "32",
        ]) {
            Self::X86
        } else {
            Self::Unknown
        }
    }

    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// The version and the build that a vendor put into one text.
fn split_version(text: &str) -> (&str, Option<&str>) {
    if let Some(at) = find_build(text) {
        let build = text[at..]
            .split_whitespace()
            .nth(1)
            .map(|build| build.trim_end_matches([')', ',']))
            .filter(|build| !build.is_empty());
        return (without_service_pack_field(bare(&text[..at]), build), build);
    }
    let Some((version, bracketed)) = text.split_once(" (") else {
        return (bare(text), None);
    };
    let build = bracketed.trim_end_matches(')');
    (bare(version), is_apple_build(build).then_some(build))
}

/// The version alone, where Windows has written "no service pack" behind it in its own language, as in
/// `10.0.20348 N/A Build 20348`; a service pack that there is stays.
fn without_service_pack_field<'t>(version: &'t str, build: Option<&str>) -> &'t str {
    let Some((number, field)) = version.split_once(' ') else {
        return version;
    };
    let ends_with_build = build.is_some_and(|build| number.rsplit('.').next() == Some(build));
    let is_pack = field.bytes().any(|byte| byte.is_ascii_digit());
    if ends_with_build && !is_pack {
        number
    } else {
        version
    }
}

/// The release that people know, in brackets behind the build: two digits for the year, then a half or a month.
fn release(text: &str) -> Option<&str> {
    let told = &text[find_build(text)?..];
    let (_, release) = told.strip_suffix(')')?.split_once('(')?;
    let (year, rest) = release.split_at_checked(2)?;
    let is_release = year.bytes().all(|byte| byte.is_ascii_digit())
        && rest.len() == 2
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_release.then_some(release)
}

/// The place of the word "build" with something behind it.
fn find_build(text: &str) -> Option<usize> {
    let mut windows = text.as_bytes().windows("build ".len());
    let at = windows.position(|here| here.eq_ignore_ascii_case(b"build "))?;
    let is_word = at == 0 || text[..at].ends_with([' ', '(', ',']);
    is_word.then_some(at)
}

fn bare(version: &str) -> &str {
    let version = version.trim_end_matches([' ', '(', ',']);
    version.strip_prefix("Version ").unwrap_or(version).trim()
}

/// `23C64`, and not the Windows release `21H2`.
fn is_apple_build(text: &str) -> bool {
    let (Some(major), Some(letter), Some(number)) = (text.get(..2), text.get(2..3), text.get(3..))
    else {
        return false;
    };
    let number = number.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    are_digits(major)
        && letter.bytes().all(|b| b.is_ascii_uppercase())
        && number.len() >= 2
        && are_digits(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn families() {
        for (text, family) in [
            (
                "Microsoft Windows Server 2019 Standard",
                OsFamily::WindowsServer,
            ),
            (
                "Microsoft Windows 10 Home Single Language",
                OsFamily::Windows,
            ),
            ("Windows", OsFamily::Windows),
            ("Win10", OsFamily::Windows),
            ("Microsoft Hyper-V Server 2019", OsFamily::WindowsServer),
            ("Microsoft Azure Stack HCI", OsFamily::WindowsServer),
            ("Azure Stack HCI 22H2", OsFamily::WindowsServer),
            ("Azure Local 23H2", OsFamily::WindowsServer),
            ("Azure Linux 3.0", OsFamily::Linux),
            ("Microsoft Azure Sphere", OsFamily::Unknown),
            ("Windows Phone 8.1", OsFamily::Other),
            ("macOS 14.2", OsFamily::MacOs),
            ("Mac OS X", OsFamily::MacOs),
            ("Mac", OsFamily::MacOs),
            ("Ubuntu 22.04", OsFamily::Linux),
            ("Debian GNU/Linux 12", OsFamily::Linux),
            ("Red Hat Enterprise Linux", OsFamily::Linux),
            ("CentOS 7", OsFamily::Linux),
            ("iOS 17.1", OsFamily::Ios),
            ("iPadOS 17", OsFamily::IpadOs),
            ("Android 14", OsFamily::Android),
            ("ChromeOS", OsFamily::ChromeOs),
            ("VMware ESXi 7.0.3", OsFamily::Esxi),
            ("FreeBSD 13", OsFamily::Bsd),
            ("FortiOS 7.2", OsFamily::NetworkOs),
            ("IOS XE 17.9", OsFamily::NetworkOs),
            ("Cisco IOS Software", OsFamily::NetworkOs),
            ("IOS 15.2(4)E8", OsFamily::NetworkOs),
            ("Solaris 11", OsFamily::Other),
            ("", OsFamily::Unknown),
            ("Machine", OsFamily::Unknown),
            ("TempleOS", OsFamily::Unknown),
        ] {
            assert_eq!(OsFamily::from_text(text), family, "{text}");
        }
    }

    #[test]
    fn releases_stand_in_brackets_behind_the_build() {
        for (text, expected) in [
            ("10.0.19044 Build 19044 (21H2)", Some("21H2")),
            ("10.0.18363 Build 18363 (1909) ", Some("1909")),
            ("10.0.19044 (Build 19044)", None),
            ("10.0.22621 Build 22621 (x64)", None),
            ("10.0.22621 Build 22621 (22H2", None),
            ("10.0.22621 (22H2)", None),
            ("13.6 (22G120)", None),
            ("Build é (é1é2)", None),
        ] {
            let mut os = OperatingSystem::default();
            os.set_version(text);
            assert_eq!(os.display_version.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn versions() {
        for (text, version, build) in [
            ("10.0.19044 Build 19044 (21H2)", "10.0.19044", Some("19044")),
            ("10.0.19044", "10.0.19044", None),
            ("10.0.19044 (21H2)", "10.0.19044", None),
            ("14.2 (23C64)", "14.2", Some("23C64")),
            ("Version 14.2 (Build 23C64)", "14.2", Some("23C64")),
            ("15.2(4)E8", "15.2(4)E8", None),
            ("7.0.3 build 18644231", "7.0.3", Some("18644231")),
            ("10.0.20348 N/A Build 20348", "10.0.20348", Some("20348")),
            ("10.0.19045 n/a build 19045", "10.0.19045", Some("19045")),
            (
                "10.0.19045 Nicht zutreffend Build 19045",
                "10.0.19045",
                Some("19045"),
            ),
            ("10.0.26100 N/D Build 26100", "10.0.26100", Some("26100")),
            (
                "6.1.7601 Service Pack 1 Build 7601",
                "6.1.7601 Service Pack 1",
                Some("7601"),
            ),
            ("14.2 beta build 77", "14.2 beta", Some("77")),
            ("rebuild 7", "rebuild 7", None),
            ("14.2 (build )", "14.2", None),
        ] {
            assert_eq!(split_version(text), (version, build), "{text}");
        }
        let mut os = OperatingSystem::default();
        os.set_version(" ");
        assert!(os.is_empty());
        os.set_version("Build 19044");
        assert_eq!((os.version, os.build.as_deref()), (None, Some("19044")));
    }

    #[test]
    fn architectures() {
        for (text, arch) in [
            ("64-bit", Architecture::X86_64),
            ("x64", Architecture::X86_64),
            ("x64-based PC", Architecture::X86_64),
            ("amd64", Architecture::X86_64),
            ("x86_64", Architecture::X86_64),
            ("ARM 64-Bit", Architecture::Arm64),
            ("arm64", Architecture::Arm64),
            ("aarch64", Architecture::Arm64),
            ("i386", Architecture::X86),
            ("32-bit", Architecture::X86),
            ("x86", Architecture::X86),
            ("armv7l", Architecture::Other),
            ("", Architecture::Unknown),
            ("fast", Architecture::Unknown),
        ] {
            assert_eq!(Architecture::from_text(text), arch, "{text}");
        }
    }

    #[test]
    fn json_has_only_what_there_is() {
        let json = |os: &OperatingSystem| serde_json::to_string(os).unwrap();
        let mut os = OperatingSystem::default();
        assert_eq!(json(&os), "{}");
        os.family = OsFamily::MacOs;
        os.arch = Architecture::X86_64;
        assert_eq!(json(&os), r#"{"family":"macos","arch":"x86_64"}"#);
        let names = [
            OsFamily::WindowsServer,
            OsFamily::IpadOs,
            OsFamily::ChromeOs,
            OsFamily::NetworkOs,
        ];
        assert_eq!(
            serde_json::to_string(&names).unwrap(),
            r#"["windows_server","ipados","chromeos","network_os"]"#
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = OsFamily::from_text(&text);
            let _ = Architecture::from_text(&text);
            let _ = split_version(&text);
        }

        #[test]
        fn almost_versions_are_read(text in "[v0-9A-Za-z. ()]{0,20}( ?\\(?[Bb]uild ?)?[0-9A-Za-zé) ]{0,8}") {
            let _ = split_version(&text);
        }
    }
}
