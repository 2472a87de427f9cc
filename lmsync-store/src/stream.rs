//! The streams of an account.

/// A stream of an account's records, which is a table of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum StreamName {
    /// Hardware assets.
    Assets,
    /// Software assets.
    Software,
    /// Customers.
    Customers,
}

lmsync_core::words!(StreamName {
    Assets => "assets",
    Software => "software",
    Customers => "customers",
});
