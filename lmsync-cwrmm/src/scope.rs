//! The scopes of an API key: which are asked for, and which turn out to be missing.

use std::sync::{Arc, Mutex, PoisonError};

/// Something an API key may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    Companies,
    Sites,
    Devices,
    Asset,
    CustomFields,
}

impl Scope {
    /// As the token request names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Companies => "platform.companies.read",
            Self::Sites => "platform.sites.read",
            Self::Devices => "platform.devices.read",
            Self::Asset => "platform.asset.read",
            Self::CustomFields => "platform.custom_fields_values.read",
        }
    }

    /// As the portal shows it.
    pub(crate) const fn in_portal(self) -> &'static str {
        match self {
            Self::Companies => "Platform - Companies - Read",
            Self::Sites => "Platform - Sites - Read",
            Self::Devices => "Platform - Devices - Read",
            Self::Asset => "Platform - Asset - Read",
            Self::CustomFields => "Platform - Custom Fields Values - Read",
        }
    }

    /// What the user does when it is missing.
    pub(crate) fn hint(self) -> String {
        // Which of the two opens devices differs from tenant to tenant.
        let scopes = match self {
            Self::Devices | Self::Asset => format!(
                "{} and {}",
                Self::Devices.in_portal(),
                Self::Asset.in_portal()
            ),
            scope => scope.in_portal().to_owned(),
        };
        format!("in ConnectWise RMM, open Integrations > API Access and give the key {scopes}")
    }
}

use Scope::{Asset, Companies, CustomFields, Devices, Sites};

/// What is asked for, from everything down to the least that still says something.
/// One scope that the key lacks fails the whole request, so the first success decides.
const RUNGS: &[&[Scope]] = &[
    &[Companies, Sites, Devices, Asset, CustomFields],
    &[Companies, Sites, Devices, Asset],
    &[Companies, Sites, Devices, CustomFields],
    &[Companies, Sites, Devices],
    &[Companies, Devices, Asset],
    &[Companies, Devices],
    &[Companies, Sites],
    &[Companies],
];

/// Which scopes the key has, as far as is known; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Scopes {
    rungs: Arc<[&'static [Scope]]>,
    settled: Arc<Mutex<Option<Settled>>>,
}

#[derive(Debug, Clone)]
struct Settled {
    rung: usize,
    granted: Vec<Scope>,
}

impl Scopes {
    /// Read scopes only; those for custom fields where values are kept in them.
    pub(crate) fn new(custom_fields: bool) -> Self {
        let rungs = RUNGS
            .iter()
            .copied()
            .filter(|rung| custom_fields || !rung.contains(&CustomFields))
            .collect();
        Self {
            rungs,
            settled: Arc::default(),
        }
    }

    /// What to ask for, in order; what worked before comes first and saves the rest.
    pub(crate) fn rungs(&self) -> impl Iterator<Item = (usize, &'static [Scope])> + use<> {
        let first = self.settled().map_or(0, |settled| settled.rung);
        let rungs = Arc::clone(&self.rungs);
        (first..rungs.len()).map(move |place| (place, rungs[place]))
    }

    /// Remembers that the request of `rung` was granted, as far as `told` says.
    pub(crate) fn settle(&self, rung: usize, told: Option<&str>) {
        let asked = self.rungs.get(rung).copied().unwrap_or_default();
        let granted = match told {
            Some(told) if told.contains("platform.") => asked
                .iter()
                .copied()
                .filter(|scope| told.split([' ', ',']).any(|name| name == scope.name()))
                .collect(),
            _ => asked.to_vec(),
        };
        *self.settled.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Settled { rung, granted });
    }

    /// Whether the key is known to lack `scope`.
    pub(crate) fn lack(&self, scope: Scope) -> bool {
        self.settled()
            .is_some_and(|settled| !settled.granted.contains(&scope))
    }

    fn settled(&self) -> Option<Settled> {
        self.settled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// The scopes as one text, as the token request has them.
pub(crate) fn text(scopes: &[Scope]) -> String {
    let names: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_asked_for_first_and_what_worked_afterwards() {
        let scopes = Scopes::new(false);
        let (first, all) = scopes.rungs().next().unwrap();
        assert_eq!(
            text(all),
            "platform.companies.read platform.sites.read platform.devices.read platform.asset.read"
        );
        assert!(!scopes.lack(Devices), "nothing is known yet");
        scopes.settle(first + 1, None);
        assert!(scopes.lack(Asset) && !scopes.lack(Devices));
        assert_eq!(scopes.rungs().next().unwrap().0, first + 1);
    }

    #[test]
    fn what_the_answer_says_counts_more_than_what_was_asked() {
        let scopes = Scopes::new(true);
        scopes.settle(0, Some("platform.companies.read platform.devices.read"));
        assert!(scopes.lack(Sites) && !scopes.lack(Companies));
        scopes.settle(0, Some(""));
        assert!(!scopes.lack(Sites));
    }

    #[test]
    fn no_rung_asks_to_write() {
        for scope in RUNGS.iter().copied().flatten() {
            assert!(scope.name().ends_with(".read"));
            assert!(scope.in_portal().ends_with(" - Read"));
        }
    }
}
