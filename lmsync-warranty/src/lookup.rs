//! Many assets looked up at many makers.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use futures_util::future::{join_all, try_join_all};
use lmsync_core::http::Meter;
use lmsync_core::model::Asset;
use lmsync_core::{Environment, Error, ErrorKind, Result, SharedClock};

use crate::answer::{Answer, Answers};
use crate::cache::{CachedAnswer, MemoryCache, WarrantyCache};
use crate::config::WarrantyConfig;
use crate::finding::Finding;
use crate::maker::Maker;
use crate::outcome::Outcome;
use crate::plan::{LookupPlan, PlannedAsset, PlannedQuery};
use crate::query::{QueryKey, WarrantyQuery};
use crate::rules::judge;
use crate::source::WarrantySource;
use crate::whom::{Makers, Whom};

/// The batches of one maker that are under way at once; how fast they are sent is the maker's budget.
const BATCHES_AT_ONCE: usize = 4;

/// A lookup of many assets at many makers, all at once and each within its limits.
///
/// Each machine is asked about once, however many assets it is. Answers are kept in the cache as they
/// come, so that a run which is ended asks nothing twice when it is begun again.
#[derive(Debug)]
pub struct Lookup {
    sources: BTreeMap<Maker, Arc<dyn WarrantySource>>,
    makers: Makers,
    cache: Arc<dyn WarrantyCache>,
    clock: SharedClock,
}

/// What is known of one machine after a lookup.
struct Known {
    answer: Answer,
    looked_up_at: DateTime<Utc>,
}

impl Lookup {
    /// A lookup at nobody, on `clock`, with a cache for this run alone.
    #[must_use]
    pub fn new(clock: SharedClock) -> Self {
        Self {
            sources: BTreeMap::new(),
            makers: Makers::default(),
            cache: Arc::new(MemoryCache::new()),
            clock,
        }
    }

    /// A lookup at the makers of `tables`, on `environment`, with `cache`. Sends nothing yet.
    ///
    /// # Errors
    /// `config` when a value cannot work, or a maker has two tables.
    pub fn connect(
        tables: &[WarrantyConfig],
        environment: &Environment,
        cache: Arc<dyn WarrantyCache>,
    ) -> Result<Self> {
        let mut lookup = Self::new(environment.clock.clone());
        for table in tables {
            let maker = table.maker();
            if lookup.sources.contains_key(&maker) {
                let message = format!("the maker `{maker}` has two [[warranty]] tables");
                return Err(Error::config(message).with_hint("leave one of them away"));
            }
            let source = table.connect_in(environment, &cache);
            let source = source.map_err(|error| in_table(&maker, error))?;
            lookup = lookup.source(source);
        }
        Ok(lookup.cache(cache))
    }

    /// Adds a maker; a second source of the same replaces the first.
    #[must_use]
    pub fn source(mut self, source: Arc<dyn WarrantySource>) -> Self {
        self.sources.insert(source.maker(), source);
        self
    }

    /// Sets the makers that answer for manufacturers.
    #[must_use]
    pub fn makers(mut self, makers: Makers) -> Self {
        self.makers = makers;
        self
    }

    /// Sets the cache.
    #[must_use]
    pub fn cache(mut self, cache: Arc<dyn WarrantyCache>) -> Self {
        self.cache = cache;
        self
    }

