//! One run, from the set-up to the exit status.

use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::future::{Either, select};
use lmsync::http::Meter;
use lmsync::warranty::{Finding, Lookup, MemoryCache, OutcomeWord, SqliteCache, WarrantyCache};
use lmsync::{Stop, Vendors};

use super::assets::Assets;
use super::lines::{self, print_queries};
use super::options::Options;
use super::table;
use crate::support::lines_file::LinesFile;
use crate::support::problem::{Problem, refuse, tell};
use crate::support::same_file::refuse_same;
use crate::support::setup::Setup;
use crate::support::stdout::cannot_write;
use crate::support::stop;

/// Looks up the assets that `options` name.
pub(crate) async fn run(vendors: &Vendors, options: &Options) -> ExitCode {
    match look_up(vendors, options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problems) => refuse(&problems),
    }
}

/// Tells whether all were asked about and answered.
///
/// # Errors
/// The problems of the set-up.
async fn look_up(vendors: &Vendors, options: &Options) -> Result<bool, Vec<Problem>> {
    let one = |problem| vec![problem];
    refuse_same(&options.files())?;
    let config = options.config.as_deref();
    let setup = match &options.assets {
        Some(_) => Setup::of_makers(vendors, config).await?,
        None => Setup::new(vendors, config).await?,
    };
    setup.warn();
    let cache = cache(options).map_err(one)?;
    let lookup = Lookup::connect(&setup.warranty, &setup.environment, cache)
        .map_err(|error| one(Problem::of("[[warranty]]", &error)))?;
    let work = pin!(
        Run {
            options,
            setup: &setup,
            lookup: &lookup
        }
        .all()
    );
    let stop = Stop::when(stop::listen());
    match select(work, stop.wait()).await {
        Either::Left((done, _)) => done.map_err(one),
        Either::Right((reason, _)) => {
            tell(
                "error",
                &format!(
                    "{reason}: no dates were written; what was answered is in the cache, where there is one"
                ),
            );
            Ok(false)
        }
    }
}

/// The cache that is named, else one for this run; one that is not there yet is not made for a dry run.
fn cache(options: &Options) -> Result<Arc<dyn WarrantyCache>, Problem> {
    let path = options.cache.as_deref();
    match path.filter(|path| !options.dry_run || path.exists()) {
        None => Ok(Arc::new(MemoryCache::new())),
        Some(path) => match SqliteCache::open(path) {
            Ok(cache) => Ok(Arc::new(cache)),
            Err(error) => Err(Problem::of("--cache", &error)),
        },
    }
}

/// The means of a run.
struct Run<'r> {
    options: &'r Options,
    setup: &'r Setup,
    lookup: &'r Lookup,
}

impl Run<'_> {
    async fn all(self) -> Result<bool, Problem> {
        if self.options.dry_run {
            return self.dry().await;
        }
        let output = LinesFile::create(self.options.output.as_deref())?;
        let report = LinesFile::create(self.options.report.as_deref())?;
        let assets = self.assets().await?;
        let plan = self.lookup.plan(&assets.assets);
        let findings = match self.lookup.run(&plan, &Meter::default()).await {
            Ok(findings) => findings,
            Err(error) => {
                tell("error", &error.to_string());
                for left in [
                    output.leave("the lookup failed"),
                    report.leave("the lookup failed"),
                ] {
                    if let Err(left) = left {
                        tell("error", &left);
                    }
                }
                return Ok(false);
            }
        };
        table::show(&findings);
        tell_failures(&findings);
        let written = [
            output.write(findings.iter().filter_map(lines::dates)),
            report.write(findings.iter().map(lines::report)),
        ];
        let mut went_well = assets.is_complete && !findings.iter().any(is_failure);
        for problem in written.into_iter().filter_map(Result::err) {
            let _ = refuse(&[problem]);
            went_well = false;
        }
        Ok(went_well)
    }

    /// Says what would be sent.
    async fn dry(&self) -> Result<bool, Problem> {
        let assets = self.assets().await?;
        let plan = self.lookup.plan(&assets.assets);
        let queries = self.lookup.to_ask(&plan).await;
        let queries = queries.map_err(|error| Problem::of("--cache", &error))?;
        match print_queries(&queries) {
            Ok(()) => Ok(assets.is_complete),
            Err(error) => {
                cannot_write(&error);
                Ok(false)
            }
        }
    }

    async fn assets(&self) -> Result<Assets, Problem> {
        match &self.options.assets {
            Some(path) => Assets::of_file(path),
            None => Ok(Assets::of_accounts(&self.setup.accounts).await),
        }
    }
}

fn is_failure(finding: &Finding) -> bool {
    matches!(
        finding.outcome.word(),
        OutcomeWord::Failed | OutcomeWord::Denied
    )
}

/// Tells each thing that went wrong once, however many assets it is about.
fn tell_failures(findings: &[Finding]) {
    let mut told: Vec<(String, u64)> = Vec::new();
    for finding in findings.iter().filter(|finding| is_failure(finding)) {
        let maker = finding.maker.as_ref().map_or("", |maker| maker.as_str());
        let text = format!("{maker}: {}", finding.outcome);
        match told.iter_mut().find(|(other, _)| *other == text) {
            Some((_, count)) => *count += 1,
            None => told.push((text, 1)),
        }
    }
    for (text, count) in told {
        tell("error", &format!("{text} ({count} assets)"));
    }
}
