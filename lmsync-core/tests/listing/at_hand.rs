//! Listings of records that are at hand.

use futures_util::StreamExt;
use lmsync_core::model::{Asset, Origin, Ref, Rules};
use lmsync_core::{AssetStream, Error, ErrorKind, SyncSummary};

fn asset(id: &str, customer: Option<&str>) -> Asset {
    let origin = Origin::new("shelf", "acme", Rules::default());
    let draft = origin.draft(Some(id.to_owned()), chrono::DateTime::UNIX_EPOCH);
    let mut asset = draft.unwrap().finish();
    asset.customer = customer.map(|id| Ref::new(id, Some(format!("customer {id}"))));
    asset
}

fn assets() -> [Asset; 3] {
    [
        asset("1", Some("7")),
        asset("2", None),
        asset("3", Some("7")),
    ]
}

async fn read(mut stream: AssetStream) -> (Vec<String>, Option<Error>, SyncSummary) {
    let (mut ids, mut failure) = (Vec::new(), None);
    while let Some(record) = stream.next().await {
        match record {
            Ok(asset) => ids.push(asset.source.vendor_id),
            Err(error) => failure = Some(error),
        }
    }
    assert!(stream.next().await.is_none());
    (ids, failure, stream.summary())
}

#[tokio::test]
async fn records_at_hand_are_a_complete_listing() {
    let (ids, failure, summary) = read(AssetStream::from_records(assets())).await;
    assert_eq!((ids.len(), failure.is_none()), (3, true));
    assert_eq!(
        (summary.seen, summary.kept, summary.reported_total),
        (3, 3, Some(3))
    );
    assert!(summary.complete && summary.incomplete_reason.is_none());
    assert_eq!(summary.customers["7"].assets, 2);
    assert_eq!(summary.customers["7"].name.as_deref(), Some("customer 7"));
    assert_eq!(summary.customers[""].assets, 1);
    let (ids, _, nothing) = read(AssetStream::from_records([])).await;
    assert!(ids.is_empty() && nothing.complete);
}

#[tokio::test]
async fn the_summary_counts_what_was_handed_out_so_far() {
    let mut stream = AssetStream::from_records(assets());
    stream.next().await.unwrap().unwrap();
    let summary = stream.summary();
    assert_eq!((summary.kept, summary.complete), (1, false));
    assert!(stream.accepts(&stream.checkpoint()).is_ok());
}

#[tokio::test]
async fn they_can_end_in_an_error_or_incomplete() {
    let error = Error::new(ErrorKind::Network, "the line is dead");
    let stream = AssetStream::from_records_then_error(assets(), error);
    let (ids, failure, summary) = read(stream).await;
    assert_eq!((ids.len(), summary.kept, summary.complete), (3, 3, false));
    assert_eq!(failure.unwrap().kind(), ErrorKind::Network);
    assert!(summary.incomplete_reason.unwrap().contains("dead"));

    let stream = AssetStream::from_incomplete_records(assets(), "one is missing");
    let (ids, failure, summary) = read(stream).await;
    assert_eq!(
        (ids.len(), failure.is_none(), summary.complete),
        (3, true, false)
    );
    assert_eq!(summary.incomplete_reason.as_deref(), Some("one is missing"));
}
