//! Claims on dates, and the choice among them.

use std::cmp::Reverse;
use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::change::WriteSource;
use super::dates::{AssetDates, DateField};
use crate::info::ConnectorInfo;

/// The source of a claim.
///
/// Ordered by precedence among sources that claim the same day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClaimSource {
    /// A person's edit.
    Manual,
    /// A manufacturer's warranty lookup.
    Lookup,
    /// An account of a vendor that was read.
    Vendor {
        /// The connector's name, such as `superops`.
        connector: String,
        /// The account's instance name.
        instance: String,
    },
}

impl ClaimSource {
    /// The source of a date that was read from `account`.
    #[must_use]
    pub fn of_vendor(account: &ConnectorInfo) -> Self {
        Self::Vendor {
            connector: account.vendor.clone().into_owned(),
            instance: account.instance.clone(),
        }
    }

    /// The source to write a date of this one under; `None` for a date that was read
    /// from a vendor, which is never written to another.
    #[must_use]
    pub const fn writes_as(&self) -> Option<WriteSource> {
        match self {
            Self::Manual => Some(WriteSource::Manual),
            Self::Lookup => Some(WriteSource::Lookup),
            Self::Vendor { .. } => None,
        }
    }
}

/// A day that one source gives for one date of one asset.
///
/// Plain data: callers make it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Claim {
    /// The field.
    pub field: DateField,
    /// The day.
    pub day: NaiveDate,
    /// The source.
    pub source: ClaimSource,
    /// Time of the claim: the newest of a source replaces its earlier ones.
    pub observed_at: DateTime<Utc>,
}

/// All claims on one asset's dates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Claims(Vec<Claim>);

impl Claims {
    /// No claim yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `claim`.
    #[must_use]
    pub fn and(mut self, claim: Claim) -> Self {
        self.0.push(claim);
        self
    }

    /// Adds the days that `account` holds, read at `at`; but for those that were last
    /// written to it, since a vendor that repeats our own date confirms nothing.
    #[must_use]
    pub fn from_vendor(
        mut self,
        account: &ConnectorInfo,
        held: &AssetDates,
        last_written: &AssetDates,
        at: DateTime<Utc>,
    ) -> Self {
        for &field in DateField::ALL {
            let day = held.get(field).day();
            if let Some(day) = day.filter(|day| last_written.get(field).day() != Some(*day)) {
                self.0.push(Claim {
                    field,
                    day,
                    source: ClaimSource::of_vendor(account),
                    observed_at: at,
                });
            }
        }
        self
    }

    /// Every claim, in the order given.
    #[must_use]
    pub fn all(&self) -> &[Claim] {
        &self.0
    }

    /// The claim that stands for `field`, of any source: the one to show.
    #[must_use]
    pub fn resolve(&self, field: DateField, resolution: &dyn Resolution) -> Option<&Claim> {
        resolution.choose(field, &self.current(field, |_| true))
    }

    /// The claim that may be written to a vendor: a person's before a lookup's, and
    /// never one that was read from a vendor.
    #[must_use]
    pub fn writable(&self, field: DateField, resolution: &dyn Resolution) -> Option<&Claim> {
        [ClaimSource::Manual, ClaimSource::Lookup]
            .iter()
            .find_map(|source| {
                let claims = self.current(field, |claim| claim.source == *source);
                resolution.choose(field, &claims)
            })
    }

    /// Number of different days that the claim's own source gives for its field at once.
    #[must_use]
    pub fn competing_days(&self, claim: &Claim) -> usize {
        let claims = self.current(claim.field, |other| other.source == claim.source);
        let mut days: Vec<NaiveDate> = claims.iter().map(|claim| claim.day).collect();
        days.sort_unstable();
        days.dedup();
        days.len()
    }

    /// The newest claims of each wanted source on `field`.
    fn current(&self, field: DateField, wanted: impl Fn(&Claim) -> bool) -> Vec<&Claim> {
        let claims: Vec<&Claim> = self
            .0
            .iter()
            .filter(|claim| claim.field == field && wanted(claim))
            .collect();
        let is_newest = |claim: &&Claim| {
            claims
                .iter()
                .filter(|other| other.source == claim.source)
                .all(|other| other.observed_at <= claim.observed_at)
        };
        claims.iter().copied().filter(is_newest).collect()
    }
}

impl FromIterator<Claim> for Claims {
    fn from_iter<I: IntoIterator<Item = Claim>>(claims: I) -> Self {
        Self(claims.into_iter().collect())
    }
}

/// A choice among several claims on one field.
pub trait Resolution: Debug + Send + Sync {
    /// Chooses the one of `claims` that stands for `field`; `None` only if there is none.
    ///
    /// The order of the claims must not matter.
    fn choose<'c>(&self, field: DateField, claims: &[&'c Claim]) -> Option<&'c Claim>;
}

/// Lifecycle Manager's choice: the earliest purchase, the latest expiry.
///
/// Source: ScalePad's description of the "Final Summary" of an asset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WidestSpan;

