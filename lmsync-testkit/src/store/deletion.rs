//! What is gone, and what is not known to be.

use std::collections::BTreeSet;

use lmsync_core::model::Asset;
use lmsync_store::{AccountKey, Landed, StreamName};

use super::{Night, StoreSubject, account, asset, customer};

/// The row of what was not met is marked, or not there any more.
pub async fn a_complete_pass_deletes_what_it_did_not_meet<S: StoreSubject>() {
    let left = after::<S>(100, |acme, fleet| {
        let left = fleet
            .into_iter()
            .filter(|asset| asset.source.vendor_id != "7");
        Night::new(acme, 2, left)
    })
    .await;
    assert_eq!((left.landed.deleted, left.landed.kept_back), (1, 0));
    assert_eq!(left.live.len(), 99);
    assert!(!left.live.contains("7"));
}

/// A pass that met only a part of what there is keeps the other rows.
pub async fn an_incomplete_pass_deletes_nothing<S: StoreSubject>() {
    let left = after::<S>(100, |acme, fleet| {
        Night::new(acme, 2, fleet.into_iter().take(60)).incomplete("a page was missing")
    })
    .await;
    left.expect_all(100);
}

/// A pass that asked for a part, such as assets within a window, keeps the other rows.
pub async fn a_pass_over_a_part_deletes_nothing<S: StoreSubject>() {
    let left = after::<S>(100, |acme, fleet| {
        Night::new(acme, 2, fleet.into_iter().take(60)).filtered()
    })
    .await;
    left.expect_all(100);
}

/// A pass that is dropped in the middle marks nothing.
pub async fn a_pass_that_is_dropped_deletes_nothing<S: StoreSubject>() {
    let subject = S::empty().await;
    let (acme, fleet) = fleet(100);
    let store = subject.open().await;
    Night::new(&acme, 1, fleet.clone())
        .play(&store)
        .await
        .unwrap();
    let night = Night::new(&acme, 2, fleet);
    let mut landing = night.begin(&store).await.unwrap();
    night.put(&mut *landing, 0..10).await.unwrap();
    drop(landing);
    assert_eq!(live::<S>(&subject, &acme).await.len(), 100);
}

/// The row of a record that is there and could not be read stays, while others go.
pub async fn a_record_that_could_not_be_read_keeps_its_row<S: StoreSubject>() {
    let left = after::<S>(100, |acme, fleet| {
        let left = fleet
            .into_iter()
            .filter(|asset| !["7", "8"].contains(&&*asset.source.vendor_id));
        Night::new(acme, 2, left).rejected(Some("7"))
    })
    .await;
    assert_eq!(left.landed.deleted, 1);
    assert!(left.live.contains("7"));
    assert!(!left.live.contains("8"));
}

/// A record that could not be read may be any, unless it has an id.
pub async fn an_unknown_record_that_could_not_be_read_keeps_every_row<S: StoreSubject>() {
    let left = after::<S>(100, |acme, fleet| {
        let left = fleet
            .into_iter()
            .filter(|asset| asset.source.vendor_id != "7");
        Night::new(acme, 2, left).rejected(Some("8")).rejected(None)
    })
    .await;
    left.expect_all(100);
}

/// Records that could not be read and are only counted may be any.
pub async fn more_rejections_than_are_told_keep_every_row<S: StoreSubject>() {
    let left = after::<S>(100, |acme, fleet| {
        let left = fleet
            .into_iter()
            .filter(|asset| asset.source.vendor_id != "7");
        Night::new(acme, 2, left)
            .rejected(Some("8"))
            .rejected_untold(1)
    })
    .await;
    left.expect_all(100);
}

/// A pass over one account knows nothing of another, though the ids be the same.
pub async fn another_accounts_rows_stay<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let (acme, acmes) = fleet(40);
    let globex = account("globex");
    let globexs: Vec<Asset> = (0..60).map(|id| asset(&globex, &id.to_string())).collect();
    Night::new(&acme, 1, acmes.clone())
        .play(&store)
        .await
        .unwrap();
    Night::new(&globex, 2, globexs.clone())
        .play(&store)
        .await
        .unwrap();
    let landed = Night::new(&globex, 3, globexs.into_iter().take(40))
        .play(&store)
        .await
        .unwrap();
    assert_eq!(landed.deleted, 20);
    assert_eq!(live::<S>(&subject, &acme).await.len(), 40);
    assert_eq!(live::<S>(&subject, &globex).await.len(), 40);
}

/// A pass over customers knows nothing of assets.
pub async fn another_streams_rows_stay<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let (acme, fleet) = fleet(20);
    Night::new(&acme, 1, fleet).play(&store).await.unwrap();
    Night::new(&acme, 1, [customer(&acme, "c")])
        .play(&store)
        .await
        .unwrap();
    let landed = Night::new(&acme, 2, Vec::<lmsync_core::model::Customer>::new())
        .play(&store)
        .await
        .unwrap();
    assert_eq!(landed.deleted, 1);
    assert_eq!(live::<S>(&subject, &acme).await.len(), 20);
}

