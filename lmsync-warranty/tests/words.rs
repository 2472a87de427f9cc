//! Words of reports and stored forms: the same everywhere.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Display;
use std::str::FromStr;

use lmsync_core::Error;
use lmsync_warranty::rules::LeftOut;
use lmsync_warranty::{Flag, LineKind, OutcomeWord, SkipReason};
use serde::Serialize;

fn require_words<T>(all: &[T], words: &[&str])
where
    T: Copy + Display + FromStr<Err = Error> + Serialize,
{
    let own: Vec<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(own, words);
    for (one, word) in all.iter().zip(words) {
        assert_eq!(serde_json::to_string(one).unwrap(), format!("\"{word}\""));
        assert_eq!(word.parse::<T>().unwrap().to_string(), *word);
    }
}

#[test]
fn each_has_one_word_everywhere() {
    let outcomes = [
        "covered",
        "expired",
        "no_lines",
        "not_found",
        "ambiguous",
        "unsupported_maker",
        "skipped",
        "failed",
        "denied",
    ];
    require_words(OutcomeWord::ALL, &outcomes);
    let flags = ["lifetime", "gap", "start_before_ship", "estimated_purchase"];
    require_words(Flag::ALL, &flags);
    let reasons = [
        "virtual",
        "no_serial",
        "placeholder",
        "unusable_serial",
        "no_manufacturer",
        "maker_not_configured",
    ];
    require_words(SkipReason::ALL, &reasons);
    require_words(LineKind::ALL, &["base", "extension", "contract"]);
    let left_out = [
        "not_hardware",
        "cancelled",
        "no_end",
        "no_length",
        "end_before_start",
        "implausible",
    ];
    require_words(LeftOut::ALL, &left_out);
}
