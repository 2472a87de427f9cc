//! Each field's way into an asset.

use super::names::TenantField;
use super::read::{form_factor, moment, size};
use super::value::Form;
use crate::model::{Asset, AssetDraft, AssetKind, CheckInBasis, MacAddress, Size, clean};

/// One field's way into an asset.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    /// The asset's own field, as issues name it.
    pub(super) asset_field: &'static str,
    /// The form in which its text is wanted.
    pub(super) form: Form,
    pub(super) sort: Sort,
    /// Tells whether the asset has a value already, so that none is looked for.
    pub(super) is_there: fn(&Asset) -> bool,
    /// Puts in the text of the field of this name, and tells whether it was usable.
    pub(super) put: fn(&mut AssetDraft<'_>, &str, &str) -> bool,
}

/// Sort of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// One value: the first usable text.
    Single,
    /// All usable texts of one value: several addresses are several adapters.
    Several,
    /// A day, which a list never is.
    Day,
}

/// A field that takes any text.
macro_rules! text {
    ($asset_field:literal, $($member:ident).+) => {
        own!(
            $asset_field,
            Shown,
            Single,
            |asset| asset.$($member).+.is_some(),
            |draft, _, text| {
                draft.asset.$($member).+ = clean(text);
                draft.asset.$($member).+.is_some()
            }
        )
    };
}

/// A field with a rule of the draft's.
macro_rules! ruled {
    ($asset_field:ident, $form:ident, $sort:ident) => {
        own!(
            stringify!($asset_field),
            $form,
            $sort,
            |asset| asset.$asset_field.is_some(),
            |draft, _, text| {
                draft.$asset_field(text);
                draft.asset.$asset_field.is_some()
            }
        )
    };
}

/// A field with a rule of its own.
macro_rules! own {
    ($asset_field:expr, $form:ident, $sort:ident, $is_there:expr, $put:expr) => {
        Rule {
            asset_field: $asset_field,
            form: Form::$form,
            sort: Sort::$sort,
            is_there: $is_there,
            put: $put,
        }
    };
}

impl Rule {
    pub(super) fn of(field: TenantField) -> Self {
        use TenantField as F;
        match field {
            F::AssetTag => text!("asset_tag", asset_tag),
            F::Cpu => text!("cpu.name", cpu.name),
            F::Domain => text!("domain", domain),
            F::Hostname => text!("hostname", hostname),
            F::LastUser => text!("last_user", last_user),
            F::ProductNumber => text!("product_number", product_number),
            F::HardwareUuid => ruled!(hardware_uuid, Shown, Single),
            F::Manufacturer => own!(
                "manufacturer",
                Shown,
                Single,
                has_manufacturer,
                put_manufacturer
            ),
            F::Model => ruled!(model, Shown, Single),
            F::PurchaseDate => ruled!(purchase_date, Stored, Day),
            F::WarrantyExpiry => ruled!(warranty_expiry, Stored, Day),
            F::WarrantyStart => ruled!(warranty_start, Stored, Day),
            F::Kind => own!("kind", Shown, Single, has_final_kind, put_kind),
            F::LastCheckIn => own!("last_check_in", Stored, Single, has_check_in, put_check_in),
            F::MacAddress => own!("network.adapters", Shown, Several, has_mac, put_macs),
            F::Memory => own!("memory_bytes", Shown, Single, has_memory, put_memory),
            F::OsName => own!("os.name", Shown, Single, has_os, put_os),
            F::OsVersion => own!("os.version", Shown, Single, has_version, put_version),
            F::Serial => own!("serial", Shown, Single, has_serial, put_serial),
            F::Storage => own!(
                "storage_total_bytes",
                Shown,
                Single,
                has_storage,
                put_storage
            ),
        }
    }
}

fn has_manufacturer(asset: &Asset) -> bool {
    asset.manufacturer.is_some()
}

/// A bare number is the tool's own for a choice, not a name.
fn put_manufacturer(draft: &mut AssetDraft<'_>, _: &str, text: &str) -> bool {
    if text.chars().any(char::is_alphabetic) {
        draft.manufacturer(text);
    } else {
        draft.unexpected("manufacturer", text);
    }
    has_manufacturer(&draft.asset)
}

/// A form factor may tell which sort of workstation it is.
fn has_final_kind(asset: &Asset) -> bool {
    !matches!(asset.kind, AssetKind::Unknown | AssetKind::Workstation)
}

fn put_kind(draft: &mut AssetDraft<'_>, _: &str, text: &str) -> bool {
    let before = draft.asset.kind;
    form_factor(draft, text);
    draft.asset.kind != before
}

fn has_check_in(asset: &Asset) -> bool {
    asset.last_check_in.is_some()
}

fn put_check_in(draft: &mut AssetDraft<'_>, _: &str, text: &str) -> bool {
    draft.last_check_in(moment(text), CheckInBasis::AgentCheckIn);
    has_check_in(&draft.asset)
}

fn has_mac(asset: &Asset) -> bool {
    let mut adapters = asset.network.adapters.iter();
    adapters.any(|adapter| adapter.mac.is_some())
}

/// One text may hold several addresses; blanks stand between them, or inside one.
fn put_macs(draft: &mut AssetDraft<'_>, _: &str, text: &str) -> bool {
    for part in text.split([',', ';']) {
        if MacAddress::parse(part).is_some() {
            draft.adapter(None, part, []);
        } else {
            for mac in part.split_whitespace() {
                draft.adapter(None, mac, []);
            }
        }
    }
    has_mac(&draft.asset)
}

fn has_memory(asset: &Asset) -> bool {
    asset.memory_bytes.is_some()
}

fn put_memory(draft: &mut AssetDraft<'_>, name: &str, text: &str) -> bool {
    if let Some(size) = noted_size(draft, TenantField::Memory, name, text) {
        draft.memory(size);
    }
    has_memory(&draft.asset)
}

/// The sizes of disks are as good as their sum.
fn has_storage(asset: &Asset) -> bool {
    let mut disks = asset.disks.iter();
    asset.storage_total_bytes.is_some() || disks.any(|disk| disk.total_bytes.is_some())
}

fn put_storage(draft: &mut AssetDraft<'_>, name: &str, text: &str) -> bool {
    if let Some(size) = noted_size(draft, TenantField::Storage, name, text) {
        draft.storage_total(size);
    }
    has_storage(&draft.asset)
}

/// The size; what could be several sizes is noted.
fn noted_size<'t>(
    draft: &mut AssetDraft<'_>,
    field: TenantField,
    name: &str,
    text: &'t str,
) -> Option<Size<'t>> {
    let size = size(field, name, text);
    if size.is_none() {
        draft.unexpected(Rule::of(field).asset_field, text);
    }
    size
}

fn has_os(asset: &Asset) -> bool {
    asset.os.name.is_some()
}

/// A bare number is somebody's code for a system, not its name.
fn put_os(draft: &mut AssetDraft<'_>, _: &str, text: &str) -> bool {
    if text.chars().any(char::is_alphabetic) {
        draft.os(text, None);
    } else {
        draft.unexpected("os.name", text);
    }
    has_os(&draft.asset)
}

fn has_version(asset: &Asset) -> bool {
    asset.os.version.is_some()
}

fn put_version(draft: &mut AssetDraft<'_>, _: &str, text: &str) -> bool {
    draft.os(None, text);
    has_version(&draft.asset)
}

fn has_serial(asset: &Asset) -> bool {
    asset.serial.usable().is_some()
}

fn put_serial(draft: &mut AssetDraft<'_>, _: &str, text: &str) -> bool {
    draft.serial(text);
    has_serial(&draft.asset)
}
