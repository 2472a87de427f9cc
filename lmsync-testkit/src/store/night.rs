//! One pass, as a night's run makes it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use lmsync_core::listing::RecordStream;
use lmsync_core::model::{Asset, Customer, Origin, Rules, identity_keys};
use lmsync_core::{Rejection, Result};
use lmsync_store::{
    AccountKey, Batch, Landed, Landing, PassId, PassReport, Record, SavedPass, Store, Totals,
};

/// The account that most promises are about, and its neighbours.
#[must_use]
pub fn account(instance: &str) -> AccountKey {
    AccountKey::new("fake", instance)
}

/// An asset of `account` with the id `id`, called so, which checked in at noon.
#[must_use]
pub fn asset(account: &AccountKey, id: &str) -> Asset {
    let origin = Origin::new(
        account.connector.clone(),
        &account.instance,
        Rules::default(),
    );
    let draft = origin.draft(Some(id.to_owned()), first_night());
    let mut asset = draft.expect("an asset has an id").finish();
    asset.name = format!("machine {id}");
    asset.last_check_in = Some(first_night());
    asset.identity = identity_keys(&asset);
    asset
}

/// A customer of `account` with the id `id`.
#[must_use]
pub fn customer(account: &AccountKey, id: &str) -> Customer {
    let origin = Origin::new(
        account.connector.clone(),
        &account.instance,
        Rules::default(),
    );
    Customer::new(origin.source(id, first_night()), format!("customer {id}"))
}

/// Noon of 31 March 2026.
fn first_night() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_774_958_400)
}

/// One pass over a stream of an account: what is listed, and how it ends.
#[derive(Debug, Clone)]
pub struct Night<R> {
    account: AccountKey,
    at: DateTime<Utc>,
    records: Vec<R>,
    batch: usize,
    rejected: Vec<Rejection>,
    untold: u64,
    reason: Option<String>,
    filtered: bool,
    accept_shrink: bool,
}

impl<R: Record + Clone> Night<R> {
    /// The pass of the night `number`, counted from 1, that lists `records` of `account`, all that there are.
    #[must_use]
    pub fn new(account: &AccountKey, number: i64, records: impl IntoIterator<Item = R>) -> Self {
        Self {
            account: account.clone(),
            at: first_night() + TimeDelta::days(number - 1),
            records: records.into_iter().collect(),
            batch: 100,
            rejected: Vec::new(),
            untold: 0,
            reason: None,
            filtered: false,
            accept_shrink: false,
        }
    }

    /// Lets it end incomplete.
    #[must_use]
    pub fn incomplete(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// Lets it ask for a part alone.
    #[must_use]
    pub fn filtered(mut self) -> Self {
        self.filtered = true;
        self
    }

    /// Lets it accept that most of the account is gone.
    #[must_use]
    pub fn accept_shrink(mut self) -> Self {
        self.accept_shrink = true;
        self
    }

    /// Lets one more record be listed that cannot be read, with this id or none.
    #[must_use]
    pub fn rejected(mut self, id: Option<&str>) -> Self {
        self.rejected
            .push(Rejection::new(id.map(ToOwned::to_owned), "odd"));
        self
    }

    /// Lets so many more records be listed that cannot be read, and are not told one by one.
    #[must_use]
    pub fn rejected_untold(mut self, number: u64) -> Self {
        self.untold = number;
        self
    }

    /// The pass's name, where no other was before.
    #[must_use]
    pub fn pass_id(&self) -> PassId {
        PassId::at(self.at)
    }

    /// Begins the pass.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn begin(&self, store: &Arc<dyn Store>) -> Result<Box<dyn Landing>> {
        store.begin(&self.account, R::STREAM).await
    }

    /// Lands the records `range` of the pass.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn put(
        &self,
        landing: &mut dyn Landing,
        range: std::ops::Range<usize>,
    ) -> Result<Landed> {
        let pass_id = self.name(landing);
        let records = R::into_records(self.records[range.clone()].to_vec());
        let saved = R::RESUMES.then(|| self.saved(pass_id, range.start, range.end));
        landing
            .put(&Arc::new(Batch::new(pass_id, records, saved)))
            .await
    }

    /// The name that the pass gets in `landing`.
    #[must_use]
    pub fn name(&self, landing: &dyn Landing) -> PassId {
        let unfinished = landing.unfinished().map(|saved| saved.pass_id);
        unfinished.unwrap_or_else(|| PassId::after(landing.latest(), self.at))
    }

    /// The pass as it stands when all but the last records have landed.
    fn saved(&self, pass_id: PassId, landed: usize, handed_out: usize) -> SavedPass {
        let checkpoint = RecordStream::<R>::from_records([]).checkpoint();
        let mut saved = SavedPass::new(pass_id, checkpoint);
        saved.landed.inserted = landed as u64;
        saved.totals.kept = handed_out as u64;
        saved
    }

    /// Ends the pass.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn finish(&self, landing: Box<dyn Landing>, landed: Landed) -> Result<Landed> {
        let mut totals = Totals::default();
        totals.kept = self.records.len() as u64;
        totals.rejected_total = self.rejected.len() as u64 + self.untold;
        totals.rejected = self.rejected.clone();
        let mut report = PassReport::new(
            self.account.clone(),
            R::STREAM,
            self.name(&*landing),
            self.at + TimeDelta::minutes(1),
            totals,
            self.reason.clone(),
        );
        report.filtered = self.filtered;
        report.accept_shrink = self.accept_shrink;
        report.landed = landed;
        landing.finish(&report).await
    }

    /// Plays the whole pass.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn play(&self, store: &Arc<dyn Store>) -> Result<Landed> {
        let mut landing = self.begin(store).await?;
        let mut landed = Landed::default();
        let mut from = 0;
        while from < self.records.len() {
            let to = self.records.len().min(from + self.batch);
            landed += self.put(&mut *landing, from..to).await?;
            from = to;
        }
        self.finish(landing, landed).await
    }
}
