use chrono::NaiveDate;
use lmsync_core::two_way::{AssetDates, DateField, HeldDate};
use lmsync_testkit::conformance::{Treatment, TwoWayVendor};
use lmsync_testkit::fleet::User;
use lmsync_testkit::superops::{Permissions, Writes};
use serde_json::{Value, json};

use crate::bench::{Bench, code};

const UPDATE: &str =
    "mutation ($input: UpdateAssetInput!) { updateAsset(input: $input) { assetId name } }";

fn update(bench: &mut Bench, mut changes: Value) -> Value {
    changes["assetId"] = json!(bench.id(0));
    bench.ask(UPDATE, json!({ "input": changes }))
}

fn dates(bench: &mut Bench) -> (Value, Value) {
    let mut asset = bench.asset(0, "purchasedDate warrantyExpiryDate");
    (
        asset["purchasedDate"].take(),
        asset["warrantyExpiryDate"].take(),
    )
}

#[test]
fn a_date_that_is_sent_is_stored_and_the_rest_stays() {
    let mut bench = Bench::new(2);
    let id = bench.id(0);
    bench.simulator.change_asset(&id, |machine| {
        machine.purchased = NaiveDate::from_ymd_opt(2020, 2, 3);
        machine.warranty_expiry = None;
    });
    let before = bench.simulator.machine(&id).unwrap();
    let answer = update(&mut bench, json!({ "warrantyExpiryDate": "2030-05-27" }));
    let expected = json!({ "data": { "updateAsset": { "assetId": id, "name": before.name } } });
    assert_eq!(answer, expected);
    assert_eq!(
        dates(&mut bench),
        (json!("2020-02-03"), json!("2030-05-27"))
    );
    let mut after = bench.simulator.machine(&id).unwrap();
    after.warranty_expiry = None;
    assert_eq!(after, before);
}

#[test]
fn null_clears_one_date() {
    let mut bench = Bench::new(1);
    update(
        &mut bench,
        json!({ "purchasedDate": "2021-01-01", "warrantyExpiryDate": "2024-01-01" }),
    );
    update(&mut bench, json!({ "purchasedDate": null }));
    assert_eq!(dates(&mut bench), (Value::Null, json!("2024-01-01")));
}

#[test]
fn the_reply_has_no_dates_to_select() {
    let mut bench = Bench::new(1);
    let query = UPDATE.replace("name", "name warrantyExpiryDate");
    let answer = bench.ask(&query, json!({ "input": { "assetId": bench.id(0) } }));
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("FieldUndefined"));
    assert!(message.contains("'UpdatedAsset'"));
}

#[test]
fn what_cannot_be_stored_is_refused_and_nothing_changes() {
    let mut bench = Bench::new(1);
    let before = bench.simulator.machine(&bench.id(0));
    for (changes, expected) in [
        (
            json!({ "purchasedDate": "2030-5-7" }),
            "value_pattern_validation_failed",
        ),
        (
            json!({ "purchasedDate": "27/05/2030" }),
            "value_pattern_validation_failed",
        ),
        (
            json!({ "purchasedDate": "2030-05-27T00:00:00" }),
            "value_pattern_validation_failed",
        ),
        (
            json!({ "purchasedDate": "+12030-05-27" }),
            "value_pattern_validation_failed",
        ),
        (
            json!({ "purchasedDate": "" }),
            "value_pattern_validation_failed",
        ),
        (
            json!({ "purchasedDate": "+2030-5-07" }),
            "value_pattern_validation_failed",
        ),
        (json!({ "name": " " }), "mandatory_validation_failed"),
        (
            json!({ "name": "new", "client": { "accountId": "4" } }),
            "referred_value_does_not_exist",
        ),
        (
            json!({ "site": { "id": 5 } }),
            "referred_value_does_not_exist",
        ),
        (
            json!({ "requester": { "userId": 4 } }),
            "referred_value_does_not_exist",
        ),
    ] {
        assert_eq!(code(&update(&mut bench, changes)), expected);
    }
    assert_eq!(bench.simulator.machine(&bench.id(0)), before);
    let query = "mutation { updateAsset(input: { assetId: \"1\", name: \"x\" }) { assetId } }";
    assert_eq!(code(&bench.ask(query, json!({}))), "entity_does_not_exist");
}

