//! The command `lookup`: warranty dates from the hardware makers.

mod assets;
mod lines;
mod options;
mod run;
mod table;

pub(crate) use self::options::Options;
pub(crate) use self::run::run;
