//! How a connector builds an asset.

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, Utc};

use super::asset::{Asset, AssetState, CheckInBasis, Connectivity};
use super::date::{DateReader, Reading, VendorDay, VendorInstant};
use super::finish;
use super::hardware::{Bios, Cpu, Disk, Tpm};
use super::issue::{Issue, IssueCode};
use super::kind::AssetKind;
use super::mac::MacAddress;
use super::manufacturer::{canonical_manufacturer, clean_model};
use super::network::{Adapter, AdapterClass, Network};
use super::os::{Architecture, OperatingSystem, OsFamily};
use super::price::Price;
use super::rules::Rules;
use super::security::Security;
use super::serial::{OtherSerial, OtherSerialKind, Serial, SerialStatus};
use super::size::Size;
use super::software::InstalledSoftware;
use super::source::{Ref, Source};
use super::text::{clean, clean_id, trim, trimmed};
use super::uuid::clean_uuid;
use super::virtualization::Virtualization;

/// An asset in the making: a vendor's values go in, the shared rules are applied, and what is odd is noted.
///
/// A value that needs a rule has a method; set the others on [`asset`](Self::asset).
/// Every method takes text or `None` alike and ignores blanks. The first usable
/// value stays, so places that may hold a value are tried in order of preference:
///
/// ```
/// # use chrono::DateTime;
/// # use lmsync_core::model::{AssetDraft, Rules, SerialStatus, Source};
/// # let now = DateTime::UNIX_EPOCH;
/// # let rules = Rules::default();
/// let mut draft = AssetDraft::new(Source::new("example", "acme", "17", now), &rules, now);
/// draft.serial("To Be Filled By O.E.M.");
/// draft.serial(Some(" 15cd10509r721\n"));
/// draft.manufacturer("Hewlett-Packard").purchase_date("2024-05-27T00:00:00");
/// draft.asset.hostname = Some("PC1".to_owned());
/// let asset = draft.finish();
/// assert_eq!(asset.name, "PC1");
/// assert_eq!(asset.serial.status, SerialStatus::Valid);
/// assert_eq!(asset.serial.key.as_deref(), Some("15CD10509R721"));
/// assert_eq!(asset.manufacturer.as_deref(), Some("HP"));
/// ```
#[derive(Debug, Clone)]
pub struct AssetDraft<'r> {
    /// The asset so far, for the fields that need no rule.
    pub asset: Asset,
    rules: &'r Rules,
    dates: DateReader,
    now: DateTime<Utc>,
}

impl<'r> AssetDraft<'r> {
    /// A draft with nothing but its source, read by `rules`; `now` is the moment of the sync.
    #[must_use]
    pub fn new(source: Source, rules: &'r Rules, now: DateTime<Utc>) -> Self {
        Self {
            asset: bare(source),
            rules,
            dates: rules.dates(now),
            now,
        }
    }

    /// A draft of a finished asset, to add what came later; `now` is the moment of the sync.
    #[must_use]
    pub fn reopen(asset: Asset, rules: &'r Rules, now: DateTime<Utc>) -> Self {
        Self {
            asset,
            rules,
            dates: rules.dates(now),
            now,
        }
    }

    /// The reader of dates, for those inside [`asset`](Self::asset), such as software.
    #[must_use]
    pub fn dates(&self) -> DateReader {
        self.dates
    }

    /// The asset, with what follows from its values: fallback name, virtual
    /// serial, storage total, remaining issues and identity keys.
    #[must_use]
    pub fn finish(self) -> Asset {
        finish::finish(self.asset)
    }

    /// Notes `issue`.
    pub fn issue(&mut self, issue: Issue) -> &mut Self {
        self.asset.issues.push(issue);
        self
    }

    /// Notes that `field` has a type or form which the vendor's schema does not allow.
    pub fn unexpected(&mut self, field: &str, raw: &str) -> &mut Self {
        self.issue(Issue::new(IssueCode::UnexpectedType, field).with_raw(raw))
    }

