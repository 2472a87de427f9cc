//! HP's product warranty, version 2: jobs that HP works on for minutes.

mod api;
mod connect;
mod jobs;
mod map;
mod unpack;
mod wire;

pub use self::api::Hp;
