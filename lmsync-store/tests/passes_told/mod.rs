//! The last passes, as every store tells them.

use std::sync::Arc;

use lmsync_core::model::Asset;
use lmsync_store::{EndedPass, ReadStore, Store};
use lmsync_testkit::store::{Night, account, asset, customer};

/// The last pass of each stream of each account is told, with what it came to.
pub(crate) async fn the_last_pass_of_each_stream_is_told(read: Arc<dyn ReadStore>) {
    assert_eq!(read.last_passes().await.unwrap(), []);
    let store: Arc<dyn Store> = read.clone();
    let (acme, globex) = (account("acme"), account("globex"));
    let fleet = |ids: &[&str]| ids.iter().map(|id| asset(&acme, id)).collect::<Vec<_>>();
    let whole = Night::new(&acme, 1, fleet(&["1", "2", "3"])).rejected(Some("odd"));
    whole.play(&store).await.unwrap();
    Night::new(&acme, 1, [customer(&acme, "1")])
        .play(&store)
        .await
        .unwrap();
    Night::new(&acme, 2, fleet(&["1"]))
        .incomplete("a page was missing")
        .play(&store)
        .await
        .unwrap();
    let nothing: Vec<Asset> = Vec::new();
    let other = Night::new(&globex, 1, nothing).filtered();
    other.play(&store).await.unwrap();

    let mut told = read.last_passes().await.unwrap();
    told.sort_by_key(|pass| (pass.account.clone(), pass.stream));
    let of = |pass: &EndedPass| {
        let stream = format!("{} {}", pass.account.instance, pass.stream);
        let flags = (pass.complete, pass.filtered);
        (
            stream,
            flags,
            (pass.seen, pass.kept, pass.rejected),
            pass.incomplete_reason.clone(),
        )
    };
    assert_eq!(
        told.iter().map(of).collect::<Vec<_>>(),
        [
            (
                "acme assets".to_owned(),
                (false, false),
                (1, 1, 0),
                Some("a page was missing".to_owned())
            ),
            ("acme customers".to_owned(), (true, false), (1, 1, 0), None),
            ("globex assets".to_owned(), (true, true), (0, 0, 0), None),
        ]
    );
    assert_eq!(told[2].pass_id, other.pass_id());
    assert!(told[0].pass_id > whole.pass_id());
    assert!(
        told.iter()
            .all(|pass| pass.finished_at >= pass.pass_id.began())
    );
}
