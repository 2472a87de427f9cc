//! Peculiarities of ConnectWise RMM alone.

pub(crate) mod check_ins;
pub(crate) mod date_fields;
pub(crate) mod device;
pub(crate) mod device_pages;
pub(crate) mod rows;
pub(crate) mod scope;
pub(crate) mod sign_in;
pub(crate) mod software;
pub(crate) mod writer;
