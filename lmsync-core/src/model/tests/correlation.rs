use proptest::prelude::*;
use proptest::sample::select;

use super::machine::{MAC_A, Machine, UUID_A, UUID_B, any_machine};
use super::*;

/// Two records in two accounts, told by the caller to be one customer's.
fn within_customer(left: Machine, right: Machine) -> Correlation {
    let left = Machine {
        instance: "a",
        id: "1",
        ..left
    };
    let right = Machine {
        instance: "b",
        id: "2",
        ..right
    };
    correlate(&left.build(), &right.build(), CustomerLink::Same)
}

fn same(by: &[IdentityKind]) -> Correlation {
    Correlation::Same { by: by.to_vec() }
}

#[test]
fn manufacturer_and_serial_join_everywhere() {
    let left = Machine {
        instance: "a",
        id: "1",
        maker: Some("Dell Inc."),
        serial: Some("abc1"),
        ..Machine::default()
    };
    let right = Machine {
        instance: "b",
        id: "2",
        maker: Some("DELL"),
        serial: Some("ABC1 "),
        ..Machine::default()
    };
    for link in [CustomerLink::ByRecord, CustomerLink::Different] {
        assert_eq!(
            correlate(&left.build(), &right.build(), link),
            same(&[IdentityKind::ManufacturerSerial])
        );
    }
}

#[test]
fn placeholders_join_nobody() {
    let junk = Machine {
        maker: Some("Dell"),
        serial: Some("Default string"),
        ..Machine::default()
    };
    assert_eq!(within_customer(junk, junk), Correlation::Unrelated);
}

#[test]
fn two_serials_veto_every_key() {
    let machine = Machine {
        uuid: Some(UUID_A),
        mac: Some(MAC_A),
        hostname: Some("pc1"),
        ..Machine::default()
    };
    let left = Machine {
        serial: Some("ABC1"),
        ..machine
    };
    let right = Machine {
        serial: Some("ABC2"),
        ..machine
    };
    assert_eq!(
        within_customer(left, right),
        Correlation::Different { veto: Veto::Serial }
    );
}

#[test]
fn hp_reuses_serials() {
    let hp = Machine {
        maker: Some("HP"),
        serial: Some("ABC1"),
        product: Some("1A2B3EA#ABU"),
        ..Machine::default()
    };
    let product = |product| Machine { product, ..hp };
    assert_eq!(
        within_customer(hp, product(Some("9Z9Z9EA"))),
        Correlation::Different {
            veto: Veto::ProductNumber
        }
    );
    let joined = same(&[IdentityKind::ManufacturerSerial, IdentityKind::Serial]);
    assert_eq!(within_customer(hp, product(Some("1a2b3ea"))), joined);
    assert_eq!(within_customer(hp, product(None)), joined);
    let dell = Machine {
        maker: Some("Dell"),
        ..hp
    };
    let other = Machine {
        product: Some("X"),
        ..dell
    };
    assert_eq!(within_customer(dell, other), joined);
}

#[test]
fn one_supporting_key_needs_peace() {
    let machine = Machine {
        mac: Some(MAC_A),
        ..Machine::default()
    };
    let named = |hostname| Machine {
        hostname: Some(hostname),
        ..machine
    };
    assert_eq!(
        within_customer(machine, named("pc1")),
        same(&[IdentityKind::Mac])
    );
    assert_eq!(
        within_customer(named("pc1"), named("PC1.acme.local")),
        same(&[IdentityKind::Mac, IdentityKind::Hostname])
    );
    // A docking station that two laptops share.
    assert_eq!(
        within_customer(named("pc1"), named("pc2")),
        Correlation::Possible {
            by: vec![IdentityKind::Mac],
            conflicts: vec![Conflict::Hostname]
        }
    );
    let serial = |maker, uuid| Machine {
        serial: Some("ABC1"),
        maker,
        uuid,
        ..Machine::default()
    };
    assert_eq!(
        within_customer(
            serial(Some("HP"), Some(UUID_A)),
            serial(Some("HPE"), Some(UUID_B))
        ),
        Correlation::Possible {
            by: vec![IdentityKind::Serial],
            conflicts: vec![Conflict::Manufacturer, Conflict::HardwareUuid],
        }
    );
    assert_eq!(
        within_customer(serial(Some("HP"), None), serial(None, None)),
        same(&[IdentityKind::Serial])
    );
}

#[test]
fn a_host_name_alone_is_only_possible() {
    let machine = Machine {
        hostname: Some("pc1"),
        ..Machine::default()
    };
    assert_eq!(
        within_customer(machine, machine),
        Correlation::Possible {
            by: vec![IdentityKind::Hostname],
            conflicts: Vec::new()
        }
    );
    let left = Machine {
        serial: Some("ABC1"),
        ..machine
    };
    let right = Machine {
        serial: Some("ABC2"),
        ..machine
    };
    assert_eq!(
        within_customer(left, right),
        Correlation::Different { veto: Veto::Serial }
    );
}

