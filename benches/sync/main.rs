//! lmsync beside a loop that is written by hand: the same requests to the same server, in one run.
//!
//! `cargo bench --bench sync` measures all but the largest account; `-- NAME` measures that alone
//! (benches/README.md). Figures are printed, not judged: a busy machine is no defect.

#![allow(clippy::print_stdout)]

mod account;
mod by_hand;
mod child;
mod embedded;
mod memory;
mod phases;
mod tables;
mod tape;

use std::path::Path;

use self::account::VENDORS;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [job, told, output] = &arguments[..]
        && job == child::JOB
    {
        return child::work(Path::new(told), Path::new(output)).await;
    }
    let mut names = arguments.iter().filter(|name| !name.starts_with("--"));
    let (vendors, assets, in_flight) = (&VENDORS[..], &[10_000, 100_000][..], &[1, 8, 16][..]);
    match names.next().map(String::as_str) {
        None => {
            tables::cpu(vendors, assets, in_flight).await?;
            phases::phases(10_000).await?;
            tables::overlap(10_000, in_flight).await?;
            at_budget()?;
            tables::accounts().await?;
            tables::requests(10_000).await
        }
        Some("cpu") => tables::cpu(vendors, assets, in_flight).await,
        Some("million") => tables::cpu(&["halo-psa"], &[1_000_000], &[1, 8]).await,
        Some("phases") => phases::phases(10_000).await,
        Some("overlap") => tables::overlap(10_000, in_flight).await,
        Some("overlap-100000") => tables::overlap(100_000, &[8, 16]).await,
        Some("detail") => at_budget(),
        Some("accounts") => tables::accounts().await,
        Some("stores") => tables::stores(100_000).await,
        Some("requests") => tables::requests(10_000).await,
        Some(name) => Err(format!("nothing is called {name}").into()),
    }
}

/// Virtual time has a runtime of its own.
fn at_budget() -> Result<()> {
    let measured = std::thread::spawn(|| phases::detail(500).map_err(|error| error.to_string()));
    let told = measured.join().map_err(|_| "a measurement broke down")?;
    Ok(told?)
}
