//! Places where days were read.

use chrono::NaiveDate;

use super::on;

/// A place where days of end of support were read.
///
/// Seen: the tables of <https://endoflife.date>, as they were on [`Self::READ_ON`]. They name the makers' own pages, which
/// are the authority: <https://learn.microsoft.com/lifecycle/products/>, <https://wiki.ubuntu.com/Releases>,
/// <https://wiki.debian.org/DebianReleases>, <https://access.redhat.com/support/policy/updates/errata>,
/// <https://support.broadcom.com/group/ecx/productlifecycle>. Apple names no days: Assumed there, from the
/// releases that still get updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Source {
    Windows,
    WindowsServer,
    MacOs,
    Ubuntu,
    Debian,
    RedHat,
    CentOs,
    CentOsStream,
    Esxi,
}

impl Source {
    /// The day on which all of them were read.
    pub(crate) const READ_ON: Option<NaiveDate> = on(2026, 8, 22);

    /// The name of the table, for people.
    pub(crate) fn name(self) -> &'static str {
        self.url().trim_start_matches("https://")
    }

    /// The address of the table.
    pub(crate) const fn url(self) -> &'static str {
        match self {
            Self::Windows => "https://endoflife.date/windows",
            Self::WindowsServer => "https://endoflife.date/windows-server",
            Self::MacOs => "https://endoflife.date/macos",
            Self::Ubuntu => "https://endoflife.date/ubuntu",
            Self::Debian => "https://endoflife.date/debian",
            Self::RedHat => "https://endoflife.date/rhel",
            Self::CentOs => "https://endoflife.date/centos",
            Self::CentOsStream => "https://endoflife.date/centos-stream",
            Self::Esxi => "https://endoflife.date/esxi",
        }
    }
}
