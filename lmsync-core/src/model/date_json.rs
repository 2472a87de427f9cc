//! The JSON form of days and moments, as chrono writes it, without a detour over formatting: a record has
//! half a dozen of them.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::{Serialize, Serializer};

/// A text that is put together in place.
pub(super) struct Line {
    bytes: [u8; Self::LONGEST],
    length: usize,
}

impl Line {
    /// The length of `2026-05-08T10:32:11.123456789Z`.
    const LONGEST: usize = 30;

    const fn new() -> Self {
        Self {
            bytes: [0; Self::LONGEST],
            length: 0,
        }
    }

    fn put(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    /// Puts `number` with its `digits`, zeros in front.
    fn number(&mut self, mut number: u32, digits: usize) {
        for place in (self.length..self.length + digits).rev() {
            // A digit fits.
            self.bytes[place] = b'0' + (number % 10) as u8;
            number /= 10;
        }
        self.length += digits;
    }

    fn day(&mut self, day: NaiveDate) -> Option<()> {
        let year = u32::try_from(day.year())
            .ok()
            .filter(|year| *year <= 9999)?;
        self.number(year, 4);
        self.put(b'-');
        self.number(day.month(), 2);
        self.put(b'-');
        self.number(day.day(), 2);
        Some(())
    }

    fn moment(&mut self, at: DateTime<Utc>) -> Option<()> {
        let (day, time) = (at.date_naive(), at.time());
        self.day(day)?;
        self.put(b'T');
        self.number(time.hour(), 2);
        self.put(b':');
        self.number(time.minute(), 2);
        self.put(b':');
        self.number(time.second(), 2);
        // More are a leap second.
        match time.nanosecond() {
            0 => {}
            1_000_000_000.. => return None,
            nanos if nanos % 1_000_000 == 0 => self.fraction(nanos / 1_000_000, 3),
            nanos if nanos % 1_000 == 0 => self.fraction(nanos / 1_000, 6),
            nanos => self.fraction(nanos, 9),
        }
        self.put(b'Z');
        Some(())
    }

    fn fraction(&mut self, number: u32, digits: usize) {
        self.put(b'.');
        self.number(number, digits);
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes[..self.length]).ok()
    }
}

/// A value of this module; what is out of the ordinary is left to chrono.
pub(super) trait Stamp: Copy + Serialize {
    fn put(self, line: &mut Line) -> Option<()>;
}

impl Stamp for NaiveDate {
    fn put(self, line: &mut Line) -> Option<()> {
        line.day(self)
    }
}

impl Stamp for DateTime<Utc> {
    fn put(self, line: &mut Line) -> Option<()> {
        line.moment(self)
    }
}

pub(super) fn serialize<T: Stamp, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut line = Line::new();
    let put = value.put(&mut line);
    match put.and_then(|()| line.text()) {
        Some(text) => serializer.serialize_str(text),
        None => value.serialize(serializer),
    }
}

/// The same of a value that may be missing.
pub(super) mod option {
    use super::{Serialize, Serializer, Stamp};

    struct Present<T>(T);

    impl<T: Stamp> Serialize for Present<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            super::serialize(&self.0, serializer)
        }
    }

    pub(in super::super) fn serialize<T: Stamp, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.serialize_some(&Present(*value)),
            None => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json<T: Stamp>(value: T) -> String {
        let mut json = Vec::new();
        serialize(&value, &mut serde_json::Serializer::new(&mut json)).unwrap();
        String::from_utf8(json).unwrap()
    }

    proptest! {
        /// What is written is what chrono writes.
        #[test]
        fn a_moment_is_written_as_chrono_does(
            seconds in -62_200_000_000_i64..400_000_000_000,
            nanos in 0_u32..2_000_000_000,
            unit in prop::sample::select(vec![1_u32, 1_000, 1_000_000, 1_000_000_000]),
        ) {
            if let Some(at) = DateTime::from_timestamp(seconds, nanos / unit * unit) {
                prop_assert_eq!(json(at), serde_json::to_string(&at).unwrap());
                let day = at.date_naive();
                prop_assert_eq!(json(day), serde_json::to_string(&day).unwrap());
            }
        }
    }
}
