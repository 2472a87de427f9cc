//! The customers of a fleet and their sites.

use crate::dice::{Dice, mix};

/// A customer of the service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Its place in the fleet, from 0.
    pub index: usize,
    /// A number that rises with the index, from 1; vendors derive their ids from it.
    pub id: u64,
    /// Its name; two customers may share one.
    pub name: String,
    /// Three letters that its machines' names begin with.
    pub code: String,
    /// Its internet domain.
    pub domain: String,
    /// How many sites it has, at least one.
    pub sites: usize,
}

/// A site of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its customer.
    pub customer: usize,
    /// Its place among the sites of the customer, from 0; the first is the head office.
    pub index: usize,
    /// A number no other site of the fleet has, from 1.
    pub id: u64,
    /// Its name, which is its town.
    pub name: &'static str,
    /// Street and number.
    pub street: String,
    /// The state or county, as its country abbreviates it.
    pub state: &'static str,
    /// Two letters for the country.
    pub country: &'static str,
    /// Its postal code.
    pub postal_code: &'static str,
    /// Its time zone, as the tz database names it.
    pub time_zone: &'static str,
    /// Its address on the internet, from the ranges kept for documentation.
    pub public_ip: String,
    /// The first three numbers of its own network.
    pub network: String,
}

/// So many sites at most.
pub(super) const MOST_SITES: usize = 4;

const FIRST: [&str; 24] = [
    "Northgate",
    "Brightwater",
    "Cedar Hill",
    "Lakeshore",
    "Ironbridge",
    "Maple Court",
    "Silverline",
    "Harborview",
    "Kingsway",
    "Redstone",
    "Willowbrook",
    "Summit Ridge",
    "Eastfield",
    "Bluebell",
    "Granite Bay",
    "Oakhurst",
    "Pinecrest",
    "Riverbend",
    "Stonebridge",
    "Fairmount",
    "Clearwater",
    "Highland Park",
    "Juniper",
    "Westmoor",
];

const TRADE: [&str; 16] = [
    "Dental Group",
    "Logistics",
    "Law Partners",
    "Architects",
    "Manufacturing",
    "Veterinary Clinic",
    "Accounting",
    "Primary School",
    "Foods",
    "Property Management",
    "Engineering",
    "Credit Union",
    "Medical Center",
    "Printing",
    "Insurance",
    "Hardware Supply",
];

/// Town, state, country, postal code, time zone.
const TOWNS: [(&str, &str, &str, &str, &str); 12] = [
    ("Austin", "TX", "US", "78701", "America/Chicago"),
    ("Columbus", "OH", "US", "43215", "America/New_York"),
    ("Boise", "ID", "US", "83702", "America/Boise"),
    ("Leeds", "WYK", "GB", "LS1 4AP", "Europe/London"),
    ("Halifax", "NS", "CA", "B3J 1S9", "America/Halifax"),
    ("Tucson", "AZ", "US", "85701", "America/Phoenix"),
    ("Bristol", "BST", "GB", "BS1 5TR", "Europe/London"),
    ("Madison", "WI", "US", "53703", "America/Chicago"),
    ("Geelong", "VIC", "AU", "3220", "Australia/Melbourne"),
    ("Tacoma", "WA", "US", "98402", "America/Los_Angeles"),
    ("Utrecht", "UT", "NL", "3511 AB", "Europe/Amsterdam"),
    ("Savannah", "GA", "US", "31401", "America/New_York"),
];

const STREETS: [&str; 8] = [
    "Mill Lane",
    "Station Road",
    "Commerce Drive",
    "Orchard Avenue",
    "Harbor Street",
    "Foundry Way",
    "Market Square",
    "Chapel Street",
];

const PUBLIC_NETWORKS: [&str; 3] = ["192.0.2", "198.51.100", "203.0.113"];

pub(super) fn customer(seed: u64, index: usize, oddities: bool) -> Customer {
    // Names are not keys in real accounts either: one of twenty customers is called like its neighbour.
    let namesake = if oddities && index % 20 == 19 {
        index - 1
    } else {
        index
    };
    let name = name(seed, namesake);
    Customer {
        index,
        id: index as u64 + 1,
        code: code(&name),
        domain: format!("{}.example", slug(&name)),
        name,
        sites: site_count(seed, index),
    }
}

pub(super) fn site(seed: u64, customer: usize, index: usize) -> Site {
    let mut dice = Dice::new(seed, 0x517e, customer * MOST_SITES + index);
    let first = mix(seed ^ customer as u64) as usize;
    // Neighbouring entries, so that no customer has two sites in one town.
    let (name, state, country, postal_code, time_zone) =
        TOWNS[first.wrapping_add(index) % TOWNS.len()];
    Site {
        customer,
        index,
        id: (customer * MOST_SITES + index) as u64 + 1,
        name,
        street: format!("{} {}", dice.between(2, 240), dice.pick(&STREETS)),
        state,
        country,
        postal_code,
        time_zone,
        public_ip: format!("{}.{}", dice.pick(&PUBLIC_NETWORKS), dice.between(1, 255)),
        network: format!("10.{}.{}", customer % 256, 10 * (index + 1)),
    }
}

pub(super) fn site_count(seed: u64, customer: usize) -> usize {
    1 + Dice::new(seed, 0x517e5, customer).below(MOST_SITES)
}

/// The name of customer `index`; unique, with a number once the words run out.
fn name(seed: u64, index: usize) -> String {
    let pairs = FIRST.len() * TRADE.len();
    // 89 and the number of pairs have no common factor: every pair comes once in a round.
    let pair = seed.wrapping_add(index as u64 * 89) as usize % pairs;
    let (first, trade) = (FIRST[pair % FIRST.len()], TRADE[pair / FIRST.len()]);
    match index / pairs {
        0 => format!("{first} {trade}"),
        round => format!("{first} {trade} {}", round + 1),
    }
}

fn code(name: &str) -> String {
    let mut words = name.split(' ');
    let first = words.next().unwrap_or_default();
    let last = words.next().unwrap_or_default();
    first
        .chars()
        .take(2)
        .chain(last.chars().take(1))
        .collect::<String>()
        .to_ascii_uppercase()
}

fn slug(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_far_beyond_the_words() {
        let names: HashSet<_> = (0..2_000).map(|index| name(42, index)).collect();
        assert_eq!(names.len(), 2_000);
    }

    #[test]
    fn oddities_give_two_customers_one_name_and_two_ids() {
        let (one, other) = (customer(1, 18, true), customer(1, 19, true));
        assert_eq!(one.name, other.name);
        assert_ne!(one.id, other.id);
        assert_ne!(customer(1, 18, false).name, customer(1, 19, false).name);
    }

    #[test]
    fn sites_of_a_customer_are_in_different_towns() {
        for index in 0..50 {
            let towns: HashSet<_> = (0..MOST_SITES).map(|at| site(3, index, at).name).collect();
            assert_eq!(towns.len(), MOST_SITES);
        }
    }
}
