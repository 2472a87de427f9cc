//! Words of vendors' configurations: the same everywhere.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use lmsync::halo::{AssetClass, HaloProduct};
use lmsync::{Error, cwrmm, superops};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn require_words<T>(all: &[T], as_str: fn(T) -> &'static str, words: &[&str])
where
    T: Copy + Debug + Display + DeserializeOwned + FromStr<Err = Error> + PartialEq + Serialize,
{
    let own: Vec<_> = all.iter().copied().map(as_str).collect();
    assert_eq!(own, words);
    for (one, word) in all.iter().zip(words) {
        assert_eq!(one.to_string(), *word);
        assert_eq!(word.parse::<T>().unwrap(), *one);
        let json = serde_json::to_string(one).unwrap();
        assert_eq!(json, format!("\"{word}\""));
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *one);
    }
    assert!(
        "mars"
            .parse::<T>()
            .unwrap_err()
            .message()
            .contains("`mars`")
    );
}

#[test]
fn each_has_one_word_everywhere() {
    use cwrmm::Region as CwRmmRegion;
    use superops::{Product, Region};

    require_words(CwRmmRegion::ALL, CwRmmRegion::as_str, &["na", "eu", "au"]);
    require_words(Region::ALL, Region::as_str, &["us", "eu"]);
    require_words(Product::ALL, Product::as_str, &["msp", "it"]);
    require_words(HaloProduct::ALL, HaloProduct::as_str, &["psa", "itsm"]);
    let classes = ["hardware", "software", "neither"];
    require_words(AssetClass::ALL, AssetClass::as_str, &classes);
}
