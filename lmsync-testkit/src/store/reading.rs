//! Reading back what landed.

use futures_util::TryStreamExt;
use lmsync_core::model::Asset;
use lmsync_store::{AccountKey, EndedPass, PassId, ReadStore, StoredAsset, Wanted};

use super::{Night, ReadStoreSubject, account, asset, customer};

/// Assets are read back as they were written, with the passes that met them first and changed them last: those
/// that are not deleted, of all accounts or of one.
pub async fn what_landed_is_read_back<S: ReadStoreSubject>() {
    let subject = S::empty().await;
    let read = subject.open_to_read().await;
    let store = subject.open().await;
    let (acme, globex) = (account("acme"), account("globex"));
    let mut fleet: Vec<Asset> = ["1", "2", "3"].map(|id| asset(&acme, id)).into();
    let first = Night::new(&acme, 1, fleet.clone());
    first.play(&store).await.unwrap();
    fleet.truncate(2);
    fleet[1].hostname = Some("ws-2".to_owned());
    let second = Night::new(&acme, 2, fleet.clone());
    second.play(&store).await.unwrap();
    let other = Night::new(&globex, 1, [asset(&globex, "7")]);
    other.play(&store).await.unwrap();

    for asset in &mut fleet {
        asset.source.fetched_at = second.pass_id().began();
    }
    let (one, two) = (first.pass_id(), second.pass_id());
    let of_acme = assets(&*read, Some(&acme), Wanted::All).await;
    assert_eq!(
        of_acme,
        [
            ("1".to_owned(), fleet[0].clone(), one, one),
            ("2".to_owned(), fleet[1].clone(), one, two),
        ]
    );
    let all = assets(&*read, None, Wanted::Identity).await;
    let told = all
        .iter()
        .map(|(id, asset, first, changed)| (&**id, &*asset.source.instance, *first, *changed));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("1", "acme", one, one),
            ("2", "acme", one, two),
            ("7", "globex", other.pass_id(), other.pass_id())
        ]
    );
    let identity = |assets: &[Asset]| -> Vec<_> {
        let parts = assets.iter().map(|asset| {
            let serial = (asset.serial.key.clone(), asset.serial.status);
            (asset.name.clone(), asset.identity.clone(), serial)
        });
        parts.collect()
    };
    let of_all: Vec<Asset> = all.into_iter().map(|(_, asset, ..)| asset).collect();
    assert_eq!(identity(&of_all[..2]), identity(&fleet));
}

/// The last pass of each stream of each account is told, with what it came to.
pub async fn the_last_pass_of_each_stream_is_told<S: ReadStoreSubject>() {
    let subject = S::empty().await;
    let read = subject.open_to_read().await;
    assert_eq!(read.last_passes().await.unwrap(), []);
    let store = subject.open().await;
    let (acme, globex) = (account("acme"), account("globex"));
    let fleet = |ids: &[&str]| ids.iter().map(|id| asset(&acme, id)).collect::<Vec<_>>();
    let whole = Night::new(&acme, 1, fleet(&["1", "2", "3"])).rejected(Some("odd"));
    whole.play(&store).await.unwrap();
    let customers = Night::new(&acme, 1, [customer(&acme, "1")]).rejected(None);
    customers.play(&store).await.unwrap();
    let cut = Night::new(&acme, 2, fleet(&["1"])).incomplete("a page was missing");
    cut.play(&store).await.unwrap();
    let nothing: Vec<Asset> = Vec::new();
    let part = Night::new(&globex, 1, nothing).filtered();
    part.play(&store).await.unwrap();

    let mut told = read.last_passes().await.unwrap();
    told.sort_by_key(|pass| (pass.account.clone(), pass.stream));
    let of = |pass: &EndedPass| {
        let stream = format!("{} {}", pass.account.instance, pass.stream);
        let (flags, counts) = (
            (pass.complete, pass.filtered),
            (pass.seen, pass.kept, pass.rejected),
        );
        (stream, flags, counts, pass.incomplete_reason.clone())
    };
    let why = Some("a page was missing".to_owned());
    assert_eq!(
        told.iter().map(of).collect::<Vec<_>>(),
        [
            ("acme assets".to_owned(), (false, false), (1, 1, 0), why),
            ("acme customers".to_owned(), (true, false), (2, 1, 1), None),
            ("globex assets".to_owned(), (true, true), (0, 0, 0), None),
        ]
    );
    let names: Vec<PassId> = told.iter().map(|pass| pass.pass_id).collect();
    assert_eq!(names, [cut.pass_id(), customers.pass_id(), part.pass_id()]);
    for pass in told {
        assert!(pass.finished_at >= pass.pass_id.began());
    }
}

/// The assets of `account`, or of all: each its account's and its own id, by which they are sorted, and its passes.
async fn assets(
    read: &dyn ReadStore,
    account: Option<&AccountKey>,
    wanted: Wanted,
) -> Vec<(String, Asset, PassId, PassId)> {
    let assets: Vec<StoredAsset> = read
        .read_assets(account, wanted)
        .try_collect()
        .await
        .unwrap();
    let mut assets: Vec<_> = assets
        .into_iter()
        .map(|stored| {
            let id = stored.asset.source.vendor_id.clone();
            (id, stored.asset, stored.first_seen, stored.changed)
        })
        .collect();
    assets.sort_by(|left, right| left.0.cmp(&right.0));
    assets
}
