//! The records that a page is about, and whether they are all that there are.

mod demo;
mod lines;
mod store;
mod sync_report;

use std::fs;
use std::path::Path;

use lmsync::Vendors;
use lmsync::store::StoreLocation;

use super::fleet::{Fleet, Reading};
use super::options::Options;
use crate::support::problem::Problem;

/// Reads the fleet that `options` name: a file's, that of the store at `location`, or the demo fleet.
///
/// # Errors
/// The problems of what cannot be read.
pub(crate) async fn read(
    vendors: &Vendors,
    options: &Options,
    location: Option<&StoreLocation>,
) -> Result<Fleet, Vec<Problem>> {
    let one = |problem| vec![problem];
    let mut fleet = Reading::default();
    match (&options.input, location) {
        (Some(path), _) => {
            lines::read_file(path, &mut fleet).map_err(one)?;
            if let Some(path) = &options.sync_report {
                read_report(path, &mut fleet).map_err(one)?;
            }
        }
        (None, Some(location)) => store::read(location, &mut fleet).await.map_err(one)?,
        (None, None) => demo::read(vendors, &mut fleet).await?,
    }
    Ok(fleet.finish())
}

/// Reads what each account came to from the file `path`.
fn read_report(path: &Path, fleet: &mut Reading) -> Result<(), Problem> {
    let name = path.display();
    let json = fs::read(path).map_err(|error| Problem::new(&name, error))?;
    sync_report::read(&json, fleet).map_err(|error| {
        Problem::new(&name, error).hint("name the file that `lmsync sync --report FILE` wrote")
    })
}
