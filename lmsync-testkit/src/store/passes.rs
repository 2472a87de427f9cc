//! Passes: noted, one at a time, gone on with.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use futures_util::future::join_all;
use lmsync_core::ErrorKind;
use lmsync_core::listing::Listed;
use lmsync_core::model::Asset;
use lmsync_store::{AccountKey, StreamName};

use super::{Night, StoreSubject, account, asset, customer};

/// Every pass that ended has a row, with its totals, and why it is not complete.
pub async fn every_pass_that_ended_has_a_row<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let (acme, fleet) = fleet(5);
    let whole = Night::new(&acme, 1, fleet.clone()).rejected(Some("odd"));
    whole.play(&store).await.unwrap();
    let cut =
        Night::new(&acme, 2, fleet.clone().into_iter().take(2)).incomplete("a page was missing");
    cut.play(&store).await.unwrap();
    Night::new(&acme, 3, fleet.into_iter().take(1))
        .filtered()
        .play(&store)
        .await
        .unwrap();
    let nothing: Vec<Asset> = Vec::new();
    Night::new(&account("empty"), 1, nothing)
        .play(&store)
        .await
        .unwrap();
    let mut passes = subject.passes().await;
    passes
        .sort_by(|left, right| (&left.account, left.pass_id).cmp(&(&right.account, right.pass_id)));
    let told: Vec<_> = passes
        .iter()
        .map(|pass| {
            (
                pass.complete,
                pass.filtered,
                pass.seen,
                pass.kept,
                pass.rejected,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (true, false, 6, 5, 1),
            (false, false, 2, 2, 0),
            (true, true, 1, 1, 0),
            (true, false, 0, 0, 0)
        ]
    );
    assert_eq!(
        (&passes[0].account, passes[0].stream.as_str()),
        (&acme, "assets")
    );
    assert_eq!(passes[0].pass_id, whole.pass_id().began());
    assert_eq!(
        passes[1].incomplete_reason.as_deref(),
        Some("a page was missing")
    );
    assert_eq!(passes[0].incomplete_reason, None);
}

/// A pass that did not end is in nobody's way, and no pass.
pub async fn a_pass_that_was_dropped_has_none<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let (acme, fleet) = fleet(5);
    let night = Night::new(&acme, 1, fleet);
    let mut landing = night.begin(&store).await.unwrap();
    night.put(&mut *landing, 0..3).await.unwrap();
    drop(landing);
    assert!(subject.passes().await.is_empty());
}

/// Nobody else lands the same stream of the same account meanwhile, in this run or another; other
/// streams and accounts do.
pub async fn a_stream_of_an_account_is_landed_by_one_run_at_a_time<S: StoreSubject>() {
    let subject = S::empty().await;
    let (store, other_run) = (subject.open().await, subject.open().await);
    let (acme, fleet) = fleet(5);
    let night = Night::new(&acme, 1, fleet);
    let mut landing = night.begin(&store).await.unwrap();
    for run in [&store, &other_run] {
        let error = night.begin(run).await.expect_err("it is in use");
        assert_eq!(error.kind(), ErrorKind::Store, "{error}");
        assert!(error.hint().is_some(), "{error}");
    }
    let globex = account("globex");
    Night::new(&globex, 1, [asset(&globex, "1")])
        .play(&other_run)
        .await
        .unwrap();
    Night::new(&acme, 1, [customer(&acme, "1")])
        .play(&other_run)
        .await
        .unwrap();
    let landed = night.put(&mut *landing, 0..5).await.unwrap();
    night.finish(landing, landed).await.unwrap();
    for run in [&other_run, &store] {
        night.begin(run).await.expect("it is free");
    }
}

/// What a pass that was interrupted has landed need not be landed again: the same pass goes on.
pub async fn an_interrupted_pass_is_gone_on_with<S: StoreSubject>() {
    let subject = S::empty().await;
    let (acme, fleet) = fleet(10);
    let night = Night::new(&acme, 1, fleet.clone());
    {
        let store = subject.open().await;
        let mut landing = night.begin(&store).await.unwrap();
        assert!(landing.unfinished().is_none());
        night.put(&mut *landing, 0..4).await.unwrap();
        night.put(&mut *landing, 4..6).await.unwrap();
    }
    let store = subject.open().await;
    let again = Night::new(&acme, 2, fleet);
    let mut landing = again.begin(&store).await.unwrap();
    let Some(saved) = landing.unfinished().cloned() else {
        assert!(!S::RESUMES, "the pass is forgotten");
        return;
    };
    assert!(S::RESUMES);
    assert_eq!(saved.pass_id, night.pass_id());
    assert_eq!(saved.landed.records(), 6);
    assert_eq!(saved.totals.kept, 6);
    let mut landed = saved.landed;
    landed += again.put(&mut *landing, 6..10).await.unwrap();
    let landed = again.finish(landing, landed).await.unwrap();
    assert_eq!((landed.inserted, landed.deleted), (10, 0));
    let rows = subject.rows(StreamName::Assets).await;
    assert_eq!(rows.len(), 10);
    for row in rows {
        assert_eq!(
            (row.first_seen_at, row.deleted_at),
            (night.pass_id().began(), None)
        );
    }
    assert_eq!(subject.passes().await.len(), 1);
}

