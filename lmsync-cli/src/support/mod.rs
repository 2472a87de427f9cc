//! The parts that several commands share.

pub(crate) mod config;
pub(crate) mod lines_file;
pub(crate) mod problem;
pub(crate) mod same_file;
pub(crate) mod screen;
pub(crate) mod setup;
pub(crate) mod simulators;
pub(crate) mod stdout;
pub(crate) mod stop;
pub(crate) mod tables;
pub(crate) mod text;
pub(crate) mod whole_file;
