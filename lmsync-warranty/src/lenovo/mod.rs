//! Lenovo's Support API, version 2.5.

mod api;
mod connect;
mod machine_type;
mod map;
mod wire;

pub use self::api::Lenovo;
