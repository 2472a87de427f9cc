//! Programs on a machine, and its patches.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::fleet::{Installed, Machine, OsFamily};

/// A program of `installed_applications`.
pub(super) fn application(program: &Installed) -> Value {
    json!({
        "name": program.name,
        "vendor": program.publisher,
        "version": program.version,
        "installed_at": instant(program.at),
    })
}

/// The patches of `machine`; those of Windows alone are known.
pub(super) fn patches(machine: &Machine) -> Value {
    let is_windows = matches!(
        machine.os.family,
        OsFamily::Windows | OsFamily::WindowsServer
    );
    let seen = machine.last_check_in.filter(|_| is_windows);
    let installed: Vec<_> = seen
        .into_iter()
        .flat_map(|seen| installed(machine, seen))
        .collect();
    let available: Vec<_> = seen
        .into_iter()
        .flat_map(|seen| available(machine, seen))
        .collect();
    let total = available.len();
    json!({
        "installed_patches": installed,
        "available_patches": available,
        "available_patches_meta": {
            "page": 1, "per_page": 50, "total_pages": total.div_ceil(50), "total_entries": total,
        },
    })
}

fn installed(machine: &Machine, seen: DateTime<Utc>) -> impl Iterator<Item = Value> {
    (0..1 + machine.index % 3).map(move |place| {
        json!({
            "kb": format!("KB50{:05}", 26_361 + place * 97),
            "title": format!("Cumulative Update {} for Windows", place + 1),
            "category": "Security Updates",
            "status": "Recently Installed",
            "installed_at": instant((seen - TimeDelta::days(5 + place as i64)).naive_utc()),
        })
    })
}

fn available(machine: &Machine, seen: DateTime<Utc>) -> impl Iterator<Item = Value> {
    const STATUS: [(&str, &str); 3] = [
        ("Missing Patches", "evaluated_at"),
        ("Failed Patches", "attempted_installation"),
        ("Rejected Patches", "rejected_at"),
    ];
    let told = instant((seen - TimeDelta::hours(3)).naive_utc());
    STATUS
        .into_iter()
        .take(machine.index % 4)
        .map(move |(status, when)| {
            // A driver has no number.
            let kb = (status != "Rejected Patches").then_some("KB5027538");
            json!({
                "kb": kb,
                "title": "Update for Windows",
                "category": "Updates",
                "status": status,
                when: told,
            })
        })
}

fn instant(at: NaiveDateTime) -> String {
    at.and_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
}
