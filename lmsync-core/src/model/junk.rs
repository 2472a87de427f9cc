//! Values that many machines share because somebody forgot to fill them in.
//!
//! Seen in the lists of several inventory tools (GLPI, OCS Inventory and others).

use super::text::fold;

/// Serial numbers, as compared by [`fold`].
pub(super) const SERIALS: &[&str] = &[
    "N/A",
    "none",
    "To Be Filled By O.E.M.",
    "Default string",
    "Not Specified",
    "System Serial Number",
    "Unknown",
    "0123456789",
    "123456789",
    "Chassis Serial Number",
    "na",
    "0",
    "00000000",
    "INVALID",
    "Not Available",
    "null",
    "(null string)",
    "0000000000",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "1234567890",
    "123456789000",
    "12345678901234567",
    "<BAD INDEX>",
    "empty",
    "EVAL",
    "IATPASS",
    "NNNNNNN",
    "No Asset Tag",
    "Serial Number xxxxxx",
    "SN-12345",
    "SN-1234567890",
    "SN-123456fvgv3i0b8o5n6n7k",
    "SYS-1234567890",
    "SYS-9876543210",
    "System manufacturer",
    "System Product Name",
    "to be filled by o.e.m",
    "Tulip Computers",
    "xxxxxxxxxxx",
    "-",
    "................",
    "000000",
    "0000000",
    "000000000",
    "000000000000",
    "1",
    "1111111",
    "1111111111",
    "<OUT OF SPEC>",
    "<OUT OF SPEC><OUT OF SPEC>",
    "base board serial number",
    "Chassis manufacture",
    "Chassis manufacturer",
    "Chassis Version",
    "defaultstring",
    "ffffffff",
    "MB-1234567890",
    "nil",
    "no asset information",
    "not applicable",
    "Not Installed",
    "Not Present",
    "notspecified",
    "OEM_Serial",
    "serial number",
    "serialnum",
    "System Version",
    "SystemSerialNumb",
    "tobefilledbyo.e.m.",
    "Unknow",
    "xxxxxxxxxxxxxxxxxx",
];

