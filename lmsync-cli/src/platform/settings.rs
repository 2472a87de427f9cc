//! The configuration that a platform hands over.

use std::fs;
use std::path::Path;

use lmsync::http::Endpoint;
use lmsync::{
    AssetQuery, CheckInWindow, ConnectorConfig, Detail, Error, NeverCheckedIn, Result, Vendors,
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Keys that a platform adds to a configuration begin so.
const PLATFORMS_OWN: [&str; 2] = ["__", "airbyte_"];

/// The key by which an account names the address that its secrets go to.
const OWN_ADDRESS: &str = "authorisation_server_url";

/// The configuration of a source.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The account.
    pub(crate) account: ConnectorConfig,
    /// The assets that are asked for.
    pub(crate) query: AssetQuery,
    /// Set if records that could not be read do not make a pass incomplete.
    pub(crate) accept_rejected: bool,
    /// Set if what is gone at the vendor goes at the platform, too; a Singer tap's.
    pub(crate) mirror_deletes: bool,
}

/// The members of the configuration beside the account.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Members {
    check_in_window_days: Option<Days>,
    never_checked_in: NeverCheckedIn,
    detail: Vec<DetailName>,
    raw: bool,
    accept_rejected: bool,
    mirror_deletes: Option<bool>,
}

/// The windows that there are.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u32")]
struct Days(CheckInWindow);

impl TryFrom<u32> for Days {
    type Error = &'static str;

