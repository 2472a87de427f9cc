//! Configuration, and what people paste into it.

use std::sync::Arc;

use lmsync::http::{Endpoint, RetryPolicy};
use lmsync::{
    CheckScope, ConnectorConfig, Environment, Result, Secret, TwoWaySync, Vendors, input,
};
use lmsync_testkit::VirtualClock;
use lmsync_testkit::conformance::run;
use lmsync_testkit::demo::{DEMO, SECRET};
use serde_json::Value;

use crate::wire::Replies;
use crate::{assert_error_hides, assert_hides};

/// The keys that hold a secret.
const SECRET_KEYS: [&str; 3] = ["api_token", "api_key", "client_secret"];
/// Where requests go that name no other address.
const DOMAINS: [&str; 8] = [
    "superops.ai",
    "superops.com",
    "syncromsp.com",
    "repairshopr.com",
    "itsupport247.net",
    "euplatform.connectwise.com",
    "auplatform.connectwise.com",
    "halopsa.com",
];

/// One account's configuration, in TOML or JSON.
///
/// # Panics
/// When a promise is broken.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Some(settings) = parse(text) else { return };
    let secrets: Vec<&str> = SECRET_KEYS
        .iter()
        .filter_map(|key| settings.get(key)?.as_str())
        .map(str::trim)
        // What stands elsewhere too, such as in a name, may be shown.
        .filter(|secret| secret.len() >= 8 && text.matches(secret).count() == 1)
        .collect();
    match serde_json::from_value::<ConnectorConfig>(settings.clone()) {
        Ok(config) => {
            assert_hides(&format!("{config:?}"), &secrets);
            connect(&secrets, named_hosts(&settings), |environment| {
                config.connect_two_way_in(environment)
            });
        }
        Err(error) => assert_hides(&error.to_string(), &secrets),
    }
}

/// `text` as JSON, if only it were; else as TOML.
fn parse(text: &str) -> Option<Value> {
    let settings = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(_) => serde_json::to_value(text.parse::<toml::Table>().ok()?).ok()?,
    };
    let asks_environment = SECRET_KEYS
        .iter()
        .chain(&["client_id"])
        .any(|key| settings.get(key).is_some_and(Value::is_object));
    // What the machine's environment holds is no part of the input.
    (!asks_environment).then_some(settings)
}

/// The addresses in `settings`, which requests may go to besides the vendors' domains.
fn named_hosts(settings: &Value) -> Vec<String> {
    [
        "endpoint",
        "resource_server_url",
        "authorisation_server_url",
    ]
    .iter()
    .filter_map(|key| settings.get(key)?.as_str())
    .map(str::to_lowercase)
    .collect()
}

/// One text, pasted wherever people paste.
///
/// # Panics
/// When a promise is broken.
pub fn pasted(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let domains = ["syncromsp.com", "repairshopr.com"];
    if let Ok((label, domain)) = input::subdomain("hostname", &text, &domains) {
        let host = format!("{label}.{domain}");
        let url = url::Url::parse(&format!("https://{host}/"));
        assert!(url.is_ok_and(|url| url.host_str() == Some(&host)), "{host}");
        assert!(text.to_ascii_lowercase().contains(&label));
    }
    if let Ok(token) = input::token("token", &Secret::from(&*text)) {
        let token = token.expose();
        assert!(!token.is_empty() && !token.contains(char::is_whitespace));
        let again = input::token("token", &Secret::from(token));
        assert!(again.is_ok_and(|again| again.expose() == token));
    }
    if let Ok(endpoint) = Endpoint::parse(&text) {
        assert!(endpoint.join("/x").is_ok_and(|url| url.path() == "/x"));
    }
    if !text.contains(SECRET) {
        paste_everywhere(&text);
    }
}

/// Pastes `text` into each key of each vendor's configuration.
fn paste_everywhere(text: &str) {
    for demo in DEMO {
        let mut keys = demo.keys("http://127.0.0.1:9");
        keys["name"] = demo.vendor.into();
        // Where no other address is named, requests go to the vendor's own.
        let endpoint = keys
            .as_object_mut()
            .and_then(|keys| keys.remove("endpoint"));
        let texts: Vec<String> = (keys.as_object().into_iter().flatten())
            .filter(|(key, value)| value.is_string() && *key != "vendor")
            .map(|(key, _)| key.clone())
            .chain(endpoint.map(|_| "endpoint".to_owned()))
            .collect();
        for key in texts {
            let is_secret = keys[&key] == SECRET;
            let mut pasted = keys.clone();
            pasted[&key] = text.into();
            let secrets: &[&str] = if is_secret { &[] } else { &[SECRET] };
            connect(secrets, named_hosts(&pasted), |environment| {
                let config = Vendors::built_in().read(pasted.clone())?;
                config.connect_two_way_in(environment)
            });
        }
    }
}

/// Connects without a network and sends one check into the void.
fn connect(
    secrets: &[&str],
    named: Vec<String>,
    connect: impl FnOnce(&Environment) -> Result<Arc<dyn TwoWaySync>>,
) {
    run(async {
        let replies = Arc::new(Replies::default());
        let environment = Environment::new(replies.clone(), Arc::new(VirtualClock::default()));
        let connector = match connect(&environment.retry(RetryPolicy::never())) {
            Ok(connector) => connector,
            Err(error) => return assert_error_hides(&error, secrets),
        };
        assert_hides(&format!("{connector:?}"), secrets);
        let report = connector.check(CheckScope::read()).await;
        assert!(!report.ok(), "nobody is there");
        assert_hides(&format!("{report:?}"), secrets);
        for address in replies.addresses() {
            assert_hides(&address, secrets);
            assert_goes_to(&address, &named);
        }
    });
}

fn assert_goes_to(address: &str, named: &[String]) {
    let Ok(url) = url::Url::parse(address) else {
        panic!("no address: {address}");
    };
    let host = url.host_str().unwrap_or_default();
    let is_vendors = DOMAINS.iter().any(|domain| {
        let below = host.strip_suffix(domain);
        below.is_some_and(|below| below.ends_with('.'))
    });
    let is_loopback = matches!(host, "localhost" | "[::1]") || host.starts_with("127.");
    assert!(
        url.scheme() == "https" || is_loopback,
        "in clear: {address}"
    );
    assert!(
        is_vendors || !named.is_empty(),
        "to another host: {address}"
    );
}
