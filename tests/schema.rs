//! JSON Schemas of records and configurations, made from their types: what the vendors' simulators
//! hold is valid by them, and they agree with the written contract.

#![allow(clippy::unwrap_used, dead_code)]

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt;
use jsonschema::Validator;
use lmsync::listing::{Listed, RecordStream};
use lmsync::model::{Asset, Customer, Software};
use lmsync::schemars::Schema;
use lmsync::{AssetQuery, ConnectorConfig, Detail, SharedClock, schema};
use lmsync_testkit::VirtualClock;
use lmsync_testkit::conformance::run;
use lmsync_testkit::demo::DEMO;
use serde::Serialize;
use serde_json::{Map, Value, json};

use self::memory::Account;

#[path = "../benches/sync/memory.rs"]
mod memory;
#[path = "../benches/sync/tape.rs"]
mod tape;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Enough for every kind of machine, customer and odd value that the simulated fleets have.
const ASSETS: usize = 250;

fn validator(schema: Schema) -> Validator {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema.to_value()).unwrap()
}

/// Requires that `written` is a valid record, and no other.
fn require_valid(validator: &Validator, record: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(record)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}: {record}");
}

async fn require_all<T: Listed + Serialize>(validator: &Validator, mut stream: RecordStream<T>) {
    while let Some(record) = stream.next().await {
        require_valid(validator, &serde_json::to_value(record.unwrap()).unwrap());
    }
    assert!(stream.summary().complete);
}

#[test]
fn what_simulated_vendors_hold_is_valid() {
    let assets = validator(schema::written::<Asset>());
    let software = validator(schema::written::<Software>());
    let customers = validator(schema::written::<Customer>());
    for demo in DEMO {
        run(async {
            let clock: SharedClock = Arc::new(VirtualClock::default());
            let account = Account::open(demo.vendor, ASSETS, clock, 1_000_000).unwrap();
            let connector = account.connector;
            let detail = Detail::NONE.hardware().software();
            let query = AssetQuery::new().detail(detail).raw();
            require_all(&assets, connector.assets(query)).await;
            require_all(&customers, connector.customers()).await;
            if connector.info().capabilities.software {
                require_all(&software, connector.software(AssetQuery::new())).await;
            }
        });
    }
    assert!(!assets.is_valid(&json!({ "record": "customer" })));
    assert!(!assets.is_valid(&json!({ "record": "asset", "name": "PC1" })));
}

/// The differences from the contract that are meant, each with its reason.
const MEANT: &[(&str, &str)] = &[
    ("/serial: required", "it is always written"),
    ("/connectivity: required", "it is always written"),
    ("/check_in_basis: required", "it is always written"),
    ("/disks/items/media: required", "it is always written"),
    (
        "/network/adapters/items/class: required",
        "it is always written",
    ),
    (
        "/security/antivirus/items/definitions: required",
        "it is always written",
    ),
    (
        "/security/antivirus/items/name: required",
        "it is always written",
    ),
    (
        "/security/antivirus/items/status: required",
        "it is always written",
    ),
    (
        "/serial/others/items/type: required",
        "it is always written",
    ),
    (
        "/serial/others/items/value: required",
        "it is always written",
    ),
];

#[test]
fn the_schema_of_assets_agrees_with_the_contract() {
    let contract: Value = serde_json::from_str(include_str!("fixtures/asset.schema.json")).unwrap();
    let made = schema::written::<Asset>().to_value();
    let mut differences = BTreeSet::new();
    Comparison {
        contract: &contract,
        made: &made,
        differences: &mut differences,
    }
    .compare("", &contract, &made);
    let meant: BTreeSet<String> = MEANT.iter().map(|(what, _)| (*what).to_owned()).collect();
    assert_eq!(differences, meant);
}

/// What the contract of the programs names of the other records.
#[test]
fn the_schemas_of_software_and_customers_have_what_the_contract_names() {
    let software = schema::written::<Software>().to_value();
    let named = [
        "record",
        "source",
        "name",
        "publisher",
        "version",
        "customer",
        "seats",
        "start_date",
        "end_date",
        "issues",
    ];
    assert_eq!(
        names(&software, "required"),
        named.map(str::to_owned).into()
    );
    assert_eq!(software["properties"]["record"]["const"], "software");
    let customer = schema::written::<Customer>().to_value();
    let named = ["record", "source", "name", "active"];
    assert_eq!(
        names(&customer, "required"),
        named.map(str::to_owned).into()
    );
    assert_eq!(customer["properties"]["record"]["const"], "customer");
    for record in [software, customer] {
        let source = resolved(&record, &record["properties"]["source"]);
        let named = ["connector", "instance", "vendor_id", "fetched_at"];
        assert_eq!(names(source, "required"), named.map(str::to_owned).into());
    }
}

