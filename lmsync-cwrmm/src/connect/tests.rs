use lmsync_core::tenant_fields::TenantField;
use lmsync_core::{Connector, ErrorKind};

use super::*;

const ID: &str = "0e31f5a2-7d44-4c1b-9a60-3b8f6d2e1c07";

#[test]
fn every_pasted_form_is_understood() {
    for pasted in [
        ID.to_owned(),
        format!("  {ID}\n"),
        format!("\"{ID}\""),
        format!("Client ID: {ID}"),
        format!("client_id={ID}"),
    ] {
        let connector = CwRmmConfig::new(&pasted, "s").connect().expect(&pasted);
        assert_eq!(connector.info().instance, ID, "{pasted}");
    }
}

#[test]
fn nothing_else_is_taken() {
    for pasted in ["", "\"\"", "Client ID:", "0e31 f5a2", "0e31\r\nx", "0e31é"] {
        let error = CwRmmConfig::new(pasted, "s").connect().expect_err(pasted);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint().unwrap().contains("Client ID"), "{pasted}");
    }
    for pasted in ["", "''", "a b", "a\nb", "a\u{7f}b"] {
        let error = CwRmmConfig::new(ID, pasted).connect().expect_err(pasted);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint().unwrap().contains("Client Secret"));
    }
}

#[test]
fn the_client_id_tells_the_region_unless_it_is_given() {
    let origin = |id: &str, region: Option<Region>| {
        let mut config = CwRmmConfig::new(id, "s");
        config.region = region;
        config.origin(id).unwrap()
    };
    assert_eq!(origin("0e30x", None), Region::Na.origin());
    assert_eq!(origin("0E31x", None), Region::Eu.origin());
    assert_eq!(origin("0e32x", None), Region::Au.origin());
    assert_eq!(origin("0e30x", Some(Region::Au)), Region::Au.origin());
    assert_eq!(origin("6500023", Some(Region::Eu)), Region::Eu.origin());
    for unknown in ["6500023", "0e3", "0e33x", "é"] {
        let error = CwRmmConfig::new(unknown, "s").origin(unknown).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint().unwrap().contains("`na`"), "{unknown}");
    }
    let local = CwRmmConfig::new("6500023", "s").endpoint("http://127.0.0.1:1");
    assert!(local.connect().is_ok());
}

#[test]
fn a_region_that_contradicts_the_client_id_is_part_of_the_advice() {
    let advice = |region| CwRmmConfig::new(ID, "s").region(region).region_advice(ID);
    assert_eq!(advice(Region::Eu), None);
    let wrong = advice(Region::Na).unwrap();
    assert!(wrong.contains("`na`") && wrong.contains("`eu`"), "{wrong}");
    assert_eq!(CwRmmConfig::new(ID, "s").region_advice(ID), None);
}

#[test]
fn a_bad_value_is_refused_before_anything_is_sent() {
    let good = || CwRmmConfig::new(ID, "secret");
    assert!(good().connect().is_ok());
    let serial = TenantFieldNames::new().with(TenantField::Serial, ["SN"]);
    for (config, word) in [
        (good().endpoint("http://openapi.example.com"), "loopback"),
        (good().requests_per_minute(0), "at least 1"),
        (good().concurrency(0), "at least 1"),
        (good().name(" "), "name"),
        (good().fields(serial), "`fields.serial`"),
        (CwRmmConfig::new("", "secret"), "Client ID"),
        (CwRmmConfig::new(ID, ""), "Client Secret"),
    ] {
        let error = config.connect().expect_err(word);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn a_configuration_file_has_these_keys_and_no_others() {
    let read = |json: &str| serde_json::from_str::<CwRmmConfig>(json);
    let config = read(
        r#"{"client_id":"0e30x","client_secret":{"env":"X"},"region":"au","name":"a",
            "endpoint":"https://h","requests_per_minute":5,"concurrency":1,
            "fields":{"purchase_date":["Bought"]},"create_custom_fields":true,"network_devices":false}"#,
    )
    .unwrap();
    assert_eq!(config.region, Some(Region::Au));
    assert!(config.create_custom_fields && !config.network_devices);
    let plain = read(r#"{"client_id":"0e30x","client_secret":"b"}"#).unwrap();
    assert!(!plain.create_custom_fields && !CwRmmConfig::new(ID, "s").create_custom_fields);
    assert!(plain.network_devices && CwRmmConfig::new(ID, "s").network_devices);
    for (json, word) in [
        (
            r#"{"client_id":"a","client_secret":"b","region":"us"}"#,
            "us",
        ),
        (r#"{"client_id":"a"}"#, "client_secret"),
    ] {
        let error = read(json).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let config = CwRmmConfig::new(ID, "s3cr3t-value");
    let connector = config.connect().unwrap();
    assert!(!format!("{config:?} {connector:?}").contains("s3cr3t"));
}
