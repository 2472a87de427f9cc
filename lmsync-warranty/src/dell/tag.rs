//! Service tags, and the number that is printed beside them.

/// The digits of a service tag, a number to the base 36.
const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// The letters of a service tag.
const LENGTH: usize = 7;

/// The service tag of `serial`: itself, or the one whose Express Service Code it is.
///
/// The code is the tag as a decimal number. Seen: the converters of service tags.
pub(super) fn service_tag(serial: &str) -> String {
    let is_code = serial.len() > LENGTH && serial.bytes().all(|byte| byte.is_ascii_digit());
    let tag = serial
        .parse::<u64>()
        .ok()
        .filter(|_| is_code)
        .map(to_base_36);
    tag.filter(|tag| tag.len() == LENGTH)
        .unwrap_or_else(|| serial.to_owned())
}

fn to_base_36(mut number: u64) -> String {
    let mut digits = Vec::new();
    while number > 0 {
        let digit = usize::try_from(number % 36).unwrap_or_default();
        digits.push(char::from(DIGITS[digit]));
        number /= 36;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_express_service_code_is_its_tag() {
        let code = u64::from_str_radix("7XKQ2T3", 36).unwrap();
        assert_eq!(service_tag(&code.to_string()), "7XKQ2T3");
        for tag in [
            "7XKQ2T3",
            "1234567",
            "ABC12",
            "CKM00123456789",
            "99999999999999999999",
        ] {
            assert_eq!(service_tag(tag), tag);
        }
    }

    proptest::proptest! {
        #[test]
        fn every_tag_is_found_by_its_code(tag in "[1-9A-Z][0-9A-Z]{6}") {
            let code = u64::from_str_radix(&tag, 36).unwrap();
            proptest::prop_assert_eq!(service_tag(&code.to_string()), tag);
        }
    }
}
