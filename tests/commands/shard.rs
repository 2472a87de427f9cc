//! `full_sync --shard`: several processes share one configuration.

use super::fuse::{Fuse, every_vendor};
use super::*;

/// The instances that the shard `index` of `count` reads.
fn read(folder: &Folder, config: &Path, index: usize, count: usize) -> Vec<String> {
    sync(folder, config)
        .args(["--shard", &format!("{index}/{count}")])
        .run()
        .expect(0);
    let report = folder.json("report.json");
    let accounts = report["connectors"].as_array().unwrap();
    let names = accounts.iter().map(|one| one["instance"].as_str().unwrap());
    names.map(ToOwned::to_owned).collect()
}

#[test]
fn every_account_is_in_one_shard_and_those_that_share_a_limit_in_the_same() {
    const COUNT: usize = 4;
    let (fuse, _ended) = Fuse::new();
    let vendors = every_vendor(3, &fuse);
    let mut accounts = Vec::new();
    for served in &vendors {
        for twin in ["one", "two"] {
            let mut keys = served.keys();
            keys["name"] = format!("{} {twin}", served.demo.vendor).into();
            accounts.push(keys);
        }
    }
    let folder = Folder::new();
    let config = folder.config(&tables(accounts.iter().cloned()));
    let shards: Vec<Vec<String>> = (0..COUNT)
        .map(|index| read(&folder, &config, index, COUNT))
        .collect();
    let mut all: Vec<&String> = shards.iter().flatten().collect();
    all.sort();
    let mut expected: Vec<&str> = accounts
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    expected.sort_unstable();
    assert_eq!(all, expected);
    for served in &vendors {
        let of_vendor = |name: &&String| name.starts_with(served.demo.vendor);
        let sizes = shards
            .iter()
            .map(|shard| shard.iter().filter(of_vendor).count());
        // Both accounts are counted against one limit.
        assert_eq!(sizes.collect::<BTreeSet<_>>(), [0, 2].into());
    }
    // Whatever else stands in the file.
    let few = folder.config(&tables(accounts.iter().take(2).cloned()));
    let place = shards
        .iter()
        .position(|shard| shard.contains(&"superops one".to_owned()));
    let alone = read(&folder, &few, place.unwrap(), COUNT);
    assert_eq!(alone, ["superops one", "superops two"]);
}

#[test]
fn a_shard_without_an_account_is_a_success_that_says_so() {
    let account = Account::with_machines(3);
    let folder = Folder::new();
    let config = folder.config(&account.table("acme", TOKEN, ""));
    let runs = [0, 1].map(|index| {
        let program = sync(&folder, &config).args(["--shard", &format!("{index}/2")]);
        let run = program.run().expect(0);
        (run, folder.json("report.json"), folder.lines("out.jsonl"))
    });
    let (empty, full): (Vec<_>, Vec<_>) = runs
        .into_iter()
        .partition(|(_, report, _)| report["connectors"] == json!([]));
    let ([(run, _, lines)], [(other, _, all)]) = (&empty[..], &full[..]) else {
        panic!("{} shards are empty", empty.len());
    };
    assert!(
        run.stderr.contains("no account is in the shard"),
        "{}",
        run.stderr
    );
    assert!(lines.is_empty());
    assert!(!other.stderr.contains("no account"), "{}", other.stderr);
    assert_eq!(of_kind(all, "asset").len(), 3);
    // On a schedule nobody wants to hear of it.
    let quiet = Program::new("full_sync").arg("--config").arg(&config);
    let quiet = quiet.args(["--quiet", "--shard", "0/1"]).run().expect(0);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn what_is_no_shard_is_refused() {
    for shard in ["4/4", "1", "-1/4", "a/b", "0/0"] {
        let option = format!("--shard={shard}");
        let run = Program::new("full_sync").args([&option]).run();
        let run = run.expect(2);
        assert!(run.stderr.contains("--shard"), "{}", run.stderr);
    }
}
