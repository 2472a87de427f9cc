//! Puts a machine together from seed and index.

use chrono::{DateTime, Months, NaiveDate, SubsecRound, TimeDelta, Utc};

use super::Fleet;
use super::catalogue::{
    DESKTOPS, GUESTS, LAPTOPS, MAC_CPUS, MAC_SYSTEMS, Model, SERVER_CPUS, SERVER_SYSTEMS, SERVERS,
    SerialStyle, WORKSTATION_CPUS, WORKSTATION_SYSTEMS,
};
use super::customer::{Customer, Site};
use super::machine::{Cpu, Disk, Hypervisor, Machine, MachineKind, Os, OsFamily};
use super::{oddity, people};
use crate::dice::{Dice, distinct};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const GIBIBYTE: u64 = 1 << 30;
/// What serial numbers are written with: no vowel but one, so that none spells a word.
const ALPHABET: &[u8; 32] = b"0123456789ABCDFGHJKLMNPQRSTVWXYZ";

pub(super) fn machine(fleet: &Fleet, index: usize) -> Machine {
    let mut machine = flawless(fleet, index);
    if fleet.spec().oddities {
        machine.oddity = oddity::of(index);
    }
    match machine.oddity {
        Some(oddity) => oddity::apply(oddity, machine, fleet, || {
            flawless(fleet, index.saturating_sub(1))
        }),
        None => machine,
    }
}

/// Machine `index` without its oddity.
fn flawless(fleet: &Fleet, index: usize) -> Machine {
    let spec = fleet.spec();
    let mut dice = Dice::new(spec.seed, 0x3ac4, index);
    let customer = fleet.customer(fleet.customer_of(index));
    let site = fleet.site(customer.index, dice.below(customer.sites));
    let (kind, model) = hardware(&mut dice);
    let hypervisor = match model.serial {
        SerialStyle::Guest(hypervisor) => Some(hypervisor),
        _ => None,
    };
    let os = system(&mut dice, kind, &model);
    let (last_check_in, online) = last_check_in(&mut dice, spec.now);
    let hostname = hostname(&customer, kind, &model, index);
    let (purchased, warranty_expiry) = dates(&mut dice, &model, spec.now.date_naive());
    let user = people::user(&mut dice);
    Machine {
        index,
        id: index as u64 + 1,
        name: display_name(&mut dice, &hostname, &user.name, kind),
        hostname,
        customer: customer.index,
        site: site.index,
        kind,
        hypervisor,
        manufacturer: model.manufacturer.to_owned(),
        model: model.name.to_owned(),
        serial: Some(serial(model.serial, spec.seed, index)),
        mac: mac(model.oui, spec.seed, index),
        os,
        last_check_in,
        online,
        purchased,
        warranty_expiry,
        last_user: (kind != MachineKind::Server || dice.chance(20)).then_some(user),
        memory: memory(&mut dice, kind),
        cpu: cpu(&mut dice, kind, &model),
        disks: disks(&mut dice, kind, os.family),
        private_ip: format!("{}.{}", site.network, 10 + index % 240),
        gateway: gateway(&site),
        public_ip: site.public_ip,
        domain: domain(&mut dice, &customer, os.family),
        oddity: None,
    }
}

fn hardware(dice: &mut Dice) -> (MachineKind, Model) {
    match dice.below(100) {
        0..48 => (MachineKind::Laptop, dice.pick(&LAPTOPS)),
        48..77 => (MachineKind::Desktop, dice.pick(&DESKTOPS)),
        77..86 => (MachineKind::Server, dice.pick(&SERVERS)),
        86..98 => (MachineKind::Server, dice.pick(&GUESTS)),
        _ => (MachineKind::Desktop, dice.pick(&GUESTS)),
    }
}

fn system(dice: &mut Dice, kind: MachineKind, model: &Model) -> Os {
    match kind {
        MachineKind::Server => dice.pick(&SERVER_SYSTEMS),
        _ if model.is_mac() => dice.pick(&MAC_SYSTEMS),
        _ => dice.pick(&WORKSTATION_SYSTEMS),
    }
}

fn cpu(dice: &mut Dice, kind: MachineKind, model: &Model) -> Cpu {
    match kind {
        MachineKind::Server => dice.pick(&SERVER_CPUS),
        _ if model.is_mac() => dice.pick(&MAC_CPUS),
        _ => dice.pick(&WORKSTATION_CPUS),
    }
}

fn memory(dice: &mut Dice, kind: MachineKind) -> u64 {
    GIBIBYTE
        * match kind {
            MachineKind::Server => dice.pick(&[16, 32, 64, 128]),
            _ => dice.pick(&[8, 16, 16, 32]),
        }
}

/// When the agent last reported, and whether it is connected.
fn last_check_in(dice: &mut Dice, now: DateTime<Utc>) -> (Option<DateTime<Utc>>, bool) {
    let band = dice.below(100);
    let age = match band {
        0..45 => dice.between(1, 120),
        45..78 => dice.between(HOUR, 30 * DAY - HOUR),
        78..86 => dice.between(30 * DAY + HOUR, 60 * DAY - HOUR),
        86..91 => dice.between(60 * DAY + HOUR, 90 * DAY - HOUR),
        91..97 => dice.between(90 * DAY + HOUR, 900 * DAY),
        97 => dice.between(-40 * DAY, -HOUR),
        _ => return (None, false),
    };
    let at = now.trunc_subsecs(0) - TimeDelta::seconds(age);
    // Two of three carry milliseconds.
    let fraction = TimeDelta::milliseconds(dice.pick(&[0, 270, 483]));
    (Some(at - fraction), band < 45)
}

