//! Made-up dates for the embedded simulators.

use chrono::NaiveDate;
use futures_util::stream::StreamExt;
use lmsync::dates::{DateTargets, TwoWayAccounts};
use lmsync::two_way::{AssetRef, Claim, ClaimSource, DateField};
use lmsync::{AssetQuery, Clock, Problem, SystemClock};

/// So many assets of each account get dates.
const ASSETS: usize = 4;

/// A purchase and a warranty of three years for the first assets of each account.
pub(crate) async fn targets(accounts: &TwoWayAccounts) -> DateTargets {
    let mut targets = DateTargets::new();
    for connector in accounts.connectors() {
        let assets: Vec<_> = connector
            .assets(AssetQuery::new())
            .take(ASSETS)
            .collect()
            .await;
        for asset in assets {
            match asset {
                Ok(asset) => targets.want(AssetRef::from(&asset.source), made_up()),
                Err(error) => {
                    let place = connector.info().instance.clone();
                    targets.problems.push(Problem::new(place, error));
                }
            }
        }
    }
    targets
}

fn made_up() -> Vec<Claim> {
    let now = SystemClock::new().now();
    let days = [
        (DateField::PurchaseDate, NaiveDate::from_ymd_opt(2024, 3, 1)),
        (
            DateField::WarrantyExpiry,
            NaiveDate::from_ymd_opt(2027, 2, 28),
        ),
    ];
    days.into_iter()
        .filter_map(|(field, day)| {
            Some(Claim {
                field,
                day: day?,
                source: ClaimSource::Lookup,
                observed_at: now,
            })
        })
        .collect()
}
