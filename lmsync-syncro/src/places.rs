//! Where a tenant keeps what Syncro has no field for: among the properties, under
//! names of its own.

use lmsync_core::model::{
    Asset, AssetDraft, AssetKind, CheckInBasis, RawJson, SerialStatus, Size, SizeUnit, TenantField,
    TenantFieldNames, VendorInstant, clean,
};

use crate::wire::{Properties, Texts};

/// The names that are looked for when the configuration has none for a field.
fn defaults() -> TenantFieldNames {
    use TenantField as F;
    [
        (F::Cpu, &["cpu_name"][..]),
        (F::Kind, &["form_factor"]),
        (F::MacAddress, &["mac"]),
        (F::Manufacturer, &["manufacturer", "Make"]),
        (F::Memory, &["ram"]),
        (F::Model, &["model"]),
        (F::OsName, &["os"]),
        (F::PurchaseDate, &["Purchase Date"]),
        (F::Serial, &["Service Tag", "Serial Number"]),
        (F::Storage, &["hdd"]),
        (F::WarrantyExpiry, &["warranty_end_date", "Warranty End"]),
        (F::WarrantyStart, &["Warranty Start"]),
    ]
    .into_iter()
    .fold(TenantFieldNames::new(), |places, (field, names)| {
        places.with(field, names.iter().copied())
    })
}

/// The configuration's names, and the default ones for fields without.
pub(crate) fn over_defaults(own: TenantFieldNames) -> TenantFieldNames {
    own.over(defaults())
}

/// One field: how a text is put in, and whether something is in already.
struct Place {
    field: TenantField,
    put: fn(&mut AssetDraft<'_>, &str),
    is_there: fn(&Asset) -> bool,
}

macro_rules! place {
    ($field:ident, $put:expr, $is_there:expr) => {
        Place {
            field: TenantField::$field,
            put: $put,
            is_there: $is_there,
        }
    };
}

macro_rules! plain {
    ($field:ident, $($member:ident).+) => {
        place!(
            $field,
            |draft, text| {
                let found = clean(text);
                draft.asset.$($member).+ = draft.asset.$($member).+.take().or(found);
            },
            |asset| asset.$($member).+.is_some()
        )
    };
}

macro_rules! ruled {
    ($field:ident, $method:ident, $($member:ident).+) => {
        place!(
            $field,
            |draft, text| {
                draft.$method(text);
            },
            |asset| asset.$($member).+.is_some()
        )
    };
}

/// Every field that can be named; the first of each kind wins.
static FIELDS: [Place; 20] = [
    plain!(AssetTag, asset_tag),
    plain!(Cpu, cpu.name),
    plain!(Domain, domain),
    plain!(Hostname, hostname),
    plain!(LastUser, last_user),
    plain!(ProductNumber, product_number),
    ruled!(HardwareUuid, hardware_uuid, hardware_uuid),
    ruled!(Manufacturer, manufacturer, manufacturer),
    ruled!(Model, model, model),
    ruled!(PurchaseDate, purchase_date, purchase_date),
    ruled!(WarrantyExpiry, warranty_expiry, warranty_expiry),
    ruled!(WarrantyStart, warranty_start, warranty_start),
    place!(Kind, put_kind, |asset| {
        // A form factor may tell which sort of workstation it is.
        !matches!(asset.kind, AssetKind::Unknown | AssetKind::Workstation)
    }),
    place!(LastCheckIn, put_check_in, |asset| asset
        .last_check_in
        .is_some()),
    place!(MacAddress, put_mac, |asset| !asset
        .network
        .adapters
        .is_empty()),
    place!(Memory, put_memory, |asset| asset.memory_bytes.is_some()),
    place!(OsName, put_os, |asset| asset.os.name.is_some()),
    place!(
        OsVersion,
        |draft, text| {
            draft.os(None::<&str>, text);
        },
        |asset| asset.os.version.is_some()
    ),
    place!(
        Serial,
        |draft, text| {
            draft.serial(text);
        },
        |asset| asset.serial.status == SerialStatus::Valid
    ),
    place!(Storage, put_storage, |asset| {
        asset.storage_total_bytes.is_some() || !asset.disks.is_empty()
    }),
];

/// Fills what is not there yet from the properties, and notes which of the
/// configured ones answered.
pub(crate) fn fill(draft: &mut AssetDraft<'_>, places: &TenantFieldNames, properties: &Properties) {
    if properties.is_empty() {
        return;
    }
    for place in &FIELDS {
        for name in places.names(place.field) {
            for (key, value) in under(name, properties) {
                if (place.is_there)(&draft.asset) {
                    break;
                }
                // Several addresses are several adapters: all of one property go in.
                for text in texts(value) {
                    (place.put)(draft, &text);
                }
                if (place.is_there)(&draft.asset) {
                    draft.asset.places.insert(place.field, key.to_owned());
                }
            }
        }
    }
}

/// A field other than `field` that is read from the property `key`, too.
pub(crate) fn shared_with(
    places: &TenantFieldNames,
    field: TenantField,
    key: &str,
) -> Option<TenantField> {
    let is_named = |other: TenantField| {
        let mut names = places.names(other).iter();
        names.any(|name| TenantFieldNames::is_same_name(name, key))
    };
    let mut fields = FIELDS.iter().map(|place| place.field);
    fields.find(|other| *other != field && is_named(*other))
}

/// The properties that `name` means: the one of exactly this name first, for
/// others may differ from it in case alone.
pub(crate) fn under<'p>(
    name: &'p str,
    properties: &'p Properties,
) -> impl Iterator<Item = (&'p str, &'p RawJson)> {
    let exact = properties.get_key_value(name);
    let alike = properties
        .iter()
        .filter(move |(key, _)| *key != name && TenantFieldNames::is_same_name(key, name));
    exact
        .into_iter()
        .chain(alike)
        .map(|(key, value)| (key.as_str(), value))
}

