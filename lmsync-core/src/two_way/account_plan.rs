//! The plans of one account, to store and to apply later.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::asset_plan::AssetPlan;
use super::change::DateChange;
use crate::error::{Error, Result};
use crate::info::ConnectorInfo;

/// The plans of one account: made by one process, stored as JSON, approved by somebody, and applied
/// by another process, perhaps days later.
///
/// Applying compares each date with the one that the plan saw. Where somebody changed it at the
/// vendor since, nothing is written, and the outcome is
/// [`Refused`](super::WriteOutcome::Refused). Who approves
/// takes out what is not to be written, or turns it into [`Skip`](super::Action::Skip).
///
/// ```
/// use lmsync_core::two_way::{AccountPlan, AssetPlan, Journal, apply};
/// use lmsync_core::{Clock, Result, TwoWaySync};
///
/// fn stored(connector: &dyn TwoWaySync, plans: Vec<AssetPlan>, clock: &dyn Clock) -> String {
///     let plan = AccountPlan::new(connector.info(), clock.now(), plans);
///     serde_json::to_string(&plan).expect("a plan has a JSON form")
/// }
///
/// async fn applied(
///     connector: &dyn TwoWaySync,
///     json: &str,
///     journal: &dyn Journal,
///     clock: &dyn Clock,
/// ) -> Result<bool> {
///     let plan: AccountPlan =
///         serde_json::from_str(json).map_err(|error| lmsync_core::Error::config(error.to_string()))?;
///     let changes = plan.changes(connector.info())?;
///     let report = apply(connector, changes, journal, clock, 4).await?;
///     Ok(report.is_done())
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountPlan {
    /// The connector's name, such as `superops`.
    pub connector: String,
    /// The account's instance name.
    pub instance: String,
    /// Time at which it was planned.
    pub planned_at: DateTime<Utc>,
    /// The plans, one for each asset.
    pub assets: Vec<AssetPlan>,
}

impl AccountPlan {
    /// The plans for `assets` of `account`, made at `planned_at`.
    #[must_use]
    pub fn new(
        account: &ConnectorInfo,
        planned_at: DateTime<Utc>,
        assets: impl IntoIterator<Item = AssetPlan>,
    ) -> Self {
        Self {
            connector: account.vendor.clone().into_owned(),
            instance: account.instance.clone(),
            planned_at,
            assets: assets.into_iter().collect(),
        }
    }

    /// The changes to make in `account`, for [`apply`](super::apply()).
    ///
    /// # Errors
    /// `config` when the plan is of another account: an id may stand for another asset there.
    pub fn changes(&self, account: &ConnectorInfo) -> Result<Vec<DateChange>> {
        if (self.connector.as_str(), &self.instance) != (&*account.vendor, &account.instance) {
            let message = format!(
                "the plan is of the account {} of {}, not of {} of {}",
                self.instance, self.connector, account.instance, account.vendor
            );
            return Err(Error::config(message).with_hint("apply it to the account it was made for"));
        }
        Ok(self.assets.iter().filter_map(AssetPlan::change).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::claim::tests::{account, moment};
    use super::*;

    fn stored() -> Value {
        json!({
            "connector": "superops",
            "instance": "acme",
            "planned_at": "2023-11-14T22:13:20Z",
            "assets": [{
                "asset": { "vendor_id": "7" },
                "fields": [
                    {
                        "field": "purchase_date", "old": "2020-05-31", "new": null,
                        "source": "undo", "action": "write", "reason": "restores",
                        "competing_days": 1
                    },
                    {
                        "field": "warranty_expiry", "old": { "unreadable": "in May" },
                        "new": "2027-05-31", "source": "lookup", "action": "skip",
                        "reason": { "unreadable": "in May" }, "competing_days": 2
                    }
                ]
            }]
        })
    }

    #[test]
    fn a_plan_is_the_same_after_it_was_stored() {
        let plan: AccountPlan = serde_json::from_value(stored()).unwrap();
        assert_eq!(serde_json::to_value(&plan).unwrap(), stored());
        let made = AccountPlan::new(&account("superops"), moment(0), plan.assets.clone());
        assert_eq!(plan, made);
    }

    #[test]
    fn a_plan_that_nothing_here_makes_is_refused() {
        for (path, value, word) in [
            ("/assets/0/fields/0/source", json!(null), "has a source"),
            ("/assets/0/fields/0/source", json!("lookup"), "only an undo"),
            ("/assets/0/fields/0/reason", json!("equal"), "reason not to"),
            (
                "/assets/0/fields/0/old",
                json!({ "unreadable": "May" }),
                "never overwritten",
            ),
            ("/assets/0/fields/1/action", json!("write"), "reason not to"),
            ("/assets/0/fields/1/field", json!("purchase_date"), "twice"),
            ("/assets/0/fields/0/field", json!("birthday"), "`birthday`"),
            ("/assets/0/fields/0/old", json!("2020-02-31"), "2020-02-31"),
            ("/assets/0/fields/0", json!({ "more": 1 }), "`more`"),
            ("/assets/0/asset/vendor_id", json!(" \u{200b}"), "id"),
        ] {
            let mut plan = stored();
            *plan.pointer_mut(path).unwrap() = value;
            let error = serde_json::from_value::<AccountPlan>(plan).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
        }
    }

    #[test]
    fn who_approves_may_turn_a_write_into_a_skip() {
        let mut plan = stored();
        *plan.pointer_mut("/assets/0/fields/0/action").unwrap() = json!("skip");
        let plan: AccountPlan = serde_json::from_value(plan).unwrap();
        assert_eq!(plan.changes(&account("superops")).unwrap(), []);
    }
}
