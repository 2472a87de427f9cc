//! Fleets as JSON lines, made up from a number.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::TODAY;
use crate::support::{Run, run};

/// Numbers that follow from a first one.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // xorshift64*, of which the upper half is taken.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }

    pub(crate) fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len() as u64) as usize]
    }

    /// A day between 2008 and 2033, or none.
    fn day(&mut self) -> Value {
        match self.below(4) {
            0 => Value::Null,
            // Around the day that counts as today, where the limits are.
            1 => {
                let days = self.below(200) as i64 - 100;
                (day(TODAY) + chrono::TimeDelta::days(days))
                    .to_string()
                    .into()
            }
            _ => {
                let (year, month, day) = (
                    2008 + self.below(26),
                    1 + self.below(12),
                    1 + self.below(28),
                );
                format!("{year}-{month:02}-{day:02}").into()
            }
        }
    }
}

pub(crate) fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

const CUSTOMERS: [&str; 6] = [
    "Acme",
    " acme ",
    "Globex & Sons",
    "Initech",
    "Ümläut GmbH",
    "Hooli",
];
const SYSTEMS: [(&str, &str); 8] = [
    ("Microsoft Windows 10 Pro", "10.0.19045"),
    ("Microsoft Windows 11 Pro", "10.0.22631"),
    ("Microsoft Windows 11 Enterprise", "10.0.22631"),
    ("Microsoft Windows Server 2016 Standard", "10.0.14393"),
    ("Microsoft Windows Server 2012 R2 Standard", "6.3.9600"),
    ("Ubuntu 20.04 LTS", "20.04"),
    ("Ubuntu 24.04 LTS", "24.04"),
    ("TempleOS", "5"),
];

/// A fleet of `assets` records of three accounts, as lines.
pub(crate) fn fleet(seed: u64, assets: u64) -> Vec<Value> {
    let mut dice = Dice::new(seed);
    let mut lines: Vec<Value> = (0..assets).map(|number| asset(&mut dice, number)).collect();
    for number in 0..dice.below(5) {
        lines.push(json!({
            "record": "customer",
            "source": source("psa", &format!("c{number}")),
            "name": dice.pick(&CUSTOMERS),
            "active": true,
        }));
    }
    lines
}

pub(crate) fn source(instance: &str, id: &str) -> Value {
    json!({
        "connector": if instance == "psa" { "halo-psa" } else { "syncro" },
        "instance": instance,
        "vendor_id": id,
        "fetched_at": "2026-11-29T10:00:00Z",
    })
}

fn asset(dice: &mut Dice, number: u64) -> Value {
    let instance = dice.pick(&["psa", "rmm", "second"]);
    let status = dice.pick(&[
        "valid",
        "valid",
        "valid",
        "missing",
        "placeholder",
        "virtual",
    ]);
    let serial = format!("SN{}", dice.below(40));
    let key = matches!(status, "valid" | "virtual").then(|| serial.clone());
    let (name, version) = SYSTEMS[dice.below(8) as usize];
    let family = if name.contains("Server") {
        "windows_server"
    } else if name.contains("Windows") {
        "windows"
    } else if name.contains("Ubuntu") {
        "linux"
    } else {
        "other"
    };
    let customer = match dice.below(8) {
        0 => Value::Null,
        1 => json!({ "id": "7" }),
        place => json!({ "id": place.to_string(), "name": CUSTOMERS[(place % 6) as usize] }),
    };
    let identity = match &key {
        Some(key) if status == "valid" => json!([
            { "kind": "manufacturer_serial", "value": format!("DELL|{key}"), "strength": "strong", "scope": "global" },
        ]),
        _ => json!([]),
    };
    json!({
        "record": "asset",
        "source": source(instance, &number.to_string()),
        "customer": customer,
        "name": format!("PC-{number}"),
        "kind": "laptop",
        "virtualization": "physical",
        "manufacturer": "Dell",
        "model": "Latitude 5440",
        "serial": { "status": status, "value": key, "key": key, "raw": serial },
        "os": { "family": family, "name": name, "version": version },
        "state": "active",
        "last_check_in": dice.day().as_str().map(|day| format!("{day}T12:00:00Z")),
        "check_in_basis": dice.pick(&["agent_check_in", "agent_check_in", "record_update"]),
        "purchase_date": dice.day(),
        "warranty_expiry": dice.day(),
        "identity": identity,
        "issues": [],
    })
}

/// A folder with a fleet in it, and the page about it.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The same as a text.
    pub(crate) fn file(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Writes `lines` as the file `fleet.jsonl`.
    pub(crate) fn put(&self, lines: &[Value]) {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        fs::write(self.path("fleet.jsonl"), lines.join("\n")).unwrap();
    }

    /// Makes the page about `fleet.jsonl`, with further options.
    pub(crate) fn report(&self, more: &[&str]) -> Run {
        let (input, output) = (self.file("fleet.jsonl"), self.file("report.html"));
        let mut arguments = vec![
            "report", "--input", &input, "--output", &output, "--as-of", TODAY,
        ];
        arguments.extend(more);
        run(&arguments)
    }

    /// The page.
    pub(crate) fn page(&self) -> String {
        fs::read_to_string(self.path("report.html")).unwrap()
    }
}
