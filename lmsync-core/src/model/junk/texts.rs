//! Filler texts, and the words that they are made of.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::text::skeleton;

/// Skeletons of texts that stand for "no serial number", and for nothing else either.
pub(super) static SERIALS: LazyLock<HashSet<String>> =
    LazyLock::new(|| skeletons(&[IN_LISTS, OF_FIRMWARE, OF_SOFTWARE]));

/// Skeletons of texts that stand for "no model".
pub(super) static MODELS: LazyLock<HashSet<String>> = LazyLock::new(|| skeletons(&[ONLY_MODELS]));

/// Skeletons of texts that stand for "no manufacturer".
pub(super) static MANUFACTURERS: LazyLock<HashSet<String>> =
    LazyLock::new(|| skeletons(&[ONLY_MANUFACTURERS]));

/// Skeletons of makers whose name is junk as a serial number alone.
pub(super) const MAKERS_ALL_THE_SAME: &[&str] = &["tulipcomputers"];

fn skeletons(lists: &[&[&str]]) -> HashSet<String> {
    lists.concat().into_iter().map(skeleton).collect()
}

/// Serial numbers in the lists of several inventory tools; those that a pattern tells are not here.
///
/// Documented: <https://github.com/glpi-project/glpi/blob/main/src/Blacklist.php>;
/// Seen: lists of OCS Inventory and five other tools.
pub(super) const IN_LISTS: &[&str] = &[
    "N/A",
    "none",
    "Default string",
    "Not Specified",
    "Unknown",
    "INVALID",
    "Not Available",
    "null",
    "(null string)",
    "12345",
    "123456",
    "1234567",
    "123456789000",
    "<BAD INDEX>",
    "empty",
    "EVAL",
    "IATPASS",
    "Tulip Computers",
    "SN-123456fvgv3i0b8o5n6n7k",
    "<OUT OF SPEC>",
    "<OUT OF SPEC><OUT OF SPEC>",
    "nil",
    "not applicable",
    "Not Installed",
    "Not Present",
    "Unknow",
];

/// Texts of firmware that nobody filled in.
///
/// Documented: <https://github.com/FOGProject/fogproject>, its list of unusable numbers;
/// Seen: SMBIOS tables in public repositories.
const OF_FIRMWARE: &[&str] = &[
    "OEM",
    "O.E.M.",
    "TBD",
    "Not Settable",
    "Not Defined",
    "Not Provided",
    "Not Set",
    "Unspecified",
    "Undefined",
    "Default",
    "Serial",
    "SerNum",
    "Asset Tag",
    "Enter Serial",
];

/// Words that programs write for "nothing". Assumed, from the languages they are written in.
const OF_SOFTWARE: &[&str] = &["NaN", "(blank)", "[object Object]", "placeholder", "dummy"];

/// Models. Documented: GLPI, as above.
const ONLY_MODELS: &[&str] = &["All Series"];

/// Manufacturers. Documented: GLPI, as above; Seen: SMBIOS tables in public repositories.
const ONLY_MANUFACTURERS: &[&str] = &["Manufacturer", "Unknown manufacturer", "Vendor"];

/// Words of which firmware makes the name of a field in place of its value, such as
/// `Type2 - Board Serial Number`, and sentences such as `To Be Filled By O.E.M.`.
///
/// Seen: SMBIOS tables in public repositories; the defaults of Insyde's, AMI's and Phoenix'
/// firmware.
pub(super) const FIELD_WORDS: &[&str] = &[
    "system",
    "chassis",
    "base",
    "board",
    "main",
    "mother",
    "enclosure",
    "product",
    "bios",
    "serial",
    "number",
    "numb",
    "num",
    "asset",
    "information",
    "info",
    "tag",
    "manufacturer",
    "manufacture",
    "vendor",
    "version",
    "name",
    "family",
    "location",
    "sku",
    "config",
    "id",
    "string",
    "default",
    "to",
    "be",
    "filled",
    "set",
    "defined",
    "entered",
    "determined",
    "tbd",
    "by",
    "more",
    "oem",
    "odm",
    "no",
    "not",
    "none",
    "specified",
    "specify",
    "available",
    "applicable",
    "present",
    "unknown",
    "invalid",
    "empty",
    "null",
];

/// Labels before a counted-up or empty number, as in `SN-12345` and `S/N: 0000`.
///
/// Documented: GLPI, as above; Seen: SMBIOS tables in public repositories.
pub(super) const LABELS: &[&str] = &[
    "serialnumber",
    "serialno",
    "serial",
    "sernum",
    "sn",
    "sys",
    "mb",
    "asset",
    "assettag",
    "defaultstring",
    "type1",
    "type2",
    "type3",
];
