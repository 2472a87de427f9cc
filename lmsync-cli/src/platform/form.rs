//! The form in which people configure a source.

use serde_json::{Map, Value, json};

/// The form of a configuration: JSON Schema, draft 7, with the marks by which Airbyte shows it.
///
/// It has what people need; [`Settings`](super::settings::Settings) takes what else a configuration file has,
/// too.
pub(crate) fn form() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "lmsync",
        "type": "object",
        "required": ["account"],
        "additionalProperties": true,
        "properties": properties(),
    })
}

fn properties() -> Value {
    json!({
        "account": {
            "title": "Account",
            "description": "The tool to read, and what opens it.",
            "type": "object",
            "order": 0,
            "oneOf": [superops(), syncro(), cwrmm(), halo("halo-psa", "Halo PSA"), halo("halo-itsm", "Halo ITSM")],
        },
        "check_in_window_days": {
            "title": "Check-in window",
            "description": "Only assets that checked in within so many days; all, where it is left empty.",
            "type": "integer",
            "enum": [30, 60, 90],
            "order": 1,
        },
        "never_checked_in": {
            "title": "Assets that never checked in",
            "description": "Whether a check-in window keeps assets that never reported a check-in.",
            "type": "string",
            "enum": ["exclude", "include"],
            "default": "exclude",
            "order": 2,
        },
        "detail": {
            "title": "Detail",
            "description": "Detail to fetch at the cost of further requests for each asset, where the tool does not list it.",
            "type": "array",
            "items": { "type": "string", "enum": ["hardware", "software"] },
            "uniqueItems": true,
            "default": [],
            "order": 3,
        },
        "raw": {
            "title": "Records as they are",
            "description": "Whether each record is kept as the tool sent it, too, in the column raw.",
            "type": "boolean",
            "default": false,
            "order": 4,
        },
        "accept_rejected": {
            "title": "Accept records that cannot be read",
            "description": "Whether a full refresh replaces the table although some records could not be read.",
            "type": "boolean",
            "default": false,
            "order": 5,
        },
    })
}

/// A field of the form.
enum Field {
    Text(&'static str, &'static str, &'static str),
    Secret(&'static str, &'static str, &'static str),
    /// One of some words, the first where it is left empty.
    Choice(
        &'static str,
        &'static str,
        &'static str,
        &'static [&'static str],
    ),
}

use Field::{Choice, Secret, Text};

fn superops() -> Value {
    const FIELDS: &[Field] = &[
        Text(
            "subdomain",
            "Subdomain",
            "The portal's: acme of acme.superops.ai.",
        ),
        Secret(
            "api_token",
            "API token",
            "Settings > Profile information > API token.",
        ),
        Choice(
            "region",
            "Region",
            "The place where the account is hosted.",
            &["us", "eu"],
        ),
        Choice(
            "product",
            "Product",
            "SuperOps for MSPs, or for IT teams.",
            &["msp", "it"],
        ),
    ];
    account("superops", "SuperOps", FIELDS, &["subdomain", "api_token"])
}

fn syncro() -> Value {
    const FIELDS: &[Field] = &[
        Text("hostname", "Host", "The account's: acme.syncromsp.com."),
        Secret(
            "api_key",
            "API token",
            "Profile/Password > API Tokens > + New Token.",
        ),
    ];
    account("syncro", "Syncro", FIELDS, &["hostname", "api_key"])
}

fn cwrmm() -> Value {
    const FIELDS: &[Field] = &[
        Text("client_id", "Client ID", "Of the API key."),
        Secret(
            "client_secret",
            "Client Secret",
            "Shown once, when the API key is made.",
        ),
    ];
    account(
        "cwrmm",
        "ConnectWise RMM",
        FIELDS,
        &["client_id", "client_secret"],
    )
}

fn halo(vendor: &str, title: &str) -> Value {
    const FIELDS: &[Field] = &[
        Text(
            "resource_server_url",
            "Resource Server",
            "Configuration > Integrations > HaloPSA API (HaloITSM API).",
        ),
        Text(
            "authorisation_server_url",
            "Authorisation Server",
            "On the same page.",
        ),
        Text("tenant", "Tenant", "On the same page; empty on premise."),
        Secret("client_id", "Client ID", "Of the application."),
        Secret("client_secret", "Client Secret", "Of the application."),
    ];
    let required = [
        "resource_server_url",
        "authorisation_server_url",
        "client_id",
        "client_secret",
    ];
    account(vendor, title, FIELDS, &required)
}

fn account(vendor: &str, title: &str, fields: &[Field], required: &[&str]) -> Value {
    let mut properties = Map::new();
    let constant = json!({ "type": "string", "const": vendor, "default": vendor, "order": 0 });
    properties.insert("vendor".to_owned(), constant);
    for (order, field) in (1..).zip(fields) {
        let (name, mut schema) = match field {
            Text(name, title, about) => (name, text(title, about)),
            Secret(name, title, about) => {
                let mut secret = text(title, about);
                secret["airbyte_secret"] = true.into();
                (name, secret)
            }
            Choice(name, title, about, words) => {
                let mut choice = text(title, about);
                choice["enum"] = json!(words);
                choice["default"] = json!(words.first());
                (name, choice)
            }
        };
        schema["order"] = order.into();
        properties.insert((*name).to_owned(), schema);
    }
    let mut all_required = vec!["vendor"];
    all_required.extend(required);
    json!({
        "title": title,
        "type": "object",
        "required": all_required,
        "properties": properties,
    })
}

fn text(title: &str, about: &str) -> Value {
    json!({ "title": title, "description": about, "type": "string" })
}

#[cfg(test)]
mod tests {
    use lmsync::Vendors;

