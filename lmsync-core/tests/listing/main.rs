//! Listings: complete or they say why not, whatever the vendor does with its pages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod assets;
mod at_hand;
mod cursors;
mod gaps;
mod pages;
mod refused;
mod resume;
mod vendor;
mod walks;
