//! One small change to a JSON answer, such as vendors make without notice.

use std::collections::BTreeSet;
use std::ops::Range;

use bytes::Bytes;
use serde::de::IgnoredAny;

use super::json::{Holder, Kind, Place, places};
use crate::dice::Dice;

/// Characters that are legal and rarely thought of, the last of them half a pair.
const ODD_TEXTS: [&str; 5] = [
    r#""\u0000\u0007\b""#,
    r#""\u202e\u200b\ufeff\u2028""#,
    r#""Z\u0351\u036b\u0343a\u0363l\u034dgo \ud83d\udcbb""#,
    r#""'\"\\\/;--<script>%00${x}{{y}}""#,
    r#""\ud800""#,
];
const IMPOSSIBLE_DATES: [&str; 6] = [
    r#""2026-02-31T25:61:61Z""#,
    r#""0000-00-00""#,
    r#""999999-12-31T00:00:00Z""#,
    r#""2026-03-31T12:00:00+99:99""#,
    r#""31.31.2026""#,
    r#""-292277022656-01-01T00:00:00Z""#,
];
const HUGE_NUMBERS: [&str; 5] = [
    "99999999999999999999",
    "-9223372036854775808",
    "18446744073709551615",
    "1e300",
    "1e400",
];
/// More than a careful parser follows.
const DEPTH: usize = 200;
const LONG: usize = 5_000;

/// What a [`Mutation`] does to the place it falls on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MutationKind {
    /// A value becomes null.
    Null,
    /// A number becomes text of the same digits.
    NumberAsText,
    /// A text of digits becomes a number.
    TextAsNumber,
    /// A value becomes an object.
    Object,
    /// A value becomes an array.
    Array,
    /// A value becomes a truth value.
    Boolean,
    /// A value becomes a number beyond all bounds.
    HugeNumber,
    /// A key and its value are gone.
    RemoveKey,
    /// An object has one more key.
    UnknownKey,
    /// A key and its value come twice.
    DuplicateKey,
    /// An array lacks one of its elements.
    RemoveElement,
    /// An array has a null too many.
    NullElement,
    /// A text is very long.
    LongText,
    /// A text holds odd characters.
    OddText,
    /// A value becomes arrays in arrays.
    DeepNesting,
    /// A date is one that no calendar has.
    ImpossibleDate,
    /// A text is a word that was never heard of.
    UnknownWord,
}

impl MutationKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::Null,
        Self::NumberAsText,
        Self::TextAsNumber,
        Self::Object,
        Self::Array,
        Self::Boolean,
        Self::HugeNumber,
        Self::RemoveKey,
        Self::UnknownKey,
        Self::DuplicateKey,
        Self::RemoveElement,
        Self::NullElement,
        Self::LongText,
        Self::OddText,
        Self::DeepNesting,
        Self::ImpossibleDate,
        Self::UnknownWord,
    ];
}

/// One small change to a JSON answer, at a place and of a kind drawn from a seed.
///
/// ```
/// use lmsync_testkit::{Mutation, MutationKind};
///
/// let mutation = Mutation::seeded(7).of_kinds(&[MutationKind::Null]).fields_of("12");
/// let answer = br#"[{"id":"11","name":"a"},{"id":"12","name":"b"}]"#;
/// assert_eq!(
///     mutation.apply(&answer[..].into()),
///     br#"[{"id":"11","name":"a"},{"id":"12","name":null}]"#[..],
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutation {
    seed: u64,
    kinds: Vec<MutationKind>,
    target: Target,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Anything,
    Record(String),
    FieldsOf(String),
}

