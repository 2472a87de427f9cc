//! The flaws that real accounts have.

use chrono::{NaiveDate, TimeDelta};

use super::Fleet;
use super::machine::{Machine, Oddity};

/// One machine of so many has a flaw.
const EVERY: usize = 20;

const ALL: [Oddity; 7] = [
    Oddity::JunkSerial,
    Oddity::MissingSerial,
    Oddity::DuplicateSerial,
    Oddity::PurchaseAfterExpiry,
    Oddity::SentinelDates,
    Oddity::UnknownMaker,
    Oddity::TrailingBlanks,
];

/// What firmware says when nobody told it a serial number.
const PLACEHOLDERS: [&str; 10] = [
    "To Be Filled By O.E.M.",
    "Default string",
    "System Serial Number",
    "0",
    "N/A",
    "123456789",
    "None",
    "Not Specified",
    "................",
    "INVALID",
];

const NOBODY: [(&str, &str); 3] = [
    ("System manufacturer", "System Product Name"),
    ("Kestrel Computing", "Workmate 300"),
    ("", "All Series"),
];

/// The flaw of machine `index`. They take turns, so that even a small fleet has each.
pub(super) fn of(index: usize) -> Option<Oddity> {
    (index % EVERY == 7).then(|| ALL[turn(index) % ALL.len()])
}

fn turn(index: usize) -> usize {
    index / EVERY
}

/// `machine` with its flaw; `before` is the machine before it, which has no flaw of its own: flaws
/// are twenty apart.
pub(super) fn apply(
    oddity: Oddity,
    machine: Machine,
    fleet: &Fleet,
    before: impl FnOnce() -> Machine,
) -> Machine {
    let index = machine.index;
    let round = turn(index) / ALL.len();
    match oddity {
        Oddity::JunkSerial => Machine {
            serial: Some(PLACEHOLDERS[round % PLACEHOLDERS.len()].to_owned()),
            ..machine
        },
        Oddity::MissingSerial => Machine {
            serial: None,
            ..machine
        },
        Oddity::DuplicateSerial => twin(machine, before()),
        Oddity::PurchaseAfterExpiry => swapped_dates(machine, fleet),
        Oddity::SentinelDates => sentinel_dates(machine),
        Oddity::UnknownMaker => {
            let (manufacturer, model) = NOBODY[round % NOBODY.len()];
            Machine {
                manufacturer: manufacturer.to_owned(),
                model: model.to_owned(),
                ..machine
            }
        }
        Oddity::TrailingBlanks => trailing_blanks(machine),
    }
}

/// The same hardware as `first`.
fn twin(machine: Machine, first: Machine) -> Machine {
    Machine {
        kind: first.kind,
        hypervisor: first.hypervisor,
        manufacturer: first.manufacturer,
        model: first.model,
        serial: first.serial,
        os: first.os,
        ..machine
    }
}

fn swapped_dates(machine: Machine, fleet: &Fleet) -> Machine {
    let expiry = fleet.spec().now.date_naive() - TimeDelta::days(400);
    Machine {
        warranty_expiry: Some(expiry),
        purchased: Some(expiry + TimeDelta::days(365)),
        ..machine
    }
}

fn sentinel_dates(machine: Machine) -> Machine {
    Machine {
        purchased: NaiveDate::from_ymd_opt(1900, 1, 1),
        warranty_expiry: NaiveDate::from_ymd_opt(1970, 1, 1),
        ..machine
    }
}

fn trailing_blanks(machine: Machine) -> Machine {
    let padded = |text: &str| format!("{text}   ");
    Machine {
        serial: machine.serial.as_deref().map(padded),
        manufacturer: padded(&machine.manufacturer),
        model: padded(&machine.model),
        name: padded(&machine.name),
        ..machine
    }
}
