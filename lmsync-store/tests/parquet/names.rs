//! Accounts with names that are no names of files.

use futures_util::TryStreamExt;
use lmsync_core::model::Asset;
use lmsync_store::ReadStore;

use crate::stage::{Stage, names, told};

#[tokio::test]
async fn every_account_has_its_own_place() {
    let long = "n".repeat(300);
    let other = format!("{}m", "n".repeat(299));
    let wide = "名".repeat(300);
    let all = [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "a=b",
        "50%",
        "%2E",
        "it's \"x\"",
        "Zürich",
        "日本",
        "a*?[x]",
        "a~b",
        "x.",
        "x. ",
        "con",
        "\n",
        long.as_str(),
        &other,
        &wide,
    ];
    let mut stage = Stage::new();
    for (place, name) in all.iter().enumerate() {
        for (connector, instance) in [("fake", *name), (*name, "acme")] {
            stage = stage.with_account(connector, instance);
            let id = format!("{place} {connector}");
            let asset = stage.asset(&id, |_| {});
            let number = i64::try_from(place).unwrap() + 1;
            stage.land(number, vec![asset], |_| {}).await.unwrap();
        }
    }
    let assets = stage.folder.path().join("assets");
    // The folder of `fake` has one for each; each of the others is a connector.
    assert_eq!(names(&assets).len(), all.len() + 1);
    assert_eq!(names(&assets.join("connector=fake")).len(), all.len());
    for (place, name) in all.iter().enumerate() {
        for (connector, instance) in [("fake", *name), (*name, "acme")] {
            stage = stage.with_account(connector, instance);
            let found = read(&stage, true).await;
            let [asset] = &found[..] else {
                panic!("{connector:?} {instance:?} has {} assets", found.len())
            };
            assert_eq!(asset.source.connector, connector);
            assert_eq!(asset.source.instance, instance);
            assert_eq!(
                asset.source.vendor_id,
                format!("{place} {connector}").trim()
            );
        }
    }
    assert_eq!(read(&stage, false).await.len(), 2 * all.len());
    let outside = names(stage.folder.path());
    assert_eq!(outside, [".lmsync-version-1", "assets", "passes"]);
}

async fn read(stage: &Stage, only: bool) -> Vec<Asset> {
    let account = only.then_some(&stage.account);
    stage.store.assets(account).try_collect().await.unwrap()
}

#[tokio::test]
async fn a_folder_that_two_accounts_share_is_refused() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    // What a file system that does not tell upper from lower case makes of it.
    let stage = stage.with_account("fake", "ACME");
    let shared = stage.folder("assets");
    let stage = stage.with_account("fake", "acme");
    std::fs::rename(stage.folder("assets"), &shared).unwrap();
    let stage = stage.with_account("fake", "ACME");
    let refused = stage.land(2, stage.assets(&["b"]), |_| {}).await;
    let told = told(refused);
    assert!(
        told.contains("it is of the account fake acme, not of fake ACME"),
        "{told}"
    );
    let read = stage.store.assets(Some(&stage.account));
    let read: Result<Vec<Asset>, _> = read.try_collect().await;
    assert!(crate::stage::told(read).contains("it is of the account fake acme"));
}

#[tokio::test]
async fn a_file_of_another_table_is_refused() {
    let stage = Stage::new();
    stage.land(1, stage.customers(0..2), |_| {}).await.unwrap();
    std::fs::create_dir_all(stage.folder("assets")).unwrap();
    let name = &names(&stage.folder("customers"))[0];
    let (from, to) = (
        stage.folder("customers").join(name),
        stage.folder("assets").join(name),
    );
    std::fs::copy(from, to).unwrap();
    let refused = stage.land(2, stage.assets(&["b"]), |_| {}).await;
    assert!(told(refused).contains("it holds customers, not assets"));
    let read: Result<Vec<Asset>, _> = stage.store.assets(None).try_collect().await;
    assert!(told(read).contains("it holds customers, not assets"));
}
