//! The SuperOps simulator held to what is known of the service.
#![allow(clippy::unwrap_used)]

mod bench;
mod clients;
mod content;
mod documents;
mod faults;
mod front_door;
mod handles;
mod objects;
mod paging;
mod schema;
mod sight;
mod writes;
