//! Whether an asset is a real machine.

use std::sync::LazyLock;

use smallvec::SmallVec;

use super::manufacturer::known_manufacturer;
use super::words::{Phrases, Words};

/// Whether an asset is a real machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
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

crate::words!(Virtualization {
    Physical => "physical",
    Guest => "guest",
    Host => "host",
    Container => "container",
    Unknown => "unknown",
});

impl Virtualization {
    /// What free text such as `Virtual Server` says; `None` when it says nothing, or two things.
    #[must_use]
    pub fn from_words(text: &str) -> Option<Self> {
        let words = Words::of(text);
        let found: SmallVec<[_; 4]> = [
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

/// The hypervisor or cloud that a machine's manufacturer, model or serial number gives away.
///
/// `None` is no evidence of a real machine.
#[must_use]
pub fn guest_hypervisor(
    manufacturer: Option<&str>,
    model: Option<&str>,
    serial: Option<&str>,
) -> Option<&'static str> {
    let maker = Words::of(manufacturer.unwrap_or_default());
    let evidence = Evidence {
        is_microsoft: known_manufacturer(&maker) == Some("Microsoft"),
        maker,
        model: Words::of(model.unwrap_or_default()),
        serial: Words::of(serial.unwrap_or_default()),
    };
    evidence
        .sign()
        .map(|sign| sign.name)
        .or_else(|| evidence.is_amazon().then_some("Amazon EC2"))
        .or_else(|| evidence.is_kvm().then_some("QEMU/KVM"))
        .or_else(|| evidence.microsoft())
}

/// Words that give a hypervisor or a cloud away.
struct Sign {
    name: &'static str,
    /// Any of them in the manufacturer or the model.
    either: &'static [&'static str],
    /// Any of them in the manufacturer, the model or the serial number, perhaps with digits behind.
    anywhere: &'static [&'static str],
    /// The manufacturer's beginning, of one that makes no real machines.
    maker: &'static [&'static str],
    /// The manufacturer's beginning and the model's, of one that has real machines too.
    pairs: &'static [(&'static str, &'static str)],
}

const NONE: Sign = Sign {
    name: "",
    either: &[],
    anywhere: &[],
    maker: &[],
    pairs: &[],
};

/// The first that fits counts: a cloud's guest names its hypervisor, too.
///
/// Documented: <https://github.com/systemd/systemd/blob/main/src/basic/virt.c> and
/// <https://github.com/puppetlabs/facter/blob/main/lib/facter/facts/linux/virtual.rb> for the
/// hypervisors, <https://github.com/canonical/cloud-init/blob/main/tools/ds-identify> for the clouds.
const SIGNS: &[Sign] = &[
    Sign {
        name: "VMware",
        anywhere: &["vmware", "vmw"],
        ..NONE
    },
    Sign {
        name: "VirtualBox",
        either: &["innotek"],
        anywhere: &["virtualbox"],
        ..NONE
    },
    Sign {
        name: "Parallels",
        anywhere: &["parallels"],
        ..NONE
    },
    Sign {
        name: "Apple Virtualization",
        either: &["apple virtualization"],
        anywhere: &["virtualmac"],
        ..NONE
    },
    Sign {
        name: "Google Compute Engine",
        either: &["google compute engine"],
        ..NONE
    },
    Sign {
        name: "Nutanix AHV",
        either: &["ahv"],
        ..NONE
    },
    Sign {
        name: "OpenStack",
        either: &["openstack nova", "openstack compute"],
        maker: &["openstack foundation"],
        ..NONE
    },
    Sign {
        name: "oVirt",
        either: &["ovirt", "rhev hypervisor"],
        ..NONE
    },
    Sign {
        name: "CloudStack",
        either: &["cloudstack"],
        ..NONE
    },
    Sign {
        name: "KubeVirt",
        either: &["kubevirt"],
        ..NONE
    },
    Sign {
        name: "bhyve",
        either: &["bhyve"],
        ..NONE
    },
    Sign {
        name: "SmartOS",
        either: &["smartdc hvm"],
        ..NONE
    },
    Sign {
        name: "Cloud Hypervisor",
        either: &["cloud hypervisor"],
        ..NONE
    },
    Sign {
        name: "crosvm",
        either: &["crosvm"],
        ..NONE
    },
    Sign {
        name: "Alibaba Cloud",
        either: &["alibaba cloud ecs"],
        ..NONE
    },
    Sign {
        name: "DigitalOcean",
        maker: &["digitalocean"],
        pairs: &[("digital ocean", "droplet")],
        ..NONE
    },
    Sign {
        name: "Hetzner Cloud",
        pairs: &[("hetzner", "vserver")],
        ..NONE
    },
    Sign {
        name: "Vultr",
        maker: &["vultr"],
        ..NONE
    },
    Sign {
        name: "Linode",
        maker: &["linode"],
        pairs: &[("akamai", "compute instance")],
        ..NONE
    },
    Sign {
        name: "Scaleway",
        pairs: &[("scaleway", "scw")],
        ..NONE
    },
    Sign {
        name: "Exoscale",
        maker: &["exoscale"],
        ..NONE
    },
    Sign {
        name: "UpCloud",
        maker: &["upcloud"],
        ..NONE
    },
    Sign {
        name: "CloudSigma",
        maker: &["cloudsigma"],
        ..NONE
    },
    Sign {
        name: "Brightbox",
        maker: &["brightbox"],
        ..NONE
    },
    Sign {
        name: "Outscale",
        either: &["outscale vm"],
        maker: &["3ds outscale"],
        ..NONE
    },
    Sign {
        name: "Tencent Cloud",
        pairs: &[("tencent cloud", "cvm")],
        ..NONE
    },
    Sign {
        name: "Huawei Cloud",
        either: &["huawei cloud ecs", "huaweicloud ecs"],
        ..NONE
    },
    Sign {
        name: "Xen",
        either: &["xen", "hvm domu"],
        ..NONE
    },
    Sign {
        name: "QEMU/KVM",
        either: &["qemu", "bochs"],
        ..NONE
    },
];

