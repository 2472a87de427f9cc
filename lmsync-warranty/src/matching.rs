//! Rows of an answer, each for the query that it is about.

use std::collections::BTreeMap;

use lmsync_core::Error;

use crate::answer::{Answer, Answers};
use crate::query::{WarrantyQuery, normal};

/// The answers to `batch` of rows that each name the serial number they are about, whatever their order, number
/// and letter case. Rows about other machines are dropped.
///
/// A machine that no row is about is not found, unless there is a row that names none: then nobody knows. One
/// with several rows that differ is ambiguous.
///
/// ```
/// use lmsync_warranty::{Answer, Maker, WarrantyQuery, WarrantyRecord, answers_by_serial};
///
/// let batch = ["AAA1", "BBB2"].map(WarrantyQuery::new);
/// let record = WarrantyRecord::new(Maker::named("acme"));
/// let rows = [(Some("bbb2".to_owned()), Answer::Known(record))];
/// let answers = answers_by_serial(&batch, rows);
/// assert!(matches!(answers.get(&batch[0].key()), Some(Answer::NotFound)));
/// assert!(matches!(answers.get(&batch[1].key()), Some(Answer::Known(_))));
/// ```
#[must_use]
pub fn answers_by_serial(
    batch: &[WarrantyQuery],
    rows: impl IntoIterator<Item = (Option<String>, Answer)>,
) -> Answers {
    let rows = rows.into_iter().map(|(serial, answer)| Row {
        serial,
        product_number: None,
        answer,
    });
    match_rows(batch, rows.collect(), AskedBy::Serial)
}

/// One row of an answer.
pub(crate) struct Row {
    /// The serial number in it.
    pub(crate) serial: Option<String>,
    /// The product number in it.
    pub(crate) product_number: Option<String>,
    /// The answer in it.
    pub(crate) answer: Answer,
}

/// The numbers that a maker looks machines up by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskedBy {
    /// By the serial number alone.
    Serial,
    /// By serial and product number.
    SerialAndProduct,
}

/// The answer to each query of `batch`: the rows with its serial number, whatever their order, number and
/// letter case. Rows about other machines are dropped.
///
/// A machine that no row is about is not found, unless there is a row that is about nobody knows which.
pub(crate) fn match_rows(batch: &[WarrantyQuery], rows: Vec<Row>, asked_by: AskedBy) -> Answers {
    let mut by_serial: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut unplaced = false;
    for row in rows {
        match row
            .serial
            .as_deref()
            .map(normal)
            .filter(|serial| !serial.is_empty())
        {
            Some(serial) => by_serial.entry(serial).or_default().push(row),
            None => unplaced = true,
        }
    }
    let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
    for query in batch {
        *asked.entry(&query.serial).or_default() += 1;
    }
    let rivals = |query: &WarrantyQuery| {
        asked_by == AskedBy::SerialAndProduct
            && asked.get(&*query.serial).is_some_and(|count| *count > 1)
    };
    Answers::of(batch, |query| match by_serial.get(&query.serial) {
        Some(rows) => one_of(query, rows, rivals(query)),
        None if unplaced => Answer::Failed(Error::decode(
            "the maker's answer has a row that does not say which machine it is about",
        )),
        None => Answer::NotFound,
    })
}

/// The answer of `rows`, all with the serial number of `query`; `has_rivals` where the same serial
/// number was asked for with another product number.
fn one_of(query: &WarrantyQuery, rows: &[Row], has_rivals: bool) -> Answer {
    let number = query.product_number.as_deref();
    let told = |row: &Row| row.product_number.as_deref().map(normal);
    let is_own = |row: &&Row| number.is_some() && told(row).as_deref() == number;
    let own: Vec<&Row> = rows.iter().filter(is_own).collect();
    let candidates: Vec<&Row> = match own.is_empty() {
        false => own,
        true if has_rivals => {
            // Those of the others are not its own, and one that does not say may be of any.
            let open = rows.iter().filter(|row| told(row).is_none());
            return match open.count() {
                0 => Answer::NotFound,
                _ => ambiguous(),
            };
        }
        true => rows.iter().collect(),
    };
    let Some((first, rest)) = candidates.split_first() else {
        return Answer::NotFound;
    };
    match rest
        .iter()
        .all(|row| row.answer.says_the_same(&first.answer))
    {
        true => first.answer.clone(),
        false => ambiguous(),
    }
}

