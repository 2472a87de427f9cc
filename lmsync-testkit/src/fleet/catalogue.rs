//! What there is to buy and to install.

use super::machine::{Cpu, Hypervisor, Os, OsFamily};

/// A model, and how its maker writes serial numbers and addresses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Model {
    pub(super) manufacturer: &'static str,
    pub(super) name: &'static str,
    pub(super) serial: SerialStyle,
    /// The first half of its MAC address.
    pub(super) oui: &'static str,
    /// How many years of warranty it is sold with.
    pub(super) years: u32,
}

/// What a serial number looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SerialStyle {
    /// Dell's seven characters.
    Dell,
    /// HP's and HPE's ten, which begin with the factory and the week.
    Hp(&'static str),
    /// Lenovo's eight.
    Lenovo,
    /// Apple's twelve.
    Apple,
    /// Microsoft's twelve digits.
    Surface,
    /// The fifteen of ASUS.
    Asus,
    /// What a hypervisor makes up.
    Guest(Hypervisor),
}

impl Model {
    pub(super) fn is_mac(&self) -> bool {
        self.serial == SerialStyle::Apple
    }
}

const fn dell(name: &'static str, years: u32) -> Model {
    Model {
        manufacturer: "Dell Inc.",
        name,
        serial: SerialStyle::Dell,
        oui: "d4:be:d9",
        years,
    }
}

const fn hp(name: &'static str, factory: &'static str) -> Model {
    Model {
        manufacturer: "HP",
        name,
        serial: SerialStyle::Hp(factory),
        oui: "3c:52:82",
        years: 3,
    }
}

const fn hpe(manufacturer: &'static str, name: &'static str) -> Model {
    Model {
        manufacturer,
        name,
        serial: SerialStyle::Hp("CZJ"),
        oui: "94:57:a5",
        years: 5,
    }
}

const fn lenovo(name: &'static str, years: u32) -> Model {
    Model {
        manufacturer: "LENOVO",
        name,
        serial: SerialStyle::Lenovo,
        oui: "54:e1:ad",
        years,
    }
}

const fn apple(name: &'static str) -> Model {
    Model {
        manufacturer: "Apple Inc.",
        name,
        serial: SerialStyle::Apple,
        oui: "a4:83:e7",
        years: 1,
    }
}

const fn surface(name: &'static str) -> Model {
    Model {
        manufacturer: "Microsoft Corporation",
        name,
        serial: SerialStyle::Surface,
        oui: "28:18:78",
        years: 1,
    }
}

const fn asus(name: &'static str) -> Model {
    Model {
        manufacturer: "ASUSTeK COMPUTER INC.",
        name,
        serial: SerialStyle::Asus,
        oui: "04:d4:c4",
        years: 2,
    }
}

pub(super) const LAPTOPS: [Model; 14] = [
    dell("Latitude 5440", 3),
    dell("Latitude 7430", 3),
    dell("XPS 13 9310", 3),
    dell("Precision 3571", 3),
    hp("HP EliteBook 840 G8 Notebook PC", "5CG"),
    hp("HP ProBook 450 G9 Notebook PC", "5CD"),
    hp("HP ZBook Firefly 14 inch G9 Mobile Workstation PC", "5CG"),
    lenovo("ThinkPad T14 Gen 3", 3),
    lenovo("21AH00BTUS", 3),
    lenovo("ThinkPad X1 Carbon Gen 10", 3),
    apple("MacBookPro18,3"),
    apple("Mac14,2"),
    surface("Surface Laptop 5"),
    surface("Surface Pro 9"),
];

pub(super) const DESKTOPS: [Model; 10] = [
    dell("OptiPlex 7090", 3),
    dell("OptiPlex 3080", 3),
    dell("OptiPlex 7010", 3),
    dell("Precision 3660", 3),
    hp("HP EliteDesk 800 G6 Small Form Factor PC", "8CC"),
    hp("HP ProDesk 600 G5 SFF", "MXL"),
    lenovo("ThinkCentre M70q Gen 3", 3),
    lenovo("11DUS00500", 3),
    asus("ExpertCenter D500SC"),
    apple("Macmini9,1"),
];

pub(super) const SERVERS: [Model; 7] = [
    dell("PowerEdge R740", 5),
    dell("PowerEdge T350", 5),
    dell("PowerEdge R650", 5),
    hpe("HPE", "ProLiant DL380 Gen10"),
    hpe("HPE", "ProLiant ML350 Gen10"),
    hpe("HP", "ProLiant DL360 Gen9"),
    lenovo("ThinkSystem SR650", 5),
];

