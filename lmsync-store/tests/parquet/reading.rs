//! Assets read back, and passes that read from a connector.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use lmsync_core::model::{Asset, Customer};
use lmsync_core::{AssetQuery, CheckInWindow, Error, ErrorKind, SharedClock};
use lmsync_store::{Pass, PassOptions, PassOutcome, ReadStore, Record, StoreLocation};
use lmsync_testkit::conformance::run;
use lmsync_testkit::{FakeConnector, VirtualClock};

use crate::stage::{Stage, incomplete, moment, names, told};

#[tokio::test]
async fn assets_are_those_of_the_newest_files() {
    let stage = Stage::new();
    let read = |only: bool| {
        let account = only.then_some(&stage.account);
        stage.store.assets(account)
    };
    assert_eq!(read(true).count().await, 0);
    assert_eq!(read(false).count().await, 0);
    stage.complete(1, &["gone", "a"]).await;
    let mut asset = stage.asset("a", |asset| {
        asset.model = Some("M1".to_owned());
        asset.purchase_date = "2024-02-29".parse().ok();
        asset.memory_bytes = Some(17_179_869_184);
        asset.cpu.speed_mhz = Some(2_400.0);
        asset.last_check_in = Some(moment(2));
    });
    stage.land(2, vec![asset.clone()], |_| {}).await.unwrap();
    // When the row was read last.
    asset.source.fetched_at = moment(2);
    let found: Vec<Asset> = read(true).try_collect().await.unwrap();
    assert_eq!(found, [asset.clone()]);
    let others = stage.assets(&["b"]);
    stage.land(3, others, incomplete).await.unwrap();
    let mut found: Vec<Asset> = read(false).try_collect().await.unwrap();
    found.sort_by(|one, other| one.source.vendor_id.cmp(&other.source.vendor_id));
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], asset);
    assert_eq!(found[1].source.fetched_at, moment(3));
}

#[tokio::test]
async fn whoever_reads_a_few_may_stop() {
    let stage = Stage::new();
    let ids: Vec<String> = (0..2_000).map(|id| id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    stage.complete(1, &ids).await;
    let few: Vec<Asset> = stage
        .store
        .assets(None)
        .take(3)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(few.len(), 3);
    assert_eq!(stage.store.assets(None).count().await, 2_000);
}

#[tokio::test]
async fn other_things_in_the_folders_are_none_of_ours() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    let assets = stage.folder.path().join("assets");
    for path in [
        "notes.txt",
        "connector=fake/notes.txt",
        "connector=fake/instance=acme/pass=zzz.parquet",
        "connector=fake/instance=acme/zzz.parquet",
    ] {
        std::fs::write(assets.join(path), "text").unwrap();
    }
    assert_eq!(stage.store.assets(None).count().await, 1);
    stage.complete(2, &["a", "b"]).await;
    assert_eq!(stage.store.assets(Some(&stage.account)).count().await, 2);
}

#[tokio::test]
async fn a_location_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let location = format!("parquet:{}/new/one", folder.path().display());
    let location: StoreLocation = location.parse().unwrap();
    let store = location.open().await.unwrap();
    assert_eq!(store.assets(None).count().await, 0);
    assert_eq!(names(&folder.path().join("new/one")), [".lmsync-version-1"]);
}

async fn sync<R: Record>(
    stage: &Stage,
    connector: &FakeConnector,
    options: &PassOptions,
    clock: SharedClock,
) -> PassOutcome {
    let begun = Pass::<R>::begin(&stage.store, connector, options, clock).await;
    let mut pass = begun.unwrap();
    pass.read(|_, _| {}).await;
    pass.end().await
}

#[test]
fn a_connector_is_read_into_it() {
    run(async {
        let stage = Stage::new();
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let all = PassOptions::new(AssetQuery::new());
        let connector = FakeConnector::new("acme").with_customer("c", "Customer");
        let connector = (0..120).fold(connector, |connector, id| {
            connector.with_asset(id.to_string(), |_| {})
        });
        let first = sync::<Asset>(&stage, &connector, &all, clock.clone()).await;
        assert!(first.error.is_none(), "{:?}", first.error);
        assert_eq!(first.landed.unwrap().inserted, 120);
        let customers = sync::<Customer>(&stage, &connector, &all, clock.clone()).await;
        assert_eq!(customers.landed.unwrap().inserted, 1);
        // A listing that breaks off in the middle: its records land, nothing goes.
        connector.fail_listings_after(7, Error::new(ErrorKind::Network, "the line is dead"));
        let broken = sync::<Asset>(&stage, &connector, &all, clock.clone()).await;
        assert!(broken.error.is_some());
        assert_eq!(broken.landed.unwrap().deleted, 0);
        assert_eq!(stage.newest().len(), 120);
        // A window, in which there is none.
        connector.recover();
        let query = AssetQuery::new().window(CheckInWindow::Days(30.try_into().unwrap()));
        let window = PassOptions::new(query);
        let filtered = sync::<Asset>(&stage, &connector, &window, clock.clone()).await;
        assert_eq!(filtered.landed.unwrap().records(), 0);
        assert_eq!(stage.newest().len(), 120);
        // Another account of the same name, as it were: most of them are gone.
        let few = FakeConnector::new("acme").with_asset("1", |_| {});
        let kept = sync::<Asset>(&stage, &few, &all, clock.clone()).await;
        assert_eq!(kept.landed.unwrap().kept_back, 119);
        assert!(kept.error.unwrap().to_string().contains("--accept-shrink"));
        let all = all.accept_shrink(true);
        let shrunk = sync::<Asset>(&stage, &few, &all, clock.clone()).await;
        assert_eq!(shrunk.landed.unwrap().deleted, 119);
        assert_eq!(stage.ids(), ["1"]);
        assert_eq!(stage.passes("assets").len(), 5);
    });
}

#[tokio::test]
async fn a_damaged_file_ends_the_reading_of_all() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    let stage = stage.with_account("fake", "before");
    stage.complete(1, &["b"]).await;
    std::fs::write(stage.file(1), "no Parquet").unwrap();
    let read: Result<Vec<Asset>, _> = stage.store.assets(None).try_collect().await;
    assert!(told(read).contains("instance=before"));
}
