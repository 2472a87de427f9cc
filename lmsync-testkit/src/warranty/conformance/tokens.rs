//! Tokens end, and are renewed.

use super::stage::Stage;
use super::{WarrantyMaker, WarrantySubject};

/// A token that the maker refuses is renewed, and costs no machine its answer.
pub async fn a_token_that_ended_is_renewed<S: WarrantySubject>() {
    let stage = Stage::<S>::with(10);
    for _ in 0..3 {
        let (batch, answers) = stage.ask_all().await;
        stage.require_truth(&batch, &answers);
        stage.change(|maker| maker.end_tokens());
    }
    assert!(
        stage.change(|maker| maker.tokens()) >= 3,
        "the maker gave tokens"
    );
}
