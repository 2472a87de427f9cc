//! What a pass leaves: which rows stay, which go, and what is noted of it.

use lmsync_store::{Landed, StreamName};

use crate::stage::{
    Stage, batch, incomplete, instant, moment, names, pass, pass_text, reject, told,
};

fn landed(inserted: u64, deleted: u64, kept_back: u64) -> Landed {
    let mut landed = Landed::default();
    landed.inserted = inserted;
    landed.deleted = deleted;
    landed.kept_back = kept_back;
    landed
}

#[tokio::test]
async fn a_pass_is_a_file_and_a_row_of_passes() {
    let stage = Stage::new();
    assert_eq!(stage.complete(1, &["a", "b"]).await, landed(2, 0, 0));
    let name = pass_text(1);
    assert_eq!(
        names(&stage.folder("assets")),
        [format!("pass={name}.parquet")]
    );
    assert_eq!(
        names(&stage.folder("passes")),
        [format!("pass={name}-assets.parquet")]
    );
    assert_eq!(
        names(stage.folder.path()),
        [".lmsync-version-1", "assets", "passes"]
    );
    let rows = stage.newest();
    assert_eq!(rows.len(), 2);
    let row = &rows["a"];
    let of_pass = instant(moment(1));
    for (column, value) in [
        ("connector", "fake"),
        ("instance", "acme"),
        ("vendor_id", "a"),
        ("first_seen_at", of_pass.as_str()),
        ("last_seen_at", &of_pass),
        ("changed_at", &of_pass),
    ] {
        assert_eq!(row[column], value, "{column}");
    }
    assert!(!row.contains_key("deleted_at"));
}

#[tokio::test]
async fn a_complete_pass_leaves_out_what_it_did_not_meet() {
    let stage = Stage::new();
    stage.complete(1, &["a", "b", "c"]).await;
    assert_eq!(stage.complete(2, &["b", "d"]).await, landed(2, 2, 0));
    assert_eq!(stage.ids(), ["b", "d"]);
    assert_eq!(names(&stage.folder("assets")).len(), 2, "older files stay");
    assert_eq!(stage.passes("assets").len(), 2);
}

#[tokio::test]
async fn a_pass_that_may_not_delete_carries_over_what_it_did_not_meet() {
    for (number, edit) in [
        (2, incomplete as fn(&mut lmsync_store::PassReport)),
        (3, |report| report.filtered = true),
        (4, |report| reject(report, &[Some("x"), None])),
        (5, |report| report.totals.rejected_total = 1),
        (6, |report| {
            reject(report, &[None]);
            report.accept_shrink = true;
        }),
        (7, |report| {
            incomplete(report);
            report.accept_shrink = true;
        }),
    ] {
        let stage = Stage::new();
        stage.complete(1, &["a", "b", "c"]).await;
        let before = stage.newest();
        let records = stage.assets(&["b", "d"]);
        let counts = stage.land(number, records, edit).await.unwrap();
        assert_eq!(counts, landed(2, 0, 0), "{number}");
        let after = stage.newest();
        assert_eq!(stage.ids(), ["a", "b", "c", "d"], "{number}");
        for id in ["a", "c"] {
            assert_eq!(after[id], before[id], "carried over with all its values");
        }
        assert_eq!(after["b"]["last_seen_at"], instant(moment(number)));
    }
}

#[tokio::test]
async fn a_record_that_could_not_be_read_keeps_its_row() {
    let stage = Stage::new();
    stage.complete(1, &["a", "b", "c\u{fffd}d"]).await;
    let before = stage.newest();
    let counts = stage
        .land(2, stage.assets(&["a"]), |report| {
            reject(report, &[Some("c\0d"), Some("never seen"), Some("a")]);
        })
        .await
        .unwrap();
    assert_eq!(counts, landed(1, 1, 0));
    assert_eq!(stage.ids(), ["a", "c\u{fffd}d"]);
    assert_eq!(stage.newest()["c\u{fffd}d"], before["c\u{fffd}d"]);
}

