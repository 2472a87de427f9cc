//! SuperOps has two products with one API each.

/// The one of SuperOps' two products that an account is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Product {
    /// For service providers: assets belong to clients.
    #[default]
    Msp,
    /// For internal IT: assets belong to departments.
    It,
}

lmsync_core::words!(Product {
    Msp => "msp",
    It => "it",
});

impl Product {
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Msp => "/msp",
            Self::It => "/it",
        }
    }
}