    /// Who is to be asked about which of `assets`. Sends nothing, and does not look at the cache.
    #[must_use]
    pub fn plan<'a>(&self, assets: impl IntoIterator<Item = &'a Asset>) -> LookupPlan {
        let is_asked = |maker: &Maker| self.sources.contains_key(maker);
        let today = self.clock.now().date_naive();
        LookupPlan::new(&self.makers, is_asked, assets, today)
    }

    /// What would be sent to whom for `plan`, in the order in which it would be; what the cache answers is
    /// left out. Sends nothing.
    ///
    /// # Errors
    /// `store` when the cache cannot be read.
    pub async fn to_ask(&self, plan: &LookupPlan) -> Result<Vec<PlannedQuery>> {
        let mut planned = Vec::new();
        for (maker, queries) in &plan.queries {
            let cached = self.cached(maker, queries).await?;
            let (_, open) = self.split(&cached, queries);
            planned.extend(open.into_iter().map(|query| PlannedQuery {
                maker: maker.clone(),
                key: query.key(),
            }));
        }
        Ok(planned)
    }

    /// What is found for each asset of `plan`, in its order; requests go to `meter`.
    ///
    /// A maker that refuses the key or wants to be left alone is asked nothing more, and the others go on.
    ///
    /// # Errors
    /// `store` when the cache cannot be read or written: what it would be asked again for would cost a
    /// quota.
    pub async fn run(&self, plan: &LookupPlan, meter: &Meter) -> Result<Vec<Finding>> {
        let makers = plan.queries.iter().filter_map(|(maker, queries)| {
            let source = self.sources.get(maker)?;
            Some(self.ask_maker(source, queries, meter))
        });
        let known: HashMap<(Maker, QueryKey), Known> =
            try_join_all(makers).await?.into_iter().flatten().collect();
        Ok(plan
            .assets
            .iter()
            .map(|asset| self.finding(asset, &known))
            .collect())
    }

    /// What the maker of `source` says to `queries`, or said before.
    async fn ask_maker(
        &self,
        source: &Arc<dyn WarrantySource>,
        queries: &[WarrantyQuery],
        meter: &Meter,
    ) -> Result<Vec<((Maker, QueryKey), Known)>> {
        let maker = source.maker();
        let cached = self.cached(&maker, queries).await?;
        let (good, open) = self.split(&cached, queries);
        let mut known: Vec<_> = good
            .into_iter()
            .map(|kept| {
                let known = Known {
                    answer: kept.answer.clone(),
                    looked_up_at: kept.looked_up_at,
                };
                ((maker.clone(), kept.key.clone()), known)
            })
            .collect();
        let asking = Asking {
            lookup: self,
            source,
            cached: &cached,
            stopped: Mutex::new(None),
            meter,
        };
        known.extend(asking.all(&open).await?);
        Ok(known)
    }

    /// The answers to `queries` in the cache, good or not.
    async fn cached(
        &self,
        maker: &Maker,
        queries: &[WarrantyQuery],
    ) -> Result<HashMap<QueryKey, CachedAnswer>> {
        let keys: Vec<QueryKey> = queries.iter().map(WarrantyQuery::key).collect();
        let cached = self.cache.get(maker, &keys).await?.into_iter();
        Ok(cached.map(|answer| (answer.key.clone(), answer)).collect())
    }

    /// The answers that are still good, and the queries without one.
    fn split<'c>(
        &self,
        cached: &'c HashMap<QueryKey, CachedAnswer>,
        queries: &[WarrantyQuery],
    ) -> (Vec<&'c CachedAnswer>, Vec<WarrantyQuery>) {
        let now = self.clock.now();
        let (mut good, mut open) = (Vec::new(), Vec::new());
        for query in queries {
            match cached
                .get(&query.key())
                .filter(|answer| answer.is_good(query, now))
            {
                Some(answer) => good.push(answer),
                None => open.push(query.clone()),
            }
        }
        (good, open)
    }

    fn finding(&self, asset: &PlannedAsset, known: &HashMap<(Maker, QueryKey), Known>) -> Finding {
        let mut finding = Finding {
            asset: asset.asset.clone(),
            maker: asset.maker.clone(),
            key: None,
            outcome: Outcome::NotFound,
            record: None,
            looked_up_at: None,
        };
        match &asset.whom {
            Whom::Unsupported(name) => finding.outcome = Outcome::UnsupportedMaker(name.clone()),
            Whom::Skip(reason) => finding.outcome = Outcome::Skipped(*reason),
            Whom::Ask(maker, query) => {
                finding.key = Some(query.key());
                match known.get(&(maker.clone(), query.key())) {
                    Some(known) => self.fill(&mut finding, query, known),
                    None => finding.outcome = Outcome::Failed(unanswered()),
                }
            }
        }
        finding
    }

    fn fill(&self, finding: &mut Finding, query: &WarrantyQuery, known: &Known) {
        finding.outcome = outcome(&known.answer, query, self.clock.now());
        if known.answer.error().is_none() {
            finding.looked_up_at = Some(known.looked_up_at);
        }
        if let Answer::Known(record) = &known.answer {
            finding.record = Some(record.clone());
        }
    }
}

