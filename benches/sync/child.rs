//! A run in a process of its own, so that its time and memory are its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use lmsync::{Clock, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wait4::Wait4;

use crate::account::Account;
use crate::tape::Recorded;
use crate::{Result, by_hand, embedded};

/// The first argument of a process that does one run.
pub(crate) const RUN: &str = "run";

/// What such a process is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Job {
    /// The loop that is written by hand.
    ByHand {
        vendor: String,
        origin: String,
        requests: Vec<Recorded>,
        in_flight: usize,
    },
    /// A program that embeds lmsync.
    Embedded { keys: Value, with_detail: bool },
}

impl Job {
    pub(crate) fn by_hand(account: &Account, in_flight: usize) -> Self {
        Self::ByHand {
            vendor: account.vendor.to_owned(),
            origin: account.origin(),
            requests: account.recorded(),
            in_flight,
        }
    }

    pub(crate) fn embedded(account: &Account, concurrency: usize) -> Self {
        Self::Embedded {
            keys: account.keys(concurrency),
            with_detail: false,
        }
    }
}

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) peak_kib: u64,
    pub(crate) records: u64,
}

/// What a run says at its end.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    records: u64,
    peak_kib: u64,
}

/// Runs `job` in a process of its own.
pub(crate) fn run(job: &Job) -> Result<Run> {
    let folder = tempfile::tempdir()?;
    let told = folder.path().join("job.json");
    fs::write(&told, serde_json::to_vec(job)?)?;
    let clock = SystemClock::new();
    let mut child = Command::new(std::env::current_exe()?)
        .arg(RUN)
        .arg(&told)
        .arg(folder.path().join("records.jsonl"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let used = child.wait4()?;
    let wall = clock.elapsed();
    if !used.status.success() {
        return Err(format!("a run ended with {}", used.status).into());
    }
    let mut told = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        std::io::Read::read_to_string(&mut stdout, &mut told)?;
    }
    let told: Told = serde_json::from_str(&told)?;
    Ok(Run {
        wall,
        cpu: used.rusage.utime + used.rusage.stime,
        peak_kib: told.peak_kib,
        records: told.records,
    })
}

/// Does what the file `told` says; the process ends afterwards.
pub(crate) async fn work(told: &Path, output: &Path) -> Result<()> {
    let records = match serde_json::from_slice(&fs::read(told)?)? {
        Job::ByHand {
            vendor,
            origin,
            requests,
            in_flight,
        } => by_hand::sync(&vendor, &origin, requests, in_flight, output).await?,
        Job::Embedded { keys, with_detail } => embedded::sync(keys, with_detail, output).await?,
    };
    let told = Told {
        records,
        peak_kib: peak_kib().unwrap_or_default(),
    };
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}

/// The most memory that this process had; what its parent tells may be the parent's own.
fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix(" kB")?.parse().ok()
}
