//! The fields of one asset by name.

use super::key::{NameKey, SoughtName, is_same_name};

/// The fields of one asset, to be found by name.
///
/// Names are compared by their letters and digits, in lower case. No text is copied: of each
/// name a number is kept.
#[derive(Debug, Clone)]
pub struct FieldIndex<'a, V> {
    /// In the order of their keys; those of one key in the vendor's.
    fields: Vec<Field<'a, V>>,
}

/// One field of an asset.
#[derive(Debug, Clone)]
pub(super) struct Field<'a, V> {
    key: NameKey,
    pub(super) name: &'a str,
    pub(super) value: V,
}

impl<'a, V> FieldIndex<'a, V> {
    /// An index of `fields`, each with the name that the vendor gives it, in the vendor's order.
    ///
    /// A field that has several names, such as an id beside its name, is given once for each.
    pub fn new(fields: impl IntoIterator<Item = (&'a str, V)>) -> Self {
        let field = |(name, value)| Field {
            key: NameKey::of(name),
            name,
            value,
        };
        let mut fields: Vec<_> = fields.into_iter().map(field).collect();
        fields.sort_by_key(|field| field.key);
        Self { fields }
    }

    /// The fields called `name`: those of exactly this spelling first, then those alike, each in
    /// the vendor's order.
    pub fn called<'i>(&'i self, name: &str) -> impl Iterator<Item = (&'a str, &'i V)> {
        self.with_key(NameKey::of(name), name)
            .map(|field| (field.name, &field.value))
    }

    /// The fields under `names`, in the order in which they are tried.
    pub(super) fn under<'i>(
        &'i self,
        names: &[SoughtName],
    ) -> impl Iterator<Item = &'i Field<'a, V>> {
        names
            .iter()
            .flat_map(|name| self.with_key(name.key, &name.text))
    }

    fn with_key<'i>(&'i self, key: NameKey, name: &str) -> impl Iterator<Item = &'i Field<'a, V>> {
        let start = self.fields.partition_point(|field| field.key < key);
        let same_key = self.fields[start..]
            .iter()
            .take_while(move |field| field.key == key);
        let exact = same_key.clone().filter(move |field| field.name == name);
        let alike =
            same_key.filter(move |field| field.name != name && is_same_name(field.name, name));
        exact.chain(alike)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_exact_spelling_comes_first_and_then_those_alike_in_the_vendors_order() {
        let names = ["NOTES", "Notes", "notes", "no tes", "other", "notes"];
        let index = FieldIndex::new(names.into_iter().zip(0..));
        let called = |name| {
            let found = index.called(name).map(|(_, position)| *position);
            found.collect::<Vec<_>>()
        };
        assert_eq!(called("notes"), [2, 5, 0, 1, 3]);
        assert_eq!(called("Notes"), [1, 0, 2, 3, 5]);
        assert_eq!(called("n.o.t.e.s"), [0, 1, 2, 3, 5]);
        assert_eq!(called("note"), Vec::<i32>::new());
    }

    proptest! {
        #[test]
        fn what_is_called_the_same_is_found_and_nothing_else(
            names in proptest::collection::vec("[aAbB ]{0,3}|\\PC{0,4}", 0..40),
            sought in "[aAbB ]{0,3}|\\PC{0,4}",
        ) {
            let fields = names.iter().map(String::as_str).zip(0_usize..);
            let index = FieldIndex::new(fields.clone());
            let found: Vec<_> = index.called(&sought).map(|(_, position)| *position).collect();
            let (exact, alike): (Vec<_>, Vec<_>) = fields
                .filter(|(name, _)| is_same_name(name, &sought))
                .partition(|(name, _)| *name == sought);
            let expected: Vec<_> = exact.into_iter().chain(alike).map(|(_, at)| at).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
