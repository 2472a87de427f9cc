//! The command `sync`: pulls the assets, software and customers of every account.

mod options;
mod output;
mod progress;
mod report;
mod run;
mod table;

pub(crate) use self::options::Options;
pub(crate) use self::run::run;
