//! The configuration file: one `[[connector]]` table per account, one `[[warranty]]` table per hardware maker, and the
//! `[network]`.

use std::fs;
use std::path::Path;

use lmsync::http::NetworkConfig;
use lmsync::warranty::WarrantyConfig;
use lmsync::{ConnectorConfig, Vendors};
use serde::de::DeserializeSeed;
use toml::{Table, Value};

use super::problem::Problem;

const TABLES: &str = "connector";
const MAKERS: &str = "warranty";
const NETWORK: &str = "network";
const EXAMPLE: &str =
    "write one table per account: [[connector]], then vendor = \"superops\" and so on";

/// The content of a configuration file.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// At least one, unless makers alone were asked for.
    pub(crate) accounts: Vec<ConnectorConfig>,
    pub(crate) warranty: Vec<WarrantyConfig>,
    pub(crate) network: NetworkConfig,
    /// A thing that should be mended, though the file can be used as it is.
    pub(crate) warning: Option<String>,
}

/// The accounts of `vendors` that the file at `path` names, with the makers.
pub(crate) fn read(path: &Path, vendors: &Vendors) -> Result<Configuration, Vec<Problem>> {
    read_file(path, |table| accounts(table, vendors))
}

/// The makers that the file at `path` names; accounts may be missing.
pub(crate) fn read_makers(path: &Path, vendors: &Vendors) -> Result<Configuration, Vec<Problem>> {
    read_file(path, |table| match table.is_empty() {
        true => Ok(Vec::new()),
        false => accounts(table, vendors),
    })
}

fn read_file(
    path: &Path,
    accounts: impl FnOnce(Table) -> Result<Vec<ConnectorConfig>, Vec<Problem>>,
) -> Result<Configuration, Vec<Problem>> {
    let file = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| vec![Problem::new(&file, error)])?;
    // The error's own `Display` would quote the line, and the line may hold a secret.
    let mut table: Table = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(&text, span.start));
        vec![Problem::new(
            format_args!("{file}, line {line}"),
            error.message(),
        )]
    })?;
    let holds_secrets = holds_secrets(&table);
    let read = network(&mut table).and_then(|network| {
        let makers = makers(&mut table)?;
        Ok((network, makers, accounts(table)?))
    });
    match read {
        Ok((network, warranty, accounts)) => Ok(Configuration {
            accounts,
            warranty,
            network,
            warning: (holds_secrets && is_readable_by_others(path)).then(|| {
                format!(
                    "{file} holds secrets and can be read by other users of this machine: \
                     `chmod 600 {file}` keeps them out, or name environment variables in it: {{ env = \"NAME\" }}"
                )
            }),
        }),
        Err(problems) => {
            let inside = problems.into_iter().map(|problem| problem.inside(&file));
            Err(inside.collect())
        }
    }
}

/// Tells whether a secret itself stands in the file, and not the name of a variable alone.
fn holds_secrets(file: &Table) -> bool {
    const WORDS: [&str; 4] = ["key", "password", "secret", "token"];
    let lists = [TABLES, MAKERS].map(|name| file.get(name).and_then(Value::as_array));
    let lists = lists.into_iter().flatten().flatten();
    let mut tables = lists.chain(file.get(NETWORK)).filter_map(Value::as_table);
    tables.any(|table| {
        let mut values = table.iter();
        values.any(|(key, value)| value.is_str() && WORDS.iter().any(|word| key.contains(word)))
    })
}

#[cfg(unix)]
fn is_readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const GROUP_OR_OTHERS_READ: u32 = 0o044;
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & GROUP_OR_OTHERS_READ != 0)
}

/// Nothing is known of other systems' lists of who may read.
#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}

/// The network's settings, which may be left away.
fn network(file: &mut Table) -> Result<NetworkConfig, Vec<Problem>> {
    let Some(settings) = file.remove(NETWORK) else {
        return Ok(NetworkConfig::new());
    };
    // The error's own `Display` would quote the value, and that may be a password.
    let read = settings.try_into();
    read.map_err(|error: toml::de::Error| vec![Problem::new("[network]", error.message())])
}

