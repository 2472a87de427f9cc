//! The columns of every table, and where a record has their values: the one list.

use std::sync::LazyLock;

use lmsync_core::model::{Address, Asset, Customer, Ref, Software, Source};

use crate::column::{Column, Field, Kind};
use crate::stream::StreamName;
use crate::value::Value;

use Kind::{Boolean, Date, Instant, Integer, Json, Real, Text};

/// The key, with which all records begin.
const KEY: [Column; 3] = [
    added("connector", Text, true),
    added("instance", Text, true),
    added("vendor_id", Text, true),
];

/// The columns that a store adds to a record.
const TIMES: [Column; 5] = [
    added("first_seen_at", Instant, true),
    added("last_seen_at", Instant, true),
    added("changed_at", Instant, true),
    added("deleted_at", Instant, false),
    added("fingerprint", Text, true),
];

/// The columns of the table `passes`.
pub const PASS_COLUMNS: &[Column] = &[
    added("connector", Text, true),
    added("instance", Text, true),
    added("stream", Text, true),
    added("pass_id", Instant, true),
    added("finished_at", Instant, true),
    added("complete", Boolean, true),
    added("filtered", Boolean, true),
    added("seen", Integer, true),
    added("kept", Integer, true),
    added("skipped", Integer, true),
    added("rejected", Integer, true),
    added("reported_total", Integer, false),
    added("incomplete_reason", Text, false),
    added("requests", Integer, true),
];

/// The columns of the table `same_machine`: a row for each record of a machine that several records are.
pub const SAME_MACHINE_COLUMNS: &[Column] = &[
    added("machine", Integer, true),
    added("connector", Text, true),
    added("instance", Text, true),
    added("vendor_id", Text, true),
    added("name", Text, true),
    added("evidence", Json, true),
    added("possible", Json, true),
    added("conflicts", Json, true),
];

/// The columns of the table `lmsync_journal`: a row for each attempt to write dates, and one more for what
/// was found out about it later. `number` counts the rows of an asset, and [`Column::path`] is the place in a journal's line.
pub const JOURNAL_COLUMNS: &[Column] = &[
    at("connector", Text, "asset.connector", true),
    at("instance", Text, "asset.instance", true),
    at("vendor_id", Text, "asset.vendor_id", true),
    added("number", Integer, true),
    at("at", Instant, "at", true),
    at("parent_ids", Json, "asset.parent_ids", false),
    at("changes", Json, "changes", true),
    at("outcome", Text, "outcome", false),
    at("outcomes", Json, "outcomes", false),
    at("detail", Text, "detail", false),
    at("held", Json, "held", false),
];

type OfAsset = Field<Asset>;
type OfSoftware = Field<Software>;
type OfCustomer = Field<Customer>;

