//! What a full sync costs: peak memory by account size, and time when pages overlap.
//!
//! `cargo bench --bench full_sync` serves simulated SuperOps accounts from this
//! process and runs the example program `full_sync`, built for release, against them.
//! Figures are printed, not judged: a busy machine is no defect.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use lmsync::{Clock, SystemClock};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::superops::{SuperOpsSimulator, SuperOpsSpec};
use lmsync_testkit::{ServeOptions, SimulatorServer, serve};
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
        "{:>10} {:>12} {:>12} {:>10} {:>10}",
        "assets", "peak KiB", "to 1,000", "time ms", "cpu ms"
    );
    let mut base = None;
    for assets in [1_000, 10_000, 100_000] {
        let server = account(assets, Duration::ZERO).await?;
        let run = run(program, &server, 4)?;
        let base = *base.get_or_insert(run.peak_kib);
        println!(
            "{assets:>10} {:>12} {:>11.2}x {:>10} {:>10}",
            run.peak_kib,
            run.peak_kib as f64 / base as f64,
            run.elapsed_ms,
            run.cpu_ms
        );
    }
    Ok(())
}

async fn overlap(program: &Path) -> Result<()> {
    let assets = 10_000;
    println!(
        "\n{assets} assets, {} ms an answer, a budget that allows it",
        ANSWER_TIME.as_millis()
    );
    println!(
        "{:>12} {:>10} {:>10} {:>8}",
        "concurrency", "time ms", "best ms", "ratio"
    );
    for concurrency in [1, 4, 8, 16] {
        let server = account(assets, ANSWER_TIME).await?;
        let run = run(program, &server, concurrency)?;
        let best = (assets / PAGE).div_ceil(concurrency) as u128 * ANSWER_TIME.as_millis();
        println!(
            "{concurrency:>12} {:>10} {best:>10} {:>7.2}x",
            run.elapsed_ms,
            run.elapsed_ms as f64 / best as f64
        );
    }
    Ok(())
}

async fn account(assets: usize, delay: Duration) -> Result<SimulatorServer<SuperOpsSimulator>> {
    let clock = SystemClock::new();
    let mut fleet = FleetSpec::new(assets, clock.now());
    fleet.customers = 40;
    let spec = SuperOpsSpec {
        requests_per_minute: None,
        ..SuperOpsSpec::new(Fleet::new(fleet))
    };
    let options = ServeOptions {
        delay,
        ..ServeOptions::default()
    };
    Ok(serve(SuperOpsSimulator::new(spec), options).await?)
}

struct Run {
    peak_kib: u64,
    elapsed_ms: u64,
    cpu_ms: u128,
}

/// Runs the program as a user would and reads what it reports.
fn run(
    program: &Path,
    server: &SimulatorServer<SuperOpsSimulator>,
    concurrency: usize,
) -> Result<Run> {
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("accounts.toml");
    let report = folder.path().join("report.json");
    let (subdomain, token) = server
        .simulator()
        .with(|account| (account.subdomain().to_owned(), account.token().to_owned()));
    fs::write(
        &config,
        format!(
            "[[connector]]\nvendor = \"superops\"\nsubdomain = \"{subdomain}\"\n\
             api_token = \"{token}\"\nendpoint = \"{}\"\n\
             requests_per_minute = 1000000\nconcurrency = {concurrency}\n",
            server.uri()
        ),
    )?;
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
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&report)?)?;
    let elapsed = &report["connectors"][0]["elapsed_ms"];
    Ok(Run {
        peak_kib: used.rusage.maxrss / 1024,
        cpu_ms: (used.rusage.utime + used.rusage.stime).as_millis(),
        elapsed_ms: elapsed.as_u64().ok_or("the report tells no time")?,
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