#[tokio::test]
async fn more_than_half_does_not_go_at_once() {
    let stage = Stage::new();
    let count = |range: std::ops::Range<usize>| stage.customers(range);
    stage.land(1, count(0..110), |_| {}).await.unwrap();
    let kept = stage.land(2, count(0..54), |_| {}).await.unwrap();
    assert_eq!(kept, landed(54, 0, 56));
    assert_eq!(stage.newest_of("customers").len(), 110);
    // Fifty-five are half.
    let gone = stage.land(3, count(0..55), |_| {}).await.unwrap();
    assert_eq!(gone, landed(55, 55, 0));
    assert_eq!(stage.newest_of("customers").len(), 55);
    // Fifty are few.
    let few = stage.land(4, count(0..5), |_| {}).await.unwrap();
    assert_eq!(few, landed(5, 50, 0));
}

#[tokio::test]
async fn whoever_accepts_it_has_more_than_half_go() {
    let stage = Stage::new();
    let customers = |range| stage.customers(range);
    stage.land(1, customers(0..110), |_| {}).await.unwrap();
    let gone = stage
        .land(2, customers(0..1), |report| report.accept_shrink = true)
        .await
        .unwrap();
    assert_eq!(gone, landed(1, 109, 0));
    let none = stage.land(3, customers(0..0), |_| {}).await.unwrap();
    assert_eq!(none, landed(0, 1, 0));
    assert!(stage.newest_of("customers").is_empty());
}

#[tokio::test]
async fn rejected_records_are_not_among_those_that_go() {
    let stage = Stage::new();
    stage
        .land(1, stage.customers(0..110), |_| {})
        .await
        .unwrap();
    let ids: Vec<String> = (54..110).map(|id| id.to_string()).collect();
    let ids: Vec<Option<&str>> = ids.iter().map(|id| Some(id.as_str())).collect();
    let counts = stage
        .land(2, stage.customers(10..54), |report| reject(report, &ids))
        .await
        .unwrap();
    assert_eq!(counts, landed(44, 10, 0));
    assert_eq!(stage.newest_of("customers").len(), 100);
}

#[tokio::test]
async fn a_row_that_comes_back_is_a_new_one() {
    let stage = Stage::new();
    stage.complete(1, &["a", "b"]).await;
    stage.complete(2, &["b"]).await;
    assert_eq!(stage.complete(3, &["a", "b"]).await, landed(2, 0, 0));
    let rows = stage.newest();
    assert_eq!(rows["a"]["first_seen_at"], instant(moment(3)));
    assert_eq!(rows["b"]["first_seen_at"], instant(moment(1)));
}

#[tokio::test]
async fn other_accounts_and_other_streams_stay_as_they_are() {
    let stage = Stage::new();
    stage.complete(1, &["a", "b"]).await;
    stage.land(1, stage.customers(0..3), |_| {}).await.unwrap();
    let stage = stage.with_account("fake", "other");
    stage.complete(2, &["z"]).await;
    let stage = stage.with_account("else", "acme");
    stage.complete(3, &["y"]).await;
    assert_eq!(stage.ids(), ["y"]);
    let stage = stage.with_account("fake", "acme");
    assert_eq!(stage.ids(), ["a", "b"]);
    assert_eq!(stage.newest_of("customers").len(), 3);
    assert_eq!(stage.passes("assets").len(), 1);
    assert_eq!(stage.passes("customers").len(), 1);
}

#[tokio::test]
async fn a_pass_that_changes_nothing_writes_no_file_unless_it_is_the_first() {
    let stage = Stage::new();
    stage.land(1, stage.assets(&[]), incomplete).await.unwrap();
    assert_eq!(names(&stage.folder("assets")).len(), 1);
    assert!(stage.newest().is_empty());
    stage.complete(2, &["a"]).await;
    let nothing = stage.land(3, stage.assets(&[]), incomplete).await.unwrap();
    assert_eq!(nothing, landed(0, 0, 0));
    assert_eq!(names(&stage.folder("assets")).len(), 2);
    assert_eq!(stage.ids(), ["a"]);
    let passes = stage.passes("assets");
    let complete: Vec<&str> = passes.iter().map(|row| row["complete"].as_str()).collect();
    assert_eq!(complete, ["false", "true", "false"]);
    assert_eq!(passes[2]["incomplete_reason"], "the line went dead");
    assert_eq!(passes[2]["pass_id"], instant(moment(3)));
}

