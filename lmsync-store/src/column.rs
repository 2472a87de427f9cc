//! A column of a table.

use std::fmt;

use crate::value::Value;

/// The kind of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// A number.
    Real,
    /// Yes or no.
    Boolean,
    /// A calendar day without a zone.
    Date,
    /// A moment in UTC, to the microsecond.
    Instant,
    /// JSON.
    Json,
}

lmsync_core::words!(Kind {
    Text => "text",
    Integer => "integer",
    Real => "real",
    Boolean => "boolean",
    Date => "date",
    Instant => "instant",
    Json => "json",
});

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// The kind of its values.
    pub kind: Kind,
    /// The place of its value in the record's JSON form, such as `os.version`; empty for what the
    /// store adds.
    pub path: &'static str,
    /// Set if it always has a value.
    pub is_required: bool,
    /// Set if its value moves by itself, or holds something that does: it is written, and is no change.
    pub is_moving: bool,
}

/// A column of the records `R`, and where a record has its value.
pub(crate) struct Field<R: ?Sized> {
    pub(crate) column: Column,
    pub(crate) value: for<'r> fn(&'r R) -> Value<'r>,
}

impl<R: ?Sized> Field<R> {
    /// A column of `kind` called `name`, for what the record's JSON form has at `path`.
    pub(crate) const fn new(
        name: &'static str,
        kind: Kind,
        path: &'static str,
        value: for<'r> fn(&'r R) -> Value<'r>,
    ) -> Self {
        let column = Column {
            name,
            kind,
            path,
            is_required: false,
            is_moving: false,
        };
        Self { column, value }
    }

    /// Sets that it always has a value.
    pub(crate) const fn required(mut self) -> Self {
        self.column.is_required = true;
        self
    }

    /// Sets that its value moves by itself.
    pub(crate) const fn moving(mut self) -> Self {
        self.column.is_moving = true;
        self
    }
}

impl<R: ?Sized> fmt::Debug for Field<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.column.fmt(f)
    }
}
