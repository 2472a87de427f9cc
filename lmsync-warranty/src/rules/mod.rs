//! The rules by which a maker's lines become dates, the same for every maker; pure.
//!
//! | rule | |
//! |---|---|
//! | lines | not counted: no hardware cover ([`hardware`]), cancelled, without an end, of no length, ended before they began, from before 1990 |
//! | end | the latest end of the lines that count, renewals that have yet to begin included |
//! | start | the earliest start of base lines, else of all |
//! | purchase | the day of purchase, else the day it was sent out, else the start, marked as estimated |
//! | lifetime | marked and never written; a service contract's end is used where there is one |

mod dates;
pub mod hardware;
mod judge;
mod lifetime;
mod product;
mod sanity;

pub use self::dates::{day, day_before_midnight_in_chicago};
pub use self::judge::judge;
pub use self::lifetime::is_lifetime;
pub use self::product::{is_same_product, is_same_product_number};
pub use self::sanity::{LeftOut, left_out};
