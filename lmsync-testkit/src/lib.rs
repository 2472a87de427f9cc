#![doc = include_str!("../README.md")]

mod chaos;
mod clock;
pub mod conformance;
pub mod cwrmm;
pub mod demo;
mod dice;
pub mod fake;
mod faults;
mod field_table;
pub mod fleet;
pub mod gate;
pub mod halo;
mod journal;
mod log;
mod postgres;
pub mod proof;
mod script;
mod serve;
mod simulator;
mod stage;
pub mod store;
pub mod superops;
pub mod syncro;
pub mod warranty;

pub use self::chaos::{ChaosTransport, RandomFault};
pub use self::clock::VirtualClock;
#[doc(inline)]
pub use self::fake::FakeConnector;
pub use self::faults::{
    Distortion, Fault, FaultyTransport, Latency, Mutation, MutationKind, PointerChange,
    PointerPlace,
};
pub use self::field_table::FieldTable;
pub use self::journal::MemoryJournal;
pub use self::log::Log;
pub use self::postgres::PostgresServer;
pub use self::script::{Heard, Line, Script};
pub use self::serve::{ServeOptions, SimulatorServer, serve};
pub use self::simulator::{InMemory, Recorded, RollingLimit, Shared, Simulator};
pub use self::stage::{Stage, check_named};