#[test]
fn name_site_and_custom_fields_can_be_changed() {
    let mut bench = Bench::new(60);
    let fleet = bench.simulator.population().fleet().clone();
    let site = fleet.site(2, 0);
    let id = json!(7_928_838_372_746_900_000_u64 + site.id);
    let changes =
        json!({ "name": "new", "site": { "id": id }, "customFields": { "udf1text": "x" } });
    update(&mut bench, changes);
    let asset = bench.asset(0, "name site client customFields(fields: [\"udf1text\"])");
    assert_eq!(asset["name"], "new");
    assert_eq!(asset["site"]["name"], site.name);
    assert_eq!(asset["client"]["name"], fleet.customer(2).name);
    assert_eq!(asset["customFields"], json!({ "udf1text": "x" }));
}

#[test]
fn an_asset_moves_to_another_client_or_department_unless_a_site_says_more() {
    for (mut bench, attribute, key, ids) in [
        (
            Bench::new(60),
            "client",
            "accountId",
            7_928_838_372_746_166_000_u64,
        ),
        (
            Bench::it(60),
            "department",
            "departmentId",
            6_623_952_408_805_568_000,
        ),
    ] {
        let fleet = bench.simulator.population().fleet().clone();
        let place = |bench: &Bench| {
            let machine = bench.simulator.machine(&bench.id(0)).unwrap();
            (machine.customer, machine.site)
        };
        let before = place(&bench);
        for nothing in [json!({ attribute: null }), json!({ "site": null })] {
            assert_eq!(update(&mut bench, nothing).get("errors"), None);
            assert_eq!(place(&bench), before);
        }
        for customer in [2, 1] {
            let id = (ids + customer as u64 + 1).to_string();
            update(&mut bench, json!({ attribute: { key: id } }));
            assert_eq!(place(&bench), (customer, 0));
        }
        let last = fleet.sites(2) - 1;
        let site = 7_928_838_372_746_900_000 + fleet.site(2, last).id;
        let changes = json!({ attribute: { key: "5" }, "site": { "id": site.to_string() } });
        assert_eq!(update(&mut bench, changes).get("errors"), None);
        assert_eq!(place(&bench), (2, last));
        let other = json!({ attribute: { key: (ids + 4).to_string() } });
        assert_eq!(
            code(&update(&mut bench, other)),
            "referred_value_does_not_exist"
        );
    }
}

#[test]
fn a_technician_moves_assets_to_what_it_sees_only() {
    let mut bench = Bench::new(60);
    *bench.simulator.permissions() = Permissions::technician([0, 2]);
    let hidden = json!({ "client": { "accountId": "7928838372746166002" } });
    assert_eq!(
        code(&update(&mut bench, hidden)),
        "referred_value_does_not_exist"
    );
    let site = 7_928_838_372_746_900_000_u64 + bench.simulator.population().fleet().site(1, 0).id;
    let hidden = json!({ "site": { "id": site } });
    assert_eq!(
        code(&update(&mut bench, hidden)),
        "referred_value_does_not_exist"
    );
}

#[test]
fn the_requester_can_be_sent_back_as_it_is() {
    let mut bench = Bench::new(1);
    let id = bench.id(0);
    let user = |id, name: &str| User {
        id,
        name: name.to_owned(),
        login: name.to_owned(),
    };
    bench
        .simulator
        .change_asset(&id, |machine| machine.last_user = Some(user(7, "ada")));
    let own = 5_928_838_372_746_169_007_u64;
    for requester in [
        Value::Null,
        json!({ "userId": own }),
        json!({ "userId": own.to_string() }),
    ] {
        let answer = update(&mut bench, json!({ "requester": requester }));
        assert_eq!(answer.get("errors"), None, "{answer}");
    }
    let other = json!({ "requester": { "userId": own + 1 } });
    assert_eq!(
        code(&update(&mut bench, other)),
        "referred_value_does_not_exist"
    );
    bench
        .simulator
        .change_asset(&id, |machine| machine.last_user = None);
    let own = json!({ "requester": { "userId": own } });
    assert_eq!(
        code(&update(&mut bench, own)),
        "referred_value_does_not_exist"
    );
}