    use super::*;
    use crate::platform::settings::Settings;

    /// An account of the vendor's form, filled in as far as it has to be, or wholly.
    fn filled_in(form: &Value, wholly: bool) -> Value {
        let mut account = Map::new();
        let required = form["required"].as_array().unwrap();
        for (name, field) in form["properties"].as_object().unwrap() {
            if !wholly && !required.contains(&json!(name)) {
                continue;
            }
            let value = match (&field["const"], &field["default"], name.as_str()) {
                (Value::String(word), _, _) | (_, Value::String(word), _) => word.clone(),
                (_, _, "hostname") => "acme.syncromsp.com".to_owned(),
                (_, _, "client_id") => "0e30abc".to_owned(),
                (_, _, url) if url.ends_with("_url") => "https://acme.halopsa.com".to_owned(),
                _ => "acme".to_owned(),
            };
            account.insert(name.clone(), value.into());
        }
        account.into()
    }

    #[test]
    fn every_vendor_has_a_form_and_what_is_filled_in_is_a_configuration() {
        let whole = form();
        let form = &whole["properties"]["account"]["oneOf"];
        let forms = form.as_array().unwrap();
        let vendors = Vendors::built_in();
        let named: Vec<&str> = forms
            .iter()
            .map(|form| form["properties"]["vendor"]["const"].as_str().unwrap())
            .collect();
        let mut known: Vec<&str> = vendors.names().collect();
        let mut sorted = named.clone();
        known.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(sorted, known);
        for form in forms {
            for wholly in [false, true] {
                let config = json!({ "account": filled_in(form, wholly) });
                let settings = Settings::read(&vendors, config.clone(), false).unwrap();
                settings
                    .account
                    .connect()
                    .unwrap_or_else(|error| panic!("{error}: {config}"));
            }
        }
    }

    #[test]
    fn every_secret_is_marked_and_no_form_names_an_endpoint() {
        let text = form().to_string();
        assert!(!text.contains("endpoint"));
        let whole = form();
        let forms = &whole["properties"]["account"]["oneOf"];
        for form in forms.as_array().unwrap() {
            for (name, field) in form["properties"].as_object().unwrap() {
                let is_secret = ["api_token", "api_key", "client_secret"].contains(&name.as_str());
                assert!(!is_secret || field["airbyte_secret"] == true, "{name}");
            }
        }
    }
}