/// The columns of an asset's own.
pub(crate) const ASSET: &[Field<Asset>] = &[
    OfAsset::new("parent_ids", Json, "source.parent_ids", |it| {
        parents(&it.source)
    }),
    OfAsset::new("url", Text, "source.url", |it| {
        text(it.source.url.as_deref())
    }),
    OfAsset::new(
        "vendor_updated_at",
        Instant,
        "source.vendor_updated_at",
        |it| Value::maybe(it.source.vendor_updated_at, Value::instant),
    )
    .moving(),
    OfAsset::new("raw", Json, "source.raw", |it| {
        Value::maybe(it.source.raw.as_ref(), Value::raw)
    })
    .moving(),
    OfAsset::new("customer_id", Text, "customer.id", |it| {
        id(it.customer.as_ref())
    }),
    OfAsset::new("customer_name", Text, "customer.name", |it| {
        name(it.customer.as_ref())
    }),
    OfAsset::new("site_id", Text, "site.id", |it| id(it.site.as_ref())),
    OfAsset::new("site_name", Text, "site.name", |it| name(it.site.as_ref())),
    OfAsset::new("site_address_city", Text, "site.address.city", |it| {
        text(address(it).and_then(|at| at.city.as_deref()))
    }),
    OfAsset::new("site_address_country", Text, "site.address.country", |it| {
        text(address(it).and_then(|at| at.country.as_deref()))
    }),
    OfAsset::new("name", Text, "name", |it| Value::text(&it.name)).required(),
    OfAsset::new("hostname", Text, "hostname", |it| {
        text(it.hostname.as_deref())
    }),
    OfAsset::new("domain", Text, "domain", |it| text(it.domain.as_deref())),
    OfAsset::new("asset_tag", Text, "asset_tag", |it| {
        text(it.asset_tag.as_deref())
    }),
    OfAsset::new("kind", Text, "kind", |it| Value::word(it.kind.as_str())).required(),
    OfAsset::new("kind_raw", Text, "kind_raw", |it| {
        text(it.kind_raw.as_deref())
    }),
    OfAsset::new("virtualization", Text, "virtualization", |it| {
        Value::word(it.virtualization.as_str())
    })
    .required(),
    OfAsset::new("hypervisor", Text, "hypervisor", |it| {
        text(it.hypervisor.as_deref())
    }),
    OfAsset::new("manufacturer", Text, "manufacturer", |it| {
        text(it.manufacturer.as_deref())
    }),
    OfAsset::new("manufacturer_raw", Text, "manufacturer_raw", |it| {
        text(it.manufacturer_raw.as_deref())
    }),
    OfAsset::new("model", Text, "model", |it| text(it.model.as_deref())),
    OfAsset::new("product_number", Text, "product_number", |it| {
        text(it.product_number.as_deref())
    }),
    OfAsset::new("serial", Text, "serial.value", |it| {
        text(it.serial.value.as_deref())
    }),
    OfAsset::new("serial_raw", Text, "serial.raw", |it| {
        text(it.serial.raw.as_deref())
    }),
    OfAsset::new("serial_key", Text, "serial.key", |it| {
        text(it.serial.key.as_deref())
    }),
    OfAsset::new("serial_status", Text, "serial.status", |it| {
        Value::word(it.serial.status.as_str())
    })
    .required(),
    OfAsset::new("serial_others", Json, "serial.others", |it| {
        Value::list(&it.serial.others)
    }),
    OfAsset::new("hardware_uuid", Text, "hardware_uuid", |it| {
        text(it.hardware_uuid.as_deref())
    }),
    OfAsset::new("adapters", Json, "network.adapters", |it| {
        Value::list(&it.network.adapters)
    }),
    OfAsset::new("primary_mac", Text, "network.primary_mac", |it| {
        Value::maybe(it.network.primary_mac, |mac| {
            Value::Text(mac.to_string().into())
        })
    }),
    OfAsset::new("public_ip", Text, "network.public_ip", |it| {
        text(it.network.public_ip.as_deref())
    }),
    OfAsset::new("gateway", Text, "network.gateway", |it| {
        text(it.network.gateway.as_deref())
    }),
    OfAsset::new("network_domain_role", Text, "network.domain_role", |it| {
        Value::maybe(it.network.domain_role, |role| Value::word(role.as_str()))
    }),
    OfAsset::new("parent_id", Text, "parent.id", |it| id(it.parent.as_ref())),
    OfAsset::new("parent_name", Text, "parent.name", |it| {
        name(it.parent.as_ref())
    }),
    OfAsset::new("external_ids", Json, "external_ids", |it| {
        match it.external_ids.is_empty() {
            true => Value::Null,
            false => Value::json(&it.external_ids),
        }
    }),
    OfAsset::new("os_family", Text, "os.family", |it| {
        Value::word(it.os.family.as_str())
    })
    .required(),
    OfAsset::new("os_name", Text, "os.name", |it| text(it.os.name.as_deref())),
    OfAsset::new("os_version", Text, "os.version", |it| {
        text(it.os.version.as_deref())
    }),
    OfAsset::new("os_build", Text, "os.build", |it| {
        text(it.os.build.as_deref())
    }),
    OfAsset::new("os_display_version", Text, "os.display_version", |it| {
        text(it.os.display_version.as_deref())
    }),
    OfAsset::new("os_arch", Text, "os.arch", |it| {
        Value::word(it.os.arch.as_str())
    })
    .required(),
    OfAsset::new("os_installed_on", Date, "os.installed_on", |it| {
        Value::maybe(it.os.installed_on, Value::date)
    }),
    OfAsset::new("cpu_name", Text, "cpu.name", |it| {
        text(it.cpu.name.as_deref())
    }),
    OfAsset::new("cpu_sockets", Integer, "cpu.sockets", |it| {
        small(it.cpu.sockets)
    }),
    OfAsset::new("cpu_physical_cores", Integer, "cpu.physical_cores", |it| {
        small(it.cpu.physical_cores)
    }),
    OfAsset::new("cpu_logical_cores", Integer, "cpu.logical_cores", |it| {
        small(it.cpu.logical_cores)
    }),
    OfAsset::new("cpu_speed_mhz", Real, "cpu.speed_mhz", |it| {
        Value::maybe(
            it.cpu.speed_mhz.filter(|speed| speed.is_finite()),
            Value::Real,
        )
    }),
    OfAsset::new("bios_version", Text, "bios.version", |it| {
        text(it.bios.version.as_deref())
    }),
    OfAsset::new("bios_released_on", Date, "bios.released_on", |it| {
        Value::maybe(it.bios.released_on, Value::date)
    }),
    OfAsset::new("tpm_version", Text, "tpm.version", |it| {
        text(it.tpm.version.as_deref())
    }),
    OfAsset::new("tpm_enabled", Boolean, "tpm.enabled", |it| {
        Value::maybe(it.tpm.enabled, Value::Boolean)
    }),
    OfAsset::new("memory_bytes", Integer, "memory_bytes", |it| {
        Value::maybe(it.memory_bytes, Value::count)
    }),
    OfAsset::new(
        "storage_total_bytes",
        Integer,
        "storage_total_bytes",
        |it| Value::maybe(it.storage_total_bytes, Value::count),
    ),
    // Its free space moves.
    OfAsset::new("disks", Json, "disks", |it| Value::list(&it.disks)).moving(),
    OfAsset::new("last_user", Text, "last_user", |it| {
        text(it.last_user.as_deref())
    }),
    OfAsset::new("assigned_user_id", Text, "assigned_user.id", |it| {
        id(it.assigned_user.as_ref())
    }),
    OfAsset::new("assigned_user_name", Text, "assigned_user.name", |it| {
        name(it.assigned_user.as_ref())
    }),
    OfAsset::new("assigned_user_email", Text, "assigned_user.email", |it| {
        text(
            it.assigned_user
                .as_ref()
                .and_then(|user| user.email.as_deref()),
        )
    }),
    OfAsset::new("state", Text, "state", |it| Value::word(it.state.as_str())).required(),
    OfAsset::new("state_raw", Text, "state_raw", |it| {
        text(it.state_raw.as_deref())
    }),
    OfAsset::new("connectivity", Text, "connectivity", |it| {
        Value::word(it.connectivity.as_str())
    })
    .required()
    .moving(),
    OfAsset::new("last_check_in", Instant, "last_check_in", |it| {
        Value::maybe(it.last_check_in, Value::instant)
    })
    .moving(),
    OfAsset::new("check_in_basis", Text, "check_in_basis", |it| {
        Value::word(it.check_in_basis.as_str())
    })
    .required()
    .moving(),
    OfAsset::new("agent_version", Text, "agent_version", |it| {
        text(it.agent_version.as_deref())
    }),
    OfAsset::new("patch_status", Text, "patch_status", |it| {
        text(it.patch_status.as_deref())
    })
    .moving(),
    OfAsset::new("pending_reboot", Boolean, "pending_reboot", |it| {
        Value::maybe(it.pending_reboot, Value::Boolean)
    })
    .moving(),
    OfAsset::new("created_at", Instant, "created_at", |it| {
        Value::maybe(it.created_at, Value::instant)
    }),
    OfAsset::new("last_boot_at", Instant, "last_boot_at", |it| {
        Value::maybe(it.last_boot_at, Value::instant)
    })
    .moving(),
    OfAsset::new("purchase_date", Date, "purchase_date", |it| {
        Value::maybe(it.purchase_date, Value::date)
    }),
    OfAsset::new("warranty_start", Date, "warranty_start", |it| {
        Value::maybe(it.warranty_start, Value::date)
    }),
    OfAsset::new("warranty_expiry", Date, "warranty_expiry", |it| {
        Value::maybe(it.warranty_expiry, Value::date)
    }),
    OfAsset::new("warranty_note", Text, "warranty_note", |it| {
        text(it.warranty_note.as_deref())
    }),
    OfAsset::new(
        "purchase_price_amount",
        Real,
        "purchase_price.amount",
        |it| {
            Value::maybe(it.purchase_price.as_ref(), |price| {
                Value::Real(price.amount)
            })
        },
    ),
    OfAsset::new(
        "purchase_price_currency",
        Text,
        "purchase_price.currency",
        |it| {
            text(
                it.purchase_price
                    .as_ref()
                    .and_then(|price| price.currency.as_deref()),
            )
        },
    ),
    OfAsset::new("supplier", Text, "supplier", |it| {
        text(it.supplier.as_deref())
    }),
    OfAsset::new("order_reference", Text, "order", |it| {
        text(it.order.as_deref())
    }),
    OfAsset::new("contract_id", Text, "contract.id", |it| {
        id(it.contract.as_ref())
    }),
    OfAsset::new("contract_name", Text, "contract.name", |it| {
        name(it.contract.as_ref())
    }),
    OfAsset::new("software", Json, "software", |it| {
        Value::maybe(it.software.as_ref(), Value::json)
    }),
    OfAsset::new("antivirus", Json, "security.antivirus", |it| {
        Value::list(&it.security.antivirus)
    }),
    // One of them may be where the check-in was read from.
    OfAsset::new("custom_fields", Json, "custom_fields", |it| {
        match it.custom_fields.is_empty() {
            true => Value::Null,
            false => Value::json(&it.custom_fields),
        }
    })
    .moving(),
    OfAsset::new("identity", Json, "identity", |it| Value::json(&it.identity)).required(),
    // One of them may be about a check-in.
    OfAsset::new("issues", Json, "issues", |it| Value::json(&it.issues))
        .required()
        .moving(),
];

