//! Machines of which each value may be given.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

pub(super) const UUID_A: &str = "4C4C4544-0038-4A10-8051-B4C04F563533";
pub(super) const UUID_B: &str = "4C4C4544-0038-4A10-8051-B4C04F563534";
pub(super) const MAC_A: &str = "18:cc:18:e0:6f:92";

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Machine {
    pub(super) instance: &'static str,
    pub(super) id: &'static str,
    pub(super) customer: Option<&'static str>,
    pub(super) maker: Option<&'static str>,
    pub(super) product: Option<&'static str>,
    pub(super) serial: Option<&'static str>,
    pub(super) uuid: Option<&'static str>,
    /// The id that it has in the tool `example`, says another tool.
    pub(super) external: Option<&'static str>,
    pub(super) mac: Option<&'static str>,
    pub(super) hostname: Option<&'static str>,
}

impl Machine {
    pub(super) fn build(&self) -> Asset {
        let rules = Rules::default();
        let source = Source::new("example", self.instance, self.id, now());
        let mut draft = AssetDraft::new(source, &rules, now());
        draft
            .manufacturer(self.maker)
            .serial(self.serial)
            .hardware_uuid(self.uuid)
            .primary_mac(self.mac)
            .external_id("example", self.external);
        draft.asset.product_number = self.product.map(str::to_owned);
        draft.asset.hostname = self.hostname.map(str::to_owned);
        draft.asset.customer = self.customer.map(|id| Ref::new(id, None));
        draft.finish()
    }
}

pub(super) fn any_machine() -> impl Strategy<Value = Machine> {
    let names = (
        select(vec!["a", "b"]),
        select(vec!["1", "2", "3"]),
        option::of(select(vec!["7", "8"])),
    );
    let hardware = (
        option::of(select(vec!["HP", "HP Inc.", "Dell", "OEM"])),
        option::of(select(vec!["P1", "P2"])),
        option::of(select(vec!["ABC1", "ABC2", "N/A", "VMware-42"])),
        option::of(select(vec![UUID_A, UUID_B])),
        option::of(select(vec![
            MAC_A,
            "00:50:56:c0:00:08",
            "f8:75:a4:19:c6:22",
        ])),
        option::of(select(vec!["pc1", "PC1.acme.local", "pc2"])),
        option::of(select(vec!["1", "2"])),
    );
    (names, hardware).prop_map(
        |((instance, id, customer), (maker, product, serial, uuid, mac, hostname, external))| {
            Machine {
                instance,
                id,
                customer,
                maker,
                product,
                serial,
                uuid,
                mac,
                hostname,
                external,
            }
        },
    )
}
