//! The command `check`: finds out what every account's credentials can do, and writes nothing.

mod options;
mod run;
mod table;

pub(crate) use self::options::Options;
pub(crate) use self::run::run;
