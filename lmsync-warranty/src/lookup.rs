//! Many assets looked up at many makers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_util::future::try_join_all;
use lmsync_core::http::Meter;
use lmsync_core::model::Asset;
use lmsync_core::{Environment, Error, Result, SharedClock};

use crate::asking::{Asking, Known, KnownMachine, unanswered};
use crate::cache::{CachedAnswer, MemoryCache, WarrantyCache};
use crate::config::WarrantyConfig;
use crate::finding::Finding;
use crate::maker::Maker;
use crate::outcome::Outcome;
use crate::plan::{LookupPlan, PlannedAsset, PlannedQuery};
use crate::query::{QueryKey, WarrantyQuery};
use crate::source::WarrantySource;
use crate::whom::{Makers, Whom};

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

    /// The plan of who is asked about which of `assets`. Sends nothing, and does not look at the cache.
    #[must_use]
    pub fn plan<'a>(&self, assets: impl IntoIterator<Item = &'a Asset>) -> LookupPlan {
        let is_asked = |maker: &Maker| self.sources.contains_key(maker);
        let today = self.clock.now().date_naive();
        LookupPlan::new(&self.makers, is_asked, assets, today)
    }

    /// The queries that would be sent for `plan`, in the order in which they would be; what the cache answers is
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

    /// The findings for each asset of `plan`, in its order; requests go to `meter`.
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

    /// The answers of the maker of `source` to `queries`, of now or of before.
    async fn ask_maker(
        &self,
        source: &Arc<dyn WarrantySource>,
        queries: &[WarrantyQuery],
        meter: &Meter,
    ) -> Result<Vec<KnownMachine>> {
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
        let asking = Asking::new(source, &self.cache, &self.clock, &cached, meter);
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
        let (key, outcome, known) = match &asset.whom {
            Whom::Unsupported(name) => (None, Outcome::UnsupportedMaker(name.clone()), None),
            Whom::Skip(reason) => (None, Outcome::Skipped(*reason), None),
            Whom::Ask(maker, query) => {
                let known = known.get(&(maker.clone(), query.key()));
                let outcome = match known {
                    Some(known) => known.answer.outcome(query, self.clock.now().date_naive()),
                    None => Outcome::Failed(unanswered()),
                };
                (Some(query.key()), outcome, known)
            }
        };
        let answered = known.filter(|known| known.answer.error().is_none());
        Finding {
            asset: asset.asset.clone(),
            maker: asset.maker.clone(),
            key,
            outcome,
            record: answered.and_then(|known| known.answer.record().cloned()),
            looked_up_at: answered.map(|known| known.looked_up_at),
        }
    }
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
