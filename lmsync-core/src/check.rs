//! What credentials can do, found out before they are relied on.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// What to check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CheckScope {
    /// Also whether dates may be written.
    pub two_way: bool,
}

impl CheckScope {
    /// Reading only.
    #[must_use]
    pub fn read() -> Self {
        Self::default()
    }

    /// Reading, and whether dates may be written.
    #[must_use]
    pub fn two_way() -> Self {
        Self { two_way: true }
    }
}

/// What these credentials can do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// One check per capability, in the order tried.
    pub checks: Vec<Check>,
}

/// One capability, tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// The capability, such as `read_assets`; stable.
    pub name: Cow<'static, str>,
    /// Whether it is there.
    pub ok: bool,
    /// What was seen.
    pub detail: String,
    /// What the user does next.
    pub hint: Option<String>,
}

impl CheckReport {
    /// The report of `checks`, in the order tried.
    #[must_use]
    pub fn new(checks: Vec<Check>) -> Self {
        Self { checks }
    }

    /// What two reads tell, one of customers and one of assets, each with the
    /// number of records that the vendor counts.
    ///
    /// `product` is named in the details.
    #[must_use]
    pub fn of_reads(
        product: &str,
        customers: &Result<Option<u64>>,
        assets: &Result<Option<u64>>,
    ) -> Self {
        let reads = [
            (Check::READ_CUSTOMERS, "customers", customers),
            (Check::READ_ASSETS, "assets", assets),
        ];
        let mut checks = vec![
            Check::reachable(product, customers, assets),
            Check::authenticated(product, customers, assets),
        ];
        let failed = checks
            .iter()
            .find(|check| !check.ok)
            .map(|check| check.name.clone());
        checks.extend(reads.map(|(name, records, read)| match &failed {
            Some(failed) => Check::not_tried(name, failed),
            None => Check::read(name, records, read),
        }));
        Self { checks }
    }

    /// Adds a check.
    #[must_use]
    pub fn and(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// Adds the check of writing for a vendor that tells only on writing whether it may be done,
    /// where `scope` asks for it; `hint` says what writing needs. It is not tried where assets
    /// cannot be read.
    #[must_use]
    pub fn and_untold_writing(self, scope: CheckScope, hint: &str) -> Self {
        if !scope.two_way {
            return self;
        }
        if self.first_failed(&[Check::READ_ASSETS]).is_some() {
            return self.and(Check::not_tried(Check::WRITE_DATES, Check::READ_ASSETS));
        }
        let detail =
            "nothing was written: the vendor tells only on writing whether the credentials may";
        self.and(Check::passed(Check::WRITE_DATES, detail).with_hint(hint))
    }

    /// Adds advice to the check called `name`, if it passed.
    #[must_use]
    pub fn advise(mut self, name: &str, hint: &str) -> Self {
        for check in &mut self.checks {
            if check.name == name && check.ok {
                check.hint = Some(hint.to_owned());
            }
        }
        self
    }

    /// The first of the checks called `names` that failed.
    #[must_use]
    pub fn first_failed(&self, names: &[&str]) -> Option<&str> {
        let mut failed = self.checks.iter().filter(|check| !check.ok);
        let failed = failed.find(|check| names.contains(&&*check.name))?;
        Some(&failed.name)
    }

    /// Whether every check passed.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }
}

impl Check {
    /// The vendor's API answers.
    pub const REACHABLE: &'static str = "reachable";
    /// The vendor accepts the credentials.
    pub const AUTHENTICATED: &'static str = "authenticated";
    /// Customers can be listed.
    pub const READ_CUSTOMERS: &'static str = "read_customers";
    /// Assets can be listed.
    pub const READ_ASSETS: &'static str = "read_assets";
    /// Dates can be written.
    pub const WRITE_DATES: &'static str = "write_dates";

    /// A check that passed.
    #[must_use]
    pub fn passed(name: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ok: true,
            detail: detail.into(),
            hint: None,
        }
    }

    /// Sets what the user does next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A check that `error` ended.
    #[must_use]
    pub fn failed(name: impl Into<Cow<'static, str>>, error: &Error) -> Self {
        Self {
            name: name.into(),
            ok: false,
            detail: error.message().to_owned(),
            hint: error.hint().map(ToOwned::to_owned),
        }
    }

    /// A check that makes no sense because `earlier` failed.
    #[must_use]
    pub fn not_tried(name: impl Into<Cow<'static, str>>, earlier: &str) -> Self {
        Self {
            name: name.into(),
            ok: false,
            detail: format!("not tried: {earlier} failed"),
            hint: None,
        }
    }

