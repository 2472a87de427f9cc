//! What the simulator answers, field by field, so that no change of it goes unseen.

use lmsync_testkit::fleet::{Fleet, FleetSpec, Hypervisor, Machine, MachineKind, Oddity, OsFamily};
use lmsync_testkit::superops::{Product, SuperOpsSimulator, SuperOpsSpec};
use serde_json::{Map, Value, json};

use crate::bench::{Bench, fleet};

/// What a machine is called here, and how it is told from others.
type Kind = (&'static str, fn(&Machine) -> bool);

const FIELDS: &str = "assetId name assetClass site requester primaryMac loggedInUser \
    serialNumber manufacturer model hostName publicIp gateway platform domain status sysUptime \
    lastCommunicatedTime lastReportedTime agentVersion platformFamily platformCategory \
    platformVersion patchStatus warrantyExpiryDate purchasedDate customFields";

/// An account of 300 assets of every kind, where ids in scalars come both ways.
fn bench(product: Product) -> Bench {
    Bench::of(SuperOpsSpec {
        product,
        requests_per_minute: None,
        ..SuperOpsSpec::new(fleet(300))
    })
}

/// The first machine that `is` the one.
fn first(bench: &Bench, is: impl Fn(&Machine) -> bool) -> String {
    let machines = bench.simulator.population().fleet();
    let found = machines.machines().find(is).unwrap();
    SuperOpsSimulator::asset_id(&found)
}

/// The machines that are `wanted`, each under the name it has there, with the fields of `selection`.
fn assets(bench: &mut Bench, wanted: &[Kind], selection: &str) -> Map<String, Value> {
    let query =
        format!("query ($id: ID!) {{ getAsset(input: {{ assetId: $id }}) {{ {selection} }} }}");
    wanted
        .iter()
        .map(|(name, is)| {
            let id = first(bench, is);
            let mut data = bench.data(&query, json!({ "id": id }));
            ((*name).to_owned(), data["getAsset"].take())
        })
        .collect()
}

/// A number with its unit takes one line instead of five.
fn on_one_line(value: &mut Value) {
    match value {
        Value::Object(members) if members.contains_key("actualValue") => {
            let text = |name: &str| members[name].as_str().unwrap().to_owned();
            let line = format!(
                "{} {}, actually {}",
                text("value"),
                text("unit"),
                members["actualValue"]
            );
            *value = json!(line);
        }
        Value::Object(members) => members.values_mut().for_each(on_one_line),
        Value::Array(items) => items.iter_mut().for_each(on_one_line),
        _ => {}
    }
}

fn is_guest_of(machine: &Machine, hypervisor: Hypervisor) -> bool {
    machine.hypervisor == Some(hypervisor)
}

fn is_plain(machine: &Machine, kind: MachineKind) -> bool {
    let as_usual = machine.oddity.is_none() && machine.hypervisor.is_none();
    machine.kind == kind && machine.last_check_in.is_some() && as_usual
}

const KINDS: [Kind; 8] = [
    ("a desktop", |machine| {
        is_plain(machine, MachineKind::Desktop)
            && machine.os.family == OsFamily::Windows
            && machine.domain.is_some()
    }),
    ("a laptop", |machine| {
        is_plain(machine, MachineKind::Laptop)
            && machine.os.family == OsFamily::Windows
            && machine.domain.is_none()
            && machine.last_user.is_some()
    }),
    ("a Mac", |machine| {
        is_plain(machine, machine.kind) && machine.os.family == OsFamily::MacOs
    }),
    ("a server", |machine| {
        is_plain(machine, MachineKind::Server) && machine.domain.is_some()
    }),
    ("a Linux server", |machine| {
        machine.kind == MachineKind::Server && machine.os.family == OsFamily::Linux
    }),
    ("a guest of VMware", |machine| {
        is_guest_of(machine, Hypervisor::VMware) && machine.os.family != OsFamily::Linux
    }),
    ("a guest of Hyper-V", |machine| {
        is_guest_of(machine, Hypervisor::HyperV)
    }),
    ("one that never checked in", |machine| {
        machine.last_check_in.is_none()
    }),
];

const ODD: [Kind; 7] = [
    ("junk serial", |machine| {
        machine.oddity == Some(Oddity::JunkSerial)
    }),
    ("no serial", |machine| {
        machine.oddity == Some(Oddity::MissingSerial)
    }),
    ("shared serial", |machine| {
        machine.oddity == Some(Oddity::DuplicateSerial)
    }),
    ("bought too late", |machine| {
        machine.oddity == Some(Oddity::PurchaseAfterExpiry)
    }),
    ("dates of an import", |machine| {
        machine.oddity == Some(Oddity::SentinelDates)
    }),
    ("unknown maker", |machine| {
        machine.oddity == Some(Oddity::UnknownMaker)
    }),
    ("trailing blanks", |machine| {
        machine.oddity == Some(Oddity::TrailingBlanks)
    }),
];

#[test]
fn assets_of_every_kind_in_the_msp_product() {
    let mut bench = bench(Product::Msp);
    let selection = format!("{FIELDS} client deviceCategory");
    insta::assert_json_snapshot!(assets(&mut bench, &KINDS, &selection));
}

#[test]
fn what_is_different_of_assets_in_the_it_product() {
    let mut bench = bench(Product::It);
    let selection = format!("{FIELDS} department");
    let mut found = assets(&mut bench, &KINDS[..1], &selection);
    found.extend(assets(
        &mut bench,
        &KINDS[1..],
        "name department requester site",
    ));
    insta::assert_json_snapshot!(found);
}

#[test]
fn assets_with_something_wrong() {
    let mut bench = bench(Product::Msp);
    let selection = "name serialNumber manufacturer model purchasedDate warrantyExpiryDate";
    insta::assert_json_snapshot!(assets(&mut bench, &ODD, selection));
}

#[test]
fn how_names_and_times_vary_from_asset_to_asset() {
    let mut bench = bench(Product::Msp);
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let lines: Vec<String> = (0..66)
        .map(|place| {
            let selection = "name hostName domain loggedInUser sysUptime agentVersion patchStatus \
                 lastReportedTime customFields";
            let asset = bench.asset(place, selection);
            let texts = [
                "hostName",
                "domain",
                "loggedInUser",
                "sysUptime",
                "agentVersion",
                "patchStatus",
            ]
            .map(|name| text(&asset[name]));
            let fields = asset["customFields"].as_object().unwrap().len();
            format!("{place:>2} {} | {fields} fields", texts.join(" | "))
        })
        .collect();
    insta::assert_json_snapshot!(lines);
}

#[test]
fn summaries_of_machines_of_every_kind() {
    let mut bench = bench(Product::Msp);
    let query = "query ($id: ID!) { getAssetSummary(input: { assetId: $id }) { \
        cpu { assetId cpuName currentSpeed maxSpeed physicalCore logicalCore architecture \
            l1Cache l2Cache l3Cache processCount threadsCount handlesCount cpuUsage } \
        memory { totalMemory usedMemory availableMemory cachedMemory pagedPoolByte \
            nonPagedPoolByte memoryUsage swapTotalMemory swapAvailableMemory swapUsedMemory } \
        disk { totalFreeSpace totalSize disks { drive discType fileSystem maxFileLength \
            autoMounted compressed pageFile indexed size freeSize activeTime responseTime \
            readSpeed writeSpeed driveUsage } } \
        assetInterface { name mac ipv4Address ipv6Address infIndex mtu connectType lineSpeed \
            dataInPerSec dataOutPerSec adapterName } \
        lastUserLog { id name lastLoginTime } __typename } }";
    for (file, kinds) in [
        ("summaries_of_workstations", &KINDS[..3]),
        ("summaries_of_servers", &KINDS[3..]),
    ] {
        let mut found = Map::new();
        for (name, is) in kinds {
            let id = first(&bench, is);
            let mut summary = bench.data(query, json!({ "id": id }))["getAssetSummary"].take();
            on_one_line(&mut summary);
            found.insert((*name).to_owned(), summary);
        }
        insta::assert_json_snapshot!(file, found);
    }
}

#[test]
fn programs_on_windows_on_a_mac_and_on_one_that_never_checked_in() {
    let mut bench = bench(Product::Msp);
    let query = "query ($input: AssetDetailsListInput!) { getAssetSoftwareList(input: $input) { \
        assetSoftwares { id software version installedDate bitVersion installedPath __typename } \
        listInfo { page pageSize sort { attribute order } condition hasMore totalCount } } }";
    let mut found = Map::new();
    for (name, is) in [KINDS[0], KINDS[2], KINDS[7]] {
        let input = json!({ "assetId": first(&bench, is), "listInfo": { "pageSize": 3 } });
        let data = bench.data(query, json!({ "input": input }));
        found.insert(name.to_owned(), data["getAssetSoftwareList"].clone());
    }
    insta::assert_json_snapshot!(found);
}

/// An account with more departments than there are names for them.
fn bench_of_many_customers(product: Product) -> Bench {
    let spec = FleetSpec {
        customers: 14,
        ..fleet(30).spec().clone()
    };
    Bench::of(SuperOpsSpec {
        product,
        ..SuperOpsSpec::new(Fleet::new(spec))
    })
}

#[test]
fn clients_and_their_sites() {
    let mut bench = bench_of_many_customers(Product::Msp);
    let query = "{ getClientList(input: { pageSize: 3 }) { \
            clients { accountId name stage status emailDomains accountManager primaryContact \
                secondaryContact hqSite technicianGroups customFields __typename } \
            listInfo { page pageSize sort { attribute order } condition hasMore totalCount } } \
        getClientSiteList(input: { listInfo: { pageSize: 6 } }) { \
            sites { id name timezoneCode working24x7 contactNumber line1 line2 line3 city \
                postalCode countryCode stateCode client hq __typename } \
            listInfo { totalCount } } \
        last: getClientSiteList(input: { clientId: \"7928838372746166003\" }) { \
            sites { id client } listInfo { totalCount } } }";
    insta::assert_json_snapshot!(bench.data(query, json!({})));
}

#[test]
fn departments_and_sites_of_the_it_product() {
    let mut bench = bench_of_many_customers(Product::It);
    let query = "{ getDepartmentList { departmentId name head __typename } \
        getSiteList(input: { pageSize: 4 }) { \
            sites { id name timezoneCode working24x7 contactNumber address { addressId line1 \
                line2 line3 city postalCode countryCode stateCode __typename } __typename } \
            listInfo { totalCount } } }";
    insta::assert_json_snapshot!(bench.data(query, json!({})));
}

#[test]
fn the_reply_to_a_change_in_both_products() {
    let common = "assetId name assetClass site requester customFields __typename";
    let mut found = Map::new();
    for (product, own) in [(Product::Msp, "client"), (Product::It, "department")] {
        let mut bench = bench(product);
        let query = format!(
            "mutation ($input: UpdateAssetInput!) {{ updateAsset(input: $input) {{ {common} {own} }} }}"
        );
        let input = json!({ "assetId": bench.id(0), "customFields": { "udf1text": "x" } });
        let data = bench.data(&query, json!({ "input": input }));
        found.insert(own.to_owned(), data["updateAsset"].clone());
    }
    insta::assert_json_snapshot!(found);
}
