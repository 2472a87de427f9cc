//! What a test can see and change of an account from outside.

use std::time::Duration;

use chrono::TimeDelta;
use lmsync_testkit::conformance::Vendor;
use lmsync_testkit::superops::{Permissions, Product, SuperOpsSimulator, SuperOpsSpec};
use serde_json::json;

use crate::bench::{Bench, LIST, code, fleet, ids};

#[test]
fn an_asset_is_found_removed_inserted_and_changed_by_its_id() {
    let mut bench = Bench::new(3);
    let id = bench.id(1);
    let machine = bench.simulator.machine(&id).unwrap();
    assert_eq!(machine.index, 1);
    assert_eq!(SuperOpsSimulator::asset_id(&machine), id);
    assert_eq!(bench.simulator.population().indices(), [0, 1, 2]);

    let rename = |machine: &mut lmsync_testkit::fleet::Machine| machine.name = "new".to_owned();
    assert!(bench.simulator.change_asset(&id, rename));
    assert!(!bench.simulator.change_asset("12", rename));
    assert_eq!(bench.asset(1, "name")["name"], "new");

    assert!(!bench.simulator.remove_asset("12"));
    assert!(bench.simulator.remove_asset(&id));
    assert!(!bench.simulator.remove_asset(&id));
    assert!(!bench.simulator.fault_asset(&id, None));
    assert_eq!(bench.simulator.machine(&id), None);
    let inserted = bench.simulator.insert_asset_at(1);
    assert_eq!(inserted, "9001114136934215684");
    assert_eq!(bench.id(1), inserted);
}

#[test]
fn an_account_names_its_product_subdomain_and_token() {
    assert_eq!([Product::Msp.path(), Product::It.path()], ["/msp", "/it"]);
    let mut simulator = SuperOpsSimulator::new(SuperOpsSpec {
        subdomain: "other".to_owned(),
        token: "first".to_owned(),
        ..SuperOpsSpec::new(fleet(1))
    });
    assert_eq!(
        (simulator.subdomain(), simulator.token()),
        ("other", "first")
    );
    simulator.replace_token("second");
    assert_eq!(simulator.token(), "second");
}

#[test]
fn changes_that_were_asked_for_are_counted_even_when_refused() {
    let mut bench = Bench::new(1);
    let query = "mutation ($input: UpdateAssetInput!) { updateAsset(input: $input) { name } }";
    let input = json!({ "input": { "assetId": bench.id(0), "name": "new" } });
    bench.data(query, input.clone());
    bench.simulator.permissions().edit = false;
    assert_eq!(code(&bench.ask(query, input.clone())), "forbidden");
    bench.simulator.misbehaviour().throttle_next = 1;
    assert_eq!(code(&bench.ask(query, input)), "rate_limit_exceeded");
    bench.page(1, 1);
    assert_eq!(bench.simulator.mutations(), 3);
    assert_eq!(bench.simulator.writes(), 3);
}

#[test]
fn debug_output_names_the_account_and_hides_the_token() {
    let spec = SuperOpsSpec {
        token: "hidden-token".to_owned(),
        ..SuperOpsSpec::new(fleet(1))
    };
    let of_spec = format!("{spec:?}");
    let of_simulator = format!("{:?}", SuperOpsSimulator::new(spec));
    assert!(of_spec.starts_with("SuperOpsSpec {"), "{of_spec}");
    assert!(of_simulator.starts_with("SuperOpsSimulator {"));
    for text in [of_spec, of_simulator] {
        assert!(text.contains("acmemsp"), "{text}");
        assert!(!text.contains("hidden-token"), "{text}");
    }
}

#[test]
fn the_conformance_suite_sees_and_moves_the_account() {
    let mut bench = Bench::of(SuperOpsSpec::new(fleet(30)));
    let ids_of = |vendor: &SuperOpsSimulator| Vendor::asset_ids(vendor);
    let listed: Vec<String> = bench.simulator.asset_ids();
    assert_eq!(ids_of(&bench.simulator), listed.iter().cloned().collect());
    let id = listed[4].clone();
    let seen = bench.simulator.machine(&id).unwrap().last_check_in;
    assert!(seen.is_some());
    assert_eq!(bench.simulator.checked_in_at(&id), seen);
    assert_eq!(bench.simulator.checked_in_at("12"), None);

    Vendor::remove_asset(&mut bench.simulator, &id);
    assert!(!ids_of(&bench.simulator).contains(&id));
    let inserted = Vendor::insert_asset(&mut bench.simulator);
    assert_eq!(ids(&bench.page(1, 100))[0], inserted);

    bench.simulator.refuse_next(1);
    let input = json!({ "input": {} });
    assert_eq!(code(&bench.ask(LIST, input.clone())), "rate_limit_exceeded");
    bench.page(1, 1);
    bench.simulator.forbid_reading_assets();
    assert_eq!(code(&bench.ask(LIST, input)), "forbidden");
}

#[test]
fn customers_are_clients_or_departments() {
    let of = |bench: Bench| Vendor::customer_ids(&bench.simulator).into_iter();
    assert_eq!(
        of(Bench::new(30)).collect::<Vec<_>>(),
        ["7928838372746166001", "7928838372746166002"]
    );
    assert_eq!(
        of(Bench::it(30)).collect::<Vec<_>>(),
        ["6623952408805568001", "6623952408805568002"]
    );
}

#[test]
fn the_budget_is_the_limit_of_a_minute() {
    let limited = Bench::of(SuperOpsSpec::new(fleet(1)));
    let minute = Duration::from_secs(60);
    assert_eq!(limited.simulator.budget(), (100, minute));
    assert_eq!(Bench::new(1).simulator.budget(), (usize::MAX, minute));
}

#[test]
fn a_request_that_the_schema_refuses_counts_against_the_limit() {
    let mut bench = Bench::of(SuperOpsSpec {
        requests_per_minute: Some(1),
        ..SuperOpsSpec::new(fleet(1))
    });
    let answer = bench.ask("{ nothing }", json!({}));
    assert_eq!(answer.get("data"), None);
    let input = json!({ "input": {} });
    assert_eq!(code(&bench.ask(LIST, input)), "rate_limit_exceeded");
    bench.pass(TimeDelta::seconds(60));
    bench.page(1, 1);
}

#[test]
fn a_body_that_is_no_request_is_an_empty_400() {
    let mut bench = Bench::new(1);
    let mut request = bench.request("{ __typename }", json!({}));
    *request.body_mut() = "{}".into();
    let response = bench.send(&request);
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["server"], "nginx");
    assert!(response.body().is_empty());
}

#[test]
fn a_technician_may_do_everything_for_the_customers_it_sees() {
    let technician = Permissions::technician([1]);
    assert!(technician.assets && technician.clients && technician.edit);
    let mut bench = Bench::new(60);
    *bench.simulator.permissions() = technician;
    let query = "{ getClientList(input: {}) { clients { accountId } } \
        getClientSiteList(input: {}) { sites { client } } }";
    let data = bench.data(query, json!({}));
    assert_eq!(
        data["getClientList"]["clients"],
        json!([{ "accountId": "7928838372746166002" }])
    );
    let sites = data["getClientSiteList"]["sites"].as_array().unwrap();
    assert_eq!(sites.len(), fleet(60).sites(1));
}
