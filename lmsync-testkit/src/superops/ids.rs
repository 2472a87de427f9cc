//! The vendor's ids: long numbers, each kind in a range of its own.

use serde_json::Value;

/// Before the first asset.
const ASSETS: u64 = 9_001_114_136_934_215_680;
const CUSTOMERS: u64 = 7_928_838_372_746_166_000;
const SITES: u64 = 7_928_838_372_746_900_000;
const DEPARTMENTS: u64 = 6_623_952_408_805_568_000;
const USERS: u64 = 5_928_838_372_746_169_000;
const PROGRAMS: u64 = 6_536_746_415_185_346_000;
const INSTALLATIONS: u64 = 8_647_756_412_135_000_000;
const LOGINS: u64 = 4_299_375_678_700_000_000;

/// The id of the asset that is the machine numbered `machine`.
pub(super) fn asset(machine: u64) -> u64 {
    ASSETS + machine
}

/// The number of the machine that is the asset `id`.
pub(super) fn machine(id: &str) -> Option<u64> {
    id.parse::<u64>().ok()?.checked_sub(ASSETS)
}

pub(super) fn customer(number: u64) -> u64 {
    CUSTOMERS + number
}

pub(super) fn department(number: u64) -> u64 {
    DEPARTMENTS + number
}

pub(super) fn site(number: u64) -> u64 {
    SITES + number
}

pub(super) fn user(number: u64) -> u64 {
    USERS + number
}

pub(super) fn program(number: u64) -> u64 {
    PROGRAMS + number
}

pub(super) fn installation(machine: u64, program: u64) -> u64 {
    INSTALLATIONS + machine * 1_000 + program
}

pub(super) fn login(machine: u64) -> u64 {
    LOGINS + machine
}

/// An id as text, which is how fields of type `ID` come.
pub(super) fn text(id: u64) -> Value {
    Value::String(id.to_string())
}

/// The id that an argument holds: text or a number.
pub(super) fn given(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
