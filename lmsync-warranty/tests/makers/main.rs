//! The makers' sources and the lookup, against the kit's simulators.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_input;
mod fleet;
mod hp;
mod lenovo;
mod mapping;
mod mutations;
mod rows;
mod sockets;
mod stage;