/// More than half of an account's rows do not go at once; those that are new land all the same.
pub async fn half_of_an_account_is_not_believed_to_be_gone<S: StoreSubject>() {
    let left = after::<S>(110, |acme, fleet| {
        let left = fleet.into_iter().take(54).chain([asset(acme, "new")]);
        Night::new(acme, 2, left)
    })
    .await;
    assert_eq!((left.landed.deleted, left.landed.kept_back), (0, 56));
    assert_eq!(left.live.len(), 111);
    // Half of them, and not more.
    let left = after::<S>(110, |acme, fleet| {
        Night::new(acme, 2, fleet.into_iter().take(55))
    })
    .await;
    assert_eq!((left.landed.deleted, left.landed.kept_back), (55, 0));
}

/// They go where whoever runs it says that it is right.
pub async fn half_of_an_account_goes_when_that_is_accepted<S: StoreSubject>() {
    let left = after::<S>(110, |acme, fleet| {
        Night::new(acme, 2, fleet.into_iter().take(5)).accept_shrink()
    })
    .await;
    assert_eq!((left.landed.deleted, left.landed.kept_back), (105, 0));
    assert_eq!(left.live.len(), 5);
}

/// An incomplete pass, one over a part and one with unknown rejections keep their rows in any case.
pub async fn an_accepted_shrink_overrides_nothing_else<S: StoreSubject>() {
    let nights: [fn(Night<Asset>) -> Night<Asset>; 3] = [
        |night| night.incomplete("a gap"),
        Night::filtered,
        |night| night.rejected(None),
    ];
    for ending in nights {
        let left = after::<S>(110, |acme, fleet| {
            ending(Night::new(acme, 2, fleet.into_iter().take(5))).accept_shrink()
        })
        .await;
        left.expect_all(110);
    }
}

/// Fifty rows may be all that an account has, and go.
pub async fn a_few_may_all_go<S: StoreSubject>() {
    let left = after::<S>(50, |acme, _| Night::new(acme, 2, [])).await;
    assert_eq!((left.landed.deleted, left.landed.kept_back), (50, 0));
    assert!(left.live.is_empty());
    let left = after::<S>(51, |acme, _| Night::new(acme, 2, [])).await;
    assert_eq!((left.landed.deleted, left.landed.kept_back), (0, 51));
}

/// What was deleted and is met again is live again, and one row.
pub async fn what_comes_back_is_the_same_row<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let (acme, fleet) = fleet(10);
    let without = || {
        fleet
            .iter()
            .filter(|asset| asset.source.vendor_id != "7")
            .cloned()
    };
    Night::new(&acme, 1, fleet.clone())
        .play(&store)
        .await
        .unwrap();
    Night::new(&acme, 2, without()).play(&store).await.unwrap();
    let third = Night::new(&acme, 3, fleet.clone());
    let landed = third.play(&store).await.unwrap();
    if S::COUNTS_CHANGES {
        assert_eq!(
            (landed.inserted, landed.changed, landed.unchanged),
            (0, 1, 9)
        );
    }
    let rows = subject.rows(StreamName::Assets).await;
    let back: Vec<_> = rows.iter().filter(|row| row.vendor_id == "7").collect();
    assert_eq!(back.len(), 1, "{back:?}");
    assert_eq!(back[0].deleted_at, None);
    assert_eq!(back[0].last_seen_at, third.pass_id().began());
    if S::COUNTS_CHANGES {
        assert!(back[0].first_seen_at < third.pass_id().began());
    }
    // And it can go again.
    let landed = Night::new(&acme, 4, without()).play(&store).await.unwrap();
    assert_eq!(landed.deleted, 1);
}

/// An account that is empty, completely read, has no rows.
pub async fn a_complete_pass_over_nothing_deletes<S: StoreSubject>() {
    let left = after::<S>(3, |acme, _| Night::new(acme, 2, [])).await;
    assert_eq!(left.landed.deleted, 3);
    assert!(left.live.is_empty());
}

/// What a second night leaves.
struct Left {
    landed: Landed,
    live: BTreeSet<String>,
}

impl Left {
    fn expect_all(&self, number: usize) {
        assert_eq!((self.landed.deleted, self.landed.kept_back), (0, 0));
        assert_eq!(self.live.len(), number);
    }
}

/// Plays a complete night over so many `assets`, then the one that `second` makes of them.
async fn after<S: StoreSubject>(
    assets: usize,
    second: impl FnOnce(&AccountKey, Vec<Asset>) -> Night<Asset>,
) -> Left {
    let subject = S::empty().await;
    let (acme, fleet) = fleet(assets);
    let store = subject.open().await;
    Night::new(&acme, 1, fleet.clone())
        .play(&store)
        .await
        .unwrap();
    let landed = second(&acme, fleet).play(&store).await.unwrap();
    Left {
        landed,
        live: live::<S>(&subject, &acme).await,
    }
}

fn fleet(assets: usize) -> (AccountKey, Vec<Asset>) {
    let acme = account("acme");
    let fleet = (0..assets)
        .map(|id| asset(&acme, &id.to_string()))
        .collect();
    (acme, fleet)
}

/// The ids of the assets of `account` that are there.
async fn live<S: StoreSubject>(subject: &S, account: &AccountKey) -> BTreeSet<String> {
    let rows = subject.rows(StreamName::Assets).await.into_iter();
    let live = rows.filter(|row| row.account == *account && row.deleted_at.is_none());
    live.map(|row| row.vendor_id).collect()
}