#[test]
fn customers_are_compared_within_one_account_only() {
    let machine = |instance, id, customer| {
        Machine {
            instance,
            id,
            customer,
            mac: Some(MAC_A),
            ..Machine::default()
        }
        .build()
    };
    let left = machine("a", "1", Some("7"));
    let joined = same(&[IdentityKind::Mac]);
    let by_record = |right: &Asset| correlate(&left, right, CustomerLink::ByRecord);
    assert_eq!(by_record(&machine("a", "2", Some("7"))), joined);
    assert_eq!(
        by_record(&machine("a", "2", Some("8"))),
        Correlation::Unrelated
    );
    assert_eq!(by_record(&machine("a", "2", None)), Correlation::Unrelated);
    assert_eq!(
        by_record(&machine("b", "2", Some("7"))),
        Correlation::Unrelated
    );
    let elsewhere = machine("b", "2", Some("7"));
    assert_eq!(correlate(&left, &elsewhere, CustomerLink::Same), joined);
    assert_eq!(
        correlate(&left, &elsewhere, CustomerLink::Different),
        Correlation::Unrelated
    );
}

#[test]
fn a_record_that_another_tool_names_is_the_same_machine() {
    let named = Machine {
        id: "90",
        ..Machine::default()
    };
    let naming = Machine {
        external: Some("90"),
        ..Machine::default()
    };
    // The other way round, and two that name a third.
    for (left, right) in [(named, naming), (naming, named), (naming, naming)] {
        let [left, right] = [("a", left), ("b", right)].map(|(instance, machine)| {
            let machine = Machine {
                instance,
                serial: None,
                ..machine
            };
            machine.build()
        });
        let relation = |link| correlate(&left, &right, link);
        assert_eq!(
            relation(CustomerLink::Same),
            same(&[IdentityKind::ExternalId])
        );
        // Other accounts count from 1, too.
        assert_eq!(relation(CustomerLink::Different), Correlation::Unrelated);
    }
    // Nobody says that these two are the same.
    assert_eq!(
        within_customer(naming, Machine { id: "1", ..naming }),
        same(&[IdentityKind::ExternalId])
    );
    let own = |instance| Machine { instance, ..named }.build();
    assert_eq!(
        correlate(&own("a"), &own("b"), CustomerLink::Same),
        Correlation::Unrelated
    );
}

#[test]
fn a_uuid_that_another_tool_has_counts_everywhere_and_a_serial_speaks_against_it() {
    let uuid = "0b1c7c0e-6f0a-4f6f-9d0e-5a2f7f1d9e11";
    let named = Machine {
        instance: "a",
        id: uuid,
        serial: Some("ABC1"),
        ..Machine::default()
    };
    let naming = |serial| Machine {
        instance: "b",
        id: "1",
        external: Some("0B1C7C0E-6F0A-4F6F-9D0E-5A2F7F1D9E11"),
        serial,
        ..Machine::default()
    };
    let relation = |serial| {
        correlate(
            &named.build(),
            &naming(serial).build(),
            CustomerLink::Different,
        )
    };
    assert_eq!(relation(None), same(&[IdentityKind::ExternalId]));
    let veto = Veto::Serial;
    assert_eq!(relation(Some("ABC2")), Correlation::Different { veto });
}

#[test]
fn one_record_stays_one_record() {
    let before = Machine {
        instance: "a",
        id: "1",
        serial: Some("ABC1"),
        ..Machine::default()
    };
    let after = Machine {
        serial: Some("NEWBOARD2"),
        ..before
    };
    let relation = correlate(&before.build(), &after.build(), CustomerLink::ByRecord);
    assert_eq!(relation, same(&[IdentityKind::VendorId]));
}

fn asset() -> impl Strategy<Value = Asset> {
    any_machine().prop_map(|machine| machine.build())
}

fn link() -> impl Strategy<Value = CustomerLink> {
    select(vec![
        CustomerLink::ByRecord,
        CustomerLink::Same,
        CustomerLink::Different,
    ])
}

proptest! {
    #[test]
    fn the_order_makes_no_difference(left in asset(), right in asset(), link in link()) {
        prop_assert_eq!(correlate(&left, &right, link), correlate(&right, &left, link));
    }

    #[test]
    fn an_asset_is_itself(asset in asset(), link in link()) {
        let relation = correlate(&asset, &asset, link);
        let is_same = matches!(relation, Correlation::Same { .. });
        prop_assert!(is_same);
    }

    #[test]
    fn different_serials_never_join(left in asset(), right in asset(), link in link()) {
        let is_one_record = left.source.instance == right.source.instance
            && left.source.vendor_id == right.source.vendor_id;
        let serials = left.serial.key.as_ref().zip(right.serial.key.as_ref());
        if !is_one_record && serials.is_some_and(|(left, right)| left != right) {
            prop_assert_eq!(correlate(&left, &right, link), Correlation::Different { veto: Veto::Serial });
        }
    }

    #[test]
    fn other_customers_join_by_maker_and_serial_only(left in asset(), right in asset()) {
        if let Correlation::Same { by } = correlate(&left, &right, CustomerLink::Different) {
            prop_assert!(by.iter().all(|kind| matches!(kind, IdentityKind::VendorId | IdentityKind::ManufacturerSerial)));
        }
    }
}