impl Mutation {
    /// A change of any kind, anywhere.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            kinds: MutationKind::ALL.to_vec(),
            target: Target::Anything,
        }
    }

    /// Only changes of these `kinds`.
    #[must_use]
    pub fn of_kinds(mut self, kinds: &[MutationKind]) -> Self {
        self.kinds = kinds.to_vec();
        self
    }

    /// Only to the record `id`, whole or in part: the first element of an array of which
    /// a field is `id`. It may become anything, but it stays one element.
    #[must_use]
    pub fn of_record(mut self, id: impl Into<String>) -> Self {
        self.target = Target::Record(id.into());
        self
    }

    /// Only inside the record `id`, whose id stays.
    #[must_use]
    pub fn fields_of(mut self, id: impl Into<String>) -> Self {
        self.target = Target::FieldsOf(id.into());
        self
    }

    /// `body` with the change; as it was when it is no JSON or has no place for it.
    #[must_use]
    pub fn apply(&self, body: &Bytes) -> Bytes {
        let Some(text) = json_text(body) else {
            return body.clone();
        };
        let places = self.eligible(text, places(text));
        let mut dice = Dice::seeded(self.seed);
        let first = dice.below(self.kinds.len());
        // The kind drawn, or the next one for which there is a place.
        let kinds = self.kinds.iter().cycle().skip(first);
        for kind in kinds.take(self.kinds.len()) {
            let fitting = places.iter().filter(|place| fits(*kind, place, text));
            let edits = at_one_depth(fitting.collect(), &mut dice);
            if let Some(place) = dice.choose(&edits) {
                let (range, new) = edit(*kind, place, text, &mut dice);
                return [&text[..range.start], &new, &text[range.end..]]
                    .concat()
                    .into();
            }
        }
        body.clone()
    }

    fn eligible(&self, text: &str, mut places: Vec<Place>) -> Vec<Place> {
        let (id, spared) = match &self.target {
            Target::Anything => return places,
            Target::Record(id) => (id, false),
            Target::FieldsOf(id) => (id, true),
        };
        let is_id = |place: &Place| {
            place.holder == Holder::Object && place.text(text).trim_matches('"') == id
        };
        let record_of = |place: &Place| {
            let object = &places[place.parent];
            (object.holder == Holder::Array).then(|| object.clone())
        };
        let mut ids = places.iter().filter(|place| is_id(place));
        let Some(record) = ids.find_map(record_of) else {
            return Vec::new();
        };
        places.retain(|place| record.holds(place) && !(spared && is_id(place)));
        if !spared {
            // It may become something else, but not nothing.
            places.push(Place {
                holder: Holder::Nothing,
                ..record
            });
        }
        places
    }
}

/// Those of `places` that are at a depth drawn first: what is around the records is
/// little, and matters as much as what is in them.
fn at_one_depth<'p>(mut places: Vec<&'p Place>, dice: &mut Dice) -> Vec<&'p Place> {
    let depths: BTreeSet<usize> = places.iter().map(|place| place.depth).collect();
    let depths: Vec<usize> = depths.into_iter().collect();
    let depth = dice.choose(&depths).copied();
    places.retain(|place| Some(place.depth) == depth);
    places
}

fn json_text(body: &Bytes) -> Option<&str> {
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    std::str::from_utf8(body).ok()
}

fn fits(kind: MutationKind, place: &Place, text: &str) -> bool {
    use MutationKind as M;
    let old = place.text(text);
    let is_text = place.kind == Kind::Text;
    match kind {
        M::Null => place.kind != Kind::Null,
        M::Object => place.kind != Kind::Object,
        M::Array | M::DeepNesting | M::HugeNumber => true,
        M::Boolean => place.kind != Kind::Boolean,
        M::NumberAsText => place.kind == Kind::Number,
        M::TextAsNumber => is_text && is_whole_number(old.trim_matches('"')),
        M::RemoveKey | M::DuplicateKey => place.holder == Holder::Object,
        M::RemoveElement => place.holder == Holder::Array,
        M::UnknownKey => place.kind == Kind::Object,
        M::NullElement => place.kind == Kind::Array,
        M::LongText | M::OddText | M::UnknownWord => is_text,
        M::ImpossibleDate => is_text && is_like_a_date(old.trim_matches('"')),
    }
}

