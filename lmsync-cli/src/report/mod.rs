//! The command `report`: one page about a fleet, for people.

mod figures;
mod fleet;
mod input;
mod options;
mod page;
mod run;
mod systems;
mod text;

pub(crate) use self::options::Options;
pub(crate) use self::run::run;