/// Hardware addresses that drivers and factories gave to many machines.
pub(super) const MACS: &[[u8; 6]] = &[
    [0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
    [0x00, 0x01, 0x02, 0x7d, 0x9b, 0x1c],
    [0x00, 0x08, 0xa1, 0x46, 0x06, 0x35],
    [0x00, 0x08, 0xa1, 0x66, 0xe2, 0x1a],
    [0x00, 0x09, 0xdd, 0x10, 0x37, 0x68],
    [0x00, 0x0b, 0xca, 0xfe, 0x00, 0x00],
    [0x00, 0x0f, 0xea, 0x9a, 0xe2, 0xf0],
    [0x00, 0x10, 0x5a, 0x72, 0x71, 0xf3],
    [0x00, 0x11, 0x11, 0x85, 0x08, 0x8b],
    [0x00, 0x50, 0x56, 0xc0, 0x00, 0x01],
    [0x00, 0x50, 0x56, 0xc0, 0x00, 0x02],
    [0x00, 0x50, 0x56, 0xc0, 0x00, 0x08],
    [0x00, 0xa0, 0xc6, 0x00, 0x00, 0x00],
    [0x02, 0x00, 0x4e, 0x43, 0x50, 0x49],
    [0x02, 0x80, 0x37, 0xec, 0x02, 0x00],
    [0x0a, 0x00, 0x27, 0x00, 0x00, 0x00],
    [0x10, 0x11, 0x11, 0x11, 0x11, 0x11],
    [0x20, 0x41, 0x53, 0x59, 0x4e, 0xff],
    [0x24, 0xb6, 0x20, 0x52, 0x41, 0x53],
    [0x33, 0x50, 0x6f, 0x45, 0x30, 0x30],
    [0x44, 0x45, 0x53, 0x54, 0x00, 0x00],
    [0x44, 0x45, 0x53, 0x54, 0x00, 0x01],
    [0x44, 0x45, 0x53, 0x54, 0x61, 0x6f],
    [0x50, 0x50, 0x54, 0x50, 0x30, 0x30],
    [0xd2, 0x0a, 0x2d, 0xa0, 0x04, 0xbe],
    [0xd2, 0x6b, 0x25, 0x2f, 0x2c, 0xe7],
    [0xe2, 0xe6, 0x16, 0x20, 0x0a, 0x35],
    [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    // The same on every machine that has the Fortinet SSL VPN adapter.
    [0x00, 0x09, 0x0f, 0xaa, 0x00, 0x01],
];

/// Beginnings of addresses that software makes up without setting the "locally administered" bit.
pub(super) const MAC_PREFIXES: &[&[u8]] = &[
    // VMware's host side.
    &[0x00, 0x50, 0x56, 0xc0],
    // The TAP driver; no maker owns 00:ff.
    &[0x00, 0xff],
];

/// SMBIOS UUIDs.
pub(super) const UUIDS: &[&str] = &[
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "00000000-0000-0000-0000-000000000000",
    "03000200-0400-0500-0006-000700080009",
    "6AB5B300-538D-1014-9FB5-B0684D007B53",
    "01010101-0101-0101-0101-010101010101",
];

const MODELS: &[&str] = &[
    "Unknow",
    "To Be Filled By O.E.M.",
    "*",
    "System Product Name",
    "Product Name",
    "System Name",
    "All Series",
];

const MANUFACTURERS: &[&str] = &[
    "System manufacturer",
    "Manufacturer",
    "Unknown manufacturer",
    "OEM",
    "O.E.M.",
];

/// Junk as a serial number, and a maker all the same.
const NOT_JUNK_AS_MAKER: &str = "Tulip Computers";

/// Whether `text` stands for "no model".
pub(super) fn is_model(text: &str) -> bool {
    let folded = fold(text);
    is_listed(&folded, MODELS) || is_listed(&folded, SERIALS) || is_rule_off(&folded)
}

/// Whether `text` stands for "no manufacturer".
pub(super) fn is_manufacturer(text: &str) -> bool {
    let folded = fold(text);
    is_listed(&folded, MANUFACTURERS)
        || (is_listed(&folded, SERIALS) && !folded.eq_ignore_ascii_case(NOT_JUNK_AS_MAKER))
        || is_rule_off(&folded)
}

/// Whether a folded serial number has the shape of one that nobody filled in.
///
/// One character six times or more is suspicion rather than proof. It counts all
/// the same: six equal characters happen to a genuine serial once in many
/// millions, while treating one such filler as genuine merges every machine that
/// has it. The text itself is kept, and a user can except it.
pub(super) fn is_serial_shape(folded: &str) -> bool {
    consists_of(folded, "0") || consists_of(folded, "1") || is_rule_off(folded) || repeats(folded)
}

/// Only dots, dashes, underscores, blanks, crosses and stars.
fn is_rule_off(folded: &str) -> bool {
    consists_of(folded, ".-_ x*")
}

fn consists_of(text: &str, allowed: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| allowed.contains(c))
}

/// One character, six times or more, and nothing else.
pub(super) fn repeats(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return false;
    };
    chars.clone().count() >= 5 && chars.all(|c| c == first)
}

fn is_listed(folded: &str, list: &[&str]) -> bool {
    list.iter().any(|entry| entry.eq_ignore_ascii_case(folded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_compared_without_case_and_inner_blanks() {
        assert!(is_model("TO BE  FILLED BY o.e.m."));
        assert!(is_model("All Series"));
        assert!(is_model("*"));
        assert!(!is_model("OptiPlex 7090"));
        assert!(is_manufacturer("SYSTEM MANUFACTURER"));
        assert!(is_manufacturer("Default string"));
        assert!(!is_manufacturer("Tulip Computers"));
        assert!(!is_manufacturer("Dell Inc."));
    }

    #[test]
    fn shapes() {
        for junk in [
            "0", "000", "1", "11", "......", "-", "x-x", "* *", "777777", "ffffffff",
        ] {
            assert!(is_serial_shape(junk), "{junk}");
        }
        for genuine in ["10", "1001", "010", "77777", "777778", "abc1.2.3x", "x1"] {
            assert!(!is_serial_shape(genuine), "{genuine}");
        }
        assert!(!is_serial_shape(""));
    }
}
