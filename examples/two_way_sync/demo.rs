//! Made-up dates for the embedded simulators.

use std::sync::Arc;

use chrono::NaiveDate;
use futures_util::stream::StreamExt;
use lmsync::two_way::{AssetRef, Claim, ClaimSource, Claims, DateField};
use lmsync::{AssetQuery, Clock, SystemClock, TwoWaySync};

use crate::support::problem::Problem;
use crate::targets::{Targets, Wanted};

/// So many assets of each account get dates.
const ASSETS: usize = 4;

/// A purchase and a warranty of three years for the first assets of each account.
pub(crate) async fn targets(connectors: &[Arc<dyn TwoWaySync>]) -> Targets {
    let mut targets = Targets::default();
    for connector in connectors {
        let assets: Vec<_> = connector
            .assets(AssetQuery::new())
            .take(ASSETS)
            .collect()
            .await;
        for asset in assets {
            match asset {
                Ok(asset) => {
                    let found = AssetRef::from(&asset.source);
                    let wanted = Wanted {
                        claims: made_up(),
                        ..Wanted::default()
                    };
                    targets.assets.insert(found, wanted);
                }
                Err(error) => {
                    let place = connector.info().instance.clone();
                    targets.problems.push(Problem::of(place, &error));
                }
            }
        }
    }
    targets
}

fn made_up() -> Claims {
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