    /// Notes each of `fields` for which a value of another type came, with that type's name.
    pub fn unexpected_types<'f>(
        &mut self,
        fields: impl IntoIterator<Item = (&'f str, Option<&'static str>)>,
    ) -> &mut Self {
        for (field, kind) in fields {
            if let Some(kind) = kind {
                let issue = Issue::new(IssueCode::UnexpectedType, field);
                self.issue(issue.with_note(format!("a value of type {kind} came")));
            }
        }
        self
    }

    /// Notes that `field` is not known, or not in whole, for the reason `why`.
    pub fn gap(&mut self, field: &str, why: impl Into<String>) -> &mut Self {
        self.issue(Issue::new(IssueCode::Truncated, field).with_note(why))
    }

    /// The programs that are installed; one that cannot be read is noted with the reason.
    pub fn installed(
        &mut self,
        programs: impl IntoIterator<Item = Result<InstalledSoftware, String>>,
    ) -> &mut Self {
        let mut software = Vec::new();
        for program in programs {
            match program {
                Ok(program) => software.push(program),
                Err(why) => {
                    self.gap("software", why);
                }
            }
        }
        self.asset.software = Some(software);
        self
    }

    /// The name in the vendor's list.
    pub fn name<'a>(&mut self, text: impl Into<Option<&'a str>>) -> &mut Self {
        if self.asset.name.is_empty() {
            self.asset.name = text.into().and_then(clean).unwrap_or_default();
        }
        self
    }

    /// The customer that it belongs to; none without an id.
    pub fn customer(&mut self, id: Option<String>, name: Option<String>) -> &mut Self {
        keep_first(&mut self.asset.customer, reference(id, name));
        self
    }

    /// The machine that runs this one; none without an id.
    pub fn parent(&mut self, id: Option<String>, name: Option<String>) -> &mut Self {
        keep_first(&mut self.asset.parent, reference(id, name));
        self
    }

    /// The contract it is under; none without an id.
    pub fn contract(&mut self, id: Option<String>, name: Option<String>) -> &mut Self {
        keep_first(&mut self.asset.contract, reference(id, name));
        self
    }

    /// The id that another tool has for the machine; `0` is how tools write none.
    pub fn external_id<'a>(&mut self, tool: &str, id: impl Into<Option<&'a str>>) -> &mut Self {
        let id = id.into().and_then(clean_id).filter(|id| *id != "0");
        if let Some(id) = id {
            let ids = &mut self.asset.external_ids;
            ids.entry(tool.to_owned()).or_insert_with(|| id.to_owned());
        }
        self
    }

    /// The price that was paid for it, as a number and its currency.
    pub fn purchase_price(
        &mut self,
        amount: impl Into<Option<f64>>,
        currency: Option<String>,
    ) -> &mut Self {
        let found = amount
            .into()
            .and_then(|amount| Price::new(amount, currency));
        keep_first(&mut self.asset.purchase_price, found);
        self
    }

    /// The vendor's word for the kind, and what it means; `None` for a word that is not known.
    pub fn kind<'a>(
        &mut self,
        raw: impl Into<Option<&'a str>>,
        kind: Option<AssetKind>,
    ) -> &mut Self {
        if self.asset.kind != AssetKind::Unknown {
            return self;
        }
        let raw = raw.into().and_then(clean);
        if kind.is_some() || self.asset.kind_raw.is_none() {
            self.asset.kind_raw = raw.or(self.asset.kind_raw.take());
        }
        self.asset.kind = kind.unwrap_or_default();
        self
    }

    /// The serial number; a usable one takes the place of a placeholder.
    pub fn serial<'a>(&mut self, text: impl Into<Option<&'a str>>) -> &mut Self {
        let found = Serial::read(text.into(), &self.rules.serials);
        let present = &mut self.asset.serial;
        let is_better = match present.status {
            SerialStatus::Missing => true,
            SerialStatus::Placeholder => found.status == SerialStatus::Valid,
            SerialStatus::Valid | SerialStatus::Virtual => false,
        };
        if is_better {
            let others = std::mem::take(&mut present.others);
            *present = Serial { others, ..found };
        }
        self
    }

    /// A further serial number; placeholders are left out.
    pub fn other_serial<'a>(
        &mut self,
        kind: OtherSerialKind,
        text: impl Into<Option<&'a str>>,
    ) -> &mut Self {
        let found = Serial::read(text.into(), &self.rules.serials);
        if let Some(value) = found.usable() {
            let other = OtherSerial {
                kind,
                value: value.to_owned(),
            };
            if !self.asset.serial.others.contains(&other) {
                self.asset.serial.others.push(other);
            }
        }
        self
    }

    /// The manufacturer, in the vendor's spelling.
    pub fn manufacturer<'a>(&mut self, text: impl Into<Option<&'a str>>) -> &mut Self {
        let Some(raw) = text.into().and_then(trimmed) else {
            return self;
        };
        if self.asset.manufacturer.is_none() {
            self.asset.manufacturer = canonical_manufacturer(raw);
            if self.asset.manufacturer.is_some() || self.asset.manufacturer_raw.is_none() {
                self.asset.manufacturer_raw = Some(raw.to_owned());
            }
        }
        self
    }

    /// The model.
    pub fn model<'a>(&mut self, text: impl Into<Option<&'a str>>) -> &mut Self {
        let found = text.into().and_then(clean_model);
        keep_first(&mut self.asset.model, found);
        self
    }

    /// The SMBIOS UUID.
    pub fn hardware_uuid<'a>(&mut self, text: impl Into<Option<&'a str>>) -> &mut Self {
        let found = text.into().and_then(clean_uuid);
        keep_first(&mut self.asset.hardware_uuid, found);
        self
    }

    /// The address that the vendor calls primary.
    pub fn primary_mac<'a>(&mut self, text: impl Into<Option<&'a str>>) -> &mut Self {
        let found = self.mac("network.primary_mac", text.into());
        keep_first(&mut self.asset.network.primary_mac, found);
        self
    }

    /// One network adapter, classed by its name or description.
    pub fn adapter<'a>(
        &mut self,
        name: impl Into<Option<&'a str>>,
        mac: impl Into<Option<&'a str>>,
        ips: impl IntoIterator<Item = &'a str>,
    ) -> &mut Self {
        let name = name.into().and_then(clean);
        let adapter = Adapter {
            class: AdapterClass::from_description(name.as_deref().unwrap_or_default()),
            mac: self.mac("network.adapters", mac.into()),
            ips: ips.into_iter().filter_map(address).collect(),
            name,
        };
        if adapter != Adapter::default() {
            self.asset.network.adapters.push(adapter);
        }
        self
    }

    /// The address on the internet.
    pub fn public_ip<'a>(&mut self, text: impl Into<Option<&'a str>>) -> &mut Self {
        let found = text.into().and_then(address);
        keep_first(&mut self.asset.network.public_ip, found);
        self
    }

    /// The default gateway.
    pub fn gateway<'a>(&mut self, text: impl Into<Option<&'a str>>) -> &mut Self {
        let found = text.into().and_then(address);
        keep_first(&mut self.asset.network.gateway, found);
        self
    }

    /// The operating system's name and version; a build inside the version is taken out of it.
    pub fn os<'a>(
        &mut self,
        name: impl Into<Option<&'a str>>,
        version: impl Into<Option<&'a str>>,
    ) -> &mut Self {
        let os = &mut self.asset.os;
        keep_first(&mut os.name, name.into().and_then(clean));
        if os.family == OsFamily::Unknown {
            os.family = OsFamily::from_text(os.name.as_deref().unwrap_or_default());
        }
        if os.version.is_none() {
            os.set_version(version.into().unwrap_or_default());
        }
        self
    }

    /// The architecture of the operating system.
    pub fn arch<'a>(&mut self, text: impl Into<Option<&'a str>>) -> &mut Self {
        if self.asset.os.arch == Architecture::Unknown {
            self.asset.os.arch = Architecture::from_text(text.into().unwrap_or_default());
        }
        self
    }

    /// The day the operating system was installed.
    pub fn os_installed_on<'a>(&mut self, day: impl Into<VendorDay<'a>>) -> &mut Self {
        let found = self.day("os.installed_on", day.into());
        keep_first(&mut self.asset.os.installed_on, found);
        self
    }

    /// The day the firmware was released.
    pub fn bios_released_on<'a>(&mut self, day: impl Into<VendorDay<'a>>) -> &mut Self {
        let found = self.day("bios.released_on", day.into());
        keep_first(&mut self.asset.bios.released_on, found);
        self
    }

    /// When the machine last reported, and what that is based on. A time in the future is kept and noted.
    pub fn last_check_in<'a>(
        &mut self,
        moment: impl Into<VendorInstant<'a>>,
        basis: CheckInBasis,
    ) -> &mut Self {
        if self.asset.last_check_in.is_some() {
            return self;
        }
        let Some(at) = self.instant("last_check_in", moment.into()) else {
            return self;
        };
        if at > self.now {
            self.issue(Issue::new(IssueCode::CheckInInFuture, "last_check_in"));
        }
        self.asset.last_check_in = Some(at);
        self.asset.check_in_basis = basis;
        self
    }

    /// When the vendor's record was created.
    pub fn created_at<'a>(&mut self, moment: impl Into<VendorInstant<'a>>) -> &mut Self {
        let found = self.instant("created_at", moment.into());
        keep_first(&mut self.asset.created_at, found);
        self
    }

    /// When the machine last started.
    pub fn last_boot_at<'a>(&mut self, moment: impl Into<VendorInstant<'a>>) -> &mut Self {
        let found = self.instant("last_boot_at", moment.into());
        keep_first(&mut self.asset.last_boot_at, found);
        self
    }

    /// When the vendor last changed the record.
    pub fn vendor_updated_at<'a>(&mut self, moment: impl Into<VendorInstant<'a>>) -> &mut Self {
        let found = self.instant("source.vendor_updated_at", moment.into());
        keep_first(&mut self.asset.source.vendor_updated_at, found);
        self
    }

    /// The day of purchase.
    pub fn purchase_date<'a>(&mut self, day: impl Into<VendorDay<'a>>) -> &mut Self {
        let found = self.day("purchase_date", day.into());
        keep_first(&mut self.asset.purchase_date, found);
        self
    }

    /// The first day of the warranty.
    pub fn warranty_start<'a>(&mut self, day: impl Into<VendorDay<'a>>) -> &mut Self {
        let found = self.day("warranty_start", day.into());
        keep_first(&mut self.asset.warranty_start, found);
        self
    }

    /// The last day of the warranty.
    pub fn warranty_expiry<'a>(&mut self, day: impl Into<VendorDay<'a>>) -> &mut Self {
        let found = self.day("warranty_expiry", day.into());
        keep_first(&mut self.asset.warranty_expiry, found);
        self
    }

    /// Installed memory.
    pub fn memory(&mut self, size: Size<'_>) -> &mut Self {
        let found = self.size("memory_bytes", size);
        keep_first(&mut self.asset.memory_bytes, found);
        self
    }

    /// Size of all disks; their sum when this is not called.
    pub fn storage_total(&mut self, size: Size<'_>) -> &mut Self {
        let found = self.size("storage_total_bytes", size);
        keep_first(&mut self.asset.storage_total_bytes, found);
        self
    }

    /// One disk; `total` and `free` fill in its sizes.
    pub fn disk(
        &mut self,
        mut disk: Disk,
        total: Option<Size<'_>>,
        free: Option<Size<'_>>,
    ) -> &mut Self {
        let total = total.and_then(|size| self.size("disks", size));
        let free = free.and_then(|size| self.size("disks.free_bytes", size));
        disk.total_bytes = total.or(disk.total_bytes);
        disk.free_bytes = free.or(disk.free_bytes);
        disk.name = disk.name.as_deref().and_then(clean);
        disk.serial = disk.serial.as_deref().and_then(clean);
        if disk != Disk::default() {
            self.asset.disks.push(disk);
        }
        self
    }

    fn mac(&mut self, field: &str, text: Option<&str>) -> Option<MacAddress> {
        let text = text.and_then(trimmed)?;
        let mac = MacAddress::parse(text);
        if mac.is_none() {
            self.unexpected(field, text);
        }
        mac
    }

    fn size(&mut self, field: &str, size: Size<'_>) -> Option<u64> {
        let raw = size.text().unwrap_or_default();
        let bytes = size.bytes();
        if bytes.is_some() && matches!(size, Size::Assumed { .. }) {
            self.issue(Issue::new(IssueCode::UnitAssumed, field).with_raw(raw));
        } else if bytes.is_none() && size.is_malformed() {
            self.unexpected(field, raw);
        }
        bytes
    }

    fn day(&mut self, field: &str, day: VendorDay<'_>) -> Option<NaiveDate> {
        let reading = self.dates.day(day);
        self.take(field, reading, || day.shown())
    }

    fn instant(&mut self, field: &str, moment: VendorInstant<'_>) -> Option<DateTime<Utc>> {
        let reading = self.dates.instant(moment);
        self.take(field, reading, || moment.shown())
    }

    fn take<T>(&mut self, field: &str, reading: Reading<T>, raw: impl Fn() -> String) -> Option<T> {
        for code in reading.issues {
            let issue = Issue::new(code, field);
            // A kept value shows what was sent; only a lost one needs repeating.
            self.issue(match reading.value {
                Some(_) => issue,
                None => issue.with_raw(trim(&raw())),
            });
        }
        reading.value
    }
}

