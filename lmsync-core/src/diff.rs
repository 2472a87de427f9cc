//! The difference of two listings of one account.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::deletion::{DeletionGround, NotDeleted};
use crate::model::{Asset, FieldChange, NamedAsset};

/// The difference of two listings of one account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FleetDiff {
    /// Assets that the old list does not have, in the order of the new one.
    pub added: Vec<NamedAsset>,
    /// Assets that changed otherwise than by themselves, in the order of the new list.
    pub changed: Vec<ChangedAsset>,
    /// Assets that the vendor no longer has, in the order of the old list.
    pub gone: Vec<NamedAsset>,
    /// Assets that the new list does not have and that the vendor may still have, in the order of the old
    /// list: nothing may be judged, or they could not be read.
    pub unseen: Vec<NamedAsset>,
    /// The reason why no asset may be taken for gone; `None` when those in [`gone`](Self::gone) are all there are.
    pub not_judged: Option<NotDeleted>,
    /// The number of assets in both lists without a change.
    pub unchanged: u64,
}

/// An asset that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangedAsset {
    /// The asset, with its name now.
    pub asset: NamedAsset,
    /// The fields that changed, by their paths; one at least.
    pub fields: Vec<FieldChange>,
}

impl fmt::Display for ChangedAsset {
    /// The asset and its changes in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.asset)?;
        for (place, field) in self.fields.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{field}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FleetDiff {
    /// One line for each asset that is not as before, and one with the numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for asset in &self.added {
            writeln!(f, "added {asset}")?;
        }
        for asset in &self.changed {
            writeln!(f, "changed {asset}")?;
        }
        for asset in &self.gone {
            writeln!(f, "gone {asset}")?;
        }
        for asset in &self.unseen {
            writeln!(f, "unseen {asset}")?;
        }
        write!(
            f,
            "{} added, {} changed, {} gone, {} unchanged",
            self.added.len(),
            self.changed.len(),
            self.gone.len(),
            self.unchanged
        )?;
        match self.not_judged {
            Some(reason) => write!(f, ", {} unseen ({reason})", self.unseen.len()),
            None => write!(f, ", {} unseen", self.unseen.len()),
        }
    }
}

/// The difference between `old`, an earlier list of an account, and `new`, what a listing handed out
/// that is the `ground` to judge what is gone: its summary.
///
/// - Assets are the same by connector, instance and vendor's id; of one that stands twice in a list, the last counts.
/// - An asset is changed when its [fingerprint](crate::model::Fingerprint) is another, with the new one's
///   [`tenant_fields`](Asset::tenant_fields) for both: what moves by itself is no change.
/// - An asset is gone only when [`DeletionGround::may_delete`] allows that. A listing that was resumed is
///   one of several [parts](DeletionGround::after), and `new` has what all of them handed out.
/// - `old` may hold other accounts, too; their assets are in none of the lists and counts. The account is that of
///   `new`, or that of `old` where `new` is empty.
///
/// ```
/// use lmsync_core::model::{Asset, AssetDraft, Rules, Source};
/// use lmsync_core::{NotDeleted, SyncSummary, diff};
///
/// # let (rules, now) = (Rules::default(), chrono::DateTime::UNIX_EPOCH);
/// let asset = |id: &str, serial: &str| {
///     let mut draft = AssetDraft::new(Source::new("example", "acme", id, now), &rules, now);
///     draft.name("PC1").serial(serial);
///     draft.finish()
/// };
/// let yesterday = [asset("1", "7XKQ2T3"), asset("2", "8XKQ2T3")];
/// let today = [asset("1", "9XKQ2T3"), asset("3", "8XKQ2T3")];
/// let mut summary = SyncSummary::default();
/// (summary.seen, summary.kept, summary.complete) = (2, 2, true);
///
/// let difference = diff(&yesterday, &today, &summary);
/// assert_eq!(difference.added[0].vendor_id, "3");
/// assert_eq!(difference.gone[0].vendor_id, "2");
/// let changes = difference.changed[0].fields.iter().map(|field| field.to_string());
/// assert!(changes.collect::<Vec<_>>().contains(&r#"serial.key: "7XKQ2T3" -> "9XKQ2T3""#.to_owned()));
///
/// summary.complete = false;
/// let difference = diff(&yesterday, &today, &summary);
/// assert_eq!(difference.not_judged, Some(NotDeleted::Incomplete));
/// assert_eq!(difference.unseen[0].vendor_id, "2");
/// assert!(difference.gone.is_empty());
/// ```
#[must_use]
pub fn diff<'s>(old: &[Asset], new: &[Asset], ground: impl Into<DeletionGround<'s>>) -> FleetDiff {
    let accounts: HashSet<_> = if new.is_empty() { old } else { new }
        .iter()
        .map(account)
        .collect();
    let before = by_id(old);
    let now = by_id(new);
    let mut difference = FleetDiff::default();
    for asset in each(new, &now) {
        difference.compare(before.get(&key(asset)).copied(), asset);
    }
    let missing = each(old, &before)
        .filter(|asset| accounts.contains(&account(asset)) && !now.contains_key(&key(asset)));
    let verdict = if accounts.len() > 1 {
        Err(NotDeleted::AccountUnclear)
    } else {
        ground.into().may_delete(now.len() as u64)
    };
    difference.not_judged = verdict.as_ref().err().copied();
    for asset in missing {
        let is_gone = verdict
            .as_ref()
            .is_ok_and(|unread| !unread.contains(&asset.source.vendor_id));
        let list = if is_gone {
            &mut difference.gone
        } else {
            &mut difference.unseen
        };
        list.push(asset.into());
    }
    difference
}

impl FleetDiff {
    fn compare(&mut self, old: Option<&Asset>, new: &Asset) {
        let Some(old) = old else {
            self.added.push(new.into());
            return;
        };
        let fields = new.changes_since(old);
        if fields.is_empty() {
            self.unchanged += 1;
        } else {
            let asset = new.into();
            self.changed.push(ChangedAsset { asset, fields });
        }
    }
}

type Account<'a> = (&'a str, &'a str);
type ById<'a> = HashMap<(Account<'a>, &'a str), &'a Asset>;

fn account(asset: &Asset) -> Account<'_> {
    (&asset.source.connector, &asset.source.instance)
}

fn key(asset: &Asset) -> (Account<'_>, &str) {
    (account(asset), &asset.source.vendor_id)
}

fn by_id(assets: &[Asset]) -> ById<'_> {
    assets.iter().map(|asset| (key(asset), asset)).collect()
}

/// Each record of `assets` once, the last of those with one id.
fn each<'a>(assets: &'a [Asset], by_id: &ById<'a>) -> impl Iterator<Item = &'a Asset> {
    let is_last = |asset: &&Asset| {
        by_id
            .get(&key(asset))
            .is_some_and(|last| std::ptr::eq(*last, *asset))
    };
    assets.iter().filter(is_last)
}

#[cfg(test)]
mod tests;
