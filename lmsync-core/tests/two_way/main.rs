//! Verified writes, the journal and the way back, against a vendor made of a map.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod apply;
mod killed;
mod ledger;
mod old_lines;
mod stored;
mod undo;
mod write;
