//! The rows of a list, bounded.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// The rows of a list, each unread: `Rows<&RawValue>`, or `Rows<Box<RawValue>>` where they outlive
/// the answer.
///
/// A list of more than [`MOST`](Self::MOST) rows is refused while it is read: a record takes far more
/// memory than the three bytes of an empty one in a hostile answer.
///
/// ```
/// use lmsync_core::json::Rows;
/// use serde_json::value::RawValue;
///
/// let rows: Rows<&RawValue> = serde_json::from_str(r#"[{"id":1},{"id":2}]"#).unwrap();
/// assert_eq!(rows.0.len(), 2);
/// assert_eq!(rows.into_iter().next().unwrap().get(), r#"{"id":1}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<R>(pub Vec<R>);

// By hand: the derive would ask for `R: Default`.
impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<R> Rows<R> {
    /// The most rows in one answer, be it a page or an export of all. With the largest body that is
    /// read, that is a row for each 671 bytes.
    pub const MOST: usize = 100_000;
}

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Rows<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<R>(PhantomData<R>);

impl<'de, R: Deserialize<'de>> Visitor<'de> for RowsVisitor<R> {
    type Value = Rows<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows<R>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element()? {
            if rows.len() == Rows::<R>::MOST {
                let most = Rows::<R>::MOST;
                return Err(A::Error::custom(format!(
                    "the list has more than {most} rows"
                )));
            }
            rows.push(row);
        }
        Ok(Rows(rows))
    }
}

impl<R> IntoIterator for Rows<R> {
    type Item = R;
    type IntoIter = std::vec::IntoIter<R>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'r, R> IntoIterator for &'r Rows<R> {
    type Item = &'r R;
    type IntoIter = std::slice::Iter<'r, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn a_list_of_too_many_rows_is_refused_while_it_is_read() {
        let list = |rows: usize| {
            let text = format!("[{}]", vec!["{}"; rows].join(","));
            serde_json::from_str::<Rows<&RawValue>>(&text).map(|rows| rows.0.len())
        };
        const MOST: usize = Rows::<()>::MOST;
        assert_eq!(list(MOST).unwrap(), MOST);
        let error = list(MOST + 1).unwrap_err().to_string();
        assert!(error.contains("more than 100000 rows"), "{error}");
        for other in ["{}", "7", "null", "\"[]\""] {
            assert!(
                serde_json::from_str::<Rows<&RawValue>>(other).is_err(),
                "{other}"
            );
        }
    }
}
