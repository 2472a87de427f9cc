//! A store that `sync --store` filled.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use lmsync::store::{AccountKey, EndedPass, StoreLocation, StreamName, Wanted};

use crate::report::fleet::{End, Reading};
use crate::support::problem::Problem;

/// Reads the store at `location` into `fleet`. What it marks deleted is left out.
///
/// # Errors
/// The problem of a store that is not there, or cannot be read.
pub(super) async fn read(location: &StoreLocation, fleet: &mut Reading) -> Result<(), Problem> {
    let place = format!("--store {location}");
    let problem = |error| Problem::of(&place, &error);
    // Opening makes what is missing, and nobody means to read a store that is not there.
    if location.is_missing() {
        return Err(Problem::new(&place, "it is not there").hint("`lmsync sync --store` makes it"));
    }
    let store = location.open().await.map_err(problem)?;
    let mut assets = store.read_assets(None, Wanted::All);
    while let Some(stored) = assets.try_next().await.map_err(problem)? {
        fleet.asset(&stored.asset);
    }
    let mut accounts: BTreeMap<AccountKey, Vec<EndedPass>> = BTreeMap::new();
    for pass in store.last_passes().await.map_err(problem)? {
        accounts.entry(pass.account.clone()).or_default().push(pass);
    }
    for (account, passes) in &accounts {
        fleet.end(&account.connector, &account.instance, end(passes));
    }
    Ok(())
}

/// The end that the last `passes` of an account's streams tell together.
fn end(passes: &[EndedPass]) -> End {
    let of = |stream| passes.iter().find(|pass| pass.stream == stream);
    let kept = |stream| of(stream).map_or(0, |pass: &EndedPass| pass.kept);
    let reason = |pass: &EndedPass| {
        let reason = pass.incomplete_reason.as_deref()?;
        Some(format!("{}: {reason}", pass.stream))
    };
    End {
        is_complete: passes.iter().all(|pass| pass.complete) && of(StreamName::Assets).is_some(),
        is_filtered: passes.iter().any(|pass| pass.filtered),
        rejected: passes.iter().map(|pass| pass.rejected).sum(),
        reason: passes
            .iter()
            .find_map(reason)
            .or_else(|| match of(StreamName::Assets) {
                Some(_) => None,
                None => Some("no pass over its assets has ended".to_owned()),
            }),
        wrote: None,
        others: Some((kept(StreamName::Software), kept(StreamName::Customers))),
    }
}
