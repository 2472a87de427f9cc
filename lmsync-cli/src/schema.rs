//! The command `schema`: JSON Schemas of what is written and read.

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use lmsync::model::{Asset, Customer, Software};
use lmsync::store::{Column, PASS_COLUMNS};
use lmsync::{ConnectorConfig, schema};
use serde_json::{Map, Value, json};

use crate::platform::schema::cell;
use crate::support::stdout;

/// Print the JSON Schema (2020-12) of a record, an account's configuration or a row about a pass
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Subject of the schema
    of: Subject,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Subject {
    /// An asset, as `sync --output` writes it
    Asset,
    /// A software asset, likewise
    Software,
    /// A customer, likewise
    Customer,
    /// An account: one `[[connector]]` of the configuration file
    Config,
    /// A row of a store's table `passes`
    Pass,
}

/// Prints the schema.
pub(crate) fn run(options: &Options) -> ExitCode {
    let schema = match options.of {
        Subject::Asset => schema::written::<Asset>().to_value(),
        Subject::Software => schema::written::<Software>().to_value(),
        Subject::Customer => schema::written::<Customer>().to_value(),
        Subject::Config => schema::read::<ConnectorConfig>().to_value(),
        Subject::Pass => row("Pass", "A pass over a stream that ended", PASS_COLUMNS),
    };
    stdout::print(format!("{schema:#}\n").as_bytes())
}

/// The schema of a row with `columns` as a JSON object. A later version may add a column.
fn row(title: &str, description: &str, columns: &[Column]) -> Value {
    let properties: Map<String, Value> = columns
        .iter()
        .map(|column| (column.name.to_owned(), cell(column)))
        .collect();
    let required = columns.iter().filter(|column| column.is_required);
    let required: Vec<&str> = required.map(|column| column.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        "type": "object",
        "properties": properties,
        "required": required,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_has_every_column_with_its_type() {
        let schema = row("Pass", "", PASS_COLUMNS);
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), PASS_COLUMNS.len());
        assert_eq!(properties["connector"], json!({ "type": "string" }));
        assert_eq!(
            properties["pass_id"],
            json!({ "type": "string", "format": "date-time" })
        );
        assert_eq!(
            properties["reported_total"],
            json!({ "type": ["null", "integer"] })
        );
        let required = schema["required"].as_array().unwrap();
        assert!(required.contains(&json!("complete")));
        assert!(!required.contains(&json!("incomplete_reason")));
    }
}