/// The comparison of two schemas: members, required members and words.
struct Comparison<'a> {
    contract: &'a Value,
    made: &'a Value,
    differences: &'a mut BTreeSet<String>,
}

impl Comparison<'_> {
    fn compare(&mut self, path: &str, contract: &Value, made: &Value) {
        let contract = resolved(self.contract, contract);
        let made = resolved(self.made, made);
        self.same_names(path, "words", names(contract, "enum"), names(made, "enum"));
        if contract.get("const") != made.get("const") {
            self.differences.insert(format!("{path}: const"));
        }
        let own = [properties(contract), properties(made)];
        let [left, right] = own.map(|members| members.keys().cloned().collect());
        self.same_names(path, "member", left, right);
        let [left, right] = [names(contract, "required"), names(made, "required")];
        for name in left.symmetric_difference(&right) {
            self.differences.insert(format!("{path}/{name}: required"));
        }
        for (name, member) in properties(contract) {
            if let Some(other) = properties(made).get(&name) {
                self.compare(&format!("{path}/{name}"), &member, other);
            }
        }
        if let (Some(one), Some(other)) = (contract.get("items"), made.get("items")) {
            self.compare(&format!("{path}/items"), one, other);
        }
    }

    fn same_names(
        &mut self,
        path: &str,
        what: &str,
        one: BTreeSet<String>,
        other: BTreeSet<String>,
    ) {
        for name in one.symmetric_difference(&other) {
            self.differences.insert(format!("{path}: {what} {name}"));
        }
    }
}

/// The schema that `schema` stands for, but for null.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(place) = schema.get("$ref").and_then(Value::as_str) {
        return resolved(root, root.pointer(place.trim_start_matches('#')).unwrap());
    }
    let choices = schema.get("anyOf").and_then(Value::as_array);
    let is_null = |choice: &&Value| choice["type"] == "null";
    match choices.and_then(|all| all.iter().find(|choice| !is_null(choice))) {
        Some(choice) => resolved(root, choice),
        None => schema,
    }
}

fn properties(schema: &Value) -> Map<String, Value> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

/// The texts of the list `key`.
fn names(schema: &Value, key: &str) -> BTreeSet<String> {
    let list = schema.get(key).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(ToOwned::to_owned).collect()
}

#[test]
fn configurations_are_valid_and_slips_in_them_are_not() {
    let validator = validator(schema::read::<ConnectorConfig>());
    for demo in DEMO {
        let mut keys = demo.keys("http://127.0.0.1:8080");
        keys["vendor"] = demo.vendor.into();
        keys["concurrency"] = 2.into();
        keys["rules"] = json!({
            "date_order": "day_first", "zone": "+02:00", "placeholder_serials": ["LOANER"],
        });
        require_valid(&validator, &keys);
        assert!(serde_json::from_value::<ConnectorConfig>(keys.clone()).is_ok());
        for (key, value) in [
            ("vendor", json!("superhero")),
            ("concurrency", json!("many")),
            ("concurrency", json!(0)),
            ("concurency", json!(2)),
            ("rules", json!({ "date_order": "year_first" })),
        ] {
            let mut odd = keys.clone();
            odd[key] = value;
            assert!(!validator.is_valid(&odd), "{odd}");
        }
    }
    let keys = json!({
        "vendor": "syncro", "hostname": "acme", "api_key": { "env": "KEY" },
        "fields": { "serial": ["SN", "Tag"], "purchase_date": "Bought" },
    });
    require_valid(&validator, &keys);
    for (key, value) in [
        ("fields", json!({ "birthday": "Bought" })),
        ("fields", json!({ "serial": 5 })),
        ("api_key", json!({ "env": "KEY", "or": "TOKEN" })),
        ("api_key", json!(null)),
    ] {
        let mut odd = keys.clone();
        odd[key] = value;
        assert!(!validator.is_valid(&odd), "{odd}");
    }
}

#[test]
fn every_vendor_has_a_schema() {
    let schema = schema::read::<ConnectorConfig>().to_value();
    let vendors = schema["oneOf"].as_array().unwrap().iter();
    let named: BTreeSet<&str> = vendors
        .map(|vendor| vendor["properties"]["vendor"]["const"].as_str().unwrap())
        .collect();
    let vendors = lmsync::Vendors::built_in();
    assert_eq!(named, vendors.names().collect());
    assert!(!schema.to_string().contains("s3cret"));
}
