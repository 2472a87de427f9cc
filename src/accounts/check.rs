//! Checks of many accounts.

use std::sync::Arc;

use lmsync_core::{Check, CheckReport, CheckScope, Connector, Error, ErrorKind};
use serde::Serialize;

use super::Accounts;
use super::tasks::at_once;

/// The abilities of one account's credentials.
///
/// In JSON the members of its report stand beside the others.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct AccountCheck {
    /// The connector's name.
    pub vendor: String,
    /// The account.
    pub instance: String,
    /// Set if every check passed.
    pub ok: bool,
    /// The checks.
    #[serde(flatten)]
    pub report: CheckReport,
}

impl AccountCheck {
    fn new(connector: &dyn Connector, report: CheckReport) -> Self {
        let info = connector.info();
        Self {
            vendor: info.vendor.to_string(),
            instance: info.instance.clone(),
            ok: report.ok(),
            report,
        }
    }
}

impl Accounts {
    /// Checks all accounts at once; the checks come in the order of the accounts. Writes nothing.
    pub async fn check(&self, scope: CheckScope) -> Vec<AccountCheck> {
        let checks = self.connectors().map(|connector| {
            let connector = Arc::clone(connector);
            async move { connector.check(scope).await }
        });
        let reports = at_once(checks).await;
        let checks = self.connectors().zip(reports);
        checks
            .map(|(connector, report)| {
                AccountCheck::new(connector, report.unwrap_or_else(broken_down))
            })
            .collect()
    }
}

/// The report of a connector that panicked.
fn broken_down() -> CheckReport {
    let error = Error::new(ErrorKind::Cancelled, super::report::BROKEN_DOWN);
    CheckReport::new(vec![Check::failed(Check::REACHABLE, &error)])
}
