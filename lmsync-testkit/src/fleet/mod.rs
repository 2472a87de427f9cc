//! A service provider's machines, invented: the one truth behind every vendor's simulator.
//!
//! A [`Fleet`] keeps nothing but its [`FleetSpec`]. Each machine is worked out from seed and
//! index when somebody asks for it, so a fleet of a hundred thousand costs no memory and is the
//! same on every machine. What changes over time is kept in a [`Population`].
//!
//! ```
//! use chrono::DateTime;
//! use lmsync_testkit::fleet::{Fleet, FleetSpec};
//!
//! let now = DateTime::from_timestamp(1_774_958_400, 0).unwrap();
//! let fleet = Fleet::new(FleetSpec::new(100, now));
//! assert_eq!((fleet.len(), fleet.customers()), (100, 4));
//!
//! // The same machine, whoever asks, and another one for another seed.
//! let again = Fleet::new(FleetSpec::new(100, now));
//! assert_eq!(fleet.machine(17), again.machine(17));
//! let other = Fleet::new(FleetSpec { seed: 2, ..FleetSpec::new(100, now) });
//! assert_ne!(fleet.machine(17), other.machine(17));
//! ```

mod assemble;
mod catalogue;
mod customer;
mod machine;
mod oddity;
mod people;
mod population;
mod software;

use chrono::{DateTime, Utc};

pub use self::customer::{Customer, Site};
pub use self::machine::{
    Cpu, Disk, Hypervisor, Installed, Machine, MachineKind, Oddity, Os, OsFamily, User,
};
pub use self::population::Population;

use crate::dice::Dice;

/// What a fleet is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetSpec {
    /// How many machines.
    pub machines: usize,
    /// How many customers; at least one.
    pub customers: usize,
    /// Another seed gives another fleet.
    pub seed: u64,
    /// The moment from which check-ins and purchases are counted back.
    pub now: DateTime<Utc>,
    /// Whether one machine of twenty has something wrong with its data, as in real accounts.
    pub oddities: bool,
}

impl FleetSpec {
    /// A fleet of `machines` with oddities, and a customer for every twenty-five of them.
    #[must_use]
    pub fn new(machines: usize, now: DateTime<Utc>) -> Self {
        Self {
            machines,
            customers: machines.div_ceil(25),
            seed: 1,
            now,
            oddities: true,
        }
    }
}

/// A deterministic, stateless population of machines.
///
/// Check-ins are spread so that every window of the SDK has something to keep and something to
/// leave out: of a hundred machines 78 reported within 30 days (45 are online), 8 within 30 to 60,
/// 5 within 60 to 90, 6 earlier, 2 never, and 1 claims to have reported in the future. None is
/// nearer than an hour to the edge of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fleet {
    spec: FleetSpec,
}

impl Fleet {
    /// The fleet that `spec` describes.
    #[must_use]
    pub fn new(spec: FleetSpec) -> Self {
        let customers = spec.customers.max(1);
        Self {
            spec: FleetSpec { customers, ..spec },
        }
    }

    /// A small service provider for the examples: 250 machines of 12 customers.
    #[must_use]
    pub fn demo(now: DateTime<Utc>) -> Self {
        Self::new(FleetSpec {
            customers: 12,
            seed: 27,
            ..FleetSpec::new(250, now)
        })
    }

    /// What it is made from.
    #[must_use]
    pub fn spec(&self) -> &FleetSpec {
        &self.spec
    }