/// The asking of one maker.
struct Asking<'l> {
    lookup: &'l Lookup,
    source: &'l Arc<dyn WarrantySource>,
    cached: &'l HashMap<QueryKey, CachedAnswer>,
    /// The error after which the maker is asked nothing more.
    stopped: Mutex<Option<Error>>,
    meter: &'l Meter,
}

impl Asking<'_> {
    /// Asks about `queries`, batch by batch: the first alone, since it may find the key refused.
    async fn all(&self, queries: &[WarrantyQuery]) -> Result<Vec<((Maker, QueryKey), Known)>> {
        let mut known = Vec::new();
        let mut batches = queries.chunks(self.source.batch_size().max(1));
        if let Some(first) = batches.next() {
            known.extend(self.batch(first).await?);
        }
        let rest: Vec<&[WarrantyQuery]> = batches.collect();
        // In lanes, each one batch after the other: a batch is kept before the next is asked.
        let lanes = (0..BATCHES_AT_ONCE).map(|lane| {
            let batches = rest.iter().skip(lane).step_by(BATCHES_AT_ONCE);
            self.lane(batches.copied().collect())
        });
        for lane in join_all(lanes).await {
            known.extend(lane?);
        }
        Ok(known)
    }

    async fn lane(
        &self,
        batches: Vec<&[WarrantyQuery]>,
    ) -> Result<Vec<((Maker, QueryKey), Known)>> {
        let mut known = Vec::new();
        for batch in batches {
            known.extend(self.batch(batch).await?);
        }
        Ok(known)
    }

    async fn batch(&self, batch: &[WarrantyQuery]) -> Result<Vec<((Maker, QueryKey), Known)>> {
        let answers = match self.stopped() {
            Some(error) => Answers::all_failed(batch, &error),
            None => self.source.lookup(batch, self.meter).await,
        };
        let (maker, now) = (self.source.maker(), self.lookup.clock.now());
        let mut known = Vec::new();
        let mut kept = Vec::new();
        for query in batch {
            let key = query.key();
            let answer = answers.get(&key).cloned();
            let answer = answer.unwrap_or_else(|| Answer::Failed(unanswered()));
            self.stop_after(&answer);
            let outcome = outcome(&answer, query, now);
            let before = self.cached.get(&key);
            kept.extend(CachedAnswer::new(
                maker.clone(),
                query,
                &answer,
                &outcome,
                before,
                now,
            ));
            let looked_up_at = now;
            known.push((
                (maker.clone(), key),
                Known {
                    answer,
                    looked_up_at,
                },
            ));
        }
        self.lookup.cache.put(&kept).await?;
        Ok(known)
    }

    fn stopped(&self) -> Option<Error> {
        self.stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks nothing more after a refusal of the key, or of further requests.
    fn stop_after(&self, answer: &Answer) {
        let error = match answer {
            Answer::Denied(error) => error,
            Answer::Failed(error) if error.kind() == ErrorKind::RateLimited => error,
            _ => return,
        };
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.get_or_insert_with(|| error.clone());
    }
}

fn outcome(answer: &Answer, query: &WarrantyQuery, now: DateTime<Utc>) -> Outcome {
    match answer {
        Answer::Known(record) => judge(record, query, now.date_naive()),
        Answer::NotFound => Outcome::NotFound,
        Answer::Ambiguous(why) => Outcome::Ambiguous(why.clone()),
        Answer::Failed(error) => Outcome::Failed(error.clone()),
        Answer::Denied(error) => Outcome::Denied(error.clone()),
    }
}

/// A source broke its promise of one answer for each query.
fn unanswered() -> Error {
    Error::vendor("the maker's source gave no answer")
        .with_hint("report it to those who made the source")
}

fn in_table(maker: &Maker, error: Error) -> Error {
    let told = Error::new(
        error.kind(),
        format!("[[warranty]] of {maker}: {}", error.message()),
    );
    match error.hint() {
        Some(hint) => told.with_hint(hint),
        None => told,
    }
}
