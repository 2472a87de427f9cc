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
    WriteCustomFields,
    WriteDevices,
    WriteDefinitions,
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
            Self::WriteCustomFields => "platform.custom_fields_values.write",
            Self::WriteDevices => "platform.devices.write",
            Self::WriteDefinitions => "platform.custom_fields_definitions.write",
        }
    }

    /// As the portal shows it: `Platform - Custom Fields Values - Read`.
    pub(crate) fn in_portal(self) -> String {
        let capital = |word: &str| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        };
        let part = |part: &str| part.split('_').map(capital).collect::<Vec<_>>().join(" ");
        self.name()
            .split('.')
            .map(part)
            .collect::<Vec<_>>()
            .join(" - ")
    }

    /// What the user does when it is missing.
    pub(crate) fn hint(self) -> String {
        let scopes = match self {
            // Which of the two opens devices differs from tenant to tenant.
            Self::Devices | Self::Asset => format!(
                "{} and {}",
                Self::Devices.in_portal(),
                Self::Asset.in_portal()
            ),
            // Which of the last two opens custom fields is not documented for this address.
            Self::WriteCustomFields | Self::WriteDevices => format!(
                "{}, {} and {}",
                Self::CustomFields.in_both(),
                Self::WriteCustomFields.in_both(),
                Self::WriteDevices.in_both()
            ),
            Self::WriteDefinitions => self.in_both(),
            scope => scope.in_portal(),
        };
        format!("in ConnectWise RMM, open Integrations > API Access and give the key {scopes}")
    }

    /// As the portal shows it, and as the token request names it.
    fn in_both(self) -> String {
        format!("{} ({})", self.in_portal(), self.name())
    }
}

use Scope::{
    Asset, Companies, CustomFields, Devices, Sites, WriteCustomFields, WriteDefinitions,
    WriteDevices,
};

/// What is asked for to read, from everything down to the least that still says something.
/// One scope that the key lacks fails the whole request, so the first success decides.
const READ_RUNGS: &[&[Scope]] = &[
    &[Companies, Sites, Devices, Asset, CustomFields],
    &[Companies, Sites, Devices, Asset],
    &[Companies, Sites, Devices, CustomFields],
    &[Companies, Sites, Devices],
    &[Companies, Devices, Asset],
    &[Companies, Devices],
    &[Companies, Sites],
    &[Companies],
];

/// What is asked for to write. At least one integration writes custom fields with the scope
/// for devices, so that one is asked for where the key has it.
const WRITE_RUNGS: &[&[Scope]] = &[
    &[
        CustomFields,
        WriteCustomFields,
        WriteDefinitions,
        WriteDevices,
    ],
    &[CustomFields, WriteCustomFields, WriteDefinitions],
    &[CustomFields, WriteCustomFields, WriteDevices],
    &[CustomFields, WriteCustomFields],
];

/// Which scopes the key has, as far as is known; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Scopes {
    scope_sets: Arc<[&'static [Scope]]>,
    settled: Arc<Mutex<Option<Settled>>>,
}

#[derive(Debug, Clone)]
struct Settled {
    rung: usize,
    granted: Vec<Scope>,
}

impl Scopes {
    /// Read scopes only; those for custom fields where values are kept in them.
    pub(crate) fn to_read(custom_fields: bool) -> Self {
        Self::of(READ_RUNGS, CustomFields, custom_fields)
    }

    /// The scopes to write values of custom fields, and to create fields where that is asked for.
    pub(crate) fn to_write(definitions: bool) -> Self {
        Self::of(WRITE_RUNGS, WriteDefinitions, definitions)
    }

    /// `scope_sets`, those with `option` only where it is wanted.
    fn of(scope_sets: &[&'static [Scope]], option: Scope, wanted: bool) -> Self {
        let scope_sets = scope_sets.iter().copied();
        Self {
            scope_sets: scope_sets
                .filter(|rung| wanted || !rung.contains(&option))
                .collect(),
            settled: Arc::default(),
        }
    }

    /// What to ask for, in order; what worked before comes first and saves the rest.
    pub(crate) fn scope_sets(&self) -> impl Iterator<Item = (usize, &'static [Scope])> + use<> {
        let first = self.settled().map_or(0, |settled| settled.rung);
        let scope_sets = Arc::clone(&self.scope_sets);
        (first..scope_sets.len()).map(move |place| (place, scope_sets[place]))
    }

    /// Remembers that the request of `rung` was granted, as far as `told` says.
    pub(crate) fn settle(&self, rung: usize, told: Option<&str>) {
        let asked = self.scope_sets.get(rung).copied().unwrap_or_default();
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

    /// Whether a request was granted already.
    pub(crate) fn are_settled(&self) -> bool {
        self.settled().is_some()
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
        let scopes = Scopes::to_read(false);
        let (first, all) = scopes.scope_sets().next().unwrap();
        assert_eq!(
            text(all),
            "platform.companies.read platform.sites.read platform.devices.read platform.asset.read"
        );
        assert!(!scopes.lack(Devices), "nothing is known yet");
        scopes.settle(first + 1, None);
        assert!(scopes.lack(Asset) && !scopes.lack(Devices));
        assert_eq!(scopes.scope_sets().next().unwrap().0, first + 1);
    }

    #[test]
    fn what_the_answer_says_counts_more_than_what_was_asked() {
        let scopes = Scopes::to_read(true);
        scopes.settle(0, Some("platform.companies.read platform.devices.read"));
        assert!(scopes.lack(Sites) && !scopes.lack(Companies));
        scopes.settle(0, Some(""));
        assert!(!scopes.lack(Sites));
    }

    #[test]
    fn no_rung_of_reading_asks_to_write() {
        for scope in READ_RUNGS.iter().copied().flatten() {
            assert!(scope.name().ends_with(".read"));
            assert!(scope.in_portal().ends_with(" - Read"));
        }
    }

    #[test]
    fn writing_asks_for_values_always_and_for_definitions_only_on_request() {
        let asked = |definitions| -> Vec<String> {
            let scopes = Scopes::to_write(definitions);
            scopes
                .scope_sets()
                .map(|(_, scopes)| text(scopes))
                .collect()
        };
        let values = "platform.custom_fields_values.read platform.custom_fields_values.write";
        assert_eq!(
            asked(false),
            [
                format!("{values} platform.devices.write"),
                values.to_owned()
            ]
        );
        let all = asked(true);
        assert!(all[0].contains("platform.custom_fields_definitions.write"));
        assert!(all.iter().all(|scopes| scopes.starts_with(values)));
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn the_hint_on_writing_names_both_scopes_that_may_be_missing() {
        let hint = WriteCustomFields.hint();
        for words in [
            "Integrations > API Access",
            "Platform - Custom Fields Values - Write (platform.custom_fields_values.write)",
            "Platform - Devices - Write (platform.devices.write)",
        ] {
            assert!(hint.contains(words), "{hint}");
        }
    }
}