/// The columns of a software asset's own.
pub(crate) const SOFTWARE: &[Field<Software>] = &[
    OfSoftware::new("parent_ids", Json, "source.parent_ids", |it| {
        parents(&it.source)
    }),
    OfSoftware::new("url", Text, "source.url", |it| {
        text(it.source.url.as_deref())
    }),
    OfSoftware::new(
        "vendor_updated_at",
        Instant,
        "source.vendor_updated_at",
        |it| Value::maybe(it.source.vendor_updated_at, Value::instant),
    )
    .moving(),
    OfSoftware::new("raw", Json, "source.raw", |it| {
        Value::maybe(it.source.raw.as_ref(), Value::raw)
    })
    .moving(),
    OfSoftware::new("name", Text, "name", |it| Value::text(&it.name)).required(),
    OfSoftware::new("publisher", Text, "publisher", |it| {
        text(it.publisher.as_deref())
    }),
    OfSoftware::new("version", Text, "version", |it| text(it.version.as_deref())),
    OfSoftware::new("customer_id", Text, "customer.id", |it| {
        id(it.customer.as_ref())
    }),
    OfSoftware::new("customer_name", Text, "customer.name", |it| {
        name(it.customer.as_ref())
    }),
    OfSoftware::new("seats", Integer, "seats", |it| {
        Value::maybe(it.seats, Value::count)
    }),
    OfSoftware::new("start_date", Date, "start_date", |it| {
        Value::maybe(it.start_date, Value::date)
    }),
    OfSoftware::new("end_date", Date, "end_date", |it| {
        Value::maybe(it.end_date, Value::date)
    }),
    OfSoftware::new("issues", Json, "issues", |it| Value::json(&it.issues))
        .required()
        .moving(),
];

