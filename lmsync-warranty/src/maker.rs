//! Names of hardware makers.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a hardware maker that can be asked, as configurations write it.
///
/// ```
/// use lmsync_warranty::Maker;
///
/// assert_eq!(Maker::DELL.as_str(), "dell");
/// assert_eq!(Maker::named("fujitsu").to_string(), "fujitsu");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Maker(Cow<'static, str>);

impl Maker {
    /// Dell, with Alienware and Dell EMC.
    pub const DELL: Self = Self(Cow::Borrowed("dell"));
    /// Lenovo, with IBM's System x.
    pub const LENOVO: Self = Self(Cow::Borrowed("lenovo"));
    /// Cisco, without Meraki.
    pub const CISCO: Self = Self(Cow::Borrowed("cisco"));
    /// HP Inc., which is not HPE.
    pub const HP: Self = Self(Cow::Borrowed("hp"));

    /// A maker of somebody else's source.
    #[must_use]
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
