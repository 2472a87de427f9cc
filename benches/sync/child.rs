//! A run in a process of its own, so that its time and memory are its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use lmsync::{Clock, Detail, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wait4::Wait4;

use crate::account::Account;
use crate::tape::Recorded;
use crate::{Result, by_hand, embedded};

/// The first argument of a process that does one job.
pub(crate) const JOB: &str = "job";
/// Each measurement is taken so often, and the one of the least CPU time counts.
const RUNS: usize = 3;

/// The work of such a process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Job {
    /// The loop that is written by hand.
    ByHand {
        vendor: String,
        origin: String,
        requests: Vec<Recorded>,
        in_flight: usize,
    },
    /// A program that embeds lmsync: the accounts, all at once.
    Sync {
        accounts: Vec<Value>,
        with_detail: bool,
    },
    /// The same into a store, opened by its location.
    Store { account: Value, location: String },
    /// The same, and nothing is asked of the accounts.
    Idle { accounts: Vec<Value> },
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

    pub(crate) fn sync(account: &Account, concurrency: usize) -> Self {
        Self::Sync {
            accounts: vec![account.keys(concurrency)],
            with_detail: false,
        }
    }
}

/// The cost of a job.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) peak_kib: u64,
    pub(crate) records: u64,
}

/// The words of a job at its end.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    records: u64,
    peak_kib: u64,
}

/// Does both jobs by turns; of each, the run of the least CPU time.
pub(crate) fn pair(first: &Job, second: &Job) -> Result<(Run, Run)> {
    let (mut best, mut best_of_second) = (run(first)?, run(second)?);
    for _ in 1..RUNS {
        best = less(best, run(first)?);
        best_of_second = less(best_of_second, run(second)?);
    }
    Ok((best, best_of_second))
}

fn less(left: Run, right: Run) -> Run {
    if right.cpu < left.cpu { right } else { left }
}

/// Does `job` in a process of its own.
pub(crate) fn run(job: &Job) -> Result<Run> {
    let folder = tempfile::tempdir()?;
    let told = folder.path().join("job.json");
    fs::write(&told, serde_json::to_vec(job)?)?;
    let clock = SystemClock::new();
    let mut child = Command::new(std::env::current_exe()?)
        .arg(JOB)
        .arg(&told)
        .arg(folder.path().join("records"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let used = child.wait4()?;
    let wall = clock.elapsed();
    if !used.status.success() {
        return Err(format!("a run ended with {}", used.status).into());
    }
    let stdout = child.stdout.take().ok_or("a run said nothing")?;
    let told: Told = serde_json::from_reader(stdout)?;
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
        Job::Sync {
            accounts,
            with_detail,
        } => {
            let detail = match with_detail {
                true => Detail::NONE.hardware().software(),
                false => Detail::NONE,
            };
            embedded::sync(accounts, detail, output).await?
        }
        Job::Store { account, location } => embedded::store(account, &location).await?,
        Job::Idle { accounts } => embedded::open(accounts)?.len() as u64,
    };
    let told = Told {
        records,
        peak_kib: peak_kib().unwrap_or_default(),
    };
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}

/// The most memory that this process had; what its parent is told of it may be the parent's own.
/// Nothing where the system does not tell.
fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix(" kB")?.parse().ok()
}
