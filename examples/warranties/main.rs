//! The whole circle: reads every account, looks warranty dates up at the hardware makers, plans what is to be
//! written, writes it, and reads it back.
//!
//! ```sh
//! cargo run --example warranties
//! ```
//!
//! It runs on simulated vendors and makers that know the same machines. With accounts of one's own the same calls take
//! configurations; `lmsync lookup` and `lmsync two-way` are them as programs, with a file in between.

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;

use futures_util::StreamExt;
use lmsync::dates::{DateTargets, PlanLine};
use lmsync::http::Meter;
use lmsync::model::Asset;
use lmsync::two_way::{DateFields, History, PlanRules};
use lmsync::warranty::{Lookup, MemoryCache};
use lmsync::{Accounts, AssetQuery, Environment, Stop};
use lmsync_cli::parts::Simulators;
use lmsync_testkit::MemoryJournal;

/// Assets that dates are written to.
const AT_MOST: usize = 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulators = Simulators::start().await?;
    let environment = Environment::system()?;
    // Two of them; the example need not be long.
    let configs = simulators
        .accounts
        .iter()
        .filter(|it| it.vendor().starts_with("halo"));
    let accounts = Accounts::open(configs, &environment)?;
    let mut out = io::stdout();

    let assets = read(&accounts).await?;
    // In earnest `SqliteCache`, so that nobody is asked twice.
    let cache = Arc::new(MemoryCache::new());
    let lookup = Lookup::connect(&simulators.warranty, &environment, cache)?;
    let plan = lookup.plan(&assets);
    let findings = lookup.run(&plan, &Meter::default()).await?;

    let with_dates: Vec<_> = findings
        .iter()
        .filter(|it| it.outcome.dates().is_some())
        .collect();
    writeln!(
        out,
        "{} assets, dates found for {}",
        assets.len(),
        with_dates.len()
    )?;
    let mut targets = DateTargets::new();
    // The first of them: a simulated vendor counts requests as strictly as the real one.
    for finding in with_dates.into_iter().take(AT_MOST) {
        targets.want(
            finding.asset.clone(),
            finding.claims().all().iter().cloned(),
        );
    }

    // Dates of people stay: only what is empty is filled. In earnest a `FileJournal`, or a store's.
    let (two_way, rules) = (
        accounts.two_way()?,
        PlanRules::new().enable(DateFields::ALL),
    );
    let (journal, history) = (MemoryJournal::default(), History::default());
    let planned = two_way.plan(targets, &rules, &history).await;
    let writes = planned.lines.iter().filter(|line| line.is_write()).count();
    writeln!(
        out,
        "{} lines planned, {writes} of them to write",
        planned.lines.len()
    )?;
    let has_failed = planned.lines.iter().any(PlanLine::has_failed);
    let applied = two_way
        .apply(planned.accounts, &journal, &Stop::never())
        .await;
    let is_done = applied.iter().all(|account| account.is_done());

    let dated = |assets: &[Asset]| {
        assets
            .iter()
            .filter(|it| it.warranty_expiry.is_some())
            .count()
    };
    let before = dated(&assets);
    let after = dated(&read(&accounts).await?);
    writeln!(out, "assets with an expiry: {before} before, {after} now")?;
    match is_done && !has_failed {
        true => Ok(()),
        false => Err("not every date was written".into()),
    }
}

/// The assets of all accounts.
async fn read(accounts: &Accounts) -> Result<Vec<Asset>, Box<dyn Error>> {
    let mut all = Vec::new();
    for connector in accounts.connectors() {
        let mut assets = connector.assets(AssetQuery::new());
        while let Some(asset) = assets.next().await {
            all.push(asset?);
        }
        if !assets.summary().complete {
            return Err("an account was not read completely".into());
        }
    }
    Ok(all)
}
