//! Machine types, by which Lenovo tells machines of one serial number apart.

use crate::query::{WarrantyQuery, normal};

/// The letters and digits of a machine type, which a machine's full number begins with. Documented:
/// Lenovo's hardware maintenance manuals.
const LENGTH: usize = 4;
/// The longest full number.
const LONGEST_NUMBER: usize = 10;

/// The machine type of `query`, by its product number or a model that is one, such as `20XW00ABUS`.
pub(super) fn machine_type(query: &WarrantyQuery) -> Option<String> {
    let told = [query.product_number.as_deref(), query.model.as_deref()];
    told.into_iter().flatten().find_map(read)
}

fn read(text: &str) -> Option<String> {
    let number = normal(text);
    let is_number = (LENGTH..=LONGEST_NUMBER).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && number.bytes().take(2).all(|byte| byte.is_ascii_digit());
    is_number.then(|| number[..LENGTH].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_type_is_read_and_not_guessed() {
        let of = |number: &str, model: &str| {
            machine_type(
                &WarrantyQuery::new("PFTEST01")
                    .product_number(number)
                    .model(model),
            )
        };
        assert_eq!(of("21AH00ABUS", "").as_deref(), Some("21AH"));
        assert_eq!(of("21ah", "20XW00ABUS").as_deref(), Some("21AH"));
        assert_eq!(of("", "20XW00ABUS").as_deref(), Some("20XW"));
        for model in [
            "",
            "ThinkPad T14 Gen 3",
            "T14",
            "ThinkPad",
            "20XW-00AB",
            "x3650",
        ] {
            assert_eq!(of("", model), None, "{model}");
        }
    }
}
