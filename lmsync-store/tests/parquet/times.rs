//! When a row was first seen, last seen and changed.

use lmsync_core::model::Asset;

use crate::stage::{Stage, incomplete, instant, moment};

fn times(stage: &Stage, id: &str) -> [i64; 3] {
    let row = &stage.newest()[id];
    ["first_seen_at", "last_seen_at", "changed_at"].map(|column| {
        let number = (0..100).find(|number| instant(moment(*number)) == row[column]);
        number.unwrap()
    })
}

async fn land(stage: &Stage, number: i64, edit: impl FnOnce(&mut Asset)) {
    let asset = stage.asset("a", edit);
    stage.land(number, vec![asset], incomplete).await.unwrap();
}

#[tokio::test]
async fn a_row_is_changed_when_more_than_what_moves_is() {
    let stage = Stage::new();
    land(&stage, 1, |_| {}).await;
    assert_eq!(times(&stage, "a"), [1, 1, 1]);
    land(&stage, 2, |_| {}).await;
    assert_eq!(times(&stage, "a"), [1, 2, 1]);
    land(&stage, 3, |asset| asset.last_check_in = Some(moment(2))).await;
    assert_eq!(times(&stage, "a"), [1, 3, 1]);
    assert_eq!(stage.newest()["a"]["last_check_in"], instant(moment(2)));
    land(&stage, 4, |asset| asset.model = Some("M1".to_owned())).await;
    assert_eq!(times(&stage, "a"), [1, 4, 4]);
    // Not met, and met again.
    let other = stage.assets(&["b"]);
    stage.land(5, other, incomplete).await.unwrap();
    assert_eq!(times(&stage, "a"), [1, 4, 4]);
    land(&stage, 6, |asset| asset.model = Some("M1".to_owned())).await;
    assert_eq!(times(&stage, "a"), [1, 6, 4]);
    assert_eq!(times(&stage, "b"), [5, 5, 5]);
}
