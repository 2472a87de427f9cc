//! Halo's products.

/// The Halo product that an account is of; they share one API.
///
/// A configuration writes `psa` or `itsm`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HaloProduct {
    /// For service providers.
    #[default]
    Psa,
    /// For internal IT.
    Itsm,
}

lmsync_core::words!(HaloProduct {
    Psa => "psa",
    Itsm => "itsm",
});

impl HaloProduct {
    /// The connector's name.
    pub(crate) const fn connector(self) -> &'static str {
        match self {
            Self::Psa => "halo-psa",
            Self::Itsm => "halo-itsm",
        }
    }

    /// The product's name for people.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Psa => "Halo PSA",
            Self::Itsm => "Halo ITSM",
        }
    }

    /// The menu that holds the credentials.
    pub(crate) const fn menu(self) -> &'static str {
        match self {
            Self::Psa => "Configuration > Integrations > HaloPSA API",
            Self::Itsm => "Configuration > Integrations > HaloITSM API",
        }
    }

    pub(crate) fn details_hint(self, field: &str) -> String {
        format!(
            "in {}, open {} and copy {field} from API Details",
            self.label(),
            self.menu()
        )
    }

    pub(crate) fn application_hint(self, field: &str) -> String {
        format!(
            "in {}, open {} > View Applications, choose the application and copy its {field}; \
             the secret is shown once, a new one can be generated",
            self.label(),
            self.menu()
        )
    }
}
