//! What lmsync must survive, one function per fuzz target.
//!
//! A target takes any bytes and panics when a promise is broken. The binaries in
//! `fuzz_targets/` hand libFuzzer's inputs to it, `tests/corpus.rs` those of the corpus.

mod account;
mod config;
mod http;
mod journal;
mod json;
mod model;
mod plan;
mod tamper;
mod vendors;
mod wire;

pub use self::config::{config, pasted};
pub use self::http::{retry_after, token};
pub use self::journal::journal;
pub use self::json::{link, rows};
pub use self::model::{date, mac, os, serial, size};
pub use self::plan::plan;
pub use self::vendors::{cwrmm, cwrmm_link, halo, superops, syncro};

/// A target by name: that of its function, its binary and its folder in `corpus/`.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("config", config),
    ("cwrmm", cwrmm),
    ("cwrmm_link", cwrmm_link),
    ("date", date),
    ("halo", halo),
    ("journal", journal),
    ("link", link),
    ("mac", mac),
    ("os", os),
    ("pasted", pasted),
    ("plan", plan),
    ("retry_after", retry_after),
    ("rows", rows),
    ("serial", serial),
    ("size", size),
    ("superops", superops),
    ("syncro", syncro),
    ("token", token),
];

/// Asserts that `text` holds none of `secrets`.
fn assert_hides(text: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!text.contains(secret), "a secret is shown: {text}");
    }
}

/// Asserts that neither form of `error` holds one of `secrets`.
fn assert_error_hides(error: &lmsync::Error, secrets: &[&str]) {
    assert_hides(&error.to_string(), secrets);
    assert_hides(&format!("{error:?}"), secrets);
}
