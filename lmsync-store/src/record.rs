//! The records that land, and their rows.

use lmsync_core::listing::{Listed, RecordStream};
use lmsync_core::model::{Asset, Customer, Fingerprint, Software, Source};
use lmsync_core::{AssetQuery, Connector};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::column::Field;
use crate::columns::{ASSET, CUSTOMER, SOFTWARE};
use crate::stream::StreamName;
use crate::value::Value;

/// A record that lands in a store: an asset, a software asset or a customer.
///
/// Not to be implemented elsewhere.
pub trait Record: Listed + Serialize + DeserializeOwned {
    /// The stream that it is of.
    const STREAM: StreamName;
    /// Set if its listing can be resumed from a checkpoint.
    const RESUMES: bool;

    /// Its origin.
    fn source(&self) -> &Source;

    /// The fingerprint of all that does not move by itself.
    fn fingerprint(&self) -> Fingerprint;

    /// The listing of these records at `connector`.
    fn list(connector: &dyn Connector, query: AssetQuery) -> RecordStream<Self>;

    /// `records` as those of their stream.
    fn into_records(records: Vec<Self>) -> Records;

    /// The values of its own columns, or of those alone that move by themselves.
    #[doc(hidden)]
    fn values(&self, only_moving: bool) -> Vec<Value<'_>>;
}

macro_rules! record {
    ($record:ident, $stream:ident, $fields:ident, $resumes:literal, |$connector:ident, $query:pat_param| $list:expr) => {
        impl Record for $record {
            const STREAM: StreamName = StreamName::$stream;
            const RESUMES: bool = $resumes;

            fn source(&self) -> &Source {
                &self.source
            }

            fn fingerprint(&self) -> Fingerprint {
                $record::fingerprint(self)
            }

            fn list($connector: &dyn Connector, $query: AssetQuery) -> RecordStream<Self> {
                $list
            }

            fn into_records(records: Vec<Self>) -> Records {
                Records::$stream(records)
            }

            fn values(&self, only_moving: bool) -> Vec<Value<'_>> {
                values(self, $fields, only_moving)
            }
        }
    };
}

record!(Asset, Assets, ASSET, true, |connector, query| connector
    .assets(query));
// Of the query only the checkpoint matters.
record!(Software, Software, SOFTWARE, true, |connector, query| {
    connector.software(query)
});
record!(Customer, Customers, CUSTOMER, false, |connector, _| {
    connector.customers()
});

/// Records of one stream.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Records {
    /// Hardware assets.
    Assets(Vec<Asset>),
    /// Software assets.
    Software(Vec<Software>),
    /// Customers.
    Customers(Vec<Customer>),
}

/// A record as its table has it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Row<'r> {
    /// The vendor's id, without NUL.
    pub vendor_id: Value<'r>,
    /// The fingerprint of all that does not move by itself.
    pub fingerprint: Fingerprint,
    /// The values of the record's own columns, in the order of [`columns`](crate::columns).
    pub own: Vec<Value<'r>>,
}

impl Records {
    /// The stream that they are of.
    #[must_use]
    pub fn stream(&self) -> StreamName {
        match self {
            Self::Assets(_) => StreamName::Assets,
            Self::Software(_) => StreamName::Software,
            Self::Customers(_) => StreamName::Customers,
        }
    }

    /// Their number.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Assets(records) => records.len(),
            Self::Software(records) => records.len(),
            Self::Customers(records) => records.len(),
        }
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The vendor's ids, in order.
    #[must_use]
    pub fn ids(&self) -> Vec<&str> {
        match self {
            Self::Assets(records) => ids(records),
            Self::Software(records) => ids(records),
            Self::Customers(records) => ids(records),
        }
    }

    /// The fingerprints, in order.
    pub(crate) fn fingerprints(&self) -> Vec<Fingerprint> {
        match self {
            Self::Assets(records) => fingerprints(records),
            Self::Software(records) => fingerprints(records),
            Self::Customers(records) => fingerprints(records),
        }
    }

    /// The values of the own columns of the record at `place`, in the order of [`columns`](crate::columns).
    ///
    /// # Panics
    /// When there is no record at `place`.
    #[must_use]
    pub fn own_values(&self, place: usize) -> Vec<Value<'_>> {
        self.values(place, false)
    }

    /// The values of the own columns of the record at `place`, or of those alone that move by
    /// themselves.
    pub(crate) fn values(&self, place: usize, only_moving: bool) -> Vec<Value<'_>> {
        match self {
            Self::Assets(records) => records[place].values(only_moving),
            Self::Software(records) => records[place].values(only_moving),
            Self::Customers(records) => records[place].values(only_moving),
        }
    }

    /// The rows, in order.
    #[must_use]
    pub fn rows(&self) -> Vec<Row<'_>> {
        let keyed = self.ids().into_iter().zip(self.fingerprints());
        let rows = keyed.enumerate().map(|(place, (id, fingerprint))| Row {
            vendor_id: Value::text(id),
            fingerprint,
            own: self.own_values(place),
        });
        rows.collect()
    }
}

fn ids<R: Record>(records: &[R]) -> Vec<&str> {
    records.iter().map(Listed::vendor_id).collect()
}

fn fingerprints<R: Record>(records: &[R]) -> Vec<Fingerprint> {
    records.iter().map(Record::fingerprint).collect()
}

fn values<'r, R>(record: &'r R, fields: &[Field<R>], only_moving: bool) -> Vec<Value<'r>> {
    let fields = fields.iter();
    let wanted = fields.filter(|field| field.column.is_moving || !only_moving);
    wanted.map(|field| (field.value)(record)).collect()
}
