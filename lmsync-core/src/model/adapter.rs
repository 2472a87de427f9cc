//! What sort of network adapter a description speaks of.

use std::sync::LazyLock;

use super::network::AdapterClass;
use super::words::{Phrases, Words};

const VPN: &[&str] = &[
    "vpn",
    "openvpn",
    "protonvpn",
    "nordvpn",
    "expressvpn",
    "tap",
    "tun",
    "utun",
    "wintun",
    "tunnel",
    "tunneling",
    "wireguard",
    "wg",
    "nordlynx",
    "tailscale",
    "zerotier",
    "hamachi",
    "ppp",
    "pptp",
    "l2tp",
    "sstp",
    "ipsec",
    "wan miniport",
    "anyconnect",
    "globalprotect",
    "pangp",
    "netextender",
    "fortinet virtual",
    "fortinet ssl",
    "fortissl",
    "pulse secure",
    "cloudflare warp",
    "zscaler",
    "teredo",
    "isatap",
    "6to4",
];

const VIRTUAL: &[&str] = &[
    "virtual",
    "hyper v",
    "vethernet",
    "vmware",
    "vmnet",
    "vmxnet",
    "virtualbox",
    "vboxnet",
    "wi fi direct",
    "loopback",
    "lo",
    "npcap",
    "docker",
    "veth",
    "virbr",
    "bridge",
    "br",
    "multiplexor",
    "kernel debug",
    "xen",
    "virtio",
];

/// The network that two devices make over Bluetooth. Its adapter's address is the radio's, which is
/// often a stick's or made up.
///
/// Seen: Windows, `Bluetooth Device (Personal Area Network)`; Linux, `bnep0`; macOS, `Bluetooth PAN`.
const BLUETOOTH: &[&str] = &[
    "bluetooth",
    "bnep",
    "personal area network",
    "bthpan",
    "btpan",
    "bt pan",
];

/// Words of an adapter for Wi-Fi, whose chip may do Bluetooth besides.
const WI_FI: &[&str] = &[
    "wi fi",
    "wifi",
    "wlan",
    "wireless lan",
    "wireless network",
    "wireless n",
    "wireless ac",
    "802",
];

const MAKERS: &[&str] = &[
    "intel", "realtek", "broadcom", "qualcomm", "atheros", "marvell", "mediatek", "ralink",
    "killer", "mellanox", "aquantia", "nvidia", "asix", "dell", "lenovo", "hp", "hpe",
];

const MEDIA: &[&str] = &[
    "ethernet",
    "gigabit",
    "gbe",
    "2 5gbe",
    "10gbe",
    "wi fi",
    "wifi",
    "wireless",
    "wlan",
    "network connection",
    "family controller",
];

impl AdapterClass {
    /// The class that an adapter's name or description gives away.
    ///
    /// A tunnel is one whatever else the text says. Physical needs both a maker of
    /// network chips and a medium; without clear words the class is unknown.
    #[must_use]
    pub fn from_description(text: &str) -> Self {
        let words = Words::of(text);
        let numbered = |sign| words.all_numbered_of(&NUMBERED).any(|found| *found == sign);
        let plain = |sign| words.all_of(&PLAIN).any(|found| *found == sign);
        if numbered(Sign::Vpn) {
            Self::Vpn
        } else if numbered(Sign::Virtual) || (numbered(Sign::Bluetooth) && !plain(Sign::WiFi)) {
            Self::Virtual
        } else if plain(Sign::Maker) && plain(Sign::Medium) {
            Self::Physical
        } else {
            Self::Unknown
        }
    }
}

/// What a word speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Vpn,
    Virtual,
    Bluetooth,
    WiFi,
    Maker,
    Medium,
}

/// Words behind which a number may stand.
static NUMBERED: LazyLock<Phrases<Sign>> = LazyLock::new(|| {
    Phrases::new([
        (Sign::Vpn, VPN),
        (Sign::Virtual, VIRTUAL),
        (Sign::Bluetooth, BLUETOOTH),
    ])
});

static PLAIN: LazyLock<Phrases<Sign>> = LazyLock::new(|| {
    Phrases::new([
        (Sign::WiFi, WI_FI),
        (Sign::Maker, MAKERS),
        (Sign::Medium, MEDIA),
    ])
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_class(class: AdapterClass, texts: &[&str]) {
        for text in texts {
            assert_eq!(AdapterClass::from_description(text), class, "{text}");
        }
    }

    #[test]
    fn tunnels() {
        assert_class(
            AdapterClass::Vpn,
            &[
                "Fortinet SSL VPN Virtual Ethernet Adapter",
                "Fortinet Virtual Ethernet Adapter (NDIS 6.30)",
                "TAP-Surfshark Windows Adapter V9",
                "TAP-Windows Adapter V9 #2",
                "WireGuard Tunnel",
                "Tailscale Tunnel",
                "Cisco AnyConnect Secure Mobility Client Virtual Miniport Adapter",
                "PANGP Virtual Ethernet Adapter",
                "WAN Miniport (IKEv2)",
                "utun3",
                "tun0",
                "Microsoft Teredo Tunneling Adapter",
            ],
        );
    }

    #[test]
    fn software_adapters() {
        assert_class(
            AdapterClass::Virtual,
            &[
                "Microsoft Wi-Fi Direct Virtual Adapter #3",
                "Hyper-V Virtual Ethernet Adapter",
                "vEthernet (Default Switch)",
                "VMware Virtual Ethernet Adapter for VMnet8",
                "VirtualBox Host-Only Ethernet Adapter",
                "Npcap Loopback Adapter",
                "docker0",
                "br-3f2a",
                "bridge100",
                "Microsoft Network Adapter Multiplexor Driver",
                "vmxnet3 Ethernet Adapter",
            ],
        );
    }

    #[test]
    fn networks_over_bluetooth_are_no_hardware() {
        assert_class(
            AdapterClass::Virtual,
            &[
                "Bluetooth Device (Personal Area Network)",
                "Bluetooth Device (Personal Area Network) #2",
                "Bluetooth Device (RFCOMM Protocol TDI)",
                "Bluetooth Network Connection",
                "Bluetooth PAN",
                "Bluetooth-PAN",
                "Intel(R) Wireless Bluetooth(R) Network Connection",
                "bnep0",
                "btpan1",
            ],
        );
        assert_class(
            AdapterClass::Physical,
            &[
                "Broadcom 802.11ac Wireless + Bluetooth",
                "Realtek RTL8822BE Wi-Fi and Bluetooth 4.2 Combo Adapter",
            ],
        );
    }

    #[test]
    fn hardware_only_on_clear_words() {
        assert_class(
            AdapterClass::Physical,
            &[
                "Intel(R) Ethernet Connection (4) I219-LM",
                "Intel(R) Wi-Fi 6 AX201 160MHz",
                "Realtek PCIe GbE Family Controller",
                "Intel(R) Dual Band Wireless-AC 8265",
                "Broadcom NetXtreme Gigabit Ethernet",
                "Intel(R) 82574L Gigabit Network Connection",
            ],
        );
        assert_class(
            AdapterClass::Unknown,
            &[
                "",
                "Ethernet",
                "Wi-Fi",
                "eth0",
                "en0",
                "Blueteeth",
                "Tapestry",
            ],
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = AdapterClass::from_description(&text);
        }
    }
}
