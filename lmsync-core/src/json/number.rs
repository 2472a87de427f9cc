//! Numbers whose digits all matter: serial numbers and ids.

use serde::de::Error;

/// 2^63: smaller whole numbers come with all their digits.
const LONGEST_NUMBER: f64 = 9_223_372_036_854_775_808.0;

/// Refuses a number that lost digits on the way: who reads a row writes it as text then, and
/// reads again.
pub(super) fn require_digits<E: Error>(number: f64) -> Result<f64, E> {
    if number.abs() < LONGEST_NUMBER {
        return Ok(number);
    }
    Err(E::custom("a number has more digits than can be read"))
}
