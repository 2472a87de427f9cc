//! The account that records come from, and the rules by which their values are read.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::asset::Asset;
use super::customer::Customer;
use super::date::DateReader;
use super::draft::AssetDraft;
use super::rules::Rules;
use super::source::Source;
use super::text::clean_id;
use crate::summary::Rejection;

/// The account that records come from, and the rules by which their values are read.
///
/// Where a mapping from a vendor's JSON to the model begins:
///
/// ```
/// # use chrono::DateTime;
/// # use lmsync_core::model::{Origin, Rules};
/// let origin = Origin::new("shelf", "acme", Rules::default());
/// let id = Some("17".to_owned());
/// let asset = origin.draft(id, DateTime::UNIX_EPOCH)?.finish();
/// assert_eq!(asset.source.vendor_id, "17");
/// assert!(origin.draft(None, DateTime::UNIX_EPOCH).is_err());
/// let nameless = origin.customer(Some("4".to_owned()), None, DateTime::UNIX_EPOCH)?;
/// assert_eq!(nameless.name, "4");
/// # Ok::<(), lmsync_core::Rejection>(())
/// ```
#[derive(Debug, Clone)]
pub struct Origin {
    connector: Cow<'static, str>,
    instance: String,
    rules: Rules,
}

impl Origin {
    /// The account `instance` of `connector`, read by `rules`.
    #[must_use]
    pub fn new(
        connector: impl Into<Cow<'static, str>>,
        instance: impl Into<String>,
        rules: Rules,
    ) -> Self {
        Self {
            connector: connector.into(),
            instance: instance.into(),
            rules,
        }
    }

    /// Sets the rules by which values are read.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// The rules by which values are read.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// A reader of dates that were received at `at`.
    #[must_use]
    pub fn dates(&self, at: DateTime<Utc>) -> DateReader {
        self.rules.dates(at)
    }

    /// The origin of the record `vendor_id`, received at `at`.
    #[must_use]
    pub fn source(&self, vendor_id: impl Into<String>, at: DateTime<Utc>) -> Source {
        Source::new(self.connector.clone(), &self.instance, vendor_id, at)
    }

    /// The origin of the record with the id `id`, received at `at`; `record` names it in the reason.
    ///
    /// # Errors
    /// A rejection when there is no id, or one of nothing but blanks and invisible characters: the record could not be told from others.
    pub fn identified(
        &self,
        id: Option<String>,
        record: &str,
        at: DateTime<Utc>,
    ) -> Result<Source, Rejection> {
        match id.as_deref().and_then(clean_id) {
            Some(id) => Ok(self.source(id, at)),
            None => Err(Rejection::without_id(record)),
        }
    }

    /// A draft of the asset with the id `id`, received at `at`.
    ///
    /// # Errors
    /// A rejection when there is no id: the asset could not be told from others.
    pub fn draft(
        &self,
        id: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<AssetDraft<'_>, Rejection> {
        let source = self.identified(id, "the asset", at)?;
        Ok(AssetDraft::new(source, &self.rules, at))
    }

    /// The customer with the id `id`, received at `at`; one without a name is called by its id.
    ///
    /// # Errors
    /// A rejection when there is no id: the customer could not be told from others.
    pub fn customer(
        &self,
        id: Option<String>,
        name: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<Customer, Rejection> {
        let source = self.identified(id, "the customer", at)?;
        let name = name.unwrap_or_else(|| source.vendor_id.clone());
        Ok(Customer::new(source, name))
    }

    /// `asset` with a note that `field` is not known, or not in whole, for the reason `why`.
    #[must_use]
    pub fn with_gap(&self, asset: Asset, field: &str, why: impl Into<String>) -> Asset {
        let mut draft = self.reopen(asset);
        draft.gap(field, why);
        draft.finish()
    }

    /// A draft of a finished asset, to add what came later.
    #[must_use]
    pub fn reopen(&self, asset: Asset) -> AssetDraft<'_> {
        let fetched_at = asset.source.fetched_at;
        AssetDraft::reopen(asset, &self.rules, fetched_at)
    }
}