/// The words of [`SIGNS`], each with its sign's place there.
struct Tables {
    anywhere: Phrases<usize>,
    either: Phrases<usize>,
    maker: Phrases<usize>,
    /// With the model's beginning.
    pairs: Phrases<(usize, &'static str)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let table = |column: fn(&Sign) -> &'static [&'static str]| {
        let signs = SIGNS.iter().enumerate();
        Phrases::new(signs.map(|(place, sign)| (place, column(sign))))
    };
    let signs = SIGNS.iter().enumerate();
    let pairs = signs.flat_map(|(place, sign)| sign.pairs.iter().map(move |pair| (place, pair)));
    Tables {
        anywhere: table(|sign| sign.anywhere),
        either: table(|sign| sign.either),
        maker: table(|sign| sign.maker),
        pairs: Phrases::new(
            pairs.map(|(place, (maker, model))| ((place, *model), std::slice::from_ref(maker))),
        ),
    }
});

/// The words that a machine says of itself.
struct Evidence {
    is_microsoft: bool,
    maker: Words,
    model: Words,
    serial: Words,
}

impl Evidence {
    /// The first of [`SIGNS`] that fits.
    fn sign(&self) -> Option<&'static Sign> {
        let Tables {
            anywhere,
            either,
            maker,
            pairs,
        } = &*TABLES;
        let anywhere = [&self.maker, &self.model, &self.serial]
            .into_iter()
            .flat_map(|words| words.all_numbered_of(anywhere));
        let either = [&self.maker, &self.model]
            .into_iter()
            .flat_map(|words| words.all_of(either));
        let pairs = self.maker.first_of(pairs);
        let pairs = pairs.filter(|(_, model)| self.model.start_with(model));
        let places = anywhere
            .chain(either)
            .chain(self.maker.first_of(maker))
            .chain(pairs.map(|(place, _)| place));
        places.min().map(|place| &SIGNS[*place])
    }

    /// Amazon names real machines, such as `m5.metal`, as it names guests.
    fn is_amazon(&self) -> bool {
        let is_named = self.maker.has("amazon ec2") || self.model.has("amazon ec2");
        is_named && !self.model.has("metal")
    }

    /// The word alone, or a cloud's `KVM Server`: a "KVM 1082DS" is a keyboard switch.
    fn is_kvm(&self) -> bool {
        self.maker.are("kvm")
            || self.model.are("kvm")
            || self.model.start_with("kvm virtual")
            || self.model.start_with("kvm server")
    }

    /// Microsoft makes real machines, too.
    fn microsoft(&self) -> Option<&'static str> {
        let is_unsigned = self.maker.are("");
        if self.is_microsoft && self.model.has("virtual")
            || is_unsigned && self.model.are("virtual machine")
        {
            Some("Hyper-V")
        } else if (self.is_microsoft || is_unsigned)
            && (self.model.start_with("cloud pc") || self.model.start_with("windows 365"))
        {
            Some("Windows 365")
        } else {
            None
        }
    }
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
            ("VMware, Inc.", "VMW71.00V", "", "VMware"),
            ("", "Virtual Machine", "", "Hyper-V"),
        ] {
            let found = guest_hypervisor(Some(maker), Some(model), Some(serial));
            assert_eq!(found, Some(name), "{maker} {model} {serial}");
        }
    }

    #[test]
    fn guests_of_clouds_and_lesser_known_hypervisors() {
        for (maker, model, name) in [
            ("OpenStack Foundation", "OpenStack Nova", "OpenStack"),
            ("RDO", "OpenStack Compute", "OpenStack"),
            ("Red Hat", "OpenStack Compute", "OpenStack"),
            ("oVirt", "oVirt Node", "oVirt"),
            ("oVirt", "RHEL-8", "oVirt"),
            ("Red Hat", "RHEV Hypervisor", "oVirt"),
            (
                "Microsoft Corporation",
                "Cloud PC Enterprise 2vCPU/8GB/128GB",
                "Windows 365",
            ),
            (
                "Microsoft Corporation",
                "Cloud PC Business 4vCPU/16GB/256GB",
                "Windows 365",
            ),
            ("", "Cloud PC Enterprise 2vCPU/4GB/64GB", "Windows 365"),
            ("Apple Inc.", "VirtualMac2,1", "Apple Virtualization"),
            (
                "Apple Inc.",
                "Apple Virtualization Generic Platform",
                "Apple Virtualization",
            ),
            ("BHYVE", "BHYVE", "bhyve"),
            ("FreeBSD", "BHYVE", "bhyve"),
            ("Alibaba Cloud", "Alibaba Cloud ECS", "Alibaba Cloud"),
            ("Hetzner", "vServer", "Hetzner Cloud"),
            ("DigitalOcean", "Droplet", "DigitalOcean"),
            ("Vultr", "VHF", "Vultr"),
            ("Linode", "Compute Instance", "Linode"),
            ("Akamai", "Compute Instance", "Linode"),
            ("Scaleway", "SCW-DEV1-S", "Scaleway"),
            ("Exoscale", "Exoscale Compute Platform", "Exoscale"),
            ("UpCloud", "Cloud Server", "UpCloud"),
            ("Tencent Cloud", "CVM", "Tencent Cloud"),
            (
                "Apache Software Foundation",
                "CloudStack KVM Hypervisor",
                "CloudStack",
            ),
            ("KubeVirt", "None", "KubeVirt"),
            ("Joyent", "SmartDC HVM", "SmartOS"),
            ("netcup", "KVM Server", "QEMU/KVM"),
            ("Cloud Hypervisor", "cloud-hypervisor", "Cloud Hypervisor"),
            ("3DS Outscale", "3DS Outscale VM", "Outscale"),
        ] {
            let found = guest_hypervisor(Some(maker), Some(model), None);
            assert_eq!(found, Some(name), "{maker} {model}");
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
            ("Apple Inc.", "Mac14,2"),
            ("Apple Inc.", "Macmini9,1"),
            ("Hetzner", "Dedicated Root Server AX41"),
            ("FUJITSU", "D3401-H1"),
            ("ASUSTeK COMPUTER INC.", "Hetzner AX102"),
            ("Acer", "Aspire One Cloudbook"),
            ("Cloud PC Ltd", "Box 1"),
            ("Samsung", "Cloud PC Display NC241"),
            ("DigitalStorm", "Velox"),
            ("Oracle Corporation", "Oracle Server X7-2"),
            ("Alibaba", "X-Dragon"),
            ("Alibaba Cloud", "ECS Bare Metal"),
            ("Amazon EC2", "m5.metal"),
            ("Scaleway", "Elastic Metal A210"),
            ("Huawei", "MateBook"),
            ("Tencent Cloud", "Black Stone"),
            ("Red Hat", "Appliance"),
            ("Akamai", "Edge Server"),
            ("Lenovo", "Virtual Machine Trainer"),
            ("Ahvaz", "OneStack Nova"),
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
