//! What lands, and what counts as a change.

use chrono::TimeDelta;
use lmsync_store::{Landed, StreamName};

use super::{Night, StoreSubject, StoredRow, account, asset, customer};

/// Every record that is put is a row of its stream.
pub async fn every_record_lands<S: StoreSubject>() {
    let subject = S::empty().await;
    let acme = account("acme");
    let store = subject.open().await;
    let assets = (0..250).map(|id| asset(&acme, &id.to_string()));
    let landed = Night::new(&acme, 1, assets).play(&store).await.unwrap();
    assert_eq!(
        (landed.inserted, landed.deleted, landed.kept_back),
        (250, 0, 0)
    );
    Night::new(&acme, 1, [customer(&acme, "c1")])
        .play(&store)
        .await
        .unwrap();
    let rows = subject.rows(StreamName::Assets).await;
    assert_eq!(rows.len(), 250);
    let row = row(&rows, "17");
    assert_eq!((&row.account, row.name.as_str()), (&acme, "machine 17"));
    assert_eq!(
        row.first_seen_at,
        Night::new(&acme, 1, [asset(&acme, "17")]).pass_id().began()
    );
    assert_eq!(
        (row.last_seen_at, row.changed_at, row.deleted_at),
        (row.first_seen_at, row.first_seen_at, None)
    );
    assert_eq!(row.last_check_in, asset(&acme, "17").last_check_in);
    let customers = subject.rows(StreamName::Customers).await;
    assert_eq!(customers.len(), 1);
    assert_eq!(customers[0].name, "customer c1");
}

/// A pass over the same records notes that they were seen, and nothing else.
pub async fn a_second_pass_over_the_same_changes_nothing<S: StoreSubject>() {
    let subject = S::empty().await;
    let acme = account("acme");
    let store = subject.open().await;
    let fleet = || (0..120).map(|id| asset(&acme, &id.to_string()));
    Night::new(&acme, 1, fleet()).play(&store).await.unwrap();
    let before = subject.rows(StreamName::Assets).await;
    let second = Night::new(&acme, 2, fleet());
    let landed = second.play(&store).await.unwrap();
    assert_eq!(landed.records(), 120);
    if S::COUNTS_CHANGES {
        assert_eq!(
            (landed.inserted, landed.changed, landed.unchanged),
            (0, 0, 120)
        );
    }
    let expected = before.into_iter().map(|row| StoredRow {
        last_seen_at: second.pass_id().began(),
        ..row
    });
    assert_eq!(
        sorted(subject.rows(StreamName::Assets).await),
        sorted(expected.collect())
    );
}

/// A check-in is written, and a row with another one is unchanged.
pub async fn what_moves_by_itself_is_written_and_no_change<S: StoreSubject>() {
    let subject = S::empty().await;
    let acme = account("acme");
    let store = subject.open().await;
    Night::new(&acme, 1, [asset(&acme, "1")])
        .play(&store)
        .await
        .unwrap();
    let mut later = asset(&acme, "1");
    later.last_check_in = later.last_check_in.map(|at| at + TimeDelta::days(1));
    later.source.fetched_at += TimeDelta::days(1);
    let landed = Night::new(&acme, 2, [later.clone()])
        .play(&store)
        .await
        .unwrap();
    if S::COUNTS_CHANGES {
        assert_eq!(landed.unchanged, 1);
    }
    let rows = subject.rows(StreamName::Assets).await;
    let row = row(&rows, "1");
    assert_eq!(row.last_check_in, later.last_check_in);
    assert_eq!(row.changed_at, row.first_seen_at);
}

/// A row with something else in it counts as changed and says in which pass; what is new is
/// inserted.
pub async fn what_changes_is_counted_and_dated<S: StoreSubject>() {
    let subject = S::empty().await;
    let acme = account("acme");
    let store = subject.open().await;
    let fleet = || (0..10).map(|id| asset(&acme, &id.to_string()));
    Night::new(&acme, 1, fleet()).play(&store).await.unwrap();
    let renamed = fleet().map(|mut asset| {
        if asset.source.vendor_id == "3" {
            asset.name = "another name".to_owned();
        }
        asset
    });
    let second = Night::new(&acme, 2, renamed.chain([asset(&acme, "new")]));
    let landed = second.play(&store).await.unwrap();
    if S::COUNTS_CHANGES {
        let mut expected = Landed::default();
        (expected.inserted, expected.changed, expected.unchanged) = (1, 1, 9);
        assert_eq!(landed, expected);
    }
    let rows = subject.rows(StreamName::Assets).await;
    let now = second.pass_id().began();
    assert_eq!(row(&rows, "3").name, "another name");
    assert_eq!(row(&rows, "3").changed_at, now);
    assert!(row(&rows, "3").first_seen_at < now);
    assert_eq!(row(&rows, "new").first_seen_at, now);
    assert!(row(&rows, "4").changed_at < now);
}

/// Records with one id are one row each in every stream and account.
pub async fn streams_and_accounts_are_apart<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let accounts = ["acme", "acme2", "ACME", ""].map(account);
    let others =
        ["other", "fake2"].map(|connector| lmsync_store::AccountKey::new(connector, "acme"));
    for owner in accounts.iter().chain(&others) {
        let landed = Night::new(owner, 1, [asset(owner, "1")])
            .play(&store)
            .await
            .unwrap();
        assert_eq!(landed.inserted, 1, "{owner}");
        let landed = Night::new(owner, 1, [customer(owner, "1")])
            .play(&store)
            .await
            .unwrap();
        assert_eq!(landed.inserted, 1, "{owner}");
    }
    assert_eq!(subject.rows(StreamName::Assets).await.len(), 6);
    assert_eq!(subject.rows(StreamName::Customers).await.len(), 6);
    assert_eq!(subject.passes().await.len(), 12);
}

/// The row of the record `id`.
fn row<'r>(rows: &'r [StoredRow], id: &str) -> &'r StoredRow {
    rows.iter().find(|row| row.vendor_id == id).expect("a row")
}

fn sorted(mut rows: Vec<StoredRow>) -> Vec<StoredRow> {
    rows.sort_by(|left, right| left.vendor_id.cmp(&right.vendor_id));
    rows
}