/// The day it was bought and the last day of its warranty, where somebody noted them.
fn dates(
    dice: &mut Dice,
    model: &Model,
    today: NaiveDate,
) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let bought = today - TimeDelta::days(dice.between(20, 2_200));
    let expires = bought
        .checked_add_months(Months::new(12 * model.years))
        .and_then(|day| day.pred_opt());
    let (bought_noted, expiry_noted) = (dice.chance(80), dice.chance(65));
    if model.years == 0 {
        return (None, None);
    }
    (
        bought_noted.then_some(bought),
        expires.filter(|_| expiry_noted),
    )
}

/// The name on the network: at most fifteen characters, as NetBIOS allows, and unique.
fn hostname(customer: &Customer, kind: MachineKind, model: &Model, index: usize) -> String {
    let role = match kind {
        _ if model.is_mac() => "MAC",
        MachineKind::Server => "SRV",
        MachineKind::Desktop => "PC",
        MachineKind::Laptop => "LT",
    };
    format!("{}-{role}-{:04}", customer.code, index + 1)
}

/// What people call it: its host name, or in one of eight cases something of their own.
fn display_name(dice: &mut Dice, hostname: &str, user: &str, kind: MachineKind) -> String {
    let first = user.split(' ').next().unwrap_or(user);
    match (dice.below(16), kind) {
        (0, _) => hostname.to_ascii_lowercase(),
        (1, MachineKind::Laptop) => format!("{first}'s laptop"),
        (1, MachineKind::Desktop) => format!("Front desk {hostname}"),
        _ => hostname.to_owned(),
    }
}

pub(super) fn serial(style: SerialStyle, seed: u64, index: usize) -> String {
    let code = |length: u32| letters(distinct(seed, index, 5 * length), length);
    match style {
        SerialStyle::Dell => code(7),
        SerialStyle::Hp(factory) => format!("{factory}{}", code(7)),
        SerialStyle::Lenovo => format!("PF{}", code(6)),
        SerialStyle::Apple => format!("FVF{}Q6L", code(6)),
        SerialStyle::Surface => format!("03{:010}", distinct(seed, index, 33)),
        SerialStyle::Asus => format!("M8NRCX{}", code(9)),
        SerialStyle::Guest(Hypervisor::VMware) => vmware_serial(distinct(seed, index, 48)),
        SerialStyle::Guest(Hypervisor::HyperV) => hyper_v_serial(distinct(seed, index, 40)),
    }
}

/// `length` characters that stand for `number`.
fn letters(number: u64, length: u32) -> String {
    (0..length)
        .rev()
        .map(|place| char::from(ALPHABET[(number >> (5 * place)) as usize % ALPHABET.len()]))
        .collect()
}

fn vmware_serial(number: u64) -> String {
    let bytes: Vec<_> = number
        .to_be_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tail = bytes[2..].join(" ");
    format!("VMware-42 1f 0c 9b 7e 55 d1 a3-88 e0 {tail}")
}

fn hyper_v_serial(number: u64) -> String {
    let digits = format!("{number:014}");
    format!(
        "8731-2960-{}-{}-{}-{}",
        &digits[..4],
        &digits[4..8],
        &digits[8..12],
        &digits[12..]
    )
}

fn mac(oui: &str, seed: u64, index: usize) -> String {
    let [.., a, b, c] = distinct(seed, index, 24).to_be_bytes();
    format!("{oui}:{a:02x}:{b:02x}:{c:02x}")
}

fn disks(dice: &mut Dice, kind: MachineKind, family: OsFamily) -> Vec<Disk> {
    let drives: &[(&str, &str)] = match (family, kind) {
        (OsFamily::MacOs, _) => &[("/", "APFS")],
        (OsFamily::Linux, _) => &[("/", "ext4"), ("/var", "ext4")],
        (_, MachineKind::Server) => &[("c:", "NTFS"), ("d:", "NTFS")],
        _ => &[("c:", "NTFS")],
    };
    drives
        .iter()
        .map(|&(drive, file_system)| {
            let size = dice.pick(&[237, 476, 476, 953]) * GIBIBYTE + 412_090_368;
            let free = size / 100 * dice.between(4, 90) as u64;
            Disk {
                drive,
                file_system,
                size,
                free,
            }
        })
        .collect()
}

fn gateway(site: &Site) -> String {
    format!("{}.1", site.network)
}

/// Two of three Windows machines are joined to a directory.
fn domain(dice: &mut Dice, customer: &Customer, family: OsFamily) -> Option<String> {
    let joined = dice.chance(66);
    let windows = matches!(family, OsFamily::Windows | OsFamily::WindowsServer);
    (joined && windows).then(|| format!("ad.{}", customer.domain))
}
