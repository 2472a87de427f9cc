//! The table of the README: what becomes of each field of the vendor's schema.

use lmsync_testkit::FieldTable;
use lmsync_testkit::halo::SCHEMA;
use serde_json::json;

use super::*;

/// Reasons why fields are not read, and the fields.
const UNREAD: &[(&str, &str)] = &[
    (
        "tells Halo how to go about a change",
        "_addserialisedassets _donotvalidate _dont_fire_automations _dontaddnewfields _dontupdatetype _importtype \
         _isbatch _isclone _isimport _match_integration_id _match_integration_name _match_thirdparty_id _print_generate \
         _validateonly add_child_assets add_licences add_parent_assets add_sibling_assets asset_field auto_link \
         auto_tag bulkbillingperiod bulkcreated clone_count clone_inventory_numbers copy_unmapped_info_fields \
         created_from_template createdfrompurchaseorder deactivate_child_devices delete_child_assets \
         delete_parent_assets delete_sibling_assets do_not_apply_template_in_the_api edit_child_assets \
         edit_parent_assets edit_sibling_assets is_return is_stock_change is_stock_site is_template isassetdetails \
         matching_field matching_value new_access_control new_external_link pdf_attachment_id pdftemplate_id printhtml",
    ),
    (
        "a second id within Halo; the first is read",
        "area_guid assettype_guid changeguid child_guid guid import_guid parent_guid service_guid site_guid",
    ),
    ("licences are listed as software", "licence_count licences"),
    (
        "the terms of a contract or supplier; their names are read",
        "contract_value contracts contractvaluecurrent contractvalueprior default_contract_value lastchangeofvaluedate \
         latest_contract_ref supplier_contract_id supplier_contract_ref supplier_id",
    ),
    (
        "read where `fields` names it",
        "commissiondate contract_end_date item_name key_field2 key_field3 labour_warranty_end labour_warranty_start \
         stock_date stockdate supplier_expirydate username",
    ),
    (
        "a number; the name beside it is read",
        "assettype_id item_id manufacturer_id status_id",
    ),
    (
        "no member of an asset is for it",
        "activity_statement allow_asset_maintenance changehistory_created_by changehistory_updated_by commissioned \
         criticality criticality_description device_number intent new_software_version notes old_software_version \
         opened_thismonth_count os_override pingservice",
    ),
    (
        "about people, not the machine",
        "business_owner business_owner_cab_id business_owner_cab_name business_owner_client business_owner_id \
         business_owner_name business_owner_site first_user_id phone_number technical_owner technical_owner_cab_id \
         technical_owner_cab_name technical_owner_id technical_owner_name user_count user_email user_role_breakdown",
    ),
    (
        "about tickets, stock and orders",
        "asset_type_priority goodsin_po_id issue_consignment_id issue_consignment_line_id items_issued itemstock_id \
         non_consignable onhold_ticket_count open_change_count open_incident_count open_ticket_count priority_id \
         priority_name purchaseorder_id purchaseorder_line_id related_ticket_id reserved_salesorder_id \
         reserved_salesorder_line_id scheduled_tickets serialization_user sla_id sla_name stockbin_id stockbin_name \
         stockdetails supplier_priority_id supplier_priority_name supplier_sla_id supplier_sla_name supplierheaderid \
         total_ticket_count",
    ),
    (
        "relations to services and other records; of a guest the host is read",
        "ascendant_assets ascendant_count child_asset_names child_assets child_id children descendant_assets \
         descendant_count environment hierarchy impact_statement is_businessapp_instance is_linked_businessapp \
         is_linked_service is_portfolio is_primary_asset licences_hierarchy linked_service owning_businessapp \
         owning_businessapp_name owning_ci owning_ci_name owning_portfolio owning_portfolio_name owning_service \
         owning_service_name parent_asset_names parent_assets primary_asset_chart_json primary_instance_text \
         related_kb_names related_service_count related_service_name related_service_names related_services \
         relationship_id service_count service_id service_ids service_name services services_hierarchy \
         sibling_asset_names sibling_assets sibling_id",
    ),
    (
        "about rights within Halo",
        "access_control access_control_level",
    ),
    (
        "about Halo's own pages",
        "allowallcustombuttons allowallstatus allowed_status asset_chart_json assettype_config bookmarked \
         changebackupexists colour custombuttons defaultsequence extratabs icon kbs runbook_button_id sequence \
         tab_config use xtypeunamecanedit",
    ),
    ("a password", "teamviewerpassword"),
    (
        "an id, an address or a record of another tool; `external_ids` has the ids of five",
        "addigy_applications addigy_id addigy_policy_id addigy_users armis_id atera_id ateraid automate_id automate_url \
         auvik_device_id auvik_id auvik_network_id auvik_url aws_id azureTenantId azure_userid azure_userprincipalname \
         barracudarmm_id businesscentral_id connectwise_control_url connectwisecontrolid datto_alternate_id \
         datto_remote_url datto_site_uid datto_url device42_id device42_url domotz_agent domotz_agentid domotz_id \
         domotz_type_id dynatrace_from_relations dynatrace_id dynatrace_to_relations eracent_id external_links \
         icinga_hostname icinga_id import_details_id intune_connectionid intune_default_site iskaseyaagent itglue_id \
         itglue_url jamf_details_id jamf_id jamf_type kandji_id kaseya_id kaseyaid kaseyavsa_url lansweeper_id \
         lansweeper_parent_id lansweeper_relations lansweeper_site_id lansweeper_software lansweeper_url lansweeperid \
         liongard_environmnet_id liongard_id liongard_url liongardid logicmonitor_id manageengine_customer_id \
         manageengine_id nable_id ncentral_details_id ncentral_remote_url ncentral_url ninja_remote_url ninja_url \
         parent_third_party_id parent_third_party_ids passportal_client_id passportal_id prometheus_id prtg_details_id \
         prtg_id qualys_id qualys_software raynet_id site_external_link_id snipeit_id snowUsers snow_client_id snow_id \
         sqlimport_accountsid sqlimport_did sqlimport_id sqlimport_user syncro_asset_type syncro_url tanium_id \
         teamviewerid tenable_id third_party_id third_party_id_string thirdparty_client_id thirdparty_type_id virima_id \
         vmworkspace_id workspace_id workspace_orgunitpath workspace_url xensam_id zabbix_id zabbix_url",
    ),
    (
        "about licences and people of the program",
        "software[].new_devices software[].new_users software[].role_id software[].role_name software[].snowid software[].user_id",
    ),
    ("told as an issue", "_warning software[]._warning"),
    (
        "part of how Halo shows the field",
        "fields[].access_level fields[].groupname fields[].lookup fields[].mandatory fields[].mapping_id \
         fields[].parenttype_id fields[].showonactivity fields[].systemuse fields[].tab_columns fields[].tab_id \
         fields[].tab_name fields[].tab_sequence fields[].techdetail fields[].typeinfo_id fields[].url \
         fields[].userdetail fields[].validate fields[].visibility_conditions",
    ),
    ("needed for writing alone", "fields[].id"),
    (
        "about the licence, or how the program is used",
        "software[].bundledesc software[].cost software[].count software[].did software[].expiry_date \
         software[].lastused software[].licence_id software[].licence_required software[].moduleid",
    ),
];

