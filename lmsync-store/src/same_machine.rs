//! The table of records that are one machine.

use futures_util::TryStreamExt;
use lmsync_core::Result;
use lmsync_core::model::{MachineGroup, NamedAsset, SameMachine};
use serde::Serialize;

use crate::read::{ReadStore, Wanted};
use crate::value::Value;

/// Finds out which records of all accounts in `store` are one machine, and writes the table `same_machine`
/// anew: a row for each of those records, and for each record of which there is something to tell. Returns
/// the number of machines that several records are.
///
/// [`SameMachine`] has the rule. Nothing is merged: the table names the records that belong
/// together, with the keys that say so (`evidence`), those that perhaps do (`possible`), and those that share
/// keys and are ruled out (`conflicts`).
///
/// # Errors
/// `store` when the assets could not be read, or the table not be written.
pub async fn write_same_machine(store: &dyn ReadStore) -> Result<u64> {
    let mut fleet = SameMachine::default();
    let mut assets = store.read_assets(None, Wanted::Identity);
    while let Some(stored) = assets.try_next().await? {
        fleet.add(&stored.asset);
    }
    let groups = fleet.groups();
    let machines = groups.iter().filter(|group| group.members.len() > 1);
    let machines = machines.count() as u64;
    let rows = (1..)
        .zip(&groups)
        .flat_map(|(number, group)| rows(number, group));
    store.replace_same_machine(rows.collect()).await?;
    Ok(machines)
}

/// The keys that link a record to another one of the same machine.
#[derive(Serialize)]
struct Evidence<'g> {
    with: &'g NamedAsset,
    by: &'g [lmsync_core::model::IdentityKind],
}

/// The rows of a group.
fn rows(number: i64, group: &MachineGroup) -> Vec<Vec<Value<'static>>> {
    let members = group.members.iter().enumerate();
    members
        .map(|(place, member)| row(number, group, place, member))
        .collect()
}

fn row(
    number: i64,
    group: &MachineGroup,
    place: usize,
    member: &NamedAsset,
) -> Vec<Value<'static>> {
    let shared = group.evidence.iter().filter_map(|keys| {
        let other = match (keys.left == place, keys.right == place) {
            (true, _) => keys.right,
            (_, true) => keys.left,
            _ => return None,
        };
        Some(Evidence {
            with: group.members.get(other)?,
            by: &keys.by,
        })
    });
    let possible = group.possible.iter().filter(|link| link.left == place);
    let conflicts = group
        .conflicts
        .iter()
        .filter(|conflict| conflict.left == place);
    vec![
        Value::Integer(number),
        owned(&member.connector),
        owned(&member.instance),
        owned(&member.vendor_id),
        owned(&member.name),
        Value::json(&shared.collect::<Vec<_>>()),
        Value::json(&possible.collect::<Vec<_>>()),
        Value::json(&conflicts.collect::<Vec<_>>()),
    ]
}

/// The text without what no database takes.
fn owned(text: &str) -> Value<'static> {
    match Value::text(text) {
        Value::Text(text) => Value::Text(text.into_owned().into()),
        _ => Value::Null,
    }
}
