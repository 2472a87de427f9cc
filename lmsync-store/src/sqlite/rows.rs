//! Statements for the rows of a table, and what they take and give.

use rusqlite::types::{Null, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Statement, ToSql, params, params_from_iter};

use crate::account_key::AccountKey;
use crate::column::Column;
use crate::columns::{BEFORE_OWN, columns};
use crate::fate::{Fate, Known};
use crate::pass_id::PassId;
use crate::record::Records;
use crate::stream::StreamName;
use crate::value::{Value, instant_of_text};

/// `name` as SQL writes a name.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A value as a parameter of a statement.
pub(super) struct Parameter<'v>(pub(super) &'v Value<'v>);

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Text(text) | Value::Json(text) => {
                ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
            }
            Value::Integer(number) => (*number).into(),
            Value::Boolean(truth) => i64::from(*truth).into(),
            Value::Real(number) => (*number).into(),
            Value::Date(_) | Value::Instant(_) => ToSqlOutput::Owned(self.0.time_text().into()),
        })
    }
}

/// The statements by which the records of a stream of an account land.
pub(super) struct Rows<'c> {
    account: AccountKey,
    find: Statement<'c>,
    insert: Statement<'c>,
    change: Statement<'c>,
    touch: Statement<'c>,
}

impl<'c> Rows<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        account: &AccountKey,
        stream: StreamName,
    ) -> rusqlite::Result<Self> {
        let table = quoted(stream.as_str());
        let all = columns(stream);
        let names: Vec<String> = all.iter().map(|column| quoted(column.name)).collect();
        let places: Vec<String> = (1..=all.len()).map(|place| format!("?{place}")).collect();
        let own = &all[BEFORE_OWN..];
        let moving: Vec<&Column> = own.iter().filter(|column| column.is_moving).collect();
        Ok(Self {
            account: account.clone(),
            find: connection.prepare(&format!(
                "SELECT rowid, fingerprint, deleted_at IS NOT NULL, last_seen_at FROM {table} \
                 WHERE connector = ?1 AND instance = ?2 AND vendor_id = ?3"
            ))?,
            insert: connection.prepare(&format!(
                "INSERT INTO {table} ({}) VALUES ({})",
                names.join(", "),
                places.join(", ")
            ))?,
            change: connection.prepare(&format!(
                "UPDATE {table} SET last_seen_at = ?2, deleted_at = NULL, \
                 changed_at = coalesce(?3, changed_at), fingerprint = ?4, {} WHERE rowid = ?1",
                assignments(own.iter(), 5)
            ))?,
            touch: connection.prepare(&format!(
                "UPDATE {table} SET last_seen_at = ?2, {} WHERE rowid = ?1",
                assignments(moving.into_iter(), 3)
            ))?,
        })
    }

    /// Lands the record at `place` of `records`, and tells what it did to the row `known`.
    pub(super) fn land(
        &mut self,
        records: &Records,
        place: usize,
        row: &LandingRow<'_>,
    ) -> rusqlite::Result<(Fate, Option<Known>)> {
        let found = self.find(&row.vendor_id)?;
        let known = found.map(|(_, known)| known);
        let fate = Fate::of(known.as_ref(), row.fingerprint);
        let (pass, fingerprint) = (row.pass_text, row.fingerprint.to_string());
        match (fate, found) {
            (Fate::Insert, _) | (_, None) => {
                let vendor_id = Parameter(&row.vendor_id);
                let before: [&dyn ToSql; BEFORE_OWN] = [
                    &self.account.connector,
                    &self.account.instance,
                    &vendor_id,
                    &pass,
                    &pass,
                    &pass,
                    &Null,
                    &fingerprint,
                ];
                bind(&mut self.insert, &before, &records.values(place, false))?;
            }
            (Fate::Touch, Some((rowid, _))) => {
                bind(
                    &mut self.touch,
                    &[&rowid, &pass],
                    &records.values(place, true),
                )?;
            }
            (fate, Some((rowid, _))) => {
                let changed = (fate == Fate::Change).then_some(pass);
                bind(
                    &mut self.change,
                    &[&rowid, &pass, &changed, &fingerprint],
                    &records.values(place, false),
                )?;
            }
        }
        Ok((fate, known))
    }

    fn find(&mut self, vendor_id: &Value<'_>) -> rusqlite::Result<Option<(i64, Known)>> {
        let key = params![
            self.account.connector,
            self.account.instance,
            Parameter(vendor_id)
        ];
        let row = self.find.query_row(key, |row| {
            let known = Known {
                fingerprint: row
                    .get_ref(1)?
                    .as_str()
                    .ok()
                    .and_then(|text| text.parse().ok()),
                is_deleted: row.get(2)?,
                last_seen: row
                    .get_ref(3)?
                    .as_str()
                    .ok()
                    .and_then(instant_of_text)
                    .map(PassId::at),
            };
            Ok((row.get(0)?, known))
        });
        row.optional()
    }
}

/// A record to land.
pub(super) struct LandingRow<'r> {
    pub(super) vendor_id: Value<'r>,
    pub(super) fingerprint: lmsync_core::model::Fingerprint,
    pub(super) pass_text: &'r str,
}

/// Runs `statement` with the values `first` and then `others`.
fn bind(
    statement: &mut Statement<'_>,
    first: &[&dyn ToSql],
    others: &[Value<'_>],
) -> rusqlite::Result<()> {
    let others: Vec<Parameter<'_>> = others.iter().map(Parameter).collect();
    let others = others.iter().map(|value| value as &dyn ToSql);
    statement.execute(params_from_iter(first.iter().copied().chain(others)))?;
    Ok(())
}

fn assignments<'c>(columns: impl Iterator<Item = &'c Column>, first: usize) -> String {
    let set = columns
        .enumerate()
        .map(|(place, column)| format!("{} = ?{}", quoted(column.name), first + place));
    set.collect::<Vec<_>>().join(", ")
}
