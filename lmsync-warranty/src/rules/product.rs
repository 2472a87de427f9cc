//! Comparison of a maker's product with the model that a tool tells.

use super::hardware::words;

/// The shortest word with a digit that is a model's name rather than a generation, such as `T14` or `840`.
const SHORTEST_NAME: usize = 3;
/// The shortest text that may be a part of a longer name, such as a machine type of `20XW00ABUS`.
const SHORTEST_PART: usize = 4;
/// The fewest crosses that stand for any other letters.
const SHORTEST_WILDCARD: usize = 2;
/// Words that say nothing of the product.
const GENERIC: &[&str] = &[
    "and",
    "cisco",
    "computer",
    "corporation",
    "dell",
    "desktop",
    "desktops",
    "emc",
    "gen",
    "hewlett",
    "hp",
    "inc",
    "laptop",
    "laptops",
    "lenovo",
    "mini",
    "netbooks",
    "notebook",
    "notebooks",
    "packard",
    "pc",
    "series",
    "server",
    "system",
    "tower",
    "type",
    "workstation",
];

/// Tells whether the product that the maker describes by `product` can be the model `model`.
///
/// Names with digits decide where both sides have some, else words; where one side has neither, nothing
/// speaks against it. Assumed: a name with three characters and a digit is a model's.
///
/// ```
/// use lmsync_warranty::rules::is_same_product;
///
/// assert!(is_same_product("HP EliteBook 840 G8 Notebook PC", &["HP EliteBook 840 14 inch G8"]));
/// assert!(is_same_product("20XW00ABUS", &["LAPTOPS/THINKPAD-X1/20XW/20XW00ABUS"]));
/// assert!(!is_same_product("Latitude 5440", &["POWEREDGE R750"]));
/// ```
#[must_use]
pub fn is_same_product(model: &str, product: &[impl AsRef<str>]) -> bool {
    let product: Vec<&str> = product.iter().map(AsRef::as_ref).collect();
    let (model, product) = (Described::of(model), Described::of(&product.join(" ")));
    if !model.names.is_empty() && !product.names.is_empty() {
        return share(&model.names, &product.names, is_part);
    }
    if model.words.is_empty() || product.words.is_empty() {
        return true;
    }
    share(&model.words, &product.words, |one, other| one == other)
}

/// Tells whether the product number `known` is one of those that the maker names; true where it names none.
///
/// One may be the beginning of the other, as a machine type is of a machine's number, and what follows
/// a `#` does not count.
#[must_use]
pub fn is_same_product_number(known: &str, named: &[impl AsRef<str>]) -> bool {
    let base = |number: &str| {
        let base = number.split('#').next().unwrap_or_default();
        base.trim().to_uppercase()
    };
    let known = base(known);
    let named: Vec<String> = named.iter().map(|number| base(number.as_ref())).collect();
    let is_beginning =
        |one: &str, other: &str| one.len() >= SHORTEST_PART && other.starts_with(one);
    let fits = |named: &String| {
        *named == known || is_beginning(&known, named) || is_beginning(named, &known)
    };
    named.iter().all(String::is_empty) || named.iter().any(fits)
}

/// The words of a description.
struct Described {
    /// With digits, and long enough to be a model's name.
    names: Vec<String>,
    /// The others that say something.
    words: Vec<String>,
}

impl Described {
    fn of(text: &str) -> Self {
        let words = words(text);
        let words = words
            .split_whitespace()
            .filter(|word| !GENERIC.contains(word));
        let is_name = |word: &&str| {
            word.chars().count() >= SHORTEST_NAME
                && word.contains(|letter: char| letter.is_ascii_digit())
        };
        let (names, words) = words.partition::<Vec<&str>, _>(is_name);
        let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        Self {
            names: owned(names),
            words: owned(words),
        }
    }
}

fn share(one: &[String], other: &[String], is_same: impl Fn(&str, &str) -> bool) -> bool {
    one.iter()
        .any(|one| other.iter().any(|other| is_same(one, other)))
}

/// Tells whether two names are the same, or the shorter is a part of the longer.
fn is_part(one: &str, other: &str) -> bool {
    let (short, long) = match one.len() <= other.len() {
        true => (one, other),
        false => (other, one),
    };
    short == long
        || (short.len() >= SHORTEST_PART && long.contains(short))
        || is_of_family(one, other)
        || is_of_family(other, one)
}

/// Tells whether `family` is a name such as `dw3xxx`, of which `member` is one. Seen: firmware of HP's.
fn is_of_family(family: &str, member: &str) -> bool {
    let beginning = family.trim_end_matches('x');
    let is_family = family.len() - beginning.len() >= SHORTEST_WILDCARD;
    is_family && beginning.len() >= SHORTEST_NAME && member.starts_with(beginning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_fits_its_own_product() {
        for (model, product) in [
            ("Latitude 5440", "LATITUDE 5440"),
            ("PowerEdge R740", "Poweredge R740"),
            ("OptiPlex 7090", "OPTIPLEX 7090 UFF"),
            ("Inspiron 15-3567", "INSPIRON 3567"),
            ("XPS 13", "XPS 13 9310"),
            (
                "HP EliteBook 840 G8 Notebook PC",
                "HP EliteBook 840 Made-Up Notebook PC (XXXXXAV)",
            ),
            (
                "HP Z2 Tower G9 Workstation Desktop PC",
                "HP Z2 G9 Tower Workstation",
            ),
            (
                "ThinkPad T14 Gen 3",
                "LAPTOPS/THINKPAD-T14-TYPE-21AH-21AJ/21AH/21AH00ABUS",
            ),
            ("21AH00ABUS", "LAPTOPS/THINKPAD-T14-TYPE-21AH-21AJ/21AH"),
            ("Catalyst 9300", "C9300-48P"),
            ("HP Laptop 15-dw3xxx", "HP Laptop PC 15-dw3033dx"),
            ("Latitude 5440", "LATITUDE"),
            ("Latitude 5440", ""),
            ("20XW00ABUS", "ThinkPad"),
            ("", "LATITUDE 5440"),
        ] {
            assert!(is_same_product(model, &[product]), "{model} and {product}");
        }
    }

    #[test]
    fn a_model_does_not_fit_another_product() {
        for (model, product) in [
            ("Latitude 5440", "LATITUDE 5430"),
            ("Latitude", "OptiPlex"),
            ("Vostro", "LATITUDE 5440"),
            (
                "HP ProBook 450 G8 Notebook PC",
                "HP EliteBook 840 G8 Notebook PC",
            ),
            ("21AH00ABUS", "LAPTOPS/THINKPAD-X1/20XW/20XW00ABUS"),
            ("C9300-48P", "ISR4331/K9"),
            ("HP Laptop 15-dw3xxx", "HP Laptop PC 15-dw1033dx"),
        ] {
            assert!(!is_same_product(model, &[product]), "{model} and {product}");
        }
    }

    #[test]
    fn a_product_number_is_one_of_those_named() {
        assert!(is_same_product_number("5D1B0UT", &["5D1B0UT#ABA"]));
        assert!(is_same_product_number("21AH", &["21AH00ABUS"]));
        assert!(is_same_product_number("21AH00ABUS", &["20XW", "21AH"]));
        assert!(is_same_product_number("5D1B0UT", &[] as &[&str]));
        assert!(!is_same_product_number("5D1B0UT", &["6A2C1EA"]));
        assert!(!is_same_product_number("21AH", &["20XW00ABUS"]));
    }
}
