//! Whether an asset is a real machine.

use serde::{Deserialize, Serialize};

use super::manufacturer::canonical_manufacturer;
use super::text::Words;

/// Whether an asset is a real machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Virtualization {
    /// A real machine.
    Physical,
    /// Runs on a hypervisor.
    Guest,
    /// Runs guests.
    Host,
    /// A container, which shares its host's hardware.
    Container,
    /// Not told.
    #[default]
    Unknown,
}

impl Virtualization {
    /// What free text such as `Virtual Server` says; `None` when it says nothing, or two things.
    #[must_use]
    pub fn from_words(text: &str) -> Option<Self> {
        let words = Words::of(text);
        let found: Vec<_> = [
            (Self::Physical, &["physical"][..]),
            (Self::Guest, &["guest", "virtual", "vm"]),
            (Self::Host, &["host", "hypervisor"]),
            (Self::Container, &["container", "lxc", "docker"]),
        ]
        .into_iter()
        .filter(|(_, phrases)| words.has_any(phrases))
        .map(|(said, _)| said)
        .collect();
        match found[..] {
            [said] => Some(said),
            _ => None,
        }
    }
}

/// The hypervisor that a machine's manufacturer, model or serial number gives away.
///
/// `None` is no evidence of a real machine.
#[must_use]
pub fn guest_hypervisor(
    manufacturer: Option<&str>,
    model: Option<&str>,
    serial: Option<&str>,
) -> Option<&'static str> {
    let maker = Words::of(manufacturer.unwrap_or_default());
    let model_words = Words::of(model.unwrap_or_default());
    let serial = Words::of(serial.unwrap_or_default());
    let either = |phrase| maker.has(phrase) || model_words.has(phrase);

    if [&maker, &model_words, &serial]
        .iter()
        .any(|words| words.has_numbered("vmware"))
    {
        Some("VMware")
    } else if either("virtualbox") || either("innotek") || serial.has("virtualbox") {
        Some("VirtualBox")
    } else if either("parallels") || serial.start_with("parallels") {
        Some("Parallels")
    } else if either("amazon ec2") {
        Some("Amazon EC2")
    } else if either("google compute engine") {
        Some("Google Compute Engine")
    } else if either("ahv") {
        Some("Nutanix AHV")
    } else if either("xen") || model_words.has("hvm domu") {
        Some("Xen")
    } else if either("qemu") || either("bochs") || is_kvm(&maker, &model_words) {
        Some("QEMU/KVM")
    } else if is_hyper_v(manufacturer, &model_words) {
        Some("Hyper-V")
    } else {
        None
    }
}

/// The word alone: a "KVM 1082DS" is a keyboard switch.
fn is_kvm(maker: &Words, model: &Words) -> bool {
    maker.are("kvm") || model.are("kvm") || model.start_with("kvm virtual")
}

/// Microsoft makes real machines too.
fn is_hyper_v(manufacturer: Option<&str>, model: &Words) -> bool {
    model.has("virtual")
        && manufacturer.and_then(canonical_manufacturer).as_deref() == Some("Microsoft")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_of_vendors() {
        for (text, said) in [
            ("Virtual Server", Virtualization::Guest),
            ("Physical Laptop", Virtualization::Physical),
            ("Guest", Virtualization::Guest),
            ("Host", Virtualization::Host),
            ("PHYSICAL", Virtualization::Physical),
            ("LXC container", Virtualization::Container),
        ] {
            assert_eq!(Virtualization::from_words(text), Some(said), "{text}");
        }
        for text in ["", "Server", "Virtual host", "Virtually new", "localhost"] {
            assert_eq!(Virtualization::from_words(text), None, "{text}");
        }
    }

    #[test]
    fn evidence_of_a_guest() {
        for (maker, model, serial, name) in [
            ("VMware, Inc.", "VMware Virtual Platform", "", "VMware"),
            ("VMware, Inc.", "VMware7,1", "", "VMware"),
            ("", "", "VMware-42 1a 0d 3c", "VMware"),
            ("QEMU", "Standard PC (i440FX + PIIX, 1996)", "", "QEMU/KVM"),
            ("Red Hat", "KVM", "", "QEMU/KVM"),
            ("Bochs", "Bochs", "", "QEMU/KVM"),
            ("Xen", "HVM domU", "", "Xen"),
            ("innotek GmbH", "VirtualBox", "0", "VirtualBox"),
            ("Microsoft Corporation", "Virtual Machine", "", "Hyper-V"),
            (
                "Parallels International GmbH.",
                "Parallels ARM Virtual Machine",
                "",
                "Parallels",
            ),
            ("Amazon EC2", "t3.medium", "", "Amazon EC2"),
            (
                "Google",
                "Google Compute Engine",
                "",
                "Google Compute Engine",
            ),
            ("Nutanix", "AHV", "", "Nutanix AHV"),
        ] {
            let found = guest_hypervisor(Some(maker), Some(model), Some(serial));
            assert_eq!(found, Some(name), "{maker} {model} {serial}");
        }
    }

    #[test]
    fn no_evidence() {
        for (maker, model) in [
            ("Microsoft Corporation", "Surface Pro 7"),
            ("Google", "Pixelbook Go"),
            ("Nutanix", "NX-3060-G5"),
            ("Dell", "KVM 1082DS"),
            ("Dell Inc.", "OptiPlex 7090"),
            ("Xenon Systems", "Nitro"),
        ] {
            assert_eq!(
                guest_hypervisor(Some(maker), Some(model), None),
                None,
                "{maker} {model}"
            );
        }
        assert_eq!(guest_hypervisor(None, None, None), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(maker in "\\PC*", model in "\\PC*", serial in "\\PC*") {
            let _ = guest_hypervisor(Some(&maker), Some(&model), Some(&serial));
        }
    }
}