/// What a property says: its text, or those of its list.
pub(crate) fn texts(value: &RawJson) -> Vec<String> {
    serde_json::from_str::<Texts>(value.get())
        .unwrap_or_default()
        .0
}

fn put_kind(draft: &mut AssetDraft<'_>, text: &str) {
    crate::quirks::agent::form_factor(draft, Some(text));
}

fn put_check_in(draft: &mut AssetDraft<'_>, text: &str) {
    draft.last_check_in(instant(text), CheckInBasis::AgentCheckIn);
}

fn put_mac(draft: &mut AssetDraft<'_>, text: &str) {
    draft.adapter(None::<&str>, text, []);
}

/// A bare number is somebody's code for a system, not its name.
fn put_os(draft: &mut AssetDraft<'_>, text: &str) {
    if text.chars().any(char::is_alphabetic) {
        draft.os(text, None::<&str>);
    }
}

/// A moment as text, or as the seconds or milliseconds since 1970.
pub(crate) fn instant(text: &str) -> VendorInstant<'_> {
    let digits = text.trim();
    match (digits.len(), digits.parse::<i64>()) {
        (10, Ok(seconds)) => VendorInstant::EpochSeconds(seconds),
        (13, Ok(milliseconds)) => VendorInstant::EpochMillis(milliseconds),
        _ => VendorInstant::Text(text),
    }
}

pub(crate) fn put_memory(draft: &mut AssetDraft<'_>, text: &str) {
    if let Some(size) = size(draft, "memory_bytes", text) {
        draft.memory(size);
    }
}

fn put_storage(draft: &mut AssetDraft<'_>, text: &str) {
    if let Some(size) = size(draft, "storage_total_bytes", text) {
        draft.storage_total(size);
    }
}

/// A size with its unit, or without: then a small number is taken for gigabytes
/// and a very large one for bytes. What lies between could be either: it is noted
/// and not read.
pub(crate) fn size<'t>(draft: &mut AssetDraft<'_>, field: &str, text: &'t str) -> Option<Size<'t>> {
    if let Some(stated) = Size::in_text(text, SizeUnit::binary) {
        return Some(stated);
    }
    let unit = match text.trim().parse::<f64>() {
        Ok(number) if number >= 1e8 => SizeUnit::Bytes,
        Ok(number) if number >= 1e5 => {
            draft.unexpected(field, text);
            return None;
        }
        _ => SizeUnit::Gibibytes,
    };
    Some(Size::Assumed { number: text, unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_can_be_named_is_filled_once() {
        let mut fields: Vec<_> = FIELDS.iter().map(|place| place.field).collect();
        fields.sort();
        fields.dedup();
        assert_eq!(fields.len(), FIELDS.len());
        for field in fields {
            let name = format!("{field:?}");
            let is_default = !defaults().names(field).is_empty();
            let needs_naming = [
                "AssetTag",
                "Domain",
                "Hostname",
                "HardwareUuid",
                "LastCheckIn",
                "LastUser",
                "OsVersion",
                "ProductNumber",
            ];
            assert_ne!(is_default, needs_naming.contains(&name.as_str()), "{name}");
        }
    }

    #[test]
    fn a_name_means_its_own_property_first_and_then_those_alike() {
        let properties: Properties =
            serde_json::from_str(r#"{"NOTES":1,"Notes":2,"notes":3,"no tes":4,"other":5}"#)
                .unwrap();
        let keys: Vec<_> = under("notes", &properties).map(|(key, _)| key).collect();
        assert_eq!(keys, ["notes", "NOTES", "Notes", "no tes"]);
    }
}
