//! A lookup before anybody is asked.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use lmsync_core::model::Asset;
use lmsync_core::two_way::AssetRef;

use crate::maker::Maker;
use crate::outcome::SkipReason;
use crate::query::{QueryKey, WarrantyQuery};
use crate::whom::{Makers, Whom};

/// A plan of who is asked about which assets: each machine once, however many assets it is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LookupPlan {
    /// Every asset, in the order given.
    pub(crate) assets: Vec<PlannedAsset>,
    /// The queries of each maker, those without dates first.
    pub(crate) queries: BTreeMap<Maker, Vec<WarrantyQuery>>,
}

/// A query that would be sent.
///
/// Plain data: a maker and the numbers it would be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedQuery {
    /// The maker.
    pub maker: Maker,
    /// The numbers.
    pub key: QueryKey,
}

/// An asset, and whom to ask about it.
#[derive(Debug, Clone)]
pub(crate) struct PlannedAsset {
    pub(crate) asset: AssetRef,
    /// The maker that answers for it, asked or not.
    pub(crate) maker: Option<Maker>,
    pub(crate) whom: Whom,
}

/// The worth of a query: first those whose asset lacks a date, then by nearness of the end.
type Worth = (bool, Reverse<i64>);

impl LookupPlan {
    /// The plan for `assets`, of which `asked` makers are asked, on the day `today`.
    pub(crate) fn new<'a>(
        makers: &Makers,
        asked: impl Fn(&Maker) -> bool,
        assets: impl IntoIterator<Item = &'a Asset>,
        today: NaiveDate,
    ) -> Self {
        let mut planned = Vec::new();
        let mut queries: BTreeMap<Maker, BTreeMap<QueryKey, (WarrantyQuery, Worth)>> =
            BTreeMap::new();
        for asset in assets {
            let whom = makers.of(asset);
            let maker = match &whom {
                Whom::Ask(maker, _) => Some(maker.clone()),
                Whom::Unsupported(_) | Whom::Skip(_) => None,
            };
            let whom = match whom {
                Whom::Ask(maker, _) if !asked(&maker) => Whom::Skip(SkipReason::MakerNotConfigured),
                whom => whom,
            };
            if let Whom::Ask(maker, query) = &whom {
                let worth = worth(asset, today);
                let of_maker = queries.entry(maker.clone()).or_default();
                let (_, known) = of_maker
                    .entry(query.key())
                    .or_insert_with(|| (query.clone(), worth));
                *known = worth.max(*known);
            }
            planned.push(PlannedAsset {
                asset: AssetRef::from(&asset.source),
                maker,
                whom,
            });
        }
        let queries = queries.into_iter().map(|(maker, queries)| {
            let mut queries: Vec<_> = queries.into_values().collect();
            queries.sort_by_key(|(_, worth)| Reverse(*worth));
            (maker, queries.into_iter().map(|(query, _)| query).collect())
        });
        Self {
            queries: queries.collect(),
            assets: planned,
        }
    }
}

fn worth(asset: &Asset, today: NaiveDate) -> Worth {
    let lacks_a_date = asset.purchase_date.is_none() || asset.warranty_expiry.is_none();
    let distance = asset
        .warranty_expiry
        .map_or(0, |end| (end - today).num_days().abs());
    (lacks_a_date, Reverse(distance))
}
