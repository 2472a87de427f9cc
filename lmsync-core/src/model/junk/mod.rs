//! Values that many machines share because somebody forgot to fill them in.
//!
//! The lists are data, each with its source: [`texts`], [`macs`], [`uuids`]; what has no end of
//! members is told by a pattern. Texts are compared by their [`skeleton`](super::text::skeleton),
//! so that a list has each text once, whatever its blanks, dots, underscores and case.

use super::text::skeleton;

pub(super) mod macs;
mod shapes;
mod texts;
pub(super) mod uuids;

/// Tells whether a text with the skeleton `key` stands for "no serial number".
///
/// One character six times or more is suspicion rather than proof. It counts all
/// the same: six equal characters happen to a genuine serial once in many
/// millions, while treating one such filler as genuine merges every machine that
/// has it. The text itself is kept, and a user can except it.
pub(super) fn is_serial(key: &str) -> bool {
    texts::SERIALS.contains(key) || shapes::is_serial(key) || shapes::is_field_name(key)
}

/// Tells whether `text` stands for "no model".
pub(super) fn is_model(text: &str) -> bool {
    let key = skeleton(text);
    texts::MODELS.contains(&*key) || is_no_name(&key)
}

/// Tells whether `text` stands for "no manufacturer".
pub(super) fn is_manufacturer(text: &str) -> bool {
    let key = skeleton(text);
    texts::MANUFACTURERS.contains(&*key)
        || (is_no_name(&key) && !texts::MAKERS_ALL_THE_SAME.contains(&key.as_str()))
}

/// Tells whether a skeleton is neither a maker's name nor a model's.
fn is_no_name(key: &str) -> bool {
    texts::SERIALS.contains(key) || shapes::is_rule_off(key) || shapes::is_field_name(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholder_models_and_makers_are_caught_in_any_spelling() {
        for text in [
            "TO BE  FILLED BY o.e.m.",
            "To be filled by OEM",
            "Default_string",
            "System_Product_Name",
            "Type1ProductConfigId",
            "Type2 - Board Product Name1",
            "Type2 - Board Vendor Name1",
            "Type1 - TBD by OEM",
            "Type3-Chassis Manufacturer",
            "Undefined",
            "undefined\u{feff}",
            "Base Board Product Name",
            "Baseboard Manufacturer",
            "System Version",
            "OEM Default string000",
            "T.B.D.",
            "---",
            "*",
            "\u{200b}",
        ] {
            assert!(is_model(text), "{text}");
            assert!(is_manufacturer(text), "{text}");
        }
        assert!(is_model("All Series"));
        assert!(is_manufacturer("SYSTEM MANUFACTURER"));
        assert!(is_manufacturer("OEM"));
    }

    #[test]
    fn makers_and_models_that_look_like_placeholders_are_not() {
        for text in [
            "OptiPlex 7090",
            "20FA",
            "Type 7042",
            "TypeMatrix",
            "System76",
            "System x3650",
            "Product 1000",
            "Default Systems Ltd",
            "Unknown Worlds",
            "Nonesuch",
            "IDIS",
            "Toby",
            "Boardman",
            "OEM Systems GmbH",
            "Serial Solutions",
            "MAXDATA",
            "Mac14,2",
            "X1",
            "1",
        ] {
            assert!(!is_model(text), "{text}");
            assert!(!is_manufacturer(text), "{text}");
        }
        assert!(!is_manufacturer("Tulip Computers"));
        assert!(!is_manufacturer("Dell Inc."));
    }
}
