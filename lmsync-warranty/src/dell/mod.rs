//! Dell's TechDirect, asset entitlements of version 5.

mod api;
mod connect;
mod map;
mod tag;
mod wire;

pub use self::api::Dell;