/// The columns of a customer's own.
pub(crate) const CUSTOMER: &[Field<Customer>] = &[
    OfCustomer::new("parent_ids", Json, "source.parent_ids", |it| {
        parents(&it.source)
    }),
    OfCustomer::new("url", Text, "source.url", |it| {
        text(it.source.url.as_deref())
    }),
    OfCustomer::new(
        "vendor_updated_at",
        Instant,
        "source.vendor_updated_at",
        |it| Value::maybe(it.source.vendor_updated_at, Value::instant),
    )
    .moving(),
    OfCustomer::new("raw", Json, "source.raw", |it| {
        Value::maybe(it.source.raw.as_ref(), Value::raw)
    })
    .moving(),
    OfCustomer::new("name", Text, "name", |it| Value::text(&it.name)).required(),
    OfCustomer::new("active", Boolean, "active", |it| {
        Value::maybe(it.active, Value::Boolean)
    }),
    OfCustomer::new("state_raw", Text, "state_raw", |it| {
        text(it.state_raw.as_deref())
    }),
    OfCustomer::new("sites", Json, "sites", |it| {
        Value::maybe(it.sites.as_ref(), Value::json)
    }),
];

static ASSETS: LazyLock<Vec<Column>> = LazyLock::new(|| all(ASSET));
static SOFTWARES: LazyLock<Vec<Column>> = LazyLock::new(|| all(SOFTWARE));
static CUSTOMERS: LazyLock<Vec<Column>> = LazyLock::new(|| all(CUSTOMER));