/// What to put in place of what.
fn edit(kind: MutationKind, place: &Place, text: &str, dice: &mut Dice) -> (Range<usize>, String) {
    use MutationKind as M;
    let old = place.text(text);
    let new = match kind {
        M::Null => "null".to_owned(),
        M::NumberAsText => format!("\"{old}\""),
        M::TextAsNumber => old.trim_matches('"').to_owned(),
        M::Object => r#"{"odd":{"id":"7"}}"#.to_owned(),
        M::Array => r#"[null,7,{"odd":[]}]"#.to_owned(),
        M::Boolean => "true".to_owned(),
        M::HugeNumber => one_of(&HUGE_NUMBERS, dice),
        M::LongText => format!("\"{}\"", "x".repeat(LONG)),
        M::OddText => one_of(&ODD_TEXTS, dice),
        M::DeepNesting => "[".repeat(DEPTH) + &"]".repeat(DEPTH),
        M::ImpossibleDate => one_of(&IMPOSSIBLE_DATES, dice),
        M::UnknownWord => "\"never heard of\"".to_owned(),
        M::RemoveKey | M::RemoveElement => return (place.with_comma(text), String::new()),
        M::DuplicateKey => {
            let start = place.whole.start;
            return (start..start, format!("{},", &text[place.whole.clone()]));
        }
        M::UnknownKey => return place.insert_first(text, r#""never heard of":{"a":[1,null]}"#),
        M::NullElement => return place.insert_first(text, "null"),
    };
    (place.value.clone(), new)
}

fn one_of(texts: &[&str], dice: &mut Dice) -> String {
    dice.choose(texts).copied().unwrap_or_default().to_owned()
}

fn is_whole_number(text: &str) -> bool {
    let starts_well = !text.starts_with('0') || text == "0";
    !text.is_empty() && starts_well && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_like_a_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str =
        r#"{"rows": [{"id":11,"at":"2026-03-31"}, {"id":12,"tags":["a","b"],"n":"5"}], "total":2}"#;

    fn mutated(mutation: &Mutation) -> String {
        let body = Bytes::from_static(ANSWER.as_bytes());
        String::from_utf8(mutation.apply(&body).to_vec()).unwrap()
    }

    #[test]
    fn every_kind_changes_the_answer_and_leaves_json() {
        for kind in MutationKind::ALL {
            for seed in 0..50 {
                let text = mutated(&Mutation::seeded(seed).of_kinds(&[kind]));
                assert_ne!(text, ANSWER, "{kind:?} {seed}");
                let json = serde_json::from_str::<&serde_json::value::RawValue>(&text);
                assert!(json.is_ok(), "{kind:?} {seed}: {text}");
            }
        }
    }

    #[test]
    fn a_seed_decides_and_many_seeds_reach_every_place() {
        let all: std::collections::BTreeSet<String> = (0..500)
            .map(|seed| mutated(&Mutation::seeded(seed)))
            .collect();
        assert!(all.len() > 100, "{}", all.len());
        assert_eq!(mutated(&Mutation::seeded(3)), mutated(&Mutation::seeded(3)));
    }

    #[test]
    fn a_record_is_changed_and_no_other() {
        for seed in 0..200 {
            let text = mutated(&Mutation::seeded(seed).of_record("12"));
            assert!(
                text.contains(r#"{"rows": [{"id":11,"at":"2026-03-31"}"#),
                "{text}"
            );
            assert!(
                text.ends_with(r#", "total":2}"#) || text.ends_with(r#"}], "total":2}"#),
                "{text}"
            );
            let text = mutated(&Mutation::seeded(seed).fields_of("12"));
            assert!(text.contains(r#""id":12"#), "{text}");
        }
    }

    #[test]
    fn removal_takes_the_comma_along() {
        let removed = |kind, id| {
            let mutation = Mutation::seeded(1).of_kinds(&[kind]).fields_of(id);
            mutated(&mutation)
        };
        assert!(removed(MutationKind::RemoveKey, "11").contains(r#"[{"id":11}, {"#));
        let text = removed(MutationKind::RemoveElement, "12");
        assert!(
            text.contains(r#"["a"]"#) || text.contains(r#"["b"]"#),
            "{text}"
        );
    }

    #[test]
    fn what_has_no_place_for_a_kind_stays() {
        use MutationKind as M;
        let body = Bytes::from_static(br#"{"a":"some words","b":7,"c":"007","d":null}"#);
        for kind in [
            M::TextAsNumber,
            M::ImpossibleDate,
            M::RemoveElement,
            M::NullElement,
        ] {
            for seed in 0..50 {
                let mutation = Mutation::seeded(seed).of_kinds(&[kind]);
                assert_eq!(mutation.apply(&body), body, "{kind:?}");
            }
        }
    }

    #[test]
    fn what_is_no_json_stays() {
        for body in ["", "<html>", "[1,"] {
            let body = Bytes::from_static(body.as_bytes());
            assert_eq!(Mutation::seeded(1).apply(&body), body);
        }
    }
}
