//! The dates of two-way sync among a tenant's fields: what is held of them, and where one is
//! written to.

use std::borrow::Cow;

use super::index::{Field, FieldIndex};
use super::supported::TenantFields;
use super::value::{FieldValue, Form};
use crate::model::{DateReader, clean_uuid};
use crate::two_way::{AssetDates, DateField, DateFields, HeldDate};

/// A place to write a date to.
///
/// Complete: a field is there, free or not, or it is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateTarget<'a, V> {
    /// A field of the asset: a listing reads the date from it once it is written.
    Field {
        /// The field's name, in the vendor's spelling.
        name: &'a str,
        /// Its value.
        value: V,
        /// Another field under the date's names that is not empty: a listing would read that one
        /// if this were cleared.
        competing: Option<&'a str>,
    },
    /// None: the asset has no field under the date's names that can be written. A vendor that
    /// creates fields makes one called [`new_name`](TenantFields::new_name).
    Missing,
    /// None: this text stands where the date belongs. It is never overwritten, and no date is
    /// written beside it.
    Occupied(String),
}

impl TenantFields {
    /// The dates that have a name: those that can be read, and written where the vendor can.
    #[must_use]
    pub fn dates(&self) -> DateFields {
        let named = |date: &DateField| !self.sought(date.tenant_field()).is_empty();
        DateField::ALL
            .iter()
            .copied()
            .filter(named)
            .fold(DateFields::NONE, DateFields::with)
    }

    /// The date that the fields in `index` hold, as [`fill`](Self::fill) reads it: the first day
    /// under the date's names; where there is none, the first that is something else; where there
    /// is none, nothing.
    #[must_use]
    pub fn held<V: FieldValue>(
        &self,
        date: DateField,
        index: &FieldIndex<'_, V>,
        reader: &DateReader,
    ) -> HeldDate {
        let days = self.days(date, index, reader);
        let best = days.into_iter().min_by_key(|day| day.rank());
        best.map_or(HeldDate::Empty, |day| day.held)
    }

    /// All dates that the fields in `index` [hold](Self::held).
    #[must_use]
    pub fn held_dates<V: FieldValue>(
        &self,
        index: &FieldIndex<'_, V>,
        reader: &DateReader,
    ) -> AssetDates {
        let with_held = |dates: AssetDates, date| dates.with(date, self.held(date, index, reader));
        DateField::ALL
            .iter()
            .copied()
            .fold(AssetDates::default(), with_held)
    }

    /// The place to write `date` to, so that a listing reads it from there afterwards.
    ///
    /// That is the field that holds the day now; where that cannot be written, an empty one that
    /// is tried earlier; where no field holds a day, the first that can be written.
    pub fn date_target<'a, V: FieldValue + Clone>(
        &self,
        date: DateField,
        index: &FieldIndex<'a, V>,
        reader: &DateReader,
        is_writable: impl Fn(&V) -> bool,
    ) -> DateTarget<'a, V> {
        let days = self.days(date, index, reader);
        let holder = days.iter().position(|day| day.held.day().is_some());
        let occupant = days.iter().find_map(|day| match &day.held {
            HeldDate::Unreadable(text) => Some(text),
            HeldDate::Empty | HeldDate::Day(_) => None,
        });
        if holder.is_none()
            && let Some(text) = occupant
        {
            return DateTarget::Occupied(text.clone());
        }
        let earlier = &days[..holder.unwrap_or(days.len())];
        let empty = earlier.iter().filter(|day| day.held == HeldDate::Empty);
        let mut candidates = holder.map(|at| &days[at]).into_iter().chain(empty);
        let Some(target) = candidates.find(|day| is_writable(&day.field.value)) else {
            return DateTarget::Missing;
        };
        let is_other = |day: &&Day<'_, 'a, V>| {
            day.held != HeldDate::Empty && !std::ptr::eq(target.field, day.field)
        };
        DateTarget::Field {
            name: target.field.name,
            value: target.field.value.clone(),
            competing: days.iter().find(is_other).map(|day| day.field.name),
        }
    }

    /// The name of a field to create for `date`: the first that is not the id of one.
    #[must_use]
    pub fn new_name(&self, date: DateField) -> Option<&str> {
        let mut names = self.names(date.tenant_field());
        names.find(|name| clean_uuid(name).is_none())
    }

    fn days<'i, 'a, V: FieldValue>(
        &self,
        date: DateField,
        index: &'i FieldIndex<'a, V>,
        reader: &DateReader,
    ) -> Vec<Day<'i, 'a, V>> {
        read_days(index.under(self.sought(date.tenant_field())), reader)
    }
}

/// A field under a date's names, and what it holds.
pub(super) struct Day<'i, 'a, V> {
    pub(super) field: &'i Field<'a, V>,
    pub(super) text: DayText<'i>,
    held: HeldDate,
}

/// What stands in place of a day.
pub(super) enum DayText<'i> {
    Nothing,
    Text(Cow<'i, str>),
    /// A value of this type, which is no day even where one is in it: a day in its place would
    /// lose the rest.
    Other(&'static str),
}

impl<V> Day<'_, '_, V> {
    /// A day before what is something else, and that before what means "no date".
    pub(super) fn rank(&self) -> u8 {
        match (&self.held, &self.text) {
            (HeldDate::Day(_), _) => 0,
            (HeldDate::Unreadable(_), _) => 1,
            (HeldDate::Empty, DayText::Text(_)) => 2,
            (HeldDate::Empty, _) => 3,
        }
    }
}

/// What each of `fields` holds of a day.
pub(super) fn read_days<'i, 'a: 'i, V: FieldValue + 'i>(
    fields: impl Iterator<Item = &'i Field<'a, V>>,
    reader: &DateReader,
) -> Vec<Day<'i, 'a, V>> {
    let read = |field: &'i Field<'a, V>| {
        let text = day_text(&field.value);
        let held = match &text {
            DayText::Nothing => HeldDate::Empty,
            DayText::Text(text) => HeldDate::read(reader, text.as_ref()),
            DayText::Other(kind) => HeldDate::Unreadable(format!("a value of type {kind}")),
        };
        Day { field, text, held }
    };
    fields.map(read).collect()
}

fn day_text<V: FieldValue>(value: &V) -> DayText<'_> {
    if let Some(kind) = value.unexpected() {
        return DayText::Other(kind);
    }
    let mut texts = value.texts(Form::Stored);
    match (texts.next(), texts.next()) {
        (None, _) => DayText::Nothing,
        (Some(text), None) => DayText::Text(text),
        (Some(_), Some(_)) => DayText::Other("list"),
    }
}