/// The number of columns before a record's own: its key, and what the store notes.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) const BEFORE_OWN: usize = KEY.len() + TIMES.len();

/// The columns of the table of `stream`: the key, what the store notes, the record's own.
#[must_use]
pub fn columns(stream: StreamName) -> &'static [Column] {
    match stream {
        StreamName::Assets => &ASSETS,
        StreamName::Software => &SOFTWARES,
        StreamName::Customers => &CUSTOMERS,
    }
}

fn all<R>(own: &[Field<R>]) -> Vec<Column> {
    let own = own.iter().map(|field| field.column);
    KEY.into_iter().chain(TIMES).chain(own).collect()
}

const fn added(name: &'static str, kind: Kind, is_required: bool) -> Column {
    at(name, kind, "", is_required)
}

const fn at(name: &'static str, kind: Kind, path: &'static str, is_required: bool) -> Column {
    Column {
        name,
        kind,
        path,
        is_required,
        is_moving: false,
    }
}

fn text(text: Option<&str>) -> Value<'_> {
    Value::maybe(text, Value::text)
}

fn small(number: Option<u32>) -> Value<'static> {
    Value::maybe(number, |number| Value::Integer(number.into()))
}

fn id(to: Option<&Ref>) -> Value<'_> {
    Value::maybe(to, |to| Value::text(&to.id))
}

fn name(to: Option<&Ref>) -> Value<'_> {
    text(to.and_then(|to| to.name.as_deref()))
}

fn address(asset: &Asset) -> Option<&Address> {
    asset.site.as_ref()?.address.as_deref()
}

fn parents(source: &Source) -> Value<'_> {
    match source.parent_ids.is_empty() {
        true => Value::Null,
        false => Value::json(&source.parent_ids),
    }
}
