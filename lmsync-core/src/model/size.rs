//! Sizes in bytes.

use super::text::{trim, trimmed};

/// A size as a vendor states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Size<'a> {
    /// A number of bytes.
    Bytes(u64),
    /// A number and the unit that the vendor names.
    Stated {
        /// The number as sent.
        number: &'a str,
        /// Its unit.
        unit: SizeUnit,
    },
    /// A number without a unit, taken for the documented one; noted as an issue.
    Assumed {
        /// The number as sent.
        number: &'a str,
        /// The unit it is taken for.
        unit: SizeUnit,
    },
}

impl<'a> Size<'a> {
    /// The size in a text such as `476.9 GB`; `unit` is how this vendor means its units.
    ///
    /// ```
    /// # use lmsync_core::model::{Size, SizeUnit};
    /// let size = Size::in_text("16 GB", SizeUnit::binary);
    /// assert_eq!(size.and_then(Size::bytes), Some(17_179_869_184));
    /// ```
    #[must_use]
    pub fn in_text(text: &'a str, unit: fn(&str) -> Option<SizeUnit>) -> Option<Self> {
        let text = trim(text);
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (number, rest) = text.split_at(end);
        let unit = unit(rest)?;
        Some(Self::Stated { number, unit })
    }

    /// The size in bytes, rounded; `None` for zero, for what is not a plain
    /// positive decimal number, and for what does not fit.
    #[must_use]
    pub fn bytes(self) -> Option<u64> {
        self.bytes_or_zero().filter(|bytes| *bytes > 0)
    }

    /// Like [`bytes`](Self::bytes), for what may well be zero, such as free space.
    pub(super) fn bytes_or_zero(self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Stated { number, unit } | Self::Assumed { number, unit } => {
                multiply(trim(number), unit.bytes())
            }
        }
    }

    /// Whether there is text in place of a number.
    pub(super) fn is_malformed(self) -> bool {
        self.text()
            .is_some_and(|number| multiply(number, 1).is_none())
    }

    /// The number as sent, where it is text and says anything.
    pub(super) fn text(self) -> Option<&'a str> {
        match self {
            Self::Bytes(_) => None,
            Self::Stated { number, .. } | Self::Assumed { number, .. } => trimmed(number),
        }
    }
}

/// Exact decimal arithmetic, since a float would round large sizes.
fn multiply(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if !is_digits(whole, 20) || !is_digits(fraction, 15) {
        return None;
    }
    let factor = u128::from(factor);
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let part = (fraction.parse::<u128>().ok()? * factor + scale / 2) / scale;
    u64::try_from(whole.parse::<u128>().ok()? * factor + part).ok()
}

fn is_digits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The unit of a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SizeUnit {
    /// Bytes.
    Bytes,
    /// 10³ bytes.
    Kilobytes,
    /// 2¹⁰ bytes.
    Kibibytes,
    /// 10⁶ bytes.
    Megabytes,
    /// 2²⁰ bytes.
    Mebibytes,
    /// 10⁹ bytes.
    Gigabytes,
    /// 2³⁰ bytes.
    Gibibytes,
    /// 10¹² bytes.
    Terabytes,
    /// 2⁴⁰ bytes.
    Tebibytes,
}

crate::words!(SizeUnit {
    Bytes => "bytes",
    Kilobytes => "kilobytes",
    Kibibytes => "kibibytes",
    Megabytes => "megabytes",
    Mebibytes => "mebibytes",
    Gigabytes => "gigabytes",
    Gibibytes => "gibibytes",
    Terabytes => "terabytes",
    Tebibytes => "tebibytes",
});

/// Names of units, in lower case.
const UNITS: &[(&str, SizeUnit)] = &[
    ("b", SizeUnit::Bytes),
    ("byte", SizeUnit::Bytes),
    ("bytes", SizeUnit::Bytes),
    ("kb", SizeUnit::Kilobytes),
    ("kib", SizeUnit::Kibibytes),
    ("mb", SizeUnit::Megabytes),
    ("mib", SizeUnit::Mebibytes),
    ("gb", SizeUnit::Gigabytes),
    ("gib", SizeUnit::Gibibytes),
    ("tb", SizeUnit::Terabytes),
    ("tib", SizeUnit::Tebibytes),
];