    /// How many machines it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spec.machines
    }

    /// Whether it has no machine.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many customers it has.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.spec.customers
    }

    /// Machine `index`. An index beyond the fleet gives a machine that could be bought next.
    #[must_use]
    pub fn machine(&self, index: usize) -> Machine {
        assemble::machine(self, index)
    }

    /// All machines in turn, each made when it is asked for.
    pub fn machines(&self) -> impl Iterator<Item = Machine> + '_ {
        (0..self.len()).map(|index| self.machine(index))
    }

    /// The customer of machine `index`, much cheaper than the machine itself.
    ///
    /// Every customer has a machine where there are enough; the first ones have most.
    #[must_use]
    pub fn customer_of(&self, index: usize) -> usize {
        let customers = self.customers();
        if index < customers {
            return index;
        }
        let mut dice = Dice::new(self.spec.seed, 0xc057, index);
        dice.below(customers).min(dice.below(customers))
    }

    /// Customer `index`.
    #[must_use]
    pub fn customer(&self, index: usize) -> Customer {
        customer::customer(self.spec.seed, index, self.spec.oddities)
    }

    /// How many sites customer `customer` has, at least one.
    #[must_use]
    pub fn sites(&self, customer: usize) -> usize {
        customer::site_count(self.spec.seed, customer)
    }

    /// Site `index` of customer `customer`.
    #[must_use]
    pub fn site(&self, customer: usize, index: usize) -> Site {
        customer::site(self.spec.seed, customer, index)
    }

    /// What is installed on `machine`; nothing where its agent never reported.
    #[must_use]
    pub fn software(&self, machine: &Machine) -> Vec<Installed> {
        if machine.last_check_in.is_none() {
            return Vec::new();
        }
        let mut dice = Dice::new(self.spec.seed, 0x50f7, machine.index);
        software::installed(machine.os.family, &mut dice, self.spec.now)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use chrono::TimeDelta;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_225_600, 0).unwrap()
    }

    fn fleet(machines: usize) -> Fleet {
        Fleet::new(FleetSpec::new(machines, now()))
    }

    #[test]
    fn a_machine_is_a_function_of_seed_and_index() {
        let (one, same) = (fleet(1_000), fleet(1_000));
        let other = Fleet::new(FleetSpec {
            seed: 2,
            ..FleetSpec::new(1_000, now())
        });
        for index in [0, 1, 17, 999, 5_000_000] {
            assert_eq!(one.machine(index), same.machine(index));
            assert_ne!(one.machine(index), other.machine(index));
        }
    }

    #[test]
    fn a_larger_fleet_begins_with_the_same_hardware() {
        let (small, large) = (fleet(1_000).machine(500), fleet(100_000).machine(500));
        assert_eq!(small.serial, large.serial);
        assert_eq!(small.last_check_in, large.last_check_in);
    }

    #[test]
    fn check_ins_are_spread_as_promised() {
        let ages: Vec<_> = fleet(20_000)
            .machines()
            .map(|machine| machine.last_check_in.map(|at| now() - at))
            .collect();
        let days = TimeDelta::days;
        let percent = |from: TimeDelta, to: TimeDelta| {
            let within = |age: &&Option<TimeDelta>| age.is_some_and(|age| age >= from && age < to);
            ages.iter().filter(within).count() as f64 / 200.0
        };
        let near = |found: f64, promised: f64| (found - promised).abs() < 0.7;
        assert!(near(percent(days(0), days(30)), 78.0));
        assert!(near(percent(days(30), days(60)), 8.0));
        assert!(near(percent(days(60), days(90)), 5.0));
        assert!(near(percent(days(90), days(9_000)), 6.0));
        assert!(near(percent(days(-9_000), days(0)), 1.0));
        let never = ages.iter().filter(|age| age.is_none()).count() as f64 / 200.0;
        assert!(near(never, 2.0));
    }

    #[test]
    fn no_check_in_is_near_the_edge_of_a_window() {
        for machine in fleet(20_000).machines() {
            let Some(at) = machine.last_check_in else {
                continue;
            };
            for edge in [30, 60, 90] {
                let distance = (now() - at - TimeDelta::days(edge)).abs();
                assert!(distance >= TimeDelta::hours(1), "{}", machine.index);
            }
        }
    }

    #[test]
    fn every_oddity_occurs_in_the_demo_and_five_percent_have_one() {
        let odd: Vec<_> = Fleet::demo(now())
            .machines()
            .filter_map(|machine| machine.oddity)
            .collect();
        assert_eq!(odd.len(), 13);
        assert_eq!(odd.iter().collect::<HashSet<_>>().len(), 7);
    }

    #[test]
    fn oddities_are_what_they_are_called() {
        let fleet = fleet(20_000);
        let machines: Vec<_> = fleet.machines().collect();
        let mut serials: HashMap<&str, usize> = HashMap::new();
        for serial in machines
            .iter()
            .filter_map(|machine| machine.serial.as_deref())
        {
            *serials.entry(serial).or_default() += 1;
        }
        for machine in &machines {
            let serial = machine.serial.as_deref();
            match machine.oddity {
                None => assert!(serial.is_some()),
                Some(Oddity::MissingSerial) => assert_eq!(serial, None),
                Some(Oddity::DuplicateSerial) => assert_eq!(serials[serial.unwrap()], 2),
                Some(Oddity::PurchaseAfterExpiry) => {
                    assert!(machine.purchased > machine.warranty_expiry);
                }
                Some(Oddity::SentinelDates) => {
                    assert_eq!(machine.purchased.unwrap().to_string(), "1900-01-01");
                }
                Some(Oddity::TrailingBlanks) => assert!(serial.unwrap().ends_with(' ')),
                Some(Oddity::UnknownMaker | Oddity::JunkSerial) => {}
            }
        }
        let junk: HashSet<_> = machines
            .iter()
            .filter(|machine| machine.oddity == Some(Oddity::JunkSerial))
            .filter_map(|machine| machine.serial.clone())
            .collect();
        assert!(junk.len() >= 8, "placeholders rotate: {junk:?}");
    }

    #[test]
    fn without_oddities_serials_macs_and_hostnames_are_unique() {
        let fleet = Fleet::new(FleetSpec {
            oddities: false,
            ..FleetSpec::new(20_000, now())
        });
        let mut serials = HashSet::new();
        let mut macs = HashSet::new();
        let mut names = HashSet::new();
        for machine in fleet.machines() {
            assert_eq!(machine.oddity, None);
            assert!(serials.insert(machine.serial));
            assert!(macs.insert(machine.mac));
            assert!(names.insert(machine.hostname));
        }
    }

    #[test]
    fn ids_rise_and_every_customer_and_site_exists() {
        let fleet = Fleet::demo(now());
        let mut last = 0;
        let mut customers = HashSet::new();
        for machine in fleet.machines() {
            assert!(machine.id > last);
            last = machine.id;
            assert_eq!(machine.customer, fleet.customer_of(machine.index));
            assert!(machine.site < fleet.sites(machine.customer));
            customers.insert(machine.customer);
        }
        assert_eq!(customers.len(), fleet.customers());
    }

    #[test]
    fn a_demo_holds_servers_guests_macs_and_workstations() {
        let machines: Vec<_> = Fleet::demo(now()).machines().collect();
        let count = |wanted: fn(&Machine) -> bool| machines.iter().filter(|m| wanted(m)).count();
        assert!(count(|machine| machine.kind == MachineKind::Laptop) > 60);
        assert!(count(|machine| machine.kind == MachineKind::Desktop) > 40);
        assert!(count(|machine| machine.kind == MachineKind::Server) > 20);
        assert!(count(|machine| machine.hypervisor == Some(Hypervisor::VMware)) > 5);
        assert!(count(|machine| machine.hypervisor == Some(Hypervisor::HyperV)) > 2);
        assert!(count(|machine| machine.os.family == OsFamily::MacOs) > 5);
        assert!(count(|machine| machine.warranty_expiry.is_none()) > 20);
    }

    #[test]
    fn software_is_there_unless_the_agent_never_reported() {
        let fleet = fleet(500);
        for machine in fleet.machines() {
            let software = fleet.software(&machine);
            assert_eq!(software.is_empty(), machine.last_check_in.is_none());
            assert_eq!(software, fleet.software(&machine));
        }
    }
}
