//! Two looks at a store, and the difference in words.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use futures_util::TryStreamExt;
use lmsync::store::{ReadStore, StoredAsset};
use lmsync::{Result, SyncReport};
use lmsync_cli::parts::plain;

/// So many machines of a kind are told one by one.
const SHOWN: usize = 5;

/// The assets that are in a store at some moment, by account and id.
#[derive(Debug, Default)]
pub(crate) struct Snapshot(BTreeMap<(String, String), BTreeMap<String, StoredAsset>>);

impl Snapshot {
    /// A look at `store`.
    pub(crate) async fn of(store: &dyn ReadStore) -> Result<Self> {
        let mut snapshot = Self::default();
        let mut stored = store.stored_assets(None);
        while let Some(asset) = stored.try_next().await? {
            let source = &asset.asset.source;
            let account = (source.connector.clone(), source.instance.clone());
            let assets = snapshot.0.entry(account).or_default();
            assets.insert(source.vendor_id.clone(), asset);
        }
        Ok(snapshot)
    }

    /// The assets of an account, by their ids.
    fn account(&self, report: &SyncReport) -> BTreeMap<&str, &StoredAsset> {
        let account = (report.vendor.clone(), report.instance.clone());
        let assets = self.0.get(&account).into_iter().flatten();
        assets.map(|(id, asset)| (id.as_str(), asset)).collect()
    }
}

/// Adds to `text` what became of an account between `before` and `after`.
pub(crate) fn tell_changes(
    text: &mut String,
    report: &SyncReport,
    before: &Snapshot,
    after: &Snapshot,
) {
    let (before, after) = (before.account(report), after.account(report));
    let new = after.iter().filter(|(id, _)| !before.contains_key(**id));
    let new: Vec<String> = new.map(|(_, asset)| name(asset)).collect();
    // What is not known to be gone is still in the store.
    let gone = before.iter().filter(|(id, _)| !after.contains_key(**id));
    let gone: Vec<String> = gone.map(|(_, asset)| name(asset)).collect();
    let both = after
        .iter()
        .filter_map(|(id, asset)| Some((*before.get(id)?, *asset)));
    let changed: Vec<String> = both.filter_map(|(old, asset)| change(old, asset)).collect();

    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{} {}: {} new, {} gone, {} changed, {} as before",
        report.vendor,
        plain(&report.instance),
        new.len(),
        gone.len(),
        changed.len(),
        after.len() - new.len() - changed.len()
    );
    if let Some(error) = &report.error {
        let _ = writeln!(text, "  not all is known: {}", plain(&error.message));
    }
    // Everything is new in the first night.
    let new = if before.is_empty() { Vec::new() } else { new };
    for (word, machines) in [("new", new), ("gone", gone), ("changed", changed)] {
        for machine in machines.iter().take(SHOWN) {
            let _ = writeln!(text, "  {word:8} {}", plain(machine));
        }
        if machines.len() > SHOWN {
            let _ = writeln!(text, "  {word:8} and {} more", machines.len() - SHOWN);
        }
    }
}

/// The fields that are not as they were; nothing where only that changed which moves by itself.
fn change(old: &StoredAsset, now: &StoredAsset) -> Option<String> {
    if old.changed == now.changed {
        return None;
    }
    let fields = now.asset.changes_since(&old.asset);
    let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
    Some(format!("{}: {}", now.asset.name, fields.join(", ")))
}

/// The machine as people know it.
fn name(stored: &StoredAsset) -> String {
    let asset = &stored.asset;
    let customer = asset
        .customer
        .as_ref()
        .and_then(|customer| customer.name.as_deref());
    let serial = asset.serial.value.as_deref().unwrap_or("none");
    format!(
        "{}, serial {serial}, of {}",
        asset.name,
        customer.unwrap_or("no customer")
    )
}
