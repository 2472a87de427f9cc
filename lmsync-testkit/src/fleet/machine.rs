//! What is true of one machine, whatever tool tells it.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// One machine of a [`Fleet`](super::Fleet): the truth that every vendor's simulator renders in its own words.
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    /// Its place in the fleet, from 0.
    pub index: usize,
    /// A number that rises with the index, from 1; vendors derive their ids from it.
    pub id: u64,
    /// The name that people gave it; mostly, not always, its host name.
    pub name: String,
    /// The name it has on its network, without domain.
    pub hostname: String,
    /// Its customer, an index into [`Fleet::customer`](super::Fleet::customer).
    pub customer: usize,
    /// Its site among those of the customer, from 0.
    pub site: usize,
    /// What it is.
    pub kind: MachineKind,
    /// The hypervisor it runs on; `None` for a physical machine.
    pub hypervisor: Option<Hypervisor>,
    /// The manufacturer, as the firmware tells it.
    pub manufacturer: String,
    /// The model, as the firmware tells it.
    pub model: String,
    /// The serial number, as the firmware tells it.
    pub serial: Option<String>,
    /// The address of its first network adapter: lower case, colons.
    pub mac: String,
    /// Its operating system.
    pub os: Os,
    /// When its agent last reported; `None` when it never did.
    pub last_check_in: Option<DateTime<Utc>>,
    /// Whether its agent is connected at the fleet's `now`.
    pub online: bool,
    /// The day it was bought, where somebody noted it.
    pub purchased: Option<NaiveDate>,
    /// The last day of its warranty, where somebody noted it.
    pub warranty_expiry: Option<NaiveDate>,
    /// Who was last logged in.
    pub last_user: Option<User>,
    /// Working memory in bytes.
    pub memory: u64,
    /// Its processor.
    pub cpu: Cpu,
    /// Its drives.
    pub disks: Vec<Disk>,
    /// Its address within the site.
    pub private_ip: String,
    /// The address the site has on the internet.
    pub public_ip: String,
    /// The router of its site.
    pub gateway: String,
    /// The directory domain it is joined to; `None` for a stand-alone machine.
    pub domain: Option<String>,
    /// What is wrong with its data, where something is.
    pub oddity: Option<Oddity>,
}

/// What a machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MachineKind {
    /// A server, physical or virtual.
    Server,
    /// A desktop computer.
    Desktop,
    /// A portable computer.
    Laptop,
}

/// What a virtual machine runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hypervisor {
    /// VMware ESXi.
    VMware,
    /// Microsoft Hyper-V.
    HyperV,
}

/// An operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Os {
    /// Its family.
    pub family: OsFamily,
    /// Its full name.
    pub name: &'static str,
    /// Its version number.
    pub version: &'static str,
    /// Its build number.
    pub build: &'static str,
    /// The marketing name of the release, such as `23H2`; empty where there is none.
    pub release: &'static str,
}

/// The families of operating systems in a fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OsFamily {
    /// Windows for workstations.
    Windows,
    /// Windows Server.
    WindowsServer,
    /// macOS.
    MacOs,
    /// Linux.
    Linux,
}

/// A processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cpu {
    /// Its name, as the processor tells it.
    pub name: &'static str,
    /// Physical cores.
    pub cores: u32,
    /// Logical cores.
    pub threads: u32,
    /// Highest clock rate in MHz.
    pub megahertz: u32,
}

/// A drive of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// The drive letter or mount point.
    pub drive: &'static str,
    /// Its file system.
    pub file_system: &'static str,
    /// Its size in bytes.
    pub size: u64,
    /// What is free, in bytes.
    pub free: u64,
}

/// A person who uses a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// A number of this person within the fleet.
    pub id: u64,
    /// First and last name.
    pub name: String,
    /// The name used to log in, without domain.
    pub login: String,
}

/// A program on a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// A number of this program, the same on every machine.
    pub id: u64,
    /// The program.
    pub name: &'static str,
    /// Who makes it.
    pub publisher: &'static str,
    /// The installed version.
    pub version: String,
    /// When it was installed, in UTC.
    pub at: NaiveDateTime,
    /// Where it was installed.
    pub path: String,
}

/// What is wrong with the data of a machine, as it is in about one of twenty real ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Oddity {
    /// The serial number is a placeholder that nobody filled in.
    JunkSerial,
    /// There is no serial number.
    MissingSerial,
    /// Another machine has the same serial number.
    DuplicateSerial,
    /// It was bought after its warranty ended.
    PurchaseAfterExpiry,
    /// The dates are an "empty" that somebody's import wrote out, such as 1900-01-01.
    SentinelDates,
    /// The manufacturer and model say nothing.
    UnknownMaker,
    /// Serial number, manufacturer, model and name end in blanks.
    TrailingBlanks,
}
