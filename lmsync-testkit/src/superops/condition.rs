//! The condition by which assets are listed.
//!
//! Seen: the operator `is` on these attributes, by clients of real accounts; which others the
//! service takes is not known.

use serde_json::Value;

use crate::fleet::Machine;

use super::asset;
use super::ids;
use super::state::Account;

/// What assets must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// Anything.
    Anything,
    /// An attribute is this text.
    Is(Attribute, String),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// An attribute that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attribute {
    HostName,
    Name,
    SerialNumber,
    AssetId,
    Status,
    ClientName,
    ClientId,
    SiteName,
}

impl Condition {
    /// Reads a `RuleConditionInput`; `None` where the service refuses it.
    pub(super) fn read(input: &Value) -> Option<Self> {
        let Value::Object(members) = input else {
            return Some(Self::Anything);
        };
        if members.values().all(Value::is_null) {
            return Some(Self::Anything);
        }
        if let Value::Array(operands) = &input["operands"] {
            let operands = operands.iter().map(Self::read).collect::<Option<_>>()?;
            return match input["joinOperator"].as_str()? {
                "AND" => Some(Self::All(operands)),
                "OR" => Some(Self::Any(operands)),
                _ => None,
            };
        }
        let attribute = Attribute::read(input["attribute"].as_str()?)?;
        let is = input["operator"].as_str()? == "is";
        is.then(|| match &input["value"] {
            Value::String(text) => Self::Is(attribute, text.clone()),
            Value::Number(number) => Self::Is(attribute, number.to_string()),
            // Seen: a value of another type is no error, and almost everything fits.
            _ => Self::Anything,
        })
    }

    pub(super) fn holds(&self, account: &Account, machine: &Machine) -> bool {
        match self {
            Self::Anything => true,
            Self::Is(attribute, text) => {
                attribute.of(account, machine).as_deref() == Some(text.as_str())
            }
            Self::All(all) => all.iter().all(|one| one.holds(account, machine)),
            Self::Any(any) => any.iter().any(|one| one.holds(account, machine)),
        }
    }
}

impl Attribute {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "hostName" => Self::HostName,
            "name" => Self::Name,
            "serialNumber" => Self::SerialNumber,
            "assetId" => Self::AssetId,
            "status" => Self::Status,
            "client.name" => Self::ClientName,
            "client.accountId" => Self::ClientId,
            "site.name" => Self::SiteName,
            _ => return None,
        })
    }

    fn of(self, account: &Account, machine: &Machine) -> Option<String> {
        let fleet = account.population.fleet();
        Some(match self {
            Self::HostName => asset::host_name(machine),
            Self::Name => machine.name.clone(),
            Self::SerialNumber => machine.serial.clone()?,
            Self::AssetId => ids::asset(machine.id).to_string(),
            Self::Status => asset::status(machine).to_owned(),
            Self::ClientName => fleet.customer(machine.customer).name,
            Self::ClientId => ids::customer(fleet.customer(machine.customer).id).to_string(),
            Self::SiteName => fleet.site(machine.customer, machine.site).name.to_owned(),
        })
    }
}
