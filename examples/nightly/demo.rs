//! A day at the simulated vendors.

use chrono::NaiveDate;
use lmsync::two_way::AssetDates;

use crate::support::simulators::Simulators;

/// At each vendor a machine comes, another goes, and somebody notes when a third was bought.
pub(crate) fn let_things_happen(simulators: &Simulators) {
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
