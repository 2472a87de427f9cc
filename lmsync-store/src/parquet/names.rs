//! Names of folders and files: what they stand for, and the age that their order tells.

use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::NaiveDateTime;
use sha2::{Digest, Sha256};

use crate::account_key::AccountKey;
use crate::pass_id::PassId;

/// The longest form of a name that stands as it is. A file system takes 255 bytes, of which
/// `connector=` has ten.
const LONGEST: usize = 240;
/// Number of bytes of a longer one that are shown, before the sum of the whole.
const SHOWN: usize = 160;
/// The moment of a pass, so that the order of names is that of age.
const MOMENT: &str = "%Y%m%dT%H%M%S%6fZ";

/// The folder of `account` within that of a table.
pub(super) fn account_folder(account: &AccountKey) -> PathBuf {
    let connector = format!("connector={}", encoded(&account.connector));
    PathBuf::from(connector).join(format!("instance={}", encoded(&account.instance)))
}

/// `name` as a part of a file name: all but ASCII letters, digits, `-`, `_` and `.` as `%XX`. One that is
/// too long is cut, and ends with `~` and a sum of it, which no other name does.
fn encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for (place, byte) in name.bytes().enumerate() {
        match byte {
            b'-' | b'_' => encoded.push(byte.into()),
            // Windows drops one at the end.
            b'.' if place + 1 < name.len() => encoded.push('.'),
            _ if byte.is_ascii_alphanumeric() => encoded.push(byte.into()),
            // Writing to a string cannot fail.
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    match encoded.len() > LONGEST {
        true => shortened(&encoded, name),
        false => encoded,
    }
}

fn shortened(encoded: &str, name: &str) -> String {
    let shown = &encoded[..SHOWN];
    // No escape is cut.
    let end = match shown.rfind('%') {
        Some(at) if at + 3 > SHOWN => at,
        _ => SHOWN,
    };
    let mut short = format!("{}~", &shown[..end]);
    for byte in &Sha256::digest(name)[..16] {
        let _ = write!(short, "{byte:02x}");
    }
    short
}

/// The text of `pass` in file names: `20261128T093000123456Z`.
pub(super) fn pass_text(pass: PassId) -> String {
    pass.began().format(MOMENT).to_string()
}

/// The pass of a text that [`pass_text`] made.
pub(super) fn pass_of(text: &str) -> Option<PassId> {
    let moment = NaiveDateTime::parse_from_str(text, MOMENT).ok()?;
    let pass = PassId::at(moment.and_utc());
    (pass_text(pass) == text).then_some(pass)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_safe_in_every_file_system() {
        for (name, safe) in [
            ("acme", "acme"),
            ("acme.example.com", "acme.example.com"),
            ("", ""),
            (".", "%2E"),
            ("..", ".%2E"),
            ("a/b\\c", "a%2Fb%5Cc"),
            ("50%=\"x\" '~*", "50%25%3D%22x%22%20%27%7E%2A"),
            ("Zürich", "Z%C3%BCrich"),
        ] {
            assert_eq!(encoded(name), safe, "{name}");
        }
    }

    #[test]
    fn a_long_name_is_cut_and_stays_its_own() {
        let long = "ü".repeat(300);
        let other = format!("{}x", "ü".repeat(299));
        assert_eq!(encoded(&long).len(), 159 + 1 + 32);
        assert_ne!(encoded(&long), encoded(&other));
        assert_eq!(encoded(&"a".repeat(LONGEST)), "a".repeat(LONGEST));
        let longer = encoded(&"a".repeat(LONGEST + 1));
        assert_eq!(&longer[..=SHOWN], format!("{}~", "a".repeat(SHOWN)));
    }

    #[test]
    fn a_file_that_is_called_otherwise_is_of_no_pass() {
        for text in [
            "",
            "20261128",
            "20261128T093000123456",
            "x",
            "+120261128T093000123456Z",
        ] {
            assert_eq!(pass_of(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn different_names_have_different_folders(names in proptest::collection::hash_set(".{0,300}", 2..20)) {
            let folders: HashSet<String> = names.iter().map(|name| encoded(name)).collect();
            prop_assert_eq!(folders.len(), names.len());
            for folder in folders {
                prop_assert!(folder.len() <= LONGEST);
                prop_assert!(folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.%~".contains(&byte)));
            }
        }

        #[test]
        fn the_order_of_names_is_age(one in 0_i64..253_402_300_799_999_999, other in 0_i64..253_402_300_799_999_999) {
            let pass = |micros| PassId::at(DateTime::<Utc>::from_timestamp_micros(micros).unwrap());
            let (one, other) = (pass(one), pass(other));
            prop_assert_eq!(pass_text(one).cmp(&pass_text(other)), one.cmp(&other));
            prop_assert_eq!(pass_of(&pass_text(one)), Some(one));
        }
    }
}
