//! Cisco's SN2INFO, version 2: coverage summaries by serial number.

mod api;
mod connect;
mod map;
mod wire;

pub use self::api::Cisco;
