//! The JSON form of a struct of which some members are left out or written otherwise.

use std::fmt::Display;

use serde::ser::{Error, Impossible, Serialize, SerializeStruct, Serializer};

/// The decision about each member of a struct.
pub(super) trait Members {
    /// Writes the member `key` with `value` to `out`, or something else, or nothing.
    fn member<S: SerializeStruct, T: Serialize + ?Sized>(
        &self,
        out: &mut S,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error>;
}

/// A struct with the members that `by` lets through.
pub(super) struct Picked<'a, T: ?Sized, M> {
    record: &'a T,
    by: M,
}

impl<'a, T: ?Sized, M> Picked<'a, T, M> {
    pub(super) const fn new(record: &'a T, by: M) -> Self {
        Self { record, by }
    }
}

impl<T: Serialize + ?Sized, M: Members> Serialize for Picked<'_, T, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let by = &self.by;
        self.record.serialize(Picker {
            inner: serializer,
            by,
        })
    }
}

/// The members on their way to `inner`.
struct Picker<'m, S, M> {
    inner: S,
    by: &'m M,
}

impl<S: SerializeStruct, M: Members> SerializeStruct for Picker<'_, S, M> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        self.by.member(&mut self.inner, key, value)
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        self.inner.skip_field(key)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

fn no_struct<T, E: Error>() -> Result<T, E> {
    Err(E::custom("only a struct has members to pick"))
}

/// What is no struct, with the type of its value.
macro_rules! refuse {
    ($($method:ident: $value:ty),+ $(,)?) => {
        $(fn $method(self, _: $value) -> Result<S::Ok, S::Error> {
            no_struct()
        })+
    };
}

impl<'m, S: Serializer, M: Members> Serializer for Picker<'m, S, M> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = Impossible<S::Ok, S::Error>;
    type SerializeStruct = Picker<'m, S::SerializeStruct, M>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Picker {
            inner: self.inner.serialize_struct(name, len)?,
            by: self.by,
        })
    }

    refuse! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_char: char,
        serialize_str: &str,
        serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        no_struct()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<S::Ok, S::Error> {
        no_struct()
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        no_struct()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<S::Ok, S::Error> {
        no_struct()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        no_struct()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        no_struct()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        no_struct()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, S::Error> {
        no_struct()
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        no_struct()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        no_struct()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        no_struct()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        no_struct()
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<S::Ok, S::Error> {
        no_struct()
    }
}
