//! The store in a folder of Parquet files.

#![allow(clippy::unwrap_used, clippy::panic)]

mod columns;
mod damage;
mod disk;
mod interrupted;
mod model;
mod names;
mod passes;
mod promises;
mod reading;
mod stage;
mod times;