impl SizeUnit {
    /// The unit of a vendor that says "GB" and means 2³⁰ bytes.
    #[must_use]
    pub fn binary(text: &str) -> Option<Self> {
        Some(match Self::decimal(text)? {
            Self::Kilobytes => Self::Kibibytes,
            Self::Megabytes => Self::Mebibytes,
            Self::Gigabytes => Self::Gibibytes,
            Self::Terabytes => Self::Tebibytes,
            unit => unit,
        })
    }

    /// The unit of a vendor that says "GB" and means 10⁹ bytes; "GiB" is 2³⁰ for everybody.
    #[must_use]
    pub fn decimal(text: &str) -> Option<Self> {
        let text = trim(text);
        let names = UNITS.iter();
        let mut named = names.filter(|(name, _)| text.eq_ignore_ascii_case(name));
        named.next().map(|(_, unit)| *unit)
    }

    /// How many bytes one of this unit is.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        match self {
            Self::Bytes => 1,
            Self::Kilobytes => 1_000,
            Self::Kibibytes => 1 << 10,
            Self::Megabytes => 1_000_000,
            Self::Mebibytes => 1 << 20,
            Self::Gigabytes => 1_000_000_000,
            Self::Gibibytes => 1 << 30,
            Self::Terabytes => 1_000_000_000_000,
            Self::Tebibytes => 1 << 40,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gib(number: &str) -> Option<u64> {
        let unit = SizeUnit::binary("GB").unwrap();
        Size::Stated { number, unit }.bytes()
    }

    #[test]
    fn numbers_in_text() {
        assert_eq!(gib("16"), Some(17_179_869_184));
        assert_eq!(gib(" 476.9 "), Some(512_067_475_866));
        // 8460263424 bytes are shown as "7.88": the text is right to 1 in 100.
        assert!(gib("7.88").unwrap().abs_diff(8_460_263_424) < (1 << 30) / 100);
        let bytes = Size::Assumed {
            number: "8460263424",
            unit: SizeUnit::Bytes,
        };
        assert_eq!(bytes.bytes(), Some(8_460_263_424));
        assert_eq!(Size::Bytes(0).bytes(), None);
    }

    #[test]
    fn what_is_no_size() {
        for number in [
            "",
            "0",
            "0.0",
            "-1",
            "+1",
            "1e3",
            "NaN",
            "inf",
            "1,5",
            "1.",
            ".5",
            "16 GB",
            "99999999999999999999",
            "18446744073709551615",
        ] {
            assert_eq!(gib(number), None, "{number}");
        }
        let stated = |number| Size::Stated {
            number,
            unit: SizeUnit::Gibibytes,
        };
        assert!(stated("lots").is_malformed());
        assert!(!stated("").is_malformed());
        assert!(!stated("0").is_malformed());
    }

    #[test]
    fn units() {
        assert_eq!(SizeUnit::binary("gb"), Some(SizeUnit::Gibibytes));
        assert_eq!(SizeUnit::decimal("GB"), Some(SizeUnit::Gigabytes));
        assert_eq!(SizeUnit::decimal("GiB"), Some(SizeUnit::Gibibytes));
        assert_eq!(SizeUnit::binary("furlong"), None);
        let read = |text| Size::in_text(text, SizeUnit::decimal).and_then(Size::bytes);
        assert_eq!(read("1.5TB"), Some(1_500_000_000_000));
        assert_eq!(read("512"), None);
        assert_eq!(read("lots"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = Size::in_text(&text, SizeUnit::binary).and_then(Size::bytes);
            let _ = gib(&text);
        }

        #[test]
        fn whole_bytes_are_exact(bytes in 1..=u64::MAX) {
            let size = Size::Stated { number: &bytes.to_string(), unit: SizeUnit::Bytes };
            prop_assert_eq!(size.bytes(), Some(bytes));
        }
    }
}
