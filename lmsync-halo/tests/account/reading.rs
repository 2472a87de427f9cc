//! What reading a Halo account costs, what it survives, and what `check` tells apart.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use lmsync_core::model::{Asset, AssetKind, CheckInBasis, Customer};
use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_core::{
    AssetQuery, Check, CheckInSupport, CheckInWindow, CheckReport, Connector, ConnectorExt, Detail,
    ErrorKind,
};
use lmsync_halo::{AssetClass, AssetTypes, Scopes};
use lmsync_testkit::halo::{FieldsIn, HaloSimulator, HaloSpec, RowFault};
use lmsync_testkit::{Fault, Log, check_named};

use crate::stage::{HaloStage, config, stage_of, stage_with};

fn serials(assets: &[Asset]) -> usize {
    assets
        .iter()
        .filter(|asset| asset.serial.usable().is_some())
        .count()
}

fn hardware_only(spec: &mut HaloSpec) {
    spec.software_assets = 0;
    spec.service_assets = 0;
}

#[tokio::test(start_paused = true)]
async fn five_thousand_assets_cost_at_most_102_requests() {
    let stage = stage_with(5_000, hardware_only, &config());
    let assets = stage.list_all().await;
    assert_eq!(assets.len(), 5_000);
    assert!(serials(&assets) > 4_700);
    // A hundred pages, the sign-in, and the asset types, without which software would be hardware.
    assert_eq!(stage.vendor.requests(), 102);
    assert_eq!(stage.sent("includeassetfields=true").len(), 100);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_hardware_is_skipped_and_costs_its_place_on_a_page() {
    let stage = stage_of(4_997);
    let (assets, summary) = stage.list(AssetQuery::new()).await;
    assert!(summary.complete);
    assert_eq!((assets.len(), summary.skipped), (4_997, 3));
    assert_eq!((summary.seen, summary.reported_total), (4_997, Some(5_000)));
    assert_eq!(stage.vendor.requests(), 102);
    assert_eq!(stage.sent("assettypes=").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_counts_as_hardware_is_the_users_choice() {
    let types = AssetTypes::new().with(AssetClass::Hardware, ["Software", "Payroll"]);
    let stage = stage_with(60, |_| {}, &config().asset_types(types));
    let (assets, summary) = stage.list(AssetQuery::new()).await;
    assert!(summary.complete);
    assert_eq!((assets.len(), summary.skipped), (63, 0));
}

#[tokio::test(start_paused = true)]
async fn an_asset_whose_type_the_agent_cannot_see_is_not_lost() {
    for fields_in in [FieldsIn::Lists, FieldsIn::ListsOfOneType] {
        let stage = stage_with(120, |spec| spec.fields_in = fields_in, &config());
        stage.change(|vendor| vendor.misbehaviour().hides_server_type = true);
        let assets = stage.list_all().await;
        let server = |asset: &&Asset| asset.kind == AssetKind::Server;
        assert!(assets.iter().filter(server).count() > 3);
        assert!(serials(&assets) > 100);
    }
}

#[tokio::test(start_paused = true)]
async fn fields_come_by_type_where_a_list_of_all_has_none() {
    let only_one_type = |spec: &mut HaloSpec| spec.fields_in = FieldsIn::ListsOfOneType;
    let stage = stage_with(400, only_one_type, &config());
    let assets = stage.list_all().await;
    assert!(serials(&assets) > 370);
    assert_eq!(stage.sent("/Asset/").len(), 0, "no asset is read alone");
    // The sign-in, the types, the page that had no fields, hardware by fifty, two types more.
    assert_eq!(stage.vendor.requests(), 15);
}

#[tokio::test(start_paused = true)]
async fn an_asset_removed_while_reading_by_type_hides_no_other() {
    let only_one_type = |spec: &mut HaloSpec| spec.fields_in = FieldsIn::ListsOfOneType;
    let stage = stage_with(400, only_one_type, &config());
    let mut listing = stage.account.assets(AssetQuery::new());
    let first = listing.next().await.unwrap().unwrap();
    stage.change(|vendor| vendor.remove_asset(&first.source.vendor_id));
    let mut ids = vec![first.source.vendor_id];
    while let Some(asset) = listing.next().await {
        ids.push(asset.unwrap().source.vendor_id);
    }
    let missed = stage.change(|vendor| {
        let missed = |id: &String| !ids.contains(id);
        vendor.asset_ids().into_iter().find(missed)
    });
    assert_eq!(missed, None);
}

#[tokio::test(start_paused = true)]
async fn fields_come_one_by_one_where_no_list_has_them() {
    let nowhere = |spec: &mut HaloSpec| spec.fields_in = FieldsIn::Nothing;
    let stage = stage_with(60, nowhere, &config());
    let assets = stage.list_all().await;
    assert!(serials(&assets) > 50);
    assert_eq!(
        stage.sent("/Asset/").len(),
        61,
        "one to find out, one for each"
    );
}

#[tokio::test(start_paused = true)]
async fn fields_that_are_null_everywhere_cost_no_asset() {
    let stage = stage_of(60);
    stage.change(|vendor| vendor.misbehaviour().fields_as_null = true);
    stage.list_all().await;
}

#[tokio::test(start_paused = true)]
async fn software_is_licences_and_the_assets_of_software_types() {
    let stage = stage_of(120);
    let (software, summary) = stage.account.collect_software().await.unwrap();
    assert!(summary.complete, "{summary:?}");
    // Five customers with three licences each, and two assets.
    assert_eq!(software.len(), 17);
    let practice = &software[0];
    assert_eq!(practice.name, "Practice Manager 1");
    assert_eq!(practice.source.vendor_id, "asset-1");
    assert_eq!(practice.source.parent_ids["asset_id"], "1");
    assert_eq!(practice.version.as_deref(), Some("4.2"));
    assert_eq!(practice.end_date.unwrap().to_string(), "2027-01-31");
    let office = &software[2];
    assert_eq!(office.publisher.as_deref(), Some("Microsoft"));
    assert_eq!(office.seats, Some(5));
    assert_eq!(office.start_date.unwrap().to_string(), "2025-02-01");
    assert_eq!(office.customer.as_ref().unwrap().id, "11");
    let endpoint = &software[4];
    assert_eq!(endpoint.publisher.as_deref(), Some("Kestrel Security"));
    assert_eq!(endpoint.end_date, None);
    // Two sign-ins, each with the rights it needs; types; one page each.
    assert_eq!(stage.vendor.requests(), 5);
}

#[tokio::test(start_paused = true)]
async fn many_licences_come_page_by_page() {
    let stage = stage_with(2_000, |spec| spec.software_assets = 120, &config());
    let (software, summary) = stage.account.collect_software().await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert_eq!(software.len(), 80 * 3 + 120);
    // Two sign-ins, types, 3 pages of assets, 5 of licences.
    assert_eq!(stage.vendor.requests(), 11);
}

/// The sites that customers came with, as the simulator tells them.
fn sites(customers: &[Customer]) -> BTreeMap<String, Vec<(String, String)>> {
    customers
        .iter()
        .map(|customer| {
            let sites = customer.sites.iter().flatten();
            let sites = sites.map(|site| (site.id.clone(), site.name.clone().unwrap()));
            (customer.source.vendor_id.clone(), sites.collect())
        })
        .collect()
}

/// Ids as text and as `12.0`, which some versions send.
#[tokio::test(start_paused = true)]
async fn numbers_in_odd_forms_make_no_difference() {
    let read = async |odd_numbers| {
        let stage = stage_with(120, |spec| spec.odd_numbers = odd_numbers, &config());
        let query = AssetQuery::new().detail(Detail::NONE.software());
        let (assets, summary) = stage.list(query).await;
        assert!(summary.complete, "{summary:?}");
        let (software, _) = stage.account.collect_software().await.unwrap();
        (assets, software)
    };
    let (plain, odd) = (read(false).await, read(true).await);
    assert_eq!(odd, plain);
    assert!(
        plain
            .0
            .iter()
            .any(|asset| asset.customer.as_ref().is_some_and(|of| of.id == "12"))
    );
}

#[tokio::test(start_paused = true)]
async fn customers_come_with_their_sites() {
    // Halo's numbers as the schema has them, 12.0 among them, and as one expects them.
    for odd_numbers in [true, false] {
        let stage = stage_with(2_000, |spec| spec.odd_numbers = odd_numbers, &config());
        let (customers, summary) = stage.account.collect_customers().await.unwrap();
        assert!(summary.complete, "{summary:?}");
        let expected = stage.change(|vendor| vendor.sites());
        assert_eq!(sites(&customers), expected);
        let count: usize = expected.values().map(Vec::len).sum();
        assert_eq!((customers.len(), count), (80, 216));
        // The sign-in, two pages of customers, and the sites by fifty.
        let pages = count.div_ceil(50);
        assert_eq!(stage.sent("/Site?").len(), pages);
        let cost = 3 + pages as u64;
        assert_eq!(stage.vendor.requests(), cost);
        assert_eq!(summary.usage.requests, cost);
    }
}

#[tokio::test(start_paused = true)]
async fn sites_are_complete_whatever_page_is_granted() {
    for echoes_asked_size in [false, true] {
        let stage = stage_with(500, |spec| spec.page_cap = 7, &config());
        stage.change(|vendor| vendor.misbehaviour().echoes_asked_size = echoes_asked_size);
        let (customers, _) = stage.account.collect_customers().await.unwrap();
        assert_eq!(sites(&customers), stage.change(|vendor| vendor.sites()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_without_sites_has_none_and_one_whose_sites_are_not_shown_is_left_open() {
    let bare = stage_of(60);
    bare.change(|vendor| vendor.misbehaviour().customer_without_sites = Some(1));
    let (customers, _) = bare.account.collect_customers().await.unwrap();
    let of = |place: usize| customers[place].sites.as_ref().map(Vec::len);
    assert_eq!(of(1), Some(0));
    assert!(of(0) > Some(0));

    let denied = stage_of(60);
    denied.change(|vendor| vendor.permissions().sites = false);
    let log = Log::start();
    let (customers, summary) = denied.account.collect_customers().await.unwrap();
    let logged = log.finish();
    assert!(logged.contains("without their sites") && logged.contains("Teams & Agents"));
    assert!(summary.complete);
    assert_eq!(customers.len(), 3);
    assert!(customers.iter().all(|customer| customer.sites.is_none()));
    assert_eq!(denied.sent("/Site?").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn sites_that_cannot_be_read_fail_the_customers() {
    let stage = stage_of(60);
    stage.change(|vendor| vendor.misbehaviour().empty_sites = true);
    let error = stage.account.collect_customers().await.unwrap_err();
    assert_eq!(error.operation(), Some("GET /Site"));
    assert!(error.message().contains("sites"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn inactive_sites_are_asked_for_with_inactive_customers() {
    for (config, asked) in [(config(), 0), (config().include_inactive(), 2)] {
        let stage = stage_with(60, |_| {}, &config);
        stage.account.collect_customers().await.unwrap();
        assert_eq!(stage.sent("includeinactive=true").len(), asked);
    }
}

#[tokio::test(start_paused = true)]
async fn installed_software_comes_with_the_asset_or_from_its_own_list() {
    for apart in [false, true] {
        let stage = stage_of(5);
        stage.change(|vendor| vendor.misbehaviour().software_apart = apart);
        let query = AssetQuery::new().detail(Detail::NONE.software());
        let (assets, _) = stage.account.collect_assets(query).await.unwrap();
        assert!(assets.iter().all(|asset| asset.software.is_some()));
        assert!(
            assets
                .iter()
                .any(|asset| !asset.software.as_ref().unwrap().is_empty())
        );
        assert_eq!(stage.sent("AssetSoftware").len(), if apart { 5 } else { 0 });
    }
}

#[tokio::test(start_paused = true)]
async fn an_asset_alone_needs_no_right_to_software() {
    let stage = stage_of(5);
    stage.change(|vendor| {
        vendor.misbehaviour().software_apart = true;
        vendor.permissions().software = false;
    });
    let asset = stage.account.asset(&"1001".into()).await.unwrap();
    assert_eq!(asset.software, None);
    assert!(asset.issues.iter().any(|issue| issue.field == "software"));
    let error = stage.account.collect_software().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert!(error.hint().unwrap().contains("read:software"));
}

#[tokio::test(start_paused = true)]
async fn a_window_without_a_check_in_is_refused_with_the_choice() {
    let stage = stage_of(60);
    let info = stage.account.info().clone();
    assert_eq!(info.capabilities.check_in, CheckInSupport::None);
    let window = AssetQuery::new().window(CheckInWindow::DAYS_30);
    let error = stage.account.collect_assets(window).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let hint = error.hint().unwrap();
    assert!(hint.contains("fields.last_check_in") && hint.contains("intune_lastsyncdatetime"));
}

#[tokio::test(start_paused = true)]
async fn a_window_works_with_a_field_with_intune_or_with_changes() {
    let fields = TenantFieldNames::new().with(TenantField::LastCheckIn, ["last seen"]);
    let window = || AssetQuery::new().window(CheckInWindow::DAYS_30);

    let named = stage_with(200, |_| {}, &config().fields(fields));
    assert_eq!(
        named.account.info().capabilities.check_in,
        CheckInSupport::Configured
    );
    let (kept, summary) = named.account.collect_assets(window()).await.unwrap();
    assert!(summary.complete && summary.filtered_out > 0 && !kept.is_empty());
    assert_eq!(
        kept[0].tenant_fields[&TenantField::LastCheckIn],
        "Last Seen"
    );

    let intune = stage_of(200);
    intune.change(|vendor| vendor.misbehaviour().intune = true);
    let (kept, summary) = intune.account.collect_assets(window()).await.unwrap();
    assert!(!kept.is_empty() && summary.never_checked_in >= 100);
    assert_eq!(
        kept[0].tenant_fields[&TenantField::LastCheckIn],
        "intune_lastsyncdatetime"
    );

    let changed = stage_of(200);
    let query = window().accept_record_update();
    let (kept, _) = changed.account.collect_assets(query).await.unwrap();
    assert!(!kept.is_empty());
    assert_eq!(kept[0].check_in_basis, CheckInBasis::RecordUpdate);
}

#[tokio::test(start_paused = true)]
async fn the_place_that_answered_is_recorded() {
    let stage = stage_of(60);
    let assets = stage.list_all().await;
    let place = |asset: &Asset, field| asset.tenant_fields.get(&field).cloned();
    assert!(
        assets
            .iter()
            .all(|asset| place(asset, TenantField::Model).is_none_or(|name| name == "Model"))
    );
    let purchased: Vec<_> = assets
        .iter()
        .filter_map(|asset| place(asset, TenantField::PurchaseDate))
        .collect();
    for name in ["supplier_purchasedate", "Purchase Date"] {
        assert!(purchased.iter().any(|place| place == name), "{purchased:?}");
    }
    let fields = TenantFieldNames::new().with(TenantField::Serial, ["Nowhere", "key_field2"]);
    let other = stage_with(5, |_| {}, &config().fields(fields));
    let assets = other.list_all().await;
    assert_eq!(
        place(&assets[0], TenantField::Serial).unwrap(),
        "key_field2"
    );
}

#[tokio::test(start_paused = true)]
async fn bad_rows_are_rejected_and_the_rest_arrives() {
    let stage = stage_of(120);
    stage.change(|vendor| {
        let ids = vendor.asset_ids();
        vendor.fault_asset(&ids[3], RowFault::Null);
        vendor.fault_asset(&ids[70], RowFault::NoId);
        vendor.fault_asset(&ids[71], RowFault::WrongTypes);
    });
    let (assets, summary) = stage.list(AssetQuery::new()).await;
    assert!(summary.complete, "{summary:?}");
    assert_eq!((assets.len(), summary.rejected.len()), (118, 2));
}

#[tokio::test(start_paused = true)]
async fn icons_of_a_megabyte_are_passed_over() {
    let stage = stage_of(6);
    stage.change(|vendor| vendor.misbehaviour().icon_characters = 1 << 20);
    assert_eq!(stage.list_all().await.len(), 6);
}

#[tokio::test(start_paused = true)]
async fn an_echoed_size_that_is_not_the_granted_one_loses_nothing() {
    let stage = stage_of(530);
    stage.change(|vendor| vendor.misbehaviour().echoes_asked_size = true);
    stage.list_all().await;
}

#[tokio::test(start_paused = true)]
async fn a_count_that_changes_while_paging_is_read_again() {
    let stage = stage_of(230);
    stage.change(|vendor| vendor.misbehaviour().record_counts.insert(2, 240));
    let (assets, summary) = stage.list(AssetQuery::new()).await;
    assert_eq!(assets.len(), 230);
    assert!(!summary.complete && summary.incomplete_reason.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_warning_is_no_obstacle_unless_nothing_came_with_it() {
    let stage = stage_of(60);
    stage.change(|vendor| vendor.misbehaviour().warning = Some("slow".to_owned()));
    stage.list_all().await;
    stage.change(|vendor| vendor.misbehaviour().empty_lists = true);
    let error = stage
        .account
        .collect_assets(AssetQuery::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vendor);
    assert!(error.message().contains("slow"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_filter_without_effect_makes_no_software_of_hardware() {
    let stage = stage_of(60);
    stage.change(|vendor| vendor.misbehaviour().ignores_type_filter = true);
    let (software, summary) = stage.account.collect_software().await.unwrap();
    assert!(summary.complete, "{summary:?}");
    // Three customers with three licences each, and two assets.
    assert_eq!((software.len(), summary.skipped), (11, 61));
}

#[tokio::test(start_paused = true)]
async fn without_asset_types_nothing_is_left_out() {
    let stage = stage_of(60);
    stage.change(|vendor| vendor.misbehaviour().no_asset_types = true);
    assert_eq!(stage.list(AssetQuery::new()).await.0.len(), 63);
}

#[tokio::test(start_paused = true)]
async fn a_token_lasts_as_long_as_it_says_even_in_text() {
    let text = |spec: &mut HaloSpec| {
        spec.expires_in_as_text = true;
        spec.token_lifetime = 600;
    };
    let stage = stage_with(60, text, &config());
    stage.list_all().await;
    stage.list_all().await;
    assert_eq!(stage.change(|vendor| vendor.sign_ins()), 1);
    stage.clock.sleep(std::time::Duration::from_secs(700)).await;
    stage.list_all().await;
    assert_eq!(stage.change(|vendor| vendor.sign_ins()), 2);
    stage.change(HaloSimulator::revoke_tokens);
    stage.list_all().await;
    assert_eq!(stage.change(|vendor| vendor.sign_ins()), 3);
}

#[tokio::test(start_paused = true)]
async fn the_sites_own_address_is_tried_at_both_places_once() {
    let mut config = config();
    config.authorisation_server_url = "acme.halopsa.com".to_owned();
    for (path, tries) in [("/token", 1), ("/auth/token", 2)] {
        let stage = stage_with(60, |spec| spec.token_path = path.to_owned(), &config);
        stage.list_all().await;
        assert_eq!(stage.sent("/token?").len(), tries);
        stage.change(HaloSimulator::revoke_tokens);
        stage.list_all().await;
        assert_eq!(
            stage.sent("/token?").len(),
            tries + 1,
            "the way is remembered"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_is_needed_is_asked_for_and_all_where_that_is_refused() {
    let plain = stage_of(5);
    plain.list_all().await;
    plain.account.collect_customers().await.unwrap();
    assert_eq!(plain.scopes(), ["read:assets+read:customers"]);
    plain.account.collect_software().await.unwrap();
    assert_eq!(
        plain.scopes()[1..],
        ["read:software+read:softwarelicensing"]
    );

    let without_customers = |spec: &mut HaloSpec| {
        spec.scopes.remove("read:customers");
    };
    let narrow = stage_with(5, without_customers, &config());
    narrow.list_all().await;
    assert_eq!(narrow.scopes(), ["read:assets+read:customers", "all"]);

    let chosen = stage_with(5, |_| {}, &config().scopes(Scopes::all()));
    chosen.list_all().await;
    chosen.account.collect_software().await.unwrap();
    assert_eq!(chosen.scopes(), ["all"]);
}

#[tokio::test(start_paused = true)]
async fn the_number_in_a_refusal_is_told_when_patience_ends() {
    let stage = stage_of(5);
    stage.change(|vendor| vendor.misbehaviour().throttle_next = usize::MAX);
    let error = stage
        .account
        .collect_assets(AssetQuery::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.message().contains("300 requests"), "{error}");
    assert!(stage.clock.elapsed() > std::time::Duration::from_secs(5 * 60));
}

#[tokio::test(start_paused = true)]
async fn a_large_account_stays_within_the_budget() {
    let pages_of_ten = |spec: &mut HaloSpec| {
        hardware_only(spec);
        spec.page_cap = 10;
    };
    let stage = stage_with(2_600, pages_of_ten, &config());
    let (assets, summary) = stage.list(AssetQuery::new()).await;
    assert_eq!((assets.len(), summary.usage.rate_limited_waits), (2_600, 0));
    let window = std::time::Duration::from_secs(300);
    let sent: Vec<_> = stage
        .vendor
        .recorded()
        .iter()
        .map(|request| request.started)
        .collect();
    assert_eq!(sent.len(), 262);
    let mut pairs = sent.iter().zip(&sent[250..]);
    assert!(pairs.all(|(first, later)| *later >= *first + window));
}

#[tokio::test(start_paused = true)]
async fn check_tells_the_failures_apart() {
    let good = stage_of(37).check().await;
    assert!(good.ok(), "{good:?}");
    assert_eq!(
        check_named(&good, Check::READ_ASSETS).detail,
        "37 assets visible"
    );
    assert_eq!(
        check_named(&good, "read_software").detail,
        "6 software licences visible"
    );

    // Another site altogether answers at the Resource Server.
    let elsewhere = stage_of(5);
    for number in 2..20 {
        elsewhere.faults.inject(number, Fault::web_page());
    }
    let report = elsewhere.check().await;
    let reachable = check_named(&report, Check::REACHABLE);
    assert!(!reachable.ok && reachable.hint.as_ref().unwrap().contains("Resource Server"));
    assert!(check_named(&report, Check::AUTHENTICATED).ok);

    let failed = |report: &CheckReport, name: &str, words: &str| {
        let check = check_named(report, name);
        assert!(!check.ok, "{report:?}");
        let hint = check.hint.as_deref().unwrap_or_default();
        assert!(hint.contains(words), "{hint}");
    };
    let tenant = stage_with(5, |_| {}, &config().tenant("nobody"))
        .check()
        .await;
    failed(&tenant, Check::AUTHENTICATED, "Tenant");

    let mut secret = config();
    secret.client_secret = "wrong".into();
    let secret = stage_with(5, |_| {}, &secret).check().await;
    failed(
        &secret,
        Check::AUTHENTICATED,
        "Client ID and Secret (Services)",
    );

    let sign_in = stage_of(5);
    for number in 1..20 {
        sign_in.faults.inject(number, Fault::web_page());
    }
    let sign_in = sign_in.check().await;
    failed(&sign_in, Check::AUTHENTICATED, "Authorisation Server");

    // The application was not given what was asked for, and nothing is left to ask for.
    let chosen = Scopes::These(vec!["read:assets".to_owned()]);
    let scope = stage_with(5, |spec| spec.scopes.clear(), &config().scopes(chosen));
    let scope = scope.check().await;
    assert!(check_named(&scope, Check::AUTHENTICATED).ok);
    failed(&scope, Check::READ_ASSETS, "View Applications");

    let agent = stage_of(5);
    agent.change(|vendor| vendor.permissions().assets = false);
    let agent = agent.check().await;
    assert!(check_named(&agent, Check::READ_CUSTOMERS).ok);
    failed(&agent, Check::READ_ASSETS, "Teams & Agents");

    let blind = stage_of(5);
    blind.change(|vendor| vendor.permissions().asset_types = false);
    let blind = blind.check().await;
    let assets = check_named(&blind, Check::READ_ASSETS);
    assert_eq!(assets.detail, "0 assets visible");
    assert!(assets.hint.as_ref().unwrap().contains("all Asset Types"));
}
