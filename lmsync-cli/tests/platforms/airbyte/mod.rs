//! The program as an Airbyte source.

mod going_on;
mod input;
mod reading;
mod shortfalls;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{Account, Desk, Run, run};

const STREAMS: [&str; 4] = ["assets", "software", "customers", "passes"];

/// A source about to be read.
struct Source {
    desk: Desk,
    config: Value,
}

impl Source {
    fn of(account: &Account) -> Self {
        Self {
            desk: Desk::new(),
            config: account.config(),
        }
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.config[key] = value;
        self
    }

    fn config(&self) -> String {
        self.desk.write("config.json", &self.config)
    }

    fn command(&self, command: &str) -> Run {
        run(&["airbyte", command, "--config", &self.config()])
    }

    /// The streams of the account, by name.
    fn discovered(&self) -> BTreeMap<String, Value> {
        let told = self.command("discover").expect(0);
        let streams = told.messages[0]["catalog"]["streams"].as_array().unwrap();
        let named = streams
            .iter()
            .map(|it| (it["name"].as_str().unwrap().to_owned(), it.clone()));
        named.collect()
    }

    /// A catalogue that reads all streams so.
    fn catalog(&self, mode: &str, sync_id: Option<i64>) -> Value {
        let streams = self.discovered().into_values();
        let streams: Vec<Value> = streams
            .map(|stream| {
                json!({
                    "stream": stream,
                    "sync_mode": mode,
                    "destination_sync_mode": "overwrite",
                    "sync_id": sync_id,
                    "generation_id": 7,
                    "minimum_generation_id": 7,
                })
            })
            .collect();
        json!({ "streams": streams })
    }

    fn arguments(&self, catalog: &Value, state: Option<&Value>) -> Vec<String> {
        let files = [
            Some(("--config", self.config())),
            Some(("--catalog", self.desk.write("catalog.json", catalog))),
            state.map(|state| ("--state", self.desk.write("state.json", state))),
        ];
        let files = files.into_iter().flatten();
        let files = files.flat_map(|(option, path)| [option.to_owned(), path]);
        ["airbyte", "read"]
            .map(str::to_owned)
            .into_iter()
            .chain(files)
            .collect()
    }

    fn read(&self, catalog: &Value, state: Option<&Value>) -> Run {
        run(&self.arguments(catalog, state))
    }

    fn read_all(&self, mode: &str) -> Run {
        self.read(&self.catalog(mode, Some(1)), None)
    }
}

/// The records of `stream` among `messages`.
fn records<'m>(messages: &'m [Value], stream: &'m str) -> impl Iterator<Item = &'m Value> {
    let records = messages.iter().filter(|it| it["type"] == "RECORD");
    let records = records.map(|it| &it["record"]);
    records
        .filter(move |it| it["stream"] == stream)
        .map(|it| &it["data"])
}

fn ids(messages: &[Value], stream: &str) -> BTreeSet<String> {
    let ids = records(messages, stream).map(|it| it["vendor_id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// The last state of each stream, as the platform hands them over.
fn states(messages: &[Value]) -> Value {
    let mut states = BTreeMap::new();
    for message in messages.iter().filter(|it| it["type"] == "STATE") {
        let state = &message["state"];
        let name = state["stream"]["stream_descriptor"]["name"]
            .as_str()
            .unwrap();
        states.insert(name.to_owned(), state.clone());
    }
    states.into_values().collect()
}

/// The statuses of `stream`, in order.
fn statuses(messages: &[Value], stream: &str) -> Vec<String> {
    let traces = messages.iter().map(|it| &it["trace"]["stream_status"]);
    let own = traces.filter(|it| it["stream_descriptor"]["name"] == stream);
    own.map(|it| it["status"].as_str().unwrap().to_owned())
        .collect()
}

fn errors(run: &Run) -> Vec<&Value> {
    run.messages
        .iter()
        .map(|it| &it["trace"]["error"])
        .filter(|it| !it.is_null())
        .collect()
}

/// Asserts that each state says how many records came since the one before, and that the last message about a
/// stream's records is a state.
#[track_caller]
fn expect_counts(messages: &[Value]) {
    for stream in STREAMS {
        let mut since = 0.0;
        let mut seen: Vec<&Value> = Vec::new();
        for message in messages {
            if message["record"]["stream"] == stream {
                since += 1.0;
            }
            let state = &message["state"];
            if state["stream"]["stream_descriptor"]["name"] == stream {
                assert_eq!(
                    state["sourceStats"]["recordCount"],
                    json!(since),
                    "{stream}"
                );
                assert!(state["sourceStats"]["recordCount"].is_f64());
                assert!(since == 0.0 || !seen.contains(&&state["stream"]["stream_state"]));
                seen.push(&state["stream"]["stream_state"]);
                since = 0.0;
            }
        }
        assert!(since == 0.0, "{stream}: {since} records without a state");
    }
}
