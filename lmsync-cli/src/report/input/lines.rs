//! JSON lines, as `sync --output` writes them.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use lmsync::model::{Asset, Customer, Software};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::report::fleet::Reading;
use crate::support::problem::{Problem, tell};

/// Reads the file `path` into `fleet`, where `-` is standard input. A line that cannot be read is told, and skipped.
///
/// # Errors
/// The problem of a file that cannot be read.
pub(super) fn read_file(path: &Path, fleet: &mut Reading) -> Result<(), Problem> {
    let name = path.display();
    let problem = |error: io::Error| Problem::new(&name, error);
    match path.as_os_str() == "-" {
        true => read(io::stdin().lock(), &name, fleet),
        false => read(
            BufReader::with_capacity(1 << 16, File::open(path).map_err(problem)?),
            &name,
            fleet,
        ),
    }
    .map_err(problem)
}

/// Reads `lines` of the file called `name` into `fleet`.
pub(super) fn read(
    mut lines: impl BufRead,
    name: impl Display,
    fleet: &mut Reading,
) -> io::Result<()> {
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if let Err(why) = add(line.trim_ascii(), fleet) {
            tell(
                "error",
                &format!("{name}, line {number}, is skipped: {why}"),
            );
            fleet.skipped();
        }
    }
    Ok(())
}

/// Adds the record that `line` is; nothing where it is empty, or a record of a kind that the page does not need.
fn add(line: &[u8], fleet: &mut Reading) -> Result<(), String> {
    /// The kind of a record.
    #[derive(Deserialize)]
    struct Kind {
        record: Option<String>,
    }
    if line.is_empty() {
        return Ok(());
    }
    let kind: Kind = parsed(line)?;
    match kind.record.as_deref() {
        Some("asset") => fleet.asset(&parsed::<Asset>(line)?),
        Some("software") => fleet.software(&parsed::<Software>(line)?),
        Some("customer") => fleet.customer(&parsed::<Customer>(line)?),
        Some(_) => {}
        None => return Err("`record` names no kind".to_owned()),
    }
    Ok(())
}

fn parsed<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    serde_json::from_slice(line).map_err(|error| error.to_string())
}