/// A reference to `id`, unless there is none.
fn reference(id: Option<String>, name: Option<String>) -> Option<Ref> {
    let found = id.map(|id| Ref::new(id, name));
    found.filter(|found| !found.id.is_empty())
}

fn keep_first<T>(field: &mut Option<T>, found: Option<T>) {
    if field.is_none() {
        *field = found;
    }
}

/// An address, unless it is every machine's own or none at all.
fn address(text: &str) -> Option<String> {
    let text = trimmed(text)?;
    let is_junk = text
        .parse::<IpAddr>()
        .is_ok_and(|ip| ip.is_unspecified() || ip.is_loopback());
    (!is_junk).then(|| text.to_owned())
}

fn bare(source: Source) -> Asset {
    Asset {
        source,
        customer: None,
        site: None,
        name: String::new(),
        hostname: None,
        domain: None,
        asset_tag: None,
        kind: AssetKind::Unknown,
        kind_raw: None,
        virtualization: Virtualization::Unknown,
        hypervisor: None,
        manufacturer: None,
        manufacturer_raw: None,
        model: None,
        product_number: None,
        serial: Serial::default(),
        hardware_uuid: None,
        network: Network::default(),
        parent: None,
        external_ids: BTreeMap::new(),
        os: OperatingSystem::default(),
        cpu: Cpu::default(),
        bios: Bios::default(),
        tpm: Tpm::default(),
        memory_bytes: None,
        storage_total_bytes: None,
        disks: Vec::new(),
        last_user: None,
        assigned_user: None,
        state: AssetState::Unknown,
        state_raw: None,
        connectivity: Connectivity::Unknown,
        last_check_in: None,
        check_in_basis: CheckInBasis::None,
        agent_version: None,
        patch_status: None,
        pending_reboot: None,
        created_at: None,
        last_boot_at: None,
        purchase_date: None,
        warranty_start: None,
        warranty_expiry: None,
        warranty_note: None,
        purchase_price: None,
        supplier: None,
        order: None,
        contract: None,
        software: None,
        security: Security::default(),
        custom_fields: BTreeMap::new(),
        identity: Vec::new(),
        issues: Vec::new(),
        tenant_fields: BTreeMap::new(),
    }
}
