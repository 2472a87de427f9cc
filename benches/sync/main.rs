//! lmsync beside a loop that is written by hand: the same requests to the same server, in one run.

#![allow(clippy::print_stdout)]

mod account;
mod by_hand;
mod child;
mod embedded;
mod tape;

use std::path::Path;
use std::time::Duration;

use self::account::Account;
use self::child::{Job, Run, run};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [run, told, output] = &arguments[..]
        && run == child::RUN
    {
        return child::work(Path::new(told), Path::new(output)).await;
    }
    if let [serve, vendor, assets, file] = &arguments[..]
        && serve == "serve"
    {
        let account = Account::serve(vendor, assets.parse()?, Duration::ZERO).await?;
        run(&Job::embedded(&account, 8))?;
        std::fs::write(file, serde_json::to_vec(&Job::embedded(&account, 1))?)?;
        std::fs::write(
            format!("{file}.hand"),
            serde_json::to_vec(&Job::by_hand(&account, 1))?,
        )?;
        println!("ready");
        std::future::pending::<()>().await;
    }
    let vendors: Vec<&str> = match arguments.first() {
        Some(v) if v != "--bench" => v.split(',').collect(),
        _ => vec!["superops", "syncro", "cwrmm", "halo-psa"],
    };
    for vendor in vendors {
        for assets in [20_000] {
            let account = Account::serve(vendor, assets, Duration::ZERO).await?;
            run(&Job::embedded(&account, 8))?;
            for n in [1, 8] {
                let (mut hands, mut ours) = (Vec::new(), Vec::new());
                for _ in 0..3 {
                    hands.push(run(&Job::by_hand(&account, n))?);
                    ours.push(run(&Job::embedded(&account, n))?);
                }
                let best = |runs: &[Run]| *runs.iter().min_by_key(|run| run.cpu).unwrap();
                let (hand, own) = (best(&hands), best(&ours));
                println!(
                    "{vendor} {assets} x{n}: hand {:?} {:?} {} KiB {}; lmsync {:?} {:?} {} KiB {}; ratio {:.2} {} requests",
                    hand.wall,
                    hand.cpu,
                    hand.peak_kib,
                    hand.records,
                    own.wall,
                    own.cpu,
                    own.peak_kib,
                    own.records,
                    own.cpu.as_secs_f64() / hand.cpu.as_secs_f64(),
                    account.recorded().len()
                );
            }
        }
    }
    Ok(())
}