/// Lists of objects that are looked into; of any other list the table has the list alone.
const LOOKED_INTO: [&str; 2] = ["fields", "software"];

/// The vendor's type of an asset, without what records within records would repeat.
fn document() -> String {
    let mut document: Value = serde_json::from_str(SCHEMA).unwrap();
    let fields = &mut document["components"]["schemas"]["Device"]["properties"];
    for (name, kind) in fields.as_object_mut().unwrap() {
        let is_list = kind["type"] == "array" && name != "users";
        if is_list && !LOOKED_INTO.contains(&name.as_str()) {
            *kind = json!({ "type": "array" });
        } else if kind.get("$ref").is_some() {
            *kind = json!({ "type": "object" });
        }
    }
    document.to_string()
}

/// Values in a form that means something.
fn values() -> Value {
    json!({
        "assettype_name": "Laptop",
        "assetgroup_name": "Servers",
        "inactive": true,
        "users": [{ "id": 88, "name": "Ines Ferreira" }],
        "manufacturer_name": "Dell Inc.",
        "ethernetMacAddress": "D4-BE-D9-0C-11-22",
        "physicalMemoryInBytes": "17179869184",
        "customfields": [{ "id": 7, "name": "CFLeased", "value": true }],
        "fields": [{ "id": 51, "name": "Model", "value": "VMware Virtual Platform", "display": "VMware7,1" }],
        "software": [{ "id": 3, "name": "Editor", "licence_name": "Editors", "install_date": "2024-05-01T12:00:00" }],
    })
}

#[test]
fn the_readme_tells_what_becomes_of_each_field() {
    let map = |record: &Value| {
        with_reading(TenantFieldNames::new(), |reading| {
            let mut wire: Box<wire::Asset> = serde_json::from_value(record.clone()).unwrap();
            let software = wire.software.take();
            let made = asset(WireRow::of(wire), reading, now()).ok()?;
            let made = match software {
                Some(programs) => with_software(made, &programs.0, reading.origin),
                None => made,
            };
            Some(json(&made))
        })
    };
    let unread = UNREAD.iter();
    let unread: Vec<(&str, &str)> = unread
        .flat_map(|(reason, names)| names.split(' ').map(move |name| (name, *reason)))
        .collect();
    FieldTable::new(
        json!({ "id": 7, "contract_id": 3, "client_id": 4, "site_id": 5 }),
        map,
    )
    .with_type(&document(), "Device")
    .with_values(&values())
    .with_unread(&unread)
    .require_in(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
}
