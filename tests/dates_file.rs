//! The rules for a dates file: their tests stand beside them in the example program, where cargo
//! would run them only in place of building the program.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![expect(dead_code, reason = "the program uses the rest")]

#[path = "../examples/two_way_sync/dates.rs"]
mod dates;

#[path = "../examples/support"]
mod support {
    pub(crate) mod problem;
    pub(crate) mod text;
}