pub(super) const GUESTS: [Model; 3] = [
    Model {
        manufacturer: "VMware, Inc.",
        name: "VMware Virtual Platform",
        serial: SerialStyle::Guest(Hypervisor::VMware),
        oui: "00:0c:29",
        years: 0,
    },
    Model {
        manufacturer: "VMware, Inc.",
        name: "VMware7,1",
        serial: SerialStyle::Guest(Hypervisor::VMware),
        oui: "00:0c:29",
        years: 0,
    },
    Model {
        manufacturer: "Microsoft Corporation",
        name: "Virtual Machine",
        serial: SerialStyle::Guest(Hypervisor::HyperV),
        oui: "00:15:5d",
        years: 0,
    },
];

const fn windows(name: &'static str, version: &'static str, release: &'static str) -> Os {
    Os {
        family: OsFamily::Windows,
        name,
        version,
        build: version.split_at(5).1,
        release,
    }
}

const fn windows_server(name: &'static str, version: &'static str, release: &'static str) -> Os {
    Os {
        family: OsFamily::WindowsServer,
        ..windows(name, version, release)
    }
}

const fn other(
    family: OsFamily,
    name: &'static str,
    version: &'static str,
    build: &'static str,
) -> Os {
    Os {
        family,
        name,
        version,
        build,
        release: "",
    }
}

pub(super) const WORKSTATION_SYSTEMS: [Os; 6] = [
    windows("Microsoft Windows 11 Pro", "10.0.22631", "23H2"),
    windows("Microsoft Windows 11 Pro", "10.0.26100", "24H2"),
    windows("Microsoft Windows 11 Enterprise", "10.0.22631", "23H2"),
    windows("Microsoft Windows 10 Pro", "10.0.19045", "22H2"),
    windows("Microsoft Windows 10 Enterprise", "10.0.19044", "21H2"),
    windows(
        "Microsoft Windows 10 Home Single Language",
        "10.0.19045",
        "22H2",
    ),
];

pub(super) const SERVER_SYSTEMS: [Os; 6] = [
    windows_server(
        "Microsoft Windows Server 2022 Standard",
        "10.0.20348",
        "21H2",
    ),
    windows_server(
        "Microsoft Windows Server 2019 Standard",
        "10.0.17763",
        "1809",
    ),
    windows_server(
        "Microsoft Windows Server 2019 Datacenter",
        "10.0.17763",
        "1809",
    ),
    windows_server(
        "Microsoft Windows Server 2016 Standard",
        "10.0.14393",
        "1607",
    ),
    windows_server(
        "Microsoft Windows Server 2025 Standard",
        "10.0.26100",
        "24H2",
    ),
    other(
        OsFamily::Linux,
        "Ubuntu 22.04.4 LTS",
        "22.04",
        "5.15.0-105-generic",
    ),
];

pub(super) const MAC_SYSTEMS: [Os; 3] = [
    other(OsFamily::MacOs, "macOS Sonoma", "14.5", "23F79"),
    other(OsFamily::MacOs, "macOS Sequoia", "15.1", "24B83"),
    other(OsFamily::MacOs, "macOS Ventura", "13.6.7", "22G720"),
];

const fn cpu(name: &'static str, cores: u32, threads: u32, megahertz: u32) -> Cpu {
    Cpu {
        name,
        cores,
        threads,
        megahertz,
    }
}

pub(super) const WORKSTATION_CPUS: [Cpu; 5] = [
    cpu("12th Gen Intel(R) Core(TM) i5-1245U", 10, 12, 1600),
    cpu("11th Gen Intel(R) Core(TM) i7-1185G7 @ 3.00GHz", 4, 8, 2995),
    cpu("Intel(R) Core(TM) i5-10500 CPU @ 3.10GHz", 6, 12, 3096),
    cpu("Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz", 6, 12, 2592),
    cpu("AMD Ryzen 7 PRO 5850U with Radeon Graphics", 8, 16, 1901),
];

pub(super) const SERVER_CPUS: [Cpu; 3] = [
    cpu("Intel(R) Xeon(R) Silver 4214 CPU @ 2.20GHz", 12, 24, 2195),
    cpu("Intel(R) Xeon(R) Gold 5218 CPU @ 2.30GHz", 16, 32, 2295),
    cpu("Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz", 8, 16, 2095),
];

pub(super) const MAC_CPUS: [Cpu; 2] =
    [cpu("Apple M1 Pro", 8, 8, 3228), cpu("Apple M2", 8, 8, 3504)];
