//! Two nights at the simulated vendors, and a day in between.

use std::fmt::Display;

use chrono::NaiveDate;
use lmsync::store::StoreLocation;
use lmsync::two_way::AssetDates;
use lmsync::{Accounts, Environment, Error};
use lmsync_cli::parts::Simulators;

use crate::night;

/// Plays them; tells whether every account was read completely.
pub(crate) async fn two_nights() -> Result<bool, Error> {
    let folder = tempfile::tempdir().map_err(failed)?;
    let simulators = Simulators::start().await.map_err(failed)?;
    let accounts = Accounts::open(&simulators.accounts, &Environment::system()?)?;
    let location = StoreLocation::Sqlite(folder.path().join("assets.db"));
    let first = night(&accounts, &location).await?;
    let_things_happen(&simulators);
    let second = night(&accounts, &location).await?;
    Ok(first && second)
}

fn failed(error: impl Display) -> Error {
    Error::store(error.to_string())
}

/// At each vendor a machine comes, another goes, and somebody notes when a third was bought.
fn let_things_happen(simulators: &Simulators) {
    for server in &simulators.servers {
        server.simulator().with(|vendor| {
            let ids: Vec<String> = vendor.asset_ids().into_iter().take(2).collect();
            if let [gone, dated] = ids.as_slice() {
                vendor.remove_asset(gone);
                let bought = NaiveDate::from_ymd_opt(2024, 3, 1);
                let until = NaiveDate::from_ymd_opt(2029, 2, 28);
                vendor.hold_dates(dated, AssetDates::new(bought, until));
            }
            vendor.insert_asset();
        });
    }
}