impl Resolution for WidestSpan {
    fn choose<'c>(&self, field: DateField, claims: &[&'c Claim]) -> Option<&'c Claim> {
        let claims = claims.iter().copied();
        match field {
            DateField::PurchaseDate => claims.min_by_key(|claim| (claim.day, &claim.source)),
            DateField::WarrantyExpiry => {
                claims.max_by_key(|claim| (claim.day, Reverse(&claim.source)))
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Capabilities;

    pub(in super::super) fn any_field() -> impl Strategy<Value = DateField> {
        proptest::sample::select(DateField::ALL)
    }

    /// Few different days, so that claims agree and disagree about as often.
    pub(in super::super) fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0..6_u64).prop_map(|offset| day(2024, 1, 1) + chrono::Days::new(offset))
    }

    pub(in super::super) fn any_claim() -> impl Strategy<Value = Claim> {
        let source = prop_oneof![
            Just(ClaimSource::Manual),
            Just(ClaimSource::Lookup),
            "[ab]".prop_map(|instance| vendor("rmm", &instance)),
        ];
        (any_field(), any_day(), source, 0..3_i64).prop_map(|(field, day, source, at)| Claim {
            field,
            day,
            source,
            observed_at: moment(at),
        })
    }

    /// The account `acme` of `connector`.
    pub(in super::super) fn account(connector: &'static str) -> ConnectorInfo {
        ConnectorInfo::new(connector, "Product", "acme", Capabilities::new())
    }

    pub(in super::super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    pub(in super::super) fn moment(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
    }

    fn vendor(connector: &str, instance: &str) -> ClaimSource {
        ClaimSource::Vendor {
            connector: connector.to_owned(),
            instance: instance.to_owned(),
        }
    }

    fn expiry(year: i32, source: ClaimSource, at: i64) -> Claim {
        Claim {
            field: DateField::WarrantyExpiry,
            day: day(year, 5, 31),
            source,
            observed_at: moment(at),
        }
    }

    #[test]
    fn a_person_comes_before_a_lookup_and_a_vendors_date_is_never_written() {
        let acme = || vendor("rmm", "acme");
        let claims = Claims::new()
            .and(expiry(2031, acme(), 9))
            .and(expiry(2029, ClaimSource::Lookup, 8))
            .and(expiry(2026, ClaimSource::Manual, 1));
        let field = DateField::WarrantyExpiry;
        let writable = claims.writable(field, &WidestSpan).unwrap();
        assert_eq!(writable.source, ClaimSource::Manual);
        assert_eq!(claims.resolve(field, &WidestSpan).unwrap().source, acme());
        let only_read = Claims::new().and(expiry(2031, acme(), 9));
        assert_eq!(only_read.writable(field, &WidestSpan), None);
    }

    #[test]
    fn a_source_that_corrects_itself_is_believed() {
        let claims = Claims::new()
            .and(expiry(2031, ClaimSource::Manual, 1))
            .and(expiry(2026, ClaimSource::Manual, 2));
        let claim = claims.writable(DateField::WarrantyExpiry, &WidestSpan);
        assert_eq!(claim.unwrap().day, day(2026, 5, 31));
        assert_eq!(claims.competing_days(claim.unwrap()), 1);
    }

    #[test]
    fn different_days_of_one_source_at_once_compete() {
        let claims: Claims = [2026, 2027, 2027]
            .map(|year| expiry(year, ClaimSource::Lookup, 1))
            .into_iter()
            .chain([expiry(2028, ClaimSource::Manual, 1)])
            .collect();
        assert_eq!(claims.all().len(), 4);
        assert_eq!(claims.competing_days(&claims.all()[0]), 2);
        assert_eq!(claims.competing_days(&claims.all()[3]), 1);
    }

    #[test]
    fn our_own_last_write_is_no_claim() {
        let (ours, theirs) = (Some(day(2026, 1, 1)), Some(day(2027, 1, 1)));
        let written = AssetDates::new(None, ours);
        let account = account("superops");
        let read = |held| {
            Claims::new()
                .from_vendor(&account, &held, &written, moment(0))
                .all()
                .len()
        };
        assert_eq!(read(AssetDates::new(None, ours)), 0);
        assert_eq!(read(AssetDates::new(None, theirs)), 1);
        assert_eq!(read(AssetDates::new(ours, ours)), 1);
    }

    #[test]
    fn accounts_of_two_vendors_with_one_name_are_two_sources() {
        let field = DateField::WarrantyExpiry;
        let held = |year| AssetDates::new(None, Some(day(year, 1, 1)));
        let none = AssetDates::default();
        let claims = Claims::new()
            .from_vendor(&account("superops"), &held(2030), &none, moment(0))
            .from_vendor(&account("syncro"), &held(2027), &none, moment(1));
        let claim = claims.resolve(field, &WidestSpan).unwrap();
        assert_eq!(claim.source, vendor("superops", "acme"));
    }

    proptest! {
        #[test]
        fn the_earliest_purchase_and_the_latest_expiry_stand(
            claims in proptest::collection::vec(any_claim(), 0..12),
            field in any_field(),
        ) {
            let claims: Claims = claims.into_iter().collect();
            let current = claims.current(field, |_| true);
            let chosen = claims.resolve(field, &WidestSpan).map(|claim| claim.day);
            let expected = match field {
                DateField::PurchaseDate => current.iter().map(|claim| claim.day).min(),
                DateField::WarrantyExpiry => current.iter().map(|claim| claim.day).max(),
            };
            prop_assert_eq!(chosen, expected);
        }

        #[test]
        fn the_order_of_claims_does_not_matter(
            claims in proptest::collection::vec(any_claim(), 0..12),
            field in any_field(),
        ) {
            let forward: Claims = claims.iter().cloned().collect();
            let backward: Claims = claims.into_iter().rev().collect();
            prop_assert_eq!(
                forward.resolve(field, &WidestSpan),
                backward.resolve(field, &WidestSpan)
            );
            prop_assert_eq!(
                forward.writable(field, &WidestSpan),
                backward.writable(field, &WidestSpan)
            );
        }
    }
}
