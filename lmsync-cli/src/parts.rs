//! Parts of the commands that other examples of the repository use, too. Not meant for embedding.

pub use crate::support::problem::{Problem, refuse};
pub use crate::support::setup::Setup;
pub use crate::support::simulators::Simulators;
pub use crate::support::text::plain;