fn ambiguous() -> Answer {
    Answer::Ambiguous("the maker knows several machines with this serial number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maker::Maker;
    use crate::record::WarrantyRecord;

    fn row(serial: Option<&str>, number: Option<&str>, product: &str) -> Row {
        let record = WarrantyRecord {
            product: vec![product.to_owned()],
            ..WarrantyRecord::new(Maker::HP)
        };
        Row {
            serial: serial.map(str::to_owned),
            product_number: number.map(str::to_owned),
            answer: Answer::Known(record),
        }
    }

    fn shown(answers: &Answers, query: &WarrantyQuery) -> String {
        match answers.get(&query.key()).expect("an answer for each query") {
            Answer::Known(record) => record.product.concat(),
            Answer::NotFound => "not found".to_owned(),
            Answer::Ambiguous(_) => "ambiguous".to_owned(),
            Answer::Failed(_) => "failed".to_owned(),
            Answer::Denied(_) => "denied".to_owned(),
        }
    }

    #[test]
    fn rows_go_to_their_serial_and_to_no_other() {
        let batch = ["AAA1", "BBB2", "CCC3"].map(WarrantyQuery::new);
        let rows = vec![
            row(Some("ccc3"), None, "c"),
            row(Some("DDD4"), None, "d"),
            row(Some(" AAA1 "), None, "a"),
            row(Some("aaa1"), None, "a"),
        ];
        let answers = match_rows(&batch, rows, AskedBy::Serial);
        assert_eq!(
            batch.each_ref().map(|query| shown(&answers, query)),
            ["a", "not found", "c"]
        );
    }

    #[test]
    fn a_serial_with_two_answers_is_ambiguous() {
        let batch = [WarrantyQuery::new("AAA1")];
        let rows = vec![row(Some("AAA1"), None, "a"), row(Some("AAA1"), None, "b")];
        let answers = match_rows(&batch, rows, AskedBy::Serial);
        assert_eq!(shown(&answers, &batch[0]), "ambiguous");
    }

    #[test]
    fn a_row_without_a_serial_leaves_open_who_is_not_found() {
        let batch = ["AAA1", "BBB2"].map(WarrantyQuery::new);
        let rows = vec![row(None, None, "?"), row(Some("AAA1"), None, "a")];
        let answers = match_rows(&batch, rows, AskedBy::Serial);
        assert_eq!(
            batch.each_ref().map(|query| shown(&answers, query)),
            ["a", "failed"]
        );
    }

    #[test]
    fn one_serial_with_two_product_numbers_is_two_machines() {
        let batch =
            ["P1", "P2", "P3"].map(|number| WarrantyQuery::new("AAA1").product_number(number));
        let rows = || {
            vec![
                row(Some("AAA1"), Some("p2"), "2"),
                row(Some("AAA1"), Some("P1"), "1"),
            ]
        };
        let answers = match_rows(&batch, rows(), AskedBy::SerialAndProduct);
        assert_eq!(
            batch.each_ref().map(|query| shown(&answers, query)),
            ["1", "2", "not found"]
        );
        let mut rows = rows();
        rows.push(row(Some("AAA1"), None, "?"));
        let answers = match_rows(&batch, rows, AskedBy::SerialAndProduct);
        assert_eq!(
            batch.each_ref().map(|query| shown(&answers, query)),
            ["1", "2", "ambiguous"]
        );
    }
}
