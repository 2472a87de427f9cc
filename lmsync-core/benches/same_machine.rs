//! The same fleet in five tools, machine by machine.
//!
//! `cargo bench -p lmsync-core --bench same_machine`

use chrono::DateTime;
use divan::{Bencher, black_box};
use lmsync_core::model::{Asset, AssetDraft, MachineGroup, Ref, Rules, SameMachine, Source};

const TOOLS: [&str; 5] = ["one", "two", "three", "four", "five"];

fn main() {
    divan::main();
}

/// `count` machines at a hundred customers in each tool. Some records have no serial number, some no address,
/// and of some there is a second one, of which the tool forgot that it is the same.
fn fleet(count: usize) -> Vec<(Asset, String)> {
    let mut fleet = Vec::new();
    for (place, tool) in TOOLS.into_iter().enumerate() {
        for machine in 0..count {
            let is_second = machine % 50 == 7 + place;
            let seen = if is_second { machine - 1 } else { machine };
            let customer = format!("customer {}", seen % 100);
            fleet.push((record(tool, place, machine, seen), customer));
        }
    }
    fleet
}

/// The record `id` of the machine `seen`.
fn record(tool: &str, place: usize, id: usize, seen: usize) -> Asset {
    let (rules, now) = (Rules::default(), DateTime::UNIX_EPOCH);
    let source = Source::new(tool, "acme", format!("{tool}-{id}"), now);
    let mut draft = AssetDraft::new(source, &rules, now);
    let [_, _, _, _, _, high, middle, low] = seen.to_be_bytes();
    draft
        .name(&*format!("PC{}", seen / 100))
        .manufacturer("Dell Inc.")
        .hardware_uuid(&*format!("4c4c4544-0042-4510-8051-b4c04f{seen:06x}"));
    if !(seen + place).is_multiple_of(5) {
        draft.serial(&*format!("7XK{seen:05}"));
    }
    if !(seen + place).is_multiple_of(7) {
        draft.primary_mac(&*format!("18:cc:18:{high:02x}:{middle:02x}:{low:02x}"));
    }
    draft.asset.hostname = Some(format!("PC{}", seen / 100));
    draft.asset.customer = Some(Ref::new((seen % 100).to_string(), None));
    draft.finish()
}

fn groups(fleet: &[(Asset, String)]) -> Vec<MachineGroup> {
    let mut index = SameMachine::default();
    for (asset, customer) in fleet {
        index.add_for(asset, customer);
    }
    index.groups()
}

#[divan::bench(args = [1_000, 10_000], sample_count = 10)]
fn five_tools(bencher: Bencher<'_, '_>, count: usize) {
    let fleet = fleet(count);
    bencher.bench(|| groups(black_box(&fleet)));
}

/// All that could tell the records apart is a host name that they share.
#[divan::bench(args = [1_000, 10_000], sample_count = 10)]
fn one_host_name(bencher: Bencher<'_, '_>, count: usize) {
    let mut fleet = fleet(count);
    for (asset, customer) in &mut fleet {
        "customer".clone_into(customer);
        asset.hostname = Some("pc".to_owned());
        asset.identity = lmsync_core::model::identity_keys(asset);
    }
    bencher.bench(|| groups(black_box(&fleet)));
}
