//! The command `two-way`: plans purchase and warranty dates to write back, and writes them when told to.

mod demo;
mod options;
mod plan_table;
mod record;
mod run;
mod shown;

pub(crate) use self::options::Options;
pub(crate) use self::run::run;