#[tokio::test]
async fn the_row_of_a_pass_tells_its_report() {
    let stage = Stage::new();
    stage
        .land(1, stage.assets(&["a", "b"]), |report| {
            report.totals.kept = 2;
            report.totals.left_out = 3;
            report.totals.skipped = 4;
            report.totals.reported_total = Some(9);
            report.totals.requests = 7;
            report.filtered = true;
            reject(report, &[Some("x")]);
        })
        .await
        .unwrap();
    let passes = stage.passes("assets");
    let [row] = &passes[..] else {
        panic!("{passes:?}")
    };
    for (column, value) in [
        ("connector", "fake"),
        ("instance", "acme"),
        ("stream", "assets"),
        ("pass_id", "2026-03-31T13:00:00.000000Z"),
        ("finished_at", "2026-03-31T13:05:00.000000Z"),
        ("complete", "true"),
        ("filtered", "true"),
        ("seen", "6"),
        ("kept", "2"),
        ("skipped", "4"),
        ("rejected", "1"),
        ("reported_total", "9"),
        ("requests", "7"),
    ] {
        assert_eq!(row[column], value, "{column}");
    }
    assert_eq!(row.len(), 13, "{row:?}");
}

#[tokio::test]
async fn a_record_that_lands_twice_is_there_once_as_it_came_last() {
    let stage = Stage::new();
    stage.complete(1, &["a", "b", "c"]).await;
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    let mut counts = Landed::default();
    for (ids, name) in [
        (["a", "b"], "first"),
        (["b", "d"], "second"),
        (["d", "b"], "third"),
    ] {
        let assets = ids.map(|id| stage.asset(id, |asset| asset.name = name.to_owned()));
        counts += landing.put(&batch(2, assets.into())).await.unwrap();
    }
    let mut report = stage.report(2, StreamName::Assets);
    report.landed = counts;
    assert_eq!(landing.finish(&report).await.unwrap(), landed(3, 1, 0));
    let rows = stage.newest();
    let called: Vec<(&str, &str)> = rows
        .iter()
        .map(|(id, row)| (id.as_str(), row["name"].as_str()))
        .collect();
    assert_eq!(called, [("a", "first"), ("b", "third"), ("d", "third")]);
    assert_eq!(rows["b"]["first_seen_at"], instant(moment(1)));
    assert_eq!(names(&stage.folder("assets")).len(), 2);
}

#[tokio::test]
async fn passes_come_one_after_the_other() {
    let stage = Stage::new();
    stage.complete(2, &["a"]).await;
    let landing = stage.begin(StreamName::Assets).await.unwrap();
    assert_eq!(landing.latest(), Some(pass(2)));
    drop(landing);
    for number in [1, 2] {
        let refused = stage.land(number, stage.assets(&["b"]), |_| {}).await;
        assert!(told(refused).contains("is not later than"));
        let refused = stage.land(number, stage.assets(&[]), incomplete).await;
        assert!(told(refused).contains("is not later than"));
    }
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    landing.put(&batch(3, stage.assets(&["b"]))).await.unwrap();
    let refused = landing.put(&batch(4, stage.assets(&["c"]))).await;
    assert!(told(refused).contains("is under way"));
    landing.put(&batch(3, stage.assets(&["d"]))).await.unwrap();
    landing
        .finish(&stage.report(3, StreamName::Assets))
        .await
        .unwrap();
    assert_eq!(stage.ids(), ["b", "d"]);
    // A pass without rows is one, too.
    stage.land(5, stage.assets(&[]), incomplete).await.unwrap();
    let landing = stage.begin(StreamName::Assets).await.unwrap();
    assert_eq!(landing.latest(), Some(pass(5)));
}

#[tokio::test]
async fn two_runs_of_a_stream_are_refused() {
    let stage = Stage::new();
    let first = stage.begin(StreamName::Assets).await.unwrap();
    let refused = stage.begin(StreamName::Assets).await;
    assert!(told(refused).contains("another run is landing assets of fake acme"));
    let others = stage.begin(StreamName::Customers).await.unwrap();
    drop((first, others));
    stage.begin(StreamName::Assets).await.unwrap();
}
