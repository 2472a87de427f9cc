//! Places for records that are no database.

mod discard;
mod json_lines;
mod tee;

pub use self::discard::Discard;
pub use self::json_lines::{JsonLines, JsonLinesEnd};
pub use self::tee::Tee;
