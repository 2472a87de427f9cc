//! The SuperOps simulator held to what is known of the service.
#![allow(clippy::unwrap_used)]

mod bench;
mod faults;
mod front_door;
mod objects;
mod paging;
mod schema;
mod sight;
mod writes;