    fn try_from(days: u32) -> std::result::Result<Self, Self::Error> {
        match days {
            30 => Ok(Self(CheckInWindow::DAYS_30)),
            60 => Ok(Self(CheckInWindow::DAYS_60)),
            90 => Ok(Self(CheckInWindow::DAYS_90)),
            _ => Err("write 30, 60 or 90, or leave it away for all"),
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DetailName {
    Hardware,
    Software,
}

/// The JSON of the file `path`.
///
/// # Errors
/// `config` when it cannot be read, or is no JSON.
pub(crate) fn read_json(path: &Path) -> Result<Value> {
    let wrong = |why: String| Error::config(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    // The text may hold a secret, so that no error quotes it.
    serde_json::from_str(&text).map_err(|error| {
        wrong(format!(
            "it is no JSON: line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}

impl Settings {
    /// Reads the configuration `json`. `can_mirror` says whether deletions are mirrored by the tool itself.
    ///
    /// # Errors
    /// `config` when a key is wrong.
    pub(crate) fn read(vendors: &Vendors, json: Value, can_mirror: bool) -> Result<Self> {
        let Value::Object(mut members) = json else {
            return Err(Error::config("the configuration is no JSON object"));
        };
        drop_platforms_own(&mut members);
        let account = members.remove("account").ok_or_else(|| {
            Error::config("the configuration has no `account`")
                .with_hint("name the account to read: its `vendor`, and what opens it")
        })?;
        let members = Members::deserialize(Value::Object(members))
            .map_err(|error| Error::config(error.to_string()))?;
        if members.mirror_deletes.is_some() && !can_mirror {
            return Err(
                Error::config("`mirror_deletes` is an option of the Singer tap").with_hint(
                    "Airbyte mirrors deletions by the sync mode Full Refresh | Overwrite",
                ),
            );
        }
        Ok(Self {
            account: read_account(vendors, account, !can_mirror)?,
            query: members.query(),
            accept_rejected: members.accept_rejected,
            mirror_deletes: members.mirror_deletes.unwrap_or_default(),
        })
    }
}

impl Members {
    fn query(&self) -> AssetQuery {
        let detail = self
            .detail
            .iter()
            .fold(Detail::NONE, |detail, name| match name {
                DetailName::Hardware => detail.hardware(),
                DetailName::Software => detail.software(),
            });
        let mut query = AssetQuery::new()
            .window(
                self.check_in_window_days
                    .map_or(CheckInWindow::All, |days| days.0),
            )
            .never_checked_in(self.never_checked_in)
            .detail(detail);
        query.raw = self.raw;
        query
    }
}

fn read_account(vendors: &Vendors, account: Value, is_hosted: bool) -> Result<ConnectorConfig> {
    let Value::Object(mut keys) = account else {
        return Err(Error::config("`account` is no JSON object"));
    };
    drop_platforms_own(&mut keys);
    if let Some(endpoint) = keys.get("endpoint").filter(|it| !it.is_null()) {
        require_loopback(endpoint)?;
    }
    if is_hosted && keys.contains_key(OWN_ADDRESS) {
        refuse_variables(&keys)?;
    }
    vendors.read(Value::Object(keys))
}

fn drop_platforms_own(members: &mut Map<String, Value>) {
    members.retain(|key, _| !PLATFORMS_OWN.iter().any(|own| key.starts_with(own)));
}

/// Refuses the name of an environment variable in the place of a secret: it is the platform's, and whoever fills in the
/// form has chosen where it would go.
fn refuse_variables(keys: &Map<String, Value>) -> Result<()> {
    match keys.iter().find(|(_, value)| value.get("env").is_some()) {
        None => Ok(()),
        Some((key, _)) => Err(Error::config(format!(
            "`{key}` names an environment variable, and the account has addresses of its own"
        ))
        .with_hint("write the value itself: the platform keeps it secret")),
    }
}

/// Refuses an `endpoint` elsewhere than on this machine: who fills in a hosted form must not choose where
/// the vendor's credentials go.
fn require_loopback(endpoint: &Value) -> Result<()> {
    let endpoint = Endpoint::parse(endpoint.as_str().unwrap_or_default());
    match endpoint.is_ok_and(|endpoint| endpoint.is_loopback()) {
        true => Ok(()),
        false => Err(Error::config(
            "`endpoint` is for simulators on this machine alone, such as http://127.0.0.1:8080",
        )
        .with_hint("leave it away: the vendor's own address is known")),
    }
}

#[cfg(test)]
mod tests {
    use lmsync::ErrorKind;
    use serde_json::json;

    use super::*;

    fn account() -> Value {
        json!({ "vendor": "superops", "subdomain": "acme", "api_token": "s3cret-token" })
    }

    fn read(json: Value) -> Result<Settings> {
        Settings::read(&Vendors::built_in(), json, true)
    }

    #[test]
    fn a_configuration_says_what_is_asked_for() {
        let settings = read(json!({
            "account": account(),
            "check_in_window_days": 60,
            "never_checked_in": "include",
            "detail": ["hardware", "software"],
            "raw": true,
            "accept_rejected": true,
            "mirror_deletes": true,
            "__injected": { "by": "a platform" },
            "airbyte_version": 7,
        }))
        .unwrap();
        let query = settings.query;
        assert_eq!(query.window, CheckInWindow::DAYS_60);
        assert_eq!(query.never_checked_in, NeverCheckedIn::Include);
        assert_eq!(query.detail, Detail::NONE.hardware().software());
        assert!(query.raw && settings.accept_rejected && settings.mirror_deletes);
        let least = read(json!({ "account": account() })).unwrap();
        assert_eq!(least.query, AssetQuery::new());
        assert!(!least.accept_rejected && !least.mirror_deletes);
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_is_shown() {
        let with = |key: &str, value: Value| {
            let mut config = json!({ "account": account() });
            config[key] = value;
            config
        };
        let with_key = |key: &str, value: Value| {
            let mut keys = account();
            keys[key] = value;
            json!({ "account": keys })
        };
        for (config, named) in [
            (json!([]), "object"),
            (json!({}), "account"),
            (json!({ "account": "acme" }), "account"),
            (with("windows", json!(30)), "windows"),
            (with("check_in_window_days", json!(31)), "30, 60 or 90"),
            (with("check_in_window_days", json!("30")), "30"),
            (with("never_checked_in", json!("maybe")), "maybe"),
            (with("detail", json!(["disks"])), "disks"),
            (with_key("hostname", json!("acme")), "hostname"),
            (
                with_key("endpoint", json!("https://evil.example.com")),
                "endpoint",
            ),
            (
                with_key("endpoint", json!("http://127.0.0.1.example.com")),
                "endpoint",
            ),
            (
                with_key("endpoint", json!("http://localhost@example.com")),
                "endpoint",
            ),
            (with_key("endpoint", json!(7)), "endpoint"),
        ] {
            let error = read(config).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{error}");
            assert!(error.to_string().contains(named), "{named}: {error}");
            assert!(!format!("{error:?}").contains("s3cret-token"));
        }
        for endpoint in [
            "http://127.0.0.1:8080",
            "http://[::1]:1",
            "http://localhost:1",
        ] {
            read(with_key("endpoint", json!(endpoint))).unwrap();
        }
    }

    #[test]
    fn a_hosted_form_sends_no_variable_to_an_address_of_its_own() {
        let halo = |client_secret: Value| {
            let account = json!({
                "vendor": "halo-psa",
                "resource_server_url": "https://acme.halopsa.com",
                "authorisation_server_url": "https://acme.halopsa.com",
                "client_id": "an-id",
                "client_secret": client_secret,
            });
            json!({ "account": account })
        };
        let variable = json!({ "env": "DATABASE_PASSWORD" });
        let hosted = |config| Settings::read(&Vendors::built_in(), config, false);
        let error = hosted(halo(variable.clone())).unwrap_err();
        assert!(error.message().contains("client_secret"), "{error}");
        hosted(halo(json!("a-secret"))).unwrap();
        // On one's own machine it is one's own variable.
        read(halo(variable)).unwrap();
    }

    #[test]
    fn mirroring_is_asked_of_the_tool_that_can() {
        let config = json!({ "account": account(), "mirror_deletes": false });
        let error = Settings::read(&Vendors::built_in(), config, false).unwrap_err();
        assert!(
            error.hint().is_some_and(|hint| hint.contains("Overwrite")),
            "{error}"
        );
    }
}
