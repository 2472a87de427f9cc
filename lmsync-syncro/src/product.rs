//! The names of the product.

/// The connector's name.
pub(crate) const CONNECTOR: &str = "syncro";
/// The product's name for people.
pub(crate) const PRODUCT: &str = "Syncro";
