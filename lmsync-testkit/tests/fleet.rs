//! The demo fleet as it is: what a seed gives is the same in every release.

#![allow(clippy::unwrap_used)]

use std::fmt::Debug;

use chrono::{DateTime, TimeDelta};
use lmsync_testkit::fleet::{Fleet, FleetSpec, Machine, MachineKind, OsFamily};

fn demo() -> Fleet {
    Fleet::demo(DateTime::from_timestamp(1_767_225_600, 0).unwrap())
}

fn lines<T: Debug>(things: impl IntoIterator<Item = T>) -> String {
    let lines = things.into_iter().map(|thing| format!("{thing:?}"));
    lines.collect::<Vec<String>>().join("\n")
}

#[test]
fn the_demo_is_250_machines_of_twelve_customers() {
    assert_eq!((demo().len(), demo().customers()), (250, 12));
    assert!(!demo().is_empty());
    assert!(Fleet::new(FleetSpec::new(0, demo().spec().now)).is_empty());
    let kinds = |kind| {
        demo()
            .machines()
            .filter(|machine| machine.kind == kind)
            .count()
    };
    let counts = [
        MachineKind::Laptop,
        MachineKind::Desktop,
        MachineKind::Server,
    ]
    .map(kinds);
    assert_eq!(counts.iter().sum::<usize>(), 250);
    assert!(counts.iter().all(|count| *count > 25), "{counts:?}");
}

#[test]
fn machines_are_what_they_were() {
    insta::assert_snapshot!(lines(demo().machines().take(40)));
}

#[test]
fn machines_with_something_wrong_are_what_they_were() {
    let is_odd = |machine: &Machine| {
        machine.oddity.is_some() || machine.last_check_in > Some(demo().spec().now)
    };
    insta::assert_snapshot!(lines(demo().machines().filter(is_odd)));
}

#[test]
fn customers_and_their_sites_are_what_they_were() {
    let fleet = demo();
    let with_sites = (0..fleet.customers()).map(|index| {
        let customer = fleet.customer(index);
        let sites = (0..customer.sites).map(|site| fleet.site(index, site));
        (customer.clone(), sites.collect::<Vec<_>>())
    });
    insta::assert_snapshot!(lines(with_sites));
}

#[test]
fn software_is_what_it_was() {
    let fleet = demo();
    let one_of_each = [OsFamily::Windows, OsFamily::MacOs, OsFamily::Linux].map(|family| {
        let mut machines = fleet.machines();
        let machine = machines.find(|machine| machine.os.family == family);
        lines(fleet.software(&machine.unwrap()))
    });
    insta::assert_snapshot!(one_of_each.join("\n\n"));
}

#[test]
fn whoever_was_just_seen_is_online() {
    let now = demo().spec().now;
    for machine in demo().machines() {
        let is_recent = machine
            .last_check_in
            .is_some_and(|at| (TimeDelta::zero()..TimeDelta::minutes(3)).contains(&(now - at)));
        assert_eq!(machine.online, is_recent, "{}", machine.index);
    }
}
