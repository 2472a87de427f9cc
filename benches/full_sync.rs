//! What a full sync costs: peak memory by account size, and time when pages overlap.
//!
//! `cargo bench --bench full_sync` serves simulated accounts from this
//! process and runs the example program `full_sync`, built for release, against them.
//! Figures are printed, not judged: a busy machine is no defect.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use lmsync::{Clock, SystemClock};
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::demo::{DEMO, Demo, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{ServeOptions, SimulatorServer, serve};
use serde_json::{Value, json};
use wait4::Wait4;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ANSWER_TIME: Duration = Duration::from_millis(50);
const PAGE: usize = 100;

fn main() -> Result<()> {
    let program = build_full_sync()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        memory(&program).await?;
        overlap(&program).await
    })
}

async fn memory(program: &Path) -> Result<()> {
    println!("peak resident memory of full_sync, records written to a file");
    println!(
        "{:>10} {:>10} {:>12} {:>12} {:>10} {:>10} {:>10}",
        "vendor", "assets", "peak KiB", "to 1,000", "requests", "time ms", "cpu ms"
    );
    for demo in DEMO {
        let mut base = None;
        for assets in [1_000, 10_000] {
            let account = serve_account(demo, assets, Duration::ZERO).await?;
            let run = run(program, &account, 4)?;
            let base = *base.get_or_insert(run.peak_kib);
            println!(
                "{:>10} {assets:>10} {:>12} {:>11.2}x {:>10} {:>10} {:>10}",
                demo.vendor,
                run.peak_kib,
                run.peak_kib as f64 / base as f64,
                run.requests,
                run.elapsed_ms,
                run.cpu_ms
            );
        }
    }
    Ok(())
}

async fn overlap(program: &Path) -> Result<()> {
    let demo = Demo::of("superops").ok_or("SuperOps has no simulator")?;
    let assets = 10_000;
    println!(
        "\nSuperOps, {assets} assets, {} ms an answer, a budget that allows it",
        ANSWER_TIME.as_millis()
    );
    println!(
        "{:>12} {:>10} {:>10} {:>8}",
        "concurrency", "time ms", "best ms", "ratio"
    );
    for concurrency in [1, 4, 8, 16] {
        let account = serve_account(demo, assets, ANSWER_TIME).await?;
        let run = run(program, &account, concurrency)?;
        let best = (assets / PAGE).div_ceil(concurrency) as u128 * ANSWER_TIME.as_millis();
        println!(
            "{concurrency:>12} {:>10} {best:>10} {:>7.2}x",
            run.elapsed_ms,
            run.elapsed_ms as f64 / best as f64
        );
    }
    Ok(())
}

/// A simulated account, and the configuration that opens it.
struct Account {
    keys: Value,
    _server: SimulatorServer<Box<dyn TwoWayVendor>>,
}

/// Serves an account of `assets` assets whose vendor sets no limit.
async fn serve_account(demo: &Demo, assets: usize, delay: Duration) -> Result<Account> {
    let mut spec = FleetSpec::new(assets, SystemClock::new().now());
    spec.customers = assets / 20;
    let simulator = demo.simulator(Fleet::new(spec), Limits::None);
    let options = ServeOptions {
        delay,
        ..ServeOptions::default()
    };
    let server = serve(simulator, options).await?;
    Ok(Account {
        keys: demo.keys(&server.uri()),
        _server: server,
    })
}

struct Run {
    peak_kib: u64,
    requests: u64,
    elapsed_ms: u64,
    cpu_ms: u128,
}

/// Runs the program as a user would and reads what it reports.
fn run(program: &Path, account: &Account, concurrency: usize) -> Result<Run> {
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("accounts.toml");
    let report = folder.path().join("report.json");
    let mut keys = account.keys.clone();
    keys["requests_per_minute"] = 1_000_000.into();
    keys["concurrency"] = concurrency.into();
    fs::write(&config, toml::to_string(&json!({ "connector": [keys] }))?)?;
    let mut child = Command::new(program)
        .arg("--config")
        .arg(&config)
        .arg("--report")
        .arg(&report)
        .arg("--output")
        .arg(folder.path().join("records.jsonl"))
        .arg("--quiet")
        .stdin(Stdio::null())
        .spawn()?;
    let used = child.wait4()?;
    if !used.status.success() {
        return Err(format!("full_sync ended with {}", used.status).into());
    }
    let report: Value = serde_json::from_slice(&fs::read(&report)?)?;
    let connector = &report["connectors"][0];
    let number = |name: &str| {
        connector[name]
            .as_u64()
            .ok_or_else(|| format!("the report has no `{name}`"))
    };
    Ok(Run {
        peak_kib: used.rusage.maxrss / 1024,
        requests: number("requests")?,
        elapsed_ms: number("elapsed_ms")?,
        cpu_ms: (used.rusage.utime + used.rusage.stime).as_millis(),
    })
}

fn build_full_sync() -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--example", "full_sync"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    if !status.success() {
        return Err("full_sync cannot be built".into());
    }
    // Benchmarks lie in target/release/deps.
    let this = std::env::current_exe()?;
    let release = this
        .parent()
        .and_then(Path::parent)
        .ok_or("no folder of release builds")?;
    Ok(release.join("examples").join("full_sync"))
}