/// The makers to ask, which may be left away.
fn makers(file: &mut Table) -> Result<Vec<WarrantyConfig>, Vec<Problem>> {
    let tables = match file.remove(MAKERS) {
        None => Vec::new(),
        Some(Value::Array(tables)) => tables,
        Some(_) => {
            let wrong = Problem::new("[warranty]", "a list of tables is expected");
            return Err(vec![
                wrong.hint("write [[warranty]], then maker = \"dell\" and so on"),
            ]);
        }
    };
    let (mut makers, mut problems) = (Vec::new(), Vec::new());
    for (number, table) in (1..).zip(tables) {
        // The error's own `Display` would quote the value, and that may be a secret.
        let read: Result<WarrantyConfig, toml::de::Error> = table.try_into();
        match read {
            Ok(maker) => makers.push(maker),
            Err(error) => {
                problems.push(Problem::new(
                    format_args!("warranty {number}"),
                    error.message(),
                ));
            }
        }
    }
    match problems.is_empty() {
        true => Ok(makers),
        false => Err(problems),
    }
}

fn accounts(mut file: Table, vendors: &Vendors) -> Result<Vec<ConnectorConfig>, Vec<Problem>> {
    let tables = file.remove(TABLES);
    let mut problems: Vec<Problem> = file.keys().map(|key| unknown_key(key)).collect();
    let mut accounts = Vec::new();
    match tables {
        Some(Value::Array(tables)) if !tables.is_empty() => {
            for (number, table) in (1..).zip(tables) {
                match account(number, table, vendors) {
                    Ok(account) => accounts.push(account),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        Some(Value::Table(_)) => {
            problems.push(Problem::new("[connector]", "a list of tables is expected").hint(EXAMPLE))
        }
        _ => problems.push(Problem::new("the file", "it names no connector").hint(EXAMPLE)),
    }
    if problems.is_empty() {
        Ok(accounts)
    } else {
        Err(problems)
    }
}

fn account(number: usize, table: Value, vendors: &Vendors) -> Result<ConnectorConfig, Problem> {
    let label = label(number, &table);
    let read = vendors.deserialize(table);
    read.map_err(|error| Problem::new(label, error.message()))
}

/// Which table is meant, such as `connector 2 (superops, head office)`.
fn label(number: usize, table: &Value) -> String {
    let known: Vec<&str> = ["vendor", "name"]
        .into_iter()
        .filter_map(|key| table.get(key)?.as_str())
        .collect();
    match known.as_slice() {
        [] => format!("connector {number}"),
        known => format!("connector {number} ({})", known.join(", ")),
    }
}

fn unknown_key(key: &str) -> Problem {
    Problem::new("the top level", format_args!("unknown key `{key}`")).hint(EXAMPLE)
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use lmsync::{AccountConfig, Environment, Error, OpenedAccount};
    use serde::Deserialize;

    use super::*;

    const SECRET: &str = "s3cret-of-a-shelf";

    /// The configuration of somebody else's vendor.
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ShelfConfig {
        #[serde(rename = "name")]
        _name: String,
        #[serde(rename = "api_key")]
        _api_key: String,
    }

    impl AccountConfig for ShelfConfig {
        fn open(&self, _: &Environment) -> lmsync::Result<OpenedAccount> {
            Err(Error::config("a shelf has no door"))
        }
    }

    #[test]
    fn what_is_wrong_with_an_account_of_ones_own_is_told_like_anything_else() {
        let vendors = Vendors::built_in().with::<ShelfConfig>("shelf").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("accounts.toml");
        let table = format!(
            "[[connector]]\nvendor = \"shelf\"\nname = \"attic\"\napi_key = \"{SECRET}\"\n"
        );
        fs::write(&file, &table).unwrap();
        assert_eq!(read(&file, &vendors).unwrap().accounts.len(), 1);

        fs::write(&file, table + "colour = \"blue\"\n").unwrap();
        let problems = read(&file, &vendors).unwrap_err();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        for word in ["connector 1 (shelf, attic)", "`colour`", "accounts.toml"] {
            assert!(told.concat().contains(word), "{word} in {told:?}");
        }
        assert!(!format!("{told:?}").contains(SECRET), "{told:?}");
    }
}
