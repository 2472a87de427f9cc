//! One run, from the command line to the exit status.

use std::process::ExitCode;

use lmsync::{Clock, SystemClock, Vendors};

use super::figures::Figures;
use super::fleet::Fleet;
use super::options::Options;
use super::page::{self, About};
use super::{input, text};
use crate::support::problem::{Problem, refuse, tell};
use crate::support::same_file::refuse_same;
use crate::support::whole_file::WholeFile;

/// Most names that are suggested where one is not known.
const MOST_SUGGESTED: usize = 5;
/// Least nearness of a name that is suggested, by the measure of Jaro and Winkler.
const NEAR: f64 = 0.8;

/// Makes the page that `options` ask for.
pub(crate) async fn run(vendors: &Vendors, options: &Options) -> ExitCode {
    match make(vendors, options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problems) => refuse(&problems),
    }
}

/// Tells whether every line was read and the page is written.
///
/// # Errors
/// The problems of the command line, or of what cannot be read.
async fn make(vendors: &Vendors, options: &Options) -> Result<bool, Vec<Problem>> {
    let one = |problem| vec![problem];
    let location = options.location().map_err(one)?;
    refuse_same(&options.files(location.as_ref()))?;
    let mut file = WholeFile::create(&options.output).map_err(one)?;
    let fleet = input::read(vendors, options, location.as_ref()).await?;
    let name = options.customer.as_deref();
    let customer = name
        .map(|name| heading(&fleet, name))
        .transpose()
        .map_err(one)?;
    let today = options
        .as_of
        .unwrap_or_else(|| SystemClock::new().now().date_naive());
    let figures = Figures::of(&fleet, today, customer);
    let about = About {
        fleet: &fleet,
        figures: &figures,
        today,
        customer,
    };
    let written = page::write(&about, &mut file).and_then(|()| {
        let name = file.name().to_owned();
        file.put_in_place()
            .map_err(|error| std::io::Error::other(format!("{name}: {error}")))
    });
    if let Err(error) = &written {
        tell("error", &format!("cannot write the page: {error}"));
    }
    Ok(written.is_ok() && fleet.skipped == 0)
}

/// The place of the heading of the customer `name`.
///
/// # Errors
/// The problem of a name that nobody has, with those that are near.
fn heading(fleet: &Fleet, name: &str) -> Result<usize, Problem> {
    let key = text::key(name);
    let is_it = |own: &Option<String>| own.as_deref() == Some(key.as_str());
    let found = fleet
        .customers
        .iter()
        .position(|heading| is_it(&heading.key));
    found.ok_or_else(|| {
        let problem = Problem::new(
            "--customer",
            format_args!("nobody is called `{}`", text::shown(name)),
        );
        match near(fleet, &key).as_slice() {
            [] => problem.hint("the page about all customers, without --customer, has their names"),
            names => problem.hint(&format!("there is {}", names.join(", "))),
        }
    })
}

/// Names of customers that are near `key`, the nearest first.
fn near<'f>(fleet: &'f Fleet, key: &str) -> Vec<&'f str> {
    let nearness = |own: &str| match !key.is_empty() && own.contains(key) {
        true => 1.0,
        false => strsim::jaro_winkler(own, key),
    };
    let named = fleet
        .customers
        .iter()
        .filter_map(|heading| Some((nearness(heading.key.as_deref()?), &*heading.name)));
    let mut near: Vec<(f64, &str)> = named.filter(|(nearness, _)| *nearness >= NEAR).collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(other.1)));
    near.into_iter()
        .take(MOST_SUGGESTED)
        .map(|(_, name)| name)
        .collect()
}