#[test]
fn custom_fields_are_added_to_those_that_were_written_before() {
    let mut bench = Bench::new(2);
    update(&mut bench, json!({ "customFields": { "udf1text": "x" } }));
    update(&mut bench, json!({ "customFields": { "udf9text": "y" } }));
    update(&mut bench, json!({ "customFields": null }));
    let expected = json!({
        "udf1text": "x", "udf2date": "2022-05-06", "udf5mselect": ["Leased", "Insured"],
        "udf9text": "y",
    });
    assert_eq!(bench.asset(0, "customFields")["customFields"], expected);
    assert_eq!(bench.asset(1, "customFields")["customFields"], json!({}));
}

#[test]
fn writes_can_be_ignored_shifted_or_made_and_not_confirmed() {
    let mut bench = Bench::new(1);
    let date = |text: &str| json!({ "purchasedDate": text });
    update(&mut bench, date("2020-01-01"));

    bench.simulator.misbehaviour().writes = Writes::Ignored;
    assert!(update(&mut bench, date("2021-01-01"))["data"]["updateAsset"].is_object());
    assert_eq!(dates(&mut bench).0, "2020-01-01");

    bench.simulator.misbehaviour().writes = Writes::DatesShifted(-1);
    update(&mut bench, date("2022-01-01"));
    assert_eq!(dates(&mut bench).0, "2021-12-31");

    bench.simulator.misbehaviour().writes = Writes::MadeThenFailed;
    let answer = update(&mut bench, date("2023-01-01"));
    assert_eq!(answer["data"]["updateAsset"], Value::Null);
    assert_eq!(dates(&mut bench).0, "2023-01-01");
}

#[test]
fn accepted_writes_of_dates_are_counted_by_asset() {
    let mut bench = Bench::new(2);
    let (id, other) = (bench.id(0), bench.id(1));
    let date = json!({ "purchasedDate": "2021-01-01" });
    let count = |bench: &Bench| bench.simulator.date_writes(&id);

    update(&mut bench, json!({ "name": "new" }));
    update(&mut bench, json!({ "purchasedDate": "2021-1-1" }));
    assert_eq!(count(&bench), 0);
    update(
        &mut bench,
        json!({ "purchasedDate": "2021-01-01", "warrantyExpiryDate": null }),
    );
    assert_eq!(count(&bench), 1);

    bench.simulator.treat_dates(Treatment::Ignore);
    update(&mut bench, date.clone());
    bench.simulator.misbehaviour().writes = Writes::MadeThenFailed;
    update(&mut bench, date.clone());
    assert_eq!(count(&bench), 3);

    bench.simulator.misbehaviour().fail_next = 1;
    update(&mut bench, date.clone());
    bench.simulator.forbid_writing();
    assert_eq!(code(&update(&mut bench, date)), "forbidden");
    assert_eq!(count(&bench), 3);
    assert_eq!(bench.simulator.date_writes(&other), 0);
}

#[test]
fn a_written_date_is_treated_as_told() {
    for (treatment, expected) in [
        (Treatment::Keep, "2024-03-01"),
        (Treatment::Ignore, "2020-01-01"),
        (Treatment::Shift, "2024-02-29"),
    ] {
        let mut bench = Bench::new(1);
        update(&mut bench, json!({ "purchasedDate": "2020-01-01" }));
        bench.simulator.treat_dates(treatment);
        update(&mut bench, json!({ "purchasedDate": "2024-03-01" }));
        assert_eq!(dates(&mut bench).0, expected);
    }
}

#[test]
fn text_can_stand_where_a_date_belongs_until_one_is_written() {
    let mut bench = Bench::new(1);
    let id = bench.id(0);
    let day = NaiveDate::from_ymd_opt(2020, 2, 3).unwrap();
    let text = HeldDate::Unreadable("on loan".to_owned());
    let held = AssetDates::new(Some(day), None).with(DateField::WarrantyExpiry, text);
    bench.simulator.hold_dates(&id, held.clone());
    assert_eq!(bench.simulator.held_dates(&id), held);
    assert_eq!(dates(&mut bench), (json!("2020-02-03"), json!("on loan")));

    update(&mut bench, json!({ "warrantyExpiryDate": "2030-05-27" }));
    assert_eq!(
        dates(&mut bench),
        (json!("2020-02-03"), json!("2030-05-27"))
    );
    bench.simulator.hold_dates(&id, AssetDates::default());
    assert_eq!(dates(&mut bench), (Value::Null, Value::Null));
}
