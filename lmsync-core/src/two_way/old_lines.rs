//! Journal lines of earlier versions, which do not name the connector.

use std::collections::BTreeSet;
use std::io;

use super::journal::Attempt;
use crate::info::ConnectorInfo;

/// Names the connector in each of `attempts` that does not, by the one of `accounts` that
/// has its instance name. An attempt in none of them stays as it is.
///
/// # Errors
/// When accounts of several connectors have that name: no guess is made between them.
pub(super) fn name_connectors<'a>(
    attempts: impl Iterator<Item = &'a mut Attempt>,
    accounts: &[&ConnectorInfo],
) -> io::Result<()> {
    for attempt in attempts.filter(|attempt| attempt.asset.connector.is_empty()) {
        let namesakes = accounts
            .iter()
            .filter(|account| account.instance == attempt.asset.instance);
        let connectors: BTreeSet<&str> = namesakes.map(|account| &*account.vendor).collect();
        match Vec::from_iter(connectors).as_slice() {
            [] => {}
            [connector] => attempt.asset.connector = (*connector).to_owned(),
            several => return Err(ambiguous(attempt, several)),
        }
    }
    Ok(())
}

fn ambiguous(attempt: &Attempt, connectors: &[&str]) -> io::Error {
    let message = format!(
        "the line of {} on asset {} names no connector, and {} each have an account \
         called \"{}\"; add \"connector\" to the asset of each such line",
        attempt.at.format("%+"),
        attempt.asset.vendor_id,
        connectors.join(" and "),
        attempt.asset.instance,
    );
    io::Error::new(io::ErrorKind::InvalidData, message)
}
