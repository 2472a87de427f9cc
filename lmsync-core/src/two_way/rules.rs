//! The rules that changes are planned by.

use std::sync::Arc;

use super::claim::{Resolution, WidestSpan};
use super::dates::DateFields;

/// A limit on replacing a date that the vendor holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// Writes empty fields only.
    #[default]
    FillEmpty,
    /// Writes also a purchase that moves earlier and an expiry that moves later.
    NeverShorten,
    /// Writes over any other date.
    Replace,
}

crate::words!(Policy {
    FillEmpty => "fill-empty",
    NeverShorten => "never-shorten",
    Replace => "replace",
});

/// Rules to plan changes by.
///
/// The default writes nothing: two-way sync is opted into field by field.
///
/// ```
/// use lmsync_core::two_way::{DateField, DateFields, PlanRules, Policy};
///
/// let rules = PlanRules::new()
///     .enable(DateFields::NONE.with(DateField::WarrantyExpiry))
///     .policy(Policy::NeverShorten);
/// # let _ = rules;
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlanRules {
    /// The fields that are enabled; none at first.
    pub fields: DateFields,
    /// The limit on replacing dates; [`Policy::FillEmpty`] at first.
    pub policy: Policy,
    /// The choice among several claims; [`WidestSpan`] at first.
    pub resolution: Arc<dyn Resolution>,
}

impl Default for PlanRules {
    fn default() -> Self {
        Self {
            fields: DateFields::NONE,
            policy: Policy::default(),
            resolution: Arc::new(WidestSpan),
        }
    }
}

impl PlanRules {
    /// Rules by which nothing is written.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Enables exactly `fields`.
    #[must_use]
    pub fn enable(mut self, fields: DateFields) -> Self {
        self.fields = fields;
        self
    }

    /// Sets the limit on replacing dates.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the choice among several claims.
    #[must_use]
    pub fn resolution(mut self, resolution: Arc<dyn Resolution>) -> Self {
        self.resolution = resolution;
        self
    }
}
