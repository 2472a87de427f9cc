//! Parts that the protocols of data platforms share: Airbyte's and Singer's.

pub(crate) mod form;
pub(crate) mod lines;
pub(crate) mod reading;
pub(crate) mod row;
pub(crate) mod saved;
pub(crate) mod schema;
pub(crate) mod settings;
pub(crate) mod store;
pub(crate) mod stream;