    fn reachable(
        product: &str,
        customers: &Result<Option<u64>>,
        assets: &Result<Option<u64>>,
    ) -> Self {
        match both_failed(customers, assets, never_answered) {
            Some(error) => Self::failed(Self::REACHABLE, error),
            None => Self::passed(Self::REACHABLE, format!("{product} answers")),
        }
    }

    fn authenticated(
        product: &str,
        customers: &Result<Option<u64>>,
        assets: &Result<Option<u64>>,
    ) -> Self {
        if both_failed(customers, assets, never_answered).is_some() {
            return Self::not_tried(Self::AUTHENTICATED, Self::REACHABLE);
        }
        match both_failed(customers, assets, |error| !was_let_in(error)) {
            Some(error) => Self::failed(Self::AUTHENTICATED, error),
            None => Self::passed(
                Self::AUTHENTICATED,
                format!("{product} accepts the credentials"),
            ),
        }
    }

    fn read(name: &'static str, records: &str, count: &Result<Option<u64>>) -> Self {
        match count {
            Ok(Some(count)) => Self::passed(name, format!("{count} {records} visible")),
            Ok(None) => Self::passed(name, format!("{records} can be listed")),
            Err(error) => Self::failed(name, error),
        }
    }
}

fn both_failed<'a>(
    customers: &'a Result<Option<u64>>,
    assets: &'a Result<Option<u64>>,
    how: impl Fn(&Error) -> bool,
) -> Option<&'a Error> {
    match (customers, assets) {
        (Err(first), Err(second)) if how(first) && how(second) => Some(first),
        _ => None,
    }
}

fn never_answered(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Network | ErrorKind::Tls | ErrorKind::Timeout
    ) && error.status().is_none()
}

/// Whether the error can only come after the credentials were accepted.
fn was_let_in(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Permission | ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(customers: &Result<Option<u64>>, assets: &Result<Option<u64>>) -> Vec<bool> {
        let report = CheckReport::of_reads("Acme", customers, assets);
        report.checks.iter().map(|check| check.ok).collect()
    }

    fn failed(kind: ErrorKind) -> Result<Option<u64>> {
        Err(Error::new(kind, "no").with_hint("do this"))
    }

    #[test]
    fn each_failure_is_laid_at_the_right_door() {
        use ErrorKind as K;
        let fine = || Ok(Some(3));
        assert_eq!(outcome(&fine(), &Ok(None)), [true; 4]);
        assert_eq!(
            outcome(&failed(K::Network), &failed(K::Network)),
            [false; 4]
        );
        assert_eq!(
            outcome(&failed(K::Authentication), &failed(K::Authentication)),
            [true, false, false, false]
        );
        assert_eq!(
            outcome(&failed(K::Permission), &fine()),
            [true, true, false, true]
        );
        assert_eq!(
            outcome(&failed(K::Permission), &failed(K::Permission)),
            [true, true, false, false]
        );
        assert_eq!(
            outcome(&failed(K::Vendor), &failed(K::Vendor)),
            [true, false, false, false]
        );
    }

    #[test]
    fn writing_that_is_not_told_is_tried_only_where_assets_can_be_read() {
        let writing = |assets: Result<Option<u64>>, scope| {
            let report = CheckReport::of_reads("Acme", &Ok(Some(1)), &assets);
            report
                .and_untold_writing(scope, "do this")
                .checks
                .split_off(4)
        };
        assert_eq!(writing(Ok(None), CheckScope::read()), []);
        let told = writing(Ok(None), CheckScope::two_way()).remove(0);
        assert_eq!((&*told.name, told.ok), (Check::WRITE_DATES, true));
        assert_eq!(told.hint.as_deref(), Some("do this"));
        let refused = writing(failed(ErrorKind::Permission), CheckScope::two_way());
        let not_tried = Check::not_tried(Check::WRITE_DATES, Check::READ_ASSETS);
        assert_eq!(refused, [not_tried]);
    }

    #[test]
    fn the_hint_and_the_counts_are_told() {
        let report = CheckReport::of_reads("Acme", &Ok(Some(12)), &failed(ErrorKind::Permission))
            .advise(Check::READ_CUSTOMERS, "compare the count")
            .advise(Check::READ_ASSETS, "compare the count");
        assert_eq!(report.checks[2].detail, "12 customers visible");
        assert_eq!(report.checks[2].hint.as_deref(), Some("compare the count"));
        assert_eq!(report.checks[3].hint.as_deref(), Some("do this"));
        assert!(!report.ok());
    }
}
