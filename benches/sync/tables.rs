//! The measurements, a table each.

use std::time::Duration;

use crate::Result;
use crate::account::{Account, VENDORS};
use crate::child::{Job, Run, pair, run};

/// The time of an answer where waiting is measured.
const ANSWER_TIME: Duration = Duration::from_millis(50);

/// CPU time and memory beside the loop by hand, answers at once.
pub(crate) async fn cpu(vendors: &[&str], assets: &[usize], in_flight: &[usize]) -> Result<()> {
    println!("\nCPU time in ms and peak memory in KiB: by hand, lmsync; answers at once");
    println!(
        "{:>9} {:>9} {:>9} {:>8} {:>8} {:>6} {:>8} {:>8} {:>8} {:>8}",
        "vendor",
        "assets",
        "in flight",
        "by hand",
        "lmsync",
        "ratio",
        "wall",
        "wall",
        "peak",
        "peak"
    );
    for vendor in vendors {
        for assets in assets {
            let account = Account::serve(vendor, *assets, Duration::ZERO).await?;
            run(&Job::sync(&account, 8))?;
            for in_flight in in_flight {
                let by_hand = Job::by_hand(&account, *in_flight);
                let (hand, own) = pair(&by_hand, &Job::sync(&account, *in_flight))?;
                println!(
                    "{vendor:>9} {:>9} {in_flight:>9} {:>8} {:>8} {:>5.2}x {:>8} {:>8} {:>8} {:>8}",
                    own.records,
                    hand.cpu.as_millis(),
                    own.cpu.as_millis(),
                    own.cpu.as_secs_f64() / hand.cpu.as_secs_f64(),
                    hand.wall.as_millis(),
                    own.wall.as_millis(),
                    hand.peak_kib,
                    own.peak_kib
                );
            }
        }
    }
    Ok(())
}

/// CPU time and memory of a sync into a store, beside one into JSON lines; the same account twice.
pub(crate) async fn stores(assets: usize) -> Result<()> {
    println!(
        "\nCPU time in ms and peak memory in KiB, {assets} assets of halo-psa; JSON lines, and stores"
    );
    println!(
        "{:>24} {:>8} {:>8} {:>6} {:>8} {:>8}",
        "", "rows", "cpu", "ratio", "wall", "peak"
    );
    let account = Account::serve("halo-psa", assets, Duration::ZERO).await?;
    let lines = Job::sync(&account, 8);
    run(&lines)?;
    let (alone, _) = pair(&lines, &lines)?;
    let tell = |name: &str, own: &Run| {
        println!(
            "{name:>24} {:>8} {:>8} {:>5.2}x {:>8} {:>8}",
            own.records,
            own.cpu.as_millis(),
            own.cpu.as_secs_f64() / alone.cpu.as_secs_f64(),
            own.wall.as_millis(),
            own.peak_kib
        );
    };
    tell("JSON lines", &alone);
    let folder = tempfile::tempdir()?;
    let mut locations = vec![(
        "SQLite",
        format!("sqlite:{}", folder.path().join("assets.db").display()),
    )];
    // A server of whoever measures: an empty database.
    if let Ok(url) = std::env::var("LMSYNC_BENCH_POSTGRES") {
        locations.push(("Postgres", url));
    }
    for (name, location) in locations {
        let job = Job::Store {
            account: account.keys(8),
            location,
        };
        for pass in ["first", "second", "third"] {
            tell(&format!("{name}, {pass} pass"), &run(&job)?);
        }
    }
    Ok(())
}

/// Time when each answer takes a while, beside the least that it can be.
pub(crate) async fn overlap(assets: usize, in_flight: &[usize]) -> Result<()> {
    println!(
        "\nTime in ms, {assets} assets, {} ms an answer; least: requests / in flight, one after the other",
        ANSWER_TIME.as_millis()
    );
    println!(
        "{:>9} {:>9} {:>9} {:>8} {:>8} {:>8} {:>6}",
        "vendor", "requests", "in flight", "least", "by hand", "lmsync", "ratio"
    );
    for vendor in VENDORS {
        let account = Account::serve(vendor, assets, ANSWER_TIME).await?;
        run(&Job::sync(&account, 16))?;
        for in_flight in in_flight.iter().copied() {
            let before = account.requests();
            let own = run(&Job::sync(&account, in_flight))?;
            let requests = account.requests() - before;
            let hand = run(&Job::by_hand(&account, in_flight))?;
            let least = requests.div_ceil(in_flight as u64) as u128 * ANSWER_TIME.as_millis();
            println!(
                "{vendor:>9} {requests:>9} {in_flight:>9} {least:>8} {:>8} {:>8} {:>5.2}x",
                hand.wall.as_millis(),
                own.wall.as_millis(),
                own.wall.as_millis() as f64 / least as f64
            );
        }
    }
    Ok(())
}

/// Memory of accounts that wait on one environment, and time of many that are read at once.
pub(crate) async fn accounts() -> Result<()> {
    println!("\nAccounts in one process: idle, and read at once with 200 assets each");
    println!(
        "{:>9} {:>9} {:>12} {:>14} {:>12} {:>12}",
        "vendor", "accounts", "idle peak", "KiB an account", "CPU ms", "sync peak"
    );
    for vendor in VENDORS {
        let account = Account::serve(vendor, 200, Duration::ZERO).await?;
        let keys = |number: usize| vec![account.keys(4); number];
        let alone = run(&Job::Idle { accounts: keys(1) })?;
        for number in [1, 100, 1_000] {
            let accounts = keys(number);
            let idle = run(&Job::Idle {
                accounts: accounts.clone(),
            })?;
            let synced = run(&Job::Sync {
                accounts,
                with_detail: false,
            })?;
            let more = idle.peak_kib.saturating_sub(alone.peak_kib);
            println!(
                "{vendor:>9} {number:>9} {:>12} {:>14.1} {:>12} {:>12}",
                idle.peak_kib,
                more as f64 / number as f64,
                synced.cpu.as_millis(),
                synced.peak_kib
            );
        }
    }
    Ok(())
}

/// The requests of a listing of all assets, and with how many assets.
pub(crate) async fn requests(assets: usize) -> Result<()> {
    println!(
        "\nRequests of {assets} assets of {} customers",
        assets.div_ceil(20)
    );
    for vendor in VENDORS {
        let account = Account::serve(vendor, assets, Duration::ZERO).await?;
        let own = run(&Job::sync(&account, 8))?;
        println!(
            "{vendor:>9} {:>9} for {} records",
            account.requests(),
            own.records
        );
    }
    Ok(())
}
