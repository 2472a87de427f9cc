//! What kind of device an asset is.

use std::sync::LazyLock;

use smallvec::SmallVec;

use super::words::{Phrases, Words};

/// What kind of device an asset is; whether it is a real one is [`Virtualization`](super::Virtualization).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AssetKind {
    /// A server.
    Server,
    /// A desktop computer.
    Desktop,
    /// A portable computer.
    Laptop,
    /// A desktop or laptop, not told which.
    Workstation,
    /// A telephone with apps.
    Smartphone,
    /// A tablet.
    Tablet,
    /// A smartphone or tablet, not told which.
    Mobile,
    /// A switch, router, firewall or access point.
    Network,
    /// A printer or scanner.
    Printer,
    /// Shared storage.
    Storage,
    /// A machine that runs guests.
    Hypervisor,
    /// Something else that is known.
    Other,
    /// Not told, or in words that are not known.
    #[default]
    Unknown,
}

crate::words!(AssetKind {
    Server => "server",
    Desktop => "desktop",
    Laptop => "laptop",
    Workstation => "workstation",
    Smartphone => "smartphone",
    Tablet => "tablet",
    Mobile => "mobile",
    Network => "network",
    Printer => "printer",
    Storage => "storage",
    Hypervisor => "hypervisor",
    Other => "other",
    Unknown => "unknown",
});

use AssetKind::{
    Desktop, Hypervisor, Laptop, Mobile, Network, Other, Printer, Server, Smartphone, Storage,
    Tablet, Workstation,
};

const WORDS: &[(AssetKind, &[&str])] = &[
    (
        Hypervisor,
        &[
            "hypervisor",
            "hypervisors",
            "esxi",
            "esx",
            "hyper v host",
            "vm host",
            "virtualization host",
            "proxmox",
        ],
    ),
    (Server, &["server", "servers", "domain controller", "blade"]),
    (
        Desktop,
        &[
            "desktop",
            "desktops",
            "imac",
            "mac mini",
            "mac studio",
            "mac pro",
            "thin client",
            "mini pc",
        ],
    ),
    (
        Laptop,
        &[
            "laptop",
            "laptops",
            "notebook",
            "notebooks",
            "macbook",
            "chromebook",
            "ultrabook",
        ],
    ),
    (Workstation, &["workstation", "workstations", "pc", "pcs"]),
    (
        Smartphone,
        &[
            "smartphone",
            "smartphones",
            "smart phone",
            "iphone",
            "mobile phone",
            "cell phone",
        ],
    ),
    (Tablet, &["tablet", "tablets", "ipad"]),
    (Mobile, &["mobile", "mobiles"]),
    (
        Network,
        &[
            "network",
            "networks",
            "networking",
            "networkdevice",
            "firewall",
            "firewalls",
            "router",
            "routers",
            "switch",
            "switches",
            "access point",
            "access points",
            "wap",
            "gateway",
            "modem",
            "load balancer",
            "wireless controller",
        ],
    ),
    (
        Printer,
        &[
            "printer",
            "printers",
            "multifunction",
            "mfp",
            "copier",
            "plotter",
            "scanner",
            "scanners",
            "imaging",
        ],
    ),
    (Storage, &["nas", "san", "storage", "disk array"]),
    (
        Other,
        &[
            "monitor",
            "monitors",
            "ups",
            "pdu",
            "camera",
            "cameras",
            "projector",
            "docking station",
            "voip phone",
            "ip phone",
            "desk phone",
            "television",
        ],
    ),
];

static TABLE: LazyLock<Phrases<AssetKind>> = LazyLock::new(|| Phrases::new(WORDS.iter().copied()));

impl AssetKind {
    /// The kind that free text names, such as `Windows Workstation` or `Physical Laptop`.
    ///
    /// `None` when no word is known, or when the words disagree: never a default.
    ///
    /// ```
    /// # use lmsync_core::model::AssetKind;
    /// assert_eq!(AssetKind::from_words("Network Printer"), Some(AssetKind::Printer));
    /// assert_eq!(AssetKind::from_words("Windows Machine"), None);
    /// ```
    #[must_use]
    pub fn from_words(text: &str) -> Option<Self> {
        let words = Words::of(text);
        let mut found: SmallVec<[_; 8]> = words.all_of(&TABLE).copied().collect();
        // In the order of the kinds, which the pairs below are written in.
        found.sort_unstable_by_key(|kind| *kind as u8);
        found.dedup();
        let narrowest: SmallVec<[_; 8]> = found
            .iter()
            .filter(|kind| !found.iter().any(|other| other.narrows(**kind)))
            .copied()
            .collect();
        match narrowest[..] {
            [kind] => Some(kind),
            [Desktop, Laptop] => Some(Workstation),
            [Smartphone, Tablet] => Some(Mobile),
            _ => None,
        }
    }

    /// Whether `general` beside this kind only describes it: a network printer is a printer.
    fn narrows(self, general: Self) -> bool {
        match general {
            Workstation => matches!(self, Desktop | Laptop),
            Server => self == Hypervisor,
            Network | Mobile => !matches!(self, Network | Mobile),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kinds() {
        for (text, kind) in [
            ("WORKSTATION", Workstation),
            ("Windows Workstation", Workstation),
            ("Standalone Workstation", Workstation),
            ("Mobile Workstation", Workstation),
            ("SERVER", Server),
            ("Virtual Server", Server),
            ("Primary Domain Controller", Server),
            ("Physical Laptop", Laptop),
            ("Notebook", Laptop),
            ("MacBook Pro", Laptop),
            ("Physical Desktop", Desktop),
            ("Desktop", Desktop),
            ("Laptop/Desktop", Workstation),
            ("Desktops, laptops and workstations", Workstation),
            ("NetworkDevice", Network),
            ("Network Device", Network),
            ("Firewall", Network),
            ("Core switch", Network),
            ("Printer", Printer),
            ("Network Printer", Printer),
            ("NAS", Storage),
            ("Network Attached Storage", Storage),
            ("iPhone", Smartphone),
            ("iPad", Tablet),
            ("Mobile Device", Mobile),
            ("Phones: smartphones, tablets", Mobile),
            ("ESXi host", Hypervisor),
            ("VMware ESXi Server", Hypervisor),
            ("UPS", Other),
        ] {
            assert_eq!(AssetKind::from_words(text), Some(kind), "{text}");
        }
    }

    #[test]
    fn unknown_and_contradicting_words_are_none() {
        for text in [
            "",
            "Windows Machine",
            "Syncro Device",
            "Machine",
            "Switchboard",
            "Observer",
            "Printer Server",
            "Nasdaq",
        ] {
            assert_eq!(AssetKind::from_words(text), None, "{text}");
        }
    }

    #[test]
    fn json_names() {
        let json = serde_json::to_string(&[Workstation, Network, AssetKind::Unknown]).unwrap();
        assert_eq!(json, r#"["workstation","network","unknown"]"#);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = AssetKind::from_words(&text);
        }
    }
}