/// Who goes on with a pass is told the serial numbers that it has landed: without those flagged as
/// another one's, and those of other passes and accounts.
pub async fn serial_numbers_that_landed_are_known_to_who_goes_on<S: StoreSubject>() {
    let subject = S::empty().await;
    let (acme, globex) = (account("acme"), account("globex"));
    let with_serial = |account: &AccountKey, id: &str, serial: &str| {
        let mut asset = asset(account, id);
        asset.serial.key = Some(serial.to_owned());
        asset
    };
    {
        let store = subject.open().await;
        let before = [with_serial(&acme, "9", "OLD")];
        Night::new(&acme, 1, before).play(&store).await.unwrap();
        let other = Night::new(&globex, 2, [with_serial(&globex, "1", "OTHER")]);
        other.play(&store).await.unwrap();
        let mut twin = with_serial(&acme, "3", "A1");
        twin.flag_duplicate_serial();
        let landed = [
            with_serial(&acme, "1", "A1"),
            with_serial(&acme, "2", "B2"),
            twin,
            asset(&acme, "4"),
        ];
        let night = Night::new(&acme, 2, landed);
        let mut landing = night.begin(&store).await.unwrap();
        assert_eq!(landing.landed_serials().await.unwrap(), []);
        night.put(&mut *landing, 0..4).await.unwrap();
    }
    let store = subject.open().await;
    let mut landing = store.begin(&acme, StreamName::Assets).await.unwrap();
    let mut serials = landing.landed_serials().await.unwrap();
    serials.sort();
    let known = [("A1", "1"), ("B2", "2")].map(|(key, id)| (key.to_owned(), id.to_owned()));
    match S::RESUMES {
        true => assert_eq!(serials, known),
        false => assert_eq!(serials, []),
    }
}

/// What ended is forgotten as far as going on is concerned, however it ended.
pub async fn a_pass_that_ended_is_not_gone_on_with<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let (acme, fleet) = fleet(5);
    let night = Night::new(&acme, 1, fleet.clone());
    for ended in [night.clone(), night.clone().incomplete("a gap")] {
        ended.play(&store).await.unwrap();
        let landing = night.begin(&store).await.unwrap();
        assert!(landing.unfinished().is_none());
    }
}

/// A pass of a machine whose clock was set back is a later pass nevertheless.
pub async fn passes_follow_each_other_though_the_clock_does_not<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let (acme, fleet) = fleet(5);
    Night::new(&acme, 3, fleet.clone())
        .play(&store)
        .await
        .unwrap();
    let landed = Night::new(&acme, 2, fleet.into_iter().take(4))
        .play(&store)
        .await
        .unwrap();
    assert_eq!(landed.deleted, 1);
    let passes = subject.passes().await;
    assert_eq!(passes.len(), 2);
    assert_ne!(passes[0].pass_id, passes[1].pass_id);
}

/// Accounts land at once, and none gets another's rows.
pub async fn passes_of_many_accounts_land_at_once<S: StoreSubject>() {
    const ACCOUNTS: usize = 12;
    let subject = S::empty().await;
    let store = subject.open().await;
    for night in 1..=2 {
        let nights = (0..ACCOUNTS).map(|number| {
            let owner = account(&format!("account {number}"));
            let fleet = (0..150 + number)
                .map(|id| asset(&owner, &id.to_string()))
                .collect::<Vec<_>>();
            let store = store.clone();
            async move { Night::new(&owner, night, fleet).play(&store).await.unwrap() }
        });
        let landed = join_all(nights).await;
        for (number, landed) in landed.into_iter().enumerate() {
            assert_eq!(landed.records(), 150 + number as u64);
            assert_eq!((landed.deleted, landed.kept_back), (0, 0));
        }
    }
    let rows = subject.rows(StreamName::Assets).await;
    for number in 0..ACCOUNTS {
        let owner = account(&format!("account {number}"));
        let own = rows
            .iter()
            .filter(|row| row.account == owner && row.deleted_at.is_none());
        assert_eq!(own.count(), 150 + number);
    }
}

/// Whoever gives up while a batch is written leaves the store usable, and the batch there or not.
pub async fn a_dropped_write_leaves_everything_usable<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let (acme, fleet) = fleet(50);
    let night = Night::new(&acme, 1, fleet.clone());
    for polls in 0..12 {
        let mut landing = night.begin(&store).await.unwrap();
        {
            let mut writing = pin!(night.put(&mut *landing, 0..50));
            let mut is_done = false;
            for _ in 0..polls {
                is_done = is_done || {
                    let mut context = Context::from_waker(Waker::noop());
                    writing.as_mut().poll(&mut context).is_ready()
                };
                if !is_done {
                    tokio::task::yield_now().await;
                }
            }
        }
        drop(landing);
        // Whatever goes on behind the scenes ends before somebody else is let in.
        let next = begin_when_free(&night, &store).await;
        drop(next);
        let rows = subject.rows(StreamName::Assets).await;
        assert!([0, 50].contains(&rows.len()), "{}", rows.len());
    }
    let landed = night.play(&store).await.unwrap();
    assert_eq!((landed.deleted, landed.kept_back), (0, 0));
    assert_eq!(subject.rows(StreamName::Assets).await.len(), 50);
}

/// Begins the pass, as soon as what was dropped has ended.
async fn begin_when_free(
    night: &Night<Asset>,
    store: &std::sync::Arc<dyn lmsync_store::Store>,
) -> Box<dyn lmsync_store::Landing> {
    loop {
        match night.begin(store).await {
            Ok(landing) => return landing,
            Err(error) => assert_eq!(error.kind(), ErrorKind::Store, "{error}"),
        }
        tokio::task::yield_now().await;
    }
}

fn fleet(assets: usize) -> (AccountKey, Vec<Asset>) {
    let acme = account("acme");
    let fleet = (0..assets)
        .map(|id| asset(&acme, &id.to_string()))
        .collect();
    (acme, fleet)
}
