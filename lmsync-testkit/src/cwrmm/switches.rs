//! What tests change about a simulated account while it runs.

use std::collections::BTreeSet;

/// What the API key may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its scopes; a token request for one that is not here is refused as a whole.
    pub scopes: BTreeSet<&'static str>,
    /// Whether the integration is on; toggled off, the key is refused.
    pub active: bool,
}

impl Key {
    /// May read all there is.
    #[must_use]
    pub fn reader() -> Self {
        Self {
            scopes: BTreeSet::from([
                "platform.companies.read",
                "platform.sites.read",
                "platform.devices.read",
                "platform.asset.read",
                "platform.custom_fields_values.read",
            ]),
            active: true,
        }
    }

    /// May read all there is, and write custom fields.
    #[must_use]
    pub fn writer() -> Self {
        let mut key = Self::reader();
        key.scopes.insert("platform.custom_fields_values.write");
        key
    }

    /// May read all there is but `scope`.
    #[must_use]
    pub fn without(scope: &str) -> Self {
        let mut key = Self::reader();
        key.scopes.retain(|name| *name != scope);
        key
    }
}

/// What the account does that it should not. Everything is off at first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misbehaviour {
    /// So many requests are refused as too many, whatever the limit.
    pub throttle_next: u32,
    /// How a refusal says how long it lasts.
    pub throttle_word: ThrottleWord,
    /// So many token requests are answered with 423.
    pub lock_next: u32,
    /// A scope that the key lacks is refused without a word on scopes.
    pub scope_refused_silently: bool,
    /// What becomes of the heartbeat.
    pub heartbeat: Heartbeat,
    /// A batch with one company without devices is answered with 404 as a whole, of devices and
    /// of their software.
    pub mixed_batch_is_404: bool,
    /// The host that `Link` headers point to.
    pub link_host: Option<String>,
    /// Where the `Link` header leads after the second page.
    pub cursor: Cursor,
    /// Past the last page comes the last page again, and there is always more.
    pub endless_last_page: bool,
    /// `ipAddress` and `macAddress` are text.
    pub addresses_as_text: bool,
    /// Device ids are not UUIDs.
    pub plain_ids: bool,
    /// Devices with `attributeId` have `attributeID`, and those with that one have the other.
    pub capital_attribute_id: bool,
    /// Reading custom fields takes `platform.custom_fields_values.read` too.
    pub values_have_a_scope: bool,
    /// Writing custom fields takes `platform.devices.write` too.
    pub writing_needs_devices: bool,
    /// How a write of custom fields is confirmed.
    pub saved: Saved,
    /// The shape of error bodies; the one that the vendor's specification has for the address
    /// where it is `None`.
    pub error_shape: Option<ErrorShape>,
    /// Members without a value are null, and not left out.
    pub nulls: bool,
    /// Software and users of many devices at once are answered with this status.
    pub inventory_fails: Option<u16>,
    /// The most programs in one element of the software of many devices: what is more comes with
    /// the device once again, on the same page or the next.
    pub programs_at_once: Option<usize>,
    /// How many device calls `/v1/rate_limits` says are left, and for how many seconds;
    /// plenty where it is `None`.
    pub device_bucket: Option<(u64, i64)>,
    /// There is no `/v1/rate_limits`.
    pub no_rate_limits: bool,
}

impl Misbehaviour {
    /// Whether answers are in the forms that the specification has.
    pub(super) fn keeps_to_the_schema(&self) -> bool {
        self.error_shape.is_none()
            && self.saved == Saved::Listed
            && !self.nulls
            && !self.addresses_as_text
    }
}

/// How a refusal for too many requests says how long it lasts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ThrottleWord {
    /// `Reset`, in seconds since 1970.
    #[default]
    Reset,
    /// `Retry-After`, in seconds.
    RetryAfter,
    /// Not at all.
    Nothing,
}

/// What becomes of the heartbeat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Heartbeat {
    /// It is told.
    #[default]
    Told,
    /// It is answered with this status.
    Fails(u16),
    /// It fails for the companies with these places in the fleet.
    FailsFor(BTreeSet<usize>),
    /// It is told with status 200, as a failure of all.
    AllFailed,
    /// A batch with one company without devices is answered with 404 as a whole.
    MixedBatchIs404,
}

/// Where the `Link` header leads after the second page of devices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cursor {
    /// To the next page.
    #[default]
    Forward,
    /// Back to the first page.
    Back,
    /// To the same page once more.
    Again,
}

/// How a write of custom fields is confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Saved {
    /// With what was sent, as a list.
    #[default]
    Listed,
    /// With 204 and nothing.
    NoContent,
}

/// The seven shapes of error bodies in the vendor's specification.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ErrorShape {
    /// `{"code","message"}`
    #[default]
    CodeAndMessage,
    /// `{"error","description"}`
    ErrorAndDescription,
    /// `{"code","description"}`
    CodeAndDescription,
    /// `{"error":{"code","description"}}`
    NestedDescription,
    /// `{"id","message","error":{"message"},"type"}`
    NestedMessage,
    /// `[{"code","message"}]`
    List,
    /// A bare text.
    Text,
}

impl ErrorShape {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::CodeAndMessage,
        Self::ErrorAndDescription,
        Self::CodeAndDescription,
        Self::NestedDescription,
        Self::NestedMessage,
        Self::List,
        Self::Text,
    ];

    /// The shape that the specification has for refusals at `path`.
    pub(super) fn documented(path: &str) -> Self {
        if path.contains("/custom-field") {
            Self::ErrorAndDescription
        } else if path.ends_with("/heartbeat") {
            Self::CodeAndDescription
        } else {
            Self::CodeAndMessage
        }
    }
}

/// What is wrong with one device of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowFault {
    /// It is null.
    Null,
    /// Its name is an object, its system a list and its addresses an object.
    WrongTypes,
    /// It names its host twice.
    RepeatedKey,
}
